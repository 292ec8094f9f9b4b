//! A simulated Omie account (`contracts/omie.md`).

mod account;
mod control;
mod customers;
mod desk;
mod fixed;
mod limits;
mod listing;
mod log;
mod methods;
mod operation;
mod options;
mod orders;
mod person;
mod post;
mod records;
mod refusal;
mod request;
mod schema;
mod scope;
mod topics;
mod under_way;
mod webhook;
mod window;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use clock::{Clock, later};
use http::{Method as Verb, Request, Response};
use jiff::Timestamp;
use tokio::sync::Notify;

pub use log::{LogEntry, Outcome};
pub use options::{APP_KEY, APP_SECRET, OmieOptions};
pub use person::OrderKey;
pub(crate) use post::exchange;
pub use post::{deliver, post_http};
pub use webhook::{Deliveries, Delivery, TopicCase};

use crate::answer::{self, AnswerLost};
use crate::journal::Journal;
use crate::traffic::Traffic;
use crate::{Dataset, Fault, Faults, Verdict};
use desk::Desk;
use limits::{LaneName, Limits};
use listing::Selections;
use refusal::Refusal;
use request::Asked;
use under_way::{Call, UnderWay};

/// A simulated Omie: counts, limits, blocks, pages and refuses like the partner. Cheap to clone; clones are
/// the same account.
#[derive(Clone, Debug)]
pub struct OmieSim(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    preset: String,
    /// Shared with whoever opened it until the first change.
    dataset: RwLock<Arc<Dataset>>,
    state: Mutex<State>,
    faults: Faults,
    journal: Option<Arc<Journal>>,
    /// Something for the webhook.
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    options: OmieOptions,
    limits: Limits,
    traffic: Traffic,
    selections: Selections,
    desk: Desk,
}

impl OmieSim {
    /// An account that holds `dataset`, forgotten at the end of the process. Given an [`Arc`], the account copies
    /// it at its first change and not before, so that thousands of accounts may begin as the same one.
    pub fn new(dataset: impl Into<Arc<Dataset>>, clock: Clock, options: OmieOptions) -> Self {
        Self::with_journal(dataset, clock, options, String::new(), None)
    }

    pub(crate) fn with_journal(
        dataset: impl Into<Arc<Dataset>>,
        clock: Clock,
        options: OmieOptions,
        preset: String,
        journal: Option<Arc<Journal>>,
    ) -> Self {
        let state = Mutex::new(State { options, ..State::default() });
        let dataset = RwLock::new(dataset.into());
        let (faults, news) = (Faults::default(), Notify::new());
        Self(Arc::new(Inner { clock, preset, dataset, state, faults, journal, news }))
    }

