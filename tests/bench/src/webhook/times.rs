//! How long answers took.

use std::time::Duration;

use crate::table::{Goal, Line};

/// How long answers took.
#[derive(Debug, Default)]
pub(super) struct Times(Vec<Duration>);

impl Times {
    pub(super) fn add(&mut self, took: Duration) {
        let at = self.0.partition_point(|other| *other <= took);
        self.0.insert(at, took);
    }

    /// The least time that so many of a hundred do not pass.
    pub(super) fn percentile(&self, of_hundred: usize) -> Duration {
        let nth = (self.0.len() * of_hundred).div_ceil(100).max(1) - 1;
        self.0.get(nth).copied().unwrap_or_default()
    }

    /// Times depend on the machine: a goal of theirs informs.
    pub(super) fn line(&self, what: &str, goal: Option<Duration>) -> Line {
        let [half, most, nearly_all] = [50, 95, 99].map(|of_hundred| self.percentile(of_hundred));
        let text = format!("p50 {} p95 {} p99 {} ms ({})", ms(half), ms(most), ms(nearly_all), self.0.len());
        let goal = goal.map(|goal| Goal {
            text: format!("p99 ≤ {} ms", goal.as_millis()),
            is_met: nearly_all <= goal,
            binds: false,
        });
        Line { goal, ..Line::part(what, text) }
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_least_time_that_so_many_do_not_pass() {
        let mut times = Times::default();
        for nth in (1..=200).rev() {
            times.add(Duration::from_millis(nth));
        }

        let percentiles = [50, 95, 99, 100].map(|of_hundred| times.percentile(of_hundred).as_millis());

        assert_eq!(percentiles, [100, 190, 198, 200]);
        assert_eq!(Times::default().percentile(99), Duration::ZERO);
    }

    #[test]
    fn a_goal_of_time_is_told_and_fails_no_check() {
        let mut times = Times::default();
        times.add(Duration::from_millis(251));

        let line = times.line("webhook", Some(Duration::from_millis(250)));

        let goal = line.goal.expect("a goal");
        assert!(!goal.is_met && !goal.binds && line.result.contains("p99 251.0 ms"), "{}", line.result);
    }
}
