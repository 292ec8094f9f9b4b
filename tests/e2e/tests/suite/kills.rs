//! Check 2: the process killed at every step of the load.

use e2e::{Ended, World};
use engine::{Harm, Moment};
use simulators::Preset;

use crate::held::{Held, without_our_own_numbers};

/// Kills the load before its `call`-th store call, request or answer, which is after the effect of the one
/// before it, and starts it again.
async fn killed_before(call: usize, golden: &Held) -> bool {
    let world = World::new(Preset::Small).await;
    world.faults.strike(call, Moment::Before, Harm::Crash);

    let ended = world.load_until_killed().await;
    let was_killed = ended.is_none();
    if was_killed {
        world.faults.spare();
        assert_eq!(world.load().await, Ended::Finished, "after a kill before call {call}");
    }

    assert_eq!(world.differences().await, Vec::<String>::new(), "after a kill before call {call}");
    assert!(
        without_our_own_numbers(world.held_all()) == *golden,
        "other rows after a kill before call {call}"
    );
    let verdict = world.partners.omie.verdict();
    assert_eq!(verdict.total("redundant"), 0, "a page was asked again too soon after call {call}");
    was_killed
}

/// A load that nobody kills: how many calls it makes, and what it leaves.
async fn undisturbed() -> (usize, Held) {
    let world = World::new(Preset::Small).await;
    let before = world.faults.calls().len();
    world.load().await;
    (world.faults.calls().len() - before, without_our_own_numbers(world.held_all()))
}

/// Every second call from `first` on: two tests share the work, and a machine has two cores.
async fn killed_at_every_second_call(first: usize) {
    let (calls, golden) = undisturbed().await;

    let places = (first..=calls).step_by(2);
    let mut killed = 0;
    for call in places.clone() {
        killed += usize::from(killed_before(call, &golden).await);
    }

    println!("killed at {killed} places of a load of {calls} calls");
    assert_eq!(killed, places.count());
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_odd_call_the_load_ends_in_the_same_state() {
    killed_at_every_second_call(1).await;
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_even_call_the_load_ends_in_the_same_state() {
    killed_at_every_second_call(2).await;
}
