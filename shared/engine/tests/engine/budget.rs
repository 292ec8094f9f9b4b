//! A sweep that takes many runs ends like one that takes one.

use std::collections::BTreeMap;
use std::time::Duration;

use engine::{Entry, Key, Watermark};

use crate::house::{House, Way};
use crate::shelf::ByKey;

const ROWS: usize = 2_000;

fn house() -> House {
    let mut house = House::with_windows(ROWS);
    house.source.per_page = 50;
    house.source.takes(Duration::from_secs(1));
    house.source.answers_by_key(ByKey::Truly);
    house.terms.guaranteed = vec![("0", "PADRAO")];
    house.terms.way = Way::Change;
    house
}

#[derive(Debug, PartialEq)]
struct Place {
    rows: BTreeMap<String, String>,
    entries: Vec<(Key, Entry)>,
    known: Option<u64>,
    held: Vec<Key>,
}

async fn place(house: &House) -> Place {
    let entries = house.entries("artigo").await.into_iter();
    // The moment of a removal is another one.
    let timeless =
        |entry: Entry| Entry { removed: entry.removed.map(|_| jiff::Timestamp::UNIX_EPOCH), ..entry };
    Place {
        rows: house.target.rows(),
        entries: entries.map(|(key, entry)| (key, timeless(entry))).collect(),
        known: house.watermark().await.map(|Watermark { known, .. }| known),
        held: house.held().await.into_keys().collect(),
    }
}

#[tokio::test(start_paused = true)]
async fn two_thousand_rows_by_and_by_are_two_thousand_rows_at_once() {
    let (once, by_and_by) = (house(), house());
    once.run().await.expect("nothing fails");
    let began = by_and_by.clock.now();

    let (runs, report) = by_and_by.run_by_and_by(Duration::from_millis(500)).await;

    assert!(runs >= 15, "only {runs} runs");
    assert_eq!((report.counters.read, report.counters.created), (2_000, 2_000));
    assert_eq!(place(&by_and_by).await, place(&once).await);
    let watermark = by_and_by.watermark().await.expect("a watermark");
    assert_eq!(
        (watermark.from, watermark.full),
        (began, Some(began)),
        "when the first run began, not the last"
    );
    assert_eq!(by_and_by.source.offences(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_goes_by_and_by_as_it_goes_at_once() {
    let (once, by_and_by) = (house(), house());
    for house in [&once, &by_and_by] {
        house.run().await.expect("nothing fails");
        house.pause(100).await;
        (1..=150).for_each(|n| house.source.take(n * 13));
        house.source.put(0, 1, "");
        house.target.takes(Duration::from_secs(1));
    }
    let wanted = engine::Wanted::Full;
    let (once, by_and_by) = (
        House { ask: engine::Ask { wanted, ..once.ask.clone() }, ..once },
        House { ask: engine::Ask { wanted, ..by_and_by.ask.clone() }, ..by_and_by },
    );
    let at_once = once.run().await.expect("nothing fails");

    let (runs, report) = by_and_by.run_by_and_by(Duration::from_millis(2_500)).await;

    assert!(runs >= 15, "only {runs} runs");
    assert_eq!((at_once.counters.removed, at_once.braked), (150, None));
    assert_eq!(report.counters, at_once.counters);
    assert_eq!(place(&by_and_by).await, place(&once).await);
    let mut retired = by_and_by.target.retired();
    retired.sort();
    retired.dedup();
    assert_eq!((retired.len(), by_and_by.target.retired().len()), (150, 150), "each went once");
    assert_eq!(by_and_by.source.offences(), Vec::<String>::new());
}
