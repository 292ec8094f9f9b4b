//! Senior X and Sismetro behind their boundaries.

use std::hash::{DefaultHasher, Hasher};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use jiff::Timestamp;
use partner_http::Within;
use serde_json::Value;
use simulators::{AnswerLost, Fault, Faults, LEAKED_TOKEN, SeniorSim, SismetroSim};

use crate::harm::{Harm, Place};
use crate::secrets::CANARY;
use crate::wire::{Exchanged, Partner, Seen, text, value_of};

/// How long an exchange with Senior X may take (`contracts/senior-x.md` §6).
const SENIOR_WAITS: Duration = Duration::from_secs(30);

impl Partner for SeniorSim {
    const PLACE: Place = Place::Senior;

    fn faults(&self) -> &Faults {
        Self::faults(self)
    }

    async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        Self::handle(self, request).await
    }

    fn read(request: &Request<Bytes>, at: Timestamp) -> Exchanged {
        let uri = request.uri().to_string();
        let body = text(request.body());
        let name = senior_name(request.method(), request.uri().path());
        let key = id_in(&uri).or_else(|| id_in(body)).unwrap_or_default();
        exchanged(Place::Senior, name, key.to_owned(), &[&uri, body], at)
    }

    fn meaning(_: &str, answer: &Response<Bytes>) -> Seen {
        let body: Option<Value> = serde_json::from_slice(answer.body()).ok();
        match (answer.status().as_u16(), body) {
            (401 | 429, _) => Seen::NotNow,
            (404, _) => Seen::NotFound,
            (408 | 500.., _) | (200..300, None) => Seen::Unclear,
            (200..300, Some(body)) if refuses(&body) => Seen::Refused,
            (200..300, Some(_)) => Seen::Done,
            _ => Seen::Refused,
        }
    }

    fn leaks(name: &str, request: &Request<Bytes>) -> bool {
        let is_login = matches!(name, "loginWithKey" | "refreshToken");
        let (uri, body) = (request.uri().to_string(), text(request.body()));
        let body = if is_login { "" } else { body };
        [uri.as_str(), body].iter().any(|said| said.contains(CANARY) || said.contains(LEAKED_TOKEN))
            || header_leaks(request, &["client_id"])
    }

    fn quoted(request: &Request<Bytes>) -> Option<String> {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let token = header("authorization").map(|value| value.trim_start_matches("Bearer "));
        Some(format!("{} {}", header("client_id").unwrap_or_default(), token.unwrap_or_default()))
    }

    fn fault(harm: Harm, name: &str, secret: &str) -> Option<Fault> {
        fault(harm, Place::Senior, name, secret)
    }

    fn patience(_: &Request<Bytes>) -> Option<Duration> {
        Some(SENIOR_WAITS)
    }

    fn issued(name: &str, answer: &Response<Bytes>) -> Vec<String> {
        if !matches!(name, "loginWithKey" | "refreshToken") {
            return Vec::new();
        }
        let plain = text(answer.body()).replace("\\\"", "\"");
        let members = ["\"access_token\":\"", "\"refresh_token\":\""];
        members.iter().filter_map(|member| value_of(&plain, member)).map(str::to_owned).collect()
    }
}

impl Partner for SismetroSim {
    const PLACE: Place = Place::Sismetro;

    fn faults(&self) -> &Faults {
        Self::faults(self)
    }

    async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        Self::handle(self, request).await
    }

    fn read(request: &Request<Bytes>, at: Timestamp) -> Exchanged {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let query = request.uri().query().unwrap_or_default();
        let (name, key) = match request.uri().path() {
            "/serviceOrder/open" => ("open", header("x-idempotency-key").and_then(id_in)),
            "/SS/findBySs" => ("findBySs", query.strip_prefix("ss=")),
            "/SS/listAll" => ("listAll", Some("")),
            _ => ("Patrimonio", None),
        };
        let key = key.unwrap_or_default().to_owned();
        let mut asked = exchanged(Place::Sismetro, name, key, &[query, text(request.body())], at);
        header("unit").unwrap_or_default().clone_into(&mut asked.lane);
        asked
    }

    fn meaning(name: &str, answer: &Response<Bytes>) -> Seen {
        let body: Option<Value> = serde_json::from_slice(answer.body()).ok();
        let says_no = body.as_ref().is_some_and(|body| {
            body["valid"] == false
                || body["success"] == false
                || body.get("error").or(body.get("erro")).is_some()
        });
        let names_an_ss = text(answer.body()).contains("12870") || text(answer.body()).contains("12871");
        match (answer.status().as_u16(), name) {
            (401 | 429, _) => Seen::NotNow,
            (409, "open") if names_an_ss => Seen::Duplicate,
            (200..300, "open") if says_no => Seen::Refused,
            (200..300, "open") if names_an_ss => Seen::Done,
            (200..300 | 409, "open") => Seen::Unclear,
            (404, _) => Seen::NotFound,
            (200..300, _) if says_no => Seen::NotFound,
            (200..300, _) if body.is_some() => Seen::Done,
            (200..300 | 408 | 500.., _) => Seen::Unclear,
            _ => Seen::Refused,
        }
    }

    fn leaks(_: &str, request: &Request<Bytes>) -> bool {
        let (uri, body) = (request.uri().to_string(), text(request.body()));
        [uri.as_str(), body].iter().any(|said| said.contains(CANARY) || said.contains(LEAKED_TOKEN))
            || header_leaks(request, &["key"])
    }

    fn quoted(request: &Request<Bytes>) -> Option<String> {
        let key = request.headers().get("key").and_then(|value| value.to_str().ok());
        Some(key.unwrap_or_default().to_owned())
    }

    fn fault(harm: Harm, name: &str, secret: &str) -> Option<Fault> {
        fault(harm, Place::Sismetro, name, secret)
    }

    fn patience(request: &Request<Bytes>) -> Option<Duration> {
        request.extensions().get::<Within>().map(|within| within.0)
    }
}

