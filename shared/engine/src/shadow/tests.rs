use clock::Clock;
use serde_json::json;

use super::*;
use crate::ports::Absent;
use crate::{Fingerprint, Memory, Why};

const ENTITY: &str = "produtos";

/// A base and a layer.
struct World {
    clock: Clock,
    base: Memory,
    layer: Memory,
}

impl World {
    fn new() -> Self {
        let clock = Clock::paused(Timestamp::from_second(1_790_000_000).expect("a valid second"));
        Self { base: Memory::new(clock.clone()), layer: Memory::new(clock.clone()), clock }
    }

    fn shadow(&self) -> Shadow<'_, Memory, Memory> {
        Shadow::new(&self.base, &self.layer, "ensaio")
    }
}

/// An accepted row whose content is `n`.
fn entry(n: i64) -> Entry {
    Entry { fingerprint: Some(Fingerprint::of(&n)), ..Entry::default() }
}

fn with_facts(n: i64) -> Entry {
    Entry { facts: Some(json!(n)), ..entry(n) }
}

fn removed(entry: Entry) -> Entry {
    Entry { removed: Some(Timestamp::UNIX_EPOCH), facts: None, ..entry }
}

async fn record<const N: usize>(ledger: &impl Ledger, entries: [(&str, Entry); N]) {
    let entries = entries.map(|(key, entry)| (Key::from(key), entry));
    ledger.record(ENTITY, &entries).await.expect("writable");
}

async fn put(documents: &impl Documents, kind: &str, id: &str, n: i64) -> u64 {
    documents.put(kind, id, &json!(n), Expected::Any, None).await.expect("writable")
}

/// The body of a document that is there.
async fn body(documents: &impl Documents, kind: &str, id: &str) -> Option<Value> {
    documents.get(kind, id).await.expect("readable").map(|document| document.body)
}

#[tokio::test(start_paused = true)]
async fn a_shadow_keeps_every_promise_of_the_state() {
    let world = World::new();

    crate::conformance::suite(&world.shadow(), &world.clock).await;
}

