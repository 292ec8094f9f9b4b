//! What a wrong map or a wrong record takes out of the flow is seen, and can be brought back (flow §7, §8.3, §9).

use std::time::Duration;

use engine::{Budget, Cases as _, Filing};
use serde_json::{Value, json};
use service_orders::delivery::Delivery;
use service_orders::equipment::{self, Query};
use service_orders::inbound::{self, Inbound};
use service_orders::{Alarm, KIND, Settings, Skip, State, show, watch};

use super::world::{ORDER, WEBHOOK, World, completed, event, settings};

const SS: u64 = 1_287_001;

/// The equipment is where no pointer looks; those that do find nothing.
fn hidden(id: &str) -> Value {
    let mut body = event(id);
    body["equipment"] = Value::Null;
    body["maquina"] = json!({"codigo": "88121"});
    body
}

fn corrected(world: &mut World) {
    let pointers = vec!["/maquina/codigo".to_owned()];
    world.settings.senior.senior_event_map.insert("equipment.id".to_owned(), pointers);
    world.restart();
}

async fn skipped(settings: Settings) -> World {
    let world = World::with(settings);
    assert_eq!(world.hears(&hidden(ORDER)).await.kind, "skipped");
    world.works().await;
    assert_eq!(world.order(ORDER).await.skipped, Some(Skip::NoEquipment));
    assert!(world.partners.data().ss.is_empty());
    world
}

fn redrive(command: &str) -> Value {
    json!({"op": "redrive", "order_id": ORDER, "reason": "mapa corrigido", "command_id": command})
}

