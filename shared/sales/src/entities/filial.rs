//! Filial: the companies of the account as branches (mapping §4.2). Their facts feed the branch gate.

use engine::{Entity, Key, Mapped, State};
use jiff::civil::Date;
use serde::Serialize;

use super::reasons::Reasons;
use super::{Cidade, Refs};
use crate::branch::{Branch, is_selected, missing_fields};
use crate::settings::{Settings, SetupError};
use crate::synced::FromOmie;
use crate::text::{code, digits, masked, phone, street, txt};

/// A branch.
pub struct Filial;

/// Which branches are integrated.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FilialRefs {
    selected: Vec<String>,
}

impl Refs for FilialRefs {
    async fn load(_: &impl State, settings: &Settings, _: Date) -> Result<Self, SetupError> {
        Ok(Self { selected: settings.filiais.clone() })
    }
}

impl Entity for Filial {
    const NAME: &'static str = "filiais";
    const AFTER: &'static [&'static str] = &[Cidade::NAME];
    type Record = omie::Empresa;
    type Row = maxima::Filial;
    type Refs = FilialRefs;

    fn key(empresa: &omie::Empresa) -> Key {
        empresa.codigo_empresa.into()
    }

    fn map(empresa: omie::Empresa, refs: &FilialRefs) -> Mapped<maxima::Filial> {
        let codigo = code(empresa.codigo_empresa).unwrap_or_default();
        if !is_selected(&refs.selected, &codigo) {
            return Mapped::Skip("filial não selecionada em Filiais");
        }
        let mut reasons = Reasons::default();
        for missing in missing_fields(&empresa) {
            let (label, why) = (missing.label(), missing.why());
            reasons.note(
                missing.field(),
                "",
                format!("{label} {why}: preencha no cadastro da empresa no Omie"),
            );
        }
        let cgc = digits(empresa.cnpj.as_deref()).unwrap_or_default();
        if !matches!(cgc.len(), 0 | 14) {
            reasons.note("cnpj", &cgc, "um CNPJ tem 14 dígitos: corrija no cadastro da empresa no Omie");
        }
        reasons.verdict(branch_row(&empresa, codigo, cgc))
    }

    fn facts(empresa: &omie::Empresa) -> Option<serde_json::Value> {
        serde_json::to_value(Branch::of(empresa)).ok()
    }

    // No retirement: Máxima's branches have no mark, and everything else hangs on them.
}

impl FromOmie for Filial {
    type Listing = omie::ListarEmpresas;
}

fn branch_row(empresa: &omie::Empresa, codigo: String, cgc: String) -> maxima::Filial {
    let razao_social = empresa.razao_social.as_deref();
    maxima::Filial {
        codigo,
        razaosocial: txt(razao_social, 40).unwrap_or_default(),
        fantasia: txt(empresa.nome_fantasia.as_deref(), 25).or_else(|| txt(razao_social, 25)),
        cgc,
        ie: masked(empresa.inscricao_estadual.as_deref(), 20).unwrap_or_default(),
        endereco: street(empresa.endereco.as_deref(), empresa.endereco_numero.as_deref(), 40),
        bairro: txt(empresa.bairro.as_deref(), 20),
        cidade: txt(empresa.cidade.as_deref(), 30),
        uf: txt(empresa.estado.as_deref(), 2).unwrap_or_default(),
        cep: masked(empresa.cep.as_deref(), 11),
        telefone: phone(empresa.telefone1_ddd.as_deref(), empresa.telefone1_numero.as_deref(), 18),
        ..maxima::Filial::default()
    }
}

impl Filial {
    /// The branch of what belongs to none: the setting `FilialPadrao`, or the only active branch. Refused when
    /// neither settles it, so that thousands of records are not kept out for one missing choice.
    pub(crate) async fn padrao(state: &impl State, settings: &Settings) -> Result<String, SetupError> {
        Self::chosen(state, settings).await.map(|(codigo, _)| codigo)
    }

    /// The same with its state: what is inside it and what is not have different taxes. Empty when Omie does not say,
    /// which the branch gate does not let through.
    pub(crate) async fn padrao_e_uf(
        state: &impl State,
        settings: &Settings,
    ) -> Result<(String, String), SetupError> {
        let (codigo, branch) = Self::chosen(state, settings).await?;
        Ok((codigo, branch.uf.unwrap_or_default()))
    }

    async fn chosen(state: &impl State, settings: &Settings) -> Result<(String, Branch), SetupError> {
        let branches = super::facts::<Branch>(state, Self::NAME).await?;
        let mut active: Vec<(String, Branch)> = branches
            .into_iter()
            .filter(|(_, branch)| branch.ativa)
            .map(|(key, branch)| (key.to_string(), branch))
            .filter(|(codigo, _)| is_selected(&settings.filiais, codigo))
            .collect();
        let codes = || active.iter().map(|(codigo, _)| codigo.as_str()).collect::<Vec<_>>().join(", ");
        let place = match &settings.filial_padrao {
            _ if active.is_empty() => {
                Err("nenhuma filial ativa foi lida do Omie: sincronize as filiais primeiro".to_owned())
            }
            Some(wanted) => active.iter().position(|(codigo, _)| codigo == wanted).ok_or_else(|| {
                format!("a filial {wanted} não está ativa no Omie: escolha uma destas: {}", codes())
            }),
            None if active.len() == 1 => Ok(0),
            None => Err(format!("há mais de uma filial ativa: escolha a padrão entre {}", codes())),
        };
        let place = place.map_err(|text| SetupError::one("FilialPadrao", text))?;
        Ok(active.swap_remove(place))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TODAY, learn, memory, reasons, record, rejected_fields, row, settings};
    use super::*;
    use crate::branch::{Gate, MissingField, gate};

