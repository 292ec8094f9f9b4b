//! A whole life, struck at every state call, every request and every answer: killed, or failing.

use std::time::Duration;

use engine::{Harm, Moment};
use serde_json::json;
use service_orders::{Reason, State};
use services::{ORDER, SS, World};
use simulators::Standing;

/// Open, note, and then complete and release, or cancel: what the world outside does, whatever happens to us.
async fn life(world: &World, is_done: bool) {
    world.closes_one();
    world.lives(Duration::from_mins(2)).await;
    ends(world, is_done);
    world.lives(Duration::from_mins(2)).await;
}

/// The service ends, if it was begun.
fn ends(world: &World, is_done: bool) {
    let sismetro = &world.partners.sismetro;
    if sismetro.ss(SS).is_some_and(|ss| ss.standing == Standing::Open) {
        if is_done { sismetro.conclude(SS) } else { sismetro.cancel(SS, "Cliente desistiu") }
            .expect("it is there");
    }
}

struct Struck {
    is_done: bool,
    auto_resend: bool,
    moment: Moment,
    harm: Harm,
}

impl Struck {
    fn world(&self) -> World {
        World::decided(|settings| settings.auto_resend = self.auto_resend)
    }

    /// Struck at each of its calls. How many there are.
    async fn everywhere(&self) -> usize {
        let calm = self.world();
        life(&calm, self.is_done).await;
        let calls = calm.faults().calls().len();
        assert_eq!(calm.state_of(ORDER).await, self.end());
        for call in 1..=calls {
            Box::pin(self.at(call)).await;
        }
        calls
    }

    fn end(&self) -> State {
        if self.is_done { State::Released } else { State::Cancelled }
    }

    async fn at(&self, call: usize) {
        let Self { is_done, auto_resend, moment, harm } = *self;
        let place = format!("{harm:?} {moment:?} call {call}");
        let mut world = self.world();
        world.faults().strike(call, moment, harm);
        let killed = world.until_killed(life(&world, is_done)).await.is_none();
        assert_eq!(killed, harm == Harm::Crash, "{place}");
        world.faults().spare();
        if killed {
            world.restart();
        }
        world.lives(Duration::from_mins(40)).await;
        ends(&world, is_done);
        world.lives(Duration::from_hours(2)).await;

        let order = world.order(ORDER).await;
        if order.state == State::NeedsAttention && !auto_resend {
            assert_eq!(order.attention, Some(Reason::OpenAmbiguous), "{place}");
            assert!(world.seen(ORDER).ss.is_empty(), "{place}: there was an SS to be found");
            let resend =
                json!({"op": "allow_resend", "order_id": ORDER, "reason": "não há SS", "command_id": "c-1"});
            world.told(resend).await.expect("obeyed");
            world.lives(Duration::from_mins(3)).await;
            ends(&world, is_done);
            world.lives(Duration::from_mins(10)).await;
        }
        assert_eq!(world.state_of(ORDER).await, self.end(), "{place}");
        let seen = world.seen(ORDER);
        assert_eq!(seen.ss.len(), 1, "{place}");
        assert_eq!(seen.order.observations.len(), 1, "{place}");
        assert_eq!(seen.order.releases.len() + seen.order.cancels.len(), 1, "{place}");
        world.judge().await;
    }
}

/// Both moments.
async fn everywhere(is_done: bool, auto_resend: bool, harm: Harm) {
    for moment in [Moment::Before, Moment::After] {
        let calls = Struck { is_done, auto_resend, moment, harm }.everywhere().await;
        assert!(calls > 60, "only {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_call_a_completed_service_is_released_once() {
    everywhere(true, false, Harm::Crash).await;
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_call_a_cancelled_service_is_cancelled_once() {
    everywhere(false, false, Harm::Crash).await;
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_call_nobody_is_needed_where_it_may_be_sent_again() {
    everywhere(true, true, Harm::Crash).await;
}

#[tokio::test(start_paused = true)]
async fn failing_at_any_call_a_completed_service_is_released_once() {
    everywhere(true, false, Harm::Fail).await;
}

#[tokio::test(start_paused = true)]
async fn failing_at_any_call_a_cancelled_service_is_cancelled_once() {
    everywhere(false, true, Harm::Fail).await;
}
