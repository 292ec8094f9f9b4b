//! The branch gate of the initial load (mapping §4.2): after cities and branches the load goes on only when
//! **every active branch that is selected for integration** is stored in Máxima. Otherwise it stops and says,
//! branch by branch, which field is missing in Omie and what Máxima answered.
//!
//! What the gate reads was written by the sync of `filiais`: the branch's facts in the ledger (also of a branch
//! that could not be mapped), what is known to be stored, and the reasons in quarantine.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use engine::{Key, State, StateError, Why};
use serde::{Deserialize, Serialize};

use crate::text::{code, digits, txt};

/// The longest name of a branch on the screen.
const NOME: usize = 40;

/// A field that Máxima needs of a branch, by its name in Omie's company registry (`contracts/omie.md` §8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingField {
    /// The key of the branch.
    CodigoEmpresa,
    /// Legal name.
    RazaoSocial,
    /// Tax number.
    Cnpj,
    /// State registration: the usual culprit.
    InscricaoEstadual,
    /// State.
    Estado,
}

impl MissingField {
    /// The field's name in Omie's API.
    pub fn field(self) -> &'static str {
        match self {
            Self::CodigoEmpresa => "codigo_empresa",
            Self::RazaoSocial => "razao_social",
            Self::Cnpj => "cnpj",
            Self::InscricaoEstadual => "inscricao_estadual",
            Self::Estado => "estado",
        }
    }

    /// The field's name on Omie's screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::CodigoEmpresa => "Código da empresa",
            Self::RazaoSocial => "Razão social",
            Self::Cnpj => "CNPJ",
            Self::InscricaoEstadual => "Inscrição estadual",
            Self::Estado => "Estado (UF)",
        }
    }

    /// Why the branch cannot do without it.
    pub fn why(self) -> &'static str {
        match self {
            Self::CodigoEmpresa => "é a chave da filial na Máxima",
            Self::Cnpj => "é obrigatório no cadastro de filiais da Máxima",
            Self::RazaoSocial | Self::InscricaoEstadual => "é obrigatória no cadastro de filiais da Máxima",
            Self::Estado => "é exigido pelo leiaute de filiais da Máxima",
        }
    }
}

/// What the gate needs to know of a branch: the fact that `Filial` keeps in the ledger. Never the company record
/// itself, which holds certificates and other secrets. A stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// `codigo_empresa`.
    pub codigo: i64,
    /// Trade name, or legal name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nome: Option<String>,
    /// Its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uf: Option<String>,
    /// `inativa` is not "S".
    pub ativa: bool,
    /// What it lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingField>,
}

impl Branch {
    /// What the gate needs to know of this company.
    pub fn of(empresa: &omie::Empresa) -> Self {
        let nome = txt(empresa.nome_fantasia.as_deref(), NOME)
            .or_else(|| txt(empresa.razao_social.as_deref(), NOME));
        Self {
            codigo: empresa.codigo_empresa,
            nome,
            uf: txt(empresa.estado.as_deref(), 2),
            ativa: empresa.inativa != Some(true),
            missing: missing_fields(empresa),
        }
    }
}

/// What the company lacks to become a branch, in the order of the mapping §4.2.
pub fn missing_fields(empresa: &omie::Empresa) -> Vec<MissingField> {
    let lacks = |text: &Option<String>| txt(text.as_deref(), NOME).is_none();
    [
        (code(empresa.codigo_empresa).is_none(), MissingField::CodigoEmpresa),
        (lacks(&empresa.razao_social), MissingField::RazaoSocial),
        (digits(empresa.cnpj.as_deref()).is_none(), MissingField::Cnpj),
        (lacks(&empresa.inscricao_estadual), MissingField::InscricaoEstadual),
        (lacks(&empresa.estado), MissingField::Estado),
    ]
    .into_iter()
    .filter_map(|(is_missing, field)| is_missing.then_some(field))
    .collect()
}

/// Why a branch keeps the gate shut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchProblem {
    /// `codigo_empresa` as text; empty when there is no branch to name.
    pub codigo: String,
    /// Its name, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nome: Option<String>,
    /// The fields to fill in, in Omie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingField>,
    /// What Máxima, or the check before sending, said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Whether the load may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Every active branch selected is stored.
    Open,
    /// These branches are not; never empty.
    Interrupted(Vec<BranchProblem>),
}

