//! A few hundred seeds, every seed that ever failed, and the enumeration: see the crate.

use simulation::{Sabotage, enumerate, kept, listen, sabotaged, seed};

/// Seeds of this test; `tests/run` runs ten thousand.
const SEEDS: u64 = 300;
/// Of the plans of two harms, one in so many here; `tests/run` runs all of them.
const ONE_IN: usize = 101;

#[test]
fn whatever_goes_wrong_every_order_is_in_omie_once_or_held_with_a_reason() {
    let _listening = listen();
    for number in 1_000_000..1_000_000 + SEEDS {
        let outcome = seed(number, false);
        assert_eq!(
            outcome.problems,
            Vec::<String>::new(),
            "cargo run --release -p simulation -- --seed {number}"
        );
    }
}

#[test]
fn what_failed_once_does_not_fail_again() {
    let _listening = listen();
    for (number, why) in kept() {
        let outcome = seed(number, false);
        assert_eq!(outcome.problems, Vec::<String>::new(), "seed {number}: {why}");
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    for number in 0..40 {
        let (first, second) = (seed(number, false), seed(number, true));
        assert_eq!(first.digest, second.digest, "seed {number}");
        assert!(!second.trace.is_empty());
    }
}

#[test]
fn a_program_that_makes_a_mistake_is_caught_by_the_check_that_is_there_for_it() {
    for sabotage in Sabotage::ALL {
        let is_noticed = |number: &u64| {
            let problems = sabotaged(*number, sabotage).problems;
            problems.iter().any(|problem| problem.contains(sabotage.noticed_by()))
        };
        let caught = (0..2_000).find(is_noticed);
        println!("{sabotage:?} is caught by seed {caught:?}");
        assert!(caught.is_some(), "{sabotage:?} is not noticed");
    }
}

#[test]
fn another_seed_is_another_run() {
    let digests: std::collections::HashSet<u64> = (0..40).map(|number| seed(number, false).digest).collect();
    assert_eq!(digests.len(), 40);
}

#[test]
fn every_boundary_of_an_import_may_break_in_every_way_and_another_one_after_it() {
    let _listening = listen();
    let plans = enumerate::single();
    let (mut runs, mut failed) = (0, Vec::new());
    for plan in &plans {
        enumerate::doubles(plan, ONE_IN, &mut |plan, outcome| {
            runs += 1;
            if !outcome.problems.is_empty() {
                failed.push((plan, outcome.problems));
            }
        });
    }
    println!("{} plans of one harm, {runs} runs", plans.len());
    assert_eq!(failed, []);
}