#[tokio::test(start_paused = true)]
async fn an_order_that_only_a_wrong_map_has_skipped_is_opened_once_its_delivery_is_replayed() {
    let mut world = skipped(settings()).await;
    let (delivery, _) =
        Delivery::of_order(&world.state, ORDER, 10).await.expect("read").pop().expect("a delivery");
    let replay = |command: &str| json!({"op": "replay_event", "delivery": delivery, "reason": "mapa corrigido", "command_id": command});
    world.told(replay("c-1")).await.expect("obeyed");
    assert_eq!(world.state_of(ORDER).await, State::Skipped, "the map says the same");

    corrected(&mut world);
    world.told(replay("c-2")).await.expect("obeyed");
    world.works().await;

    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
    assert_eq!(world.partners.data().opened[0].2, hidden(ORDER).to_string(), "byte for byte");
    world.told(replay("c-3")).await.expect("obeyed");
    world.works().await;
    assert_eq!(world.partners.count("open"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_only_a_wrong_map_has_skipped_is_opened_once_it_is_redriven_or_closed_again() {
    let mut world = skipped(settings()).await;
    let refused = world.told(redrive("c-1")).await.expect_err("the map says the same").to_string();
    assert!(refused.contains("sem equipamento"), "{refused}");

    corrected(&mut world);
    world.told(redrive("c-2")).await.expect("obeyed");
    world.works().await;

    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
    let causes: Vec<String> = show::whole(&world.order(ORDER).await)["history"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|step| step["cause"].as_str().map(str::to_owned))
        .collect();
    assert!(causes.iter().any(|cause| cause == "retomado (ana): mapa corrigido"), "{causes:?}");
    assert_eq!(world.told(redrive("c-2")).await.expect("known")["duplicate"], json!(true));

    let mut world = skipped(settings()).await;
    corrected(&mut world);
    assert_eq!(world.hears(&hidden(ORDER)).await.kind, "stored", "the same event");
    world.works().await;
    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
}

#[tokio::test(start_paused = true)]
async fn a_skipped_order_that_waits_in_the_erp_is_told_and_skips_are_counted_by_reason() {
    let world = skipped(Settings { find_lost_events: true, ..settings() }).await;
    world.partners.data().orders.insert("o-off".to_owned(), "ABERTO_TOTAL");
    let mut off = event("o-off");
    off["branch"]["code"] = json!(9);
    let branch = json!({"op": "set_branch", "company_code": 1, "branch_code": 9, "active": false,
        "reason": "x", "command_id": "c"});
    world.told(branch).await.expect("obeyed");
    world.hears(&off).await;

    let look = async || watch::without_event(&world.orders()).await.expect("listed");
    let again = async || watch::lost(&world.orders()).await.expect("listed");
    assert!(look().await.is_empty(), "it may have been closed a moment ago");
    assert!(!again().await.is_whole, "it is looked at again soon");
    world.clock.sleep(Duration::from_mins(31)).await;

    assert_eq!(look().await, [ORDER]);
    assert!(again().await.is_whole);
    let summary = watch::summary(&world.state).await.expect("read");
    let skipped = [("branch_inactive", 1), ("no_equipment", 1)];
    assert_eq!(summary.skipped.into_iter().filter(|(_, count)| *count > 0).collect::<Vec<_>>(), skipped);
}

#[tokio::test(start_paused = true)]
async fn a_callback_for_a_skipped_order_is_an_alarm_and_its_ss_is_not_opened_again() {
    let mut world = skipped(settings()).await;
    world.partners.data().ss.insert(
        SS,
        super::partners::Ss {
            status: "CONCLUÍDA".to_owned(),
            opened: "2026-11-22 06:00:00".to_owned(),
            body: ORDER.to_owned(),
        },
    );
    let mut said = completed(SS);
    said["orderId"] = json!(ORDER);
    world.is_called(&said).await;
    world.works().await;

    let order = world.order(ORDER).await;
    assert_eq!((order.state, order.alarms.contains(&Alarm::LateConflictingOutcome)), (State::Skipped, true));
    corrected(&mut world);
    world.told(redrive("c-1")).await.expect("obeyed");
    world.works().await;

    assert_eq!((world.state_of(ORDER).await, world.partners.count("open")), (State::Released, 0));
}

/// The record is there and nobody can read it.
async fn corrupted(world: &World, id: &str) {
    let case = world.state.case(KIND, id).await.expect("read").expect("a record");
    let mut body = case.filing.body.clone();
    body["generation"] = json!("nonsense");
    let filing = Filing { body, due: None, ..case.filing.clone() };
    world.state.file(KIND, id, Some(&case), filing).await.expect("filed");
}

#[tokio::test(start_paused = true)]
async fn one_record_that_cannot_be_read_hides_no_other_and_is_counted() {
    let world = World::new();
    for id in ["o-1", ORDER] {
        world.partners.data().orders.insert(id.to_owned(), "AGUARDANDO_INTEGRACAO");
        world.hears(&event(id)).await;
    }
    world.works().await;
    corrupted(&world, "o-1").await;
    world.finishes("CONCLUÍDA");
    world.clock.sleep(Duration::from_hours(2)).await;

    let lines = show::list(&world.state, None, 10).await.expect("listed");
    let (summary, oldest) = watch::inspected(&world.state).await.expect("looked through");
    let late = watch::stale(&world.state, &world.clock, &world.settings).await.expect("looked through");
    let polled = world.polls().await;

    assert_eq!((polled.looked, polled.ended, world.state_of(ORDER).await), (1, 1, State::Released));
    assert_eq!((summary.unreadable, summary.states["awaiting_execution"], late.len()), (1, 2, 0));
    assert!(oldest.contains_key("awaiting_execution"));
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().any(|line| line["order_id"] == "o-1" && line["error"].is_string()), "{lines:?}");
    let found = show::found(&world.state, &engine::Mark::new("numero", "48213"), 10).await.expect("listed");
    assert_eq!(found.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_ss_by_its_machine_alone_is_left_to_a_person_where_a_rival_cannot_be_read() {
    let world = World::new();
    world.partners.data().orders.insert("o-1".to_owned(), "AGUARDANDO_INTEGRACAO");
    world.partners.data().down = Some(("open", 422));
    world.hears(&event("o-1")).await;
    world.works().await;
    corrupted(&world, "o-1").await;
    world.partners.data().down = None;
    world.partners.data().lose = Some(("open", true));
    world.hears(&event(ORDER)).await;
    world.works().await;
    for ss in world.partners.data().ss.values_mut() {
        ss.body.clear();
    }

    world.works_for(Duration::from_mins(30)).await;

    assert_eq!(world.order(ORDER).await.attention, Some(service_orders::Reason::OpenAmbiguous));
}

#[tokio::test(start_paused = true)]
async fn a_register_of_equipment_that_is_refused_stops_no_order() {
    for status in [401, 403] {
        let world = World::new();
        let headers = [("x-webhook-secret".to_owned(), WEBHOOK.to_owned())];
        let inbound = Inbound { method: "GET", path: equipment::PATH, headers: &headers, body: b"" };
        let World { state, clock, settings, credentials, .. } = &world;
        equipment::search(state, clock, settings, credentials, inbound, Query::default(), "a").await;
        world.partners.data().down = Some(("listAll", status));
        equipment::refresh(&world.orders(), "test", Budget::unlimited()).await.expect("stored");
        let again =
            equipment::search(state, clock, settings, credentials, inbound, Query::default(), "a").await;
        assert_eq!((again.status, again.kind), (503, "unreadable"), "the register rests");

        world.hears(&event(ORDER)).await;
        world.works().await;

        assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution, "{status}");
        assert!(service_orders::resting(&world.state, world.clock.now()).await.expect("read").is_empty());
    }
}

/// Whoever delivered it may not come again.
#[tokio::test(start_paused = true)]
async fn an_event_of_an_order_whose_record_cannot_be_read_is_kept_in_quarantine() {
    let world = World::new();
    world.partners.data().orders.insert(ORDER.to_owned(), "AGUARDANDO_INTEGRACAO");
    world.hears(&event(ORDER)).await;
    let whole = world.state.case(KIND, ORDER).await.expect("read").expect("a record");
    corrupted(&world, ORDER).await;
    let mut news = event(ORDER);
    news["order"]["number"] = json!(48_214);

    let answer = world.hears(&news).await;

    assert_eq!((answer.status, answer.kind), (200, "quarantined"));
    let kept = Delivery::in_quarantine(&world.state, 10).await.expect("read");
    let kept: Vec<_> =
        kept.into_iter().filter_map(|(id, delivery)| Some((id, delivery.quarantined?))).collect();
    let [(id, why)] = &kept[..] else { panic!("{kept:?}") };
    assert!(inbound::told(why).contains("não pode ser lido"), "{why}");

    let broken = world.state.case(KIND, ORDER).await.expect("read").expect("a record");
    world.state.file(KIND, ORDER, Some(&broken), whole.filing).await.expect("filed");
    world
        .told(json!({"op": "replay_event", "delivery": id, "reason": "corrigido", "command_id": "c-1"}))
        .await
        .expect("obeyed");
    assert_eq!(world.order(ORDER).await.content.number.as_deref(), Some("48214"));
}

/// Two orders would be released when one service ends.
#[tokio::test(start_paused = true)]
async fn an_opening_that_is_answered_with_the_ss_of_another_order_is_looked_up_and_not_believed() {
    let other = "9d1c7a1f-0c9e-4b10-8f6e-2a514a635b1f";
    let world = World::new();
    world.partners.data().orders.insert(other.to_owned(), "AGUARDANDO_INTEGRACAO");
    world.hears(&event(other)).await;
    world.works().await;
    assert_eq!(world.order(other).await.ss.expect("opened").number, SS.to_string());

    world.partners.data().names_instead = Some(SS);
    world.hears(&event(ORDER)).await;
    world.works_for(Duration::from_mins(30)).await;

    let order = world.order(ORDER).await;
    assert_eq!(order.ss.expect("found in the list").number, (SS + 1).to_string());
    assert_eq!(order.state, State::AwaitingExecution);
    assert_eq!(world.partners.count("open"), 2);
}
