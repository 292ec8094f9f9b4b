//! Nothing goes wrong any more: everything must come to its end.

use std::time::Duration;

use clock::{later, until};
use jiff::Timestamp;
use service_orders::{Alarm, State};
use simulators::Standing;

use crate::chaos::Weather;
use crate::services::act;
use crate::services::doors::Door;
use crate::services::world::{Job, NOTICE, ORDER, World};

/// How long it may take until everything has settled.
const PATIENCE: Duration = Duration::from_hours(26);
/// Sismetro is asked this often.
const POLL: Duration = Duration::from_mins(30);
/// A notice without an order is looked at again within this.
const HOMELESS: Duration = Duration::from_mins(6);

/// From now on nothing goes wrong any more.
pub(crate) async fn calm(world: &World) {
    {
        let mut state = world.shared.state();
        state.weather = Weather::Calm;
        let crossings = state.crossings;
        state.calm_at.get_or_insert(crossings);
    }
    for faults in [world.partners.senior.faults(), world.partners.sismetro.faults()] {
        faults.clear();
        faults.release();
    }
    act::follow(world);
    act::restore(world).await;
}

/// Turns of every job until nothing is left to do but what waits for a person.
pub(crate) async fn settle(world: &World, problems: &mut Vec<String>) {
    let end = later(world.clock.now(), PATIENCE);
    let mut polled: Option<Timestamp> = None;
    let mut last_look = false;
    loop {
        finish_services(world).await;
        for door in [Door::Hub, Door::Callbacks] {
            while world.deliver(door).await.is_some() {}
        }
        if world.has_work().await {
            world.invoke(Job::Work).await;
        }
        let waits = waits_for_sismetro(world).await;
        let now = world.clock.now();
        if waits && polled.is_none_or(|polled| later(polled, POLL) <= now) {
            polled = Some(now);
            world.invoke(Job::Poll).await;
            continue;
        }
        if now > end {
            problems.push("nothing goes wrong any more, and after a day it has not settled".to_owned());
            return;
        }
        let poll = polled.filter(|_| waits).map(|polled| until(now, later(polled, POLL)));
        match next(world).await.into_iter().chain(poll).min() {
            Some(wait) => world.clock.sleep(wait.max(Duration::from_secs(1))).await,
            None if last_look => return,
            None => {
                last_look = true;
                world.clock.sleep(HOMELESS).await;
            }
        }
    }
}

/// Every service ends, one way or the other: also that of an SS which somebody has given to another order.
async fn finish_services(world: &World) {
    for id in world.ids() {
        let given = world.record(&id).await.and_then(|order| order.ss?.number.parse().ok());
        let own = world.ss(&id);
        for ss in own.into_iter().chain(given.filter(|given| Some(*given) != own)) {
            let Some(seen) = world.partners.sismetro.ss(ss) else { continue };
            if seen.standing == Standing::Open {
                let how = if ss % 3 == 0 { Standing::Cancelled } else { Standing::Completed };
                act::end(world, &seen.order, ss, how, false);
            }
        }
    }
}

async fn waits_for_sismetro(world: &World) -> bool {
    for id in world.ids() {
        // For one that Sismetro does not find, only a person can do something.
        let waits = world.record(&id).await.is_some_and(|order| {
            order.state == State::AwaitingExecution && !order.alarms.contains(&Alarm::SsNotFound)
        });
        if waits {
            return true;
        }
    }
    false
}

/// How long until something is due.
async fn next(world: &World) -> Option<Duration> {
    let mut next: Option<Timestamp> = None;
    for kind in [ORDER, NOTICE] {
        for (_, due, case) in world.due(kind).await {
            let is_homeless = case["told"].as_str().is_some_and(|told| told.starts_with("não há pedido"));
            if !is_homeless {
                next = Some(next.map_or(due, |next| next.min(due)));
            }
        }
    }
    let due = next.map(|next| until(world.ours.now(), next));
    let doors = [Door::Hub, Door::Callbacks].map(|door| world.outbox(door).waiting());
    let coming = doors.iter().flatten().map(|push| until(world.clock.now(), push.not_before));
    due.into_iter().chain(coming).min()
}
