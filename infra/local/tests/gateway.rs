//! The gateway as an AWS client sees it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use clock::Clock;
use futures_util::{StreamExt as _, stream};
use http::{Request, Response, StatusCode};
use local::events::Events;
use local::gateway::{Gateway, guarded, router};
use local::lambda::{Launch, Pool};
use local::machines::Machines;
use local::scheduler::Scheduler;
use local::secrets::Secrets;
use local::template::{Function, Machine, Route, Rule, Template};
use serde_json::{Value, json};
use tower::ServiceExt as _;

struct Bench {
    router: axum::Router,
    pool: Pool,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let puppet = Path::new(env!("CARGO_BIN_EXE_puppet"));
        let function = Function {
            name: "ponte-demo-f".to_owned(),
            binary: "puppet".to_owned(),
            memory_mb: 256,
            timeout: Duration::from_secs(30),
            environment: BTreeMap::new(),
        };
        let template = Template {
            machines: vec![Machine {
                name: "one-step".to_owned(),
                definition: "one-step.asl.json".to_owned(),
                substitutions: BTreeMap::from([("Prefix".to_owned(), "ponte-demo".to_owned())]),
            }],
            ..Template::default()
        };
        let launch = Launch {
            binaries: puppet.parent().expect("a folder").to_owned(),
            logs: folder.path().to_owned(),
            environment: BTreeMap::new(),
        };
        let pool = Pool::new(&[function], &launch);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let clock = Clock::system();
        let gateway = Gateway {
            pool: pool.clone(),
            secrets: Arc::new(Secrets::open(&folder.path().join("secrets.json")).expect("opened")),
            scheduler: Arc::new(
                Scheduler::open(&folder.path().join("schedules.json"), &[], clock.clone()).expect("opened"),
            ),
            events: Events::new(vec![rule()]),
            machines: Machines::read(&template, &root, pool.clone(), clock.clone()).expect("a machine"),
            routes: vec![route("POST", "/hooks/{kind}"), route("ANY", "/console/{proxy+}")],
            clock,
            about: json!({ "gateway": "here" }),
        };
        Self { router: router(gateway), pool, _folder: folder }
    }

    /// The same, for whoever signs with this key.
    fn guarded(self, access_key: &str) -> Self {
        Self { router: guarded(self.router, access_key.to_owned()), ..self }
    }

    async fn ask(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Response<Body> {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_string())).expect("a request");
        self.router.clone().oneshot(request).await.expect("infallible")
    }

    async fn invoke(&self, function: &str, kind: &str, body: &Value) -> Response<Body> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        self.ask(&path, &[("x-amz-invocation-type", kind)], body).await
    }
}

fn route(method: &str, path: &str) -> Route {
    Route { method: method.to_owned(), path: path.to_owned(), function: "ponte-demo-f".to_owned() }
}

