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

/// What is drawn for a seed: one that failed before there was more to draw stays the run that it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Edition {
    /// Nothing of [`crate::late`].
    First,
    /// All but Máxima's keys and midnight.
    Late,
    /// Everything.
    Keys,
}

/// The line below which are the seeds that were found with an edition.
const EDITIONS: [(Edition, &str); 2] =
    [(Edition::Late, "# with late trouble"), (Edition::Keys, "# with keys of Máxima")];

/// The edition of a seed.
pub(crate) fn edition(seed: u64) -> Edition {
    static EARLIER: OnceLock<Vec<(u64, Edition)>> = OnceLock::new();
    let earlier = || {
        let (mut rest, mut edition, mut all) =
            (include_str!("../seeds/kept.txt"), Edition::First, Vec::new());
        for (next, line) in EDITIONS {
            let (before, after) = rest.split_once(line).expect("a line says so");
            all.extend(read(before).into_iter().map(|(seed, _)| (seed, edition)));
            (rest, edition) = (after.split_once('\n').map_or("", |(_, rest)| rest), next);
        }
        all
    };
    let earlier = EARLIER.get_or_init(earlier).iter();
    earlier.filter(|(known, _)| *known == seed).map(|(_, edition)| *edition).min().unwrap_or(Edition::Keys)
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
