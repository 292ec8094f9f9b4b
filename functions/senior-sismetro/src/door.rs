//! The requests of the HTTP API: what comes is checked, stored and answered; no partner is asked.

use std::time::Duration;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clock::Clock;
use engine::FlowState;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use partner_http::{Secret, story};
use runtime::{Edge, Invocation, Measure};
use service_orders::equipment::{self, Query};
use service_orders::inbound::{self, Answer, Inbound};
use service_orders::{Credentials, Settings};

use crate::{Function, wake};

/// A burst of requests reads the secret once; a new one is accepted a minute later at the latest.
const REMEMBERED: Duration = Duration::from_mins(1);

/// Answers one request. There is no failure: what goes wrong is a status that makes the caller come again.
pub(crate) async fn http(
    function: Function,
    edge: &Edge,
    request: &ApiGatewayV2httpRequest,
    invocation: &Invocation,
) -> ApiGatewayV2httpResponse {
    let answer = match edge.recent_secret(REMEMBERED).await {
        Ok(secret) => answer(function, &edge.store, edge.clock(), &secret, request).await,
        Err(failure) => {
            tracing::error!(message = %failure, "the secret could not be read: a request was turned away");
            Answer::not_ready()
        }
    };
    edge.measure(&[("function", function.name()), ("kind", answer.kind)], &[Measure::count("so_inbound", 1)]);
    edge.measure(&[], &alarming(answer.kind));
    if answer.wake {
        wake(function, edge, invocation).await;
    }
    response(&answer)
}

/// The metrics that alarms look at.
fn alarming(kind: &str) -> Vec<Measure> {
    match kind {
        "unauthenticated" => vec![Measure::count("inbound_auth_failed", 1)],
        "quarantined" => vec![Measure::count("so_quarantined", 1)],
        _ => Vec::new(),
    }
}

/// What is answered, from the state alone.
pub(crate) async fn answer(
    function: Function,
    state: &impl FlowState,
    clock: &Clock,
    secret: &Secret,
    request: &ApiGatewayV2httpRequest,
) -> Answer {
    let Some(credentials) = credentials(secret) else { return Answer::not_ready() };
    let settings = settings(state).await;
    let headers = headers(request);
    let body = body(request);
    let about = &request.request_context.http;
    let path = request.raw_path.as_deref().or(about.path.as_deref()).unwrap_or_default();
    let inbound = Inbound { method: about.method.as_str(), path, headers: &headers, body: &body };
    let is_search = function == Function::Open && path.trim_end_matches('/') == equipment::PATH;
    let Some(settings) = settings else {
        return match function {
            Function::Open if is_search => Answer::not_ready(),
            Function::Open => inbound::senior_unready(state, clock, &credentials, inbound).await,
            Function::Callback => inbound::sismetro_unready(state, clock, &credentials, inbound).await,
        };
    };
    match function {
        Function::Open if is_search => {
            let member = |name| request.query_string_parameters.first(name);
            let query = Query { q: member("q"), page: member("page"), account: member("account") };
            let caller = about.source_ip.as_deref().unwrap_or_default();
            equipment::search(state, clock, &settings, &credentials, inbound, query, caller).await
        }
        Function::Open => inbound::senior(state, clock, &settings, &credentials, inbound).await,
        Function::Callback => inbound::sismetro(state, clock, &settings, &credentials, inbound).await,
    }
}

/// The credentials; none, and a line in the log, while somebody must still fill them in.
fn credentials(secret: &Secret) -> Option<Credentials> {
    let credentials = Credentials::parse(secret.expose());
    let told =
        |error| tracing::error!(%error, "the integration has no credentials: a request was turned away");
    credentials.map_err(told).ok()
}

/// The settings; none, and a line in the log, while somebody must still fill them in or correct them.
async fn settings(state: &impl FlowState) -> Option<Settings> {
    match Settings::load(state).await {
        Ok(Some((settings, _))) => return Some(settings),
        Ok(None) => tracing::error!("the integration has no settings"),
        Err(error) => tracing::error!(error = story(&error), "the settings could not be read"),
    }
    None
}

fn headers(request: &ApiGatewayV2httpRequest) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    request.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// The bytes as they came. What the gateway calls base64 and is none is kept as it is: it ends in quarantine.
fn body(request: &ApiGatewayV2httpRequest) -> Vec<u8> {
    let text = request.body.as_deref().unwrap_or_default();
    let decoded = request.is_base64_encoded.then(|| STANDARD.decode(text).ok()).flatten();
    decoded.unwrap_or_else(|| text.as_bytes().to_vec())
}

fn response(answer: &Answer) -> ApiGatewayV2httpResponse {
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = i64::from(answer.status);
    if let Some(seconds) = answer.retry_after {
        response.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if !answer.body.is_empty() {
        response.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        response.body = Some(Body::Text(answer.body.clone()));
    }
    response
}

#[cfg(test)]
mod tests;
