use std::io::Write;
use std::sync::{Arc, Mutex};

use engine::{Documents as _, Expected, Faults, Harm, Memory, Moment};
use serde_json::{Value, json};
use service_orders::commands::{self, Command};
use service_orders::delivery::Delivery;

use super::*;

const SENIOR: &str = "CANARYwebhookSecretOfSenior";
const KEY: &str = "CANARYkeyOfSismetro00";
const PATH_SECRET: &str = "CANARYpathsecret0000";

fn secret() -> Secret {
    let credentials = json!({
        "senior": {"access_key": "CANARYaccess", "secret": "CANARYapp", "client_id": "CANARYclient"},
        "sismetro": {"principal": {"unit": "417", "key": "CANARYoutboundkey0123456789abcde"}},
        "inbound": {"senior": [SENIOR], "sismetro": [KEY], "path_secret": PATH_SECRET},
    });
    Secret::new(credentials.to_string())
}

/// What API Gateway gives the function, changed by `change`.
fn finished(change: impl FnOnce(&mut Value)) -> ApiGatewayV2httpRequest {
    let sample = include_str!("../../../../infra/events/senior-webhook.json");
    let mut event: Value = serde_json::from_str(sample).expect("the sample is JSON");
    event["headers"]["x-webhook-secret"] = json!(SENIOR);
    change(&mut event);
    serde_json::from_value(event).expect("an event of the HTTP API")
}

fn callback(change: impl FnOnce(&mut Value)) -> ApiGatewayV2httpRequest {
    let sample = include_str!("../../../../infra/events/sismetro-callback.json");
    let mut event: Value = serde_json::from_str(sample).expect("the sample is JSON");
    event["headers"]["key"] = json!(KEY);
    event["headers"]["unit"] = json!("417");
    change(&mut event);
    serde_json::from_value(event).expect("an event of the HTTP API")
}

fn search(query: &Value) -> ApiGatewayV2httpRequest {
    finished(|event| {
        to(event, "GET", "/webhooks/senior/equipment");
        event["queryStringParameters"] = query.clone();
        event["body"] = Value::Null;
    })
}

fn to(event: &mut Value, method: &str, path: &str) {
    event["rawPath"] = json!(path);
    event["requestContext"]["http"]["method"] = json!(method);
    event["requestContext"]["http"]["path"] = json!(path);
}

struct House {
    clock: Clock,
    faults: Faults,
    state: Memory,
}

impl House {
    async fn new() -> Self {
        let house = Self::without_settings();
        let settings = json!({"default_branch_active": true, "default_account": "principal",
            "senior": {"tenant_name": "acme"}});
        let settings = Settings::read(&settings).expect("good settings");
        settings.save(&house.state, Expected::Absent).await.expect("stored");
        house
    }

    fn without_settings() -> Self {
        let clock = Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant"));
        let faults = Faults::default();
        Self { state: Memory::with_faults(clock.clone(), faults.clone()), faults, clock }
    }

    async fn says_with(&self, function: Function, secret: &Secret, of: &ApiGatewayV2httpRequest) -> Answer {
        Box::pin(answer(function, &self.state, &self.clock, secret, of)).await
    }

    async fn open(&self, request: &ApiGatewayV2httpRequest) -> Answer {
        self.says_with(Function::Open, &secret(), request).await
    }

    async fn callback(&self, request: &ApiGatewayV2httpRequest) -> Answer {
        self.says_with(Function::Callback, &secret(), request).await
    }
}

/// Status, body and whether the worker is woken.
fn told(answer: &Answer) -> (u16, &str, bool) {
    (answer.status, &answer.body, answer.wake)
}

const ACCEPTED: &str = r#"{"accepted":true,"orderId":"5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10"}"#;
const AGAIN: &str = r#"{"accepted":true,"duplicate":true}"#;

