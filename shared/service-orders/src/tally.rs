//! What was met at the partners, counted for the metrics of a turn (flow §12).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use partner_http::{CallError, Fault};

/// What a process has met since it was asked last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Exchanges that failed, by partner and by kind of failure. What a partner refuses with words is one.
    pub failures: BTreeMap<(&'static str, &'static str), u64>,
    /// Orders of which nobody knew whether their SS was opened.
    pub doubts: u64,
}

impl Met {
    /// Exchanges of a partner that failed for another reason than what was asked.
    pub fn outages(&self, partner: &str) -> u64 {
        let of = |((of, class), count): (&(&str, &str), &u64)| {
            (*of == partner && *class != REFUSED).then_some(*count)
        };
        self.failures.iter().filter_map(of).sum()
    }
}

const REFUSED: &str = "refused";

/// The counters of a process.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Met>);

impl Tally {
    /// A call that came to nothing, with each of its exchanges.
    pub(crate) fn failed(&self, error: &CallError) {
        self.met(error.partner, class(&error.fault), error.attempts);
    }

    /// So many exchanges failed so.
    pub(crate) fn met(&self, partner: &'static str, class: &'static str, times: u32) {
        if times > 0 {
            *self.lock().failures.entry((partner, class)).or_default() += u64::from(times);
        }
    }

    /// An opening whose end nobody knows.
    pub(crate) fn doubted(&self) {
        self.lock().doubts += 1;
    }

    pub(crate) fn take(&self) -> Met {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Met> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn class(fault: &Fault) -> &'static str {
    match fault {
        Fault::Unauthorized { .. } | Fault::Expired => "auth",
        Fault::RateLimited | Fault::Blocked { .. } | Fault::Busy | Fault::Redundant => "limit",
        Fault::Unavailable => "unavailable",
        Fault::Unclear | Fault::Empty => "unclear",
        Fault::Malformed { .. } => "malformed",
        Fault::NotFound { .. }
        | Fault::Duplicate { .. }
        | Fault::Refused { .. }
        | Fault::Misconfigured { .. } => REFUSED,
    }
}
