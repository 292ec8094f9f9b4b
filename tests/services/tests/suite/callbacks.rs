//! R14 to R16: one tenant's own, callbacks that are lost and callbacks that come early.

use std::time::Duration;

use serde_json::json;
use service_orders::inbound::Inbound;
use service_orders::{State, records};
use services::{ORDER, SS, WEBHOOK, World};
use simulators::{CallbackForm, EventForm, Fault, Metadata, Names, Told};

use crate::events::PATH;

/// R14: the tenant is what the parameters say: an event of another one is kept and never processed, whatever spelling of
/// ours is an alias, and the key of an opening carries our name. (Functions, routes, queues and tables are checked where
/// the template is: `tests/template`.)
#[tokio::test(start_paused = true)]
async fn r14_an_event_of_another_tenant_is_kept_and_never_processed() {
    for metadata in [Metadata::Body, Metadata::Headers] {
        let form = EventForm { tenant: "outra-com-br".to_owned(), metadata, ..EventForm::default() };
        let world = World::with(|options| options.senior.events = form, |_| {});
        let id = world.closes_one();
        let answers = world.deliver().await;
        assert_eq!((answers[0].status, answers[0].kind), (200, "quarantined"), "{metadata:?}");
        world.lives(Duration::from_hours(1)).await;
        assert!(records::order(&world.state, &id).await.expect("read").is_none(), "{metadata:?}");
        assert!(world.asked().is_empty(), "{metadata:?}: nobody was asked anything");
        world.judge().await;
    }
    let form = EventForm { tenant: "ACME".to_owned(), metadata: Metadata::Body, ..EventForm::default() };
    let world = World::with(
        |options| options.senior.events = form,
        |settings| settings.senior.tenant_aliases = vec!["acme".to_owned()],
    );
    let (id, _) = world.opens().await;
    let key = world.partners.sismetro.opens()[0].idempotency_key.clone();
    assert_eq!(key, Some(format!("so-acme-com-br-{id}-1")));
    world.judge().await;
}

/// R15: a lost callback does not block billing for ever: Sismetro never calls back, and the order is released within one
/// run of the poll.
#[tokio::test(start_paused = true)]
async fn r15_without_any_callback_one_turn_of_the_poll_releases() {
    let world = World::with(|options| options.sismetro.callbacks = None, |_| {});
    let (id, ss) = world.opens().await;
    world.partners.sismetro.conclude(ss).expect("it is there");
    world.clock.sleep(Duration::from_hours(1)).await;

    let polled = world.polls().await;

    assert_eq!((polled.looked, polled.ended, polled.more), (1, 1, false));
    assert_eq!(world.state_of(&id).await, State::Released);
    world.judge().await;
}

/// R15: many orders, all callbacks lost: each turn looks at those that were looked at longest ago, within Sismetro's
/// limit, until all are at their end.
#[tokio::test(start_paused = true)]
async fn r15_a_hundred_orders_without_callbacks_all_come_to_their_end() {
    let world = World::with(|options| options.sismetro.callbacks = None, |_| {});
    let ids: Vec<String> =
        (0..100).map(|seed| world.closes_a(simulators::EquipmentKind::Existing, seed)).collect();
    world.lives(Duration::from_mins(20)).await;
    for (n, ss) in world.partners.sismetro.all_ss().into_iter().enumerate() {
        let done = match n % 3 {
            0 => world.partners.sismetro.conclude(ss.number),
            1 => world.partners.sismetro.cancel(ss.number, "Cliente desistiu"),
            _ => world.partners.sismetro.start(ss.number),
        };
        done.expect("it is there");
    }
    world.lives(Duration::from_hours(5)).await;

    let mut count = [0; 3];
    for id in &ids {
        match world.state_of(id).await {
            State::Released => count[0] += 1,
            State::Cancelled => count[1] += 1,
            State::AwaitingExecution => count[2] += 1,
            other => panic!("{id} is in {}", other.name()),
        }
    }
    assert_eq!(count, [34, 33, 33]);
    assert_eq!(world.partners.sismetro.verdict().total("rate_limited"), 0, "never above the limit");
    world.judge().await;
}

