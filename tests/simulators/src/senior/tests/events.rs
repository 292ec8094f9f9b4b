//! The events hub (`contracts/senior-x.md` §7, §11).

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::*;
use crate::services::Retries;
use crate::{Push, push};

fn told(sim: &SeniorSim) -> Push {
    sim.hub().take_next().expect("one waits")
}

fn body(push: &Push) -> Value {
    serde_json::from_slice(&push.body).expect("JSON")
}

#[tokio::test(start_paused = true)]
async fn the_worked_example_is_told_as_the_contract_has_it() {
    let (sim, id) = waiting();
    sim.hub().register("http://nós/webhooks/senior", &[("x-webhook-secret", "segredo")]);

    let push = told(&sim);

    let event = body(&push);
    assert_eq!(event["order"], json!({ "id": id, "number": 48_213, "issueDate": "2026-11-20" }));
    assert_eq!(event["customer"]["name"], "Metalúrgica Rio Verde Ltda");
    let equipment = json!({ "id": "88121", "description": "Balança rodoviária 80 t", "serialNumber": "BR80-2231",
        "tag": "BAL-01" });
    assert_eq!((&event["equipment"], &event["newEquipment"]), (&equipment, &Value::Null));
    assert!(String::from_utf8_lossy(&push.body).contains("\"unitPrice\":380.00"), "the digits of the screen");
    assert!(push.headers.contains(&("x-webhook-secret".to_owned(), "segredo".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn every_case_of_equipment_has_its_members() {
    let sim = tenant();
    let mut seen = Vec::new();
    for kind in EquipmentKind::ALL {
        let id = sim.place(sample_service_order(kind, &mut fastrand::Rng::with_seed(3)));
        sim.close(&id).expect("it can be closed");
        let event = body(&told(&sim));
        let filled = |name: &str| event.get(name).map(|value| !value.is_null());
        let blocked = sim.order(&id).expect("it is there").situation == OrderSituation::AwaitingIntegration;
        seen.push((filled("equipment"), filled("newEquipment"), blocked));
    }

    let (yes, no) = (Some(true), Some(false));
    assert_eq!(
        seen,
        [(yes, no, true), (no, yes, true), (yes, yes, true), (no, no, false), (None, None, true)]
    );
}

#[tokio::test(start_paused = true)]
async fn an_inactive_branch_is_not_integrated_and_may_not_be_told() {
    let sim = tenant();
    sim.configure(|options| {
        options.inactive_branches.insert(3);
        options.tells_all = false;
    });
    let id = sim.place(worked_service_order());
    sim.close(&id).expect("it can be closed");

    assert!(sim.hub().is_empty());
    assert_eq!(sim.order(&id).expect("it is there").situation, OrderSituation::OpenTotal);
}

#[tokio::test(start_paused = true)]
async fn every_envelope_holds_the_order() {
    let sim = tenant();
    for wrapper in Wrapper::ALL {
        for (as_text, in_array) in [(false, false), (true, false), (false, true), (true, true)] {
            sim.configure(|options| {
                options.events = EventForm {
                    wrapper,
                    as_text,
                    in_array,
                    metadata: Metadata::Body,
                    ..EventForm::default()
                };
            });
            let id = sim.place(worked_service_order());
            sim.close(&id).expect("it can be closed");
            let push = told(&sim);
            let text = String::from_utf8_lossy(&push.body).into_owned();

            assert!(text.contains(&id), "{text}");
            let in_body = body(&push).get("eventId").is_some();
            assert!(in_body || push.headers.iter().any(|(name, _)| name == "x-event-id"), "{text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn mixed_deliveries_differ_and_the_same_tenant_tells_the_same_again() {
    let deliveries = || {
        let sim = tenant();
        sim.configure(|options| options.events = EventForm::mixed());
        for seed in 0..60 {
            let kind = EquipmentKind::ALL[usize::try_from(seed % 5).expect("small")];
            let id = sim.place(sample_service_order(kind, &mut fastrand::Rng::with_seed(seed)));
            sim.close(&id).expect("it can be closed");
        }
        sim.hub().waiting()
    };

    let first = deliveries();

    assert_eq!(first, deliveries());
    let shapes: BTreeSet<String> = first
        .iter()
        .map(|push| match body(push) {
            Value::Object(members) => members.keys().cloned().collect::<Vec<_>>().join(","),
            other => other.to_string().chars().take(1).collect(),
        })
        .collect();
    assert!(shapes.len() > 15, "{shapes:?}");
}

#[tokio::test(start_paused = true)]
async fn several_orders_come_in_one_delivery() {
    let sim = tenant();
    let ids: Vec<String> = (0..3)
        .map(|_| {
            let id = sim.place(worked_service_order());
            sim.close(&id).expect("it can be closed");
            id
        })
        .collect();
    sim.configure(|options| options.events.wrapper = Wrapper::Payload);

    sim.merge(2);

    let push = told(&sim);
    assert_eq!((push.about.as_slice(), sim.hub().len()), (&ids[..2], 1));
    assert_eq!(body(&push)["payload"][1]["order"]["id"], json!(ids[1]));
}

#[tokio::test(start_paused = true)]
async fn credentials_in_a_delivery_are_the_ones_to_look_for() {
    let sim = tenant();
    sim.configure(|options| options.events.credentials = true);
    let id = sim.place(worked_service_order());
    sim.close(&id).expect("it can be closed");

    let push = told(&sim);

    assert_eq!(String::from_utf8_lossy(&push.body).matches(LEAKED_TOKEN).count(), 2);
    assert!(push.headers.iter().any(|(name, value)| name == "x-senior-token" && value == LEAKED_TOKEN));
}

#[tokio::test(start_paused = true)]
async fn an_order_closed_again_is_another_event() {
    let (sim, id) = waiting();
    let first = told(&sim);

    sim.edit_and_close(&id, |order| "Atender à tarde".clone_into(&mut order.observation))
        .expect("it can be closed");

    let second = told(&sim);
    assert_ne!((&first.id, &first.body), (&second.id, &second.body));
    assert_eq!(sim.order(&id).expect("it is there").events, 2);
    assert!(sim.cancel_by_person(&id).is_err(), "not while it waits");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_takes_is_tried_again_and_then_lost() {
    let (sim, _) = waiting();
    sim.hub().register("http://nós", &[]);
    sim.hub().set_retries(Retries { times: 2, pause: Duration::from_mins(1) });
    let arrivals = RefCell::new(Vec::new());
    let post = |posted: crate::Posted| {
        arrivals.borrow_mut().push((posted.url, sim.now()));
        std::future::ready(false)
    };

    tokio::select! {
        () = push(sim.hub(), post) => {}
        () = sim.0.gate.clock.sleep(Duration::from_hours(1)) => {}
    }

    let seen = arrivals.into_inner();
    assert_eq!((seen.len(), sim.hub().lost(), sim.hub().len()), (3, 1, 0));
    assert_eq!(seen[0].0, "http://nós");
    assert_eq!(clock::until(seen[0].1, seen[2].1), Duration::from_mins(2));
}

#[tokio::test(start_paused = true)]
async fn a_hub_that_never_tries_again_loses_what_is_refused_once() {
    let (sim, _) = waiting();
    sim.hub().register("http://nós", &[]);
    sim.hub().set_retries(Retries::NEVER);

    tokio::select! {
        () = push(sim.hub(), |_| std::future::ready(false)) => {}
        () = sim.0.gate.clock.sleep(Duration::from_mins(1)) => {}
    }

    assert_eq!((sim.hub().lost(), sim.hub().len()), (1, 0));
}
