//! What a simulator counts, and the verdict a test reads from it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

/// The window of every per-minute rule.
pub(crate) const MINUTE: Duration = Duration::from_mins(1);

/// Instants of the last minute.
#[derive(Debug, Default)]
pub(crate) struct LastMinute(VecDeque<Timestamp>);

impl LastMinute {
    pub(crate) fn add(&mut self, now: Timestamp) {
        self.0.push_back(now);
    }

    /// How many instants lie less than 60 s before `now`.
    pub(crate) fn count(&mut self, now: Timestamp) -> usize {
        while self.0.front().is_some_and(|first| clock::until(*first, now) >= MINUTE) {
            self.0.pop_front();
        }
        self.0.len()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Counts by method. What the limits do does not depend on it.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    methods: BTreeMap<String, Counted>,
    all: LastMinute,
    most_per_minute: u64,
}

#[derive(Debug, Default)]
struct Counted {
    verdict: MethodVerdict,
    arrivals: Vec<Timestamp>,
    minute: LastMinute,
    in_flight: u64,
}

impl Traffic {
    /// A call arrives; each needs one [`Traffic::leave`].
    pub(crate) fn arrive(&mut self, method: &str, now: Timestamp) {
        self.all.add(now);
        self.most_per_minute = self.most_per_minute.max(self.all.count(now) as u64);
        let counted = self.counted(method);
        counted.arrivals.push(now);
        counted.minute.add(now);
        counted.in_flight += 1;
        let per_minute = counted.minute.count(now) as u64;
        let in_flight = counted.in_flight;
        let verdict = &mut counted.verdict;
        verdict.calls += 1;
        verdict.most_per_minute = verdict.most_per_minute.max(per_minute);
        verdict.most_in_flight = verdict.most_in_flight.max(in_flight);
        verdict.first = verdict.first.or(Some(now));
        verdict.last = Some(now);
    }

    pub(crate) fn leave(&mut self, method: &str) {
        let counted = self.counted(method);
        counted.in_flight = counted.in_flight.saturating_sub(1);
    }

    pub(crate) fn fault(&mut self, method: &str, kind: &str) {
        *self.counted(method).verdict.faults.entry(kind.to_owned()).or_default() += 1;
    }

    pub(crate) fn rows(&mut self, method: &str, rows: usize) {
        self.counted(method).verdict.rows += rows as u64;
    }

    pub(crate) fn calls(&self, method: &str) -> Vec<Timestamp> {
        self.methods.get(method).map(|counted| counted.arrivals.clone()).unwrap_or_default()
    }

    pub(crate) fn verdict(&self, held: BTreeMap<String, u64>) -> Verdict {
        let methods = self.methods.iter().map(|(name, counted)| (name.clone(), counted.verdict.clone()));
        Verdict { methods: methods.collect(), most_per_minute: self.most_per_minute, rows: held }
    }

    fn counted(&mut self, method: &str) -> &mut Counted {
        if !self.methods.contains_key(method) {
            self.methods.insert(method.to_owned(), Counted::default());
        }
        self.methods.get_mut(method).expect("it was just put there")
    }
}

/// What a simulator has seen since it was opened. Times are virtual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// By method: Omie's method names; `POST Clientes`, `Login`, `Localizar` for Máxima.
    pub methods: BTreeMap<String, MethodVerdict>,
    /// The most calls of all methods together in any 60 s.
    pub most_per_minute: u64,
    /// How many records each registry or resource holds now.
    pub rows: BTreeMap<String, u64>,
}

/// What a simulator has seen of one method.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MethodVerdict {
    /// Calls that arrived, refused ones included.
    pub calls: u64,
    /// Refusals by kind. One a test asked for begins with `injected_`.
    pub faults: BTreeMap<String, u64>,
    /// The most calls under way at once, refused ones included.
    pub most_in_flight: u64,
    /// The most calls in any 60 s.
    pub most_per_minute: u64,
    /// Rows served, or written.
    pub rows: u64,
    /// When the first call arrived.
    pub first: Option<Timestamp>,
    /// When the last call arrived.
    pub last: Option<Timestamp>,
}

impl Verdict {
    /// Calls of a method.
    pub fn calls(&self, method: &str) -> u64 {
        self.methods.get(method).map_or(0, |seen| seen.calls)
    }

    /// Refusals of one kind answered to a method.
    pub fn faults(&self, method: &str, kind: &str) -> u64 {
        self.methods.get(method).and_then(|seen| seen.faults.get(kind)).copied().unwrap_or(0)
    }

    /// Refusals of one kind answered to any method.
    pub fn total(&self, kind: &str) -> u64 {
        self.methods.values().filter_map(|seen| seen.faults.get(kind)).sum()
    }

    /// Rows a resource accepted by POST, PUT or DELETE.
    pub fn writes(&self, resource: &str) -> u64 {
        let verbs = ["POST", "PUT", "DELETE"].map(|verb| format!("{verb} {resource}"));
        verbs.iter().filter_map(|method| self.methods.get(method)).map(|seen| seen.rows).sum()
    }
}
