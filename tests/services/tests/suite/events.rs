//! R1 to R6: from the ERP's event to the SS.

use std::time::Duration;

use partner_http::Secret;
use serde_json::{Value, json};
use service_orders::inbound::Inbound;
use service_orders::{AccountKeys, Alarm, Content, Credentials, Reason, Skip, State};
use services::{ORDER, WEBHOOK, WEBHOOK_PREVIOUS, World};
use simulators::{
    CancelMode, Copied, EquipmentKind, EventForm, LEAKED_TOKEN, Metadata, Naming, OrderSituation,
    ServiceOrder, Wrapper, worked_service_order,
};

pub(crate) const PATH: &str = "/webhooks/senior/service-order-finished";

/// R1: webhook for `erpx_com_ven/pedido/externalServiceOrderFinished` with configurable URL and headers. Valid secret
/// 200, missing, wrong and old secret per rotation.
#[tokio::test(start_paused = true)]
async fn r01_the_door_opens_to_the_current_and_the_previous_secret_and_to_no_other() {
    let mut world = World::new();
    world.closes_one();
    let push = world.partners.senior.hub().take_next().expect("an event");
    let knock = async |world: &World, secret: Option<&str>| {
        let headers: Vec<(String, String)> =
            secret.into_iter().map(|secret| ("X-Webhook-Secret".to_owned(), secret.to_owned())).collect();
        let inbound = Inbound { method: "POST", path: PATH, headers: &headers, body: &push.body };
        let answer = world.at_senior(inbound).await;
        assert!(answer.status == 200 || answer.body.is_empty(), "a refusal says nothing");
        answer.status
    };

    assert_eq!(knock(&world, None).await, 401);
    assert_eq!(knock(&world, Some("")).await, 401);
    assert_eq!(knock(&world, Some(&WEBHOOK[1..])).await, 401);
    assert_eq!(world.deliveries().await, 0, "who is not let in leaves nothing behind");
    assert_eq!(knock(&world, Some(WEBHOOK_PREVIOUS)).await, 200);
    assert_eq!(knock(&world, Some(WEBHOOK)).await, 200);

    world.credentials.inbound.senior.truncate(1);
    assert_eq!(knock(&world, Some(WEBHOOK_PREVIOUS)).await, 401, "the rotation is over");
    world.credentials =
        Credentials { inbound: service_orders::InboundSecrets::default(), ..world.credentials };
    assert_eq!(knock(&world, Some(WEBHOOK)).await, 401, "nobody is let in by an empty list");
    assert_eq!(knock(&world, Some("")).await, 401);

    world.works().await;
    world.judge().await;
}

/// R1: the body of any envelope in `contracts/senior-x.md` §7.3 yields the same record.
#[tokio::test(start_paused = true)]
async fn r01_an_event_in_any_envelope_yields_the_same_record() {
    let mut forms = 0;
    let plain = recorded(EventForm::default()).await;
    for wrapper in Wrapper::ALL {
        for naming in [Naming::Plausible, Naming::Flat, Naming::Portuguese] {
            for (as_text, in_array) in [(false, false), (true, false), (false, true), (true, true)] {
                for metadata in [Metadata::Absent, Metadata::Body, Metadata::Headers] {
                    let form =
                        EventForm { wrapper, naming, as_text, in_array, metadata, ..EventForm::default() };
                    assert_eq!(recorded(form.clone()).await, plain, "{form:?}");
                    forms += 1;
                }
            }
        }
    }
    assert_eq!(forms, 8 * 3 * 4 * 3);
}

/// What is known of the contract's order when its event comes in this form; also that it leads to an SS.
async fn recorded(form: EventForm) -> Content {
    let told = format!("{form:?}");
    let world = World::with(|options| options.senior.events = form, |_| {});
    let id = world.closes_one();
    let answers = world.deliver().await;
    assert_eq!((answers.len(), answers[0].status, answers[0].kind), (1, 200, "stored"), "{told}");
    assert_eq!(answers[0].body, json!({"accepted": true, "orderId": id}).to_string(), "{told}");
    world.works().await;
    assert_eq!(world.partners.sismetro.numbers(ORDER).len(), 1, "{told}");
    world.judge().await;
    world.order(ORDER).await.content
}

