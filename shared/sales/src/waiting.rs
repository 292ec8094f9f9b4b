//! Why a case cannot go on just now, and for how long: of orders and of customers alike.

use std::time::Duration;

use partner_http::{CallError, Fault, Remedy};

/// How long to wait when nobody says.
pub(crate) const SOON: Duration = Duration::from_mins(1);
/// How long to wait when somebody must act first.
pub(crate) const AFTER_A_PERSON: Duration = Duration::from_mins(5);
/// So often Máxima is asked for what it lacks, or told what it broke down on. Then a person must look.
pub(crate) const TOLD_IN_VAIN: u32 = 8;
/// The longest pause between two attempts, unless the partner asks for a longer one.
const LONGEST: Duration = Duration::from_hours(1);

/// How long until the next attempt after so many that came to nothing: each time twice as long, and never sooner than
/// was asked for. What was asked for is not doubled: it is somebody's word.
pub(crate) fn pause(after: Duration, attempts: u32) -> Duration {
    SOON.saturating_mul(1 << attempts.min(6)).min(LONGEST).max(after)
}

/// What the operator reads while the store does not answer.
pub(crate) const BUSY: &str = "o armazenamento da integração não respondeu";

/// Whether a refusal of Máxima is of these words for good. What a server says while it breaks down may pass, and an
/// answer that nobody can read says nothing.
pub(crate) fn is_for_good(error: &CallError) -> bool {
    let is_told = matches!(error.fault, Fault::Refused { .. } | Fault::Duplicate { .. });
    is_told && error.status.is_none_or(|status| status < 500)
}

/// How long the failure lasts.
pub(crate) fn wait(error: &CallError) -> Duration {
    match error.remedy() {
        Remedy::RetryLater { after } => after,
        Remedy::FixConfig => AFTER_A_PERSON,
        Remedy::FixData | Remedy::AskPartner | Remedy::Bug => SOON,
    }
}

/// Why a partner did not give what was asked, in Portuguese.
pub(crate) fn unasked(error: &CallError) -> String {
    why(error, "método")
}

/// Why nothing could be done about `what`, in Portuguese.
pub(crate) fn why(error: &CallError, what: &str) -> String {
    let partner = if error.partner == "omie" { "o Omie" } else { "a Máxima" };
    match &error.fault {
        Fault::Unauthorized { .. } => format!("{partner} recusou as credenciais: confira-as na configuração"),
        Fault::RateLimited | Fault::Blocked { .. } => {
            format!("{partner} pediu para esperar: limite de consultas")
        }
        Fault::Busy | Fault::Redundant => format!("{partner} está ocupado com o mesmo {what}"),
        Fault::Refused { text }
        | Fault::Misconfigured { text }
        | Fault::NotFound { text }
        | Fault::Duplicate { text, .. }
        | Fault::Malformed { text } => format!("{partner} respondeu: {text}"),
        Fault::Empty | Fault::Expired | Fault::Unavailable | Fault::Unclear => {
            format!("{partner} não respondeu")
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::StateError;
    use engine::flow::FlowError;

    use super::*;
    use crate::flows::FlowFailure;
    use crate::settings::SetupError;

    #[test]
    fn a_block_is_waited_out() {
        let blocked = CallError::new("omie", "IncluirCliente", Fault::Blocked { seconds: 1_678 });

        assert_eq!(wait(&blocked), Duration::from_secs(1_678));
    }

    #[test]
    fn pauses_grow_and_what_a_partner_asks_for_is_kept_as_it_is() {
        let minutes = |after: u64, attempts: u32| pause(Duration::from_mins(after), attempts).as_secs() / 60;

        assert_eq!([0, 1, 2, 3, 6, 60].map(|attempts| minutes(1, attempts)), [1, 2, 4, 8, 60, 60]);
        assert_eq!([0, 1, 4, 60].map(|attempts| minutes(28, attempts)), [28, 28, 28, 60]);
        assert_eq!(minutes(90, 60), 90);
    }

    /// What gives away an English sentence; Portuguese has none of these words.
    const ENGLISH: [&str; 16] = [
        "the",
        "is",
        "not",
        "of",
        "answer",
        "expected",
        "missing",
        "could",
        "without",
        "store",
        "request",
        "field",
        "unexpected",
        "value",
        "too",
        "error",
    ];

    fn assert_portuguese(text: &str) {
        let words = || text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        let english: Vec<String> = words().filter(|word| ENGLISH.contains(&word.as_str())).collect();
        assert!(english.is_empty(), "{english:?} in {text}");
        assert!(words().any(|word| word.len() > 2), "it says something: {text}");
    }

    /// Failures as our clients make them, in words of our own.
    fn failures() -> Vec<Fault> {
        let bodies =
            ["{}", "[", "x", r#"{"codigo_cliente_omie":"x"}"#, r#"{"codigo_cliente_omie":[]}"#, "7", ""];
        let unread = bodies.map(|body| {
            partner_http::decode::<omie::Cliente>("omie", "ConsultarCliente", body.as_bytes())
                .expect_err("no customer")
                .fault
        });
        let statuses = [400, 403, 404, 410, 425, 429, 500, 503, 504];
        let odd = statuses.into_iter().filter_map(|status| omie::faults::classify(status, b"{}").err());
        let to_writes = [404, 418].map(|status| omie::faults::classify_write(status, b"").expect_err("odd"));
        let bare = [
            Fault::Empty,
            Fault::Redundant,
            Fault::Busy,
            Fault::RateLimited,
            Fault::Blocked { seconds: 9 },
            Fault::Expired,
            Fault::Unavailable,
            Fault::Unclear,
        ];
        unread.into_iter().chain(odd).chain(to_writes).chain(bare).collect()
    }

    #[test]
    fn nothing_that_an_operator_reads_is_in_english() {
        for fault in failures() {
            for partner in ["omie", "maxima"] {
                let error = CallError::new(partner, "ConsultarCliente", fault.clone());
                assert_portuguese(&why(&error, "pedido"));
                assert_portuguese(&unasked(&error));
                assert_portuguese(&FlowFailure::Call(error).said());
            }
        }
        let source = || "the network is down".into();
        let stores = [
            StateError::Conflict { what: "pedido 9".to_owned() },
            StateError::Busy(source()),
            StateError::Unavailable { operation: "case.file", source: source() },
            StateError::Denied { operation: "case.file", source: source() },
            StateError::Malformed { what: "pedido 9".to_owned(), source: source() },
        ];
        for store in stores {
            assert_portuguese(&FlowFailure::from(store).said());
        }
        let unreadable = serde_json::from_str::<i64>("x").expect_err("no number");
        let unreadable = FlowError::Unreadable { kind: "pedido", id: "9".to_owned(), source: unreadable };
        assert_portuguese(&FlowFailure::Flow(unreadable).said());
        let incomplete = SetupError::one("CategoriaOmie", "falta escolher a categoria das vendas");
        assert_portuguese(&FlowFailure::Setup(incomplete).said());
    }

    #[test]
    fn words_of_a_partner_are_not_kept_from_the_operator() {
        let refused =
            CallError::new("omie", "ConsultarPedido", Fault::Refused { text: "app suspenso".into() });

        assert_eq!(why(&refused, "pedido"), "o Omie respondeu: app suspenso");
    }
}
