//! What every [`Quarantine`] promises.

use std::collections::HashMap;
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use serde_json::json;

use super::{Fresh, MANY, in_millis};
use crate::ports::{Quarantine, Quarantined};
use crate::{Fingerprint, Key, Why};

/// The promises of [`Quarantine`].
pub async fn quarantine(state: &impl Quarantine, clock: &Clock) {
    let fresh = Fresh::new(clock);
    let now = in_millis(clock.now());
    a_record_in_quarantine_is_found_as_it_was(state, &fresh.name("put"), now).await;
    a_large_quarantine_is_listed_in_order_and_cleared(state, &fresh.name("many"), now).await;
}

async fn a_record_in_quarantine_is_found_as_it_was(state: &impl Quarantine, entity: &str, now: Timestamp) {
    let mut record = kept_out(1, now);
    put_aside(state, entity, [(Key::from(1), record.clone())]).await;
    record.attempts = 2;
    record.fingerprint = None;
    put_aside(state, entity, [(Key::from(1), record.clone())]).await;

    let found = state.quarantined(entity, &[Key::from(1), Key::from(2)]).await.expect("readable");

    assert_eq!(found, HashMap::from([(Key::from(1), record)]));
}

async fn a_large_quarantine_is_listed_in_order_and_cleared(
    state: &impl Quarantine,
    entity: &str,
    now: Timestamp,
) {
    let keys: Vec<Key> = (1_000..1_000 + MANY).map(Key::from).collect();
    put_aside(state, entity, keys.iter().map(|key| (key.clone(), kept_out(1, now)))).await;

    let first: Vec<Key> = listed(state, entity, 30).await;
    let all: Vec<Key> = listed(state, entity, usize::MAX).await;
    assert_eq!(first, keys[..30]);
    assert_eq!(all, keys);

    let absent = [Key::from(1)];
    let cleared: Vec<Key> = absent.iter().chain(&keys[1..]).cloned().collect();
    state.clear(entity, &cleared).await.expect("writable");
    assert_eq!(listed(state, entity, usize::MAX).await, keys[..1]);
}

fn kept_out(attempts: u32, now: Timestamp) -> Quarantined {
    Quarantined {
        why: vec![Why::new("Codibge", "", "obrigatório"), Why::refused("não cadastrado")],
        fingerprint: Some(Fingerprint::of(&json!({"a": 1}))),
        refused: true,
        since: now,
        last: clock::later(now, Duration::from_mins(1)),
        attempts,
    }
}

async fn put_aside(
    state: &impl Quarantine,
    entity: &str,
    records: impl IntoIterator<Item = (Key, Quarantined)>,
) {
    let records: Vec<_> = records.into_iter().collect();
    state.quarantine(entity, &records).await.expect("writable");
}

async fn listed(state: &impl Quarantine, entity: &str, limit: usize) -> Vec<Key> {
    let found = state.in_quarantine(entity, limit).await.expect("readable");
    found.into_iter().map(|(key, _)| key).collect()
}