/// R15, `contracts/sismetro.md` §10 (P2): Sismetro's own connector has acted on the ERP: we find it done and call nobody.
#[tokio::test(start_paused = true)]
async fn r15_what_the_connector_has_done_already_is_not_done_again() {
    for is_done in [true, false] {
        let world = World::with(|options| options.sismetro.callbacks = None, |_| {});
        let (id, ss) = world.opens().await;
        if is_done {
            world.partners.sismetro.conclude(ss).expect("it is there");
        } else {
            world.partners.sismetro.cancel(ss, "Cliente desistiu").expect("it is there");
        }
        world.partners.connector_acts(&id).expect("it may");
        world.lives(Duration::from_hours(2)).await;

        let end = if is_done { State::Released } else { State::Cancelled };
        assert_eq!(world.state_of(&id).await, end);
        let seen = world.seen(&id).order;
        assert_eq!((seen.releases.len(), seen.cancels.len()), (0, 0));
        world.judge().await;
    }
}

/// R16: an early callback: sent during the open call, before its number is stored. Finally `released`, note present.
#[tokio::test(start_paused = true)]
async fn r16_a_callback_during_the_open_call_is_kept_and_followed() {
    for names in [Names::Both, Names::Ss, Names::Order] {
        let form = CallbackForm { names, ..CallbackForm::default() };
        let world = World::with(
            |options| {
                options.sismetro.callbacks = Some(form);
                options.sismetro.concluded_at_once = true;
            },
            |_| {},
        );
        world.partners.sismetro.faults().next("open", Fault::HeldAnswer, 1);
        let id = world.closes_one();
        world.deliver().await;
        let meanwhile = async {
            while world.partners.sismetro.faults().holding() == 0 {
                world.clock.sleep(Duration::from_millis(100)).await;
            }
            let answers = world.deliver().await;
            assert_eq!(answers.len(), 1, "{names:?}: it has called back");
            assert_eq!(answers[0].status, 202, "{names:?}");
            assert_eq!(world.state_of(&id).await, State::Opening, "{names:?}");
            world.partners.sismetro.faults().release();
        };
        tokio::join!(world.works(), meanwhile);
        world.lives(Duration::from_mins(15)).await;

        assert_eq!(world.state_of(&id).await, State::Released, "{names:?}");
        let notes = world.seen(&id).order.observations;
        assert!(notes.len() == 1 && notes[0].starts_with(&format!("Sismetro SS {SS} | ")), "{notes:?}");
        world.judge().await;
    }
}

/// R16, R9: it comes before the note is written, while the ERP does not take notes, for hours or for good: first the
/// note, then the release.
#[tokio::test(start_paused = true)]
async fn r16_a_callback_before_the_note_waits_for_the_note() {
    for refusal in [Fault::Html, Fault::Reject { text: "sem permissão".to_owned(), status: 400 }] {
        let world = World::with(|options| options.sismetro.concluded_at_once = true, |_| {});
        for method in ["listObservations", "addObservation"] {
            world.partners.senior.faults().next(method, refusal.clone(), 4_000);
        }
        let id = world.closes_one();
        world.deliver().await;
        tokio::join!(world.works(), early_callback(&world));
        world.lives(Duration::from_hours(5)).await;
        let order = world.order(&id).await;
        let is_parked = order.attention == Some(service_orders::Reason::NoteRefused);
        assert!(order.state == State::Opened || is_parked, "{refusal:?}: {:?}", order.state);
        assert!(
            order.outcome.is_some() && world.seen(&id).order.releases.is_empty(),
            "{refusal:?}: first the note"
        );
        world.partners.senior.faults().clear();
        if is_parked {
            let redrive =
                json!({"op": "redrive", "order_id": id, "reason": "permitido", "command_id": "c-1"});
            world.told(redrive).await.expect("obeyed");
        }
        world.lives(Duration::from_hours(1)).await;

        assert_eq!(world.state_of(&id).await, State::Released, "{refusal:?}");
        assert_eq!(world.seen(&id).order.observations.len(), 1, "{refusal:?}");
        world.judge().await;
    }
}

