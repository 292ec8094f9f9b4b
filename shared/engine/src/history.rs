//! What happened to a case, for people who ask.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Steps kept of one case; what lies between the first and the last of them goes first.
const KEPT: usize = 120;
/// How many of them are the first ones, which tell how the case began.
const FIRST: usize = 20;

/// One step of a case: when, from where, to where, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When it happened; of steps that were the same, the last.
    pub at: Timestamp,
    /// State before, in the words of the flow; empty for the first.
    pub from: String,
    /// State after.
    pub to: String,
    /// Why, in Portuguese: an operator reads it.
    pub cause: String,
    /// How often in a row.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u32,
}

/// All steps of a case, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History(Vec<Step>);

impl History {
    /// Adds a step. The same step again (a repeated attempt) only counts and moves the time.
    pub fn note(&mut self, at: Timestamp, from: &str, to: &str, cause: impl Into<String>) {
        let cause = cause.into();
        if let Some(last) = self.0.last_mut()
            && last.to == to
            && last.cause == cause
            && (last.from == from || from == to)
        {
            last.times = last.times.saturating_add(1);
            last.at = at;
            return;
        }
        if self.0.len() == KEPT {
            self.0.remove(FIRST);
        }
        self.0.push(Step { at, from: from.to_owned(), to: to.to_owned(), cause, times: 1 });
    }

    /// The steps, the oldest first.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_once(times: &u32) -> bool {
    *times == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    #[test]
    fn the_same_step_again_is_counted_and_not_repeated() {
        let mut history = History::default();

        history.note(at(1), "", "novo", "chegou");
        history.note(at(2), "novo", "novo", "Omie ocupado");
        history.note(at(3), "novo", "novo", "Omie ocupado");
        history.note(at(4), "novo", "enviando", "pronto");

        let times: Vec<_> = history.steps().iter().map(|step| (step.at, step.times)).collect();
        assert_eq!(times, [(at(1), 1), (at(3), 2), (at(4), 1)]);
    }

    #[test]
    fn a_long_history_keeps_how_it_began_and_how_it_ended() {
        let mut history = History::default();

        for n in 0..1_000 {
            history.note(at(n), "a", "b", n.to_string());
        }

        let steps = history.steps();
        assert_eq!(steps.len(), KEPT);
        assert_eq!(steps[0].cause, "0");
        assert_eq!(steps[FIRST - 1].cause, (FIRST - 1).to_string());
        assert_eq!(steps[KEPT - 1].cause, "999");
    }
}
