//! Every seed that ever failed.

/// The seeds of `seeds/kept.txt`, each with what it found.
///
/// # Panics
///
/// When a line is not `<seed> <what>`.
pub fn kept() -> Vec<(u64, &'static str)> {
    read(include_str!("../seeds/kept.txt"))
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
