use std::io::Write;
use std::sync::{Arc, Mutex};

use engine::{Case, Filing, Mark, Memory, StateError};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;

const TOKEN: &str = "CANARYtoken0123456789";
const APP_KEY: &str = "1111111111111";

fn integration() -> Secret {
    integration_with(&json!(TOKEN))
}

fn integration_with(webhook: &Value) -> Secret {
    let credentials = json!({
        "omie": { "app_key": APP_KEY, "app_secret": "CANARYsecret" },
        "maxima": { "login": "CANARYlogin", "password": "CANARYpassword" },
        "webhook": webhook,
    });
    Secret::new(credentials.to_string())
}

/// What API Gateway gives the function (`infra/events/webhook.json`), changed by `change`.
fn asked(change: impl FnOnce(&mut Value)) -> ApiGatewayV2httpRequest {
    let sample = include_str!("../../../../infra/events/webhook.json");
    let mut event: Value = serde_json::from_str(sample).expect("the sample is JSON");
    event["pathParameters"] = json!({ "secret": TOKEN });
    change(&mut event);
    serde_json::from_value(event).expect("an event of the HTTP API")
}

fn with_body(body: &str) -> ApiGatewayV2httpRequest {
    asked(|event| event["body"] = json!(body))
}

struct House {
    clock: Clock,
    state: Memory,
}

impl House {
    fn new() -> Self {
        let clock = Clock::paused("2025-02-02T11:00:00Z".parse().expect("an instant"));
        Self { state: Memory::new(clock.clone()), clock }
    }

    async fn takes(&self, request: &ApiGatewayV2httpRequest) -> Taken {
        take(&self.state, &self.clock, &integration(), request).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_notice_with_the_secret_in_its_path_or_its_query_is_news_once() {
    let house = House::new();
    let in_query = asked(|event| {
        event["pathParameters"] = Value::Null;
        event["queryStringParameters"] = json!({ "secret": TOKEN });
    });

    assert_eq!(house.takes(&in_query).await, Taken::News);
    assert_eq!(house.takes(&asked(|_| ())).await, Taken::Heard, "the same notice by the path");
}

#[tokio::test(start_paused = true)]
async fn without_the_right_secret_nothing_is_stored_and_nobody_lives_here() {
    let house = House::new();
    let path = |secret: &str| json!({ "secret": secret });
    let wrong =
        [json!(null), path(""), path("CANARYtoken012345678"), path("canarytoken0123456789"), json!({})];

    for parameters in wrong {
        let taken = house.takes(&asked(|event| event["pathParameters"] = parameters.clone())).await;
        assert_eq!((taken, taken.answer().status_code), (Taken::Stranger, 404), "{parameters}");
    }

    assert_eq!(house.takes(&asked(|_| ())).await, Taken::News, "nothing was stored before");
}

#[tokio::test(start_paused = true)]
async fn an_integration_without_a_webhook_secret_lets_nobody_in() {
    let house = House::new();

    for none in [json!(null), json!("")] {
        for given in [json!({ "secret": "" }), json!(null), json!({ "secret": "null" })] {
            let request = asked(|event| event["pathParameters"] = given.clone());
            let taken = take(&house.state, &house.clock, &integration_with(&none), &request).await;
            assert_eq!(taken, Taken::Stranger, "{none} {given}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_integration_without_credentials_asks_omie_to_come_again() {
    let house = House::new();

    let taken = take(&house.state, &house.clock, &Secret::new("{}"), &asked(|_| ())).await;

    assert_eq!((taken, taken.answer().status_code), (Taken::NotReady, 503));
}

#[tokio::test(start_paused = true)]
async fn a_body_in_base64_is_the_same_notice() {
    let house = House::new();
    let encoded = asked(|event| {
        let text = event["body"].as_str().expect("a text").to_owned();
        event["body"] = json!(STANDARD.encode(text));
        event["isBase64Encoded"] = json!(true);
    });
    let broken = asked(|event| {
        event["body"] = json!("%%%");
        event["isBase64Encoded"] = json!(true);
    });

    assert_eq!(house.takes(&encoded).await, Taken::News);
    assert_eq!(house.takes(&asked(|_| ())).await, Taken::Heard);
    assert_eq!(house.takes(&broken).await, Taken::Unreadable);
}

#[tokio::test(start_paused = true)]
async fn a_body_larger_than_any_notice_is_refused_before_it_is_read() {
    let house = House::new();
    let notice = |padding: usize| format!("{{\"topic\":\"{}\"}}", "x".repeat(padding - 12));

    assert_eq!(house.takes(&with_body(&notice(LARGEST))).await, Taken::News);
    let taken = house.takes(&with_body(&notice(LARGEST + 1))).await;
    assert_eq!((taken, taken.answer().status_code), (Taken::TooLarge, 413));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_notice_is_answered_by_what_it_is() {
    let house = House::new();
    let foreign = json!({ "messageId": "x", "topic": "VendaProduto.Incluida", "appKey": "2222222222222" });
    let cases = [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("null", 400),
        (r#"{"ping":"omie"}"#, 200),
        (&foreign.to_string(), 403),
    ];

    for (body, status) in cases {
        let taken = house.takes(&with_body(body)).await;
        assert_eq!(taken.answer().status_code, status, "{body}");
        assert_ne!(taken, Taken::News, "{body}");
    }
}

/// A store that does not answer.
struct Broken;

fn unavailable() -> StateError {
    StateError::Unavailable { operation: "case.file", source: "the network is down".into() }
}

impl Cases for Broken {
    async fn case(&self, _: &str, _: &str) -> Result<Option<Case>, StateError> {
        Err(unavailable())
    }

    async fn file(&self, _: &str, _: &str, _: Option<&Case>, _: Filing) -> Result<Case, StateError> {
        Err(unavailable())
    }

    async fn open_all(&self, _: &str, _: &[(String, Filing)]) -> Result<(), StateError> {
        Err(unavailable())
    }

    async fn due(&self, _: &str, _: Timestamp, _: usize) -> Result<Vec<String>, StateError> {
        Err(unavailable())
    }

    async fn marked(&self, _: &str, _: &Mark, _: Option<&str>, _: usize) -> Result<Vec<String>, StateError> {
        Err(unavailable())
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_is_not_acknowledged_so_that_omie_repeats_it() {
    let house = House::new();

    let taken = take(&Broken, &house.clock, &integration(), &asked(|_| ())).await;

    assert_eq!((taken, taken.answer().status_code), (Taken::NotStored, 503));
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
    let (house, log) = (House::new(), Log::default());
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let listening = tracing::subscriber::set_default(subscriber);
    let requests = [
        asked(|_| ()),
        asked(|event| event["pathParameters"] = json!({ "secret": "CANARYguess" })),
        with_body(&json!({ "topic": "x", "appKey": "CANARYkey" }).to_string()),
        with_body("CANARYbody"),
    ];

    let mut answers = Vec::new();
    for request in &requests {
        for taken in [
            house.takes(request).await,
            take(&Broken, &house.clock, &integration(), request).await,
            take(&house.state, &house.clock, &Secret::new("CANARYtext"), request).await,
        ] {
            answers.push(serde_json::to_string(&taken.answer()).expect("an answer is JSON"));
        }
    }
    drop(listening);

    let logged = String::from_utf8(log.0.lock().expect("nobody panicked").clone()).expect("text");
    assert!(logged.contains("without the right secret"), "the log was heard: {logged}");
    for text in answers.iter().chain([&logged]) {
        assert!(!text.contains("CANARY"), "{text}");
    }
}
