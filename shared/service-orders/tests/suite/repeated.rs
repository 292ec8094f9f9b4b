//! The ERP's events come more than once and in any order (`contracts/senior-x.md` §7.2).

use std::time::Duration;

use engine::{Cases as _, Filing};
use serde_json::{Value, json};
use service_orders::delivery::Delivery;
use service_orders::{KIND, Reason, Skip, State};

use super::world::{ORDER, World, event};

fn without() -> Value {
    let mut body = event(ORDER);
    body["equipment"] = Value::Null;
    body
}

/// The ERP tells something else of the order.
fn corrected() -> Value {
    let mut body = event(ORDER);
    body["observation"] = json!("Atender à tarde");
    body
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_equipment_was_added_is_opened_though_the_first_event_comes_again() {
    let world = World::new();
    assert_eq!(world.hears(&without()).await.kind, "skipped");
    assert_eq!(world.hears(&event(ORDER)).await.kind, "stored");

    assert_eq!(world.hears(&without()).await.kind, "duplicate");
    world.works().await;

    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
    assert_eq!(world.partners.data().opened[0].2, event(ORDER).to_string());
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_equipment_was_taken_away_opens_no_ss_though_the_first_event_comes_again() {
    let world = World::new();
    world.hears(&event(ORDER)).await;
    world.clock.sleep(Duration::from_secs(1)).await;
    assert_eq!(world.hears(&without()).await.kind, "skipped");

    assert_eq!(world.hears(&event(ORDER)).await.kind, "skipped");
    world.works().await;
    assert_eq!(world.order(ORDER).await.skipped, Some(Skip::NoEquipment));
    assert!(world.partners.data().ss.is_empty());

    // Only a person brings it back.
    let deliveries = Delivery::of_order(&world.state, ORDER, 10).await.expect("read");
    let (first, _) = &deliveries[0];
    let replay = json!({"op": "replay_event", "delivery": first, "reason": "conferido", "command_id": "c-1"});
    world.told(replay).await.expect("obeyed");
    world.works().await;
    assert_eq!(world.partners.data().ss.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_data_that_were_corrected_last_are_relayed_though_the_first_event_comes_again() {
    let world = World::new();
    world.hears(&event(ORDER)).await;
    world.hears(&corrected()).await;

    assert_eq!(world.hears(&event(ORDER)).await.kind, "duplicate");
    world.works().await;

    assert_eq!(world.partners.data().opened[0].2, corrected().to_string());
}

/// The order is cancelled; another event of it came while its SS was waited for.
async fn cancelled(remembers: bool) -> World {
    let world = World::new();
    world.hears(&event(ORDER)).await;
    world.works().await;
    assert_eq!(world.hears(&corrected()).await.kind, "duplicate");
    if !remembers {
        let case = world.state.case(KIND, ORDER).await.expect("read").expect("a record");
        let mut body = case.filing.body.clone();
        body.as_object_mut().expect("members").remove("heard").expect("it is remembered");
        let filing = Filing { body, ..case.filing.clone() };
        world.state.file(KIND, ORDER, Some(&case), filing).await.expect("filed");
    }
    world.finishes("CANCELADA");
    world.clock.sleep(Duration::from_hours(2)).await;
    world.polls().await;
    world.works().await;
    assert_eq!(world.state_of(ORDER).await, State::Cancelled);
    world
}

#[tokio::test(start_paused = true)]
async fn an_event_that_changed_nothing_does_not_reopen_the_cancelled_order_when_it_comes_again() {
    for remembers in [true, false] {
        let world = cancelled(remembers).await;

        assert_eq!(world.hears(&corrected()).await.kind, "duplicate");
        assert_eq!(world.state_of(ORDER).await, State::Cancelled, "remembered by the order: {remembers}");

        // The same words under an id of their own are another event.
        let headers = [("x-webhook-secret", super::world::WEBHOOK), ("x-event-id", "e-9")];
        world.hears_with(&headers, corrected().to_string().as_bytes()).await;
        assert_eq!(world.order(ORDER).await.attention, Some(Reason::ReopenedAfterCancel));
    }
}
