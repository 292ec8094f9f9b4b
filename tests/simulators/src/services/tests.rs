//! Senior held against Sismetro.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::*;
use crate::senior::{ACCESS_KEY, ACCESS_SECRET, CLIENT_ID, OrderSituation, TENANT};
use crate::sismetro::{UNIT, UNIT_KEY};

fn both() -> ServiceSimulators {
    let start = "2026-11-20T17:03:00Z".parse().expect("an instant");
    ServiceSimulators::open(ServiceOptions::new(Clock::paused(start)))
}

async fn senior(both: &ServiceSimulators, token: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::post(path)
        .header("authorization", format!("Bearer {token}"))
        .header("client_id", CLIENT_ID)
        .header("content-type", "application/json")
        .body(body.to_string().into())
        .expect("a request");
    let answer = both.senior.handle(request).await.expect("an answer");
    (answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default())
}

async fn token(both: &ServiceSimulators) -> String {
    let body = json!({ "accessKey": ACCESS_KEY, "secret": ACCESS_SECRET, "tenantName": TENANT });
    let (_, answer) = senior(both, "", "/platform/authentication/anonymous/loginWithKey", body).await;
    let token: Value = serde_json::from_str(answer["jsonToken"].as_str().expect("text")).expect("JSON");
    token["access_token"].as_str().expect("a token").to_owned()
}

/// An order whose SS was opened: its id and number.
async fn opened(both: &ServiceSimulators, kind: EquipmentKind) -> (String, u64) {
    let id = both.close_sample(kind, &mut Rng::with_seed(9));
    let body = both.senior.hub().take_next().expect("one waits").body;
    let request = Request::post("/serviceOrder/open").header("unit", UNIT).header("key", UNIT_KEY);
    both.sismetro.handle(request.body(body).expect("a request")).await.expect("an answer");
    let number = both.sismetro.numbers(&id)[0];
    (id, number)
}

async fn note(both: &ServiceSimulators, token: &str, id: &str, ss: u64) {
    let link = both.sismetro.ss(ss).expect("it is there").link;
    write(both, token, id, &format!("Sismetro SS {ss} | {link}")).await;
}

async fn write(both: &ServiceSimulators, token: &str, id: &str, text: &str) {
    let body = json!({ "e120ped": { "id": id }, "obsPed": text });
    let (status, _) = senior(both, token, "/erpx_com_ven/pedido/entities/e120obs", body).await;
    assert_eq!(status, StatusCode::CREATED);
}

async fn release(both: &ServiceSimulators, token: &str, id: &str) -> StatusCode {
    let path = "/erpx_com_ven/pedido/updateOrderStatusIntegration";
    senior(both, token, path, json!({ "id": id })).await.0
}

fn kinds(both: &ServiceSimulators) -> Vec<ViolationKind> {
    both.violations().into_iter().map(|violation| violation.kind).collect()
}

#[tokio::test(start_paused = true)]
async fn a_release_with_half_a_link_on_the_order_is_seen() {
    let both = both();
    let token = token(&both).await;
    let (id, ss) = opened(&both, EquipmentKind::Existing).await;
    let link = both.sismetro.ss(ss).expect("it is there").link;
    write(&both, &token, &id, &format!("Sismetro SS {ss} | {}", &link[..link.len() / 2])).await;
    both.sismetro.conclude(ss).expect("it is there");

    assert_eq!(release(&both, &token, &id).await, StatusCode::OK);

    assert_eq!(kinds(&both), [ViolationKind::WrongLink]);
}

#[tokio::test(start_paused = true)]
async fn the_right_way_breaks_nothing() {
    let both = both();
    let token = token(&both).await;
    let (id, ss) = opened(&both, EquipmentKind::Existing).await;
    note(&both, &token, &id, ss).await;
    both.sismetro.conclude(ss).expect("it is there");

    assert_eq!(release(&both, &token, &id).await, StatusCode::OK);

    assert_eq!(kinds(&both), []);
    let seen = both.order(&id).expect("it is there");
    assert_eq!((seen.order.situation, seen.ss.len()), (OrderSituation::OpenTotal, 1));
    assert_eq!(seen.order.releases[0].ss, Some(Standing::Completed));
}

#[tokio::test(start_paused = true)]
async fn a_release_before_the_conclusion_is_a_violation_even_when_it_fails() {
    let both = both();
    let token = token(&both).await;
    let (id, ss) = opened(&both, EquipmentKind::New).await;
    note(&both, &token, &id, ss).await;
    both.sismetro.start(ss).expect("it is there");
    both.senior.faults().next("updateOrderStatusIntegration", crate::Fault::Html, 1);

    assert_eq!(release(&both, &token, &id).await, StatusCode::SERVICE_UNAVAILABLE);

    assert_eq!(kinds(&both), [ViolationKind::ReleaseBeforeConclusion]);
    let call = &both.order(&id).expect("it is there").order.releases[0];
    assert_eq!((call.ss, call.outcome), (Some(Standing::Open), crate::Outcome::Refused("injected_html")));
}

