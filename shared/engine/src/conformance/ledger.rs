//! What every [`Ledger`] promises.

use std::collections::HashMap;

use clock::Clock;
use jiff::Timestamp;
use serde_json::json;

use super::{Fresh, MANY};
use crate::ports::{Absent, Entry, Ledger};
use crate::{Fingerprint, Key};

/// The promises of [`Ledger`].
pub async fn ledger(state: &impl Ledger, clock: &Clock) {
    let fresh = Fresh::new(clock);
    a_recorded_entry_is_known_as_it_was(state, &fresh.name("round-trip")).await;
    what_was_never_recorded_is_not_known(state, &fresh.name("unknown")).await;
    batches_larger_than_the_service_allows_are_whole(state, &fresh.name("large")).await;
    recording_again_replaces_the_entry(state, &fresh.name("replace")).await;
    entities_do_not_see_each_other(state, &fresh.name("a"), &fresh.name("ab")).await;
    facts_come_in_key_order_over_all_pages(state, &fresh.name("facts")).await;
    unusual_keys_are_keys(state, &fresh.name("unusual")).await;
    only_an_accepted_row_is_known(state, &fresh.name("accepted")).await;
    an_absence_and_a_removal_come_and_go(state, &fresh.name("removed")).await;
    a_scan_goes_through_all_keys_in_order(state, &fresh.name("scan")).await;
    a_scan_is_as_long_as_its_limit_until_the_end(state, &fresh.name("limit")).await;
    a_scan_starts_after_a_key_that_need_not_exist(state, &fresh.name("after")).await;
    unusual_keys_have_their_place_in_a_scan(state, &fresh.name("places")).await;
}

async fn a_recorded_entry_is_known_as_it_was(ledger: &impl Ledger, entity: &str) {
    let written = Entry {
        fingerprint: Some(Fingerprint::of(&json!({"a": 1}))),
        guaranteed: true,
        facts: Some(json!({"tag": "ATACADO", "uf": ["SP"], "n": 7, "nada": null})),
        absent: Some(Absent { sweep: "s".to_owned(), sure: true }),
        removed: Some(Timestamp::UNIX_EPOCH),
    };
    record(ledger, entity, [(Key::from(1), written.clone())]).await;

    assert_eq!(known(ledger, entity, [1]).await, HashMap::from([(Key::from(1), written)]));
}

async fn what_was_never_recorded_is_not_known(ledger: &impl Ledger, entity: &str) {
    assert!(known(ledger, entity, [1, 2]).await.is_empty());
    assert!(known(ledger, entity, []).await.is_empty(), "and asking for nothing is allowed");
}

async fn batches_larger_than_the_service_allows_are_whole(ledger: &impl Ledger, entity: &str) {
    record(ledger, entity, (0..MANY).map(|n| (Key::from(n), entry(n)))).await;

    let all = known(ledger, entity, -3..MANY).await;

    assert_eq!(all, (0..MANY).map(|n| (Key::from(n), entry(n))).collect());
}

async fn recording_again_replaces_the_entry(ledger: &impl Ledger, entity: &str) {
    let with_facts = Entry { facts: Some(json!(1)), ..entry(1) };
    record(ledger, entity, [(Key::from(1), with_facts)]).await;

    record(ledger, entity, [(Key::from(1), entry(2))]).await;

    assert_eq!(known(ledger, entity, [1]).await[&Key::from(1)], entry(2), "nothing of the old is left");
}

async fn entities_do_not_see_each_other(ledger: &impl Ledger, one: &str, longer: &str) {
    let with_facts = Entry { facts: Some(json!(true)), ..entry(1) };
    record(ledger, longer, [(Key::from(1), with_facts)]).await;

    assert!(known(ledger, one, [1]).await.is_empty());
    assert!(ledger.all_facts(one).await.expect("readable").is_empty());
    assert!(scanned(ledger, one, None, usize::MAX).await.is_empty());
}

async fn facts_come_in_key_order_over_all_pages(ledger: &impl Ledger, entity: &str) {
    // About 1.5 MB: more than one page of a DynamoDB query (1 MB).
    let large = "x".repeat(6_000);
    let with_facts = |n: i64| Entry { facts: Some(json!({"n": n, "large": large})), ..entry(n) };
    record(ledger, entity, (1_000..1_000 + MANY).map(|n| (Key::from(n), with_facts(n)))).await;
    record(ledger, entity, [(Key::from(999), entry(999))]).await;

    let facts = ledger.all_facts(entity).await.expect("readable");

    let expected: Vec<_> =
        (1_000..1_000 + MANY).map(|n| (Key::from(n), json!({"n": n, "large": large}))).collect();
    assert!(facts == expected, "{} facts instead of {}, or not in order", facts.len(), expected.len());
}

async fn unusual_keys_are_keys(ledger: &impl Ledger, entity: &str) {
    let keys = ["", "SITIO D'ABADIA (GO)", "a#b", "São João", "  ", "-1"].map(Key::from);
    record(ledger, entity, keys.iter().map(|key| (key.clone(), entry(1)))).await;

    let found = ledger.known(entity, &keys).await.expect("readable");

    assert_eq!(found.len(), keys.len());
}

async fn only_an_accepted_row_is_known(ledger: &impl Ledger, entity: &str) {
    let skipped = Entry { facts: Some(json!(1)), ..Entry::default() };
    record(ledger, entity, [(Key::from(1), skipped), (Key::from(2), entry(2))]).await;

    for (key, accepted) in [(1, false), (2, true), (3, false)] {
        assert_eq!(ledger.is_known(entity, &Key::from(key)).await.expect("readable"), accepted, "key {key}");
    }
}

