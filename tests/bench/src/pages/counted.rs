//! A state that counts what it is asked for: how often, and how many records come back.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use engine::{
    Case, Cases, Document, Documents, Entry, Expected, Filing, FlowState, Key, Lease, LeaseError, Leases,
    Ledger, Mark, Noted, Quarantine, Quarantined, StateError,
};
use jiff::Timestamp;
use serde_json::Value;

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// Questions to the table.
    pub(super) times: u64,
    /// Records that came back, of all answers together.
    pub(super) records: u64,
}

/// A state and its count.
#[derive(Debug)]
pub(super) struct Counted<S> {
    pub(super) state: S,
    times: AtomicU64,
    records: AtomicU64,
}

impl<S> Counted<S> {
    pub(super) fn new(state: S) -> Self {
        Self { state, times: AtomicU64::new(0), records: AtomicU64::new(0) }
    }

    /// What was read since the last time this was asked.
    pub(super) fn take(&self) -> Read {
        Read {
            times: self.times.swap(0, Ordering::Relaxed),
            records: self.records.swap(0, Ordering::Relaxed),
        }
    }

    fn note<T>(&self, answer: T, records: impl FnOnce(&T) -> usize) -> T {
        self.times.fetch_add(1, Ordering::Relaxed);
        self.records.fetch_add(records(&answer) as u64, Ordering::Relaxed);
        answer
    }
}

impl<S: FlowState> Ledger for Counted<S> {
    async fn known(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Entry>, StateError> {
        Ok(self.note(self.state.known(entity, keys).await?, HashMap::len))
    }

    async fn record(&self, entity: &str, entries: &[(Key, Entry)]) -> Result<(), StateError> {
        self.state.record(entity, entries).await
    }

    async fn all_facts(&self, entity: &str) -> Result<Vec<(Key, Value)>, StateError> {
        Ok(self.note(self.state.all_facts(entity).await?, Vec::len))
    }

    async fn scan(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Entry)>, StateError> {
        Ok(self.note(self.state.scan(entity, after, limit).await?, Vec::len))
    }

    fn units_written(&self) -> u64 {
        self.state.units_written()
    }
}

impl<S: FlowState> Leases for Counted<S> {
    async fn acquire(
        &self,
        lane: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, LeaseError> {
        self.state.acquire(lane, holder, now, ttl).await
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
        noted: Noted,
    ) -> Result<(), LeaseError> {
        self.state.renew(lease, now, ttl, noted).await
    }

    async fn release(&self, lease: &Lease, noted: Noted) -> Result<(), LeaseError> {
        self.state.release(lease, noted).await
    }

    async fn held(&self, now: Timestamp) -> Result<usize, StateError> {
        Ok(self.note(self.state.held(now).await?, |held| *held))
    }
}

impl<S: FlowState> Quarantine for Counted<S> {
    async fn quarantine(&self, entity: &str, records: &[(Key, Quarantined)]) -> Result<(), StateError> {
        self.state.quarantine(entity, records).await
    }

    async fn quarantined(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Quarantined>, StateError> {
        Ok(self.note(self.state.quarantined(entity, keys).await?, HashMap::len))
    }

    async fn clear(&self, entity: &str, keys: &[Key]) -> Result<(), StateError> {
        self.state.clear(entity, keys).await
    }

    async fn in_quarantine(&self, entity: &str, limit: usize) -> Result<Vec<(Key, Quarantined)>, StateError> {
        Ok(self.note(self.state.in_quarantine(entity, limit).await?, Vec::len))
    }
}

impl<S: FlowState> Documents for Counted<S> {
    async fn get(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        Ok(self.note(self.state.get(kind, id).await?, |found| usize::from(found.is_some())))
    }

    async fn put(
        &self,
        kind: &str,
        id: &str,
        body: &Value,
        expected: Expected,
        expires: Option<Timestamp>,
    ) -> Result<u64, StateError> {
        self.state.put(kind, id, body, expected, expires).await
    }

    async fn list(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        Ok(self.note(self.state.list(kind, prefix, limit).await?, Vec::len))
    }

    async fn latest(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        Ok(self.note(self.state.latest(kind, prefix, limit).await?, Vec::len))
    }

    async fn delete(&self, kind: &str, id: &str, expected: Expected) -> Result<(), StateError> {
        self.state.delete(kind, id, expected).await
    }
}

impl<S: FlowState> Cases for Counted<S> {
    async fn case(&self, kind: &str, id: &str) -> Result<Option<Case>, StateError> {
        Ok(self.note(self.state.case(kind, id).await?, |found| usize::from(found.is_some())))
    }

    async fn file(
        &self,
        kind: &str,
        id: &str,
        before: Option<&Case>,
        after: Filing,
    ) -> Result<Case, StateError> {
        self.state.file(kind, id, before, after).await
    }

    async fn open_all(&self, kind: &str, cases: &[(String, Filing)]) -> Result<(), StateError> {
        self.state.open_all(kind, cases).await
    }

    async fn due(&self, kind: &str, now: Timestamp, limit: usize) -> Result<Vec<String>, StateError> {
        Ok(self.note(self.state.due(kind, now, limit).await?, Vec::len))
    }

    async fn marked(
        &self,
        kind: &str,
        mark: &Mark,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StateError> {
        Ok(self.note(self.state.marked(kind, mark, after, limit).await?, Vec::len))
    }
}
