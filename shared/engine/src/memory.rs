//! The memory twin: what `store::Store` does in DynamoDB, in maps. For tests of everything above the engine.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use serde_json::Value;

use crate::ports::{
    Case, Cases, Document, Documents, Entry, Expected, Filing, Lease, LeaseError, Leases, Ledger, Mark,
    Noted, Quarantine, Quarantined, StateError,
};
use crate::{Faults, Key};

/// State in memory. Lives as long as the value, so a "second run" in a test uses the same one.
#[derive(Debug)]
pub struct Memory {
    clock: Clock,
    faults: Faults,
    data: Mutex<Data>,
}

#[derive(Debug, Default)]
struct Data {
    ledger: HashMap<String, BTreeMap<Key, Entry>>,
    quarantine: HashMap<String, BTreeMap<Key, Quarantined>>,
    leases: HashMap<String, Lane>,
    documents: BTreeMap<(String, String), Stored>,
    cases: BTreeMap<(String, String), Case>,
}

#[derive(Debug)]
struct Lane {
    holder: String,
    fence: u64,
    until: Timestamp,
    noted: Noted,
}

#[derive(Debug)]
struct Stored {
    document: Document,
    expires: Option<Timestamp>,
}

impl Memory {
    /// Empty state whose documents expire by `clock`.
    pub fn new(clock: Clock) -> Self {
        Self::with_faults(clock, Faults::default())
    }

    /// Empty state whose calls are counted and struck by `faults`.
    pub fn with_faults(clock: Clock, faults: Faults) -> Self {
        Self { clock, faults, data: Mutex::default() }
    }

    async fn act<T>(&self, name: &'static str, effect: impl FnOnce(&mut Data) -> T) -> Result<T, StateError> {
        let done = self.faults.around(name, || effect(&mut self.data())).await;
        done.map_err(|struck| StateError::Unavailable { operation: name, source: Box::new(struck) })
    }

    fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger for Memory {
    async fn known(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Entry>, StateError> {
        self.act("ledger.known", |data| some(data.ledger.get(entity), keys)).await
    }

    async fn record(&self, entity: &str, entries: &[(Key, Entry)]) -> Result<(), StateError> {
        self.act("ledger.record", |data| {
            data.ledger.entry(entity.to_owned()).or_default().extend(entries.iter().cloned());
        })
        .await
    }

    async fn all_facts(&self, entity: &str) -> Result<Vec<(Key, Value)>, StateError> {
        self.act("ledger.all_facts", |data| {
            let entries = data.ledger.get(entity).into_iter().flatten();
            entries.filter_map(|(key, entry)| Some((key.clone(), entry.facts.clone()?))).collect()
        })
        .await
    }

    async fn scan(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Entry)>, StateError> {
        self.act("ledger.scan", |data| {
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            let later = data
                .ledger
                .get(entity)
                .into_iter()
                .flat_map(|entries| entries.range((from, Bound::Unbounded)));
            later.take(limit).map(|(key, entry)| (key.clone(), entry.clone())).collect()
        })
        .await
    }

    fn units_written(&self) -> u64 {
        0
    }
}

impl Leases for Memory {
    async fn acquire(
        &self,
        lane: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, LeaseError> {
        self.act("lease.acquire", |data| data.acquire(lane, holder, now, ttl)).await?
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
        noted: Noted,
    ) -> Result<(), LeaseError> {
        self.act("lease.renew", |data| data.change_lane(lease, clock::later(now, ttl), noted)).await?
    }

    async fn release(&self, lease: &Lease, noted: Noted) -> Result<(), LeaseError> {
        self.act("lease.release", |data| data.change_lane(lease, Timestamp::MIN, noted)).await?
    }

    async fn held(&self, now: Timestamp) -> Result<usize, StateError> {
        self.act("lease.held", |data| data.leases.values().filter(|lane| now < lane.until).count()).await
    }
}

impl Quarantine for Memory {
    async fn quarantine(&self, entity: &str, records: &[(Key, Quarantined)]) -> Result<(), StateError> {
        self.act("quarantine.put", |data| {
            data.quarantine.entry(entity.to_owned()).or_default().extend(records.iter().cloned());
        })
        .await
    }

    async fn quarantined(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Quarantined>, StateError> {
        self.act("quarantine.get", |data| some(data.quarantine.get(entity), keys)).await
    }

    async fn clear(&self, entity: &str, keys: &[Key]) -> Result<(), StateError> {
        self.act("quarantine.clear", |data| {
            if let Some(records) = data.quarantine.get_mut(entity) {
                records.retain(|key, _| !keys.contains(key));
            }
        })
        .await
    }

    async fn in_quarantine(&self, entity: &str, limit: usize) -> Result<Vec<(Key, Quarantined)>, StateError> {
        self.act("quarantine.list", |data| {
            let records = data.quarantine.get(entity).into_iter().flatten().take(limit);
            records.map(|(key, record)| (key.clone(), record.clone())).collect()
        })
        .await
    }
}

impl Documents for Memory {
    async fn get(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        let now = self.clock.now();
        self.act("document.get", |data| {
            let stored = data.documents.get(&name(kind, id)).filter(|stored| stored.is_current(now));
            stored.map(|stored| stored.document.clone())
        })
        .await
    }

    async fn put(
        &self,
        kind: &str,
        id: &str,
        body: &Value,
        expected: Expected,
        expires: Option<Timestamp>,
    ) -> Result<u64, StateError> {
        let now = self.clock.now();
        self.act("document.put", |data| {
            data.must_be(kind, id, expected, now)?;
            let stored = data.documents.get(&name(kind, id));
            let version = stored.map_or(0, |stored| stored.document.version) + 1;
            let document = Document { version, body: body.clone() };
            data.documents.insert(name(kind, id), Stored { document, expires });
            Ok(version)
        })
        .await?
    }

    async fn list(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        let now = self.clock.now();
        self.act("document.list", |data| {
            let of_kind = data.documents.range(name(kind, prefix)..).take_while(|((k, _), _)| k == kind);
            let matching = of_kind.take_while(|((_, id), _)| id.starts_with(prefix));
            let current = matching.filter(|(_, stored)| stored.is_current(now)).take(limit);
            current.map(|((_, id), stored)| (id.clone(), stored.document.clone())).collect()
        })
        .await
    }

    async fn delete(&self, kind: &str, id: &str, expected: Expected) -> Result<(), StateError> {
        let now = self.clock.now();
        self.act("document.delete", |data| {
            data.must_be(kind, id, expected, now)?;
            data.documents.remove(&name(kind, id));
            Ok(())
        })
        .await?
    }
}

impl Cases for Memory {
    async fn case(&self, kind: &str, id: &str) -> Result<Option<Case>, StateError> {
        let now = self.clock.now();
        self.act("case.get", |data| {
            data.cases.get(&name(kind, id)).filter(|case| now < case.filing.expires).cloned()
        })
        .await
    }

    async fn file(
        &self,
        kind: &str,
        id: &str,
        before: Option<&Case>,
        after: Filing,
    ) -> Result<Case, StateError> {
        let now = self.clock.now();
        after.check(kind, id)?;
        self.act("case.file", |data| {
            let stored = data.cases.get(&name(kind, id));
            let current = stored.filter(|case| now < case.filing.expires);
            if current.map(|case| case.version) != before.map(|case| case.version) {
                return Err(StateError::Conflict { what: format!("{kind} {id}") });
            }
            let version = stored.map_or(0, |case| case.version) + 1;
            let case = Case { version, filing: after };
            data.cases.insert(name(kind, id), case.clone());
            Ok(case)
        })
        .await?
    }

    async fn due(&self, kind: &str, now: Timestamp, limit: usize) -> Result<Vec<String>, StateError> {
        let current = self.clock.now();
        self.act("case.due", |data| {
            let mut due: Vec<_> = data
                .cases_of(kind, current)
                .filter_map(|(id, case)| Some((case.filing.due.filter(|due| *due <= now)?, id.clone())))
                .collect();
            due.sort();
            due.into_iter().take(limit).map(|(_, id)| id).collect()
        })
        .await
    }

    async fn marked(
        &self,
        kind: &str,
        mark: &Mark,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StateError> {
        let now = self.clock.now();
        self.act("case.marked", |data| {
            let later =
                data.cases_of(kind, now).filter(|(id, _)| after.is_none_or(|after| id.as_str() > after));
            let with_mark = later.filter(|(_, case)| case.filing.marks.contains(mark));
            with_mark.take(limit).map(|(id, _)| id.clone()).collect()
        })
        .await
    }
}

impl Data {
    /// Those that are there at `now`, in the order of ids.
    fn cases_of<'a>(&'a self, kind: &'a str, now: Timestamp) -> impl Iterator<Item = (&'a String, &'a Case)> {
        let of_kind = self.cases.range(name(kind, "")..).take_while(move |((k, _), _)| k == kind);
        of_kind.map(|((_, id), case)| (id, case)).filter(move |(_, case)| now < case.filing.expires)
    }

    fn must_be(&self, kind: &str, id: &str, expected: Expected, now: Timestamp) -> Result<(), StateError> {
        let stored = self.documents.get(&name(kind, id)).filter(|stored| stored.is_current(now));
        let current = stored.map(|stored| stored.document.version);
        let fits = match expected {
            Expected::Absent => current.is_none(),
            Expected::Version(version) => current == Some(version),
            Expected::Any => true,
        };
        if fits { Ok(()) } else { Err(StateError::Conflict { what: format!("{kind} {id}") }) }
    }

    fn acquire(
        &mut self,
        lane: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, LeaseError> {
        let before = self.leases.get(lane);
        if let Some(held) = before.filter(|held| now < held.until) {
            return Err(LeaseError::Held { holder: held.holder.clone(), until: held.until });
        }
        let fence = before.map_or(0, |lane| lane.fence) + 1;
        let noted = before.map(|lane| lane.noted).unwrap_or_default();
        let taken = Lane { holder: holder.to_owned(), fence, until: clock::later(now, ttl), noted };
        self.leases.insert(lane.to_owned(), taken);
        Ok(Lease { lane: lane.to_owned(), holder: holder.to_owned(), fence, noted })
    }

    fn change_lane(&mut self, lease: &Lease, until: Timestamp, noted: Noted) -> Result<(), LeaseError> {
        let lane = self.leases.get_mut(&lease.lane).filter(|lane| lane.fence == lease.fence);
        let lane = lane.ok_or(LeaseError::Lost)?;
        lane.until = until;
        lane.noted.asked = noted.asked.or(lane.noted.asked);
        lane.noted.blocked_until = noted.blocked_until.or(lane.noted.blocked_until);
        Ok(())
    }
}

impl Stored {
    fn is_current(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

fn name(kind: &str, id: &str) -> (String, String) {
    (kind.to_owned(), id.to_owned())
}

fn some<T: Clone>(all: Option<&BTreeMap<Key, T>>, keys: &[Key]) -> HashMap<Key, T> {
    let Some(all) = all else { return HashMap::new() };
    keys.iter().filter_map(|key| Some((key.clone(), all.get(key)?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn memory_keeps_every_promise_of_the_state() {
        let clock = Clock::paused(Timestamp::from_second(1_790_000_000).expect("a valid second"));
        let memory = Memory::new(clock.clone());

        crate::conformance::suite(&memory, &clock).await;
        crate::conformance::cases(&memory, &clock).await;
    }
}
