//! The one address of the local AWS: Lambda's Invoke API, Secrets Manager, the HTTP API, and our own controls.
//!
//! ```text
//! POST /2015-03-31/functions/{name or ARN}/invocations   Lambda Invoke (RequestResponse, Event, DryRun)
//! POST /            with X-Amz-Target: secretsmanager.…  Secrets Manager
//! POST /            with X-Amz-Target: AWSEvents.…       EventBridge
//! …    /schedules, /schedules/{name}                     EventBridge Scheduler
//! POST /_ponte/executions   {"machine"?,"name"?,"input"} runs a state machine, answers when it ended
//! GET  /_ponte/usage                                     what each function has used
//! POST /_ponte/functions/{name}/kill                     kills its processes, the working ones too
//! GET  /_ponte                                           where everything listens
//! anything else                                          a route of the template, or 404
//! ```
//!
//! With real partners only whoever has the tenant's own access key gets at anything but the routes ([`guarded`]).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use clock::Clock;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::asl::Trail;
use crate::events::{Events, Started};
use crate::http_api::{self, Asked, json_response};
use crate::lambda::{Answer, Pool};
use crate::machines::{Machines, describe};
use crate::scheduler::Scheduler;
use crate::secrets::Secrets;
use crate::template::Route;

/// Lambda's limit for a synchronous payload, with room for the envelope.
const BODY_LIMIT: usize = 6 * 1024 * 1024 + 64 * 1024;

/// A request that takes longer to arrive than API Gateway gives its integration is given up.
const SLOWEST_BODY: Duration = Duration::from_secs(30);

/// What the gateway answers from.
pub struct Gateway {
    /// The functions.
    pub pool: Pool,
    /// The secrets.
    pub secrets: Arc<Secrets>,
    /// The schedules.
    pub scheduler: Arc<Scheduler>,
    /// The event bus.
    pub events: Events,
    /// The state machines.
    pub machines: Machines,
    /// The HTTP API's routes.
    pub routes: Vec<Route>,
    /// The tenant's clock.
    pub clock: Clock,
    /// What `GET /_ponte` says.
    pub about: Value,
}

/// The router of the gateway.
pub fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{function}/invocations", post(invoke))
        .route("/_ponte", get(about))
        .route("/_ponte/usage", get(usage))
        .route("/_ponte/executions", post(execute))
        .route("/_ponte/functions/{function}/kill", post(kill))
        .fallback(other)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(whole))
        .with_state(Arc::new(gateway))
}

/// Hands on a request whose whole body is here. A function never sees a body that trickles in: API Gateway invokes it with
/// all of it, or not at all.
async fn whole(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match timeout(SLOWEST_BODY, to_bytes(body, BODY_LIMIT)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(head, Body::from(body))).await,
        Ok(Err(_)) => plain(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => plain(StatusCode::REQUEST_TIMEOUT),
    }
}

/// The same for real partners: besides the template's routes, only who signs with this access key is answered, which the
/// functions are given. A page of another site and another program of this machine do not have it.
pub fn guarded(router: Router, access_key: String) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| {
        let is_let_in = !is_of_aws(&request) || is_signed_with(request.headers(), &access_key);
        async move { if is_let_in { next.run(request).await } else { plain(StatusCode::FORBIDDEN) } }
    }))
}

/// Whether it is for the local AWS or its controls, and not for a route of the template.
fn is_of_aws(request: &Request) -> bool {
    let below = ["/2015-03-31/", "/schedules", "/_ponte"];
    let path = request.uri().path();
    request.headers().contains_key("x-amz-target") || below.iter().any(|below| path.starts_with(below))
}

/// `AWS4-HMAC-SHA256 Credential=<access key>/20260301/…`: as random as a password, and never the same again.
fn is_signed_with(headers: &HeaderMap, access_key: &str) -> bool {
    let signed = headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = signed.and_then(|signed| signed.split_once("Credential=")?.1.split('/').next());
    given == Some(access_key)
}

type Shared = State<Arc<Gateway>>;

async fn invoke(
    State(gateway): Shared,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !gateway.pool.knows(&name) {
        let message = format!("Function not found: {name}");
        return refusal(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message);
    }
    let body = if body.is_empty() { Bytes::from_static(b"{}") } else { body };
    let Ok(payload) = serde_json::from_slice(&body) else {
        let message = "Could not parse request body into json";
        return refusal(StatusCode::BAD_REQUEST, "InvalidRequestContentException", message);
    };
    let kind =
        headers.get("x-amz-invocation-type").map_or("RequestResponse", |kind| kind.to_str().unwrap_or(""));
    match kind {
        "DryRun" => plain(StatusCode::NO_CONTENT),
        "Event" => {
            start(&gateway.pool, name, payload);
            plain(StatusCode::ACCEPTED)
        }
        "RequestResponse" => match gateway.pool.invoke(&name, payload).await {
            Ok(answer) => answered(&answer),
            Err(unknown) => refusal(StatusCode::NOT_FOUND, "ResourceNotFoundException", &unknown.to_string()),
        },
        other => {
            let message = format!("X-Amz-Invocation-Type {other} is not supported");
            refusal(StatusCode::BAD_REQUEST, "InvalidParameterValueException", &message)
        }
    }
}

