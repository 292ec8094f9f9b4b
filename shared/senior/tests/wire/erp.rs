//! An ERP that issues tokens, counts and remembers every request, and answers as it is told. What it is not told it
//! does like the contract's stub (`contracts/senior-x.md` §14).

use std::{
    collections::{HashMap, VecDeque},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use bytes::Bytes;
use clock::Clock;
use http::{HeaderMap, Request, Response};
use jiff::Timestamp;
use partner_http::{Exchange, Lost, PartnerHttp, Transport};
use senior::{Senior, SeniorCredentials, SeniorOptions};
use serde_json::{Value, json};

pub(crate) const START: &str = "2026-11-20T12:00:00Z";
pub(crate) const ORDER: &str = "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10";
const BASE: &str = "https://senior.test";

/// How a request ends that would else be answered well.
#[derive(Clone, Debug)]
pub(crate) enum Mishap {
    Answer(u16, String),
    /// Everything is done and the answer is lost.
    LoseAnswer,
    NotSent,
}

pub(crate) fn answer(status: u16, body: impl Into<String>) -> Mishap {
    Mishap::Answer(status, body.into())
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// `POST cancelOrders`: the verb and the last part of the path that is no id.
    pub(crate) name: String,
    /// Path and query.
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) at: Timestamp,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

#[derive(Default)]
struct State {
    seen: Vec<Seen>,
    mishaps: HashMap<String, VecDeque<Mishap>>,
    issued: u32,
    /// The only token that is accepted, by its number.
    valid: u32,
    in_flight: usize,
    most_in_flight: usize,
    order: Value,
    notes: Vec<String>,
}

pub(crate) struct Erp {
    clock: Clock,
    state: Mutex<State>,
}

pub(crate) fn options() -> SeniorOptions {
    SeniorOptions { tenant_name: "acme".into(), base_url: BASE.into(), ..SeniorOptions::default() }
}

pub(crate) fn credentials() -> SeniorCredentials {
    SeniorCredentials {
        access_key: "canary-key".into(),
        secret: "canary-secret".into(),
        client_id: Some("canary-client".into()),
    }
}

/// A client and its ERP, at [`START`].
pub(crate) fn connected() -> (Senior, Arc<Erp>) {
    connected_with(options(), credentials())
}

pub(crate) fn connected_with(options: SeniorOptions, credentials: SeniorCredentials) -> (Senior, Arc<Erp>) {
    let clock = Clock::paused(START.parse().expect("an instant"));
    let order = json!({"id": ORDER, "number": 48213, "situation": 6});
    let erp = Arc::new(Erp { clock: clock.clone(), state: Mutex::new(State { order, ..State::default() }) });
    let transport = Transport::in_process(erp.clone());
    let http =
        PartnerHttp::new("senior", transport, clock.clone(), fastrand::Rng::with_seed(7), senior::limits());
    (Senior::new(http, options, credentials, clock), erp)
}

impl Erp {
    /// The next requests of this name end so, one each.
    pub(crate) fn next(&self, name: &str, mishaps: impl IntoIterator<Item = Mishap>) {
        self.state().mishaps.entry(name.to_owned()).or_default().extend(mishaps);
    }

    /// Whether nothing is left that the next requests of this name are told.
    pub(crate) fn is_idle(&self, name: &str) -> bool {
        self.state().mishaps.get(name).is_none_or(VecDeque::is_empty)
    }

    /// From now on the tokens given so far are refused.
    pub(crate) fn expire_tokens(&self) {
        self.state().valid = u32::MAX;
    }

    pub(crate) fn set_order(&self, order: Value) {
        self.state().order = order;
    }

    pub(crate) fn order(&self) -> Value {
        self.state().order.clone()
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        self.state().notes.clone()
    }

    pub(crate) fn seen(&self, name: &str) -> Vec<Seen> {
        self.state().seen.iter().filter(|seen| seen.name == name).cloned().collect()
    }

    /// Names of all requests, in order.
    pub(crate) fn story(&self) -> Vec<String> {
        self.state().seen.iter().map(|seen| seen.name.clone()).collect()
    }

    pub(crate) fn all(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.state().most_in_flight
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with the state")
    }

    async fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let seen = seen(&request, self.clock.now());
        let mishap = {
            let mut state = self.state();
            state.seen.push(seen.clone());
            state.in_flight += 1;
            state.most_in_flight = state.most_in_flight.max(state.in_flight);
            state.mishaps.get_mut(&seen.name).and_then(VecDeque::pop_front)
        };
        self.clock.sleep(Duration::from_millis(900)).await;
        let mut state = self.state();
        state.in_flight -= 1;
        match mishap {
            Some(Mishap::NotSent) => Err(Lost::NotSent),
            Some(Mishap::Answer(status, body)) => Ok(response(status, body)),
            Some(Mishap::LoseAnswer) => {
                state.act(&seen);
                Err(Lost::Unclear)
            }
            None => {
                let (status, body) = state.act(&seen);
                Ok(response(status, body.to_string()))
            }
        }
    }
}

