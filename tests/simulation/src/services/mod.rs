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

use std::sync::OnceLock;

pub(crate) use partners::fault;
pub use run::{sabotaged, seed};
pub use sabotage::Sabotage;

/// Every seed of these flows that ever failed, with what it found.
///
/// # Panics
///
/// When a line is not `<seed> <what>`.
pub fn kept() -> Vec<(u64, &'static str)> {
    crate::kept::read(KEPT)
}

const KEPT: &str = include_str!("../../seeds/services.txt");

/// The line below which are the seeds that were found since equipment comes back.
const COMES_BACK: &str = "# with equipment that comes back";

/// Whether a seed failed before equipment came back: it stays the run that it was.
pub(crate) fn is_early(seed: u64) -> bool {
    static EARLY: OnceLock<Vec<(u64, &str)>> = OnceLock::new();
    let early = || crate::kept::read(KEPT.split_once(COMES_BACK).expect("a line says so").0);
    EARLY.get_or_init(early).iter().any(|(known, _)| *known == seed)
}
