//! Why a case cannot go on just now, and for how long: of orders and of customers alike.

use std::time::Duration;

use partner_http::{CallError, Fault, Remedy};

/// How long to wait when nobody says.
pub(crate) const SOON: Duration = Duration::from_mins(1);
/// How long to wait when somebody must act first.
pub(crate) const AFTER_A_PERSON: Duration = Duration::from_mins(5);
/// So often Máxima is told what it refuses: its reason may be a record that comes later. Then a person must look.
pub(crate) const TOLD_IN_VAIN: u32 = 8;
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
        _ => format!("{partner} não respondeu"),
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
}
