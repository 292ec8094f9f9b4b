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

use partner_http::CallError;

/// What the operator reads of a call that failed.
fn said(error: &CallError) -> String {
    error.fault.told_by(if error.partner == "omie" { "O Omie" } else { "A Máxima" })
}