/// Reads what the sync of `filiais` left behind and decides. `entity` is its name in the ledger.
pub async fn gate(state: &impl State, entity: &str, selected: &[String]) -> Result<Gate, StateError> {
    let branches: Vec<Branch> =
        crate::entities::facts(state, entity).await?.into_iter().map(|(_, branch)| branch).collect();
    let keys: Vec<Key> = branches.iter().map(|branch| branch.codigo.into()).collect();
    let known = state.known(entity, &keys).await?;
    let stored = known
        .iter()
        .filter(|(_, entry)| entry.is_accepted())
        .map(|(key, _)| key.as_str().to_owned())
        .collect();
    let quarantined = state.quarantined(entity, &keys).await?;
    let errors =
        quarantined.iter().map(|(key, held)| (key.as_str().to_owned(), reasons(&held.why))).collect();
    Ok(verdict(&branches, selected, &stored, &errors))
}

/// Reasons in one line.
pub(crate) fn reasons(why: &[Why]) -> String {
    let one = |why: &Why| match (why.field.as_str(), why.value.as_str()) {
        ("", _) => why.rule.clone(),
        (field, "") => format!("{field}: {}", why.rule),
        (field, value) => format!("{field} \"{value}\": {}", why.rule),
    };
    why.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Decides. `selected` are the branch codes of the setting `Filiais` (empty: all); `stored` are the keys that
/// Máxima accepted; `errors` the reasons in quarantine, by key.
pub fn verdict(
    branches: &[Branch],
    selected: &[String],
    stored: &BTreeSet<String>,
    errors: &BTreeMap<String, String>,
) -> Gate {
    let wanted: Vec<(&Branch, String)> = branches
        .iter()
        .filter(|branch| branch.ativa)
        .map(|branch| (branch, branch.codigo.to_string()))
        .filter(|(_, codigo)| is_selected(selected, codigo))
        .collect();
    if wanted.is_empty() {
        return Gate::Interrupted(vec![nobody(selected)]);
    }
    let problems: Vec<BranchProblem> = wanted
        .into_iter()
        .filter(|(branch, codigo)| !branch.missing.is_empty() || !stored.contains(codigo))
        .map(|(branch, codigo)| problem(branch, codigo, errors))
        .collect();
    if problems.is_empty() { Gate::Open } else { Gate::Interrupted(problems) }
}

/// Whether the setting `Filiais` includes this branch.
pub fn is_selected(selected: &[String], codigo: &str) -> bool {
    selected.is_empty() || selected.iter().any(|one| one == codigo)
}

fn problem(branch: &Branch, codigo: String, errors: &BTreeMap<String, String>) -> BranchProblem {
    let error = errors.get(&codigo).filter(|_| branch.missing.is_empty()).cloned().or_else(|| {
        branch.missing.is_empty().then(|| {
            "ainda não foi aceita pela Máxima; verifique novamente e, se persistir, fale com o suporte da \
             Máxima"
                .to_owned()
        })
    });
    BranchProblem { codigo, nome: branch.nome.clone(), missing: branch.missing.clone(), error }
}

fn nobody(selected: &[String]) -> BranchProblem {
    let error = if selected.is_empty() {
        "o Omie não tem nenhuma filial ativa: cadastre ou reative a empresa".to_owned()
    } else {
        let selected = selected.join(", ");
        format!("nenhuma filial selecionada ({selected}) está ativa no Omie: revise o parâmetro Filiais")
    };
    BranchProblem { codigo: String::new(), nome: None, missing: vec![], error: Some(error) }
}

/// The text of the interruption for the operator: one paragraph per branch, then what to do.
pub fn screen(problems: &[BranchProblem]) -> String {
    let mut text =
        String::from("Carga inicial interrompida, pois não foi possível concluir o cadastro de Filial.\n");
    for problem in problems {
        text.push('\n');
        text.push_str(&title(problem));
        for missing in &problem.missing {
            let (label, field, why) = (missing.label(), missing.field(), missing.why());
            write!(text, "\n  - falta {label} (campo {field}): {why}").expect("a String takes any text");
        }
        if let Some(error) = &problem.error {
            write!(text, "\n  - {error}").expect("a String takes any text");
        }
        text.push('\n');
    }
    text.push_str(
        "\nComplete o cadastro da empresa no Omie e verifique novamente: a carga continua de onde parou.",
    );
    text
}

fn title(problem: &BranchProblem) -> String {
    match (problem.codigo.as_str(), &problem.nome) {
        ("", _) => "Filiais".to_owned(),
        (codigo, Some(nome)) => format!("Filial {codigo} ({nome})"),
        (codigo, None) => format!("Filial {codigo} (sem nome)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(codigo: i64) -> Branch {
        Branch { codigo, nome: Some(format!("FILIAL {codigo}")), uf: None, ativa: true, missing: vec![] }
    }

    fn decide(branches: &[Branch], selected: &[&str], stored: &[&str], errors: &[(&str, &str)]) -> Gate {
        let selected: Vec<String> = selected.iter().map(ToString::to_string).collect();
        let stored = stored.iter().map(ToString::to_string).collect();
        let errors = errors.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        verdict(branches, &selected, &stored, &errors)
    }

    fn problems(gate: Gate) -> Vec<BranchProblem> {
        match gate {
            Gate::Interrupted(problems) => problems,
            Gate::Open => panic!("the gate is open"),
        }
    }

    #[test]
    fn the_gate_opens_when_every_active_branch_is_stored() {
        assert_eq!(decide(&[branch(1), branch(2)], &[], &["1", "2"], &[]), Gate::Open);
    }

    #[test]
    fn one_branch_stored_is_not_enough() {
        let problems = problems(decide(&[branch(1), branch(2)], &[], &["1"], &[("2", "recusada")]));

        assert_eq!(problems.len(), 1);
        assert_eq!((problems[0].codigo.as_str(), problems[0].error.as_deref()), ("2", Some("recusada")));
    }

    #[test]
    fn inactive_and_unselected_branches_keep_nobody_waiting() {
        let inactive = Branch { ativa: false, ..branch(2) };

        assert_eq!(decide(&[branch(1), inactive, branch(3)], &["1"], &["1"], &[]), Gate::Open);
    }

    #[test]
    fn a_branch_that_lost_a_field_shuts_the_gate_though_it_was_stored_before() {
        let lost = Branch { missing: vec![MissingField::InscricaoEstadual], ..branch(1) };
        let problems = problems(decide(&[lost], &[], &["1"], &[("1", "inscricao_estadual: vazio")]));

        assert_eq!(problems[0].missing, [MissingField::InscricaoEstadual]);
        assert_eq!(problems[0].error, None, "the missing field says it; the reason is not repeated");
    }

    #[test]
    fn a_branch_that_is_simply_not_there_says_so() {
        let problems = problems(decide(&[branch(1)], &[], &[], &[]));

        assert!(problems[0].error.as_deref().is_some_and(|text| text.contains("ainda não foi aceita")));
    }

    #[test]
    fn no_active_branch_at_all_is_an_interruption() {
        let none = problems(decide(&[], &[], &[], &[]));
        let other = problems(decide(&[branch(1)], &["9"], &["1"], &[]));

        assert!(screen(&none).contains("não tem nenhuma filial ativa"));
        assert!(screen(&other).contains("nenhuma filial selecionada (9)"));
    }

    #[test]
    fn the_screen_names_each_branch_and_each_missing_field() {
        let incomplete =
            Branch { missing: vec![MissingField::Cnpj, MissingField::InscricaoEstadual], ..branch(7) };
        let text = screen(&problems(decide(&[incomplete, branch(8)], &[], &[], &[("8", "Uf: recusada")])));

        assert!(text.starts_with("Carga inicial interrompida"));
        assert!(text.contains("Filial 7 (FILIAL 7)\n  - falta CNPJ (campo cnpj)"), "{text}");
        assert!(
            text.contains("- falta Inscrição estadual (campo inscricao_estadual): é obrigatória"),
            "{text}"
        );
        assert!(text.contains("Filial 8 (FILIAL 8)\n  - Uf: recusada"), "{text}");
    }

    #[test]
    fn a_problem_survives_being_stored() {
        let problem = BranchProblem {
            codigo: "7".into(),
            nome: None,
            missing: vec![MissingField::InscricaoEstadual],
            error: Some("x".into()),
        };
        let stored = serde_json::to_string(&problem).expect("JSON");

        assert_eq!(stored, r#"{"codigo":"7","missing":["inscricao_estadual"],"error":"x"}"#);
        assert_eq!(serde_json::from_str::<BranchProblem>(&stored).expect("a problem"), problem);
    }
}
