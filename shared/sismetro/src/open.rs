//! Opening an SS: once, and never again before it is known what became of it (`contracts/sismetro.md` §5).

use std::time::Duration;

use bytes::Bytes;
use clock::later;
use http::{HeaderValue, Method, header};
use partner_http::{CallError, Effect, Fault, Outgoing};

use crate::client::{PARTNER, Sismetro, policy};
use crate::reply::{Opened, extract_opened};
use crate::verdict;

/// Why an SS was not opened, or is not known to be. It says what may be done next; texts are for the operator, without
/// secrets and without tokens of links.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenFailure {
    /// Sismetro refuses the data or does not know the address. Nothing was opened and the same request brings the
    /// same answer.
    #[error("o Sismetro recusou a abertura da SS: {text}")]
    Refused {
        /// Its words.
        text: String,
    },
    /// Unit or key are wrong. Nothing was opened.
    #[error("o Sismetro não aceitou a unidade ou a chave: {text}")]
    Unauthorized {
        /// Its words.
        text: String,
    },
    /// Nothing was opened, and a later request may succeed.
    #[error("o pedido de SS não foi processado: {why}")]
    NotProcessed {
        /// The wait that Sismetro, or our own pace, asks for; the caller's own when missing.
        after: Option<Duration>,
        /// What happened.
        why: String,
    },
    /// The SS may exist. It must be looked for before anything is sent again (§5.5).
    #[error("não se sabe se a SS foi aberta: {detail}")]
    Ambiguous {
        /// What came instead of its number.
        detail: String,
    },
}

/// How long a request may wait for its turn. With [`WITHIN`] it stays below the three minutes for which a caller's
/// claim holds (`contracts/service-order-flow.md` T3): a request must not leave after somebody else took over.
const PATIENCE: Duration = Duration::from_secs(30);

/// The whole exchange (`contracts/sismetro.md` §4).
const WITHIN: Duration = Duration::from_mins(1);

const METHOD: &str = "serviceOrder/open";

impl Sismetro {
    /// Asks for an SS with `body`, which is composed by the caller as
    /// [`open_body_mode`](crate::SismetroOptions::open_body_mode) says, with its `content_type`.
    ///
    /// The request leaves at most once, within 30 s or not at all, at most 30 a minute and unit and two at a time.
    /// Whether it may be sent again, the failure says; nothing here does it.
    pub async fn open(
        &self,
        body: &str,
        content_type: &str,
        idempotency_key: &str,
    ) -> Result<Opened, OpenFailure> {
        let out = self
            .opening(body, content_type, idempotency_key)
            .map_err(|fault| OpenFailure::from(CallError::new(PARTNER, METHOD, fault)))?;
        let leave_by = later(self.clock.now(), PATIENCE);
        let classify = |status, body: &[u8]| verdict::opening(status, body, &self.options);
        let answer = self.http.send_once(out, leave_by, classify).await?;
        // The verdict read the same bytes.
        extract_opened(&answer, &self.options).ok_or_else(|| OpenFailure::Ambiguous {
            detail: "a resposta não traz o número da SS".to_owned(),
        })
    }

    fn opening(&self, body: &str, content_type: &str, idempotency_key: &str) -> Result<Outgoing, Fault> {
        const JSON: &str = "application/json; charset=utf-8";
        let body = Bytes::copy_from_slice(body.as_bytes());
        let mut request = self.request(Method::POST, &self.options.open_url, body, WITHIN)?;
        let content_type = HeaderValue::try_from(content_type.trim()).ok().filter(|value| !value.is_empty());
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, content_type.unwrap_or(HeaderValue::from_static(JSON)));
        // A courtesy that Sismetro may not even read (§5.1): no reason to fail.
        if let Ok(key) = HeaderValue::try_from(idempotency_key) {
            headers.insert("x-idempotency-key", key);
        }
        Ok(Outgoing {
            lane: self.lane(METHOD),
            policy: policy(30, 2),
            effect: Effect::AskFirst,
            request,
            repeat_key: None,
        })
    }
}

impl From<CallError> for OpenFailure {
    /// Of a request that was sent at most once and asks first.
    fn from(error: CallError) -> Self {
        let after = error.wait().filter(|wait| !wait.is_zero());
        let status = error.status;
        match error.fault {
            Fault::Refused { text }
            | Fault::NotFound { text }
            | Fault::Duplicate { text, .. }
            | Fault::Misconfigured { text } => Self::Refused { text },
            Fault::Unauthorized { text } => Self::Unauthorized { text },
            Fault::RateLimited if error.attempts > 0 => {
                Self::NotProcessed { after, why: "o Sismetro pede menos chamadas (HTTP 429)".to_owned() }
            }
            // A request that asks first and reached Sismetro is never "unavailable".
            Fault::Unavailable if error.attempts > 0 => {
                Self::NotProcessed { after, why: "não houve conexão com o Sismetro".to_owned() }
            }
            Fault::RateLimited
            | Fault::Unavailable
            | Fault::Busy
            | Fault::Redundant
            | Fault::Blocked { .. }
                if error.attempts == 0 =>
            {
                Self::NotProcessed { after, why: "a vez desta chamada não chegou a tempo".to_owned() }
            }
            Fault::Malformed { text } => Self::Ambiguous { detail: text },
            Fault::Unclear
            | Fault::RateLimited
            | Fault::Unavailable
            | Fault::Busy
            | Fault::Redundant
            | Fault::Blocked { .. }
            | Fault::Expired
            | Fault::Empty => Self::Ambiguous {
                detail: match status {
                    Some(status) => format!("o Sismetro respondeu HTTP {status}"),
                    None => "a resposta do Sismetro não chegou".to_owned(),
                },
            },
        }
    }
}
