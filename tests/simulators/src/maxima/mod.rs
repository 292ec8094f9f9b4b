//! A simulated Máxima cloud (`contracts/maxima.md`): both hosts, one token.

mod control;
mod fields;
mod login;
mod options;
mod reads;
mod resources;
mod sellers;
mod tables;
mod tiny;
mod writes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use clock::{Clock, later};
use http::{Method as Verb, Request, Response, header};
use jiff::Timestamp;
use serde_json::{Value, json};

pub use fields::RuleSet;
pub use options::{DeleteBy, LOGIN, MaximaOptions, PASSWORD};
pub(crate) use reads::decoded;
pub use sellers::{
    Critique, CustomerAnswer, CustomerKind, CustomerSeen, NotPossible, OrderKind, OrderSeen, Seller,
    UnknownKind, worked_example,
};
pub(crate) use sellers::{Newcomer, Order};

use crate::answer::{self, AnswerLost};
use crate::journal::{Entry, Journal};
use crate::traffic::Traffic;
use crate::{Fault, Faults, Verdict};
use login::Tokens;
use resources::{ITEMS, Resource, resource};
use sellers::{Call, Sellers};
use tables::Tables;
use writes::Write;

/// The largest request (`contracts/maxima.md` §1).
const BATCH_CAP: usize = 10 * 1024 * 1024;
/// What stands before the order's number when all its items go (`contracts/maxima.md` §3.2).
const REMOVE_ITEMS: &str = "RemoverItens/";

/// A simulated Máxima: stores what keeps every rule, refuses the rest, forgets tokens. Cheap to clone; clones
/// are the same cloud.
#[derive(Clone, Debug)]
pub struct MaximaSim(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    state: Mutex<State>,
    faults: Faults,
    journal: Option<Arc<Journal>>,
}

#[derive(Debug, Default)]
struct State {
    options: MaximaOptions,
    tokens: Tokens,
    tables: Tables,
    sellers: Sellers,
    traffic: Traffic,
}

/// What a request asks of the cloud.
enum Asked {
    Login,
    Locate,
    Get {
        resource: &'static Resource,
        key: String,
    },
    Write {
        resource: &'static Resource,
        write: Write,
    },
    Delete {
        resource: &'static Resource,
    },
    /// All items of one order.
    RemoveItems {
        resource: &'static Resource,
        order: String,
    },
    /// Orders and new customers.
    Sellers(Call),
}

