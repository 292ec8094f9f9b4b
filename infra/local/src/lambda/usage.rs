//! What a function has used.

/// Counts of one function since the runner started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Usage {
    /// Processes started.
    pub cold: u64,
    /// Invocations served by a process that was there.
    pub warm: u64,
    /// Invocations that failed, for whatever reason.
    pub failed: u64,
    /// Processes killed: timed out, out of memory, or by request.
    pub killed: u64,
    /// The most memory a process has held, in MB; zero where the system does not say.
    pub most_memory_mb: u64,
    /// The memory of the template, in MB.
    pub memory_mb: u64,
}

/// The most memory process `pid` has held, in kB; nothing where there is no `/proc`.
pub(super) fn peak_memory_kb(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix("kB")?.trim().parse().ok()
}
