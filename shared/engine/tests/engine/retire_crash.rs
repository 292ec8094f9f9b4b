//! Harm to any call of a sweep that lets go of rows: the next runs end in the same place.

use engine::{Harm, Moment, Wanted};

use crate::house::{Artigo, House};
use crate::shelf::ByKey;

/// Forty articles, read once; then five are gone, one is told to be and one is new.
async fn house(by_key: ByKey, wanted: Wanted) -> House {
    let mut house = House::with_windows(40);
    house.source.per_page = 15;
    house.run().await.expect("nothing fails");
    house.pause(100).await;
    house.source.answers_by_key(by_key);
    house.ask.wanted = wanted;
    if wanted == Wanted::Full {
        (11..=15).for_each(|key| house.source.take(key));
    }
    house.source.put(0, 20, "saiu");
    house.source.put(0, 41, "novo");
    house
}

/// Strikes the given call of the second run; whether there was such a call.
async fn survives(by_key: ByKey, wanted: Wanted, call: usize, moment: Moment, harm: Harm) -> bool {
    let house = house(by_key, wanted).await;
    let before = house.faults.calls().len();
    house.faults.strike(call, moment, harm);
    tokio::select! {
        _ = house.run() => {}
        () = house.faults.crashed() => {}
    }
    let calls = house.faults.calls();
    house.faults.spare();
    if calls.len() < before + call {
        return false;
    }

    house.run_to_the_end().await;
    if by_key == ByKey::Not {
        // The second complete reading.
        house.run_to_the_end().await;
    }

    let case =
        format!("{wanted:?} {by_key:?} {harm:?} {moment:?} call {call} ({})", calls[before + call - 1]);
    assert_eq!(house.target.in_use(), house.model(), "{case}");
    assert_eq!(house.source.offences(), Vec::<String>::new(), "{case}");
    let entries = house.entries(<Artigo as engine::Entity>::NAME).await;
    let removed =
        entries.iter().filter(|(_, entry)| entry.removed.is_some() && entry.facts.is_none()).count();
    let expected = if wanted == Wanted::Full { 6 } else { 1 };
    // The one that is told and still listed tells its facts again.
    let told = house.entry("20").await;
    assert!(told.removed.is_some() && !told.is_in_use(), "{case}");
    assert_eq!(removed + usize::from(told.facts.is_some()), expected, "{case}");
    assert!(house.held().await.is_empty(), "{case}");

    let (retired, writes) = (house.target.retired().len(), house.target.writes().len());
    house.run_to_the_end().await;
    assert_eq!(
        (house.target.retired().len(), house.target.writes().len()),
        (retired, writes),
        "{case}: silent"
    );
    true
}

#[tokio::test(start_paused = true)]
async fn harm_to_any_call_of_a_sweep_that_lets_go_ends_in_the_same_place() {
    for (by_key, wanted) in
        [(ByKey::Truly, Wanted::Full), (ByKey::Not, Wanted::Full), (ByKey::Truly, Wanted::Changes)]
    {
        let mut cases = 0;
        for harm in [Harm::Fail, Harm::Crash] {
            for moment in [Moment::Before, Moment::After] {
                let mut call = 1;
                while survives(by_key, wanted, call, moment, harm).await {
                    call += 1;
                }
                cases += call - 1;
            }
        }
        assert!(cases > 50, "only {cases} cases");
    }
}
