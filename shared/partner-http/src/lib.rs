#![doc = include_str!("../README.md")]

mod circuit;
mod decode;
mod effect;
mod fault;
mod gate;
mod guard;
mod lane;
mod lanes;
mod limits;
mod misuse;
mod partner;
mod repeat;
mod secret;
mod send;
mod story;
mod token;
mod transport;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use decode::{decode, is_truncated};
pub use effect::Effect;
pub use fault::{CallError, Fault, Remedy};
pub use lane::{Lane, LanePolicy, Outgoing};
pub use limits::{Limits, Schedule};
pub use partner::{LATENCIES, PartnerHttp};
pub use secret::Secret;
pub use story::story;
pub use token::{Token, TokenCache};
pub use transport::{Exchange, Lost, NoTransport, Timeouts, Transport, Within};

/// What is behind `mutex`. Nothing here panics with a lock held, and a count that did not survive a panic
/// would be no reason for another.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
