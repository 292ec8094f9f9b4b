//! The state of all lanes: who may leave now, who waits and until when.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use clock::later;
use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore};

use crate::circuit::Circuit;
use crate::gate::Bucket;
use crate::guard::{Guard, Query};
use crate::misuse::{Misuse, Turn};
use crate::{Fault, Lane, LanePolicy};

/// How far all lanes together may run ahead of their even pace; far inside the partner's own margin
/// (`contracts/omie.md` §3: 800 of 960). A slower total has a smaller one.
const TOTAL_BURST: u32 = 20;

/// The gates of one partner.
#[derive(Debug)]
pub(crate) struct Lanes {
    total: Bucket,
    lanes: HashMap<Lane, State>,
}

#[derive(Debug)]
struct State {
    slots: Arc<Semaphore>,
    bucket: Bucket,
    quiet_until: Timestamp,
    guard: Guard,
    circuit: Circuit,
    misuse: Misuse,
    answers: Arc<Notify>,
}

/// A request that has left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) query: Option<Query>,
    /// When it was admitted.
    pub(crate) at: Timestamp,
}

/// May a request leave now?
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Yes, and it is counted.
    Go,
    /// Not before `until`; then ask again.
    Wait { until: Timestamp, why: Fault },
    /// Not before the answer to a request in flight, but `until` at the latest; then ask again.
    AfterAnswer { until: Timestamp },
    /// The lane is closed for `left`.
    Closed { left: Duration },
}

impl Lanes {
    pub(crate) fn new(total_per_minute: u32) -> Self {
        Self { total: Bucket::new(total_per_minute, TOTAL_BURST), lanes: HashMap::new() }
    }

    /// Changes the total of all lanes, from the next token on.
    pub(crate) fn set_total(&mut self, per_minute: u32) {
        self.total.set_per_minute(per_minute);
    }

    /// The places of `lane` for requests in flight.
    pub(crate) fn slots(&mut self, lane: &Lane, policy: &LanePolicy) -> Arc<Semaphore> {
        self.state(lane, policy).slots.clone()
    }

    /// Tells of each answer on `lane`.
    pub(crate) fn answers(&mut self, lane: &Lane, policy: &LanePolicy) -> Arc<Notify> {
        self.state(lane, policy).answers.clone()
    }

    /// Lets a request leave at `now`, or says why not. The guard is asked before the rate, so that a query
    /// that must wait for a minute takes nobody's token.
    pub(crate) fn admit(
        &mut self,
        lane: &Lane,
        policy: &LanePolicy,
        query: Option<Query>,
        now: Timestamp,
    ) -> Admission {
        let total_free = self.total.free_at();
        let state = self.state(lane, policy);
        if let Some(left) = state.circuit.left(now) {
            return Admission::Closed { left };
        }
        if let Some(until) = query.and_then(|query| state.guard.closed_until(query, now)) {
            return Admission::Wait { until, why: Fault::Redundant };
        }
        let turn = state.misuse.turn(now);
        let until = state.bucket.free_at().max(state.quiet_until).max(total_free);
        let until = if let Turn::At(at) = turn { until.max(at) } else { until };
        if until > now {
            return Admission::Wait { until, why: Fault::RateLimited };
        }
        if let Turn::AfterAnswer(until) = turn {
            return Admission::AfterAnswer { until };
        }
        state.bucket.take(now);
        state.misuse.left(now);
        if let Some(query) = query {
            state.guard.seen(query, now);
        }
        self.total.take(now);
        Admission::Go
    }

    /// Records a good answer.
    pub(crate) fn succeeded(&mut self, lane: &Lane, policy: &LanePolicy, sent: Sent, now: Timestamp) {
        let state = self.state(lane, policy);
        state.circuit.succeeded();
        state.misuse.answered(sent.at, None);
        state.answers.notify_waiters();
        if let Some(query) = sent.query {
            state.guard.seen(query, now);
        }
    }

    /// Records a failure; `reached` when the partner has, or may have, seen the request, and `quiet` is how long
    /// the lane sends nothing because of it. Returns whether the lane is closed now.
    pub(crate) fn failed(
        &mut self,
        lane: &Lane,
        policy: &LanePolicy,
        sent: Sent,
        (fault, reached): (&Fault, bool),
        quiet: Option<Duration>,
        now: Timestamp,
    ) -> bool {
        let state = self.state(lane, policy);
        state.circuit.failed(fault, now);
        state.misuse.answered(sent.at, reached.then_some(now));
        state.answers.notify_waiters();
        if let Some(quiet) = quiet {
            state.quiet_until = state.quiet_until.max(later(now, quiet));
        }
        if let Some(query) = sent.query {
            if reached && was_taken_up(fault) {
                state.guard.seen(query, now);
            } else {
                state.guard.not_seen(query);
            }
        }
        state.circuit.left(now).is_some()
    }

    /// Until when `query` would be redundant on `lane`, if it would be now.
    pub(crate) fn redundant_until(
        &self,
        lane: &Lane,
        query: Option<Query>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        self.lanes.get(lane)?.guard.closed_until(query?, now)
    }

