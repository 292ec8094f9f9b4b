//! A handle whose writings are forgotten.

use std::collections::HashMap;
use std::time::Duration;

use clock::{Clock, Scale, later};
use engine::{
    Documents, Entry, Expected, Fingerprint, Key, LeaseError, Leases, Ledger, Quarantine, Quarantined,
    Shadow, StateError, Why,
};
use jiff::Timestamp;
use serde_json::json;
use store::Store;

use crate::server::Server;

const HOUR: Duration = Duration::from_hours(1);
const ENTITY: &str = "produtos";

fn entry(n: i64) -> Entry {
    Entry { fingerprint: Some(Fingerprint::of(&n)), facts: Some(json!(n)), ..Entry::default() }
}

fn kept_out(now: Timestamp) -> Quarantined {
    let why = vec![Why::refused("não cadastrado")];
    Quarantined { why, fingerprint: None, refused: true, since: now, last: now, attempts: 1 }
}

/// The store when `since_now` will have passed.
async fn after(server: &Server, since_now: Duration) -> Store {
    let then = later(Clock::system().now(), since_now);
    server.store_at(Clock::scaled(Scale::starting_now(then, 1.0))).await
}

/// Writes the entries 1 to 9, a record of quarantine and a document.
async fn write(store: &Store, expires: Option<Timestamp>) {
    let entries: Vec<_> = (1..=9).map(|n| (Key::from(n), entry(n))).collect();
    store.record(ENTITY, &entries).await.expect("writable");
    let record = (Key::from(1), kept_out(Timestamp::UNIX_EPOCH));
    store.quarantine(ENTITY, &[record]).await.expect("writable");
    store.put("load", "1", &json!(1), Expected::Any, expires).await.expect("writable");
}

/// How many entries, records of quarantine and documents there are, by every way to ask.
async fn found(store: &Store) -> HashMap<&'static str, usize> {
    let keys: Vec<Key> = (1..=9).map(Key::from).collect();
    HashMap::from([
        ("known", store.known(ENTITY, &keys).await.expect("readable").len()),
        ("all_facts", store.all_facts(ENTITY).await.expect("readable").len()),
        ("scan", store.scan(ENTITY, None, usize::MAX).await.expect("readable").len()),
        ("scan after", store.scan(ENTITY, Some(&Key::from(5)), 2).await.expect("readable").len()),
        ("quarantined", store.quarantined(ENTITY, &keys).await.expect("readable").len()),
        ("in_quarantine", store.in_quarantine(ENTITY, 9).await.expect("readable").len()),
        ("get", usize::from(store.get("load", "1").await.expect("readable").is_some())),
        ("list", store.list("load", "", 9).await.expect("readable").len()),
    ])
}

fn everything() -> HashMap<&'static str, usize> {
    let one = ["quarantined", "in_quarantine", "get", "list"].map(|way| (way, 1));
    let nine = ["known", "all_facts", "scan"].map(|way| (way, 9));
    one.into_iter().chain(nine).chain([("scan after", 2)]).collect()
}

#[tokio::test]
async fn what_an_expiring_handle_wrote_is_there_until_then_and_absent_afterwards() {
    let server = Server::start().await;
    let store = server.store().await;

    write(&store.expiring(later(Clock::system().now(), HOUR)), None).await;

    assert_eq!(found(&store).await, everything());
    let later = found(&after(&server, 2 * HOUR).await).await;
    assert!(later.values().all(|count| *count == 0), "{later:?}");
}

#[tokio::test]
async fn what_the_store_itself_wrote_is_kept() {
    let server = Server::start().await;

    write(&server.store().await, None).await;

    assert_eq!(found(&after(&server, 10_000 * HOUR).await).await, everything());
}