/// Sismetro calls back as soon as there is an SS.
async fn early_callback(world: &World) {
    while world.partners.sismetro.callbacks().is_empty() {
        world.clock.sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(world.deliver().await[0].status, 202);
}

/// R16: it comes before the event: it is kept, finds its order, and is verified like any other.
#[tokio::test(start_paused = true)]
async fn r16_a_callback_before_the_event_finds_its_order_later() {
    let world = World::new();
    let push = {
        // What Sismetro will say, from a world where it is so.
        let later = World::new();
        let (_, ss) = later.opens().await;
        let form = CallbackForm { names: Names::Order, ..CallbackForm::default() };
        later.partners.sismetro.callback(ss, &Told::Completed, &form).expect("it is there")
    };
    let answer = world.callback(&push).await;
    assert_eq!((answer.status, answer.kind), (202, "unmatched"));
    world.lives(Duration::from_mins(10)).await;
    let id = world.closes_one();
    assert_eq!(id, ORDER);
    world.lives(Duration::from_mins(2)).await;
    let ss = world.partners.sismetro.numbers(&id)[0];
    world.partners.sismetro.conclude(ss).expect("it is there");
    world.partners.sismetro.callbacks().drop_at(0);
    world.lives(Duration::from_mins(45)).await;

    assert_eq!(world.state_of(&id).await, State::Released);
    world.judge().await;
}

/// R16: one that finds no order for a day is an alarm, and stays listed.
#[tokio::test(start_paused = true)]
async fn r16_a_callback_without_an_order_is_an_alarm_after_a_day() {
    let world = World::new();
    let body = br#"{"event":"SS_COMPLETED","ss":999}"#;
    let headers = [("unit", simulators::UNIT), ("key", simulators::CALLBACK_KEY)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let path = "/webhooks/sismetro/service-order";
    let answer = world.at_sismetro(Inbound { method: "POST", path, headers: &headers, body }).await;
    assert_eq!(answer.status, 202);
    world.lives(Duration::from_hours(23)).await;
    assert_eq!(service_orders::watch::summary(&world.state).await.expect("read").unmatched, 0);
    world.lives(Duration::from_hours(2)).await;
    assert_eq!(service_orders::watch::summary(&world.state).await.expect("read").unmatched, 1);
    assert!(world.asked().is_empty(), "nobody was asked about it");
    world.judge().await;
}

/// R1, R14: the two doors are two: neither takes what belongs to the other.
#[tokio::test(start_paused = true)]
async fn r14_a_door_does_not_take_the_other_doors_secret() {
    let world = World::new();
    world.closes_one();
    let push = world.partners.senior.hub().take_next().expect("an event");
    let with = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let cross = with("x-webhook-secret", simulators::CALLBACK_KEY);
    let inbound = Inbound { method: "POST", path: PATH, headers: &cross, body: &push.body };
    assert_eq!(world.at_senior(inbound).await.status, 401);
    let mut cross = with("key", WEBHOOK);
    cross.extend(with("unit", simulators::UNIT));
    let path = "/webhooks/sismetro/service-order";
    let inbound = Inbound { method: "POST", path, headers: &cross, body: &push.body };
    assert_eq!(world.at_sismetro(inbound).await.status, 401);
    let mut outbound = with("key", simulators::UNIT_KEY);
    outbound.extend(with("unit", simulators::UNIT));
    let inbound = Inbound { method: "POST", path, headers: &outbound, body: &push.body };
    assert_eq!(world.at_sismetro(inbound).await.status, 401, "the key of our calls is not the key of theirs");
    assert_eq!(world.deliveries().await, 0);
}