/// R2: the SS is opened at Sismetro's `serviceOrder/open` with `unit` and `key`: path, headers and, in `passthrough`, a
/// byte-identical body.
#[tokio::test(start_paused = true)]
async fn r02_the_ss_is_opened_with_the_accounts_headers_and_the_events_own_bytes() {
    let world = World::with(|options| options.senior.events = EventForm::mixed(), |_| {});
    let mut bodies = Vec::new();
    for seed in 0..12 {
        let id = world.closes_a(EquipmentKind::Existing, seed);
        let waiting = world.partners.senior.hub().waiting();
        bodies.push((id, waiting.last().expect("its event").body.clone()));
    }
    world.deliver().await;
    world.lives(Duration::from_mins(5)).await;

    let opens = world.partners.sismetro.opens();
    assert_eq!(opens.len(), bodies.len());
    for (id, body) in bodies {
        let open = opens.iter().find(|open| open.order == id).expect("one SS each");
        assert_eq!(open.body, body, "byte for byte");
        assert_eq!(open.unit, simulators::UNIT);
        assert_eq!(open.content_type.as_deref(), Some("application/json"));
        let key = format!("so-{}-{id}-1", simulators::TENANT);
        assert_eq!(open.idempotency_key.as_deref(), Some(key.as_str()));
    }
    let address = "POST https://integracaog7.api.sismetro.com/serviceOrder/open";
    assert_eq!(world.asked().iter().filter(|asked| *asked == address).count(), opens.len());
    world.judge().await;
}

/// R2: with another key nothing is opened; a person is told, and `redrive` goes on.
#[tokio::test(start_paused = true)]
async fn r02_a_refused_account_opens_nothing_and_parks() {
    let world = World::new();
    world.partners.sismetro.configure(|options| {
        options.units.insert(simulators::UNIT.to_owned(), "another-key".to_owned());
    });
    let id = world.closes_one();
    world.lives(Duration::from_mins(30)).await;
    let order = world.order(&id).await;
    assert_eq!((order.state, order.attention), (State::NeedsAttention, Some(Reason::SismetroAuth)));
    assert!(world.seen(&id).ss.is_empty());

    world.partners.sismetro.configure(|options| {
        options.units.insert(simulators::UNIT.to_owned(), simulators::UNIT_KEY.to_owned());
    });
    let redrive = json!({"op": "redrive", "order_id": id, "reason": "chave certa", "command_id": "c-1"});
    world.told(redrive).await.expect("obeyed");
    world.works().await;
    assert_eq!(world.state_of(&id).await, State::AwaitingExecution);
    world.judge().await;
}

/// R2: only credentials inside of the body are masked before it is relayed.
#[tokio::test(start_paused = true)]
async fn r02_credentials_in_the_event_are_not_relayed() {
    let form = EventForm { credentials: true, ..EventForm::mixed() };
    let world = World::with(|options| options.senior.events = form, |_| {});
    for seed in 0..12 {
        world.closes_a(EquipmentKind::New, seed);
    }
    world.lives(Duration::from_mins(5)).await;

    let opens = world.partners.sismetro.opens();
    assert_eq!(opens.len(), 12);
    for open in opens {
        let text = String::from_utf8(open.body.to_vec()).expect("text");
        assert!(!text.contains(LEAKED_TOKEN), "{text}");
    }
    world.judge().await;
}

