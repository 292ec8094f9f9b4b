//! What the tests of all entities share: fixtures in, rows or reasons out.

use std::fmt::Debug;

use clock::Clock;
use engine::{Entity, Entry, Fingerprint, Key, Ledger, Mapped, Memory, Retirement, Scope, Why, Window};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde::de::DeserializeOwned;
use serde_json::Value;

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

/// Why a record is no longer for the target.
pub(crate) fn gone<Row: Debug>(mapped: Mapped<Row>) -> &'static str {
    match mapped {
        Mapped::Gone(why) => why,
        other => panic!("expected a record that is gone, got {other:?}"),
    }
}

/// What marks a row as no longer used.
pub(crate) fn changed(retirement: Retirement) -> Value {
    match retirement {
        Retirement::Change(members) => Value::Object(members),
        other => panic!("expected a change, got {other:?}"),
    }
}

/// The changes between a Saturday night and a Sunday morning in São Paulo.
pub(crate) fn a_morning() -> Scope {
    let at = |text: &str| text.parse().expect("a timestamp");
    Scope::Changed(Window { from: at("2025-02-02T02:55:00Z"), to: at("2025-02-02T12:30:15Z") })
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

/// Leaves these records in the ledger as the target has accepted them, with their facts.
pub(crate) async fn accept<E: Entity>(state: &Memory, records: &[E::Record]) {
    let fingerprint = Some(Fingerprint::of(&"accepted"));
    let entry =
        |record| Entry { fingerprint: fingerprint.clone(), facts: E::facts(record), ..Entry::default() };
    let entries: Vec<(Key, Entry)> = records.iter().map(|record| (E::key(record), entry(record))).collect();
    state.record(E::NAME, &entries).await.expect("the memory store does not fail");
}

/// Notes that the target has let go of the row with this key.
pub(crate) async fn let_go<E: Entity>(state: &Memory, key: &str) {
    let fingerprint = Some(Fingerprint::of(&"retired"));
    let entry = Entry { fingerprint, removed: Some(Timestamp::UNIX_EPOCH), ..Entry::default() };
    state.record(E::NAME, &[(key.into(), entry)]).await.expect("the memory store does not fail");
}
