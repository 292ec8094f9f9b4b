//! How a call passes through a simulator of this integration: counted, logged, met by a fault, carried out,
//! answered or not.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use clock::{Clock, later};
use http::{HeaderValue, Response, header};
use jiff::Timestamp;
use serde::Serialize;

use crate::answer::{AnswerLost, half, trouble};
use crate::omie::Outcome;
use crate::sismetro::Standing;
use crate::traffic::Traffic;
use crate::{Fault, Faults};

/// A simulator whose calls pass through a [`Gate`].
pub(crate) trait Partner: Sync {
    /// A request that was read.
    type Asked: Send + Sync;

    fn gate(&self) -> &Gate<Self::Asked>;

    /// How long a call takes.
    fn latency(&self) -> Duration;

    /// Does what is asked.
    fn carried_out(&self, asked: &Self::Asked, now: Timestamp) -> Result<Answer, Refusal>;

    /// A refusal as this partner writes it.
    fn refusal(&self, refusal: &Refusal) -> Response<Bytes>;
}

/// A request that was read.
pub(crate) struct Call<A> {
    /// Its name in faults, verdict and log.
    pub(crate) method: &'static str,
    /// The order or SS it names.
    pub(crate) about: String,
    /// What Sismetro said of that order when the call arrived.
    pub(crate) ss: Option<Standing>,
    /// The rest.
    pub(crate) asked: A,
}

/// What was done.
pub(crate) struct Answer {
    pub(crate) response: Response<Bytes>,
    pub(crate) rows: usize,
    pub(crate) outcome: Outcome,
}

impl Answer {
    /// Something was written.
    pub(crate) fn done(response: Response<Bytes>) -> Self {
        Self { response, rows: 1, outcome: Outcome::Done }
    }

    /// So many rows were read.
    pub(crate) fn found(response: Response<Bytes>, rows: usize) -> Self {
        Self { response, rows, outcome: Outcome::Found(rows) }
    }

    /// A refusal that looks like an answer.
    pub(crate) fn refused(response: Response<Bytes>, kind: &'static str) -> Self {
        Self { response, rows: 0, outcome: Outcome::Refused(kind) }
    }
}

/// A refused request: its kind in the verdict, its status, its text.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) kind: &'static str,
    pub(crate) status: u16,
    pub(crate) text: String,
    /// Seconds of `Retry-After`.
    pub(crate) retry_after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(kind: &'static str, status: u16, text: impl Into<String>) -> Self {
        Self { kind, status, text: text.into(), retry_after: None }
    }
}

/// A call that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallSeen {
    /// When it arrived, virtual time.
    pub at: Timestamp,
    /// Its name.
    pub method: &'static str,
    /// The order or SS it names; empty when it names none.
    pub about: String,
    /// What Sismetro said of that order at that moment; nothing when nobody asked Sismetro.
    pub ss: Option<Standing>,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether its own answer left, whole.
    pub answered: bool,
}

#[derive(Debug)]
pub(crate) struct Gate<A> {
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    book: Mutex<Book<A>>,
}

#[derive(Debug)]
struct Book<A> {
    traffic: Traffic,
    log: Vec<CallSeen>,
    /// Calls to carry out when their callers have given up, by due instant.
    late: Vec<(Timestamp, usize, A)>,
}

impl<A: Send + Sync> Gate<A> {
    pub(crate) fn new(clock: Clock) -> Self {
        let book = Book { traffic: Traffic::default(), log: Vec::new(), late: Vec::new() };
        Self { clock, faults: Faults::default(), book: Mutex::new(book) }
    }

    pub(crate) fn log(&self) -> Vec<CallSeen> {
        self.book().log.clone()
    }

    /// Reads the log without copying it.
    pub(crate) fn with_log<T>(&self, read: impl FnOnce(&[CallSeen]) -> T) -> T {
        read(&self.book().log)
    }

    pub(crate) fn arrivals(&self, method: &str) -> Vec<Timestamp> {
        self.book().traffic.calls(method)
    }

    pub(crate) fn verdict(&self, held: std::collections::BTreeMap<String, u64>) -> crate::Verdict {
        self.book().traffic.verdict(held)
    }

    pub(crate) fn late(&self) -> usize {
        self.book().late.len()
    }

    /// Counts and logs a call: its place in the log.
    fn arrived(&self, call: &Call<A>, at: Timestamp) -> usize {
        let Call { method, about, ss, .. } = call;
        let mut book = self.book();
        book.traffic.arrive(method, at);
        let (about, outcome) = (about.clone(), Outcome::Waiting);
        book.log.push(CallSeen { at, method, about, ss: *ss, outcome, answered: false });
        book.log.len() - 1
    }

    /// Counts a request nobody could read.
    pub(crate) fn unread(&self, refusal: &Refusal) {
        let mut book = self.book();
        book.traffic.arrive("?", self.clock.now());
        book.traffic.fault("?", refusal.kind);
        book.traffic.leave("?");
    }

    fn fault(&self, method: &str, kind: &str) {
        self.book().traffic.fault(method, kind);
    }

    fn ended(&self, entry: usize, outcome: Outcome) {
        self.book().log[entry].outcome = outcome;
    }