#[tokio::test(start_paused = true)]
async fn a_shadow_over_its_own_base_keeps_every_promise_of_the_state() {
    let world = World::new();

    crate::conformance::suite(&Shadow::new(&world.base, &world.base, "ensaio"), &world.clock).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_recorded_hides_the_base_and_leaves_it_as_it_is() {
    let (world, keys) = (World::new(), ["1", "2", "3"].map(Key::from));
    record(&world.base, [("1", entry(1)), ("2", entry(2))]).await;

    record(&world.shadow(), [("2", entry(20)), ("3", entry(30))]).await;

    let seen = world.shadow().known(ENTITY, &keys).await.expect("readable");
    assert_eq!(seen, keys.clone().into_iter().zip([entry(1), entry(20), entry(30)]).collect());
    let below = world.base.known(ENTITY, &keys).await.expect("readable");
    assert_eq!(below, keys.into_iter().zip([entry(1), entry(2)]).collect());
}

#[tokio::test(start_paused = true)]
async fn shadows_of_two_names_do_not_see_each_other() {
    let world = World::new();
    record(&world.shadow(), [("1", entry(1))]).await;

    let other = Shadow::new(&world.base, &world.layer, "outro");

    assert!(!other.is_known(ENTITY, &Key::from("1")).await.expect("readable"));
    let again = Shadow::new(&world.base, &world.layer, "ensaio");
    assert!(again.is_known(ENTITY, &Key::from("1")).await.expect("readable"));
}

#[tokio::test(start_paused = true)]
async fn facts_of_both_come_in_key_order_and_an_entry_without_facts_hides_them() {
    let world = World::new();
    record(&world.base, [("1", with_facts(1)), ("2", with_facts(2)), ("4", with_facts(4))]).await;
    record(&world.shadow(), [("2", entry(2)), ("3", with_facts(3)), ("4", with_facts(40))]).await;

    let facts = world.shadow().all_facts(ENTITY).await.expect("readable");

    let wanted = [("1", json!(1)), ("3", json!(3)), ("4", json!(40))];
    assert_eq!(facts, wanted.map(|(key, facts)| (Key::from(key), facts)));
}

#[tokio::test(start_paused = true)]
async fn a_scan_of_both_gives_what_one_ledger_would() {
    let (world, one) = (World::new(), World::new());
    for n in 0..60 {
        let key = format!("{n:02}");
        // Each in turn: in the base alone, in the layer alone, in both.
        if n % 3 != 1 {
            record(&world.base, [(key.as_str(), entry(n))]).await;
        }
        if n % 3 != 0 || n > 45 {
            record(&world.shadow(), [(key.as_str(), entry(n + 100))]).await;
        }
        let seen = if n % 3 != 0 || n > 45 { entry(n + 100) } else { entry(n) };
        record(&one.base, [(key.as_str(), seen)]).await;
    }

    for limit in [0, 1, 7, 59, 60, 61, usize::MAX] {
        for after in [None, Some("00"), Some("17"), Some("175"), Some("58"), Some("59")] {
            let after = after.map(Key::from);
            let seen = world.shadow().scan(ENTITY, after.as_ref(), limit).await.expect("readable");
            let wanted = one.base.scan(ENTITY, after.as_ref(), limit).await.expect("readable");
            assert_eq!(seen, wanted, "{limit} after {after:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lanes_are_shared_with_the_real_runs() {
    let world = World::new();
    let (now, ttl) = (world.clock.now(), Duration::from_mins(2));
    let real = world.base.acquire("c/ListarProdutos", "real", now, ttl).await.expect("free");

    let dry = world.shadow().acquire("c/ListarProdutos", "dry", now, ttl).await;
    assert!(matches!(dry, Err(LeaseError::Held { .. })), "{dry:?}");

    world.base.release(&real, Noted::default()).await.expect("ours");
    world.shadow().acquire("c/ListarProdutos", "dry", now, ttl).await.expect("free again");
    let real = world.base.acquire("c/ListarProdutos", "real", now, ttl).await;
    assert!(matches!(real, Err(LeaseError::Held { .. })), "{real:?}");
}

#[tokio::test(start_paused = true)]
async fn a_quarantine_of_the_past_keeps_nothing_out_and_is_not_touched() {
    let world = World::new();
    let now = world.clock.now();
    let kept_out = |rule: &str| Quarantined {
        why: vec![Why::refused(rule)],
        fingerprint: None,
        refused: true,
        since: now,
        last: now,
        attempts: 1,
    };
    let key = [Key::from("1")];
    world.base.quarantine(ENTITY, &[(key[0].clone(), kept_out("past"))]).await.expect("writable");

    assert!(world.shadow().quarantined(ENTITY, &key).await.expect("readable").is_empty());
    assert!(world.shadow().in_quarantine(ENTITY, 9).await.expect("readable").is_empty());
    let rejected = [(key[0].clone(), kept_out("dry"))];
    world.shadow().quarantine(ENTITY, &rejected).await.expect("writable");
    assert_eq!(world.shadow().in_quarantine(ENTITY, 9).await.expect("readable"), rejected);

    world.shadow().clear(ENTITY, &key).await.expect("writable");
    let past = world.base.in_quarantine(ENTITY, 9).await.expect("readable");
    assert_eq!(past, [(key[0].clone(), kept_out("past"))]);
}

#[tokio::test(start_paused = true)]
async fn settings_shine_through_until_they_are_written() {
    let world = World::new();
    put(&world.base, "settings", "omie-maxima", 1).await;
    assert_eq!(body(&world.shadow(), "settings", "omie-maxima").await, Some(json!(1)));

    put(&world.shadow(), "settings", "omie-maxima", 2).await;

    assert_eq!(body(&world.shadow(), "settings", "omie-maxima").await, Some(json!(2)));
    assert_eq!(body(&world.base, "settings", "omie-maxima").await, Some(json!(1)));
    world.shadow().delete("settings", "omie-maxima", Expected::Any).await.expect("writable");
    assert_eq!(body(&world.shadow(), "settings", "omie-maxima").await, Some(json!(1)), "seen again");
}

#[tokio::test(start_paused = true)]
async fn where_a_real_run_stands_is_not_seen() {
    let world = World::new();
    for kind in OF_A_RUN {
        put(&world.base, kind, ENTITY, 1).await;
        let shadow = world.shadow();

        assert_eq!(body(&shadow, kind, ENTITY).await, None, "{kind}");
        assert!(shadow.list(kind, "", 9).await.expect("readable").is_empty(), "{kind}");
        let version = shadow.put(kind, ENTITY, &json!(2), Expected::Absent, None).await.expect("absent");
        shadow.delete(kind, ENTITY, Expected::Version(version)).await.expect("its own");
        assert_eq!(body(&world.base, kind, ENTITY).await, Some(json!(1)), "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_of_the_base_is_changed_at_the_version_that_was_seen() {
    let world = World::new();
    let first = put(&world.base, "load", "1", 1).await;
    let shadow = world.shadow();
    let write = |expected| async move { shadow.put("load", "1", &json!(2), expected, None).await };

    for expected in [Expected::Absent, Expected::Version(first + 1)] {
        let refused = world.shadow().put("load", "1", &json!(2), expected, None).await;
        assert!(matches!(refused, Err(StateError::Conflict { .. })), "{expected:?}: {refused:?}");
    }
    let second = write(Expected::Version(first)).await.expect("at the base's version");
    assert!(second > first);

    let again = world.shadow().put("load", "1", &json!(3), Expected::Version(first), None).await;
    assert!(matches!(again, Err(StateError::Conflict { .. })), "the base's version is the past");
    let third = world.shadow().put("load", "1", &json!(3), Expected::Version(second), None).await;
    assert!(third.expect("at the layer's version") > second);
}

#[tokio::test(start_paused = true)]
async fn a_listing_is_of_both_in_order_and_the_layer_wins() {
    let world = World::new();
    for (id, n) in [("a/1", 1), ("a/3", 3), ("b/1", 0)] {
        put(&world.base, "load", id, n).await;
    }
    for (id, n) in [("a/2", 2), ("a/3", 30)] {
        put(&world.shadow(), "load", id, n).await;
    }

    let listed = async |limit| {
        let found = world.shadow().list("load", "a/", limit).await.expect("readable");
        found.into_iter().map(|(id, document)| (id, document.body)).collect::<Vec<_>>()
    };

    let all = [("a/1", json!(1)), ("a/2", json!(2)), ("a/3", json!(30))].map(|(id, n)| (id.to_owned(), n));
    assert_eq!(listed(usize::MAX).await, all);
    assert_eq!(listed(2).await, all[..2]);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_tells_what_it_would_have_done() {
    let world = World::new();
    let absent = Some(Absent { sweep: "s".to_owned(), sure: true });
    let unknown = Entry { facts: Some(json!(1)), ..Entry::default() };
    let base = [
        ("changed", entry(1)),
        ("deleted", entry(1)),
        ("facts only", with_facts(1)),
        ("gone", entry(1)),
        ("never accepted", unknown.clone()),
        ("returned", removed(entry(1))),
        ("returned after its deletion", removed(Entry::default())),
        ("still gone", removed(entry(1))),
        ("untouched", entry(1)),
    ];
    record(&world.base, base).await;
    let layer = [
        ("changed", entry(2)),
        ("deleted", removed(Entry::default())),
        ("facts only", Entry { facts: Some(json!(2)), absent, ..entry(1) }),
        ("fresh", entry(1)),
        ("gone", removed(entry(2))),
        ("never accepted", entry(1)),
        ("returned", entry(2)),
        ("returned after its deletion", entry(1)),
        ("skipped", unknown),
        ("still gone", removed(entry(1))),
    ];
    record(&world.shadow(), layer).await;

    let changes = world.shadow().changes(ENTITY, None, usize::MAX).await.expect("readable");

    let wanted = [
        ("changed", Change::Update),
        ("deleted", Change::Remove),
        ("fresh", Change::Create),
        ("gone", Change::Remove),
        ("never accepted", Change::Create),
        ("returned", Change::Update),
        ("returned after its deletion", Change::Create),
    ];
    assert_eq!(changes, wanted.map(|(key, change)| (Key::from(key), change)));
}

#[tokio::test(start_paused = true)]
async fn changes_are_told_page_by_page() {
    let world = World::new();
    let all: Vec<(Key, Entry)> = (10_000..11_200).map(|n| (Key::from(n), entry(n))).collect();
    world.shadow().record(ENTITY, &all).await.expect("writable");
    let unchanged: Vec<_> = all.iter().filter(|(key, _)| !key.as_str().ends_with('7')).cloned().collect();
    world.base.record(ENTITY, &unchanged).await.expect("writable");

    let mut told = Vec::new();
    loop {
        let after = told.last().map(|(key, _): &(Key, Change)| key.clone());
        let page = world.shadow().changes(ENTITY, after.as_ref(), 50).await.expect("readable");
        let is_last = page.len() < 50;
        told.extend(page);
        if is_last {
            break;
        }
    }

    let sevens = (10_000..11_200).filter(|n| n % 10 == 7).map(|n| (Key::from(n), Change::Create));
    assert_eq!(told, sevens.collect::<Vec<_>>());
    assert!(world.shadow().changes(ENTITY, None, 0).await.expect("readable").is_empty());
}
