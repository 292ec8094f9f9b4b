//! What holds for a partner as a whole: total rate, body size, time to wait before a repeat.

use std::time::Duration;

use crate::fault::REDUNDANCY_WINDOW;

/// What holds for all lanes of one partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests per minute over all lanes (`contracts/omie.md` §3.1.1), until
    /// [`set_total_per_minute`](crate::PartnerHttp::set_total_per_minute).
    pub total_per_minute: u32,
    /// Bytes of an answer we are willing to hold.
    pub body_bytes: usize,
    /// Waits before a repeat.
    pub schedule: Schedule,
}

/// Waits before the first, second … repeat after each kind of passing fault; their number is the number of
/// repeats (`contracts/omie.md` §3.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// After a partner that was not reached, failed or went silent. Up to a quarter more by chance, so that
    /// callers do not return together. On a lane with a redundancy rule these count only when nothing was
    /// sent; otherwise the redundancy window is waited out (mapping §13.7).
    pub unavailable: Vec<Duration>,
    /// After "one is already in flight".
    pub busy: Vec<Duration>,
    /// After "the same query a moment ago".
    pub redundant: Vec<Duration>,
    /// After "too many requests"; the whole lane waits.
    pub rate_limited: Vec<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { total_per_minute: 800, body_bytes: 32 * 1024 * 1024, schedule: Schedule::default() }
    }
}

impl Default for Schedule {
    fn default() -> Self {
        let seconds = |list: &[u64]| list.iter().copied().map(Duration::from_secs).collect();
        Self {
            unavailable: seconds(&[2, 4, 8]),
            busy: seconds(&[10, 61]),
            redundant: vec![REDUNDANCY_WINDOW],
            rate_limited: seconds(&[60, 60]),
        }
    }
}