    fn book(&self) -> MutexGuard<'_, Book<A>> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries out what is late and due, in its order.
pub(crate) fn settle<P: Partner>(sim: &P) {
    let gate = sim.gate();
    let now = gate.clock.now();
    loop {
        let due = {
            let mut book = gate.book();
            let first = book.late.iter().enumerate().min_by_key(|(_, late)| late.0);
            match first {
                Some((position, late)) if late.0 <= now => Some(book.late.remove(position)),
                _ => None,
            }
        };
        let Some((at, entry, asked)) = due else { return };
        let done = sim.carried_out(&asked, at);
        gate.ended(entry, outcome(&done));
    }
}

/// Answers a call, or does not.
pub(crate) async fn answer<P: Partner>(sim: &P, call: Call<P::Asked>) -> Result<Response<Bytes>, AnswerLost> {
    settle(sim);
    let gate = sim.gate();
    let method = call.method;
    let arrival = gate.clock.now();
    let entry = gate.arrived(&call, arrival);
    let _under_way = UnderWay { gate, method };
    let fault = gate.faults.take(&[method]);
    match &fault {
        Some(Fault::Held) => gate.faults.hold().await,
        Some(Fault::LostRequest) => {
            gate.fault(method, "injected_lost_request");
            gate.ended(entry, Outcome::Lost);
            return Err(AnswerLost);
        }
        Some(Fault::Late(ms)) => {
            gate.fault(method, "injected_late");
            let due = later(arrival, Duration::from_millis(*ms));
            gate.book().late.push((due, entry, call.asked));
            return Err(AnswerLost);
        }
        _ => {}
    }
    let response = match prevented(sim, fault.as_ref()) {
        Some((kind, response)) => {
            gate.fault(method, kind);
            gate.ended(entry, Outcome::Refused(kind));
            response
        }
        None => done(sim, method, entry, &call.asked),
    };
    let due = later(arrival, sim.latency());
    // A machine's timer takes a millisecond to wait for nothing.
    if due > gate.clock.now() {
        gate.clock.sleep_until(due).await;
    }
    let whole = !matches!(fault, Some(Fault::Truncated | Fault::Answered { .. }));
    let answered = delivered(gate, method, response, fault).await?;
    gate.book().log[entry].answered = whole;
    Ok(answered)
}

fn done<P: Partner>(sim: &P, method: &str, entry: usize, asked: &P::Asked) -> Response<Bytes> {
    let gate = sim.gate();
    let done = sim.carried_out(asked, gate.clock.now());
    let mut book = gate.book();
    book.log[entry].outcome = outcome(&done);
    match done {
        Ok(answer) => {
            book.traffic.rows(method, answer.rows);
            if let Outcome::Refused(kind) = answer.outcome {
                book.traffic.fault(method, kind);
            }
            answer.response
        }
        Err(refusal) => {
            book.traffic.fault(method, refusal.kind);
            refused(sim, &refusal)
        }
    }
}

fn outcome(done: &Result<Answer, Refusal>) -> Outcome {
    match done {
        Ok(answer) => answer.outcome,
        Err(refusal) if refusal.kind == "not_found" => Outcome::NotFound,
        Err(refusal) => Outcome::Refused(refusal.kind),
    }
}

/// The answer of a fault that keeps the call from being carried out.
fn prevented<P: Partner>(sim: &P, fault: Option<&Fault>) -> Option<(&'static str, Response<Bytes>)> {
    let refusal = match fault? {
        Fault::Reject { text, status } => Refusal::new("injected_reject", *status, text),
        Fault::Status429 => Refusal::new("injected_rate_limited", 429, "Too many requests"),
        Fault::RetryAfter(seconds) => Refusal {
            retry_after: Some(*seconds),
            ..Refusal::new("injected_rate_limited", 429, "Too many requests")
        },
        Fault::Unauthorized => Refusal::new("injected_unauthorized", 401, "Acesso não autorizado"),
        Fault::Html => return Some(("injected_html", trouble())),
        Fault::Blocked425 | Fault::Redundant | Fault::Busy => {
            Refusal::new("injected_unknown", 501, "este simulador não tem esta falha")
        }
        Fault::LostAnswer
        | Fault::LostRequest
        | Fault::Held
        | Fault::HeldAnswer
        | Fault::Late(_)
        | Fault::Slow(_)
        | Fault::Truncated
        | Fault::Answered { .. } => return None,
    };
    Some((refusal.kind, refused(sim, &refusal)))
}

pub(crate) fn refused<P: Partner>(sim: &P, refusal: &Refusal) -> Response<Bytes> {
    let mut response = sim.refusal(refusal);
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What becomes of an answer on its way.
async fn delivered<A: Send + Sync>(
    gate: &Gate<A>,
    method: &str,
    answer: Response<Bytes>,
    fault: Option<Fault>,
) -> Result<Response<Bytes>, AnswerLost> {
    match fault {
        Some(Fault::LostAnswer) => {
            gate.fault(method, "injected_lost_answer");
            Err(AnswerLost)
        }
        Some(Fault::Truncated) => {
            gate.fault(method, "injected_truncated");
            Ok(half(answer))
        }
        Some(Fault::Answered { status, body }) => {
            gate.fault(method, "injected_answered");
            Ok(crate::answer::json(status, body))
        }
        Some(Fault::HeldAnswer) => {
            gate.fault(method, "injected_held_answer");
            gate.faults.hold().await;
            Ok(answer)
        }
        Some(Fault::Slow(ms)) => {
            gate.fault(method, "injected_slow");
            gate.clock.sleep(Duration::from_millis(ms)).await;
            Ok(answer)
        }
        _ => Ok(answer),
    }
}

/// A call under way; a caller who gives up ends it too.
struct UnderWay<'a, A: Send + Sync> {
    gate: &'a Gate<A>,
    method: &'static str,
}

impl<A: Send + Sync> Drop for UnderWay<'_, A> {
    fn drop(&mut self) {
        self.gate.book().traffic.leave(self.method);
    }
}
