//! Which queries the partner would call redundant.

use std::collections::HashMap;
use std::time::Duration;

use clock::later;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// A query, as the hash of what makes two of them the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Query([u8; 32]);

impl Query {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(Sha256::digest(key).into())
    }
}

/// Remembers queries for the partner's window.
///
/// ```text
///   sent             answered or lost                       may be repeated
/// ───┼──────────────────────┼─────────────── window ──────────────┼──────▶
///    │                      └─ the window starts again: nobody knows when in between it arrived
///    └─ remembered before it leaves: a caller that goes away leaves the right trace
/// ```
#[derive(Debug)]
pub(crate) struct Guard {
    window: Option<Duration>,
    until: HashMap<Query, Timestamp>,
}

impl Guard {
    pub(crate) fn new(window: Option<Duration>) -> Self {
        Self { window, until: HashMap::new() }
    }

    /// When `query` may be sent, if not now.
    pub(crate) fn closed_until(&self, query: Query, now: Timestamp) -> Option<Timestamp> {
        self.until.get(&query).copied().filter(|&until| until > now)
    }

    /// The partner has, or may have, seen `query` at `now`.
    pub(crate) fn seen(&mut self, query: Query, now: Timestamp) {
        let Some(window) = self.window else { return };
        self.until.retain(|_, until| *until > now);
        self.until.insert(query, later(now, window));
    }

    /// The partner did not take `query` up.
    pub(crate) fn not_seen(&mut self, query: Query) {
        self.until.remove(&query);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    #[test]
    fn each_sight_of_a_query_restarts_its_window() {
        let mut guard = Guard::new(Some(Duration::from_secs(61)));
        let query = Query::new(b"page 1");

        guard.seen(query, at(0));
        guard.seen(query, at(30));

        assert_eq!(guard.closed_until(query, at(61)), Some(at(91)));
        assert_eq!(guard.closed_until(query, at(91)), None);
        assert_eq!(guard.closed_until(Query::new(b"page 2"), at(61)), None);
    }

    #[test]
    fn a_query_whose_window_is_over_is_forgotten() {
        let mut guard = Guard::new(Some(Duration::from_secs(61)));
        for page in 0..100_u8 {
            guard.seen(Query::new(&[page]), at(i64::from(page) * 61));
        }

        assert_eq!(guard.until.len(), 1);
    }

    #[test]
    fn without_a_window_nothing_is_redundant() {
        let mut guard = Guard::new(None);

        guard.seen(Query::new(b"page 1"), at(0));

        assert_eq!(guard.closed_until(Query::new(b"page 1"), at(0)), None);
    }
}
