//! A simulated Senior X tenant (`contracts/senior-x.md`).

mod asked;
mod control;
mod hub;
mod operations;
mod options;
mod order;
mod person;
mod reads;
mod seen;
mod tokens;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use clock::Clock;
use http::{Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

pub use options::{
    ACCESS_KEY, ACCESS_SECRET, CLIENT_ID, CancelMode, EventForm, LEAKED_TOKEN, Metadata, Naming,
    SeniorOptions, SituationWords, TENANT, Wrapper,
};
pub use order::OrderSituation;
pub use person::NotAllowed;
pub use seen::{ErpCall, ErpOrder};

use crate::answer::{self, AnswerLost};
use crate::services::gate::{self, Answer, Call, CallSeen, Gate, Partner, Refusal};
use crate::services::{Outbox, Violation, wire};
use crate::sismetro::{SismetroSim, Standing};
use crate::{Faults, Verdict};
use asked::{Asked, Operation};
use order::Order;
use tokens::Tokens;

/// A simulated Senior X tenant: logins that end, orders that wait, an observation list, a release that works once,
/// and an events hub. Cheap to clone; clones are the same tenant.
#[derive(Clone, Debug)]
pub struct SeniorSim(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    gate: Gate<Asked>,
    state: Mutex<State>,
    hub: Outbox,
    /// Who is asked what the SS of an order says at the moment of a release.
    sismetro: OnceLock<SismetroSim>,
}

#[derive(Debug, Default)]
struct State {
    options: SeniorOptions,
    tokens: Tokens,
    orders: BTreeMap<String, Order>,
    /// Ids in the order of their numbers.
    ids: Vec<String>,
    violations: Vec<Violation>,
    /// How many deliveries were told.
    told: u64,
    /// How many cancellations and observations were answered: replies take turns.
    turns: u64,
}

impl SeniorSim {
    /// A tenant without orders.
    pub fn new(clock: Clock, options: SeniorOptions) -> Self {
        let (gate, hub) = (Gate::new(clock.clone()), Outbox::new(clock));
        let state = Mutex::new(State { options, ..State::default() });
        Self(Arc::new(Inner { gate, state, hub, sismetro: OnceLock::new() }))
    }

    /// From now on each release and cancellation is held against what this Sismetro says at that moment.
    pub fn watch(&self, sismetro: &SismetroSim) {
        // A second watcher would contradict the first; the first stays.
        let _ = self.0.sismetro.set(sismetro.clone());
    }

    /// Answers one request, whatever its host.
    pub async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        gate::settle(self);
        if let Some(answer) = self.control(&request) {
            return Ok(answer);
        }
        match Asked::read(request) {
            Ok(asked) => gate::answer(self, self.noted(asked)).await,
            Err(refusal) => {
                self.0.gate.unread(&refusal);
                Ok(self.refusal(&refusal))
            }
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

    /// Faults on demand: `loginWithKey`, `refreshToken`, `getOrder`, `listOrders`, `updateOrder`, `listObservations`,
    /// `addObservation`, `updateOrderStatusIntegration`, `cancelOrders`.
    pub fn faults(&self) -> &Faults {
        &self.0.gate.faults
    }

    /// What this tenant has seen so far, methods as in [`Self::faults`].
    pub fn verdict(&self) -> Verdict {
        let held = {
            let state = self.state();
            let notes = state.orders.values().map(|order| order.observations.len() as u64).sum();
            BTreeMap::from([
                ("pedidos".to_owned(), state.orders.len() as u64),
                ("observacoes".to_owned(), notes),
            ])
        };
        self.0.gate.verdict(held)
    }

    /// When each call of a method arrived.
    pub fn calls(&self, method: &str) -> Vec<Timestamp> {
        self.0.gate.arrivals(method)
    }

    /// Every call that could be read, in the order of arrival.
    pub fn log(&self) -> Vec<CallSeen> {
        gate::settle(self);
        self.0.gate.log()
    }

    /// How many calls will be carried out later than their callers think ([`crate::Fault::Late`]).
    pub fn late(&self) -> usize {
        gate::settle(self);
        self.0.gate.late()
    }

    /// What must not have happened; empty is right.
    pub fn violations(&self) -> Vec<Violation> {
        self.state().violations.clone()
    }

    /// The events hub: [`Outbox::register`] is the screen where URL and headers are given.
    pub fn hub(&self) -> &Outbox {
        &self.0.hub
    }

    /// Changes the options while it runs.
    pub fn configure(&self, change: impl FnOnce(&mut SeniorOptions)) {
        change(&mut self.state().options);
    }

    /// Ends every access token now; refresh tokens go on.
    pub fn expire_tokens(&self) {
        self.state().tokens.expire(true);
    }

    /// A new key pair was made, or the role was taken away: no token of either kind is good any more.
    pub fn revoke_tokens(&self) {
        self.state().tokens.expire(false);
    }

    /// Writes down what a call is about, and what it must not be.
    fn noted(&self, asked: Asked) -> Call<Asked> {
        let ids = asked.about();
        let about = ids.first().cloned().unwrap_or_default();
        let watched = matches!(asked.operation, Operation::Release | Operation::Cancel);
        let sismetro = self.0.sismetro.get().filter(|_| watched);
        let seen = sismetro.map(|sismetro| Watched {
            standing: sismetro.standing(&about),
            numbers: sismetro.numbers(&about),
            links: sismetro.links(&about),
        });
        if watched {
            let mut state = self.state_as_it_is();
            state.judge(asked.operation, &ids, seen.as_ref());
        }
        Call { method: asked.operation.method(), about, ss: seen.map(|seen| seen.standing), asked }
    }

    fn now(&self) -> Timestamp {
        self.0.gate.clock.now()
    }

    /// The state, after what is late and due.
    fn state(&self) -> MutexGuard<'_, State> {
        gate::settle(self);
        self.state_as_it_is()
    }

    fn state_as_it_is(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How Sismetro stands to an order, when the ERP is told something about it.
struct Watched {
    standing: Standing,
    numbers: Vec<u64>,
    links: Vec<String>,
}

impl State {
    /// Holds a release or a cancellation against what Sismetro says.
    fn judge(&mut self, operation: Operation, ids: &[String], seen: Option<&Watched>) {
        use crate::ViolationKind::{
            CancelNotAsked, ReleaseBeforeConclusion, ReleaseWithoutNote, SeveralIds, WrongLink,
        };

        let id = ids.first().map(String::as_str).unwrap_or_default();
        let mut wrong = |kind, text: String| self.violations.push(Violation::new(id, kind, text));
        if ids.len() > 1 {
            wrong(SeveralIds, format!("cancelOrders com {} pedidos", ids.len()));
        }
        let Some(Watched { standing, numbers, links }) = seen else { return };
        if self.orders.get(id).is_some_and(|order| order.has_strange_link(links)) {
            wrong(WrongLink, "o link nas observações não é o da SS".to_owned());
        }
        match (operation, standing) {
            (Operation::Release, Standing::Completed) => {
                let noted = self.orders.get(id).is_none_or(|order| order.names_any_of(numbers));
                if !noted {
                    wrong(ReleaseWithoutNote, "liberado sem o número da SS nas observações".to_owned());
                }
            }
            (Operation::Release, Standing::Cancelled) if self.options.release_of_cancelled => {}
            (Operation::Release, standing) => {
                wrong(ReleaseBeforeConclusion, format!("liberação pedida com a SS em {standing}"));
            }
            (Operation::Cancel, Standing::Cancelled) => {}
            (Operation::Cancel, standing) => {
                wrong(CancelNotAsked, format!("cancelamento pedido com a SS em {standing}"));
            }
            _ => {}
        }
    }
}

impl Partner for SeniorSim {
    type Asked = Asked;

    fn gate(&self) -> &Gate<Asked> {
        &self.0.gate
    }

    fn latency(&self) -> Duration {
        self.state_as_it_is().options.latency
    }

    fn carried_out(&self, asked: &Asked, now: Timestamp) -> Result<Answer, Refusal> {
        let mut state = self.state_as_it_is();
        state.admits(asked, now)?;
        state.operate(asked, now)
    }

    fn refusal(&self, refusal: &Refusal) -> Response<Bytes> {
        if refusal.kind == "missing_endpoint" {
            return answer::html(404, "<html><body><h1>404 Not Found</h1></body></html>".to_owned());
        }
        answer::json(refusal.status, generic_error(refusal).to_string())
    }
}

/// `genericError` (`contracts/senior-x.md` §4).
fn generic_error(refusal: &Refusal) -> Value {
    let reason = match refusal.status {
        400 => "BAD_REQUEST",
        401 => "UNAUTHORIZED",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        429 => "TOO_MANY_REQUESTS",
        _ => "INTERNAL_ERROR",
    };
    json!({ "message": refusal.text, "errorCode": refusal.kind, "reason": reason, "domain": "erpx_com_ven",
        "service": "pedido" })
}

impl State {
    /// Who calls, and whether this tenant has the method at all.
    fn admits(&mut self, asked: &Asked, now: Timestamp) -> Result<(), Refusal> {
        let method = asked.operation.method();
        if self.options.missing.contains(method) {
            return Err(Refusal::new("missing_endpoint", 404, "Not Found"));
        }
        if asked.by_gateway && wire::header(&asked.request, "client_id") != Some(&self.options.client_id) {
            return Err(Refusal::new("no_client_id", 400, "o cabeçalho client_id é obrigatório"));
        }
        let typed = wire::header(&asked.request, "content-type")
            .is_some_and(|kind| kind.starts_with("application/json"));
        if !asked.request.body().is_empty() && !typed {
            return Err(Refusal::new("invalid", 400, "o corpo deve ser application/json"));
        }
        if asked.operation.is_anonymous() {
            return Ok(());
        }
        if self.tokens.spend(wire::header(&asked.request, "authorization"), now) {
            return Ok(());
        }
        Err(Refusal::new("unauthorized", 401, "O token informado não é válido ou expirou"))
    }
}

#[cfg(test)]
mod tests;
