//! Whatever call fails or never returns, before or after its effect: the next runs end in the same place.

use engine::{Entity, Harm, Moment, Quarantine};

use crate::world::{Item, Row, World, add_up};

fn world() -> World {
    let mut world = World::of(&["a", "", "inativo", "d", "bad!", "f", "much too long", "i", "j", "k"]);
    world.refs = Some(Row { codigo: "0".to_owned(), nome: "PADRAO".to_owned() });
    world
}

/// Strikes the given call of the first run; whether there was such a call.
async fn survives(call: usize, moment: Moment, harm: Harm) -> bool {
    let world = world();
    world.faults.strike(call, moment, harm);
    tokio::select! {
        _ = world.run() => {}
        () = world.faults.crashed() => {}
    }
    let calls = world.faults.calls();
    world.faults.spare();
    if calls.len() < call {
        return false;
    }

    let report = world.run_to_the_end().await;

    let case = format!("{harm:?} {moment:?} call {call} ({})", calls[call - 1]);
    assert_eq!(world.target.rows(), world.model(), "{case}");
    assert_eq!(world.source.offences(), Vec::<String>::new(), "{case}");
    assert!(add_up(report.counters), "{case}: {:?}", report.counters);
    assert_eq!((report.counters.read, report.counters.stored()), (10, 6), "{case}");
    assert_eq!((report.counters.quarantined(), report.counters.skipped), (3, 1), "{case}");
    let aside = world.memory.in_quarantine(Item::NAME, 10).await.expect("readable");
    assert_eq!(aside.len(), 3, "{case}");

    let (writes, records) = (world.target.writes().len(), world.count("ledger.record"));
    world.run_to_the_end().await;
    assert_eq!(world.target.writes().len(), writes, "{case}: nothing was left to write");
    assert_eq!(world.count("ledger.record"), records, "{case}: nothing was left to note");
    true
}

#[tokio::test(start_paused = true)]
async fn harm_to_any_call_ends_in_the_same_place() {
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
    println!("{cases} cases of harm survived");
    assert!(cases > 100, "only {cases} cases");
}

/// The number of the `nth` call of that name in a run without harm, from 1.
async fn number_of(name: &str, nth: usize, names: &[&str]) -> usize {
    let rehearsal = World::of(names);
    rehearsal.run().await.expect("nothing fails");
    let calls = rehearsal.faults.calls();
    let mut numbers = calls.iter().zip(1..).filter(|(call, _)| **call == name).map(|(_, number)| number);
    numbers.nth(nth - 1).expect("such a call")
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_was_lost_is_made_again_as_new() {
    let world = World::of(&["a"]);
    let write = number_of("target.write", 1, &["a"]).await;
    world.faults.strike(write, Moment::After, Harm::Fail);

    let first = world.run().await;
    let last = world.run_to_the_end().await;

    assert!(first.is_err(), "it is not known whether the row is there");
    assert_eq!(world.target.writes(), [["+1"], ["+1"]]);
    assert_eq!((last.counters.created, world.target.rows()), (1, world.model()));
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_before_a_call_failed_is_not_sent_again() {
    let names = ["a", "b", "c"];
    let world = World::of(&names);
    let second_batch = number_of("target.write", 2, &names).await;
    world.faults.strike(second_batch, Moment::Before, Harm::Fail);

    world.run().await.expect_err("the second batch failed");
    world.run_to_the_end().await;

    assert_eq!(world.target.writes(), [vec!["+1", "+2"], vec!["+3"]]);
}
