//! The operator's desk: find an order or a customer that is on its way, read what happened to it, say a word about it.
//!
//! ```text
//! search(text) ──▶ Record ──▶ timeline: four stations, each step with its cause, what waits, what can be done
//!                    └──────▶ tell(word, actor, reason): filed at once; what follows from it comes by itself
//! ```
//!
//! No partner is asked, but Omie for an order that is to be adopted. What the operator reads is Portuguese, and the names of stages stand in [`words`] alone.

mod actions;
mod query;
mod record;
mod search;
mod stations;
mod tell;
mod timeline;
mod waiting;
pub mod words;

pub use actions::{Action, Verb, actions};
pub use query::{Key, NotUnderstood, Query, Situacao};
pub use record::{Kind, Record, Summary};
pub use search::{NoPosition, Page, Position, search};
pub use tell::{Incomplete, Outcome, Told, Word, adoptable, carry_on, tell};
pub use timeline::{Line, Progress, Station, Timeline, Waiting, timeline, timeline_of_customer};

#[cfg(test)]
mod tests;
