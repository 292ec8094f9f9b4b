//! Omie's limits (`contracts/omie.md` §3): rates, simultaneous calls, redundancy and the misuse block.

use std::collections::HashMap;
use std::time::Duration;

use clock::{later, until};
use jiff::Timestamp;

use super::refusal::{BLOCK_SECONDS, Refusal};
use crate::traffic::{LastMinute, MINUTE};

/// Calls per minute of one key and method.
const PER_METHOD: usize = 240;
/// Calls per minute of one address; every caller of a simulator is the same address.
const PER_ADDRESS: usize = 960;
/// The failing request that begins the block.
const FAILURES: usize = 10;
/// What a call during a block adds to it (`contracts/omie-maxima-mapping.md` §13.6).
const EXTENSION: Duration = Duration::from_mins(1);

/// The state of every limit.
#[derive(Debug, Default)]
pub(super) struct Limits {
    address: LastMinute,
    lanes: HashMap<LaneName, Lane>,
}

/// Key and method.
pub(super) type LaneName = (String, &'static str);

#[derive(Debug, Default)]
struct Lane {
    arrivals: LastMinute,
    failures: LastMinute,
    blocked_until: Option<Timestamp>,
    in_flight: usize,
    /// Parameters served in the last minute and when.
    served: HashMap<String, Timestamp>,
}

impl Limits {
    /// A call arrives: refused, or under way until [`Limits::leave`]. Refused calls count toward the rates.
    pub(super) fn enter(&mut self, lane: &LaneName, most: usize, now: Timestamp) -> Result<(), Refusal> {
        self.address.add(now);
        let by_address = self.address.count(now);
        let lane = self.lane(lane);
        lane.arrivals.add(now);
        if let Some(end) = lane.blocked_until.filter(|end| *end > now) {
            let end = later(end, EXTENSION);
            lane.blocked_until = Some(end);
            let left = until(now, end);
            // Whole seconds that are not too few.
            return Err(Refusal::blocked(left.as_secs() + u64::from(left.subsec_nanos() > 0)));
        }
        if by_address > PER_ADDRESS || lane.arrivals.count(now) > PER_METHOD {
            return Err(lane.failed(Refusal::rate_limited(), now));
        }
        if lane.in_flight >= most {
            return Err(lane.failed(Refusal::busy(), now));
        }
        lane.in_flight += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self, lane: &LaneName) {
        let lane = self.lane(lane);
        lane.in_flight = lane.in_flight.saturating_sub(1);
    }

    /// The same query inside 60 s is refused, and begins another 60 s.
    pub(super) fn repeated(&mut self, lane: &LaneName, query: String, now: Timestamp) -> bool {
        let served = &mut self.lane(lane).served;
        served.retain(|_, at| until(*at, now) < MINUTE);
        served.insert(query, now).is_some()
    }

    /// A refusal counts toward the block; the tenth in a minute is the block.
    pub(super) fn failed(&mut self, lane: &LaneName, refusal: Refusal, now: Timestamp) -> Refusal {
        self.lane(lane).failed(refusal, now)
    }

    /// Begins a block, as the tenth failure does.
    pub(super) fn block(&mut self, lane: &LaneName, now: Timestamp) -> Refusal {
        self.lane(lane).block(now)
    }

    fn lane(&mut self, name: &LaneName) -> &mut Lane {
        if !self.lanes.contains_key(name) {
            self.lanes.insert(name.clone(), Lane::default());
        }
        self.lanes.get_mut(name).expect("it was just put there")
    }
}

impl Lane {
    fn failed(&mut self, refusal: Refusal, now: Timestamp) -> Refusal {
        self.failures.add(now);
        if self.failures.count(now) >= FAILURES { self.block(now) } else { refusal }
    }

    fn block(&mut self, now: Timestamp) -> Refusal {
        self.failures.clear();
        self.blocked_until = Some(later(now, Duration::from_secs(BLOCK_SECONDS)));
        Refusal::blocked(BLOCK_SECONDS)
    }
}