/// Invokes a function without waiting for it.
fn start(pool: &Pool, function: String, payload: Value) {
    let pool = pool.clone();
    tokio::spawn(async move {
        let answer = pool.invoke(&function, payload).await;
        if let Some(error) = answer.as_ref().ok().and_then(Answer::error_type) {
            tracing::warn!(function, error, "an asynchronous invocation failed");
        }
    });
}

fn answered(answer: &Answer) -> Response {
    let mut response = finished(json_response(StatusCode::OK, &answer.payload));
    let headers = response.headers_mut();
    headers.insert("x-amz-executed-version", HeaderValue::from_static("$LATEST"));
    if answer.failed {
        headers.insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
    }
    if let Ok(id) = HeaderValue::from_str(&answer.request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

fn refusal(status: StatusCode, kind: &'static str, message: &str) -> Response {
    let mut response = finished(json_response(status, &json!({ "Type": "User", "Message": message })));
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(kind));
    let id = HeaderValue::from_static("00000000-0000-0000-0000-000000000000");
    response.headers_mut().insert("x-amzn-requestid", id);
    response
}

async fn about(State(gateway): Shared) -> Response {
    finished(json_response(StatusCode::OK, &gateway.about))
}

async fn usage(State(gateway): Shared) -> Response {
    finished(json_response(StatusCode::OK, &json!(gateway.pool.usage())))
}

async fn kill(State(gateway): Shared, Path(name): Path<String>) -> Response {
    match gateway.pool.kill(&name).await {
        Ok(()) => plain(StatusCode::NO_CONTENT),
        Err(unknown) => control_error(&unknown.to_string()),
    }
}

async fn execute(State(gateway): Shared, body: Bytes) -> Response {
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else {
        return control_error("o corpo não é um JSON válido");
    };
    let machine = asked["machine"].as_str().or_else(|| gateway.machines.names().next()).unwrap_or_default();
    let input = asked.get("input").cloned().unwrap_or_else(|| json!({}));
    let ended = gateway.machines.run(machine, asked["name"].as_str(), input, Trail::default()).await;
    match ended {
        Ok(ended) => finished(json_response(StatusCode::OK, &describe(&ended))),
        Err(error) => control_error(&error.to_string()),
    }
}

/// Secrets Manager and EventBridge share `/` with the template's routes; the target header tells them apart. Scheduler
/// has a path of its own.
async fn other(
    State(gateway): Shared,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(target) = headers.get("x-amz-target") {
        return targeted(&gateway, target.to_str().unwrap_or_default(), &body);
    }
    if let Some(response) = schedule(&gateway.scheduler, &method, &uri, &body) {
        return response;
    }
    let Some(matched) = http_api::find(&gateway.routes, &method, uri.path()) else {
        return finished(http_api::not_found());
    };
    let now = gateway.clock.now();
    let request_id = format!("local-{}", now.as_nanosecond());
    let asked =
        Asked { method: &method, uri: &uri, headers: &headers, body: &body, request_id: &request_id, now };
    let event = http_api::event(&asked, &matched);
    match gateway.pool.invoke(&matched.route.function, event).await {
        Ok(answer) if !answer.failed => finished(http_api::response(&answer.payload)),
        _ => finished(http_api::broken()),
    }
}

/// A call of the JSON 1.1 protocol.
fn targeted(gateway: &Gateway, target: &str, body: &Bytes) -> Response {
    let body = serde_json::from_slice(body).unwrap_or_default();
    let (status, reply) = if target.starts_with("AWSEvents.") {
        let id = gateway.clock.now().as_nanosecond().to_string();
        let (status, reply, started) = gateway.events.answer(target, &body, &id);
        for Started { function, input } in started {
            start(&gateway.pool, function, input);
        }
        (status, reply)
    } else {
        gateway.secrets.answer(target, &body)
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = finished(json_response(status, &reply));
    let json = HeaderValue::from_static("application/x-amz-json-1.1");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}

/// EventBridge Scheduler, when the path is one of its.
fn schedule(scheduler: &Scheduler, method: &Method, uri: &Uri, body: &Bytes) -> Option<Response> {
    let body = serde_json::from_slice(body).unwrap_or_default();
    let (status, reply, error) = scheduler.answer(method, uri.path(), uri.query(), &body)?;
    let mut response = finished(json_response(status, &reply));
    if let Some(kind) = error {
        response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(kind));
    }
    Some(response)
}

fn control_error(message: &str) -> Response {
    finished(json_response(StatusCode::BAD_REQUEST, &json!({ "message": message })))
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

fn finished(response: http::Response<Vec<u8>>) -> Response {
    response.map(Body::from)
}