/// A refused request: its kind in the verdict, its status, its text.
struct Refusal(&'static str, u16, String);

impl MaximaSim {
    /// An empty cloud, forgotten at the end of the process.
    pub fn new(clock: Clock, options: MaximaOptions) -> Self {
        Self::with_journal(clock, options, false, Vec::new(), None)
    }

    /// A cloud that holds what a catalogue load would have written from the tiny account
    /// ([`crate::Preset::Tiny`]), rows without `Hash`. Opening one copies no row.
    pub fn preloaded(clock: Clock, options: MaximaOptions) -> Self {
        Self::with_journal(clock, options, true, Vec::new(), None)
    }

    pub(crate) fn with_journal(
        clock: Clock,
        options: MaximaOptions,
        preloaded: bool,
        entries: Vec<Entry>,
        journal: Option<Arc<Journal>>,
    ) -> Self {
        let tables = if preloaded { tiny::tables() } else { Tables::default() };
        let mut state = State { options, tables, ..State::default() };
        for entry in entries {
            state.apply(entry);
        }
        Self(Arc::new(Inner { clock, state: Mutex::new(state), faults: Faults::default(), journal }))
    }

    /// Answers one request, whatever its host: both hosts are this one.
    pub async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        if let Some(answer) = self.control(&request) {
            return Ok(answer);
        }
        match Asked::read(&request) {
            Ok(asked) => self.call(&asked, &request).await,
            Err(refusal) => Ok(self.refused("?", refusal)),
        }
    }

    /// The same behind a port: see [`crate::serve`].
    pub fn router(&self) -> Router {
        let sim = self.clone();
        crate::server::router(move |request| {
            let sim = sim.clone();
            async move { sim.handle(request).await }
        })
    }

    /// Faults on demand: `POST Clientes`, `Clientes` (any verb), `Login`, `Localizar`.
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// What this cloud has seen so far.
    pub fn verdict(&self) -> Verdict {
        let state = self.state();
        state.traffic.verdict(state.tables.held())
    }

    /// When each call of a method (`POST Clientes`, `Login`, …) arrived.
    pub fn calls(&self, method: &str) -> Vec<Timestamp> {
        self.state().traffic.calls(method)
    }

    /// Changes the options while it runs.
    pub fn configure(&self, change: impl FnOnce(&mut MaximaOptions)) {
        change(&mut self.state().options);
    }

    /// Ends every token now.
    pub fn expire_tokens(&self) {
        self.state().tokens.expire();
    }

    /// The rows of a resource by key, the parts of a composite one joined by `/` (`product/region`); members that are null are left out.
    pub fn rows(&self, resource: &str) -> BTreeMap<String, Value> {
        let state = self.state();
        let rows = state.tables.rows(resource);
        rows.map(|(key, row)| (key.clone(), serde_json::from_str(row.get()).unwrap_or_default())).collect()
    }

    /// One row.
    pub fn row(&self, resource: &str, key: &str) -> Option<Value> {
        self.state().tables.row(resource, key).map(Value::Object)
    }

    /// How many rows a resource holds.
    pub fn count(&self, resource: &str) -> u64 {
        self.state().tables.count(resource) as u64
    }

    async fn call(&self, asked: &Asked, request: &Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        let method = asked.method();
        let arrival = self.0.clock.now();
        self.state().traffic.arrive(&method, arrival);
        let _under_way = UnderWay { sim: self, method: method.clone() };
        let fault = self.0.faults.take(&[&method, asked.name()]);
        if matches!(fault, Some(Fault::Held)) {
            self.0.faults.hold().await;
        }
        if matches!(fault, Some(Fault::LostRequest)) {
            self.state().traffic.fault(&method, "injected_lost_request");
            return Err(AnswerLost);
        }
        if let Some(answer) = self.prevented(&method, fault.as_ref()) {
            return Ok(answer);
        }
        let answer = match self.done(asked, request) {
            Ok((body, rows)) => {
                self.state().traffic.rows(&method, rows);
                answer::json(200, body)
            }
            Err(refusal) => self.refused(&method, refusal),
        };
        let latency = self.state().options.latency;
        self.0.clock.sleep_until(later(arrival, latency)).await;
        self.delivered(&method, answer, fault).await
    }

    /// The answer of a fault that keeps the request from being carried out.
    fn prevented(&self, method: &str, fault: Option<&Fault>) -> Option<Response<Bytes>> {
        let refusal = match fault? {
            Fault::Reject { text, status } => Refusal("injected_reject", *status, text.clone()),
            Fault::Status429 => Refusal("injected_rate_limited", 429, "Too many requests".to_owned()),
            Fault::Unauthorized => unauthorized("injected_unauthorized"),
            Fault::Html => {
                self.state().traffic.fault(method, "injected_html");
                return Some(answer::trouble());
            }
            Fault::Blocked425
            | Fault::Redundant
            | Fault::Busy
            | Fault::HeldAnswer
            | Fault::Late(_)
            | Fault::Answered { .. }
            | Fault::RetryAfter(_) => {
                Refusal("injected_unknown", 501, "o simulador da Máxima não tem esta falha".to_owned())
            }
            Fault::LostAnswer | Fault::LostRequest | Fault::Held | Fault::Slow(_) | Fault::Truncated => {
                return None;
            }
        };
        self.state().traffic.fault(method, refusal.0);
        Some(refusal.answer())
    }

    /// Carries the request out: the body of its answer and how many rows it was about.
    fn done(&self, asked: &Asked, request: &Request<Bytes>) -> Result<(String, usize), Refusal> {
        let mut state = self.state();
        let State { options, tokens, tables, sellers, .. } = &mut *state;
        let now = self.now();
        if let Asked::Login = asked {
            return tokens
                .login(request.body(), options, now)
                .map(|answer| (answer.to_string(), 1))
                .or_else(|refused| Ok((refused.to_string(), 0)));
        }
        let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if !tokens.accepts(bearer, now) {
            return Err(unauthorized("unauthorized"));
        }
        if request.body().len() > BATCH_CAP {
            return Err(Refusal("too_large", 413, "o lote passa de 10 MB".to_owned()));
        }
        let refused = |text: String| Refusal("refused", 400, text);
        let query = request.uri().query().unwrap_or_default();
        let body = request.body();
        let told = |(entry, rows): (Entry, usize)| (entry, json!({ "registros": rows }), rows);
        let (entry, success, rows) = match asked {
            Asked::Get { resource, key } => {
                let page = reads::parameter(query, "page").and_then(|page| page.parse().ok());
                let (array, rows) = reads::get(resource, key, page, tables);
                return Ok((format!("{{\"success\":{array},\"error\":null}}"), rows));
            }
            Asked::Login | Asked::Locate => {
                let found = reads::locate(query, body, tables).map_err(refused)?;
                let rows = found.as_array().map_or(0, Vec::len);
                return Ok((json!({ "success": found, "error": null }).to_string(), rows));
            }
            Asked::Write { resource, write } => {
                writes::batch(*write, resource, body, tables, options).map(told)
            }
            Asked::Delete { resource } => {
                writes::removal(resource, body, tables, options.delete_by).map(told)
            }
            Asked::RemoveItems { order, .. } => Ok(told(writes::items_of(order, tables))),
            Asked::Sellers(call) => call.answer(body, sellers, options, now),
        }
        .map_err(refused)?;
        self.store(&mut state, entry)?;
        Ok((json!({ "success": success, "error": null }).to_string(), rows))
    }

    /// Journal first: what was answered survives the process. What changes nothing is not written down.
    fn store(&self, state: &mut State, entry: Entry) -> Result<(), Refusal> {
        if !entry.is_empty() {
            let failed = |_| Refusal("journal", 500, "o diário do simulador não pôde ser gravado".to_owned());
            self.note(&entry).map_err(failed)?;
            state.apply(entry);
        }
        Ok(())
    }

    fn note(&self, entry: &Entry) -> std::io::Result<()> {
        self.0.journal.as_ref().map_or(Ok(()), |journal| journal.write(entry))
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// What becomes of an answer on its way.
    async fn delivered(
        &self,
        method: &str,
        answer: Response<Bytes>,
        fault: Option<Fault>,
    ) -> Result<Response<Bytes>, AnswerLost> {
        match fault {
            Some(Fault::LostAnswer) => {
                self.state().traffic.fault(method, "injected_lost_answer");
                Err(AnswerLost)
            }
            Some(Fault::Truncated) => {
                self.state().traffic.fault(method, "injected_truncated");
                Ok(answer::half(answer))
            }
            Some(Fault::Slow(ms)) => {
                self.state().traffic.fault(method, "injected_slow");
                self.0.clock.sleep(Duration::from_millis(ms)).await;
                Ok(answer)
            }
            _ => Ok(answer),
        }
    }

    fn refused(&self, method: &str, mut refusal: Refusal) -> Response<Bytes> {
        let mut state = self.state();
        state.traffic.fault(method, refusal.0);
        if state.options.refuse_with_200 && refusal.0 == "refused" {
            refusal.1 = 200;
        }
        refusal.answer()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Does what a journalled change did.
    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Sellers { orders, customers } => self.sellers.apply(orders, customers),
            rows => self.tables.apply(rows),
        }
    }
}

