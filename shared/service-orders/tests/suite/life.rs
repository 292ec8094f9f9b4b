//! Whole lives of orders.

use std::time::Duration;

use serde_json::json;
use service_orders::settings::CancelStrategy;
use service_orders::{Alarm, Reason, Settings, Skip, State};

use super::partners::link;
use super::world::{ORDER, World, cancelled, completed, event, settings};

const SS: u64 = 1_287_001;

#[tokio::test(start_paused = true)]
async fn an_order_with_equipment_is_opened_noted_done_and_released() {
    let world = World::new();
    let answer = world.hears(&event(ORDER)).await;
    assert_eq!((answer.status, answer.body), (200, json!({"accepted": true, "orderId": ORDER}).to_string()));
    assert!(answer.wake);

    world.works().await;
    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
    assert_eq!(world.situation(ORDER), "AGUARDANDO_INTEGRACAO");
    let note = format!("Sismetro SS {SS} | {}", link(SS));
    assert_eq!(world.partners.data().notes, [(ORDER.to_owned(), note)]);
    let (content_type, key, body) = world.partners.data().opened[0].clone();
    assert_eq!((content_type.as_str(), key), ("application/json", format!("so-acme-{ORDER}-1")));
    assert_eq!(body, event(ORDER).to_string(), "byte for byte");

    world.finishes("CONCLUÍDA");
    assert_eq!(world.is_called(&completed(SS)).await.status, 202);
    world.works().await;

    assert_eq!((world.state_of(ORDER).await, world.situation(ORDER)), (State::Released, "ABERTO_TOTAL"));
    assert_eq!(world.is_called(&completed(SS)).await.status, 200, "a repetition");
    world.works_for(Duration::from_hours(2)).await;
    assert_eq!(world.partners.count("updateOrderStatusIntegration"), 1);
    assert_eq!(world.partners.count("open"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_service_cancels_the_order() {
    let world = World::new();
    world.hears(&event(ORDER)).await;
    world.works().await;
    world.finishes("CANCELADA");
    world.is_called(&cancelled(SS)).await;

    world.works().await;

    let order = world.order(ORDER).await;
    assert_eq!((order.state, world.situation(ORDER)), (State::Cancelled, "CANCELADO"));
    assert_eq!(order.outcome.and_then(|outcome| outcome.reason).as_deref(), Some("Cliente desistiu"));
    assert_eq!(world.partners.count("cancelOrders"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_order_that_the_erp_does_not_cancel_follows_the_strategy() {
    for (cancel_strategy, state, situation) in [
        (CancelStrategy::Direct, State::NeedsAttention, "AGUARDANDO_INTEGRACAO"),
        (CancelStrategy::ReleaseThenCancel, State::Cancelled, "CANCELADO"),
    ] {
        let world = World::with(Settings { cancel_strategy, ..settings() });
        world.partners.data().cancels_waiting = false;
        world.hears(&event(ORDER)).await;
        world.works().await;
        world.finishes("CANCELADA");
        world.is_called(&cancelled(SS)).await;

        world.works().await;

        let order = world.order(ORDER).await;
        assert_eq!((order.state, world.situation(ORDER)), (state, situation));
        let parked = order.attention == Some(Reason::CancelRefusedWaiting);
        assert_eq!(parked, state == State::NeedsAttention);
    }
}

#[tokio::test(start_paused = true)]
async fn a_forged_callback_releases_nothing() {
    let world = World::new();
    world.hears(&event(ORDER)).await;
    world.works().await;
    world.is_called(&completed(SS)).await;

    world.works_for(Duration::from_hours(2)).await;

    let order = world.order(ORDER).await;
    assert_eq!((order.state, order.attention), (State::NeedsAttention, Some(Reason::CallbackNotConfirmed)));
    assert_eq!(world.partners.count("updateOrderStatusIntegration"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lost_callback_is_healed_by_the_poll() {
    let world = World::new();
    world.hears(&event(ORDER)).await;
    world.works().await;
    world.finishes("CONCLUÍDA");
    assert_eq!(world.polls().await.looked, 0, "it was just opened");

    world.clock.sleep(Duration::from_hours(1)).await;
    let polled = world.polls().await;

    assert_eq!((polled.looked, polled.ended), (1, 1));
    assert_eq!(world.state_of(ORDER).await, State::Released);
}

/// Three orders that wait for their services, all of which are done; Sismetro has called nobody.
async fn three_done() -> World {
    let world = World::new();
    for id in [ORDER, "o-2", "o-3"] {
        world.partners.data().orders.insert(id.to_owned(), "AGUARDANDO_INTEGRACAO");
        world.hears(&event(id)).await;
        world.works().await;
    }
    world.finishes("CONCLUÍDA");
    world.clock.sleep(Duration::from_hours(1)).await;
    world
}

#[tokio::test(start_paused = true)]
async fn one_ss_that_cannot_be_looked_at_keeps_no_other_waiting_and_is_seen() {
    let world = three_done().await;
    world.partners.data().broken.insert(SS);

    let polled = world.polls().await;

    assert_eq!((polled.looked, polled.ended, polled.failed), (2, 2, 1));
    assert_eq!([world.state_of("o-2").await, world.state_of("o-3").await], [State::Released; 2]);
    world.clock.sleep(Duration::from_hours(1)).await;
    world.polls().await;
    let order = world.order(ORDER).await;
    assert_eq!((order.state, order.alarms.first()), (State::AwaitingExecution, Some(&Alarm::PollFailed)));
    assert_eq!(service_orders::watch::summary(&world.state).await.expect("read").unlooked, 1);
    let list = world.told(json!({"op": "list"})).await.expect("listed");
    assert_eq!(list["orders"][0]["warnings"][0], json!(Alarm::PollFailed.text()));
    assert!(list["orders"][0]["error"].is_string());

    world.partners.data().broken.clear();
    world.clock.sleep(Duration::from_hours(1)).await;
    world.polls().await;
    let order = world.order(ORDER).await;
    assert_eq!((order.state, order.alarms.len()), (State::Released, 0));
}

#[tokio::test(start_paused = true)]
async fn an_account_that_answers_nothing_is_left_alone_after_two() {
    let world = three_done().await;
    world.partners.data().down = Some(("findBySs", 503));

    let polled = world.polls().await;

    assert_eq!((polled.looked, polled.failed, polled.more), (0, 3, true));
    let mut tried = Vec::new();
    for id in [ORDER, "o-2", "o-3"] {
        tried.push(world.order(id).await.polled.is_some());
    }
    assert_eq!(tried, [true, true, false], "the third goes first the next time");
}

#[tokio::test(start_paused = true)]
async fn an_ss_that_is_gone_or_not_explained_is_seen() {
    let world = three_done().await;
    world.partners.data().ss.remove(&(SS + 1));
    world.finishes("EM REVISÃO");

    let polled = world.polls().await;

    assert_eq!((polled.looked, polled.ended), (3, 0));
    assert!(world.order("o-2").await.alarms.contains(&Alarm::SsNotFound));
    assert!(world.order("o-3").await.alarms.contains(&Alarm::UnknownStatus));
    let summary = service_orders::watch::summary(&world.state).await.expect("read");
    assert_eq!((summary.unlooked, summary.unexplained), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_account_is_gone_is_for_a_person() {
    let mut world = three_done().await;
    let keys = world.credentials.sismetro.remove("principal").expect("there");
    world.restart();
    world.polls().await;
    assert_eq!(world.order(ORDER).await.attention, Some(Reason::AccountMissing));

    world.credentials.sismetro.insert("principal".to_owned(), keys);
    world.restart();
    let redrive = json!({"op": "redrive", "order_id": ORDER, "reason": "voltou", "command_id": "c-1"});
    world.told(redrive).await.expect("obeyed");
    world.clock.sleep(Duration::from_hours(1)).await;
    world.polls().await;
    assert_eq!(world.state_of(ORDER).await, State::Released);
}

#[tokio::test(start_paused = true)]
async fn an_ss_that_is_older_than_the_order_is_not_adopted() {
    let world = World::new();
    let old = super::partners::Ss {
        status: "CONCLUÍDA".to_owned(),
        opened: "2026-11-01 10:00:00".to_owned(),
        body: String::new(),
    };
    world.partners.data().ss.insert(555, old);
    world.hears(&event(ORDER)).await;
    world.is_called(&json!({"event": "SS_COMPLETED", "eventId": "cb-9", "ss": 555, "orderId": ORDER})).await;

    world.works_for(Duration::from_hours(1)).await;

    let order = world.order(ORDER).await;
    assert_eq!((order.state, order.outcome), (State::AwaitingExecution, None));
    assert_ne!(order.ss.expect("its own").number, "555");
    assert_eq!(world.situation(ORDER), "AGUARDANDO_INTEGRACAO");
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_comes_before_anything_else_is_kept() {
    let world = World::new();
    let answer = world.is_called(&completed(SS)).await;
    assert_eq!((answer.status, answer.body), (202, json!({"accepted": true, "matched": false}).to_string()));
    world.works().await;
    world.hears(&event(ORDER)).await;
    world.works().await;
    world.finishes("CONCLUÍDA");

    world.works_for(Duration::from_mins(30)).await;

    assert_eq!(world.state_of(ORDER).await, State::Released);
    assert_eq!(world.partners.data().notes.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn twenty_identical_events_are_one_order_and_one_ss() {
    let world = World::new();
    let event = event(ORDER);

    let answers = futures(20, || world.hears(&event)).await;
    world.works().await;

    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(answers.iter().filter(|answer| answer.wake).count(), 1);
    assert_eq!(world.partners.data().ss.len(), 1);
}

async fn futures<F: Future>(times: usize, make: impl Fn() -> F) -> Vec<F::Output> {
    let mut all: Vec<_> = (0..times).map(|_| Box::pin(make())).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        all.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                done.push(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if all.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[tokio::test(start_paused = true)]
async fn an_opening_whose_reply_is_lost_is_adopted_and_not_repeated() {
    let world = World::new();
    world.partners.data().lose = Some(("open", true));
    world.hears(&event(ORDER)).await;

    world.works_for(Duration::from_mins(10)).await;

    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
    assert_eq!(world.partners.count("open"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_opening_that_leaves_no_trace_is_for_a_person_or_sent_once_more() {
    for (auto_resend, copies, ss) in [(false, true, 0), (true, true, 1), (false, false, 0)] {
        let world = World::with(Settings { auto_resend, ..settings() });
        world.partners.data().lose = Some(("open", false));
        world.partners.data().copies = copies;
        world.hears(&event(ORDER)).await;

        world.works_for(Duration::from_hours(1)).await;

        let order = world.order(ORDER).await;
        assert_eq!(world.partners.data().ss.len(), ss);
        let reason = (!auto_resend).then_some(Reason::OpenAmbiguous);
        assert_eq!(order.attention, reason);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_without_a_link_is_completed_by_looking() {
    let world = World::new();
    world.partners.data().links = false;
    world.hears(&event(ORDER)).await;

    world.works().await;

    let order = world.order(ORDER).await;
    assert_eq!(order.ss.and_then(|ss| ss.link), Some(link(SS)));
    assert!(!order.alarms.contains(&Alarm::SsLinkMissing));
    assert_eq!(world.partners.data().notes.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_inactive_branch_opens_nothing_until_it_is_active() {
    let world = World::with(Settings { default_branch_active: false, ..settings() });
    let answer = world.hears(&event(ORDER)).await;
    assert_eq!(answer.body, json!({"accepted": true, "skipped": "branch_inactive"}).to_string());
    world.works().await;
    assert_eq!(world.order(ORDER).await.skipped, Some(Skip::BranchInactive));

    let branch = json!({"op": "set_branch", "company_code": 1, "branch_code": 3, "active": true,
        "reason": "ligada no ERP", "command_id": "c-1"});
    world.told(branch).await.expect("obeyed");
    let redrive = json!({"op": "redrive", "order_id": ORDER, "reason": "ligada", "command_id": "c-2"});
    world.told(redrive).await.expect("obeyed");
    world.works().await;

    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
}

#[tokio::test(start_paused = true)]
async fn a_branch_that_is_switched_off_midway_lets_its_orders_end() {
    let world = World::new();
    world.hears(&event(ORDER)).await;
    world.works().await;
    let off =
        json!({"op": "set_branch", "company_code": 1, "active": false, "reason": "fora", "command_id": "c"});
    world.told(off).await.expect("obeyed");
    world.finishes("CONCLUÍDA");
    world.is_called(&completed(SS)).await;

    world.works().await;

    assert_eq!(world.state_of(ORDER).await, State::Released);
}

#[tokio::test(start_paused = true)]
async fn equipment_decides_whether_there_is_an_ss() {
    let cases = [
        (json!({"equipment": {"id": "88121"}, "newEquipment": null}), true),
        (json!({"equipment": {"id": null}, "newEquipment": "Balança nova"}), true),
        (json!({"equipment": {"id": "88121"}, "newEquipment": "Balança nova"}), true),
        (json!({"equipment": null, "newEquipment": null}), false),
        (json!({}), true),
    ];
    for (equipment, wanted) in cases {
        let world = World::new();
        let mut body = event(ORDER);
        let members = body.as_object_mut().expect("an object");
        members.remove("equipment");
        members.remove("newEquipment");
        members.extend(equipment.as_object().expect("an object").clone());
        world.hears(&body).await;
        world.works().await;

        assert_eq!(world.partners.data().ss.len(), usize::from(wanted), "{equipment}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_without_a_branch_asks_the_erp() {
    let world = World::new();
    let mut body = event(ORDER);
    body.as_object_mut().expect("an object").remove("branch");
    world.hears(&body).await;

    world.works().await;

    let order = world.order(ORDER).await;
    assert_eq!((order.state, order.content.branch), (State::AwaitingExecution, Some(3)));
}

#[tokio::test(start_paused = true)]
async fn several_orders_in_one_delivery_are_opened_each_with_its_own_element() {
    let world = World::new();
    let second = "6c2f6f0e-2a51-4a63-9d1c-7a1f0c9e4b11";
    world.partners.data().orders.insert(second.to_owned(), "AGUARDANDO_INTEGRACAO");
    let answer = world.hears(&json!([event(ORDER), event(second)])).await;
    assert_eq!(answer.status, 200);

    world.works().await;

    let bodies: Vec<String> = world.partners.data().opened.iter().map(|(.., body)| body.clone()).collect();
    assert_eq!(bodies, [event(ORDER).to_string(), event(second).to_string()]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_six_hours_is_waited_for_and_one_of_a_day_is_for_a_person() {
    for (hours, state) in [(6, State::AwaitingExecution), (25, State::NeedsAttention)] {
        let world = World::new();
        world.partners.data().down = Some(("order", 503));
        let mut body = event(ORDER);
        body.as_object_mut().expect("an object").remove("branch");
        world.hears(&body).await;
        world.works_for(Duration::from_hours(hours)).await;
        world.partners.data().down = None;
        world.works_for(Duration::from_hours(1)).await;

        assert_eq!(world.state_of(ORDER).await, state, "{hours} h");
        if state == State::NeedsAttention {
            let redrive = json!({"op": "redrive", "order_id": ORDER, "reason": "voltou", "command_id": "c"});
            world.told(redrive).await.expect("obeyed");
            world.works().await;
            assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_park_one_order_and_spare_the_partner_the_others() {
    let world = World::new();
    world.partners.data().down = Some(("open", 401));
    for n in 0..20 {
        let id = format!("order-{n}");
        world.partners.data().orders.insert(id.clone(), "AGUARDANDO_INTEGRACAO");
        world.hears(&event(&id)).await;
    }

    world.works().await;

    let summary = service_orders::watch::summary(&world.state).await.expect("read");
    assert_eq!(summary.reasons["sismetro_auth"], 1);
    assert_eq!(summary.states["received"], 19);
}

#[tokio::test(start_paused = true)]
async fn the_ss_of_another_order_on_the_same_machine_is_not_adopted() {
    let world = World::with(Settings { auto_resend: true, ..settings() });
    world.partners.data().orders.insert("o-2".to_owned(), "AGUARDANDO_INTEGRACAO");
    let mut other = event("o-2");
    other["order"]["number"] = json!(48_214);
    world.hears(&event(ORDER)).await;
    world.partners.data().lose = Some(("open", false));
    world.works().await;
    world.hears(&other).await;
    world.partners.data().lose = Some(("open", true));
    world.works().await;

    world.works_for(Duration::from_mins(45)).await;

    let mut numbers = Vec::new();
    for id in [ORDER, "o-2"] {
        let number = world.order(id).await.ss.expect("an SS").number;
        let opened = world.partners.data().opened.len();
        assert_eq!(opened, 2, "one SS each");
        numbers.push(number);
    }
    assert_eq!(numbers, ["1287002", "1287001"], "each its own");
}