/// The simulators' name of a harm, at a call of this name; none where it cannot be. A refusal quotes `secret`, as
/// partners do.
pub(crate) fn fault(harm: Harm, place: Place, name: &str, secret: &str) -> Option<Fault> {
    let is_login = matches!(name, "loginWithKey" | "refreshToken");
    let writes = ["open", "addObservation", "updateOrder", "updateOrderStatusIntegration", "cancelOrders"]
        .contains(&name);
    let refusal = |status| Fault::Reject { text: format!("Regra de negócio ({secret})"), status };
    let answered = |status, body: &str| Fault::Answered { status, body: body.to_owned() };
    Some(match harm {
        Harm::Html => Fault::Html,
        Harm::Truncated => Fault::Truncated,
        Harm::LostAnswer => Fault::LostAnswer,
        Harm::LostRequest => Fault::LostRequest,
        Harm::Held => Fault::Held,
        Harm::HeldAnswer => Fault::HeldAnswer,
        // The partner is done with it within the time that its caller would have waited.
        Harm::Late => Fault::Late(if place == Place::Senior { 25_000 } else { 50_000 }),
        Harm::Slow => Fault::Slow(12_000),
        Harm::TooSlow => Fault::Slow(90_000),
        Harm::Status429 => Fault::Status429,
        Harm::RetryAfter => Fault::RetryAfter(150),
        Harm::Unauthorized => Fault::Unauthorized,
        Harm::ErrorBefore => Fault::Reject { text: format!("erro interno ({secret})"), status: 500 },
        Harm::ErrorAfter => answered(500, "{\"message\":\"erro interno\"}"),
        Harm::Reject if !is_login => refusal(if place == Place::Senior { 400 } else { 422 }),
        Harm::RejectInside if name == "open" => refusal(200),
        Harm::RejectInside if name == "cancelOrders" => answered(200, "{\"result\":{\"canceledOrders\":[]}}"),
        Harm::Conflict if writes => answered(409, "{\"message\":\"conflito\"}"),
        Harm::Empty if name == "open" => answered(200, "{\"valid\":true}"),
        Harm::Empty if writes => answered(200, ""),
        _ => return None,
    })
}

fn exchanged(place: Place, name: &str, key: String, said: &[&str], at: Timestamp) -> Exchanged {
    let mut hasher = DefaultHasher::new();
    hasher.write(name.as_bytes());
    for said in said {
        hasher.write(said.as_bytes());
    }
    Exchanged::new(place, name, key, hasher.finish(), at)
}

/// The simulators' name of a request.
fn senior_name(verb: &Method, path: &str) -> &'static str {
    let plain = ["loginWithKey", "refreshToken", "updateOrderStatusIntegration", "cancelOrders", "getOrder"];
    if let Some(name) = plain.into_iter().find(|name| path.ends_with(name)) {
        return name;
    }
    let (is_get, is_post) = (verb == Method::GET, verb == Method::POST);
    match path {
        _ if path.ends_with("/e120obs") && is_get => "listObservations",
        _ if (path.ends_with("/e120obs") || path.ends_with("/orderObservation")) && is_post => {
            "addObservation"
        }
        _ if path.ends_with("/e120ped") => "listOrders",
        _ if is_get => "getOrder",
        _ => "updateOrder",
    }
}

/// The first UUID in a text.
fn id_in(text: &str) -> Option<&str> {
    const LONG: usize = 36;
    let bytes = text.as_bytes();
    let is_id = |part: &[u8]| {
        part.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let at = bytes.windows(LONG).position(is_id)?;
    text.get(at..at + LONG)
}

/// A refusal inside of a success (`contracts/senior-x.md` §10.7).
fn refuses(body: &Value) -> bool {
    let result = &body["result"];
    let names = ["message", "failedOrders", "pedidosRejeitados"];
    let has_errors = result["errors"].as_array().is_some_and(|errors| !errors.is_empty());
    has_errors || names.iter().any(|name| result.get(*name).is_some())
}

fn header_leaks(request: &Request<Bytes>, allowed: &[&str]) -> bool {
    request.headers().iter().any(|(name, value)| {
        let value = value.to_str().unwrap_or_default();
        !allowed.contains(&name.as_str()) && (value.contains(CANARY) || value.contains(LEAKED_TOKEN))
    })
}