async fn json_of(response: Response<Body>) -> Value {
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    serde_json::from_slice(&body).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_is_invoked_by_its_arn() {
    let bench = Bench::new();
    let arn = "arn:aws:lambda:sa-east-1:000000000000:function:ponte-demo-f";

    let response = bench.invoke(arn, "RequestResponse", &json!({ "x": 1 })).await;

    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers().get("x-amz-function-error").is_none());
    assert!(response.headers().contains_key("x-amzn-requestid"));
    assert_eq!(json_of(response).await["event"], json!({ "x": 1 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_error_is_a_header_and_an_unknown_function_is_404_with_a_request_id() {
    let bench = Bench::new();

    let failed = bench.invoke("ponte-demo-f", "RequestResponse", &json!({ "fail": "FixData" })).await;
    assert_eq!(
        (failed.status(), &failed.headers()["x-amz-function-error"]),
        (StatusCode::OK, &"Unhandled".parse().expect("a value"))
    );
    assert_eq!(json_of(failed).await["errorType"], "FixData");

    let unknown = bench.invoke("nobody", "RequestResponse", &json!({})).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert_eq!(unknown.headers()["x-amzn-errortype"], "ResourceNotFoundException");
    assert!(unknown.headers().contains_key("x-amzn-requestid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_accepted_at_once_and_done_later() {
    let bench = Bench::new();

    let accepted = bench.invoke("ponte-demo-f", "Event", &json!({})).await;

    assert_eq!(accepted.status(), StatusCode::ACCEPTED);
    while bench.pool.usage()["ponte-demo-f"].most_memory_mb == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_gives_the_function_a_version_two_event() {
    let bench = Bench::new();

    let response = bench.ask("/hooks/omie?a=1", &[], &json!({ "t": 1 })).await;

    let event = json_of(response).await["event"].clone();
    assert_eq!(event["pathParameters"], json!({ "kind": "omie" }));
    assert_eq!(event["body"], r#"{"t":1}"#);
    assert_eq!(bench.ask("/elsewhere", &[], &json!({})).await.status(), StatusCode::NOT_FOUND);
}

/// Row "slow" of the hostile bodies (issue 5): what a function gets is whole.
#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_in_is_given_up_and_reaches_no_function() {
    let bench = Bench::new();
    let begun = stream::iter([Ok::<_, Infallible>("{\"pedido\"")]).chain(stream::pending());
    let request = Request::post("/hooks/senior").body(Body::from_stream(begun)).expect("a request");

    let response = bench.router.clone().oneshot(request).await.expect("infallible");

    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(bench.pool.usage()["ponte-demo-f"].cold, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_above_lambdas_limit_is_refused_and_reaches_no_function() {
    let bench = Bench::new();

    let response = bench.ask("/hooks/senior", &[], &json!("x".repeat(7 * 1024 * 1024))).await;

    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(bench.pool.usage()["ponte-demo-f"].cold, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secrets_call_is_told_from_a_route_by_its_target() {
    let bench = Bench::new();
    let target = [("x-amz-target", "secretsmanager.GetSecretValue")];

    let response = bench.ask("/", &target, &json!({ "SecretId": "none" })).await;

    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(json_of(response).await["__type"], "ResourceNotFoundException");
}

/// Events of the tenant start the function.
fn rule() -> Rule {
    Rule {
        name: "ponte-demo-news".to_owned(),
        sources: vec!["ponte.demo".to_owned()],
        kinds: vec!["news".to_owned()],
        details: Vec::new(),
        input: Some(json!({})),
        function: "ponte-demo-f".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_on_the_bus_starts_the_function_of_its_rule_without_keeping_its_sender_waiting() {
    let bench = Bench::new();
    let target = [("x-amz-target", "AWSEvents.PutEvents")];
    let entry = |source: &str| json!({ "Source": source, "DetailType": "news", "Detail": "{}" });

    let answer =
        bench.ask("/", &target, &json!({ "Entries": [entry("ponte.other"), entry("ponte.demo")] })).await;

    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(json_of(answer).await["FailedEntryCount"], 0);
    while bench.pool.usage()["ponte-demo-f"].most_memory_mb == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.pool.usage()["ponte-demo-f"].cold, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_answers_with_its_end_and_its_path() {
    let bench = Bench::new();

    let ended = bench.ask("/_ponte/executions", &[], &json!({ "input": { "fail": "FixData" } })).await;
    let ended = json_of(ended).await;

    assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("FixData")));
    assert_eq!(ended["path"], json!(["Step", "Stopped"]));
    let unknown = bench.ask("/_ponte/executions", &[], &json!({ "machine": "none" })).await;
    assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_method_reaches_the_function_with_its_cookies_and_a_form_in_base64() {
    let bench = Bench::new();
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let request = Request::builder().method(method).uri("/console/jobs/a%20b?p=1&p=2");
        let request = request.header("cookie", "a=1; b=2").header("cookie", "c=3");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(Body::from("nome=Jos%C3%A9")).expect("a request");

        let response = bench.router.clone().oneshot(request).await.expect("infallible");

        let event = json_of(response).await["event"].clone();
        assert_eq!(event["routeKey"], "ANY /console/{proxy+}");
        assert_eq!(event["requestContext"]["http"]["method"], method);
        assert_eq!(
            (&event["rawPath"], &event["rawQueryString"]),
            (&json!("/console/jobs/a%20b"), &json!("p=1&p=2"))
        );
        assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=3"]));
        assert_eq!(event["headers"].get("cookie"), None);
        assert_eq!(
            (&event["isBase64Encoded"], &event["body"]),
            (&json!(true), &json!("bm9tZT1Kb3MlQzMlQTk="))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_its_status_its_cookies_and_its_bytes() {
    let bench = Bench::new();
    let answer = json!({ "answer": {
        "statusCode": 303, "headers": { "location": "/console", "x-a": "1" },
        "cookies": ["s=1; HttpOnly", "n=; Max-Age=0"], "body": "/wA=", "isBase64Encoded": true,
    } });

    let response = bench.ask("/console/entrar", &[], &answer).await;

    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()["location"], "/console");
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["s=1; HttpOnly", "n=; Max-Age=0"]);
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    assert_eq!(&body[..], [0xff, 0x00]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_real_partners_only_the_tenants_functions_reach_what_is_not_a_route() {
    let bench = Bench::new().guarded("AKIDOFTHISRUN");
    let signed = |key: &str| {
        format!("AWS4-HMAC-SHA256 Credential={key}/20260301/sa-east-1/lambda/aws4_request, Signature=0")
    };
    let of_aws = [
        ("/2015-03-31/functions/ponte-demo-f/invocations", None),
        ("/", Some(("x-amz-target", "secretsmanager.GetSecretValue"))),
        ("/hooks/omie", Some(("x-amz-target", "AWSEvents.PutEvents"))),
        ("/schedules/x", None),
        ("/_ponte/executions", None),
    ];
    for (path, target) in of_aws {
        for authorization in
            [None, Some(signed("local")), Some(signed("AKIDOFTHISRU")), Some("Credential=".to_owned())]
        {
            let mut headers: Vec<(&str, &str)> = target.into_iter().collect();
            headers.extend(authorization.as_deref().map(|given| ("authorization", given)));
            assert_eq!(
                bench.ask(path, &headers, &json!({})).await.status(),
                StatusCode::FORBIDDEN,
                "{path} {headers:?}"
            );
        }
        let mine = signed("AKIDOFTHISRUN");
        let mut headers: Vec<(&str, &str)> = target.into_iter().collect();
        headers.push(("authorization", &mine));
        assert_ne!(bench.ask(path, &headers, &json!({})).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(
        bench.ask("/hooks/omie", &[], &json!({})).await.status(),
        StatusCode::OK,
        "partners do not sign"
    );
}
