//! What an answer means to us, and the error a failed call ends in.

use std::fmt;
use std::time::Duration;

/// How long a query stays "the same" for a partner with a redundancy rule, with one second of margin
/// (`contracts/omie.md` §3.1.3).
pub(crate) const REDUNDANCY_WINDOW: Duration = Duration::from_secs(61);

const MINUTE: Duration = Duration::from_mins(1);

/// What an answer means: decisions, not codes. Texts are the partner's own words, free of secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No rows: an empty page, not a failure, although the partner may count it as one.
    #[error("nenhum registro")]
    Empty,
    /// The same query came within the partner's window.
    #[error("a mesma consulta acabou de ser feita")]
    Redundant,
    /// A request of this method is already in flight at the partner.
    #[error("já há uma chamada deste método em andamento")]
    Busy,
    /// Too many requests in the last minute.
    #[error("chamadas demais em um minuto")]
    RateLimited,
    /// The lane is closed: nothing is accepted for this many seconds.
    #[error("bloqueado por {seconds} s")]
    Blocked {
        /// Seconds until the lane may be used again. From [`crate::PartnerHttp::send`] the margin is
        /// already in it; a classifier gives the partner's own number.
        seconds: u64,
    },
    /// The token is no longer accepted: its owner renews it once and repeats once.
    #[error("o token não é mais aceito")]
    Expired,
    /// The partner did nothing: not reached, or it failed before the work (5xx, HTML).
    #[error("o parceiro não está disponível")]
    Unavailable,
    /// It may have been done: the answer was lost or cut short, or says so itself.
    #[error("não se sabe se o parceiro fez o que foi pedido")]
    Unclear,
    /// The credentials are refused.
    #[error("credenciais recusadas: {text}")]
    Unauthorized {
        /// The partner's words.
        text: String,
    },
    /// The record does not exist at the partner.
    #[error("não encontrado: {text}")]
    NotFound {
        /// The partner's words.
        text: String,
    },
    /// The record exists already.
    #[error("já existe: {text}")]
    Duplicate {
        /// The partner's id of the existing record, where the text names it.
        id: Option<i64>,
        /// The partner's words.
        text: String,
    },
    /// A rule of the partner's business refused the data.
    #[error("recusado: {text}")]
    Refused {
        /// The partner's words.
        text: String,
    },
    /// A setting of ours names something the partner does not have.
    #[error("configuração recusada: {text}")]
    Misconfigured {
        /// The partner's words.
        text: String,
    },
    /// Our request or the partner's answer is not what the contract says.
    #[error("resposta ou pedido fora do formato: {text}")]
    Malformed {
        /// What is wrong and where; never the value.
        text: String,
    },
}

/// What to do about a failure; alarms, the state machine and the console ask only this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// It passes by itself.
    RetryLater {
        /// Time after which another try makes sense.
        after: Duration,
    },
    /// A credential or a setting must be corrected.
    FixConfig,
    /// A record must be corrected at its source.
    FixData,
    /// The partner must be asked what it did before anything is repeated.
    AskPartner,
    /// We, or the contract, are wrong.
    Bug,
}

impl Remedy {
    /// The stable name that leaves a Lambda as its `error_type` and stands in run records.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RetryLater { .. } => "RetryLater",
            Self::FixConfig => "FixConfig",
            Self::FixData => "FixData",
            Self::AskPartner => "AskPartner",
            Self::Bug => "Bug",
        }
    }
}

impl Fault {
    /// What to do about it when nothing else is known. A call knows more: see [`CallError::remedy`].
    pub fn remedy(&self) -> Remedy {
        match self {
            // An unavailable partner may have taken the query up before it failed.
            Self::Redundant | Self::Busy | Self::Unavailable => {
                Remedy::RetryLater { after: REDUNDANCY_WINDOW }
            }
            Self::RateLimited | Self::Expired => Remedy::RetryLater { after: MINUTE },
            Self::Blocked { seconds } => Remedy::RetryLater { after: Duration::from_secs(*seconds) },
            // A duplicate write may be our own earlier one: only the partner's record tells.
            Self::Unclear | Self::Duplicate { .. } => Remedy::AskPartner,
            Self::Unauthorized { .. } | Self::Misconfigured { .. } => Remedy::FixConfig,
            Self::NotFound { .. } | Self::Refused { .. } => Remedy::FixData,
            // An empty page is read by the client as a page; whoever sees it as an error forgot to.
            Self::Empty | Self::Malformed { .. } => Remedy::Bug,
        }
    }