impl Exchange for Erp {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(self.answer(request))
    }
}

impl State {
    fn act(&mut self, seen: &Seen) -> (u16, Value) {
        match seen.name.as_str() {
            "POST loginWithKey" | "POST refreshToken" => return self.issue(),
            _ if seen.header("authorization") != Some(&format!("Bearer canary-at-{}", self.valid)) => {
                return (401, json!({"reason": "UNAUTHORIZED", "message": "Token inválido"}));
            }
            _ => {}
        }
        match seen.name.as_str() {
            "GET order" | "GET e120ped" | "POST getOrder" if !seen.uri.contains("filter=") => {
                (200, self.order.clone())
            }
            "PATCH order" | "PUT order" => {
                self.order["observation"] = seen.json()["observation"].clone();
                (200, self.order.clone())
            }
            "GET e120obs" => {
                let notes: Vec<Value> = self.notes.iter().map(|note| json!({"obsPed": note})).collect();
                (200, json!({"totalPages": 1, "contents": notes}))
            }
            "POST e120obs" => {
                self.notes.push(seen.json()["obsPed"].as_str().expect("text").to_owned());
                (201, json!({"id": "n-1"}))
            }
            "POST orderObservation" => {
                self.notes.push(seen.json()["text"].as_str().expect("text").to_owned());
                (204, Value::Null)
            }
            "POST updateOrderStatusIntegration" => {
                self.order["situation"] = 1.into();
                (200, json!({"id": ORDER}))
            }
            "POST cancelOrders" => {
                self.order["situation"] = 5.into();
                (200, json!({"result": {"canceledOrders": [ORDER], "errors": []}}))
            }
            other => panic!("the ERP of these tests does not know {other}"),
        }
    }

    fn issue(&mut self) -> (u16, Value) {
        self.issued += 1;
        self.valid = self.issued;
        let inner = json!({
            "access_token": format!("canary-at-{}", self.issued),
            "refresh_token": format!("canary-rt-{}", self.issued),
            "expires_in": 3_600,
        });
        (200, json!({"jsonToken": inner.to_string()}))
    }
}

fn seen(request: &Request<Bytes>, at: Timestamp) -> Seen {
    let uri = request.uri();
    assert_eq!(uri.host(), Some("senior.test"), "{uri}");
    let parts = uri.path().rsplit('/');
    let name = parts.clone().find(|part| !part.contains("5b1f")).expect("a name");
    Seen {
        name: format!("{} {name}", request.method()),
        uri: uri.path_and_query().expect("a path").to_string(),
        headers: request.headers().clone(),
        body: String::from_utf8(request.body().to_vec()).expect("text"),
        at,
    }
}

fn response(status: u16, body: String) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).expect("a response")
}
