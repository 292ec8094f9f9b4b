//! Observations, release, cancellation (`contracts/senior-x.md` §10, §14).

use super::*;
use crate::ViolationKind;

#[tokio::test(start_paused = true)]
async fn a_release_works_once() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;
    assert!(sim.bill(&id).is_err(), "billing is blocked");

    let first = caller.release(&id).await;
    let (status, answer) = caller.release(&id).await;

    assert_eq!(first, (200, json!({ "id": id })));
    assert_eq!((status, &answer["errorCode"]), (400, &json!("not_waiting")));
    let order = sim.order(&id).expect("it is there");
    assert_eq!((order.situation, order.releases.len(), order.released()), (OrderSituation::OpenTotal, 2, 1));
    assert_eq!(sim.bill(&id), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_waiting_order_is_cancelled_refused_or_refused_inside_a_yes() {
    let sim = tenant();
    let caller = Caller::of(&sim).await;
    let mut seen = Vec::new();
    for mode in [CancelMode::Accept, CancelMode::Refuse, CancelMode::HiddenRefusal] {
        sim.configure(|options| options.cancel = mode);
        let id = sim.place(worked_service_order());
        sim.close(&id).expect("it can be closed");
        let (status, _) = caller.cancel(&id).await;
        seen.push((status, sim.order(&id).expect("it is there").situation));
    }

    let waits = OrderSituation::AwaitingIntegration;
    assert_eq!(seen, [(200, OrderSituation::Cancelled), (400, waits), (200, waits)]);
    assert_eq!(sim.verdict().faults("cancelOrders", "hidden_refusal"), 1);
}

#[tokio::test(start_paused = true)]
async fn every_hidden_refusal_says_no_in_another_way() {
    let (sim, id) = waiting();
    sim.configure(|options| options.cancel = CancelMode::HiddenRefusal);
    let caller = Caller::of(&sim).await;

    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let (status, answer) = caller.cancel(&id).await;
        let result = answer["result"].as_object().expect("an object").clone();
        let tells = result.iter().any(|(name, value)| {
            name == "message"
                || (name != "canceledOrders" && value.as_array().is_some_and(|all| !all.is_empty()))
        });
        assert!(status == 200 && tells, "{answer}");
        seen.insert(answer.to_string());
    }

    assert_eq!(seen.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_released_order_is_cancelled_and_a_billed_one_is_not() {
    let (sim, id) = waiting();
    sim.configure(|options| options.cancel = CancelMode::Refuse);
    let caller = Caller::of(&sim).await;
    caller.release(&id).await;

    assert_eq!(caller.cancel(&id).await.0, 200, "open orders may be cancelled in any mode");
    assert_eq!(caller.cancel(&id).await.0, 400, "a cancelled one not again");
    sim.set_situation(&id, OrderSituation::Settled).expect("it is there");
    assert_eq!(caller.cancel(&id).await.0, 400);
}

#[tokio::test(start_paused = true)]
async fn observations_are_kept_as_often_as_they_come() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;

    let first = caller.note(&id, "Sismetro SS 1287001 | x").await;
    let by_api = json!({ "order": { "id": id }, "text": "Sismetro SS 1287001 | x" });
    let second = caller.ask("POST", "/erpx_com_ven/pedido/apis/orderObservation", by_api).await;
    let long = caller.note(&id, &"ç".repeat(251)).await;
    let fits = caller.note(&id, &"ç".repeat(250)).await;
    let empty = caller.note(&id, " ").await;
    let unknown = caller.note("x", "texto").await;

    assert_eq!((first.0, second.0, fits.0), (201, 201, 201));
    assert_eq!((long.0, empty.0, unknown.0), (400, 400, 404));
    assert_eq!(sim.order(&id).expect("it is there").observations.len(), 3);
    let kinds: Vec<ViolationKind> = sim.violations().into_iter().map(|violation| violation.kind).collect();
    assert_eq!(kinds, [ViolationKind::SecondNote]);
}

#[tokio::test(start_paused = true)]
async fn the_order_s_own_text_is_999_characters_at_most() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;
    let path = format!("/erpx_com_ven/pedido/apis/order/{id}");

    let fits = caller.ask("PATCH", &path, json!({ "observation": "é".repeat(999) })).await;
    let long = caller.ask("PUT", &path, json!({ "observation": "é".repeat(1000) })).await;

    assert_eq!((fits.0, long.0), (200, 400));
    assert_eq!(sim.order(&id).expect("it is there").text.chars().count(), 999);
}

#[tokio::test(start_paused = true)]
async fn faults_before_and_after_are_told_apart_by_the_order() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;
    let method = "updateOrderStatusIntegration";
    let waits = || sim.order(&id).expect("it is there").situation == OrderSituation::AwaitingIntegration;
    let before = Fault::Reject { text: "erro interno".to_owned(), status: 500 };
    sim.faults().next(method, before, 1);
    sim.faults().next(method, Fault::RetryAfter(7), 1);
    sim.faults().next(method, Fault::Html, 1);
    sim.faults().next(method, Fault::Answered { status: 500, body: String::new() }, 1);

    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push((caller.release(&id).await.0, waits()));
    }

    assert_eq!(seen, [(500, true), (429, true), (503, true), (500, false)]);
    let outcomes: Vec<Outcome> =
        sim.order(&id).expect("it is there").releases.iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes[3], Outcome::Done);
    assert_eq!(sim.order(&id).expect("it is there").released(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_late_release_is_carried_out_after_its_caller_asked() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;
    sim.faults().next("updateOrderStatusIntegration", Fault::Late(30_000), 1);
    let body = json!({ "id": id });
    let request = request(&caller.token, "POST", "/erpx_com_ven/pedido/updateOrderStatusIntegration", &body);

    assert_eq!(sim.handle(request).await.map(|_| ()), Err(AnswerLost));
    let at_once = sim.order(&id).expect("it is there").situation;
    sim.0.gate.clock.sleep(Duration::from_secs(30)).await;
    let later = sim.order(&id).expect("it is there").situation;

    assert_eq!((at_once, later), (OrderSituation::AwaitingIntegration, OrderSituation::OpenTotal));
    assert_eq!(sim.late(), 0);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_a_header() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;
    sim.faults().next("getOrder", Fault::RetryAfter(7), 1);
    let path = format!("/erpx_com_ven/pedido/apis/order/{id}");

    let answer = sim.handle(request(&caller.token, "GET", &path, &Value::Null)).await.expect("an answer");

    assert_eq!(answer.headers()["retry-after"], "7");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_path_and_a_missing_method_are_404() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;
    sim.configure(|options| {
        options.missing.insert("getOrder".to_owned());
    });

    let unknown = caller.ask("POST", "/erpx_com_ven/pedido/deleteOrders", json!({ "id": id })).await;
    let missing = caller.ask("GET", &format!("/erpx_com_ven/pedido/apis/order/{id}"), Value::Null).await;

    assert_eq!((unknown.0, missing), (404, (404, Value::Null)));
}
