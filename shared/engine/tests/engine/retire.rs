//! Letting go of rows whose records a complete reading did not show.

use engine::{Absence, Fingerprint, Key, RunState};
use partner_http::Fault;
use serde_json::json;

use crate::house::{Artigo, House, INATIVO, Way};
use crate::shelf::ByKey;

const NAME: &str = <Artigo as engine::Entity>::NAME;

/// That many articles, read once, in large pages.
async fn read(count: usize) -> House {
    let mut house = House::of(count);
    house.source.per_page = 50;
    house.run().await.expect("nothing fails");
    house.pause(100).await;
    house
}

/// The number of the first call of that name in a second run without harm, when the first `gone` of `count` are gone.
async fn number_of(name: &str, count: usize, gone: i64) -> usize {
    let rehearsal = read(count).await;
    rehearsal.source.answers_by_key(ByKey::Truly);
    (1..=gone).for_each(|key| rehearsal.source.take(key));
    let before = rehearsal.faults.calls().len();
    rehearsal.run().await.expect("nothing fails");
    let calls = rehearsal.faults.calls().split_off(before);
    calls.iter().position(|call| *call == name).expect("such a call") + 1
}

async fn again(house: &House) -> engine::Report {
    let report = house.run().await.expect("nothing fails");
    house.pause(100).await;
    report
}

