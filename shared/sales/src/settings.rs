//! What an operator decides about the Omie–Máxima integration: the parameters of the mapping §10, as one stored
//! document. Environment and secrets are not here.

use std::collections::BTreeMap;
use std::fmt;

use engine::{Documents, Expected, StateError};
use partner_http::Remedy;
use serde::{Deserialize, Serialize};

/// The kind of the document.
pub const KIND: &str = "settings";
/// Its id.
pub const ID: &str = "omie-maxima";
/// The format this program writes. Older readers refuse a newer format instead of dropping what they do not
/// know; a new member comes with a default and a higher number.
const FORMAT: u32 = 1;
/// The longest code Máxima takes.
const LONGEST_CODE: usize = 50;

/// The settings of the integration. In JSON each has the name by which the mapping §10 calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct Settings {
    /// Version of the stored format.
    pub formato: u32,
    /// Codes of the branches to integrate; empty: all.
    pub filiais: Vec<String>,
    /// Branch of sellers and price tables; may be left out while only one active branch is integrated.
    pub filial_padrao: Option<String>,
    /// Seller of a client that names none; without it such a client is rejected.
    pub vendedor_padrao: Option<String>,
    /// Supervisor of all sellers, where the tenant demands one.
    pub supervisor_padrao: Option<String>,
    /// Price table (`nCodTabPreco`) of a client whom no table serves.
    pub tabela_preco_padrao: Option<String>,
    /// Payment means of all clients; must have an account.
    pub cobranca_padrao: String,
    /// Payment plan of a client that names none, an unknown one or "999".
    pub plano_padrao: String,
    /// Line of business of a client that names none.
    pub ramo_padrao: String,
    /// Kind of all sellers.
    pub tipovend: Tipovend,
    /// Whether bonus orders are sold: plan and means "BNF", `Condvenda5`.
    pub bonificacao: bool,
    /// What to do with a client whose address lacks a required field.
    pub endereco_incompleto: EnderecoIncompleto,
    /// The tags that say what a record of Omie's one registry is.
    pub etiquetas: Etiquetas,
    /// Payment means → checking account (`nCodCC`). A means without account is sent but cannot be chosen.
    pub contas: BTreeMap<String, i64>,
    /// What a DELETE names a record by (`contracts/maxima.md` §3.5).
    pub delete_selector: DeleteSelector,
    /// Base URL of Máxima's catalogue API.
    pub url_intext: String,
    /// Base URL of Máxima's order API.
    pub url_intpdv: String,
    /// Base URL of Omie's API.
    pub url_omie: String,
    /// Version of Máxima's catalogue API, a segment of its path.
    pub versao_maxima: String,
}

/// `Tipovend` of Máxima that a setting may choose (mapping §4.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tipovend {
    /// External.
    #[default]
    E,
    /// Representative.
    R,
}

impl Tipovend {
    /// As Máxima takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::E => "E",
            Self::R => "R",
        }
    }
}

/// The policy for addresses that lack a required field (mapping §4.12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnderecoIncompleto {
    /// The client is kept out and listed with what is missing.
    #[default]
    Rejeitar,
    /// "NAO INFORMADO" and "00000000" stand in.
    Preencher,
}

/// Tags, as text; Omie matches them by text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct Etiquetas {
    /// Clients.
    pub cliente: String,
    /// Suppliers.
    pub fornecedor: String,
    /// Carriers.
    pub transportadora: String,
    /// `nCodTag` → text, for price tables that name their tag only by number (`contracts/omie.md` §8.11).
    pub por_codigo: BTreeMap<i64, String>,
}

