//! Letting go of rows of which the source says itself that their records are gone.

use engine::{Absence, Scope, Wanted};
use partner_http::Fault;

use crate::house::House;

async fn read(count: usize) -> House {
    let mut house = House::with_windows(count);
    house.source.per_page = 50;
    house.run().await.expect("nothing fails");
    house.pause(100).await;
    house
}

async fn again(house: &House) -> engine::Report {
    let report = house.run().await.expect("nothing fails");
    house.pause(100).await;
    report
}

#[tokio::test(start_paused = true)]
async fn what_is_told_gone_goes_at_the_end_of_the_same_sweep() {
    for wanted in [Wanted::Changes, Wanted::Full] {
        let mut house = read(60).await;
        house.ask.wanted = wanted;
        house.source.put(0, 5, "saiu");
        house.source.take(7);
        house.source.tells_gone(&["7", "99"]);

        let report = again(&house).await;

        assert_eq!(house.target.retired(), ["5", "7"], "{wanted:?}");
        assert_eq!((report.counters.removed, report.braked), (2, None), "{wanted:?}");
        assert_eq!(house.target.in_use(), house.model(), "{wanted:?}");
        assert_eq!(report.incomplete, None, "{wanted:?}: what was deleted is not counted in the total");
        let record = house.record().await;
        assert_eq!(record.skipped["saiu"], 1, "{wanted:?}");
        assert_eq!(record.scope == Scope::Full, wanted == Wanted::Full);

        let next = again(&house).await;
        assert_eq!((next.counters.removed, house.target.retired().len()), (0, 2), "{wanted:?}: once");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_told_gone_needs_no_complete_reading() {
    let mut house = read(60).await;
    house.ask.wanted = Wanted::Full;
    house.source.announces(Some(99));
    house.source.put(0, 5, "saiu");

    let report = again(&house).await;

    assert!(report.incomplete.is_some());
    assert_eq!(house.target.retired(), ["5"]);
}

#[tokio::test(start_paused = true)]
async fn the_brake_holds_for_what_is_told_too_and_nothing_of_it_is_forgotten() {
    for absence in [Absence::Gone, Absence::OutOfSight] {
        let mut house = read(100).await;
        house.terms.absence = absence;
        let keys: Vec<String> = (1..=21).map(|key: u32| key.to_string()).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        for key in &keys {
            house.source.take(*key);
        }
        house.source.tells_gone(&keys);

        let first = again(&house).await;
        assert_eq!((first.braked, first.counters.removed), (Some(21), 0), "{absence:?}");
        assert!(matches!(house.record().await.scope, Scope::Changed(_)));
        // The source tells it no more.
        house.source.tells_gone(&[]);
        house.ask.wanted = Wanted::Full;
        assert_eq!(again(&house).await.braked, Some(21), "{absence:?}: nothing was forgotten");
        house.ask.wanted = Wanted::Changes;
        house.ask.accept_removals = true;

        let last = again(&house).await;

        assert_eq!((last.braked, last.counters.removed), (None, 21), "{absence:?}");
        assert_eq!(house.target.in_use(), house.model(), "{absence:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_told_by_a_sweep_that_was_cut_short_is_not_forgotten() {
    let mut house = read(100).await;
    house.terms.absence = Absence::OutOfSight;
    house.source.take(7);
    house.source.tells_gone(&["7"]);
    (20..=80).for_each(|key| house.source.put(0, key, "novo"));
    house.source.fails(Some((2, Fault::Unavailable)));
    house.run().await.expect_err("page 2 failed");
    assert_eq!(house.target.retired(), Vec::<String>::new(), "the window was not read to its end");
    house.source.fails(None);
    // The source tells it no more, and everything is read instead.
    house.source.tells_gone(&[]);
    house.ask.wanted = Wanted::Full;
    house.pause(100).await;

    again(&house).await;

    assert_eq!(house.target.retired(), ["7"]);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_listed_after_it_was_told_gone_is_there() {
    for wanted in [Wanted::Changes, Wanted::Full] {
        let mut house = read(100).await;
        house.ask.wanted = wanted;
        (1..=100).for_each(|key| house.source.put(0, key, "novo"));
        // Told on the first page, listed on the second.
        house.source.tells_gone(&["90"]);

        let report = again(&house).await;

        assert_eq!((report.counters.removed, report.counters.updated), (0, 100), "{wanted:?}");
        assert_eq!(house.entry("90").await.absent, None, "{wanted:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_guaranteed_row_stays_whatever_is_told() {
    for wanted in [Wanted::Changes, Wanted::Full] {
        let mut house = read(10).await;
        house.terms.guaranteed = vec![("0", "PADRAO")];
        house.ask.wanted = Wanted::Full;
        again(&house).await;
        house.ask.wanted = wanted;
        house.source.tells_gone(&["0"]);

        again(&house).await;

        assert_eq!(house.target.retired(), Vec::<String>::new(), "{wanted:?}");
        assert_eq!(house.target.rows()["artigo 0"], "PADRAO", "{wanted:?}");
    }
}