    const COMPLETE: &str = include_str!("../../testdata/empresa_completa.json");
    const WITHOUT_IE: &str = include_str!("../../testdata/empresa_sem_inscricao_estadual.json");

    fn map(empresa: omie::Empresa) -> Mapped<maxima::Filial> {
        Filial::map(empresa, &FilialRefs::default())
    }

    fn company(codigo_empresa: i64) -> omie::Empresa {
        omie::Empresa { codigo_empresa, ..record(COMPLETE) }
    }

    #[test]
    fn a_complete_company_becomes_a_branch() {
        assert_eq!(
            row(map(record(COMPLETE))),
            maxima::Filial {
                codigo: "3456789012".into(),
                razaosocial: "DISTRIBUIDORA EXEMPLO DE ALIMENTOS E BEB".into(),
                fantasia: Some("EXEMPLO".into()),
                cgc: "12345678000195".into(),
                ie: "101234567".into(),
                endereco: Some("DAS FLORES, 100".into()),
                bairro: Some("CENTRO".into()),
                cidade: Some("GOIANIA (GO)".into()),
                uf: "GO".into(),
                cep: Some("74000-000".into()),
                telefone: Some("623000-0000".into()),
                utilizavendaporembalagem: "N",
                calcularipivenda: "N",
                usawms: "N",
                tipoprecificacao: "A",
            }
        );
    }

    #[test]
    fn the_trade_name_falls_back_to_the_legal_name() {
        let empresa = omie::Empresa { nome_fantasia: None, ..record(COMPLETE) };

        assert_eq!(row(map(empresa)).fantasia.as_deref(), Some("DISTRIBUIDORA EXEMPLO DE"));
    }

    #[test]
    fn a_street_without_number_has_no_comma_and_no_street_no_number() {
        let unnumbered = omie::Empresa { endereco_numero: None, ..record(COMPLETE) };
        let streetless = omie::Empresa { endereco: None, ..record(COMPLETE) };

        assert_eq!(row(map(unnumbered)).endereco.as_deref(), Some("DAS FLORES"));
        assert_eq!(row(map(streetless)).endereco, None);
    }

    #[test]
    fn a_missing_state_registration_has_no_silent_default() {
        let why = reasons(map(record(WITHOUT_IE)));

        assert_eq!(why.len(), 1);
        assert_eq!(why[0].field, "inscricao_estadual");
        assert!(
            why[0].rule.contains("Inscrição estadual") && why[0].rule.contains("preencha"),
            "{}",
            why[0].rule
        );
    }

    #[test]
    fn all_missing_fields_are_named_at_once() {
        let empty: omie::Empresa = record(r#"{"codigo_empresa":0,"cnpj":"ISENTO"}"#);

        assert_eq!(
            rejected_fields(map(empty)),
            ["codigo_empresa", "razao_social", "cnpj", "inscricao_estadual", "estado"]
        );
    }

    #[test]
    fn a_cnpj_of_other_than_14_digits_is_rejected_with_its_value() {
        let why = reasons(map(omie::Empresa { cnpj: Some("123.456.789-09".into()), ..record(COMPLETE) }));

        assert_eq!((why[0].field.as_str(), why[0].value.as_str()), ("cnpj", "12345678909"));
    }

    #[test]
    fn a_branch_that_is_not_selected_is_skipped() {
        let refs = FilialRefs { selected: vec!["1".into()] };

        assert!(matches!(Filial::map(record(COMPLETE), &refs), Mapped::Skip(_)));
    }

    #[test]
    fn the_fact_of_a_rejected_branch_holds_what_gate_and_taxes_need_and_no_more() {
        let fact = Filial::facts(&record(WITHOUT_IE)).expect("a fact");

        assert_eq!(
            fact,
            serde_json::json!({
                "codigo": 3_456_789_013_i64,
                "nome": "EXEMPLO FILIAL",
                "uf": "GO",
                "ativa": true,
                "missing": ["inscricao_estadual"],
            })
        );
    }

    #[tokio::test]
    async fn the_gate_reads_what_the_sync_left_behind() {
        let state = memory();
        learn::<Filial>(&state, &[record(WITHOUT_IE)]).await;

        let Gate::Interrupted(problems) = gate(&state, Filial::NAME, &[]).await.expect("read") else {
            panic!("an incomplete branch opened the gate");
        };

        assert_eq!(problems[0].codigo, "3456789013");
        assert_eq!(problems[0].missing, [MissingField::InscricaoEstadual]);
    }

    #[tokio::test]
    async fn the_only_active_branch_is_the_default_one() {
        let state = memory();
        let inactive = omie::Empresa { inativa: Some(true), ..company(2) };
        learn::<Filial>(&state, &[company(1), inactive]).await;

        assert_eq!(Filial::padrao(&state, &settings()).await.expect("a branch"), "1");
    }

    #[tokio::test]
    async fn among_several_branches_the_operator_chooses() {
        let state = memory();
        learn::<Filial>(&state, &[company(1), company(2)]).await;
        let chosen = |codigo: &str| Settings { filial_padrao: Some(codigo.into()), ..settings() };
        let refusal =
            async |settings| Filial::padrao(&state, &settings).await.expect_err("refused").to_string();

        assert_eq!(Filial::padrao(&state, &chosen("2")).await.expect("a branch"), "2");
        assert!(refusal(settings()).await.contains("escolha a padrão entre 1, 2"));
        assert!(refusal(chosen("9")).await.contains("a filial 9 não está ativa no Omie"));
    }

    #[tokio::test]
    async fn before_the_branches_are_read_nothing_else_starts() {
        let refused = super::super::VendedorRefs::load(&memory(), &settings(), TODAY).await;

        assert!(refused.expect_err("refused").to_string().contains("sincronize as filiais primeiro"));
    }
}
