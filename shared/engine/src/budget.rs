//! How long a run may work.

use std::time::Duration;

use jiff::Timestamp;

/// A run asks for no further page once less than the reserve is left; the reserve is for delivering what has
/// been fetched and for saving where it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The moment the platform ends us.
    pub deadline: Timestamp,
    /// What is kept back from it.
    pub reserve: Duration,
}

impl Budget {
    /// Work until `reserve` before `deadline`.
    pub fn new(deadline: Timestamp, reserve: Duration) -> Self {
        Self { deadline, reserve }
    }

    /// No limit: for tools and tests.
    pub fn unlimited() -> Self {
        Self { deadline: Timestamp::MAX, reserve: Duration::ZERO }
    }

    /// Whether only the reserve is left at `now`.
    pub fn spent(&self, now: Timestamp) -> bool {
        self.left(now).is_zero()
    }

    /// How long a run may still work before it touches the reserve.
    pub fn left(&self, now: Timestamp) -> Duration {
        clock::until(now, self.deadline).saturating_sub(self.reserve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    #[test]
    fn the_reserve_is_not_worked_in() {
        let budget = Budget::new(at(900), Duration::from_secs(10));

        assert!(!budget.spent(at(889)));
        assert!(budget.spent(at(890)));
        assert!(budget.spent(at(901)), "a deadline in the past");
        assert_eq!(budget.left(at(880)), Duration::from_secs(10));
    }

    #[test]
    fn no_limit_is_never_spent() {
        assert!(!Budget::unlimited().spent(at(100_000_000_000)));
    }
}
