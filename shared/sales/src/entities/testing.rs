//! What the tests of all entities share: fixtures in, rows or reasons out.

use std::fmt::Debug;

use clock::Clock;
use engine::{Entity, Entry, Key, Ledger, Mapped, Memory, Why};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde::de::DeserializeOwned;

use crate::settings::Settings;

/// The day of all tests.
pub(crate) const TODAY: Date = date(2025, 2, 2);

/// An empty store.
pub(crate) fn memory() -> Memory {
    Memory::new(Clock::paused(Timestamp::UNIX_EPOCH))
}

/// A record of Omie from its JSON text, read as the client reads it.
pub(crate) fn record<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("a fixture is a record")
}

/// The row of a record that must be mapped.
pub(crate) fn row<Row: Debug>(mapped: Mapped<Row>) -> Row {
    match mapped {
        Mapped::Row(row) => row,
        other => panic!("expected a row, got {other:?}"),
    }
}

/// The reasons of a record that must be kept out.
pub(crate) fn reasons<Row: Debug>(mapped: Mapped<Row>) -> Vec<Why> {
    match mapped {
        Mapped::Reject(why) => why,
        other => panic!("expected a rejection, got {other:?}"),
    }
}

/// Which fields keep a record out.
pub(crate) fn rejected_fields<Row: Debug>(mapped: Mapped<Row>) -> Vec<String> {
    reasons(mapped).into_iter().map(|why| why.field).collect()
}

/// Settings that can be used.
pub(crate) fn settings() -> Settings {
    Settings { contas: [("01".to_owned(), 77)].into(), ..Settings::default() }
}

/// Leaves the facts of these records in the ledger, as a sync does.
pub(crate) async fn learn<E: Entity>(state: &Memory, records: &[E::Record]) {
    let entries: Vec<(Key, Entry)> = records
        .iter()
        .map(|record| (E::key(record), Entry { facts: E::facts(record), ..Entry::default() }))
        .collect();
    state.record(E::NAME, &entries).await.expect("the memory store does not fail");
}
