//! R17 and R10 at the same moment: twenty deliveries at once, two workers at once, in memory with every interleaving that
//! a seed draws, and on a real table.

use std::time::Duration;

use clock::{Clock, Scale};
use engine::{Faults, FlowState};
use futures_util::future::join_all;
use service_orders::inbound::Answer;
use service_orders::{KIND, Orders, State};
use services::{ORDER, World, canaries, local_table};
use simulators::{EventForm, Push, worked_service_order};

const TWENTY: usize = 20;

/// Twenty deliveries of the contract's order, all the same or each another.
fn deliveries<S: FlowState>(world: &World<S>, are_equal: bool) -> Vec<Push> {
    let id = world.closes(worked_service_order());
    assert_eq!(id, ORDER);
    for n in 1..TWENTY {
        if are_equal {
            world.partners.senior.hub().duplicate(0);
        } else {
            let text = format!("Versão {n}");
            world
                .partners
                .senior
                .edit_and_close(&id, |order| order.observation = text)
                .expect("a person may");
        }
    }
    let pushes: Vec<Push> = std::iter::from_fn(|| world.partners.senior.hub().take_next()).collect();
    assert_eq!(pushes.len(), TWENTY);
    pushes
}

async fn at_once<S: FlowState>(world: &World<S>, pushes: &[Push]) -> Vec<Answer> {
    join_all(pushes.iter().map(|push| Box::pin(world.event(push)))).await
}

async fn call_back_at_once<S: FlowState>(world: &World<S>, push: &Push) -> Vec<Answer> {
    join_all((0..TWENTY).map(|_| Box::pin(world.callback(push)))).await
}

/// Three workers of three processes.
async fn work_at_once<S: FlowState>(world: &World<S>) {
    let (second, third) = (world.process(8), world.process(9));
    let others = [&second, &third].map(|tenant| Orders::new(tenant, &world.state, &world.clock));
    let own = world.orders();
    tokio::join!(world.work_of(&own), world.work_of(&others[0]), world.work_of(&others[1]));
}

/// One record, one open call, one SS.
async fn is_one<S: FlowState>(world: &World<S>, told: &str) {
    let day = engine::Mark::new("dia", world.order(ORDER).await.since.to_string()[..10].to_owned());
    let records = world.state.marked(KIND, &day, None, 10).await.expect("read");
    assert_eq!(records, [ORDER], "{told}");
    assert_eq!(world.partners.sismetro.calls("open").len(), 1, "{told}");
    assert_eq!(world.partners.sismetro.numbers(ORDER).len(), 1, "{told}");
    assert_eq!(world.seen(ORDER).order.observations.len(), 1, "{told}");
    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution, "{told}");
}

/// Sismetro concludes and calls back twenty times at once: one release.
async fn is_released_once<S: FlowState>(world: &World<S>, told: &str) {
    let ss = world.partners.sismetro.numbers(ORDER)[0];
    world.partners.sismetro.conclude(ss).expect("it is there");
    let push = world.partners.sismetro.callbacks().take_next().expect("a callback");
    let answers = call_back_at_once(world, &push).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 202).count(), 1, "{told}: {statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), TWENTY - 1, "{told}: {statuses:?}");
    work_at_once(world).await;
    // Whoever found the order in another's hands brings the callback again.
    for _ in 0..10 {
        if world.state_of(ORDER).await == State::Released {
            break;
        }
        world.clock.sleep(Duration::from_secs(20)).await;
        work_at_once(world).await;
    }
    assert_eq!(world.state_of(ORDER).await, State::Released, "{told}");
    assert_eq!(world.seen(ORDER).order.releases.len(), 1, "{told}");
}

#[tokio::test(start_paused = true)]
async fn twenty_identical_deliveries_and_callbacks_at_once_are_one_ss_and_one_release() {
    for seed in 0..150 {
        let told = format!("seed {seed}");
        let world = World::new();
        world.state.shake(seed);
        let pushes = deliveries(&world, true);
        let answers = at_once(&world, &pushes).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{told}: {answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.wake).count(), 1, "{told}: one is new");
        work_at_once(&world).await;
        is_one(&world, &told).await;
        is_released_once(&world, &told).await;
        world.judge().await;
    }
}

#[tokio::test(start_paused = true)]
async fn twenty_different_deliveries_of_one_order_at_once_are_one_ss() {
    for seed in 0..150 {
        let told = format!("seed {seed}");
        let world = World::with(|options| options.senior.events = EventForm::mixed(), |_| {});
        world.state.shake(seed);
        let pushes = deliveries(&world, false);
        // Some come while the first are being worked on.
        let (early, late) = pushes.split_at(usize::try_from(seed % 21).expect("small"));
        at_once(&world, early).await;
        let (answers, ()) = tokio::join!(at_once(&world, late), work_at_once(&world));
        // A door that loses ten times in a row to others asks for a repetition.
        for (push, answer) in late.iter().zip(&answers) {
            assert!([200, 503].contains(&answer.status), "{told}");
            if answer.status == 503 {
                assert_eq!(world.event(push).await.status, 200, "{told}");
            }
        }
        work_at_once(&world).await;
        is_one(&world, &told).await;
        let opened = &world.partners.sismetro.opens()[0].body;
        assert!(pushes.iter().any(|push| push.body == *opened), "{told}: one of the twenty, byte for byte");
        is_released_once(&world, &told).await;
        world.judge().await;
    }
}

/// A world on a real table, with time that runs so many times as fast.
async fn on_a_table() -> World<services::Watched<store::Store>> {
    let start = "2026-11-22T12:00:00Z".parse().expect("an instant");
    let clock = Clock::scaled(Scale::starting_now(start, 10.0));
    let table = local_table(clock.clone()).await;
    let faults = Faults::default();
    World::over(services::Watched::new(table, canaries()), clock, faults, |_| {}, |_| {})
}

#[tokio::test]
async fn on_a_table_twenty_identical_deliveries_and_callbacks_at_once_are_one_ss_and_one_release() {
    let world = on_a_table().await;
    let pushes = deliveries(&world, true);
    let answers = at_once(&world, &pushes).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.wake).count(), 1, "one is new");
    work_at_once(&world).await;
    is_one(&world, "a table").await;
    is_released_once(&world, "a table").await;
    settled(&world).await;
}

#[tokio::test]
async fn on_a_table_twenty_different_deliveries_of_one_order_at_once_are_one_ss() {
    let world = on_a_table().await;
    let pushes = deliveries(&world, false);
    let (answers, ()) = tokio::join!(at_once(&world, &pushes), work_at_once(&world));
    for (push, answer) in pushes.iter().zip(&answers) {
        assert!([200, 503].contains(&answer.status));
        if answer.status == 503 {
            assert_eq!(world.event(push).await.status, 200);
        }
    }
    work_at_once(&world).await;
    is_one(&world, "a table").await;
    is_released_once(&world, "a table").await;
    settled(&world).await;
}

async fn settled(world: &World<services::Watched<store::Store>>) {
    world.judge_violations(&[]);
    world.judge_orders().await;
    world.judge_what_was_acknowledged().await;
    assert_eq!(world.state.leaks(), Vec::<String>::new());
}
