//! What [`Documents`] promise.

use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use serde_json::json;

use super::Fresh;
use crate::ports::{Documents, Expected, StateError};

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

    let latest = async |prefix, limit| -> Vec<String> {
        let found = state.latest(kind, prefix, limit).await.expect("readable");
        found.into_iter().map(|(id, _)| id).collect()
    };

    assert_eq!(latest("load/", 3).await, ["load/129", "load/128", "load/127"]);
    assert_eq!(latest("load/01", usize::MAX).await, loads[10..20].iter().rev().cloned().collect::<Vec<_>>());
    assert!(latest("z", 1).await.is_empty());
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

async fn put(
    state: &impl Documents,
    kind: &str,
    id: &str,
    body: &serde_json::Value,
    expected: Expected,
) -> Result<u64, StateError> {
    state.put(kind, id, body, expected, None).await
}
