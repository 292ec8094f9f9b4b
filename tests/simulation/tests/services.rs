//! Service orders: a few hundred seeds, every seed that ever failed, and the enumeration. See the crate.

use std::collections::HashSet;

use simulation::listen;
use simulation::services::{Sabotage, enumerate, kept, sabotaged, seed};

/// Seeds of this test; `tests/run` runs ten thousand.
const SEEDS: u64 = 150;
/// Of the plans of two harms, one in so many here; `-- services --enumerate 2` runs all of them.
const ONE_IN: usize = 1_009;

#[test]
fn whatever_goes_wrong_there_is_one_ss_and_every_order_comes_to_its_end_or_to_a_person() {
    let _listening = listen();
    for number in 2_000_000..2_000_000 + SEEDS {
        let outcome = seed(number, false);
        assert_eq!(
            outcome.problems,
            Vec::<String>::new(),
            "cargo run --release -p simulation -- services --seed {number}"
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
fn the_same_seed_is_the_same_run_and_another_is_another() {
    let mut digests = HashSet::new();
    for number in 0..30 {
        let (first, second) = (seed(number, false), seed(number, true));
        assert_eq!(first.digest, second.digest, "seed {number}");
        assert!(!second.trace.is_empty());
        digests.insert(first.digest);
    }
    assert_eq!(digests.len(), 30);
}

#[test]
fn a_program_that_makes_a_mistake_is_caught() {
    for sabotage in Sabotage::ALL {
        let caught = (0..2_000).find(|number| !sabotaged(*number, sabotage).problems.is_empty());
        println!("{sabotage:?} is caught by seed {caught:?}");
        assert!(caught.is_some(), "{sabotage:?} is not noticed");
    }
}

#[test]
fn every_boundary_of_a_life_may_break_in_every_way_and_another_one_after_it() {
    let _listening = listen();
    for life in enumerate::LIVES {
        let plans = enumerate::single(life);
        let (mut runs, mut failed) = (0, Vec::new());
        for plan in &plans {
            enumerate::doubles(life, plan, ONE_IN, &mut |plan, outcome| {
                runs += 1;
                if !outcome.problems.is_empty() {
                    failed.push((plan, outcome.problems));
                }
            });
        }
        println!("{life}: {} plans of one harm, {runs} runs", plans.len());
        assert_eq!(failed, [], "{life}");
    }
}