impl Refusal {
    fn answer(&self) -> Response<Bytes> {
        answer::json(self.1, json!({ "success": null, "error": self.2 }).to_string())
    }
}

fn unauthorized(kind: &'static str) -> Refusal {
    Refusal(kind, 401, "token ausente, inválido ou expirado".to_owned())
}

impl Asked {
    /// Reads verb and path: `/api/{version}/{endpoint}[/{key}[/{key}…]]`.
    fn read(request: &Request<Bytes>) -> Result<Self, Refusal> {
        let (verb, path) = (request.method(), request.uri().path());
        let unknown = || Refusal("unknown_endpoint", 404, format!("{verb} {path} não existe"));
        let mut parts = path.strip_prefix("/api/").ok_or_else(unknown)?.splitn(3, '/');
        let (version, endpoint) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let key = decoded(parts.next().unwrap_or_default());
        if let Some(call) = Call::read(verb, version, endpoint, &key) {
            return call.map(Self::Sellers);
        }
        let known = match endpoint {
            "Login" => ["v1", "v3"].contains(&version),
            _ => ["v2", "v3"].contains(&version),
        };
        match (verb, endpoint, key.as_str()) {
            _ if !known => Err(unknown()),
            (&Verb::POST, "Login", "") => Ok(Self::Login),
            (&Verb::POST, "ValidarChaves", "Localizar") => Ok(Self::Locate),
            (&Verb::GET, endpoint, _) => {
                Ok(Self::Get { resource: resource(endpoint).ok_or_else(unknown)?, key })
            }
            (&Verb::DELETE, ITEMS, key) if key.starts_with(REMOVE_ITEMS) => {
                let order = key[REMOVE_ITEMS.len()..].to_owned();
                Ok(Self::RemoveItems { resource: resource(ITEMS).ok_or_else(unknown)?, order })
            }
            (verb, endpoint, "") => {
                let resource = resource(endpoint).ok_or_else(unknown)?;
                match *verb {
                    Verb::POST => Ok(Self::Write { resource, write: Write::Insert }),
                    Verb::PUT => Ok(Self::Write { resource, write: Write::Update }),
                    Verb::DELETE => Ok(Self::Delete { resource }),
                    _ => Err(unknown()),
                }
            }
            _ => Err(unknown()),
        }
    }

    /// The resource, or what else is asked.
    fn name(&self) -> &'static str {
        match self {
            Self::Login => "Login",
            Self::Locate => "Localizar",
            Self::Sellers(call) => call.name(),
            Self::Get { resource, .. }
            | Self::Write { resource, .. }
            | Self::Delete { resource }
            | Self::RemoveItems { resource, .. } => resource.path,
        }
    }

    /// The name in the verdict.
    fn method(&self) -> String {
        match self {
            Self::Login | Self::Locate => self.name().to_owned(),
            Self::Sellers(call) => format!("{} {}", call.verb(), call.name()),
            Self::Get { .. } => format!("GET {}", self.name()),
            Self::Write { write: Write::Insert, .. } => format!("POST {}", self.name()),
            Self::Write { write: Write::Update, .. } => format!("PUT {}", self.name()),
            Self::Delete { .. } | Self::RemoveItems { .. } => format!("DELETE {}", self.name()),
        }
    }
}

/// A request under way; a caller who gives up ends it too.
struct UnderWay<'a> {
    sim: &'a MaximaSim,
    method: String,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.sim.state().traffic.leave(&self.method);
    }
}

#[cfg(test)]
mod tests;
