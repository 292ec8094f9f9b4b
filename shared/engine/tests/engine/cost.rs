//! What an unchanged tenant costs: DynamoDB charges a write unit for each started kilobyte.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::Duration;

use engine::{
    Budget, Document, Documents, Entry, Expected, Key, Lease, LeaseError, Leases, Ledger, Memory, Noted,
    Quarantine, Quarantined, StateError,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::house::House;

/// Names, keys and attributes beside the body.
const OVERHEAD: usize = 200;

/// The memory, weighed.
struct Weighed<'a> {
    memory: &'a Memory,
    /// Per operation: how often, and the units.
    written: Mutex<BTreeMap<&'static str, (u64, u64)>>,
    /// The units that the engine has asked for.
    told: Mutex<u64>,
}

impl<'a> Weighed<'a> {
    fn new(memory: &'a Memory) -> Self {
        Self { memory, written: Mutex::default(), told: Mutex::default() }
    }

    fn writes(&self, name: &'static str, items: u64, bytes: usize) {
        let units = u64::try_from((bytes + OVERHEAD).div_ceil(1_024)).expect("a small number");
        let mut written = self.written.lock().expect("nobody panicked");
        let (calls, sum) = written.entry(name).or_default();
        *calls += 1;
        *sum += units * items;
    }

    fn units(&self) -> u64 {
        self.written.lock().expect("nobody panicked").values().map(|(_, units)| units).sum()
    }

    fn calls(&self) -> BTreeMap<&'static str, u64> {
        let written = self.written.lock().expect("nobody panicked");
        written.iter().map(|(name, (calls, _))| (*name, *calls)).collect()
    }
}

impl Ledger for Weighed<'_> {
    async fn known(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Entry>, StateError> {
        self.memory.known(entity, keys).await
    }

    async fn record(&self, entity: &str, entries: &[(Key, Entry)]) -> Result<(), StateError> {
        self.writes("ledger.record", entries.len() as u64, 300);
        self.memory.record(entity, entries).await
    }

    async fn all_facts(&self, entity: &str) -> Result<Vec<(Key, Value)>, StateError> {
        self.memory.all_facts(entity).await
    }

    async fn scan(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Entry)>, StateError> {
        self.memory.scan(entity, after, limit).await
    }

    fn units_written(&self) -> u64 {
        let (all, mut told) = (self.units(), self.told.lock().expect("nobody panicked"));
        all - std::mem::replace(&mut *told, all)
    }
}

impl Leases for Weighed<'_> {
    async fn acquire(
        &self,
        lane: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, LeaseError> {
        self.writes("lease.acquire", 1, 0);
        self.memory.acquire(lane, holder, now, ttl).await
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
        noted: Noted,
    ) -> Result<(), LeaseError> {
        self.writes("lease.renew", 1, 0);
        self.memory.renew(lease, now, ttl, noted).await
    }

    async fn release(&self, lease: &Lease, noted: Noted) -> Result<(), LeaseError> {
        self.writes("lease.release", 1, 0);
        self.memory.release(lease, noted).await
    }

    async fn held(&self, now: Timestamp) -> Result<usize, StateError> {
        self.memory.held(now).await
    }
}

impl Quarantine for Weighed<'_> {
    async fn quarantine(&self, entity: &str, records: &[(Key, Quarantined)]) -> Result<(), StateError> {
        self.writes("quarantine.put", records.len() as u64, 500);
        self.memory.quarantine(entity, records).await
    }

    async fn quarantined(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Quarantined>, StateError> {
        self.memory.quarantined(entity, keys).await
    }

    async fn clear(&self, entity: &str, keys: &[Key]) -> Result<(), StateError> {
        self.writes("quarantine.clear", keys.len() as u64, 0);
        self.memory.clear(entity, keys).await
    }

    async fn in_quarantine(&self, entity: &str, limit: usize) -> Result<Vec<(Key, Quarantined)>, StateError> {
        self.memory.in_quarantine(entity, limit).await
    }
}

