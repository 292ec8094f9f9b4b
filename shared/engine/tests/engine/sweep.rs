//! What a sweep makes of records.

use std::time::Duration;

use engine::{Counters, Documents, Key, Ledger, Quarantine, RunState, Why};
use serde_json::json;

use crate::world::{Item, Row, World, add_up};

const NAME: &str = <Item as engine::Entity>::NAME;

#[tokio::test(start_paused = true)]
async fn every_record_of_the_source_is_in_the_target() {
    let world = World::of(&["a", "b", "c", "d", "e", "f", "g"]);

    let report = world.run().await.expect("nothing fails");

    assert_eq!(world.target.rows(), world.model());
    assert_eq!(report.counters, Counters { read: 7, created: 7, ..Counters::default() });
    assert!(!report.more);
    assert_eq!(world.source.asked(), [1, 2, 3]);
    let record = world.record().await;
    assert_eq!((record.state, record.pages_read, record.total_pages), (RunState::Done, 3, 3));
    assert_eq!((record.expected, record.counters), (7, report.counters));
    assert_eq!(record.calls["ListarItens"], report.calls["ListarItens"]);
    assert_eq!(world.memory.get("checkpoint", "itens").await.expect("readable"), None, "nothing to continue");
}

#[tokio::test(start_paused = true)]
async fn a_second_run_writes_nothing() {
    let world = World::of(&["a", "", "inativo", "d", "bad!", "much too long", "g"]);
    world.run().await.expect("nothing fails");
    let (writes, records) = (world.target.writes().len(), world.count("ledger.record"));

    let second = world.run().await.expect("nothing fails");

    assert_eq!(world.target.writes().len(), writes, "to the target");
    assert_eq!(world.count("ledger.record"), records, "to the ledger");
    let Counters { unchanged, skipped, rejected, failed, .. } = second.counters;
    assert_eq!((unchanged, skipped, rejected, failed), (3, 1, 2, 1));
    assert_eq!(world.source.offences(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_changed_record_alone_is_written_again() {
    let world = World::of(&["a", "b", "c", "d"]);
    world.run().await.expect("nothing fails");
    world.source.change(3, "novo");

    let second = world.run().await.expect("nothing fails");

    assert_eq!(world.target.writes().last(), Some(&vec!["3".to_owned()]));
    assert_eq!((second.counters.updated, second.counters.unchanged), (1, 3));
    assert_eq!(world.target.rows(), world.model());
}

#[tokio::test(start_paused = true)]
async fn an_empty_source_is_one_page() {
    let world = World::of(&[]);

    let report = world.run().await.expect("nothing fails");

    assert_eq!(report.counters, Counters::default());
    assert_eq!(world.source.asked(), [1]);
    assert_eq!(world.record().await.state, RunState::Done);
}

#[tokio::test(start_paused = true)]
async fn an_unmappable_record_goes_to_quarantine_and_the_others_flow() {
    let world = World::of(&["a", "", "c"]);

    let report = world.run().await.expect("nothing fails");

    assert_eq!((report.counters.created, report.counters.rejected), (2, 1));
    let held = world.memory.in_quarantine(NAME, 10).await.expect("readable");
    assert_eq!(held.len(), 1);
    assert_eq!((&held[0].0, &held[0].1.why), (&Key::from(2), &vec![Why::missing("nome")]));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_mended_leaves_quarantine() {
    let world = World::of(&["", "much too long", "bad!"]);
    world.run().await.expect("nothing fails");
    assert_eq!(world.memory.in_quarantine(NAME, 10).await.expect("readable").len(), 3);
    for codigo in 1..=3 {
        world.source.change(codigo, "bom");
    }

    world.run().await.expect("nothing fails");

    assert_eq!(world.memory.in_quarantine(NAME, 10).await.expect("readable"), []);
    assert_eq!(world.target.rows(), world.model());
}

#[tokio::test(start_paused = true)]
async fn a_record_that_breaks_a_rule_is_not_sent() {
    let world = World::of(&["a", "much too long"]);

    world.run().await.expect("nothing fails");

    assert_eq!(world.target.writes(), [["+1"]]);
    let (_, held) = world.memory.in_quarantine(NAME, 1).await.expect("readable").remove(0);
    assert_eq!(held.why, [Why::new("Nome", "much too long", "no máximo 10 caracteres")]);
    assert!(!held.refused);
}

#[tokio::test(start_paused = true)]
async fn a_refused_batch_is_halved_until_the_bad_row_stands_alone() {
    let world = World::of(&["a", "bad!", "c"]);

    let report = world.run().await.expect("nothing fails");

    assert_eq!(world.target.writes(), [vec!["+1", "+2"], vec!["+1"], vec!["+2"], vec!["+3"]]);
    assert_eq!((report.counters.created, report.counters.failed), (2, 1));
    let (key, held) = world.memory.in_quarantine(NAME, 1).await.expect("readable").remove(0);
    assert_eq!((key, held.why), (Key::from(2), vec![Why::refused("nome não aceito")]));
}

#[tokio::test(start_paused = true)]
async fn a_refused_row_rests_for_an_hour_unless_it_changes() {
    let world = World::of(&["bad!"]);
    world.run().await.expect("nothing fails");

    world.run().await.expect("nothing fails");
    assert_eq!(world.target.writes().len(), 1, "the same row inside the hour");

    world.source.change(1, "worse!");
    world.run().await.expect("nothing fails");
    assert_eq!(world.target.writes().len(), 2, "another row inside the hour");

    world.clock.sleep(Duration::from_hours(1)).await;
    world.run().await.expect("nothing fails");
    assert_eq!(world.target.writes().len(), 3, "the same row after the hour");
    let (_, held) = world.memory.in_quarantine(NAME, 1).await.expect("readable").remove(0);
    assert_eq!(held.attempts, 3);
    assert!(held.since < held.last);
}

#[tokio::test(start_paused = true)]
async fn the_facts_of_every_present_record_are_kept() {
    let world = World::of(&["inativo", "i", "i!", "i much too long", "a"]);

    world.run().await.expect("nothing fails");

    let facts = world.memory.all_facts(NAME).await.expect("readable");
    let names = ["inativo", "i", "i!", "i much too long"];
    let expected: Vec<_> =
        names.iter().zip(1..).map(|(n, key)| (Key::from(key), json!({"nome": n}))).collect();
    assert_eq!(facts, expected);
    for (key, accepted) in [(1, false), (2, true), (3, false), (4, false), (5, true)] {
        assert_eq!(world.memory.is_known(NAME, &Key::from(key)).await.expect("readable"), accepted, "{key}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_becomes_bad_stays_known_as_it_was() {
    let world = World::of(&["a"]);
    world.run().await.expect("nothing fails");
    world.source.change(1, "");
    world.run().await.expect("nothing fails");
    world.source.change(1, "a");

    let third = world.run().await.expect("nothing fails");

    assert_eq!(third.counters.unchanged, 1, "the target still holds it");
    assert_eq!(world.memory.in_quarantine(NAME, 1).await.expect("readable"), []);
}

#[tokio::test(start_paused = true)]
async fn of_a_key_that_comes_twice_in_a_page_the_last_wins() {
    let world = World::of(&["a"]);
    world.source.repeat(1, "b");

    let report = world.run().await.expect("nothing fails");

    assert_eq!(world.target.writes(), [["+1"]]);
    assert_eq!(world.target.rows()[&Key::from(1)], "b");
    assert_eq!((report.counters.read, report.counters.created, report.counters.repeated), (2, 1, 1));
    assert!(add_up(report.counters));
    assert_eq!(report.incomplete, None, "raw rows are what is compared with the total");
}

#[tokio::test(start_paused = true)]
async fn a_guaranteed_row_is_sent_once() {
    let mut world = World::of(&["a"]);
    world.refs = Some(Row { codigo: "0".to_owned(), nome: "PADRAO".to_owned() });

    let first = world.run().await.expect("nothing fails");
    let second = world.run().await.expect("nothing fails");

    assert_eq!((first.counters.guaranteed, second.counters.guaranteed), (1, 0));
    assert_eq!(world.target.rows(), world.model());
    assert_eq!(world.target.writes().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_guaranteed_row_gives_way_to_the_sources_own() {
    let mut world = World::of(&["a"]);
    world.refs = Some(Row { codigo: "2".to_owned(), nome: "PADRAO".to_owned() });
    world.run().await.expect("nothing fails");
    world.source.change(2, "dela");

    let second = world.run().await.expect("nothing fails");
    let third = world.run().await.expect("nothing fails");

    assert_eq!((second.counters.updated, second.counters.guaranteed), (1, 0));
    assert_eq!((third.counters.unchanged, third.counters.guaranteed), (2, 0));
    assert_eq!(world.target.rows()[&Key::from(2)], "dela");
}

#[tokio::test(start_paused = true)]
async fn a_total_that_does_not_add_up_is_noted_and_is_no_error() {
    let world = World::of(&["a", "b", "c", "d"]);
    world.source.announce(6);

    let report = world.run().await.expect("nothing fails");

    let why = "a origem anunciou 6 registros e entregou 4";
    assert_eq!(report.incomplete.as_deref(), Some(why));
    assert_eq!(world.record().await.incomplete.as_deref(), Some(why));
    assert_eq!(world.record().await.state, RunState::Done);
}

#[tokio::test(start_paused = true)]
async fn each_record_without_a_code_is_listed_by_its_place() {
    let world = World::of(&["a"]);
    for _ in 0..4 {
        world.source.repeat(0, "sem codigo");
    }

    let first = world.run().await.expect("nothing fails");

    assert_eq!((first.counters.rejected, first.counters.repeated), (4, 0));
    assert_eq!(aside(&world).await, ["?p1-2", "?p1-3", "?p2-1", "?p2-2"]);

    world.clock.sleep(Duration::from_secs(1)).await;
    world.source.keep(2);
    world.run().await.expect("nothing fails");
    assert_eq!(aside(&world).await, ["?p1-2"], "a place is let go once it holds a good record or none");
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_is_kept_aside_and_counted() {
    let world = World::of(&["i", "b", "c", "d"]);
    world.run().await.expect("nothing fails");
    let why = |value| Why::new("codigo", value, "deveria ser um número");
    world.source.unreadable(1, vec![("9".into(), why("x")), ("".into(), why("y"))]);
    world.source.unreadable(2, vec![("4".into(), why("z"))]);

    let report = world.run().await.expect("an unreadable row stops nothing");

    let Counters { read, unchanged, rejected, .. } = report.counters;
    assert_eq!((read, unchanged, rejected), (7, 4, 3));
    assert_eq!(report.incomplete, None, "they count for the total");
    assert_eq!(aside(&world).await, ["9", "?p1-5", "?p2-2"], "page 2 has a readable row of code 4");
    let held = world.memory.in_quarantine(NAME, 1).await.expect("readable").remove(0).1;
    assert_eq!((held.why, held.fingerprint, held.refused), (vec![why("x")], None, false));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_becomes_unreadable_stays_known_with_its_facts() {
    let world = World::of(&["i"]);
    world.run().await.expect("nothing fails");
    let records = world.count("ledger.record");
    world.source.keep(0);
    world.source.unreadable(1, vec![("1".into(), Why::new("nome", "", "ilegível"))]);

    world.run().await.expect("nothing fails");

    assert_eq!(world.count("ledger.record"), records, "nothing new is known");
    let facts = world.memory.all_facts(NAME).await.expect("readable");
    assert_eq!(facts, [(Key::from(1), json!({"nome": "i"}))]);
}

async fn aside(world: &World) -> Vec<String> {
    let held = world.memory.in_quarantine(NAME, 10).await.expect("readable");
    held.into_iter().map(|(key, _)| key.to_string()).collect()
}