/// R3: every service order created with active integration and equipment triggers an SS. Random crash points, with
/// `auto_resend`, and an SS in which the order's number stands: finally exactly one SS per order. It may be sent again
/// once by itself; an order whose process died twice between intention and call waits for a person to allow a third.
#[tokio::test(start_paused = true)]
async fn r03_random_crashes_leave_exactly_one_ss_where_it_may_be_sent_again() {
    for seed in 0..40 {
        let (world, ids) = Box::pin(crashed(seed, true)).await;
        for id in &ids {
            let order = world.order(id).await;
            if order.attention == Some(Reason::OpenAmbiguous) {
                assert_eq!(order.opening.calls, 2, "seed {seed}, {id}: it gave up too early");
                let resend =
                    json!({"op": "allow_resend", "order_id": id, "reason": "não há SS", "command_id": "c-1"});
                world.told(resend).await.expect("obeyed");
            }
        }
        world.lives(Duration::from_mins(5)).await;
        for id in &ids {
            assert_eq!(world.seen(id).ss.len(), 1, "seed {seed}, {id}");
            assert_eq!(world.state_of(id).await, State::AwaitingExecution, "seed {seed}, {id}");
        }
        world.judge().await;
    }
}

/// R3: the same without `auto_resend`: never two SS, and what nobody can tell is parked.
#[tokio::test(start_paused = true)]
async fn r03_random_crashes_never_leave_two_ss_and_what_is_ambiguous_is_parked() {
    let mut parked = 0;
    for seed in 0..40 {
        let (world, ids) = Box::pin(crashed(seed, false)).await;
        for id in &ids {
            let order = world.order(id).await;
            let ss = world.seen(id).ss.len();
            match order.state {
                State::AwaitingExecution => assert_eq!(ss, 1, "seed {seed}, {id}"),
                state => {
                    let reason = order.attention;
                    let ambiguous = (State::NeedsAttention, Some(Reason::OpenAmbiguous), 0);
                    assert_eq!((state, reason, ss), ambiguous, "seed {seed}, {id}");
                    parked += 1;
                }
            }
        }
        world.judge().await;
    }
    assert!(parked > 0, "no crash came between the intention and the call");
}

/// Three orders, and a process that dies at a dozen random places.
async fn crashed(seed: u64, auto_resend: bool) -> (World, Vec<String>) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut world = World::with(
        |options| options.sismetro.copied = Copied::NumberAndId,
        |settings| settings.auto_resend = auto_resend,
    );
    let kinds = [EquipmentKind::Existing, EquipmentKind::New, EquipmentKind::Unrecognised];
    let ids: Vec<String> = kinds.into_iter().map(|kind| world.closes_a(kind, rng.u64(..))).collect();
    for _ in 0..12 {
        let moment = *rng.choice(&[engine::Moment::Before, engine::Moment::After]).expect("two");
        world.faults().strike(rng.usize(1..40), moment, engine::Harm::Crash);
        let time = Duration::from_mins(rng.u64(1..12));
        let killed = world.until_killed(world.lives(time)).await.is_none();
        world.faults().spare();
        if killed {
            world.restart();
        }
    }
    world.lives(Duration::from_hours(2)).await;
    (world, ids)
}

fn of_branch(branch: i64) -> ServiceOrder {
    ServiceOrder { branch, ..worked_service_order() }
}

fn set_branch(branch: i64, active: bool, command: &str) -> Value {
    json!({"op": "set_branch", "company_code": 1, "branch_code": branch, "active": active,
        "reason": "como no ERP", "command_id": command})
}

/// R4: activation per branch. Two branches, one inactive: only one SS; activated and redriven, a second.
#[tokio::test(start_paused = true)]
async fn r04_only_the_active_branch_opens_until_the_other_is_activated() {
    let world = World::decided(|settings| settings.default_branch_active = false);
    world.told(set_branch(3, true, "c-1")).await.expect("obeyed");
    let (three, four) = (world.closes(of_branch(3)), world.closes(of_branch(4)));
    let answers = world.deliver().await;
    assert_eq!(answers[1].body, json!({"accepted": true, "skipped": "branch_inactive"}).to_string());
    world.lives(Duration::from_hours(1)).await;

    assert_eq!(world.state_of(&three).await, State::AwaitingExecution);
    let skipped = world.order(&four).await;
    assert_eq!((skipped.state, skipped.skipped), (State::Skipped, Some(Skip::BranchInactive)));
    assert!(skipped.alarms.contains(&Alarm::BranchInactiveSkipped), "the ERP's order may wait");
    assert!(world.seen(&four).ss.is_empty());

    let redrive =
        |command: &str| json!({"op": "redrive", "order_id": four, "reason": "ligada", "command_id": command});
    world.told(set_branch(4, true, "c-2")).await.expect("obeyed");
    world.told(redrive("c-3")).await.expect("obeyed");
    world.works().await;
    assert_eq!(world.state_of(&four).await, State::AwaitingExecution);
    assert_eq!(world.partners.sismetro.all_ss().len(), 2);
    world.judge().await;
}