#[tokio::test(start_paused = true)]
async fn a_release_without_the_number_of_its_ss_is_a_violation() {
    let both = both();
    let token = token(&both).await;
    let (id, ss) = opened(&both, EquipmentKind::Existing).await;
    both.sismetro.conclude(ss).expect("it is there");
    // The number within a longer one is not the number.
    write(&both, &token, &id, &format!("Sismetro SS {ss}0")).await;

    release(&both, &token, &id).await;

    assert_eq!(kinds(&both), [ViolationKind::ReleaseWithoutNote]);
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_nobody_asked_for_is_a_violation() {
    let both = both();
    let token = token(&both).await;
    let (id, ss) = opened(&both, EquipmentKind::Existing).await;
    let cancel =
        async || senior(&both, &token, "/erpx_com_ven/pedido/cancelOrders", json!({ "ids": [id] })).await.0;

    assert_eq!(cancel().await, StatusCode::OK);
    assert_eq!(kinds(&both), [ViolationKind::CancelNotAsked]);
    both.sismetro.cancel(ss, "desistência").expect("it is there");
    assert_eq!(cancel().await, StatusCode::BAD_REQUEST, "it is cancelled already");
    assert_eq!(kinds(&both).len(), 1, "asked for, it is no violation");
}

#[tokio::test(start_paused = true)]
async fn a_release_of_a_cancelled_service_is_right_only_where_the_strategy_says_so() {
    let both = both();
    let token = token(&both).await;
    both.senior.configure(|options| options.release_of_cancelled = true);
    let (id, ss) = opened(&both, EquipmentKind::Existing).await;
    both.sismetro.cancel(ss, "desistência").expect("it is there");

    release(&both, &token, &id).await;
    assert_eq!(kinds(&both), []);
    both.senior.configure(|options| options.release_of_cancelled = false);
    release(&both, &token, &id).await;

    assert_eq!(kinds(&both), [ViolationKind::ReleaseBeforeConclusion]);
}

#[tokio::test(start_paused = true)]
async fn an_ss_without_equipment_is_a_violation() {
    let both = both();

    opened(&both, EquipmentKind::Absent).await;

    assert_eq!(kinds(&both), [ViolationKind::SsWithoutEquipment]);
}

#[tokio::test(start_paused = true)]
async fn the_connector_of_sismetro_does_what_became_of_the_ss() {
    let both = both();
    let (id, ss) = opened(&both, EquipmentKind::Existing).await;

    assert!(both.connector_acts(&id).is_err());
    both.sismetro.conclude(ss).expect("it is there");
    both.connector_acts(&id).expect("it is concluded");

    let order = both.order(&id).expect("it is there").order;
    assert_eq!((order.situation, order.releases.len()), (OrderSituation::OpenTotal, 0));
}

#[tokio::test(start_paused = true)]
async fn the_control_interface_places_and_takes_and_arranges() {
    let both = both();
    let ask = async |path: &str, body: Value| {
        let request = Request::post(path).body(Bytes::from(body.to_string())).expect("a request");
        let answer = both.senior.handle(request).await.expect("an answer");
        serde_json::from_slice::<Value>(answer.body()).expect("JSON")
    };
    let placed =
        ask("/_sim/order", json!({ "equipment": "new", "seed": 4, "branch": 5, "close": true })).await;
    ask("/_sim/order", json!({ "close": true })).await;
    ask("/_sim/webhook", json!({ "url": "http://x", "headers": [["x-webhook-secret", "s"]] })).await;
    ask("/_sim/deliveries", json!({ "do": "duplicate", "at": 0 })).await;

    let taken = ask("/_sim/deliveries/take", json!({})).await;

    assert_eq!((&taken["about"][0], &taken["attempts"]), (&placed["id"], &json!(1)));
    assert_eq!(taken["headers"][0], json!(["x-webhook-secret", "s"]));
    assert!(taken["body"].as_str().is_some_and(|body| body.contains("\"code\":5")));
    assert_eq!(ask("/_sim/deliveries/ack", json!({ "id": taken["id"] })).await, json!({ "ok": true }));
    assert_eq!(both.senior.hub().len(), 2);
    assert_eq!(ask("/_sim/order/x/bill", json!({})).await["erro"], "não existe o pedido x");
}

#[tokio::test(start_paused = true)]
async fn an_ss_is_advanced_over_http() {
    let both = both();
    let (id, ss) = opened(&both, EquipmentKind::Existing).await;
    let post =
        |path: String, body: Value| Request::post(path).body(body.to_string().into()).expect("a request");

    let advanced = json!({ "status": "ABERTA", "evolucao": "PENDENTE" });
    both.sismetro.handle(post(format!("/_sim/ss/{ss}/advance"), advanced)).await.expect("an answer");
    assert_eq!(both.sismetro.ss(ss).map(|ss| ss.evolucao), Some("PENDENTE".to_owned()));
    both.sismetro.handle(post(format!("/_sim/ss/{ss}/conclude"), json!({}))).await.expect("an answer");

    assert_eq!(both.sismetro.standing(&id), Standing::Completed);
    let unknown =
        both.sismetro.handle(post("/_sim/ss/1/cancel".to_owned(), json!({}))).await.expect("an answer");
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
}
