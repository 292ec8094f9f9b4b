//! Check 2: the process killed at every step of the load.

use e2e::{Ended, World};
use engine::{Harm, Moment};
use simulators::Preset;

/// Kills the load before its `call`-th store call, request or answer, which is after the effect of the one
/// before it, and starts it again.
async fn killed_before(call: usize) -> bool {
    let world = World::new(Preset::Small).await;
    world.faults.strike(call, Moment::Before, Harm::Crash);

    let ended = world.load_until_killed().await;
    let was_killed = ended.is_none();
    if was_killed {
        world.faults.spare();
        assert_eq!(world.load().await, Ended::Finished, "after a kill before call {call}");
    }

    assert_eq!(world.differences().await, Vec::<String>::new(), "after a kill before call {call}");
    let verdict = world.partners.omie.verdict();
    assert_eq!(verdict.total("redundant"), 0, "a page was asked again too soon after call {call}");
    was_killed
}

async fn calls_of_a_load() -> usize {
    let world = World::new(Preset::Small).await;
    let before = world.faults.calls().len();
    world.load().await;
    world.faults.calls().len() - before
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_call_the_load_ends_in_the_same_state() {
    let calls = calls_of_a_load().await;

    let mut killed = 0;
    for call in 1..=calls {
        killed += usize::from(killed_before(call).await);
    }

    println!("killed at {killed} places of a load of {calls} calls");
    assert_eq!(killed, calls);
}
