//! A lane: what the partner counts together, with its limits, and one request on it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::Effect;

/// What the partner counts together: one credential and one method (`contracts/omie.md` §3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lane {
    /// A name for the credential that is not secret, for example the first 8 hex digits of a hash of it.
    pub credential: String,
    /// The partner's name of the method or resource.
    pub method: String,
}

/// The limits of a lane. The first request on a lane sets them; later ones do not change them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanePolicy {
    /// Requests per minute, spread evenly. In any 60 s at most `per_minute + burst` leave.
    pub per_minute: u32,
    /// Requests that may leave at once after a silence; at least 1.
    pub burst: u32,
    /// Requests in flight at once; at least 1.
    pub concurrency: usize,
    /// How long the partner calls a repeat of the same query redundant, with margin; `None` when it does not.
    pub redundancy: Option<Duration>,
    /// Consecutive failures after which the lane rests for 61 s (`contracts/omie.md` §3.1.5). Refusals of data
    /// count too, an empty answer does not; `u32::MAX` for a lane that failures do not close.
    pub failures_allowed: u32,
    /// Failing answers in any 60 s, for a partner that punishes more (mapping §13.6): the next request waits.
    /// Every fault counts, empty answers too. At most half of what the partner allows, because a second process
    /// may follow at once and knows of none; `None` for a partner that does not punish failures.
    pub misuse_allowed: Option<u32>,
}

impl Default for LanePolicy {
    /// A careful lane without a redundancy rule and without punishment: 200 a minute, two at a time, stop after
    /// five failures.
    fn default() -> Self {
        Self {
            per_minute: 200,
            burst: 5,
            concurrency: 2,
            redundancy: None,
            failures_allowed: 5,
            misuse_allowed: None,
        }
    }
}

/// A request on its way out.
pub struct Outgoing {
    /// What the partner counts it under.
    pub lane: Lane,
    /// The limits of that lane.
    pub policy: LanePolicy,
    /// What it does there.
    pub effect: Effect,
    /// The request with an absolute URL.
    pub request: http::Request<Bytes>,
    /// What makes two queries "the same" for the redundancy rule; only its hash is kept. `None`: never the
    /// same.
    pub repeat_key: Option<Vec<u8>>,
}

impl fmt::Debug for Outgoing {
    /// The lane and the effect only: URL, headers and body may carry secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("lane", &self.lane)
            .field("effect", &self.effect)
            .finish_non_exhaustive()
    }
}