/// What a DELETE names a record by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeleteSelector {
    /// Its key.
    #[default]
    Key,
    /// Its control hash.
    Hash,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            formato: FORMAT,
            filiais: Vec::new(),
            filial_padrao: None,
            vendedor_padrao: None,
            supervisor_padrao: None,
            tabela_preco_padrao: None,
            cobranca_padrao: "01".to_owned(),
            plano_padrao: "000".to_owned(),
            ramo_padrao: "4".to_owned(),
            tipovend: Tipovend::default(),
            bonificacao: true,
            endereco_incompleto: EnderecoIncompleto::default(),
            etiquetas: Etiquetas::default(),
            contas: BTreeMap::new(),
            delete_selector: DeleteSelector::default(),
            url_intext: "https://intext.solucoesmaxima.com.br:81/".to_owned(),
            url_intpdv: "https://intpdv.solucoesmaxima.com.br:81/".to_owned(),
            url_omie: "https://app.omie.com.br/api/v1/".to_owned(),
            versao_maxima: "v3".to_owned(),
        }
    }
}

impl Default for Etiquetas {
    fn default() -> Self {
        Self {
            cliente: "Cliente".to_owned(),
            fornecedor: "Fornecedor".to_owned(),
            transportadora: "Transportadora".to_owned(),
            por_codigo: BTreeMap::new(),
        }
    }
}

/// One thing to correct in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Name of the setting.
    pub setting: &'static str,
    /// What is wrong and what to do, in Portuguese.
    pub text: String,
}

impl Problem {
    /// `setting` must be corrected as `text` says.
    pub fn new(setting: &'static str, text: impl Into<String>) -> Self {
        Self { setting, text: text.into() }
    }
}

/// The settings cannot be had, or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The store failed.
    #[error("the settings could not be read or written")]
    State(#[from] StateError),
    /// Somebody must correct these; never empty.
    #[error("{}", Listed(.0))]
    Incomplete(Vec<Problem>),
}

impl SetupError {
    /// One setting to correct.
    pub fn one(setting: &'static str, text: impl Into<String>) -> Self {
        Self::Incomplete(vec![Problem::new(setting, text)])
    }

    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::State(error) => error.remedy(),
            Self::Incomplete(_) => Remedy::FixConfig,
        }
    }
}

struct Listed<'a>(&'a [Problem]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("os parâmetros da integração precisam de correção:")?;
        for Problem { setting, text } in self.0 {
            write!(f, "\n  {setting:<18} {text}")?;
        }
        Ok(())
    }
}

impl Settings {
    /// The stored settings, the defaults when none are stored yet; refused when they have [problems](Self::problems).
    pub async fn load(state: &impl Documents) -> Result<Self, SetupError> {
        let settings = Self::stored(state).await?.map(|(settings, _)| settings).unwrap_or_default();
        settings.refuse_problems()?;
        Ok(settings)
    }

    /// The stored settings as they are, with the version to be given back to [`save`](Self::save).
    pub async fn stored(state: &impl Documents) -> Result<Option<(Self, u64)>, SetupError> {
        let Some(document) = state.get(KIND, ID).await? else {
            return Ok(None);
        };
        // The format first: an unknown one would fail on a member and blame the wrong thing.
        match document.body["Formato"].as_u64() {
            Some(format) if format <= u64::from(FORMAT) => {}
            found => return Err(SetupError::one("Formato", unknown_format(found))),
        }
        let settings = serde_json::from_value(document.body).map_err(|source| StateError::Malformed {
            what: format!("document {KIND}/{ID}"),
            source: source.into(),
        })?;
        Ok(Some((settings, document.version)))
    }

    /// Stores the settings if they have no problems and what is stored is as `expected`; gives the new version.
    pub async fn save(&self, state: &impl Documents, expected: Expected) -> Result<u64, SetupError> {
        self.refuse_problems()?;
        let settings = Self { formato: FORMAT, ..self.clone() };
        let body = serde_json::to_value(&settings).expect("settings have text keys and finite numbers");
        Ok(state.put(KIND, ID, &body, expected, None).await?)
    }

