//! Every boundary of a life, as the place where the process dies or the store fails (flow §5).

use std::time::Duration;

use engine::{Harm, Moment};
use serde_json::Value;
use service_orders::{Reason, Settings, State};

use super::world::{ORDER, World, cancelled, completed, event, settings};

const SS: u64 = 1_287_001;

/// The world outside: it repeats what was not answered, and lets time pass.
async fn life(world: &World, ended: &str, callback: &Value) {
    while world.hears(&event(ORDER)).await.status != 200 {
        world.clock.sleep(Duration::from_secs(30)).await;
    }
    world.works_for(Duration::from_mins(45)).await;
    world.finishes(ended);
    while world.is_called(callback).await.status >= 300 {
        world.clock.sleep(Duration::from_secs(30)).await;
    }
    world.works_for(Duration::from_mins(45)).await;
}

/// What is true of every life, however often it was interrupted.
async fn judge(world: &World, end: State, case: &str) {
    let order = world.order(ORDER).await;
    let ambiguous = order.attention == Some(Reason::OpenAmbiguous);
    assert!(order.state == end || ambiguous, "{case}: {:?} {:?}", order.state, order.attention);
    assert!(world.partners.count("updateOrderStatusIntegration") <= 1, "{case}: released twice");
    assert!(world.partners.count("cancelOrders") <= 1, "{case}: cancelled twice");
    let data = world.partners.data();
    assert!(data.ss.len() <= 1, "{case}: {} SS", data.ss.len());
    if world.settings.auto_resend {
        assert!(data.ss.len() == 1 && !ambiguous, "{case}: it is never left to a person");
    }
    assert!(data.notes.len() <= 1, "{case}: {:?}", data.notes);
    let settled = data.orders[ORDER];
    let right = match (order.state, end) {
        (State::NeedsAttention, _) => "AGUARDANDO_INTEGRACAO",
        (_, State::Released) => "ABERTO_TOTAL",
        _ => "CANCELADO",
    };
    assert_eq!(settled, right, "{case}");
}

async fn struck_everywhere(
    settings: fn() -> Settings,
    ended: &str,
    callback: &Value,
    end: State,
    harm: Harm,
) {
    let calm = World::with(settings());
    life(&calm, ended, callback).await;
    judge(&calm, end, "calm").await;
    let calls = calm.faults.calls().len();
    assert!(calls > 40, "{calls} calls");
    for moment in [Moment::Before, Moment::After] {
        for call in 1..=calls {
            let case = format!("{harm:?} {moment:?} call {call}");
            let mut world = World::with(settings());
            world.faults.strike(call, moment, harm);
            let faults = world.faults.clone();
            tokio::select! {
                () = faults.crashed() => {}
                () = life(&world, ended, callback) => {}
            }
            world.faults.spare();
            world.restart();
            life(&world, ended, callback).await;
            judge(&world, end, &case).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_opens_no_second_ss_and_releases_in_the_end() {
    Box::pin(struck_everywhere(settings, "CONCLUÍDA", &completed(SS), State::Released, Harm::Crash)).await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_anywhere_opens_no_second_ss_and_releases_in_the_end() {
    Box::pin(struck_everywhere(settings, "CONCLUÍDA", &completed(SS), State::Released, Harm::Fail)).await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_anywhere_cancels_in_the_end() {
    Box::pin(struck_everywhere(settings, "CANCELADA", &cancelled(SS), State::Cancelled, Harm::Crash)).await;
}

#[tokio::test(start_paused = true)]
async fn with_resends_a_crash_anywhere_leaves_exactly_one_ss() {
    let resending = || Settings { auto_resend: true, ..settings() };
    Box::pin(struck_everywhere(resending, "CONCLUÍDA", &completed(SS), State::Released, Harm::Crash)).await;
}
