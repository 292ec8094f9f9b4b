//! Service orders between Senior X and Sismetro under seeded faults.

mod act;
mod check;
mod doors;
pub mod enumerate;
mod finish;
mod operator;
mod partners;
mod run;
mod sabotage;
mod schedule;
mod secrets;
mod story;
mod variety;
mod world;

pub(crate) use partners::fault;
pub use run::{sabotaged, seed};
pub use sabotage::Sabotage;

/// Every seed of these flows that ever failed, with what it found.
///
/// # Panics
///
/// When a line is not `<seed> <what>`.
pub fn kept() -> Vec<(u64, &'static str)> {
    crate::kept::read(include_str!("../../seeds/services.txt"))
}
