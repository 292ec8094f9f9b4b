//! What an operator decides about the Omie–Máxima integration: the parameters of the mapping §10, as one stored
//! document. Environment and secrets are not here.

mod choices;
mod pedidos;
mod problems;
pub mod versions;

pub use choices::{DeleteSelector, EnderecoIncompleto, Etiquetas, Posicao, RegraEstoque, Tipovend};
pub use pedidos::Pedidos;

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
const FORMAT: u32 = 3;

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
    /// Tax figure of all prices; "1" is made when Máxima has none, any other must be configured there (mapping
    /// §4.15).
    pub tributo_padrao: String,
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
    /// Kinds of item (`tipoItem`) that are products for sale; empty: all (mapping §4.13).
    pub tipos_produto: Vec<String>,
    /// The stock location of `FilialPadrao` (`codigo_local_estoque`); none: the one that is default in Omie.
    pub local_estoque_omie: Option<i64>,
    /// Other stock locations → the branch that each feeds, one location per branch (mapping §4.2).
    pub locais_estoque: BTreeMap<i64, String>,
    /// How much of the stock may be sold.
    pub regra_estoque: RegraEstoque,
    /// Whether receivables that come from no product sale are sent, with a number of our own (mapping §4.16).
    pub enviar_titulos_avulsos: bool,
    /// Days back, by inclusion, that a whole reading of the receivables covers.
    pub janela_titulos_dias: u32,
    /// Days back, by inclusion, that a whole reading of the past orders covers.
    pub janela_historico_dias: u32,
    /// Stage of an order in Omie → where it stands in Máxima; a stage that is not here is pending (mapping §7.1).
    pub etapas: BTreeMap<String, Posicao>,
    /// Orders and new customers.
    pub pedidos: Pedidos,
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
            tributo_padrao: "1".to_owned(),
            tipovend: Tipovend::default(),
            bonificacao: true,
            endereco_incompleto: EnderecoIncompleto::default(),
            etiquetas: Etiquetas::default(),
            contas: BTreeMap::new(),
            tipos_produto: Vec::new(),
            local_estoque_omie: None,
            locais_estoque: BTreeMap::new(),
            regra_estoque: RegraEstoque::default(),
            enviar_titulos_avulsos: true,
            janela_titulos_dias: 180,
            janela_historico_dias: 60,
            etapas: Posicao::of_the_usual_stages(),
            pedidos: Pedidos::default(),
            delete_selector: DeleteSelector::default(),
            url_intext: "https://intext.solucoesmaxima.com.br:81/".to_owned(),
            url_intpdv: "https://intpdv.solucoesmaxima.com.br:81/".to_owned(),
            url_omie: "https://app.omie.com.br/api/v1/".to_owned(),
            versao_maxima: "v3".to_owned(),
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
    #[error("os parâmetros não puderam ser lidos ou gravados")]
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

    fn refuse_problems(&self) -> Result<(), SetupError> {
        let problems = self.problems();
        if problems.is_empty() { Ok(()) } else { Err(SetupError::Incomplete(problems)) }
    }
}

fn unknown_format(found: Option<u64>) -> String {
    let found = found.map_or_else(|| "sem formato".to_owned(), |format| format!("no formato {format}"));
    format!("os parâmetros estão gravados {found} e esta versão só lê até o {FORMAT}: atualize a aplicação")
}

#[cfg(test)]
mod tests;