    /// How long `lane` stays closed, if it is.
    pub(crate) fn left(&self, lane: &Lane, now: Timestamp) -> Option<Duration> {
        self.lanes.get(lane)?.circuit.left(now)
    }

    fn state(&mut self, lane: &Lane, policy: &LanePolicy) -> &mut State {
        self.lanes.entry(lane.clone()).or_insert_with(|| State::new(policy))
    }
}

impl State {
    fn new(policy: &LanePolicy) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(policy.concurrency.max(1))),
            bucket: Bucket::new(policy.per_minute, policy.burst),
            quiet_until: Timestamp::MIN,
            guard: Guard::new(policy.redundancy),
            circuit: Circuit::new(policy.failures_allowed),
            misuse: Misuse::new(policy.misuse_allowed),
            answers: Arc::new(Notify::new()),
        }
    }
}

/// Whether a partner that answered so may have begun the query, and so calls its repeat redundant. What is
/// turned away at the door was never a query.
fn was_taken_up(fault: &Fault) -> bool {
    match fault {
        Fault::Busy | Fault::RateLimited | Fault::Blocked { .. } | Fault::Expired => false,
        Fault::Empty
        | Fault::Redundant
        // An HTML page of trouble may come from in front of the work or from behind it (mapping §13.7).
        | Fault::Unavailable
        | Fault::Unclear
        | Fault::Unauthorized { .. }
        | Fault::NotFound { .. }
        | Fault::Duplicate { .. }
        | Fault::Refused { .. }
        | Fault::Misconfigured { .. }
        | Fault::Malformed { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    fn lane(method: &str) -> Lane {
        Lane { credential: "c0ffee".into(), method: method.into() }
    }

    fn sent(query: Option<Query>, second: i64) -> Sent {
        Sent { query, at: at(second) }
    }

    #[test]
    fn a_lane_that_waits_does_not_hold_the_others_up() {
        let mut lanes = Lanes::new(800);
        let slow = LanePolicy { per_minute: 1, burst: 1, ..LanePolicy::default() };
        lanes.admit(&lane("slow"), &slow, None, at(0));

        let waiting = lanes.admit(&lane("slow"), &slow, None, at(1));
        let other = lanes.admit(&lane("other"), &LanePolicy::default(), None, at(1));

        assert_eq!(waiting, Admission::Wait { until: at(60), why: Fault::RateLimited });
        assert_eq!(other, Admission::Go);
    }

    #[test]
    fn all_lanes_together_keep_the_total() {
        let mut lanes = Lanes::new(60);
        let fast = LanePolicy { per_minute: 6_000, burst: 100, ..LanePolicy::default() };
        let admitted = |lanes: &mut Lanes, second| {
            let method = |n: i32| lane(&n.to_string());
            (0..100).filter(|&n| lanes.admit(&method(n), &fast, None, at(second)) == Admission::Go).count()
        };

        assert_eq!(admitted(&mut lanes, 0), 20);
        assert_eq!(admitted(&mut lanes, 3), 3);
    }

    #[test]
    fn a_smaller_total_holds_from_the_next_request_on() {
        let mut lanes = Lanes::new(6_000);
        let fast = LanePolicy { per_minute: 6_000, burst: 100, ..LanePolicy::default() };
        lanes.admit(&lane("a"), &fast, None, at(0));

        lanes.set_total(60);

        assert_eq!(lanes.admit(&lane("a"), &fast, None, at(1)), Admission::Go);
        let waiting = Admission::Wait { until: at(2) - Duration::from_millis(190), why: Fault::RateLimited };
        assert_eq!(lanes.admit(&lane("a"), &fast, None, at(1)), waiting);
    }

    #[test]
    fn a_lane_that_was_told_to_slow_down_is_quiet_for_a_minute() {
        let mut lanes = Lanes::new(800);
        let policy = LanePolicy::default();

        lanes.failed(&lane("a"), &policy, sent(None, 0), (&Fault::RateLimited, true), Some(MINUTE), at(0));

        let admission = lanes.admit(&lane("a"), &policy, None, at(1));
        assert_eq!(admission, Admission::Wait { until: at(60), why: Fault::RateLimited });
        assert_eq!(lanes.admit(&lane("b"), &policy, None, at(1)), Admission::Go);
    }

    #[test]
    fn a_query_turned_away_at_the_door_may_come_back_inside_the_window() {
        let mut lanes = Lanes::new(800);
        let policy = LanePolicy { redundancy: Some(Duration::from_secs(61)), ..LanePolicy::default() };
        let query = Some(Query::new(b"page 1"));
        lanes.admit(&lane("a"), &policy, query, at(0));

        lanes.failed(&lane("a"), &policy, sent(query, 0), (&Fault::Busy, true), None, at(1));
        assert_eq!(lanes.admit(&lane("a"), &policy, query, at(11)), Admission::Go);

        lanes.failed(&lane("a"), &policy, sent(query, 11), (&Fault::Unclear, true), None, at(12));
        let waiting = Admission::Wait { until: at(73), why: Fault::Redundant };
        assert_eq!(lanes.admit(&lane("a"), &policy, query, at(20)), waiting);
    }
}
