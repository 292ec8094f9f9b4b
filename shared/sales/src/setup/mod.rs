//! What the set-up wizard does, without its screens (mapping §9): the logins are tried, the lists are fetched from Omie,
//! what the operator chooses is checked against them and kept as a draft until the settings have no problem.
//!
//! A draft is whole [`Settings`](crate::settings::Settings): each step changes its own part and leaves the others, so that every step can be done
//! again at any time, in any order.

mod choices;
mod draft;
mod lists;
mod logins;

pub use choices::{Contas, DePara, Invalid, Lists, Padroes, Typed};
pub use draft::{Done, Draft, Step};
pub use lists::{Choice, List, Listed, refresh, stored};
pub use logins::{check_maxima, check_omie};

use partner_http::{CallError, Fault};

/// What the operator reads of a call that failed: the partner's own words where there are any.
fn said(error: &CallError) -> String {
    let partner = if error.partner == "omie" { "O Omie" } else { "A Máxima" };
    match &error.fault {
        Fault::Unauthorized { text } => format!("{partner} recusou as credenciais: {text}"),
        Fault::Refused { text }
        | Fault::Misconfigured { text }
        | Fault::NotFound { text }
        | Fault::Duplicate { text, .. }
        | Fault::Malformed { text } => format!("{partner} respondeu: {text}"),
        Fault::Blocked { seconds } => {
            let minutes = seconds.div_ceil(60);
            format!("{partner} bloqueou as consultas por uso excessivo: tente de novo em {minutes} min")
        }
        Fault::RateLimited | Fault::Busy | Fault::Redundant => {
            format!("{partner} pediu para esperar: tente de novo em um minuto")
        }
        Fault::Empty | Fault::Expired | Fault::Unavailable | Fault::Unclear => {
            format!("{partner} não respondeu: tente de novo em alguns minutos")
        }
    }
}
