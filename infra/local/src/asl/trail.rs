//! The way an execution went, to be compared with other engines and shown to people.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

/// The states visited in one scope (the machine, or one iteration of a Map), in order. Clones share one list.
#[derive(Clone, Debug, Default)]
pub struct Trail(Arc<Mutex<Vec<Visit>>>);

/// One visit of a state. A repetition by `Retry` is the same visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The state's name.
    pub state: String,
    /// For a Map, one trail per iteration of its last attempt, in the order of the items.
    pub iterations: Option<Vec<Trail>>,
}

impl Trail {
    /// What was visited until now.
    pub fn visits(&self) -> Vec<Visit> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// As JSON: a state's name, or for a Map `{"state": name, "iterations": [[…], …]}`.
    pub fn to_json(&self) -> Value {
        let visit = |visit: Visit| match visit.iterations {
            None => Value::String(visit.state),
            Some(trails) => {
                json!({ "state": visit.state, "iterations": trails.iter().map(Self::to_json).collect::<Vec<_>>() })
            }
        };
        self.visits().into_iter().map(visit).collect()
    }

    pub(super) fn enter(&self, state: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Visit { state: state.to_owned(), iterations: None });
    }

    /// Opens one empty trail per item in the visit under way, forgetting those of an earlier attempt.
    pub(super) fn split(&self, items: usize) -> Vec<Self> {
        let trails: Vec<_> = (0..items).map(|_| Self::default()).collect();
        if let Some(visit) = self.0.lock().unwrap_or_else(PoisonError::into_inner).last_mut() {
            visit.iterations = Some(trails.clone());
        }
        trails
    }
}
