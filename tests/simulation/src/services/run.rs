//! One seed of the service orders from beginning to end.

use std::time::Duration;

use fastrand::Rng;
use simulators::{CancelMode, EquipmentKind, Standing};

use crate::chaos::Weather;
use crate::harm::Harm;
use crate::logs;
use crate::services::act::{act, close, end as end_service, release};
use crate::services::doors::Door;
use crate::services::finish::{calm, settle};
use crate::services::sabotage::Sabotage;
use crate::services::schedule::{self, Action};
use crate::services::variety::Variety;
use crate::services::world::{Job, ORDER, Opening, World};
use crate::services::{check, is_early, story};
use crate::timeline::{Invocations, Outcome, in_time, until, weather};

/// Runs a seed.
pub fn seed(seed: u64, keep_trace: bool) -> Outcome {
    run(seed, keep_trace, None)
}

/// Runs a seed with a program that makes a mistake.
pub fn sabotaged(seed: u64, sabotage: Sabotage) -> Outcome {
    run(seed, false, Some(sabotage))
}

fn run(seed: u64, keep_trace: bool, sabotage: Option<Sabotage>) -> Outcome {
    let mut rng = Rng::with_seed(seed);
    let variety = Variety::draw(&mut rng);
    let mut schedule = schedule::draw(&mut rng, &variety);
    let comes_back = !is_early(seed);
    schedule::draw_more(&mut Rng::with_seed(!seed), comes_back, &mut schedule);
    let opening = Opening {
        weather: weather(&mut rng, &Harm::SERVICES),
        skew_ms: if rng.bool() { 0 } else { rng.i64(-300_000..=300_000) },
        variety,
        keep_trace,
        keep_crossings: false,
        sabotage,
        rng: rng.fork(),
    };
    in_time(async move {
        let world = World::open(opening).await;
        let variety = format!("{:?}", world.variety);
        world.note(format_args!("{variety}"));
        let mut people = rng;
        live(&world, &schedule, &mut people).await;
        end(&world).await
    })
}

/// The hours of trouble.
async fn live(world: &World, schedule: &[(u64, Action)], rng: &mut Rng) {
    let start = world.clock.now();
    let mut running = Invocations::new();
    for (second, action) in schedule {
        let at = clock::later(start, Duration::from_secs(*second));
        until(&world.clock, &mut running, at).await;
        for job in act(world, *action, rng).await {
            running.push(Box::pin(world.invoke(job)));
        }
    }
    world.note(format_args!("--- calm"));
    calm(world).await;
    while !running.is_empty() {
        let soon = clock::later(world.clock.now(), Duration::from_secs(5));
        until(&world.clock, &mut running, soon).await;
        release(world);
    }
}

/// Rounds of an operator who helps.
const ROUNDS: usize = 12;

/// Settles, helps and checks.
async fn end(world: &World) -> Outcome {
    calm(world).await;
    let mut problems = Vec::new();
    settle(world, &mut problems).await;
    check::visible(world, &mut problems).await;
    world.note(format_args!("--- operator"));
    for _ in 0..ROUNDS {
        if !world.helped().await {
            break;
        }
        settle(world, &mut problems).await;
    }
    if world.variety.settings.find_lost_events {
        world.invoke(Job::Watch).await;
        world.clock.sleep(Duration::from_mins(31)).await;
        world.invoke(Job::Watch).await;
    }
    let ends = check::all(world, &mut problems).await;
    story::all(world, &mut problems);
    problems.extend(logs::leaks());
    Outcome::of(&world.shared, problems, ends)
}

/// How the life of the one order of an enumeration ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Completed,
    Cancelled,
    /// Cancelled where the ERP does not cancel an order that waits.
    Lifted,
    /// Two orders on the same machine, at the same time.
    Twins,
}

/// So many turns may be harmed when harm is exact; the order is due again after each of them that failed.
const TURNS: usize = 4;

/// One order's whole life with these harms at these boundaries. Without any, every boundary is told.
pub(crate) fn exact(life: Life, plan: Vec<(usize, Harm)>, keep_trace: bool, keep_crossings: bool) -> Outcome {
    let mut variety = Variety::plain();
    if life == Life::Lifted {
        variety.settings.cancel_strategy = service_orders::CancelStrategy::ReleaseThenCancel;
        variety.senior.cancel = CancelMode::Refuse;
        variety.senior.release_of_cancelled = true;
    }
    let opening = Opening {
        weather: Weather::Exact(plan),
        skew_ms: 0,
        variety,
        keep_trace,
        keep_crossings,
        sabotage: None,
        rng: Rng::with_seed(1),
    };
    in_time(async move {
        let world = World::open(opening).await;
        tokio::select! {
            biased;
            () = Box::pin(lived(&world, life)) => {}
            () = released(&world) => {}
        }
        end(&world).await
    })
}

async fn lived(world: &World, life: Life) {
    let orders = if life == Life::Twins { 2 } else { 1 };
    for nth in 0..orders {
        close(world, EquipmentKind::Existing, 3, life == Life::Twins, &mut Rng::with_seed(4 + nth));
        told(world, Door::Hub).await;
    }
    worked(world).await;
    for id in world.ids() {
        let Some(ss) = world.ss(&id) else { continue };
        let is_cancelled = matches!(life, Life::Cancelled | Life::Lifted);
        let how = if is_cancelled { Standing::Cancelled } else { Standing::Completed };
        end_service(world, &id, ss, how, false);
        told(world, Door::Callbacks).await;
    }
    worked(world).await;
}

/// Brings what waits at a door, again where it was not taken.
async fn told(world: &World, door: Door) {
    for _ in 0..3 {
        if world.deliver(door).await.is_none() {
            return;
        }
        world.clock.sleep(Duration::from_secs(30)).await;
    }
}

async fn worked(world: &World) {
    for _ in 0..TURNS {
        world.invoke(Job::Work).await;
        let due = world.due(ORDER).await.into_iter().map(|(_, due, _)| due).min();
        let Some(due) = due else { return };
        let wait = clock::until(world.ours.now(), due);
        world.clock.sleep(wait.clamp(Duration::from_mins(1), Duration::from_mins(31))).await;
    }
}

/// Lets what is held go, every 45 seconds, for ever.
async fn released(world: &World) {
    loop {
        world.clock.sleep(Duration::from_secs(45)).await;
        release(world);
    }
}
