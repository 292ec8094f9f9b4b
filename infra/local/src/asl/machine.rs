//! A definition, read: only what the interpreter runs can be written with these types.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::choice::Rule;
use super::path::Path;
use super::payload::Payload;

/// A state machine that was read and refused nothing: every `Next` leads to a state.
#[derive(Clone, Debug)]
pub struct Machine {
    pub(super) start: String,
    pub(super) states: BTreeMap<String, State>,
    pub(super) timeout: Option<Duration>,
}

#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) input: Selection,
    pub(super) output: Selection,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Task { work: Work, parameters: Payload, timeout: Option<Duration> },
    Map { work: Work, items: Path, selector: Option<Payload>, concurrency: usize, each: Arc<Machine> },
    Pass { parameters: Option<Payload>, result: Option<Value>, place: Place, next: Next },
    Choice { rules: Vec<(Rule, Next)>, default: Option<Next> },
    Wait { seconds: Seconds, next: Next },
    Succeed,
    Fail { error: Text, cause: Text },
}

/// What Task and Map have in common: they may fail, and their result is shaped and stored.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) selector: Option<Payload>,
    pub(super) place: Place,
    pub(super) retry: Vec<Retrier>,
    pub(super) catch: Vec<Catcher>,
    pub(super) next: Next,
}

/// `InputPath` and `OutputPath`: a part of the data, or `null` for an empty object.
#[derive(Clone, Debug)]
pub(super) enum Selection {
    At(Path),
    Nothing,
}

/// `ResultPath`: where the result goes, or `null` to drop it.
#[derive(Clone, Debug)]
pub(super) enum Place {
    At(Path),
    Dropped,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    State(String),
    End,
}

#[derive(Clone, Debug)]
pub(super) enum Seconds {
    Fixed(u64),
    At(Path),
}

/// The `Error` or `Cause` of a Fail state.
#[derive(Clone, Debug)]
pub(super) enum Text {
    None,
    Fixed(String),
    At(Path),
}

#[derive(Clone, Debug)]
pub(super) struct Retrier {
    pub(super) errors: Vec<String>,
    pub(super) interval: Duration,
    pub(super) rate: f64,
    pub(super) attempts: u32,
    pub(super) longest: Option<Duration>,
}

#[derive(Clone, Debug)]
pub(super) struct Catcher {
    pub(super) errors: Vec<String>,
    pub(super) place: Place,
    pub(super) next: Next,
}

impl Retrier {
    /// How long to wait before repetition number `done + 1`; nothing when they are used up.
    pub(super) fn wait(&self, done: u32) -> Option<Duration> {
        if done >= self.attempts {
            return None;
        }
        let exponent = i32::try_from(done).unwrap_or(i32::MAX);
        let seconds = self.interval.as_secs_f64() * self.rate.powi(exponent);
        let wait = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        Some(self.longest.map_or(wait, |longest| wait.min(longest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_by_its_rate_up_to_the_longest_and_then_ends() {
        let retrier = Retrier {
            errors: Vec::new(),
            interval: Duration::from_secs(2),
            rate: 3.0,
            attempts: 4,
            longest: Some(Duration::from_secs(30)),
        };

        let waits: Vec<_> = (0..5).map(|done| retrier.wait(done).map(|wait| wait.as_secs())).collect();

        assert_eq!(waits, [Some(2), Some(6), Some(18), Some(30), None]);
    }
}
