//! How many failing answers a partner that punishes them gets in a minute.

use std::collections::VecDeque;
use std::time::Duration;

use clock::later;
use jiff::Timestamp;

/// How long the partner counts a failure (mapping §13.6: 60 s, rolling), with a second of margin.
const WINDOW: Duration = Duration::from_secs(61);

/// Keeps the failures of any 60 s within an allowance. What is in flight counts as a failure until its answer says
/// otherwise, so that requests that leave together cannot exceed it together.
///
/// ```text
///   failed  failed  failed  in flight
/// ────┼───────┼───────┼────────┼────────────┼──────────▶   allowed: 4
///     └────────────── 61 s ─────────────────┴─ the next one may leave, or at once if this one succeeds
/// ```
#[derive(Debug)]
pub(crate) struct Misuse {
    allowed: Option<usize>,
    /// When we heard of each failure: the partner had counted it by then.
    failed: VecDeque<Timestamp>,
    /// When each request left whose answer is not known. One whose caller went away is never answered: it counts as
    /// a failure from then on.
    in_flight: VecDeque<Timestamp>,
}

/// When the next request may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Now.
    Now,
    /// Then, and not before.
    At(Timestamp),
    /// When a request in flight has succeeded, but then at the latest.
    AfterAnswer(Timestamp),
}

impl Misuse {
    pub(crate) fn new(allowed: Option<u32>) -> Self {
        let allowed = allowed.map(|allowed| usize::try_from(allowed.max(1)).unwrap_or(usize::MAX));
        Self { allowed, failed: VecDeque::new(), in_flight: VecDeque::new() }
    }

    pub(crate) fn turn(&self, now: Timestamp) -> Turn {
        let Some(allowed) = self.allowed else { return Turn::Now };
        let counts = |at: &&Timestamp| later(**at, WINDOW) > now;
        let failed = self.failed.iter().filter(counts).count();
        let in_flight = self.in_flight.iter().filter(counts).count();
        if failed >= allowed {
            let last_to_wait_for = self.failed[self.failed.len() - allowed];
            return Turn::At(later(last_to_wait_for, WINDOW));
        }
        if failed + in_flight < allowed {
            return Turn::Now;
        }
        let oldest = self.failed.iter().chain(&self.in_flight).filter(counts).min();
        oldest.map_or(Turn::Now, |&oldest| Turn::AfterAnswer(later(oldest, WINDOW)))
    }

    /// A request leaves.
    pub(crate) fn left(&mut self, now: Timestamp) {
        if self.allowed.is_none() {
            return;
        }
        self.failed.retain(|&at| later(at, WINDOW) > now);
        self.in_flight.retain(|&at| later(at, WINDOW) > now);
        self.in_flight.push_back(now);
    }

    /// The request that left at `left` did no harm, or harmed at the moment that is given.
    pub(crate) fn answered(&mut self, left: Timestamp, failed: Option<Timestamp>) {
        if self.allowed.is_none() {
            return;
        }
        if let Some(index) = self.in_flight.iter().position(|&at| at == left) {
            self.in_flight.remove(index);
        }
        self.failed.extend(failed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    fn fail(misuse: &mut Misuse, second: i64) {
        misuse.left(at(second));
        misuse.answered(at(second), Some(at(second)));
    }

    #[test]
    fn the_oldest_failure_of_the_allowance_must_be_over() {
        let mut misuse = Misuse::new(Some(2));
        fail(&mut misuse, 0);
        assert_eq!(misuse.turn(at(1)), Turn::Now);
        fail(&mut misuse, 10);

        assert_eq!(misuse.turn(at(11)), Turn::At(at(61)));
        assert_eq!(misuse.turn(at(61)), Turn::Now);
    }

    #[test]
    fn successes_use_nothing_up() {
        let mut misuse = Misuse::new(Some(2));
        for second in 0..100 {
            assert_eq!(misuse.turn(at(second)), Turn::Now);
            misuse.left(at(second));
            misuse.answered(at(second), None);
        }
    }

    #[test]
    fn what_is_in_flight_may_fail_yet() {
        let mut misuse = Misuse::new(Some(2));
        fail(&mut misuse, 0);
        misuse.left(at(5));
        assert_eq!(misuse.turn(at(6)), Turn::AfterAnswer(at(61)));

        misuse.answered(at(5), None);

        assert_eq!(misuse.turn(at(6)), Turn::Now);
    }

    #[test]
    fn a_request_whose_caller_went_away_counts_from_when_it_left() {
        let mut misuse = Misuse::new(Some(1));
        misuse.left(at(5));

        assert_eq!(misuse.turn(at(6)), Turn::AfterAnswer(at(66)));
        assert_eq!(misuse.turn(at(66)), Turn::Now);
    }

    #[test]
    fn failures_beyond_the_allowance_are_waited_for_too() {
        let mut misuse = Misuse::new(Some(1));
        fail(&mut misuse, 0);
        misuse.answered(at(0), Some(at(30)));

        assert_eq!(misuse.turn(at(31)), Turn::At(at(91)));
    }

    #[test]
    fn a_partner_that_punishes_nothing_is_never_waited_for() {
        let mut misuse = Misuse::new(None);
        for second in 0..100 {
            fail(&mut misuse, second);
        }

        assert_eq!(misuse.turn(at(100)), Turn::Now);
        assert!(misuse.failed.is_empty(), "and nothing is kept");
    }
}