/// R4: switched off midway, the release still works; and a repeated event after an activation is as good as a redrive.
#[tokio::test(start_paused = true)]
async fn r04_a_branch_that_is_switched_off_midway_lets_its_orders_end() {
    let world = World::new();
    let (id, ss) = world.opens().await;
    world.told(set_branch(3, false, "c-1")).await.expect("obeyed");
    let late = world.closes(of_branch(3));
    world.partners.sismetro.conclude(ss).expect("it is there");
    world.lives(Duration::from_mins(5)).await;
    assert_eq!(world.state_of(&id).await, State::Released);
    assert_eq!(world.state_of(&late).await, State::Skipped);

    world.told(set_branch(3, true, "c-2")).await.expect("obeyed");
    world.partners.senior.close(&late).expect("a person closes it again");
    world.lives(Duration::from_mins(5)).await;
    assert_eq!(world.state_of(&late).await, State::AwaitingExecution);
    world.judge().await;
}

/// R4, flow §6: two Sismetro accounts, and a branch with a cancel strategy and an open body mode of its own: each order
/// goes by its branch, from the opening to the end.
#[tokio::test(start_paused = true)]
async fn r04_each_branch_has_its_account_its_body_and_its_way_to_cancel() {
    const KEY: &str = "CANARY-unit-103-key";
    let mut world = World::with(
        |options| {
            options.sismetro.units.insert("103".to_owned(), KEY.to_owned());
            options.senior.cancel = CancelMode::Refuse;
            options.senior.release_of_cancelled = true;
        },
        |_| {},
    );
    let keys = AccountKeys { unit: "103".to_owned(), key: Secret::new(KEY) };
    world.credentials.sismetro.insert("segunda".to_owned(), keys);
    world.restart();
    let mut four = set_branch(4, true, "c-1");
    four["account"] = json!("segunda");
    four["cancel_strategy"] = json!("release_then_cancel");
    four["open_body_mode"] = json!("mapped");
    world.told(four).await.expect("obeyed");
    let (three, four) = (world.closes(of_branch(3)), world.closes(of_branch(4)));
    let event = world.partners.senior.hub().waiting()[0].body.clone();
    world.lives(Duration::from_mins(5)).await;

    let opens = world.partners.sismetro.opens();
    let open_of = |id: &str| opens.iter().find(|open| open.order == id).expect("opened");
    assert_eq!([open_of(&three).unit.as_str(), open_of(&four).unit.as_str()], [simulators::UNIT, "103"]);
    assert_eq!(open_of(&three).body, event, "passed through");
    let mapped: Value = serde_json::from_slice(&open_of(&four).body).expect("JSON");
    assert_eq!(mapped["externalId"], json!(four));

    for id in [&three, &four] {
        let ss = world.partners.sismetro.numbers(id)[0];
        world.partners.sismetro.cancel(ss, "Cliente desistiu").expect("it is there");
    }
    world.lives(Duration::from_hours(1)).await;
    let order = world.order(&three).await;
    assert_eq!(order.attention, Some(Reason::CancelRefusedWaiting), "direct: a person");
    assert_eq!(world.state_of(&four).await, State::Cancelled, "released, then cancelled");
    world.judge().await;
}

/// R4: an event that names no branch is looked up in the ERP.
#[tokio::test(start_paused = true)]
async fn r04_an_event_without_a_branch_goes_by_the_erps_branch() {
    let form = EventForm { without_branch: true, ..EventForm::default() };
    let world = World::with(
        |options| options.senior.events = form,
        |settings| settings.default_branch_active = false,
    );
    world.told(set_branch(3, true, "c-1")).await.expect("obeyed");
    let (three, four) = (world.closes(of_branch(3)), world.closes(of_branch(4)));
    world.lives(Duration::from_mins(5)).await;

    let order = world.order(&three).await;
    assert_eq!((order.state, order.content.branch), (State::AwaitingExecution, Some(3)));
    assert_eq!(world.order(&four).await.skipped, Some(Skip::BranchInactive));
    world.judge().await;
}

