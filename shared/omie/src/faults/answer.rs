//! The shape of an answer, as far as its meaning depends on it.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::formats;

/// The shape of an answer, as far as its meaning depends on it.
pub(super) enum Answer {
    Fault {
        code: String,
        text: String,
    },
    /// The failed status of a write (`contracts/omie.md §4`).
    Status(String),
    Json,
    Html(String),
    /// Begins like a JSON object and does not end like one.
    Cut,
    Words(String),
}

/// The members that make an answer a failure: a fault, or the status of a write.
#[derive(Default, Deserialize)]
struct Outcome {
    #[serde(default, deserialize_with = "formats::text")]
    faultcode: Option<String>,
    #[serde(default, deserialize_with = "formats::text")]
    faultstring: Option<String>,
    #[serde(default, deserialize_with = "formats::text")]
    codigo_status: Option<String>,
    #[serde(default, deserialize_with = "formats::text")]
    descricao_status: Option<String>,
    #[serde(rename = "cCodStatus", default, deserialize_with = "formats::text")]
    cod_status: Option<String>,
    #[serde(rename = "cDesStatus", default, deserialize_with = "formats::text")]
    des_status: Option<String>,
    /// Billing of orders spells it so (`contracts/omie.md §8.28`).
    #[serde(rename = "cDescStatus", default, deserialize_with = "formats::text")]
    desc_status: Option<String>,
}

impl Answer {
    pub(super) fn read(body: &[u8]) -> Self {
        match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'<') => Self::Html(start_of(body)),
            Some(b'{') => serde_json::from_slice::<Outcome>(body).map_or(Self::Cut, Self::from),
            // A sentence may come in quotes; any other document is an answer, though none of ours.
            Some(b'"') => Self::Words(start_of(body)),
            _ if serde_json::from_slice::<IgnoredAny>(body).is_ok() => Self::Json,
            _ => Self::Words(start_of(body)),
        }
    }
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        if outcome.faultcode.is_some() || outcome.faultstring.is_some() {
            let code = outcome.faultcode.unwrap_or_default();
            return Self::Fault { text: outcome.faultstring.unwrap_or_else(|| code.clone()), code };
        }
        // A write answers its own status, with HTTP 200 whatever it is.
        let hungarian = outcome.des_status.or(outcome.desc_status);
        let failed = [(outcome.codigo_status, outcome.descricao_status), (outcome.cod_status, hungarian)]
            .into_iter()
            .find_map(|(status, text)| status.filter(|status| !is_zero(status)).map(|status| (status, text)));
        match failed {
            Some((status, text)) => Self::Status(text.unwrap_or_else(|| format!("status {status}"))),
            None => Self::Json,
        }
    }
}

fn is_zero(status: &str) -> bool {
    status.trim().bytes().all(|byte| byte == b'0')
}

/// Enough of a body to recognise a fault in words.
fn start_of(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(4096)]).into_owned()
}