    /// Answers one request, whatever its host. Only the path, the verb and the body matter.
    pub async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        if let Some(answer) = self.control(&request) {
            return Ok(answer);
        }
        if request.method() != Verb::POST {
            return Ok(Refusal::get().answer());
        }
        match Asked::read(&request) {
            Ok(asked) => self.call(&asked).await,
            Err(refusal) => {
                self.state().traffic.fault("?", refusal.kind);
                Ok(refusal.answer())
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

    /// Faults on demand, by Omie method name.
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// What this account has seen so far.
    pub fn verdict(&self) -> Verdict {
        self.state().traffic.verdict(self.held())
    }

    /// When each call of a method arrived, refused ones included.
    pub fn calls(&self, method: &str) -> Vec<Timestamp> {
        self.state().traffic.calls(method)
    }

    /// Changes the options while it runs.
    pub fn configure(&self, change: impl FnOnce(&mut OmieOptions)) {
        change(&mut self.state().options);
    }

    async fn call(&self, asked: &Asked) -> Result<Response<Bytes>, AnswerLost> {
        let call = self.arrived(asked);
        let _under_way = match self.enter(&call.lane) {
            Ok(under_way) => under_way,
            Err(refusal) => return Ok(self.refused(&call, &refusal)),
        };
        let arrival = self.now();
        let fault = self.0.faults.take(&[call.lane.1]);
        if matches!(fault, Some(Fault::LostRequest)) {
            return Err(self.never_arrived(&call));
        }
        if let Some((answer, kind)) = self.prevented(&call.lane, fault.as_ref()) {
            self.ended(&call, Outcome::Refused(kind), true);
            return Ok(answer);
        }
        let mut claim = match self.claim(&call) {
            Ok(claim) => claim,
            Err(refusal) => return Ok(self.refused(&call, &refusal)),
        };
        if matches!(fault, Some(Fault::Held)) {
            self.0.faults.hold().await;
        }
        if let (Some(Fault::Late(ms)), Some(claim)) = (&fault, &mut claim) {
            return Err(self.postponed(&call, claim, asked, desk::after(arrival, *ms)));
        }
        let (answer, wait) = match self.served(asked, &call) {
            Ok((body, wait)) => (answer::json(200, body), wait),
            Err(refusal) => (refusal.answer(), Duration::ZERO),
        };
        if matches!(fault, Some(Fault::HeldAnswer)) {
            self.0.faults.hold().await;
        }
        // Making the page took part of the time a page takes.
        self.0.clock.sleep_until(later(arrival, wait)).await;
        let whole = !matches!(fault, Some(Fault::Truncated));
        let answer = self.delivered(&call.lane, answer, fault).await?;
        self.answered(&call, whole);
        Ok(answer)
    }

    /// Passes the limits, counted as under way until the guard is dropped.
    fn enter(&self, lane: &LaneName) -> Result<UnderWay<'_>, Refusal> {
        let now = self.now();
        let mut state = self.state();
        let state = &mut *state;
        state.traffic.arrive(lane.1, now);
        let most = state.options.most_in_flight(lane.1);
        match state.limits.enter(lane, most, now) {
            Ok(()) => Ok(UnderWay { sim: self, lane: lane.clone() }),
            Err(refusal) => {
                state.traffic.leave(lane.1);
                state.traffic.fault(lane.1, refusal.kind);
                Err(refusal)
            }
        }
    }

    /// The answer of a fault that keeps the call from being carried out.
    fn prevented(&self, lane: &LaneName, fault: Option<&Fault>) -> Option<(Response<Bytes>, &'static str)> {
        let mut state = self.state();
        let refusal = match fault? {
            Fault::Reject { text, status } => Refusal::injected(text.clone(), *status),
            Fault::Status429 => Refusal::rate_limited().called("injected_rate_limited"),
            Fault::Redundant => Refusal::redundant().called("injected_redundant"),
            Fault::Busy => Refusal::busy().called("injected_busy"),
            Fault::Unauthorized => Refusal::unauthorized().called("injected_unauthorized"),
            Fault::Blocked425 => {
                let refusal = state.limits.block(lane, self.now()).called("injected_blocked");
                state.traffic.fault(lane.1, refusal.kind);
                return Some((refusal.answer(), refusal.kind));
            }
            Fault::Answered { .. } | Fault::RetryAfter(_) => {
                Refusal::injected("o simulador da Omie não tem esta falha".to_owned(), 501)
                    .called("injected_unknown")
            }
            Fault::Html => {
                state.traffic.fault(lane.1, "injected_html");
                return Some((answer::trouble(), "injected_html"));
            }
            Fault::LostAnswer
            | Fault::LostRequest
            | Fault::Held
            | Fault::HeldAnswer
            | Fault::Late(_)
            | Fault::Slow(_)
            | Fault::Truncated => return None,
        };
        let refusal = state.limits.failed(lane, refusal, self.now());
        state.traffic.fault(lane.1, refusal.kind);
        Some((refusal.answer(), refusal.kind))
    }

    /// Carries the call out: the body of its answer and how long it takes.
    fn served(&self, asked: &Asked, call: &Call) -> Result<(String, Duration), Refusal> {
        self.settle();
        let now = self.now();
        let mut state = self.state();
        let state = &mut *state;
        let page = match call.operation {
            Some(operation) => self.operated(operation, asked, call, state),
            None => self.page(asked, &call.lane, state),
        };
        state.note(call, page.as_ref().map(|(_, rows)| *rows), now);
        let (body, rows) = page.map_err(|refusal| {
            let refusal = state.limits.failed(&call.lane, refusal, now);
            state.traffic.fault(call.lane.1, refusal.kind);
            refusal
        })?;
        state.traffic.rows(call.lane.1, rows);
        Ok((body, state.options.latency))
    }

    fn page(&self, asked: &Asked, lane: &LaneName, state: &mut State) -> Result<(String, usize), Refusal> {
        let options = &state.options;
        options.admits(asked)?;
        let mut query = asked.query(self.now())?;
        if options.hide_old_when_undated {
            query.conditions.extend(asked.forgets(&query, self.now()));
        }
        let repeated = state.limits.repeated(lane, asked.same_as(), self.now());
        if repeated && options.redundancy {
            return Err(Refusal::redundant());
        }
        let dataset = self.dataset();
        if asked.method.name == methods::TAGS {
            return scope::tags(asked, &dataset);
        }
        let frame = scope::frame(asked, &mut query, &dataset, options, self.now())?;
        let held = dataset.shelf(asked.method.registry);
        let kept = state.selections.of(asked.method, held, &mut query.conditions);
        let as_documents = options.means_as_documents && asked.method.rows == "MeiosPagamentoLista";
        let rows = if as_documents { "tipo_documento_cadastro" } else { asked.method.rows };
        listing::page(asked.method, rows, &dataset, &kept, &query, &frame, options.page_cap(lane.1))
    }

    /// What becomes of an answer on its way.
    async fn delivered(
        &self,
        lane: &LaneName,
        answer: Response<Bytes>,
        fault: Option<Fault>,
    ) -> Result<Response<Bytes>, AnswerLost> {
        match fault {
            // A listing that would be late is as good as one whose answer is lost.
            Some(Fault::LostAnswer | Fault::Late(_)) => {
                self.state().traffic.fault(lane.1, "injected_lost_answer");
                Err(AnswerLost)
            }
            Some(Fault::Truncated) => {
                self.state().traffic.fault(lane.1, "injected_truncated");
                Ok(answer::half(answer))
            }
            Some(Fault::Slow(ms)) => {
                self.state().traffic.fault(lane.1, "injected_slow");
                self.0.clock.sleep(Duration::from_millis(ms)).await;
                Ok(answer)
            }
            _ => Ok(answer),
        }
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
