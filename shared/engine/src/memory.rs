//! The memory twin: what `store::Store` does in DynamoDB, in maps. For tests of everything above the engine.

use std::collections::{BTreeMap, BTreeSet, HashMap};
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
    /// The ids of cases by kind and mark, those that have expired too.
    marked: BTreeMap<(String, Mark), BTreeSet<String>>,
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
            let matching = data.documents_of(kind, prefix, now).take(limit);
            matching.map(|(id, document)| (id.clone(), document.clone())).collect()
        })
        .await
    }

    async fn latest(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        let now = self.clock.now();
        self.act("document.list", |data| {
            let matching: Vec<_> = data.documents_of(kind, prefix, now).collect();
            matching
                .into_iter()
                .rev()
                .take(limit)
                .map(|(id, document)| (id.clone(), document.clone()))
                .collect()
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
            Ok(data.keep(kind, id, Case { version, filing: after }))
        })
        .await?
    }

    async fn open_all(&self, kind: &str, cases: &[(String, Filing)]) -> Result<(), StateError> {
        let now = self.clock.now();
        Filing::check_all(kind, cases)?;
        self.act("case.file", |data| {
            let is_there =
                |id: &str| data.cases.get(&name(kind, id)).is_some_and(|case| now < case.filing.expires);
            if let Some((id, _)) = cases.iter().find(|(id, _)| is_there(id)) {
                return Err(StateError::Conflict { what: format!("{kind} {id}") });
            }
            for (id, filing) in cases {
                let version = data.cases.get(&name(kind, id)).map_or(0, |case| case.version) + 1;
                data.keep(kind, id, Case { version, filing: filing.clone() });
            }
            Ok(())
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
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            let ids = data.marked.get(&(kind.to_owned(), mark.clone())).into_iter();
            let later = ids.flat_map(|ids| ids.range::<str, _>((from, Bound::Unbounded)));
            let is_there =
                |id: &&String| data.cases.get(&name(kind, id)).is_some_and(|case| now < case.filing.expires);
            later.filter(is_there).take(limit).cloned().collect()
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

    /// Those that are there at `now`, in the order of ids.
    fn documents_of<'a>(
        &'a self,
        kind: &'a str,
        prefix: &'a str,
        now: Timestamp,
    ) -> impl Iterator<Item = (&'a String, &'a Document)> {
        let of_kind = self.documents.range(name(kind, prefix)..).take_while(move |((k, _), _)| k == kind);
        let matching = of_kind.take_while(move |((_, id), _)| id.starts_with(prefix));
        matching
            .filter(move |(_, stored)| stored.is_current(now))
            .map(|((_, id), stored)| (id, &stored.document))
    }

    fn keep(&mut self, kind: &str, id: &str, case: Case) -> Case {
        let before = self.cases.insert(name(kind, id), case.clone());
        for mark in before.iter().flat_map(|case| &case.filing.marks) {
            if let Some(ids) = self.marked.get_mut(&(kind.to_owned(), mark.clone())) {
                ids.remove(id);
            }
        }
        for mark in &case.filing.marks {
            self.marked.entry((kind.to_owned(), mark.clone())).or_default().insert(id.to_owned());
        }
        case
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
