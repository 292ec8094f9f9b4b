//! What a piece of work costs, as the kernel counts it. Processor time, not time on the wall: a busy machine does
//! not change it much.

use std::fs;

use anyhow::{Context, Result};
use rustix::time::{ClockId, clock_gettime};

/// Processor time of this thread since it began, in nanoseconds.
pub(crate) fn spent() -> u64 {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    spent.tv_sec.unsigned_abs() * 1_000_000_000 + spent.tv_nsec.unsigned_abs()
}

/// The most memory this process has held at once, in kibibytes.
pub(crate) fn most_memory() -> Result<u64> {
    const FILE: &str = "/proc/self/status";
    let text = fs::read_to_string(FILE).context(FILE)?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM in the status")?;
    line.trim().trim_end_matches(" kB").parse().with_context(|| format!("VmHWM is {line:?}"))
}