#[tokio::test(start_paused = true)]
async fn asked_by_key_the_source_says_the_second_word_in_the_same_run() {
    let house = read(10).await;
    house.source.answers_by_key(ByKey::Truly);
    house.source.take(3);
    house.source.take(7);

    let report = again(&house).await;

    assert_eq!((report.counters.removed, report.braked), (2, None));
    assert_eq!(house.target.retired(), ["3", "7"]);
    let keys = |keys: [&str; 3]| keys.map(Key::from).to_vec();
    assert_eq!(house.source.asked_by_key(), [keys(["3", "7", "10"])], "with one that has just been seen");
    assert_eq!(house.target.in_use(), house.model());
    let entry = house.entry("3").await;
    assert!(entry.removed.is_some() && entry.facts.is_none() && !entry.is_in_use());
    assert_eq!(again(&house).await.counters.removed, 0, "once");
    assert_eq!(house.source.asked_by_key().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_second_word_the_next_complete_reading_is_one() {
    // The second one answers, but not even with the record that it has just shown.
    for by_key in [ByKey::Not, ByKey::Nothing] {
        let house = read(10).await;
        house.source.answers_by_key(by_key);
        house.source.take(3);

        let first = again(&house).await;
        assert_eq!((first.counters.removed, house.target.retired().len()), (0, 0), "{by_key:?}");
        let absent = house.entry("3").await.absent.expect("it is noted");
        assert_eq!((absent.sweep, absent.sure), (house.record().await.sweep, false));

        let second = again(&house).await;
        assert_eq!(
            (second.counters.removed, house.target.retired()),
            (1, vec!["3".to_owned()]),
            "{by_key:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_seen_between_two_readings_begins_anew() {
    let house = read(10).await;
    house.source.take(3);
    again(&house).await;
    house.source.put(0, 3, "nome 3");
    again(&house).await;
    assert_eq!(house.entry("3").await.absent, None);
    house.source.take(3);

    again(&house).await;

    assert_eq!(house.target.retired(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn the_brake_holds_above_twenty_and_above_a_tenth() {
    for (known, gone, goes) in [
        (100, 20, true),
        (100, 21, false),
        (1_000, 100, true),
        (1_000, 101, false),
        (25, 20, true),
        (25, 21, false),
    ] {
        let mut house = read(known).await;
        house.source.answers_by_key(ByKey::Truly);
        (1..=gone).for_each(|key| house.source.take(key));
        let gone = u64::try_from(gone).expect("a small number");

        let report = again(&house).await;

        let expected = if goes { (gone, None) } else { (0, Some(gone)) };
        assert_eq!((report.counters.removed, report.braked), expected, "{gone} of {known}");
        let record = house.record().await;
        assert_eq!((record.braked, record.state), (report.braked, RunState::Done));
        if goes {
            continue;
        }
        let outcome = record.outcome.expect("an outcome");
        let text =
            format!("{gone} registros sumiram da origem de uma vez: nada foi removido, confirme a remoção");
        assert!(outcome.ends_with(&text), "{outcome}");
        assert_eq!(house.source.asked_by_key(), Vec::<Vec<Key>>::new(), "{gone} of {known}: nobody is asked");
        assert_eq!(again(&house).await.braked, Some(gone), "and it holds again");
        house.ask.accept_removals = true;
        let accepted = again(&house).await;
        assert_eq!((accepted.counters.removed, accepted.braked), (gone, None), "{gone} of {known}");
        assert_eq!(house.target.in_use(), house.model());
    }
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_proves_nothing_lets_nothing_go() {
    type Spoil = fn(&House);
    let spoils: [(&str, Spoil); 7] = [
        ("an empty reading", |house| (1..=60).for_each(|key| house.source.take(key))),
        ("a page that fails", |house| house.source.fails(Some((2, Fault::Unavailable)))),
        ("a total that does not add up", |house| house.source.announces(Some(60))),
        ("an unreadable row without a name", |house| house.source.unreadable(&[""])),
        ("a record without a name", |house| house.source.put(0, "", "sem nome")),
        ("a record that is rejected now", |house| house.source.put(0, 60, "")),
        ("a row that is unreadable now", |house| {
            house.source.unreadable(&["60"]);
        }),
    ];
    for (what, spoil) in spoils {
        let mut house = House::of(60);
        house.source.per_page = 30;
        house.run().await.expect("nothing fails");
        house.pause(100).await;
        house.source.answers_by_key(ByKey::Truly);
        house.source.take(60);
        spoil(&house);

        for _ in 0..3 {
            // The page that fails is an error.
            drop(house.run().await);
            house.pause(100).await;
        }

        assert_eq!(house.target.retired(), Vec::<String>::new(), "{what}");
        let entries = house.entries(NAME).await;
        let in_use = entries.iter().filter(|(_, entry)| entry.is_in_use() && entry.absent.is_none());
        assert_eq!(in_use.count(), 60, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_ended_goes_at_once_and_past_the_brake_and_what_is_out_of_sight_never() {
    for (absence, removed) in [(Absence::Ended, 25), (Absence::OutOfSight, 0)] {
        let mut house = read(30).await;
        house.terms.absence = absence;
        house.source.answers_by_key(ByKey::Truly);
        (1..=25).for_each(|key| house.source.take(key));

        let first = again(&house).await;
        assert_eq!((first.counters.removed, first.braked), (removed, None), "{absence:?}");
        again(&house).await;
        again(&house).await;

        let retired = u64::try_from(house.target.retired().len()).expect("a small number");
        assert_eq!(retired, removed, "{absence:?}");
        assert_eq!(house.source.asked_by_key(), Vec::<Vec<Key>>::new(), "{absence:?}: nobody is asked");
    }
}

#[tokio::test(start_paused = true)]
async fn each_way_to_let_go_leaves_its_trace_and_a_record_that_returns_is_written_again() {
    for (way, row, offered) in
        [(Way::Keep, Some("nome 5"), "5"), (Way::Change, Some(INATIVO), "5"), (Way::Delete, None, "+5")]
    {
        let mut house = read(10).await;
        house.terms.way = way;
        house.source.answers_by_key(ByKey::Truly);
        let before = house.entry("5").await.fingerprint;
        house.source.take(5);

        let report = again(&house).await;

        assert_eq!(report.counters.removed, 1, "{way:?}");
        assert_eq!(house.target.rows().get("artigo 5").map(String::as_str), row, "{way:?}");
        let entry = house.entry("5").await;
        let members = json!({"Tabela": NAME, "Codigo": "5", "Situacao": "I"});
        let expected = match way {
            Way::Keep => before,
            Way::Change => Some(Fingerprint::of(&members)),
            Way::Delete => None,
        };
        assert_eq!((entry.fingerprint, entry.removed.is_some()), (expected, true), "{way:?}");
        let told = usize::from(way != Way::Keep);
        assert_eq!(house.target.retired().len(), told, "{way:?}");

        house.source.put(0, 5, "nome 5");
        let back = again(&house).await;
        assert_eq!(house.target.writes().last(), Some(&vec![offered.to_owned()]), "{way:?}");
        let counted = if way == Way::Delete { back.counters.created } else { back.counters.updated };
        assert_eq!((counted, back.counters.unchanged), (1, 9), "{way:?}");
        assert_eq!(house.target.rows(), house.model(), "{way:?}");
        let entry = house.entry("5").await;
        assert!(entry.is_in_use() && entry.facts.is_some(), "{way:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_the_target_will_not_let_go_of_is_kept_aside_and_tried_again() {
    let house = read(40).await;
    house.source.answers_by_key(ByKey::Truly);
    (1..=12).for_each(|key| house.source.take(key));
    house.target.refuses(&["5"]);

    let first = again(&house).await;

    assert_eq!((first.counters.removed, first.counters.failed), (11, 1), "the others go");
    let held = house.held().await.remove(&Key::from("5")).expect("in quarantine");
    assert_eq!(held.why[0].rule, "a remoção não foi aceita: há vendas em aberto");
    assert!(house.entry("5").await.is_in_use());
    again(&house).await;
    let held = house.held().await.remove(&Key::from("5")).expect("still there");
    assert!(held.attempts == 2 && held.since < held.last, "{held:?}");
    house.target.refuses(&[]);

    let last = again(&house).await;

    assert_eq!((last.counters.removed, last.counters.failed), (1, 0));
    assert!(house.held().await.is_empty());
    assert_eq!(house.target.in_use(), house.model());
}

#[tokio::test(start_paused = true)]
async fn what_must_exist_never_goes_and_takes_the_place_of_a_record_that_is_gone() {
    let mut house = read(10).await;
    house.terms.guaranteed = vec![("0", "PADRAO"), ("3", "PADRAO 3")];
    house.source.answers_by_key(ByKey::Truly);
    again(&house).await;
    assert_eq!(house.target.rows()["artigo 3"], "nome 3", "the source's own");
    house.source.take(3);

    let report = again(&house).await;

    assert_eq!((report.counters.guaranteed, report.counters.removed), (1, 0));
    let rows = house.target.rows();
    assert_eq!((rows["artigo 0"].as_str(), rows["artigo 3"].as_str()), ("PADRAO", "PADRAO 3"));
    again(&house).await;
    assert_eq!(house.target.retired(), Vec::<String>::new());

    house.source.put(0, 3, "de volta");
    again(&house).await;
    assert_eq!(house.target.rows()["artigo 3"], "de volta");
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_kept_out_and_is_gone_leaves_quarantine() {
    let house = read(10).await;
    house.source.put(0, 11, "");
    house.source.put(0, 5, "");
    again(&house).await;
    assert_eq!(house.held().await.len(), 2);
    house.source.take(11);
    house.source.take(5);
    house.source.announces(Some(30));
    again(&house).await;
    assert_eq!(house.held().await.len(), 2, "an incomplete reading proves nothing");
    house.source.announces(None);

    again(&house).await;

    let held: Vec<Key> = house.held().await.into_keys().collect();
    assert_eq!(held, [Key::from("5")], "of 5 the target has a row");
    again(&house).await;
    assert!(house.held().await.is_empty(), "which is gone now");
    assert_eq!(house.target.retired(), ["5"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_the_same_twice_inside_the_window_when_the_end_is_done_again() {
    let house = read(60).await;
    house.source.answers_by_key(ByKey::Truly);
    (1..=5).for_each(|key| house.source.take(key));
    house.faults.strike(number_of("target.retire", 60, 5).await, engine::Moment::Before, engine::Harm::Fail);
    house.run().await.expect_err("the removal failed");
    assert_eq!(house.source.asked_by_key().len(), 1);

    let report = house.run().await.expect("nothing fails");

    assert_eq!(report.counters.removed, 5);
    assert_eq!(house.source.asked_by_key().len(), 2);
    assert_eq!(house.source.offences(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_ledger_of_many_stretches_is_gone_through_to_its_end() {
    let mut house = House::of(9_500);
    house.source.per_page = 500;
    house.run().await.expect("nothing fails");
    house.pause(100).await;
    house.source.answers_by_key(ByKey::Truly);
    (1..=900).for_each(|n| house.source.take(n * 10));

    let report = again(&house).await;

    assert_eq!((report.counters.removed, report.braked), (900, None));
    assert_eq!(house.target.in_use(), house.model());
    assert_eq!(house.source.asked_by_key().iter().flatten().count(), 900 + house.source.asked_by_key().len());
    assert_eq!(house.watermark().await.expect("a watermark").known, 8_600, "without those that went");
}

#[tokio::test(start_paused = true)]
async fn a_removal_may_be_confirmed_between_two_runs_of_one_sweep() {
    let mut house = read(100).await;
    (1..=30).for_each(|key| house.source.take(key));
    let removed_cursor = number_of("document.delete", 100, 30).await;
    house.faults.strike(removed_cursor, engine::Moment::Before, engine::Harm::Fail);
    house.run().await.expect_err("the cursor could not be removed");
    house.ask.accept_removals = true;

    let report = again(&house).await;

    assert_eq!((report.counters.removed, report.braked), (30, None));
    assert_eq!(house.target.in_use(), house.model());
}