async fn an_absence_and_a_removal_come_and_go(ledger: &impl Ledger, entity: &str) {
    let absent = |sure| Some(Absent { sweep: "2026-10-01T03:00:00Z-7".to_owned(), sure });
    let removed = "2026-10-01T03:00:00.123456789Z".parse::<Timestamp>().expect("a moment");
    for written in [
        Entry { absent: absent(false), facts: Some(json!(1)), ..entry(1) },
        Entry { absent: absent(true), ..entry(1) },
        Entry { removed: Some(removed), ..entry(2) },
        Entry { removed: Some(removed), ..Entry::default() },
        entry(1),
        Entry::default(),
    ] {
        record(ledger, entity, [(Key::from(1), written.clone())]).await;

        assert_eq!(known(ledger, entity, [1]).await[&Key::from(1)], written);
    }
}

async fn a_scan_goes_through_all_keys_in_order(ledger: &impl Ledger, entity: &str) {
    // About 1.5 MB: more than one page of a DynamoDB query (1 MB).
    let large = json!("x".repeat(6_000));
    let with_facts = |n: i64| Entry { facts: Some(large.clone()), ..entry(n) };
    let all: Vec<_> = (1_000..1_000 + MANY).map(|n| (Key::from(n), with_facts(n))).collect();
    record(ledger, entity, all.iter().rev().cloned()).await;

    let whole = ledger.scan(entity, None, usize::MAX).await.expect("readable");
    assert!(whole == all, "{} entries instead of {}, or not in order", whole.len(), all.len());

    let mut by_and_by: Vec<(Key, Entry)> = Vec::new();
    loop {
        let after = by_and_by.last().map(|(key, _)| key.clone());
        let page = ledger.scan(entity, after.as_ref(), 100).await.expect("readable");
        let is_last = page.len() < 100;
        by_and_by.extend(page);
        if is_last {
            break;
        }
    }
    assert!(by_and_by == all, "{} entries instead of {}, or not in order", by_and_by.len(), all.len());
}

async fn a_scan_is_as_long_as_its_limit_until_the_end(ledger: &impl Ledger, entity: &str) {
    record(ledger, entity, (1..=5).map(|n| (Key::from(n), entry(n)))).await;
    let keys = |range: std::ops::RangeInclusive<i64>| range.map(Key::from).collect::<Vec<_>>();

    assert!(scanned(ledger, entity, None, 0).await.is_empty());
    assert_eq!(scanned(ledger, entity, None, 3).await, keys(1..=3));
    assert_eq!(scanned(ledger, entity, Some("3"), 2).await, keys(4..=5), "as many as asked is not the end");
    assert_eq!(scanned(ledger, entity, Some("3"), 3).await, keys(4..=5), "fewer is");
    assert!(scanned(ledger, entity, Some("5"), 3).await.is_empty());
}

async fn a_scan_starts_after_a_key_that_need_not_exist(ledger: &impl Ledger, entity: &str) {
    record(ledger, entity, ["a/1", "a/2", "b/1"].map(|key| (Key::from(key), entry(1)))).await;

    for (after, rest) in [
        ("", &["a/1", "a/2", "b/1"][..]),
        ("a/", &["a/1", "a/2", "b/1"]),
        ("a/1", &["a/2", "b/1"]),
        ("a/10", &["a/2", "b/1"]),
        ("a0", &["b/1"]),
        ("z", &[]),
    ] {
        let rest: Vec<Key> = rest.iter().map(|&key| Key::from(key)).collect();
        assert_eq!(scanned(ledger, entity, Some(after), usize::MAX).await, rest, "after {after:?}");
    }
}

async fn unusual_keys_have_their_place_in_a_scan(ledger: &impl Ledger, entity: &str) {
    let keys = ["", "  ", "-1", "10", "9", "?p3-17", "SITIO D'ABADIA (GO)", "a#b", "São João", "Água"];
    let mut keys = keys.map(Key::from);
    record(ledger, entity, keys.iter().map(|key| (key.clone(), entry(1)))).await;
    keys.sort_by(|one, other| one.as_str().as_bytes().cmp(other.as_str().as_bytes()));

    assert_eq!(scanned(ledger, entity, None, usize::MAX).await, keys);
    for (place, key) in keys.iter().enumerate() {
        let next = scanned(ledger, entity, Some(key.as_str()), 1).await;
        assert_eq!(next, keys[place + 1..].iter().take(1).cloned().collect::<Vec<_>>(), "after {key:?}");
    }
}

async fn scanned(ledger: &impl Ledger, entity: &str, after: Option<&str>, limit: usize) -> Vec<Key> {
    let after = after.map(Key::from);
    let found = ledger.scan(entity, after.as_ref(), limit).await.expect("readable");
    found.into_iter().map(|(key, _)| key).collect()
}

fn entry(n: i64) -> Entry {
    Entry { fingerprint: Some(Fingerprint::of(&json!({ "n": n }))), ..Entry::default() }
}

async fn record(ledger: &impl Ledger, entity: &str, entries: impl IntoIterator<Item = (Key, Entry)>) {
    let entries: Vec<_> = entries.into_iter().collect();
    ledger.record(entity, &entries).await.expect("writable");
}

async fn known(
    ledger: &impl Ledger,
    entity: &str,
    keys: impl IntoIterator<Item = i64>,
) -> HashMap<Key, Entry> {
    let keys: Vec<Key> = keys.into_iter().map(Key::from).collect();
    ledger.known(entity, &keys).await.expect("readable")
}
