//! What outlives a run, in memory: with a ledger or without one, and with a count of what writing it would cost.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::Clock;
use engine::{
    Document, Documents, Entry, Expected, Key, Lease, LeaseError, Leases, Ledger, Memory, Noted, Quarantine,
    Quarantined, StateError,
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// Bytes of a write unit.
const UNIT: usize = 1_024;
/// Bytes of an item besides its name and what it says: names of attributes, tenant, version, end of life.
const FRAME: usize = 96;

type Entries = BTreeMap<Key, Entry>;

/// The state of a tenant.
pub(crate) struct Shelf {
    ledger: Option<Mutex<BTreeMap<String, Entries>>>,
    rest: Memory,
    clock: Clock,
    /// How long each answer takes.
    takes: Duration,
    units: AtomicU64,
}

impl Shelf {
    /// Keeps nothing of the rows, to which every row is new: what is left is what the engine itself holds.
    pub(crate) fn forgetful(clock: Clock) -> Self {
        let rest = Memory::new(clock.clone());
        Self { ledger: None, rest, clock, takes: Duration::ZERO, units: AtomicU64::new(0) }
    }

    /// Keeps everything and takes its time to answer.
    pub(crate) fn keeping(clock: Clock, takes: Duration) -> Self {
        Self { ledger: Some(Mutex::default()), takes, ..Self::forgetful(clock) }
    }

    /// The entries per entity; none of a forgetful one.
    pub(crate) fn ledger(&self) -> Option<MutexGuard<'_, BTreeMap<String, Entries>>> {
        self.ledger.as_ref().map(|ledger| ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What `look` finds among the entries of an entity; nothing where there are none.
    fn entries<T: Default>(&self, entity: &str, look: impl FnOnce(&Entries) -> T) -> T {
        self.ledger().and_then(|ledger| ledger.get(entity).map(look)).unwrap_or_default()
    }

    async fn answer(&self) {
        if !self.takes.is_zero() {
            self.clock.sleep(self.takes).await;
        }
    }

    async fn write(&self, units: u64) {
        self.units.fetch_add(units, Ordering::Relaxed);
        self.answer().await;
    }
}

/// Write units of one item, by what it says as JSON.
fn units(name: usize, says: &impl Serialize) -> u64 {
    let says = serde_json::to_vec(says).map_or(0, |json| json.len());
    (FRAME + name + says).div_ceil(UNIT) as u64
}

fn units_of(items: &[(Key, impl Serialize)]) -> u64 {
    items.iter().map(|(key, says)| units(key.as_str().len(), says)).sum()
}

impl Ledger for Shelf {
    async fn known(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Entry>, StateError> {
        self.answer().await;
        Ok(self.entries(entity, |entries| {
            keys.iter().filter_map(|key| Some((key.clone(), entries.get(key)?.clone()))).collect()
        }))
    }

    async fn record(&self, entity: &str, entries: &[(Key, Entry)]) -> Result<(), StateError> {
        if self.ledger.is_some() {
            self.write(units_of(entries)).await;
        }
        if let Some(mut ledger) = self.ledger() {
            ledger.entry(entity.to_owned()).or_default().extend(entries.iter().cloned());
        }
        Ok(())
    }

    async fn all_facts(&self, entity: &str) -> Result<Vec<(Key, Value)>, StateError> {
        self.answer().await;
        Ok(self.entries(entity, |entries| {
            entries.iter().filter_map(|(key, entry)| Some((key.clone(), entry.facts.clone()?))).collect()
        }))
    }

    async fn scan(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Entry)>, StateError> {
        self.answer().await;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(self.entries(entity, |entries| {
            let later = entries.range::<Key, _>((from, Bound::Unbounded)).take(limit);
            later.map(|(key, entry)| (key.clone(), entry.clone())).collect()
        }))
    }

    /// An item costs a unit for each kilobyte begun, a lease or a removal one.
    fn units_written(&self) -> u64 {
        self.units.swap(0, Ordering::Relaxed)
    }
}

impl Quarantine for Shelf {
    async fn quarantine(&self, entity: &str, records: &[(Key, Quarantined)]) -> Result<(), StateError> {
        self.write(units_of(records)).await;
        self.rest.quarantine(entity, records).await
    }

    async fn quarantined(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Quarantined>, StateError> {
        self.answer().await;
        self.rest.quarantined(entity, keys).await
    }

    async fn clear(&self, entity: &str, keys: &[Key]) -> Result<(), StateError> {
        self.write(keys.len() as u64).await;
        self.rest.clear(entity, keys).await
    }

    async fn in_quarantine(&self, entity: &str, limit: usize) -> Result<Vec<(Key, Quarantined)>, StateError> {
        self.answer().await;
        self.rest.in_quarantine(entity, limit).await
    }
}

impl Leases for Shelf {
    async fn acquire(
        &self,
        lane: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, LeaseError> {
        self.write(1).await;
        self.rest.acquire(lane, holder, now, ttl).await
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
        noted: Noted,
    ) -> Result<(), LeaseError> {
        self.write(1).await;
        self.rest.renew(lease, now, ttl, noted).await
    }

    async fn release(&self, lease: &Lease, noted: Noted) -> Result<(), LeaseError> {
        self.write(1).await;
        self.rest.release(lease, noted).await
    }

    async fn held(&self, now: Timestamp) -> Result<usize, StateError> {
        self.answer().await;
        self.rest.held(now).await
    }
}

impl Documents for Shelf {
    async fn get(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        self.answer().await;
        self.rest.get(kind, id).await
    }

    async fn put(
        &self,
        kind: &str,
        id: &str,
        body: &Value,
        expected: Expected,
        expires: Option<Timestamp>,
    ) -> Result<u64, StateError> {
        self.write(units(kind.len() + id.len(), body)).await;
        self.rest.put(kind, id, body, expected, expires).await
    }

    async fn list(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        self.answer().await;
        self.rest.list(kind, prefix, limit).await
    }

    async fn delete(&self, kind: &str, id: &str, expected: Expected) -> Result<(), StateError> {
        self.write(1).await;
        self.rest.delete(kind, id, expected).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_shelf_keeps_every_promise_of_the_state() {
        let clock = Clock::paused(Timestamp::from_second(1_790_000_000).expect("a valid second"));

        engine::conformance::suite(&Shelf::keeping(clock.clone(), Duration::ZERO), &clock).await;
    }

    #[tokio::test(start_paused = true)]
    async fn every_kilobyte_begun_is_a_unit() {
        let shelf = Shelf::forgetful(Clock::paused(Timestamp::UNIX_EPOCH));
        for bytes in [1, 1_000, 2_000] {
            let body = Value::from("x".repeat(bytes));
            shelf.put("kind", "id", &body, Expected::Any, None).await.expect("kept");
        }

        assert_eq!(shelf.units_written(), 1 + 2 + 3);
        assert_eq!(shelf.units_written(), 0);
    }
}