#[tokio::test]
async fn a_document_that_was_to_expire_earlier_still_does_and_none_expires_later() {
    let server = Server::start().await;
    let now = Clock::system().now();
    let store = server.store().await.expiring(later(now, 2 * HOUR));

    for (id, hours) in [("earlier", 1), ("later", 3)] {
        let expires = Some(later(now, hours * HOUR));
        store.put("load", id, &json!(1), Expected::Any, expires).await.expect("writable");
    }

    let ids = async |since_now| -> Vec<String> {
        let listed = after(&server, since_now).await.list("load", "", 9).await.expect("readable");
        listed.into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(ids(HOUR / 2).await, ["earlier", "later"]);
    assert_eq!(ids(3 * HOUR / 2).await, ["later"]);
    assert!(ids(5 * HOUR / 2).await.is_empty());
}

#[tokio::test]
async fn of_two_ends_the_earlier_holds() {
    let server = Server::start().await;
    let now = Clock::system().now();

    let store = server.store().await.expiring(later(now, HOUR)).expiring(later(now, 3 * HOUR));
    write(&store, None).await;

    let later = found(&after(&server, 2 * HOUR).await).await;
    assert!(later.values().all(|count| *count == 0), "{later:?}");
}

#[tokio::test]
async fn what_is_written_anew_by_the_store_itself_is_kept() {
    let server = Server::start().await;
    let store = server.store().await;
    write(&store.expiring(later(Clock::system().now(), HOUR)), None).await;

    write(&store, None).await;

    assert_eq!(found(&after(&server, 2 * HOUR).await).await, everything());
}

#[tokio::test]
async fn a_scan_passes_what_has_expired_and_is_as_long_as_asked() {
    let server = Server::start().await;
    let store = server.store().await;
    let past = store.expiring(later(Timestamp::UNIX_EPOCH, HOUR));
    for n in 100..300 {
        let handle = if n % 10 == 0 { &store } else { &past };
        handle.record(ENTITY, &[(Key::from(n), entry(n))]).await.expect("writable");
    }

    let keys = async |after: Option<i64>, limit| -> Vec<Key> {
        let after = after.map(Key::from);
        let found = store.scan(ENTITY, after.as_ref(), limit).await.expect("readable");
        found.into_iter().map(|(key, _)| key).collect()
    };

    let tens: Vec<Key> = (100..300).step_by(10).map(Key::from).collect();
    assert_eq!(keys(None, usize::MAX).await, tens);
    assert_eq!(keys(Some(115), 7).await, tens[2..9]);
}

#[tokio::test]
async fn leases_are_as_ever() {
    let server = Server::start().await;
    let store = server.store().await;
    let now = Clock::system().now();

    let expiring = store.expiring(Timestamp::UNIX_EPOCH);
    expiring.acquire("c/ListarProdutos", "dry", now, HOUR).await.expect("free");

    let real = store.acquire("c/ListarProdutos", "real", now, HOUR).await;
    assert!(matches!(real, Err(LeaseError::Held { .. })), "{real:?}");
}

#[tokio::test]
async fn a_shadow_in_the_same_table_keeps_every_promise_of_the_state() {
    let server = Server::start().await;
    let store = server.store().await;
    let layer = store.expiring(later(Clock::system().now(), HOUR));

    engine::conformance::suite(&Shadow::new(&store, &layer, "ensaio"), &Clock::system()).await;
}

#[tokio::test]
async fn an_expired_shadow_is_nothing() -> Result<(), StateError> {
    let server = Server::start().await;
    let store = server.store().await;
    store.record(ENTITY, &[(Key::from(1), entry(1))]).await?;
    let layer = store.expiring(later(Clock::system().now(), HOUR));
    let entries = [(Key::from(1), entry(2)), (Key::from(2), entry(2))];
    Shadow::new(&store, &layer, "ensaio").record(ENTITY, &entries).await?;
    assert_eq!(Shadow::new(&store, &layer, "ensaio").changes(ENTITY, None, 9).await?.len(), 2);

    let store = after(&server, 2 * HOUR).await;
    let shadow = Shadow::new(&store, &store, "ensaio");

    assert!(shadow.changes(ENTITY, None, 9).await?.is_empty());
    assert_eq!(shadow.scan(ENTITY, None, 9).await?, [(Key::from(1), entry(1))]);
    Ok(())
}
