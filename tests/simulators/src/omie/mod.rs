//! A simulated Omie account (`contracts/omie.md`).

mod control;
mod limits;
mod listing;
mod methods;
mod options;
mod records;
mod refusal;
mod request;
mod scope;
mod window;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use clock::{Clock, later};
use http::{Method as Verb, Request, Response};
use jiff::Timestamp;

pub use options::{APP_KEY, APP_SECRET, OmieOptions};

use crate::answer::{self, AnswerLost};
use crate::journal::Journal;
use crate::traffic::Traffic;
use crate::{Dataset, Fault, Faults, Verdict};
use limits::{LaneName, Limits};
use listing::Selections;
use refusal::Refusal;
use request::Asked;

/// A simulated Omie: counts, limits, blocks, pages and refuses like the partner. Cheap to clone; clones are
/// the same account.
#[derive(Clone, Debug)]
pub struct OmieSim(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    preset: String,
    dataset: RwLock<Dataset>,
    state: Mutex<State>,
    faults: Faults,
    journal: Option<Arc<Journal>>,
}

#[derive(Debug, Default)]
struct State {
    options: OmieOptions,
    limits: Limits,
    traffic: Traffic,
    selections: Selections,
}

impl OmieSim {
    /// An account that holds `dataset`, forgotten at the end of the process.
    pub fn new(dataset: Dataset, clock: Clock, options: OmieOptions) -> Self {
        Self::with_journal(dataset, clock, options, String::new(), None)
    }

    pub(crate) fn with_journal(
        dataset: Dataset,
        clock: Clock,
        options: OmieOptions,
        preset: String,
        journal: Option<Arc<Journal>>,
    ) -> Self {
        let state = Mutex::new(State { options, ..State::default() });
        let dataset = RwLock::new(dataset);
        Self(Arc::new(Inner { clock, preset, dataset, state, faults: Faults::default(), journal }))
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
        let lane: LaneName = (asked.app_key.clone(), asked.method.name);
        let _under_way = match self.enter(&lane) {
            Ok(under_way) => under_way,
            Err(refusal) => return Ok(refusal.answer()),
        };
        let arrival = self.now();
        let fault = self.0.faults.take(&[lane.1]);
        if matches!(fault, Some(Fault::Held)) {
            self.0.faults.hold().await;
        }
        if let Some(answer) = self.prevented(&lane, fault.as_ref()) {
            return Ok(answer);
        }
        let (answer, wait) = match self.served(asked, &lane) {
            Ok((body, wait)) => (answer::json(200, body), wait),
            Err(refusal) => (refusal.answer(), Duration::ZERO),
        };
        // Making the page took part of the time a page takes.
        self.0.clock.sleep_until(later(arrival, wait)).await;
        self.delivered(&lane, answer, fault).await
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
    fn prevented(&self, lane: &LaneName, fault: Option<&Fault>) -> Option<Response<Bytes>> {
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
                return Some(refusal.answer());
            }
            Fault::Html => {
                state.traffic.fault(lane.1, "injected_html");
                return Some(answer::trouble());
            }
            Fault::LostAnswer | Fault::Held | Fault::Slow(_) | Fault::Truncated => return None,
        };
        let refusal = state.limits.failed(lane, refusal, self.now());
        state.traffic.fault(lane.1, refusal.kind);
        Some(refusal.answer())
    }

    /// Carries the call out: the body of its answer and how long it takes.
    fn served(&self, asked: &Asked, lane: &LaneName) -> Result<(String, Duration), Refusal> {
        let mut state = self.state();
        let state = &mut *state;
        let page = self.page(asked, lane, state);
        let (body, rows) = page.map_err(|refusal| {
            let refusal = state.limits.failed(lane, refusal, self.now());
            state.traffic.fault(lane.1, refusal.kind);
            refusal
        })?;
        state.traffic.rows(lane.1, rows);
        Ok((body, state.options.latency))
    }

    fn page(&self, asked: &Asked, lane: &LaneName, state: &mut State) -> Result<(String, usize), Refusal> {
        let options = &state.options;
        if (&asked.app_key, &asked.app_secret) != (&options.app_key, &options.app_secret) {
            return Err(Refusal::unauthorized());
        }
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
            Some(Fault::LostAnswer) => {
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

/// A call under way; a caller who gives up ends it too.
struct UnderWay<'a> {
    sim: &'a OmieSim,
    lane: LaneName,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.sim.state();
        state.limits.leave(&self.lane);
        state.traffic.leave(self.lane.1);
    }
}

#[cfg(test)]
mod tests;