    /// Everything that must be corrected, at once. Empty: the settings can be used.
    pub fn problems(&self) -> Vec<Problem> {
        let codes = [
            ("FilialPadrao", self.filial_padrao.as_deref()),
            ("VendedorPadrao", self.vendedor_padrao.as_deref()),
            ("SupervisorPadrao", self.supervisor_padrao.as_deref()),
            ("TabelaPrecoPadrao", self.tabela_preco_padrao.as_deref()),
            ("CobrancaPadrao", Some(self.cobranca_padrao.as_str())),
            ("PlanoPadrao", Some(self.plano_padrao.as_str())),
            ("RamoPadrao", Some(self.ramo_padrao.as_str())),
        ];
        let urls =
            [("UrlIntext", &self.url_intext), ("UrlIntpdv", &self.url_intpdv), ("UrlOmie", &self.url_omie)];
        let tags = [&self.etiquetas.cliente, &self.etiquetas.fornecedor, &self.etiquetas.transportadora];
        let mut problems: Vec<Problem> =
            codes.iter().filter_map(|(name, code)| bad_code(name, (*code)?)).collect();
        problems.extend(self.filiais.iter().find_map(|code| bad_code("Filiais", code)));
        problems.extend(self.bad_references());
        problems.extend(urls.iter().filter_map(|(name, url)| bad_url(name, url)));
        if tags.iter().any(|tag| tag.trim().is_empty()) {
            problems.push(Problem::new("Etiquetas", "há uma etiqueta vazia: informe o texto usado no Omie"));
        }
        if !is_version(&self.versao_maxima) {
            problems.push(Problem::new("VersaoMaxima", "deve ser \"v\" e um número, por exemplo v3"));
        }
        problems
    }

    /// What one setting says of another.
    fn bad_references(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(filial) = &self.filial_padrao
            && !crate::branch::is_selected(&self.filiais, filial)
        {
            let text =
                format!("a filial {filial} não está entre as selecionadas em Filiais: escolha uma delas");
            problems.push(Problem::new("FilialPadrao", text));
        }
        if !self.contas.contains_key(&self.cobranca_padrao) {
            let text = format!(
                "o meio de pagamento {} não tem conta corrente: informe a conta dele em Contas ou escolha outro",
                self.cobranca_padrao
            );
            problems.push(Problem::new("CobrancaPadrao", text));
        }
        if self.contas.iter().any(|(means, account)| means.trim().is_empty() || *account <= 0) {
            problems.push(Problem::new(
                "Contas",
                "há um meio de pagamento vazio ou com conta inválida: informe o código nCodCC da conta no Omie",
            ));
        }
        problems
    }

    fn refuse_problems(&self) -> Result<(), SetupError> {
        let problems = self.problems();
        if problems.is_empty() { Ok(()) } else { Err(SetupError::Incomplete(problems)) }
    }
}

fn unknown_format(found: Option<u64>) -> String {
    let found = found.map_or_else(|| "sem formato".to_owned(), |format| format!("no formato {format}"));
    format!("os parâmetros estão gravados {found} e esta versão só lê até o {FORMAT}: atualize a aplicação")
}

fn bad_code(setting: &'static str, code: &str) -> Option<Problem> {
    let clean = crate::text::txt(code, LONGEST_CODE);
    (clean.as_deref() != Some(code)).then(|| {
        Problem::new(
            setting,
            format!(
                "\"{code}\" não é um código: informe até {LONGEST_CODE} caracteres, sem espaços nas pontas"
            ),
        )
    })
}

