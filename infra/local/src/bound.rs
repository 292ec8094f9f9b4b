//! How fast the load could possibly be: what the partner's limits alone allow.
//!
//! ```text
//! pages of one method, n:   max( n × latency ÷ simultaneous calls , (n − 240) ÷ 240 min ), over all its parts
//! the same method again:    not before 60 s after its first page (contracts/omie.md §3)
//! a wave:                   its slowest step;  the load: its waves, one after the other
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

/// Omie's limits, as the simulator enforces them (`contracts/omie.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a page takes.
    pub latency: Duration,
    /// Calls per minute of one method.
    pub per_minute: u32,
    /// How long the same query is refused after it was asked.
    pub redundancy: Duration,
}

/// What a step must ask: the method and how many pages it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The partner's method.
    pub method: String,
    /// Its pages: of all its parts, when it is asked part by part (price tables, stock locations).
    pub pages: u32,
    /// How many of them may be asked at once.
    pub at_once: u32,
}

impl Limits {
    /// The least time in which a method gives its pages.
    pub fn least(&self, reading: &Reading) -> Duration {
        let pages = reading.pages;
        let served = self.latency * pages / reading.at_once.max(1);
        let minute = Duration::from_mins(1);
        let allowed = minute * pages.saturating_sub(self.per_minute) / self.per_minute.max(1);
        served.max(allowed).max(self.latency.min(self.latency * pages))
    }

    /// The least time of a load, given what each step of each wave must read.
    pub fn bound(&self, waves: &[Vec<Reading>]) -> Duration {
        let mut now = Duration::ZERO;
        let mut asked: BTreeMap<&str, Duration> = BTreeMap::new();
        for wave in waves {
            let mut end = now;
            for reading in wave {
                let again = asked.get(reading.method.as_str()).map(|first| *first + self.redundancy);
                let start = again.map_or(now, |again| again.max(now));
                asked.insert(&reading.method, start);
                end = end.max(start + self.least(reading));
            }
            now = end;
        }
        now
    }
}

/// The load's time beside its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The bound, on this machine's clock.
    pub bound: Duration,
    /// What the load may take: 1.15 × the bound + 10 s.
    pub allowed: Duration,
    /// What it took.
    pub took: Duration,
}

impl Verdict {
    /// Judges a load; both times are on this machine's clock, where a cold start is not shortened by `--speed`.
    pub fn of(took: Duration, bound: Duration) -> Self {
        Self { bound, allowed: bound.mul_f64(1.15) + Duration::from_secs(10), took }
    }

    /// Whether the load was fast enough.
    pub fn holds(&self) -> bool {
        self.took <= self.allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OMIE: Limits =
        Limits { latency: Duration::from_millis(400), per_minute: 240, redundancy: Duration::from_mins(1) };

    fn reading(method: &str, pages: u32) -> Reading {
        Reading { method: method.to_owned(), pages, at_once: 4 }
    }

    #[test]
    fn few_pages_are_bound_by_latency_and_many_by_the_rate() {
        let least = |pages| OMIE.least(&reading("A", pages));

        assert_eq!(least(0), Duration::ZERO);
        assert_eq!(least(1), Duration::from_millis(400), "one page cannot be split");
        assert_eq!(least(40), Duration::from_secs(4));
        assert_eq!(least(1_200), Duration::from_mins(4));
    }

    #[test]
    fn a_method_that_takes_one_call_at_a_time_takes_as_long_as_all_its_pages() {
        let stock = Reading { at_once: 1, ..reading("ListarPosEstoque", 30) };

        assert_eq!(OMIE.least(&stock), Duration::from_secs(12));
    }

    #[test]
    fn a_wave_takes_as_long_as_its_slowest_step() {
        let waves = [vec![reading("A", 40), reading("B", 10)], vec![], vec![reading("C", 20)]];

        assert_eq!(OMIE.bound(&waves), Duration::from_secs(6));
    }

    #[test]
    fn the_same_question_waits_out_the_redundancy_window() {
        let waves = [vec![reading("A", 10), reading("B", 20)], vec![reading("A", 10)]];

        assert_eq!(OMIE.bound(&waves), Duration::from_secs(61));
    }

    #[test]
    fn a_load_may_take_a_little_longer_than_its_bound() {
        let second = Duration::from_secs(1);

        assert!(Verdict::of(33 * second, 20 * second).holds());
        assert!(!Verdict::of(34 * second, 20 * second).holds());
    }
}