#[tokio::test(start_paused = true)]
async fn an_event_is_stored_once_and_wakes_the_worker_once() {
    let house = House::new().await;

    assert_eq!(told(&house.open(&finished(|_| ())).await), (200, ACCEPTED, true));
    assert_eq!(told(&house.open(&finished(|_| ())).await), (200, AGAIN, false));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_not_for_us_is_answered_by_why() {
    let house = House::new().await;
    let with = |body: Value| finished(|event| event["body"] = json!(body.to_string()));
    let none = json!({"order": {"id": "A-1"}, "equipment": null});

    assert_eq!(
        told(&house.open(&with(none)).await),
        (200, r#"{"accepted":true,"skipped":"no_equipment"}"#, false)
    );
    for strange in [json!({"x": 1}), json!({"tenant": "outra", "payload": {"orderId": "A-2"}})] {
        let quarantined = r#"{"accepted":false,"quarantined":true}"#;
        assert_eq!(told(&house.open(&with(strange)).await), (200, quarantined, false));
    }
}

#[tokio::test(start_paused = true)]
async fn at_the_erps_door_every_refusal_has_its_status_and_no_hint() {
    let house = House::new().await;
    let header = |value: Value| finished(|event| event["headers"]["x-webhook-secret"] = value);
    let huge = finished(|event| event["body"] = json!("x".repeat(256 * 1024 + 1)));
    for (request, status) in [
        (header(json!("")), 401),
        (header(json!("wrong")), 401),
        (header(json!(SENIOR.to_lowercase())), 401),
        (finished(|event| event["headers"] = json!({})), 401),
        (finished(|event| to(event, "PUT", "/webhooks/senior/service-order-finished")), 405),
        (finished(|event| to(event, "POST", "/webhooks/senior/other")), 404),
        (finished(|event| to(event, "POST", "/webhooks/sismetro/service-order")), 404),
        (finished(|event| to(event, "POST", "/webhooks/senior/equipment")), 405),
        (huge, 413),
    ] {
        assert_eq!(told(&house.open(&request).await), (status, "", false), "{status}");
    }
    assert_eq!(house.open(&finished(|_| ())).await.status, 200, "nothing was stored before");
}

#[tokio::test(start_paused = true)]
async fn a_callback_is_answered_as_the_contract_says() {
    let house = House::new().await;
    let unmatched = r#"{"accepted":true,"matched":false}"#;
    let progress = json!({"event": "SS_UPDATED", "ss": 5}).to_string();

    assert_eq!(told(&house.callback(&callback(|_| ())).await), (202, unmatched, true));
    assert_eq!(told(&house.callback(&callback(|_| ())).await), (200, AGAIN, false));
    let progress = house.callback(&callback(|event| event["body"] = json!(progress))).await;
    assert_eq!(told(&progress), (200, r#"{"accepted":true,"ignored":true}"#, false));
    let unreadable = house.callback(&callback(|event| event["body"] = json!("no json"))).await;
    assert_eq!((unreadable.status, unreadable.wake), (400, false));
    assert!(unreadable.body.starts_with(r#"{"detail":"#), "{}", unreadable.body);
}

#[tokio::test(start_paused = true)]
async fn a_callback_for_an_order_that_we_know_is_stored_by_every_address() {
    let id = "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10";
    let named =
        |name: &str| json!({ (name): if name == "ids" { json!([id]) } else { json!(id) } }).to_string();
    for (path, body, status, reply) in [
        ("service-order", json!({"event": "SS_COMPLETED", "orderId": id}).to_string(), 202, None),
        ("service-order/complete", named("orderId"), 202, None),
        ("service-order/cancel", named("orderId"), 202, None),
        ("erpx_com_ven/pedido/updateOrderStatusIntegration", named("id"), 200, Some(named("id"))),
        ("erpx_com_ven/pedido/cancelOrders", named("ids"), 200, Some(r#"{"result":{}}"#.to_owned())),
        (&format!("{PATH_SECRET}/service-order/complete"), named("orderId"), 202, None),
    ] {
        let house = House::new().await;
        house.open(&finished(|_| ())).await;
        let request = callback(|event| {
            to(event, "POST", &format!("/webhooks/sismetro/{path}"));
            event["body"] = json!(body);
        });

        let answer = house.callback(&request).await;

        assert_eq!((answer.status, answer.wake), (status, true), "{path}");
        assert!(reply.is_none_or(|reply| reply == answer.body), "{path}: {}", answer.body);
    }
}

#[tokio::test(start_paused = true)]
async fn at_sismetros_door_every_refusal_has_its_status_and_no_hint() {
    let house = House::new().await;
    let huge = callback(|event| event["body"] = json!("x".repeat(256 * 1024 + 1)));
    for (request, status) in [
        (callback(|event| event["headers"]["key"] = json!("wrong")), 401),
        (callback(|event| event["headers"]["unit"] = json!("418")), 401),
        (callback(|event| event["headers"] = json!({})), 401),
        (callback(|event| to(event, "POST", "/webhooks/sismetro/0123456789abcdef/service-order")), 401),
        (callback(|event| to(event, "GET", "/webhooks/sismetro/service-order")), 405),
        (callback(|event| to(event, "POST", "/webhooks/sismetro/other")), 404),
        (callback(|event| to(event, "POST", "/webhooks/senior/service-order-finished")), 404),
        (huge, 413),
    ] {
        assert_eq!(told(&house.callback(&request).await), (status, "", false), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_is_not_acknowledged() {
    // The first call of the store reads the settings.
    for (function, request, body) in [
        (Function::Open, finished(|_| ()), ""),
        (Function::Callback, callback(|_| ()), r#"{"error":"retry_later"}"#),
    ] {
        let house = House::new().await;
        house.faults.strike(2, Moment::Before, Harm::Fail);

        let answer = house.says_with(function, &secret(), &request).await;

        assert_eq!(told(&answer), (503, body, false));
        assert_eq!(response(&answer).headers["retry-after"], "30");
    }
}

#[tokio::test(start_paused = true)]
async fn without_credentials_callers_are_asked_to_come_again() {
    let house = House::new().await;
    for secret in [Secret::new("{}"), Secret::new("CANARY")] {
        for (function, request) in
            [(Function::Open, finished(|_| ())), (Function::Callback, callback(|_| ()))]
        {
            let answer = house.says_with(function, &secret, &request).await;

            assert_eq!((told(&answer), answer.kind), ((503, "", false), "not_ready"));
            assert_eq!(response(&answer).headers["retry-after"], "60");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_the_settings_are_missing_or_cannot_be_read_is_kept_for_a_replay() {
    let spoilt = House::without_settings();
    let nonsense = json!({"format": 99});
    let (kind, id) = (service_orders::settings::KIND, service_orders::settings::ID);
    spoilt.state.put(kind, id, &nonsense, Expected::Absent, None).await.expect("stored");
    let (unread, bare) = (House::new().await, House::without_settings());
    for (house, is_read) in [(&bare, true), (&spoilt, true), (&unread, false)] {
        for (function, request, status, stranger) in [
            (Function::Open, finished(|_| ()), 200, finished(|event| event["headers"] = json!({}))),
            (Function::Callback, callback(|_| ()), 202, callback(|event| event["headers"] = json!({}))),
        ] {
            if !is_read {
                // The first call of the store reads the settings.
                house.faults.strike(1, Moment::Before, Harm::Fail);
            }
            let answer = house.says_with(function, &secret(), &request).await;
            assert_eq!((answer.status, answer.kind, answer.wake), (status, "quarantined", false));
            let answer = house.says_with(function, &secret(), &stranger).await;
            assert_eq!(told(&answer), (401, "", false), "a stranger is none the less one");
        }
        let kept = Delivery::in_quarantine(&house.state, 10).await.expect("read");
        let why: Vec<_> = kept.iter().map(|(_, delivery)| delivery.quarantined.as_deref()).collect();
        assert_eq!(why, [Some("not_configured"); 2]);
        assert!(inbound::told("not_configured").contains("reprocesse"));
    }
    let answer = bare.says_with(Function::Open, &secret(), &search(&json!({}))).await;
    assert_eq!((answer.status, answer.kind), (503, "not_ready"), "a search comes again");

    let settings = json!({"default_branch_active": true, "default_account": "principal",
        "senior": {"tenant_name": "acme"}});
    let settings = Settings::read(&settings).expect("good settings");
    let (event, _) = &Delivery::in_quarantine(&bare.state, 10).await.expect("read")[0];
    let replay = json!({"op": "replay_event", "delivery": event, "reason": "x", "command_id": "c"});
    let replay = Command::read(&replay).expect("a command");
    commands::run(&bare.state, &bare.clock, &settings, "ana", replay).await.expect("obeyed");
    assert_eq!(Delivery::in_quarantine(&bare.state, 10).await.expect("read").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_came_before_the_settings_and_cannot_be_stored_is_not_acknowledged() {
    for (function, request) in [(Function::Open, finished(|_| ())), (Function::Callback, callback(|_| ()))] {
        let house = House::without_settings();
        house.faults.strike(2, Moment::Before, Harm::Fail);

        assert_eq!(house.says_with(function, &secret(), &request).await.status, 503);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_in_base64_is_the_same_event_and_one_that_is_none_is_kept() {
    let house = House::new().await;
    let encoded = finished(|event| {
        event["body"] = json!(STANDARD.encode(event["body"].as_str().expect("a text")));
        event["isBase64Encoded"] = json!(true);
    });
    let broken = finished(|event| {
        event["body"] = json!("%%%");
        event["isBase64Encoded"] = json!(true);
    });

    assert_eq!(told(&house.open(&encoded).await), (200, ACCEPTED, true));
    assert_eq!(told(&house.open(&finished(|_| ())).await), (200, AGAIN, false));
    assert_eq!(house.open(&broken).await.kind, "quarantined");
}

#[tokio::test(start_paused = true)]
async fn a_header_counts_in_any_case() {
    for name in ["X-WEBHOOK-SECRET", "x-webhook-secret", "X-Webhook-Secret"] {
        let house = House::new().await;
        let request = finished(|event| event["headers"] = json!({ (name): SENIOR }));
        assert_eq!(house.open(&request).await.status, 200, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_search_before_the_register_was_read_wakes_the_worker_and_asks_for_patience() {
    let house = House::new().await;

    let first = house.open(&search(&json!({"q": "bal"}))).await;
    let second = house.open(&search(&json!({"q": "bal"}))).await;

    assert_eq!((first.status, first.wake, second.status, second.wake), (503, true, 503, false));
    assert!(first.body.contains("ainda está sendo lida"), "{}", first.body);
    assert_eq!(response(&first).headers["retry-after"], "60");
    let stranger = finished(|event| {
        to(event, "GET", "/webhooks/senior/equipment");
        event["headers"] = json!({});
    });
    assert_eq!(told(&house.open(&stranger).await), (401, "", false));
    assert_eq!(house.open(&search(&json!({"page": "0"}))).await.status, 400);
}

#[test]
fn a_status_becomes_what_the_gateway_expects() {
    let answer = Answer { status: 202, body: "{}".to_owned(), retry_after: None, wake: true, kind: "stored" };

    let response = serde_json::to_value(response(&answer)).expect("JSON");

    assert_eq!((&response["statusCode"], &response["body"]), (&json!(202), &json!("{}")));
    assert_eq!(response["headers"]["content-type"], "application/json; charset=utf-8");
}

#[test]
fn strangers_and_what_is_not_understood_are_what_alarms_look_at() {
    let names = |kind| alarming(kind).iter().map(|measure| measure.name).collect::<Vec<_>>();

    assert_eq!(names("unauthenticated"), ["inbound_auth_failed"]);
    assert_eq!(names("quarantined"), ["so_quarantined"]);
    assert!(names("stored").is_empty());
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_logged_or_answered_whatever_is_asked() {
    let (house, log) = (House::new().await, Log::default());
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let listening = tracing::subscriber::set_default(subscriber);
    let with_token = json!({"orderId": "A-1", "token": "CANARYtoken", "equipment": {"id": "1"}}).to_string();
    let requests = [
        finished(|_| ()),
        finished(|event| event["headers"]["x-webhook-secret"] = json!("CANARYguess")),
        finished(|event| event["body"] = json!("CANARYbody")),
        finished(|event| event["body"] = json!(with_token)),
        callback(|_| ()),
        callback(|event| event["headers"]["key"] = json!("CANARYguess")),
        callback(|event| event["body"] = json!("CANARYbody")),
        search(&json!({"q": "CANARYwords"})),
    ];

    let mut answers = Vec::new();
    for request in &requests {
        for function in [Function::Open, Function::Callback] {
            for secret in [secret(), Secret::new("CANARYtext")] {
                let answer = house.says_with(function, &secret, request).await;
                answers.push(serde_json::to_string(&response(&answer)).expect("an answer is JSON"));
            }
        }
    }
    drop(listening);

    let logged = String::from_utf8(log.0.lock().expect("nobody panicked").clone()).expect("text");
    assert!(logged.contains("is in quarantine"), "the log was heard: {logged}");
    for text in answers.iter().chain([&logged]) {
        assert!(!text.contains("CANARY"), "{text}");
    }
}