fn bad_url(setting: &'static str, url: &str) -> Option<Problem> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let good = host.is_some_and(|host| {
        !host.is_empty() && !host.starts_with('/') && !host.contains(char::is_whitespace)
    });
    (!good).then(|| Problem::new(setting, format!("\"{url}\" não é um endereço http(s)")))
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entities::testing::memory;

    fn usable() -> Settings {
        Settings { contas: BTreeMap::from([("01".to_owned(), 77)]), ..Settings::default() }
    }

    fn settings_named(problems: &[Problem]) -> Vec<&'static str> {
        problems.iter().map(|problem| problem.setting).collect()
    }

    #[test]
    fn the_defaults_are_those_of_the_mapping() {
        let body = serde_json::to_value(Settings::default()).expect("JSON");

        for (name, value) in [
            ("Formato", json!(1)),
            ("CobrancaPadrao", json!("01")),
            ("PlanoPadrao", json!("000")),
            ("RamoPadrao", json!("4")),
            ("Tipovend", json!("E")),
            ("Bonificacao", json!(true)),
            ("EnderecoIncompleto", json!("rejeitar")),
            ("DeleteSelector", json!("key")),
            ("VersaoMaxima", json!("v3")),
            ("UrlIntext", json!("https://intext.solucoesmaxima.com.br:81/")),
        ] {
            assert_eq!(body[name], value, "{name}");
        }
        assert_eq!(body["Etiquetas"]["Cliente"], json!("Cliente"));
    }

    #[test]
    fn the_one_thing_nobody_can_guess_is_an_account() {
        assert_eq!(settings_named(&Settings::default().problems()), ["CobrancaPadrao"]);
        assert_eq!(usable().problems(), []);
    }

    #[test]
    fn all_problems_are_listed_at_once() {
        let settings = Settings {
            filiais: vec!["1".into(), " 2".into()],
            filial_padrao: Some("9".into()),
            vendedor_padrao: Some(String::new()),
            cobranca_padrao: "15".into(),
            etiquetas: Etiquetas { cliente: " ".into(), ..Etiquetas::default() },
            contas: BTreeMap::from([("01".to_owned(), 0)]),
            url_omie: "app.omie.com.br".into(),
            versao_maxima: "3".into(),
            ..Settings::default()
        };

        assert_eq!(
            settings_named(&settings.problems()),
            [
                "VendedorPadrao",
                "Filiais",
                "FilialPadrao",
                "CobrancaPadrao",
                "Contas",
                "UrlOmie",
                "Etiquetas",
                "VersaoMaxima"
            ]
        );
        let text = SetupError::Incomplete(settings.problems()).to_string();
        assert!(text.contains("\n  CobrancaPadrao     o meio de pagamento 15 não tem conta"), "{text}");
    }

    #[tokio::test]
    async fn settings_survive_being_stored() {
        let state = memory();
        let settings = Settings {
            filial_padrao: Some("3456789012".into()),
            tipovend: Tipovend::R,
            endereco_incompleto: EnderecoIncompleto::Preencher,
            etiquetas: Etiquetas {
                por_codigo: BTreeMap::from([(222, "ATACADO".to_owned())]),
                ..Etiquetas::default()
            },
            ..usable()
        };

        settings.save(&state, Expected::Absent).await.expect("saved");

        assert_eq!(Settings::load(&state).await.expect("loaded"), settings);
    }

    #[tokio::test]
    async fn settings_with_problems_are_neither_stored_nor_used() {
        let state = memory();

        let refused = Settings::default().save(&state, Expected::Any).await.expect_err("refused");

        assert_eq!(refused.remedy(), Remedy::FixConfig);
        assert!(Settings::stored(&state).await.expect("read").is_none());
        assert!(
            matches!(Settings::load(&state).await, Err(SetupError::Incomplete(_))),
            "defaults lack an account"
        );
    }

    #[tokio::test]
    async fn a_member_added_since_takes_its_default_and_a_newer_format_is_refused() {
        let state = memory();
        let old = json!({"Formato": 1, "Contas": {"01": 5}});
        state.put(KIND, ID, &old, Expected::Any, None).await.expect("stored");
        assert_eq!(Settings::load(&state).await.expect("loaded").plano_padrao, "000");

        let new = json!({"Formato": 2, "Novidade": true});
        state.put(KIND, ID, &new, Expected::Any, None).await.expect("stored");

        let refused = Settings::load(&state).await.expect_err("refused").to_string();
        assert!(refused.contains("no formato 2"), "{refused}");
    }
}
