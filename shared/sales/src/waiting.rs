//! Why a case cannot go on just now, and for how long: of orders and of customers alike.

use std::time::Duration;

use partner_http::{CallError, Fault, Remedy};

/// How long to wait when nobody says.
pub(crate) const SOON: Duration = Duration::from_mins(1);
/// How long to wait when somebody must act first.
pub(crate) const AFTER_A_PERSON: Duration = Duration::from_mins(5);
/// So often Máxima is told what it refuses: its reason may be a record that comes later. Then a person must look.
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

/// How long the failure lasts.
pub(crate) fn wait(error: &CallError) -> Duration {
    match error.remedy() {
        Remedy::RetryLater { after } => after,
        Remedy::FixConfig => AFTER_A_PERSON,
        Remedy::FixData | Remedy::AskPartner | Remedy::Bug => SOON,
    }
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
    use super::*;

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

    #[test]
    fn words_of_a_partner_are_not_kept_from_the_operator() {
        let refused =
            CallError::new("omie", "ConsultarPedido", Fault::Refused { text: "app suspenso".into() });

        assert_eq!(why(&refused, "pedido"), "o Omie respondeu: app suspenso");
    }
}