    /// The fault's name for logs and metrics, without the partner's words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Redundant => "redundant",
            Self::Busy => "busy",
            Self::RateLimited => "rate_limited",
            Self::Blocked { .. } => "blocked",
            Self::Expired => "expired",
            Self::Unavailable => "unavailable",
            Self::Unclear => "unclear",
            Self::Unauthorized { .. } => "unauthorized",
            Self::NotFound { .. } => "not_found",
            Self::Duplicate { .. } => "duplicate",
            Self::Refused { .. } => "refused",
            Self::Misconfigured { .. } => "misconfigured",
            Self::Malformed { .. } => "malformed",
        }
    }

    /// What an operator reads of it, in Portuguese: the partner's own words where there are any. `partner` begins the
    /// sentence: "O Omie".
    pub fn told_by(&self, partner: &str) -> String {
        match self {
            Self::Unauthorized { text } => format!("{partner} recusou as credenciais: {text}"),
            Self::Refused { text }
            | Self::Misconfigured { text }
            | Self::NotFound { text }
            | Self::Duplicate { text, .. }
            | Self::Malformed { text } => format!("{partner} respondeu: {text}"),
            Self::Blocked { seconds } => {
                let minutes = seconds.div_ceil(60);
                format!("{partner} bloqueou as consultas por uso excessivo: tente de novo em {minutes} min")
            }
            Self::RateLimited | Self::Busy | Self::Redundant => {
                format!("{partner} pediu para esperar: tente de novo em um minuto")
            }
            Self::Empty | Self::Expired | Self::Unavailable | Self::Unclear => {
                format!("{partner} não respondeu: tente de novo em alguns minutos")
            }
        }
    }

    /// The same fault with its text changed by `change`.
    pub(crate) fn with_text(mut self, change: impl FnOnce(&str) -> String) -> Self {
        match &mut self {
            Self::Unauthorized { text }
            | Self::NotFound { text }
            | Self::Duplicate { text, .. }
            | Self::Refused { text }
            | Self::Misconfigured { text }
            | Self::Malformed { text } => *text = change(text),
            Self::Empty
            | Self::Redundant
            | Self::Busy
            | Self::RateLimited
            | Self::Blocked { .. }
            | Self::Expired
            | Self::Unavailable
            | Self::Unclear => {}
        }
        self
    }
}

/// A call that did not give its reply. Free of secrets in `Debug` and `Display`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// The partner's short name (`omie`, `maxima`).
    pub partner: &'static str,
    /// The partner's name of the method or resource.
    pub method: String,
    /// What the last answer, or the wait that was cut short, means.
    pub fault: Fault,
    /// HTTP status of the last answer; `None` when there was none.
    pub status: Option<u16>,
    /// Requests that were tried; 0 when none left.
    pub attempts: u32,
    /// Time from the call to this error, on our clock.
    pub elapsed: Duration,
    // Boxed, so that a `Result` with this error stays small.
    more: Option<Box<More>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct More {
    wait: Option<Duration>,
    cause: Option<Cause>,
}

/// What lay under a failure, as text without secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
struct Cause(String);

impl CallError {
    /// A failure of one attempt that took no time; the fields say otherwise when they are set.
    pub fn new(partner: &'static str, method: impl Into<String>, fault: Fault) -> Self {
        let method = method.into();
        Self { partner, method, fault, status: None, attempts: 1, elapsed: Duration::ZERO, more: None }
    }

    /// The same failure, known to pass after `wait`: its remedy is to try again then.
    #[must_use]
    pub fn passing_after(mut self, wait: Duration) -> Self {
        self.more.get_or_insert_default().wait = Some(wait);
        self
    }

    /// The same failure with what lay under it. The caller has removed secrets from `text`.
    #[must_use]
    pub fn because(mut self, text: impl Into<String>) -> Self {
        self.more.get_or_insert_default().cause = Some(Cause(text.into()));
        self
    }

    /// The wait after which it is known to pass, where somebody said so: the partner, or our own gates.
    pub fn wait(&self) -> Option<Duration> {
        self.more.as_ref()?.wait
    }

    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self.wait() {
            Some(after) => Remedy::RetryLater { after },
            None => self.fault.remedy(),
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.partner, self.method, self.fault)?;
        if let Some(status) = self.status {
            write!(f, ", HTTP {status}")?;
        }
        write!(f, ", {} tentativa(s) em {} ms", self.attempts, self.elapsed.as_millis())
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.more.as_ref()?.cause.as_ref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn an_error_reads_as_a_fragment_after_failed() {
        let error = CallError {
            status: Some(500),
            attempts: 3,
            elapsed: Duration::from_millis(6_012),
            ..CallError::new("omie", "ListarClientes", Fault::Unavailable)
        };

        let text = error.to_string();

        assert_eq!(
            text,
            "omie ListarClientes: o parceiro não está disponível, HTTP 500, 3 tentativa(s) em 6012 ms"
        );
    }

    #[test]
    fn a_lost_write_is_asked_about_and_a_lost_read_is_tried_again() {
        let write = CallError::new("omie", "IncluirPedido", Fault::Unclear);
        let read = write.clone().passing_after(REDUNDANCY_WINDOW);

        assert_eq!(write.remedy(), Remedy::AskPartner);
        assert_eq!(read.remedy(), Remedy::RetryLater { after: REDUNDANCY_WINDOW });
    }

    #[test]
    fn the_cause_is_the_source_and_not_part_of_the_text() {
        let error = CallError::new("omie", "ListarBancos", Fault::Unavailable).because("connection refused");

        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("connection refused"));
        assert!(!error.to_string().contains("connection refused"));
    }

    #[test]
    fn an_error_is_small_enough_to_return() {
        assert!(size_of::<CallError>() < 128);
    }
}
