//! Every seed that ever failed.

use std::sync::OnceLock;

/// The seeds of `seeds/kept.txt`, each with what it found.
///
/// # Panics
///
/// When a line is not `<seed> <what>`.
pub fn kept() -> Vec<(u64, &'static str)> {
    read(include_str!("../seeds/kept.txt"))
}

/// The line below which are the seeds that were found with everything that is drawn now.
const EDITION: &str = "# with late trouble";

/// Whether a seed failed before there was what [`crate::late`] draws: it stays the run that it was.
pub(crate) fn is_early(seed: u64) -> bool {
    static EARLY: OnceLock<Vec<u64>> = OnceLock::new();
    let early = || {
        let (early, _) = include_str!("../seeds/kept.txt").split_once(EDITION).expect("a line says so");
        read(early).into_iter().map(|(seed, _)| seed).collect()
    };
    EARLY.get_or_init(early).contains(&seed)
}

/// The lines of a list of kept seeds.
pub(crate) fn read(list: &'static str) -> Vec<(u64, &'static str)> {
    let lines = list.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |line: &'static str| {
        let (seed, what) = line.split_once(' ').unwrap_or((line, ""));
        (seed.parse().expect("a line is a seed and what it found"), what.trim())
    };
    lines.map(read).collect()
}