impl Documents for Weighed<'_> {
    async fn get(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        self.memory.get(kind, id).await
    }

    async fn put(
        &self,
        kind: &str,
        id: &str,
        body: &Value,
        expected: Expected,
        expires: Option<Timestamp>,
    ) -> Result<u64, StateError> {
        self.writes("document.put", 1, body.to_string().len());
        self.memory.put(kind, id, body, expected, expires).await
    }

    async fn list(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        self.memory.list(kind, prefix, limit).await
    }

    async fn delete(&self, kind: &str, id: &str, expected: Expected) -> Result<(), StateError> {
        self.writes("document.delete", 1, 0);
        self.memory.delete(kind, id, expected).await
    }
}

/// Ten thousand articles in pages of a hundred, read once.
async fn house(is_shared: bool) -> House {
    let mut house = House::with_windows(10_000);
    house.source.per_page = 100;
    house.is_shared = is_shared;
    house.run().await.expect("nothing fails");
    house.pause(100).await;
    house
}

#[tokio::test(start_paused = true)]
async fn a_thousand_unchanged_rows_cost_ten_write_units_at_most() {
    for is_shared in [false, true] {
        for takes in [Duration::from_millis(300), Duration::from_secs(2)] {
            let mut house = house(is_shared).await;
            house.ask.wanted = engine::Wanted::Full;
            house.source.takes(takes);
            let weighed = Weighed::new(&house.memory);

            let report = house.run_as("um", Budget::unlimited(), &weighed).await.expect("nothing fails");

            assert_eq!((report.counters.read, report.incomplete), (10_000, None));
            let (units, calls) = (weighed.units(), weighed.calls());
            println!("{units} units for 10,000 rows, shared: {is_shared}, {takes:?}: {calls:?}");
            assert!(units <= 100, "{units} units: {calls:?}");
            // All but what ends the run: watermark, cursor, record and lease are written after it was counted.
            let told = house.record().await.write_units;
            assert!(told < units && told + 8 >= units, "{told} of {units} units are in the run record");
            assert_eq!(calls.get("ledger.record"), None);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_crawls_costs_three_units_for_each_minute_besides() {
    for is_shared in [false, true] {
        for takes in [Duration::from_secs(15), Duration::from_mins(1)] {
            let mut house = house(is_shared).await;
            house.ask.wanted = engine::Wanted::Full;
            house.source.takes(takes);
            let weighed = Weighed::new(&house.memory);
            let began = house.clock.now();

            let report = house.run_as("um", Budget::unlimited(), &weighed).await.expect("nothing fails");

            assert_eq!((report.counters.read, report.incomplete), (10_000, None));
            let (units, calls) = (weighed.units(), weighed.calls());
            let minutes = clock::until(began, house.clock.now()).as_secs().div_ceil(60);
            let lease = calls["lease.renew"];
            println!(
                "{units} units, {lease} for the lease, in {minutes} min, shared: {is_shared}: {calls:?}"
            );
            assert!(lease <= 2 * minutes, "{lease} renewals in {minutes} minutes");
            assert!(units <= 100 + 3 * minutes, "{units} units in {minutes} minutes: {calls:?}");
            // For every page it would be 100 saves of three documents.
            assert!(calls["document.put"] <= 50, "{calls:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_look_for_changes_is_one_question_and_four_writes() {
    let house = house(false).await;
    let asked = house.source.asked().len();
    let weighed = Weighed::new(&house.memory);

    let report = house.run_as("um", Budget::unlimited(), &weighed).await.expect("nothing fails");

    assert_eq!((report.counters.read, report.counters.stored()), (0, 0));
    assert_eq!(house.source.asked().len() - asked, 1);
    let expected = [("document.put", 2), ("lease.acquire", 1), ("lease.release", 1)];
    assert_eq!(weighed.calls(), BTreeMap::from(expected), "the watermark and the run record");
    assert!(weighed.units() <= 6, "{} units", weighed.units());
}

#[tokio::test(start_paused = true)]
async fn a_cycle_of_changes_asks_for_the_pages_of_change_and_no_more() {
    let house = house(false).await;
    (1..=250).for_each(|key| house.source.put(0, key, "novo"));
    let asked = house.source.asked().len();

    let report = house.run().await.expect("nothing fails");

    assert_eq!((report.counters.read, report.counters.updated), (250, 250));
    assert_eq!(house.source.asked().len() - asked, 3);
}
