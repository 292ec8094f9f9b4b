//! Amazon States Language: exactly the features our state machines use, in JSONPath mode.
//!
//! No Rust crate runs the language well enough under a usable licence (shared/local-aws.md §3), so this is the
//! smallest interpreter that is honest: a definition that uses anything else is refused *by name* when it is
//! loaded, and its verdicts are compared with two independent engines in `tests/template`.
//!
//! ```text
//! definition ──parse──▶ Machine ──Interpreter::run(input)──▶ Ended { status, output | error, cause, trail }
//!                                     │
//!                                     └─ Lambdas::invoke (the one thing it asks of the world), Clock (waits)
//! ```

mod choice;
mod failure;
mod machine;
mod map;
mod parse;
mod parse_parts;
mod path;
mod payload;
mod run;
mod task;
mod trail;

pub use failure::Failure;
pub use machine::Machine;
pub use parse::{Refused, machine as parse};
pub use run::{Ended, Interpreter, Lambdas, Status};
pub use trail::{Trail, Visit};

#[cfg(test)]
mod tests;
