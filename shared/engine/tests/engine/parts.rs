//! A reading that is made of several listings.

use std::time::Duration;

use engine::{Harm, Moment, RunState};
use partner_http::{Fault, Remedy};

use crate::house::House;

/// Nine articles in the first part, seven in the last, none between them.
fn house() -> House {
    let house = House::new();
    house.source.has_parts(&["a", "vazia", "b"]);
    (1..=9).for_each(|key| house.source.put(0, key, &format!("a{key}")));
    (11..=17).for_each(|key| house.source.put(2, key, &format!("b{key}")));
    house
}

/// The questions, as `a1` for page 1 of part `a`.
fn asked(house: &House) -> Vec<String> {
    let questions = house.source.asked().into_iter();
    questions.map(|question| format!("{}{}", question.part, question.page)).collect()
}

#[tokio::test(start_paused = true)]
async fn all_parts_are_read_in_their_order_and_each_adds_up_for_itself() {
    let house = house();

    let report = house.run().await.expect("nothing fails");

    assert_eq!(asked(&house), ["a1", "a2", "a3", "vazia1", "b1", "b2", "b3"]);
    assert_eq!((report.counters.read, report.counters.created, report.incomplete), (16, 16, None));
    assert_eq!(house.target.rows(), house.model());
    let record = house.record().await;
    assert_eq!((record.pages_read, record.total_pages, record.expected), (7, 6, 16));
}

#[tokio::test(start_paused = true)]
async fn a_part_that_does_not_add_up_is_not_made_up_for_by_another() {
    let house = House::new();
    house.source.has_parts(&["a", "b"]);
    (1..=3).for_each(|key| house.source.put(0, key, "a"));
    (4..=5).for_each(|key| house.source.put(1, key, "b"));
    house.source.announces(Some(3));

    let report = house.run().await.expect("nothing fails");

    assert_eq!(report.incomplete.as_deref(), Some("a origem anunciou 3 registros e entregou 2"));
}

#[tokio::test(start_paused = true)]
async fn without_parts_nothing_is_asked_nothing_goes_and_what_must_exist_exists() {
    let mut house = House::of(5);
    house.run().await.expect("nothing fails");
    house.pause(100).await;
    house.source.has_parts(&[]);
    house.terms.guaranteed = vec![("0", "PADRAO")];
    let before = house.source.asked().len();

    let report = house.run().await.expect("nothing fails");

    assert_eq!((house.source.asked().len(), report.counters.read), (before, 0));
    assert_eq!((report.counters.guaranteed, house.target.in_use().len()), (1, 6));
    assert_eq!(house.record().await.state, RunState::Done);
}

#[tokio::test(start_paused = true)]
async fn the_first_page_of_a_part_that_fails_stops_the_run_there() {
    for (fault, is_patient) in [(Fault::Unavailable, false), (Fault::RateLimited, true)] {
        let house = house();
        house.source.fails(Some((1, fault)));

        let stopped = house.run().await;

        match stopped {
            Ok(report) => assert!(is_patient && report.more && report.wait_seconds > 0, "{report:?}"),
            Err(error) => assert!(!is_patient && matches!(error.remedy(), Remedy::RetryLater { .. })),
        }
        assert_eq!(asked(&house), ["a1"], "and is not asked again at once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_that_shrinks_is_followed_by_the_next_one() {
    let house = house();
    house.source.takes(Duration::from_millis(300));
    let shrinks = async {
        house.clock.sleep(Duration::from_millis(400)).await;
        (4..=9).for_each(|key| house.source.take(key));
    };

    let (report, ()) = tokio::join!(house.run(), shrinks);

    let report = report.expect("nothing fails");
    assert_eq!(asked(&house), ["a1", "a2", "a3", "vazia1", "b1", "b2", "b3"]);
    assert_eq!(report.incomplete.as_deref(), Some("o total da origem mudou de 9 para 3 durante a leitura"));
    assert!(house.target.rows().contains_key("artigo 17"));
}

/// Strikes the given call of the first run; whether there was such a call.
async fn survives(call: usize, moment: Moment, harm: Harm) -> bool {
    let house = house();
    house.faults.strike(call, moment, harm);
    tokio::select! {
        _ = house.run() => {}
        () = house.faults.crashed() => {}
    }
    let calls = house.faults.calls();
    house.faults.spare();
    if calls.len() < call {
        return false;
    }

    let report = house.run_to_the_end().await;

    let case = format!("{harm:?} {moment:?} call {call} ({})", calls[call - 1]);
    assert_eq!(house.target.rows(), house.model(), "{case}");
    assert_eq!(house.source.offences(), Vec::<String>::new(), "{case}");
    assert_eq!((report.counters.read, report.counters.stored(), report.incomplete), (16, 16, None), "{case}");
    assert_eq!(house.entries("artigo").await.len(), 16, "{case}");
    assert_eq!(house.watermark().await.map(|watermark| watermark.known), Some(16), "{case}");

    let (writes, records) = (house.target.writes().len(), house.count("ledger.record"));
    house.run_to_the_end().await;
    assert_eq!(house.target.writes().len(), writes, "{case}: nothing was left to write");
    assert_eq!(house.count("ledger.record"), records, "{case}: nothing was left to note");
    assert_eq!(house.target.retired(), Vec::<String>::new(), "{case}");
    true
}

#[tokio::test(start_paused = true)]
async fn harm_to_any_call_of_a_sweep_over_parts_ends_in_the_same_place() {
    let mut cases = 0;
    for harm in [Harm::Fail, Harm::Crash] {
        for moment in [Moment::Before, Moment::After] {
            let mut call = 1;
            while survives(call, moment, harm).await {
                call += 1;
            }
            cases += call - 1;
        }
    }
    assert!(cases > 100, "only {cases} cases");
}
