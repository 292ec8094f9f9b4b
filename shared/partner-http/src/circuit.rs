//! When a lane says nothing at all.

use std::time::Duration;

use clock::{later, until};
use jiff::Timestamp;

use crate::Fault;

/// Added to the seconds of a block: a call during a block makes it longer (`contracts/omie.md` §3.1.4).
const MARGIN: Duration = Duration::from_secs(30);

/// How long a lane rests after its failures are used up. The partner counts failures in a rolling 60 s
/// (mapping §13.6), so after this it has forgotten them.
pub(crate) const REST: Duration = Duration::from_secs(61);

/// Opens when the partner blocks the lane, or when too many answers in a row were failures.
#[derive(Debug)]
pub(crate) struct Circuit {
    allowed: u32,
    failures: u32,
    open_until: Timestamp,
}

impl Circuit {
    pub(crate) fn new(failures_allowed: u32) -> Self {
        Self { allowed: failures_allowed.max(1), failures: 0, open_until: Timestamp::MIN }
    }

    /// How long nothing may leave, if anything must wait.
    pub(crate) fn left(&self, now: Timestamp) -> Option<Duration> {
        (self.open_until > now).then(|| until(now, self.open_until))
    }

    pub(crate) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Counts a failure. An empty answer is none: the lane works.
    pub(crate) fn failed(&mut self, fault: &Fault, now: Timestamp) {
        if *fault == Fault::Empty {
            return self.succeeded();
        }
        self.failures = self.failures.saturating_add(1);
        if let Fault::Blocked { seconds } = fault {
            self.open(now, Duration::from_secs(*seconds).saturating_add(MARGIN));
        }
        if self.failures >= self.allowed {
            self.open(now, REST);
        }
    }

    fn open(&mut self, now: Timestamp, rest: Duration) {
        self.open_until = self.open_until.max(later(now, rest));
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    fn left(circuit: &Circuit, second: i64) -> Option<u64> {
        circuit.left(at(second)).map(|left| left.as_secs())
    }

    #[test]
    fn a_block_closes_the_lane_for_its_seconds_and_a_margin() {
        let mut circuit = Circuit::new(5);

        circuit.failed(&Fault::Blocked { seconds: 1_678 }, at(0));

        assert_eq!(left(&circuit, 0), Some(1_708));
        assert_eq!(left(&circuit, 1_707), Some(1));
        assert_eq!(left(&circuit, 1_708), None);
    }

    #[test]
    fn a_shorter_block_does_not_shorten_a_longer_one() {
        let mut circuit = Circuit::new(5);

        circuit.failed(&Fault::Blocked { seconds: 1_800 }, at(0));
        circuit.failed(&Fault::Blocked { seconds: 10 }, at(1));

        assert_eq!(left(&circuit, 1), Some(1_829));
    }

    #[test]
    fn only_failures_in_a_row_use_the_allowance_up() {
        let mut circuit = Circuit::new(3);
        circuit.failed(&Fault::Redundant, at(0));
        circuit.failed(&Fault::Busy, at(1));
        circuit.succeeded();
        circuit.failed(&Fault::Busy, at(2));
        circuit.failed(&Fault::Unavailable, at(3));
        assert_eq!(left(&circuit, 3), None);

        circuit.failed(&Fault::Unclear, at(4));

        assert_eq!(left(&circuit, 4), Some(61));
    }

    #[test]
    fn an_empty_answer_is_an_answer() {
        let mut circuit = Circuit::new(2);
        circuit.failed(&Fault::Busy, at(0));
        for second in 1..100 {
            circuit.failed(&Fault::Empty, at(second));
        }
        circuit.failed(&Fault::Busy, at(100));

        assert_eq!(left(&circuit, 100), None);
    }

    #[test]
    fn after_its_rest_a_lane_has_its_whole_allowance_again() {
        let mut circuit = Circuit::new(2);
        circuit.failed(&Fault::Busy, at(0));
        circuit.failed(&Fault::Busy, at(0));

        circuit.failed(&Fault::Busy, at(61));

        assert_eq!(left(&circuit, 61), None);
    }

    #[test]
    fn an_absurd_number_of_seconds_is_survived() {
        let mut circuit = Circuit::new(5);

        circuit.failed(&Fault::Blocked { seconds: u64::MAX }, at(0));

        assert!(circuit.left(at(0)).is_some());
    }
}
