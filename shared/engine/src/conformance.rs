//! What every [`State`] promises. Called by the memory twin's tests and by `store/tests`; each function is one
//! promise and works in names of its own, so that the suite can run twice against one store.

use std::collections::HashMap;
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use serde_json::json;

use crate::ports::{
    Asked, Documents, Entry, Expected, Lease, LeaseError, Leases, Ledger, Noted, Quarantine, Quarantined,
    State, StateError,
};
use crate::{Fingerprint, Key, Why};

/// More than one page of everything: a batch of DynamoDB takes 25 writes or 100 readings.
const MANY: i64 = 257;

const TTL: Duration = Duration::from_mins(2);

const NOTHING: Noted = Noted { asked: None, blocked_until: None };

/// Holds the state to all promises. Panics at the first one that is broken.
pub async fn suite(state: &impl State, clock: &Clock) {
    Box::pin(ledger(state, clock)).await;
    Box::pin(leases(state, clock)).await;
    Box::pin(quarantine(state, clock)).await;
    Box::pin(documents(state, clock)).await;
}

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
}

async fn a_recorded_entry_is_known_as_it_was(ledger: &impl Ledger, entity: &str) {
    let written = Entry {
        fingerprint: Some(Fingerprint::of(&json!({"a": 1}))),
        guaranteed: true,
        facts: Some(json!({"tag": "ATACADO", "uf": ["SP"], "n": 7, "nada": null})),
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

/// The promises of [`Leases`].
pub async fn leases(state: &impl Leases, clock: &Clock) {
    let fresh = Fresh::new(clock);
    let now = in_millis(clock.now());
    a_held_lane_says_who_holds_it(state, &fresh.name("held"), now).await;
    a_crashed_holder_keeps_the_lane_until_its_time_is_over(state, &fresh.name("crash"), now).await;
    renewing_keeps_the_lane(state, &fresh.name("renew"), now).await;
    a_stale_holder_can_neither_renew_nor_release(state, &fresh.name("stale"), now).await;
    a_released_lane_is_free_and_its_fence_rises(state, &fresh.name("release"), now).await;
    what_was_asked_last_outlives_its_holder(state, &fresh.name("asked"), now).await;
    a_block_outlives_its_holder(state, &fresh.name("blocked"), now).await;
    of_many_at_once_one_gets_the_lane(state, &fresh.name("race"), now).await;
}

async fn of_many_at_once_one_gets_the_lane(leases: &impl Leases, lane: &str, now: Timestamp) {
    let try_it = |holder| leases.acquire(lane, holder, now, TTL);

    let (a, b, c, d) = tokio::join!(try_it("a"), try_it("b"), try_it("c"), try_it("d"));

    let won: Vec<Lease> = [a, b, c, d].into_iter().filter_map(Result::ok).collect();
    assert_eq!(won.len(), 1, "{won:?}");
}

async fn a_held_lane_says_who_holds_it(leases: &impl Leases, lane: &str, now: Timestamp) {
    acquire(leases, lane, "first", now).await;

    let second = leases.acquire(lane, "second", clock::later(now, Duration::from_secs(5)), TTL).await;

    let Err(LeaseError::Held { holder, until }) = second else { panic!("not held: {second:?}") };
    assert_eq!((holder.as_str(), until), ("first", clock::later(now, TTL)));
}

async fn a_crashed_holder_keeps_the_lane_until_its_time_is_over(
    leases: &impl Leases,
    lane: &str,
    now: Timestamp,
) {
    let first = acquire(leases, lane, "first", now).await;
    let just_before = clock::later(now, Duration::from_millis(119_999));
    let same_name = leases.acquire(lane, "first", just_before, TTL).await;
    assert!(matches!(same_name, Err(LeaseError::Held { .. })), "not even for one of the same name");

    let second = acquire(leases, lane, "second", clock::later(now, TTL)).await;

    assert!(second.fence > first.fence);
}

async fn renewing_keeps_the_lane(leases: &impl Leases, lane: &str, now: Timestamp) {
    let first = acquire(leases, lane, "first", now).await;
    let later = clock::later(now, Duration::from_secs(100));
    leases.renew(&first, later, TTL, NOTHING).await.expect("still ours");

    let second = leases.acquire(lane, "second", clock::later(now, TTL), TTL).await;

    let Err(LeaseError::Held { until, .. }) = second else { panic!("not held: {second:?}") };
    assert_eq!(until, clock::later(later, TTL));
}

async fn a_stale_holder_can_neither_renew_nor_release(leases: &impl Leases, lane: &str, now: Timestamp) {
    let stale = acquire(leases, lane, "first", now).await;
    let later = clock::later(now, TTL);
    let current = acquire(leases, lane, "second", later).await;
    let wrong = noted(Asked { at: now, page: 99 }, Some(later));

    assert!(matches!(leases.renew(&stale, later, TTL, wrong).await, Err(LeaseError::Lost)));
    assert!(matches!(leases.release(&stale, wrong).await, Err(LeaseError::Lost)));

    let third = leases.acquire(lane, "third", later, TTL).await;
    assert!(matches!(third, Err(LeaseError::Held { .. })), "the lane is still the second one's");
    leases.release(&current, NOTHING).await.expect("ours");
    assert!(
        matches!(leases.renew(&stale, later, TTL, NOTHING).await, Err(LeaseError::Lost)),
        "nor afterwards"
    );
    assert_eq!(acquire(leases, lane, "third", later).await.noted, NOTHING, "and it has left no trace");
}

async fn a_released_lane_is_free_and_its_fence_rises(leases: &impl Leases, lane: &str, now: Timestamp) {
    let first = acquire(leases, lane, "first", now).await;
    leases.release(&first, NOTHING).await.expect("ours");

    let second = acquire(leases, lane, "second", now).await;

    assert!(second.fence > first.fence);
    assert_eq!((second.lane.as_str(), second.holder.as_str()), (lane, "second"));
}

async fn what_was_asked_last_outlives_its_holder(leases: &impl Leases, lane: &str, now: Timestamp) {
    let asked = |page| noted(Asked { at: now, page }, None);
    let first = acquire(leases, lane, "first", now).await;
    assert_eq!(first.noted, NOTHING, "nothing was asked yet");
    leases.renew(&first, now, TTL, asked(3)).await.expect("ours");
    leases.renew(&first, now, TTL, NOTHING).await.expect("ours");

    let second = acquire(leases, lane, "second", clock::later(now, TTL)).await;
    assert_eq!(second.noted, asked(3), "after a crash");

    leases.release(&second, asked(4)).await.expect("ours");
    let third = acquire(leases, lane, "third", now).await;
    assert_eq!(third.noted, asked(4), "after a release");
    leases.release(&third, NOTHING).await.expect("ours");
    let fourth = acquire(leases, lane, "fourth", now).await;
    assert_eq!(fourth.noted, asked(4), "a release may have nothing to add");
}

async fn a_block_outlives_its_holder(leases: &impl Leases, lane: &str, now: Timestamp) {
    let asked = Asked { at: now, page: 3 };
    let until = |minutes| Some(clock::later(now, Duration::from_mins(minutes)));
    let blocked = |blocked_until| Noted { asked: None, blocked_until };
    let first = acquire(leases, lane, "first", now).await;
    leases.renew(&first, now, TTL, noted(asked, None)).await.expect("ours");
    leases.renew(&first, now, TTL, blocked(until(30))).await.expect("ours");

    let second = acquire(leases, lane, "second", clock::later(now, TTL)).await;
    assert_eq!(second.noted, noted(asked, until(30)), "after a crash, beside what was asked");

    leases.release(&second, blocked(until(40))).await.expect("ours");
    let third = acquire(leases, lane, "third", now).await;
    assert_eq!(third.noted, noted(asked, until(40)), "after a release");
    leases.release(&third, NOTHING).await.expect("ours");
    let fourth = acquire(leases, lane, "fourth", now).await;
    assert_eq!(fourth.noted, noted(asked, until(40)), "a release may have nothing to add");
}

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

/// The promises of [`Documents`].
pub async fn documents(state: &impl Documents, clock: &Clock) {
    let fresh = Fresh::new(clock);
    let now = clock.now();
    a_document_is_read_as_it_was_written(state, &fresh.name("body")).await;
    a_write_at_an_old_version_is_a_conflict(state, &fresh.name("version")).await;
    a_listing_is_in_order_within_its_prefix(state, &fresh.name("list")).await;
    an_expired_document_is_absent(state, &fresh.name("expired"), now).await;
    a_deleted_document_is_absent(state, &fresh.name("deleted")).await;
    a_removal_at_an_old_version_is_a_conflict(state, &fresh.name("removal"), now).await;
    of_many_writers_at_once_one_is_first(state, &fresh.name("race")).await;
}

async fn of_many_writers_at_once_one_is_first(state: &impl Documents, kind: &str) {
    let body = json!(1);
    let open = || put(state, kind, "one", &body, Expected::Absent);

    let (a, b, c, d) = tokio::join!(open(), open(), open(), open());

    let won = [a, b, c, d].into_iter().flatten().count();
    assert_eq!(won, 1);
}

async fn a_document_is_read_as_it_was_written(state: &impl Documents, kind: &str) {
    let body = json!({"b": [1, -2, 9_007_199_254_740_993_i64], "a": {"vazio": "", "nada": null}, "s": "São"});
    let version = put(state, kind, "one", &body, Expected::Absent).await.expect("writable");

    let read = state.get(kind, "one").await.expect("readable").expect("present");

    assert_eq!((read.version, read.body), (version, body));
    assert_eq!(state.get(kind, "two").await.expect("readable"), None);
}

async fn a_write_at_an_old_version_is_a_conflict(state: &impl Documents, kind: &str) {
    let first = put(state, kind, "one", &json!(1), Expected::Absent).await.expect("absent");
    let second = put(state, kind, "one", &json!(2), Expected::Version(first)).await.expect("at that version");
    assert!(second > first);

    for (expected, id) in [
        (Expected::Absent, "one"),
        (Expected::Version(first), "one"),
        (Expected::Version(second + 1), "one"),
        (Expected::Version(1), "never written"),
    ] {
        let refused = put(state, kind, id, &json!(3), expected).await;
        assert!(matches!(refused, Err(StateError::Conflict { .. })), "{expected:?} {id}: {refused:?}");
    }
    let read = state.get(kind, "one").await.expect("readable").expect("present");
    assert_eq!((read.version, read.body), (second, json!(2)), "a conflict changes nothing");

    let third = put(state, kind, "one", &json!(4), Expected::Any).await.expect("whatever is there");
    assert!(third > second);
}

async fn a_listing_is_in_order_within_its_prefix(state: &impl Documents, kind: &str) {
    let large = "x".repeat(9_000);
    for n in (0..130).rev() {
        let body = json!({"n": n, "large": large});
        put(state, kind, &format!("load/{n:03}"), &body, Expected::Any).await.expect("writable");
    }
    put(state, kind, "loaf", &json!(1), Expected::Any).await.expect("writable");
    put(state, &format!("{kind}x"), "load/1", &json!(1), Expected::Any).await.expect("writable");

    let ids = async |prefix, limit| -> Vec<String> {
        let found = state.list(kind, prefix, limit).await.expect("readable");
        found.into_iter().map(|(id, _)| id).collect()
    };

    let loads: Vec<String> = (0..130).map(|n| format!("load/{n:03}")).collect();
    assert_eq!(ids("load/", usize::MAX).await, loads);
    assert_eq!(ids("load/", 3).await, loads[..3]);
    assert_eq!(ids("load/01", usize::MAX).await, loads[10..20]);
    assert_eq!(ids("", usize::MAX).await.len(), 131, "all of this kind and of no other");
    assert!(ids("z", usize::MAX).await.is_empty());
    assert!(ids("", 0).await.is_empty());
}

async fn an_expired_document_is_absent(state: &impl Documents, kind: &str, now: Timestamp) {
    // Whole seconds: that is what DynamoDB's time to live counts in.
    let past = Some(Timestamp::from_second(now.as_second() - 1).expect("a valid second"));
    let future = Some(clock::later(now, Duration::from_hours(24)));
    let body = json!(1);
    state.put(kind, "past", &body, Expected::Any, past).await.expect("writable");
    state.put(kind, "future", &body, Expected::Any, future).await.expect("writable");

    assert_eq!(state.get(kind, "past").await.expect("readable"), None);
    assert!(state.get(kind, "future").await.expect("readable").is_some());
    let listed = state.list(kind, "", 1).await.expect("readable");
    assert_eq!(listed.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["future"]);
    let at_its_version = put(state, kind, "past", &body, Expected::Version(1)).await;
    assert!(matches!(at_its_version, Err(StateError::Conflict { .. })), "it has no version any more");

    put(state, kind, "past", &body, Expected::Absent).await.expect("it is absent");
    assert!(state.get(kind, "past").await.expect("readable").is_some(), "and now it is kept");
    put(state, kind, "future", &body, Expected::Any).await.expect("writable");
}

async fn a_deleted_document_is_absent(state: &impl Documents, kind: &str) {
    put(state, kind, "one", &json!(1), Expected::Absent).await.expect("writable");

    state.delete(kind, "one", Expected::Any).await.expect("writable");
    state.delete(kind, "one", Expected::Any).await.expect("a second time is no error");

    assert_eq!(state.get(kind, "one").await.expect("readable"), None);
    put(state, kind, "one", &json!(1), Expected::Absent).await.expect("absent again");
}

async fn a_removal_at_an_old_version_is_a_conflict(state: &impl Documents, kind: &str, now: Timestamp) {
    let body = json!(1);
    let first = put(state, kind, "one", &body, Expected::Absent).await.expect("absent");
    let second = put(state, kind, "one", &body, Expected::Version(first)).await.expect("at its version");
    let past = Some(Timestamp::from_second(now.as_second() - 1).expect("a valid second"));
    let expired = state.put(kind, "past", &body, Expected::Any, past).await.expect("writable");

    for (expected, id) in [
        (Expected::Version(first), "one"),
        (Expected::Absent, "one"),
        (Expected::Version(1), "never written"),
        (Expected::Version(expired), "past"),
    ] {
        let refused = state.delete(kind, id, expected).await;
        assert!(matches!(refused, Err(StateError::Conflict { .. })), "{expected:?} {id}: {refused:?}");
    }
    assert!(state.get(kind, "one").await.expect("readable").is_some(), "a conflict removes nothing");

    state.delete(kind, "one", Expected::Version(second)).await.expect("at its version");
    assert_eq!(state.get(kind, "one").await.expect("readable"), None);
    state.delete(kind, "one", Expected::Absent).await.expect("it is absent");
}

/// Names nobody has used before in this store.
struct Fresh(Timestamp);

impl Fresh {
    fn new(clock: &Clock) -> Self {
        Self(clock.now())
    }

    fn name(&self, text: &str) -> String {
        format!("conformance-{}-{text}", self.0.as_nanosecond())
    }
}

fn in_millis(instant: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(instant.as_millisecond()).expect("a moment near ours")
}

fn entry(n: i64) -> Entry {
    Entry { fingerprint: Some(Fingerprint::of(&json!({ "n": n }))), guaranteed: false, facts: None }
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

async fn acquire(leases: &impl Leases, lane: &str, holder: &str, now: Timestamp) -> Lease {
    leases.acquire(lane, holder, now, TTL).await.expect("the lane is free")
}

fn noted(asked: Asked, blocked_until: Option<Timestamp>) -> Noted {
    Noted { asked: Some(asked), blocked_until }
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

async fn put(
    state: &impl Documents,
    kind: &str,
    id: &str,
    body: &serde_json::Value,
    expected: Expected,
) -> Result<u64, StateError> {
    state.put(kind, id, body, expected, None).await
}