/// R5: existing and new equipment are relayed, both with a warning, none is skipped, and what is not recognised is
/// relayed and counted.
#[tokio::test(start_paused = true)]
async fn r05_equipment_decides_whether_there_is_an_ss() {
    for (kind, is_relayed, alarm) in [
        (EquipmentKind::Existing, true, None),
        (EquipmentKind::New, true, None),
        (EquipmentKind::Both, true, Some(Alarm::EquipmentBoth)),
        (EquipmentKind::Absent, false, None),
        (EquipmentKind::Unrecognised, true, Some(Alarm::EquipmentUnrecognised)),
    ] {
        for seed in 0..8 {
            let world = World::with(|options| options.senior.events = EventForm::mixed(), |_| {});
            let id = world.closes_a(kind, seed);
            world.lives(Duration::from_mins(3)).await;

            let order = world.order(&id).await;
            assert_eq!(world.seen(&id).ss.len(), usize::from(is_relayed), "{kind}");
            assert_eq!(order.alarms.into_iter().next(), alarm, "{kind}");
            let skip = (!is_relayed).then_some(Skip::NoEquipment);
            assert_eq!(order.skipped, skip, "{kind}");
            world.judge().await;
        }
    }
}

/// R5, §15.10: equipment that is added to an order that was skipped for the want of it is evaluated anew.
#[tokio::test(start_paused = true)]
async fn r05_equipment_that_is_added_later_opens_the_ss() {
    let world = World::new();
    let id = world.closes_a(EquipmentKind::Absent, 1);
    world.lives(Duration::from_mins(2)).await;
    assert_eq!(world.order(&id).await.skipped, Some(Skip::NoEquipment));

    let equipment = worked_service_order().equipment;
    world.partners.senior.edit_and_close(&id, |order| order.equipment = equipment).expect("a person may");
    world.lives(Duration::from_mins(2)).await;
    assert_eq!(world.state_of(&id).await, State::AwaitingExecution);
    world.judge().await;
}

/// R6: all services belong to the one equipment: an order with three services is one open call.
#[tokio::test(start_paused = true)]
async fn r06_three_services_are_one_ss() {
    let world = World::new();
    let mut order = worked_service_order();
    for sequence in [2, 3] {
        let service = simulators::ServiceLine { sequence, ..order.services[0].clone() };
        order.services.push(service);
    }
    let id = world.closes(order);
    world.lives(Duration::from_hours(1)).await;

    assert_eq!(world.partners.sismetro.calls("open").len(), 1);
    assert_eq!(world.seen(&id).ss.len(), 1);
    assert_eq!(world.seen(&id).order.situation, OrderSituation::AwaitingIntegration);
    world.judge().await;
}

/// R6, §15.3: several orders in one delivery are one SS each, opened with the order's own element alone.
#[tokio::test(start_paused = true)]
async fn r06_several_orders_in_one_delivery_are_one_ss_each() {
    for wrapper in Wrapper::ALL {
        let form = EventForm { wrapper, ..EventForm::default() };
        let world = World::with(|options| options.senior.events = form, |_| {});
        let ids: Vec<String> = (0..4).map(|seed| world.closes_a(EquipmentKind::Existing, seed)).collect();
        world.partners.senior.merge(4);
        assert_eq!(world.partners.senior.hub().len(), 1);
        world.lives(Duration::from_mins(3)).await;

        let opened: Vec<String> =
            world.partners.sismetro.opens().into_iter().map(|open| open.order).collect();
        let mut wanted = ids.clone();
        wanted.sort();
        let mut found = opened.clone();
        found.sort();
        assert_eq!(found, wanted, "{wrapper:?}");
        world.judge().await;
    }
}
