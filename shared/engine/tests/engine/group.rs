//! Entities that share one listing.

use engine::{Counters, Wanted};

use crate::house::{House, INATIVO};

fn house(names: &[&str]) -> House {
    let mut house = House::with_windows(0);
    house.is_shared = true;
    names.iter().zip(1..).for_each(|(nome, key)| house.source.put(0, key, nome));
    house
}

#[tokio::test(start_paused = true)]
async fn one_reading_serves_all_and_each_is_told_for_itself() {
    let house = house(&["+a", "b", "", "+c"]);

    let report = house.run().await.expect("nothing fails");

    let pages: Vec<u32> = house.source.asked().into_iter().map(|question| question.page).collect();
    assert_eq!(pages, [1, 2]);
    let record = house.record().await;
    let artigo = Counters { read: 4, created: 3, rejected: 1, ..Counters::default() };
    let oferta = Counters { read: 4, created: 2, skipped: 2, ..Counters::default() };
    assert_eq!((record.of["artigo"].counters, record.of["oferta"].counters), (artigo, oferta));
    assert_eq!(record.of["oferta"].skipped["não é oferta"], 2);
    assert_eq!((record.counters, record.entity.as_str()), (report.counters, "artigos"));
    let Counters { read, created, .. } = report.counters;
    assert_eq!((read, created), (4, 5), "the listing's rows once, what became of them for each");
    let rows = house.target.rows();
    assert_eq!(rows["artigo 1"], "+a");
    assert_eq!(rows["oferta 1"], "a");
    assert_eq!(rows.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_record_may_be_gone_for_one_and_stay_for_the_other() {
    for wanted in [Wanted::Changes, Wanted::Full] {
        let mut house = house(&["+a", "+b"]);
        house.run().await.expect("nothing fails");
        house.pause(100).await;
        house.source.put(0, 1, "a");
        house.ask.wanted = wanted;

        house.run().await.expect("nothing fails");

        let rows = house.target.rows();
        assert_eq!((rows["artigo 1"].as_str(), rows["oferta 1"].as_str()), ("a", INATIVO), "{wanted:?}");
        let record = house.record().await;
        let of = |entity: &str| record.of[entity].counters;
        assert_eq!((of("artigo").updated, of("artigo").removed), (1, 0), "{wanted:?}");
        assert_eq!((of("oferta").skipped, of("oferta").removed), (1, 1), "{wanted:?}");

        house.pause(100).await;
        house.source.put(0, 1, "+a");
        house.run().await.expect("nothing fails");
        assert_eq!(house.target.rows()["oferta 1"], "a", "and it may come back");
    }
}

#[tokio::test(start_paused = true)]
async fn the_brake_counts_each_entity_for_itself() {
    for wanted in [Wanted::Changes, Wanted::Full] {
        let names: Vec<String> =
            (0..300).map(|n| format!("{}nome {n}", if n < 30 { "+" } else { "" })).collect();
        let mut house = house(&names.iter().map(String::as_str).collect::<Vec<_>>());
        house.run().await.expect("nothing fails");
        house.pause(100).await;
        (1..=21).for_each(|key| house.source.put(0, key, "sem mais"));
        house.ask.wanted = wanted;

        let report = house.run().await.expect("nothing fails");

        assert_eq!(
            (report.braked, report.counters.removed),
            (Some(21), 0),
            "{wanted:?}: 21 of 30, not of 330"
        );
        assert_eq!(report.counters.updated, 21, "{wanted:?}");
    }
}
