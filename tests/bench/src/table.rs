//! What is printed: one line per measurement, its goal beside it.

use std::fmt::Write as _;

/// One measurement.
#[derive(Debug)]
pub(crate) struct Line {
    /// What was measured.
    pub(crate) what: String,
    pub(crate) result: String,
    pub(crate) goal: Option<Goal>,
}

/// What a measurement should reach.
#[derive(Debug)]
pub(crate) struct Goal {
    pub(crate) text: String,
    pub(crate) is_met: bool,
    /// Counts and ratios are the same on every machine, and fail a check; a rate only informs.
    pub(crate) binds: bool,
}

impl Line {
    /// A measurement without a goal of its own.
    pub(crate) fn part(what: impl Into<String>, result: impl Into<String>) -> Self {
        Self { what: what.into(), result: result.into(), goal: None }
    }

    fn misses(&self) -> bool {
        self.goal.as_ref().is_some_and(|goal| goal.binds && !goal.is_met)
    }
}

/// The table; and whether every goal that binds is met.
pub(crate) fn table(lines: &[Line]) -> (String, bool) {
    let width = |of: fn(&Line) -> &str| lines.iter().map(|line| of(line).chars().count()).max().unwrap_or(0);
    let (what, result) = (width(|line| &line.what), width(|line| &line.result));
    let mut text = String::new();
    for line in lines {
        let goal = line.goal.as_ref().map_or_else(String::new, |goal| {
            let verdict = match (goal.is_met, goal.binds) {
                (true, _) => "met",
                (false, true) => "MISSED",
                (false, false) => "missed here (depends on the machine)",
            };
            format!("  goal {}: {verdict}", goal.text)
        });
        let _ = writeln!(text, "{:<what$}  {:>result$}{goal}", line.what, line.result);
    }
    (text, !lines.iter().any(Line::misses))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(is_met: bool, binds: bool) -> Line {
        let goal = Some(Goal { text: "≤ 1".to_owned(), is_met, binds });
        Line { goal, ..Line::part("cost", "2") }
    }

    #[test]
    fn only_a_missed_goal_that_binds_fails_the_check() {
        assert!(table(&[Line::part("cost", "2"), line(true, true), line(false, false)]).1);
        assert!(!table(&[line(true, true), line(false, true)]).1);
    }

    #[test]
    fn goal_and_result_stand_beside_each_other() {
        let (text, _) = table(&[line(false, true), Line::part("a longer name", "17 ns")]);

        assert_eq!(text, "cost               2  goal ≤ 1: MISSED\na longer name  17 ns\n");
    }
}
