//! A simulated Sismetro (`contracts/sismetro.md`).

mod body;
mod callback;
mod control;
mod open;
mod options;
mod person;
mod reads;
mod seen;
mod ss;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use clock::Clock;
use http::{Request, Response};
use jiff::Timestamp;
use serde_json::json;

pub use callback::Told;
pub use options::{
    CALLBACK_KEY, CallbackForm, CallbackShape, Copied, FacadeKey, Names, RefusalForm, Repeated, ReplyShape,
    SismetroOptions, UNIT, UNIT_KEY,
};
pub use person::NoSuchSs;
pub use seen::{OpenSeen, SsSeen};
pub use ss::Standing;

use crate::answer::{self, AnswerLost};
use crate::services::gate::{self, Answer, Call, CallSeen, Gate, Partner, Refusal};
use crate::services::{Outbox, Push, Violation, equipment_register, wire};
use crate::traffic::LastMinute;
use crate::{Faults, Verdict};
use body::Wanted;
use ss::Ss;

/// The first number that is given.
const FIRST_SS: u64 = 1_287_001;

/// A simulated Sismetro: opens an SS for everything it understands, as often as it is asked, and tells what becomes
/// of it. Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub struct SismetroSim(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    gate: Gate<Asked>,
    state: Mutex<State>,
    callbacks: Outbox,
}

#[derive(Debug, Default)]
struct State {
    options: SismetroOptions,
    /// By position: number minus [`FIRST_SS`].
    all: Vec<Ss>,
    opens: Vec<OpenSeen>,
    violations: Vec<Violation>,
    /// Reads and open calls of the last minute, by unit.
    minutes: HashMap<(String, bool), LastMinute>,
    /// How many open calls were answered: replies take turns.
    answered: u64,
    /// How many callbacks were made.
    told: u64,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Open,
    Find,
    List,
    Equipment,
}

impl Operation {
    fn method(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Find => "findBySs",
            Self::List => "listAll",
            Self::Equipment => "Patrimonio",
        }
    }
}

/// A request that was read.
#[derive(Debug)]
pub(crate) struct Asked {
    operation: Operation,
    wanted: Wanted,
    request: Request<Bytes>,
}

impl Asked {
    fn read(request: Request<Bytes>) -> Result<Self, Refusal> {
        let operation = match (request.method().as_str(), request.uri().path()) {
            ("POST", "/serviceOrder/open") => Operation::Open,
            ("GET", "/SS/findBySs") => Operation::Find,
            ("GET", "/SS/listAll") => Operation::List,
            ("GET", "/Patrimonio/listAll") => Operation::Equipment,
            (verb, path) => {
                return Err(Refusal::new("unknown_endpoint", 404, format!("{verb} {path} não existe")));
            }
        };
        let wanted =
            if operation == Operation::Open { Wanted::read(request.body()) } else { Wanted::default() };
        Ok(Self { operation, wanted, request })
    }

    /// The order or the SS it names.
    fn about(&self) -> String {
        let order = || self.wanted.orders.first().cloned();
        let ss = || wire::parameter(&self.request, "ss");
        if self.operation == Operation::Open { order() } else { ss() }.unwrap_or_default()
    }
}

impl SismetroSim {
    /// No SS yet; the register of [`equipment_register`].
    pub fn new(clock: Clock, options: SismetroOptions) -> Self {
        let (gate, callbacks) = (Gate::new(clock.clone()), Outbox::new(clock));
        let state = Mutex::new(State { options, ..State::default() });
        Self(Arc::new(Inner { gate, state, callbacks }))
    }

    /// Answers one request, whatever its host: the integration and the read host are this one.
    pub async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        gate::settle(self);
        if let Some(answer) = self.control(&request) {
            return Ok(answer);
        }
        match Asked::read(request) {
            Ok(asked) => {
                let call = Call { method: asked.operation.method(), about: asked.about(), ss: None, asked };
                gate::answer(self, call).await
            }
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

    /// Faults on demand: `open`, `findBySs`, `listAll`, `Patrimonio`.
    pub fn faults(&self) -> &Faults {
        &self.0.gate.faults
    }

    /// What this Sismetro has seen so far, methods as in [`Self::faults`].
    pub fn verdict(&self) -> Verdict {
        let held = self.state().all.len() as u64;
        let register = equipment_register().len() as u64;
        self.0.gate.verdict(BTreeMap::from([("ss".to_owned(), held), ("patrimonios".to_owned(), register)]))
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

    /// What is told to us. [`Outbox::register`] takes the URL of our callback routes, up to and without
    /// `/service-order`.
    pub fn callbacks(&self) -> &Outbox {
        &self.0.callbacks
    }

    /// Changes the options while it runs.
    pub fn configure(&self, change: impl FnOnce(&mut SismetroOptions)) {
        change(&mut self.state().options);
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

    fn tell(&self, pushes: Vec<Push>) {
        for push in pushes {
            self.0.callbacks.push(push);
        }
    }
}

impl Partner for SismetroSim {
    type Asked = Asked;

    fn gate(&self) -> &Gate<Asked> {
        &self.0.gate
    }

    fn latency(&self) -> Duration {
        self.state_as_it_is().options.latency
    }

    fn carried_out(&self, asked: &Asked, now: Timestamp) -> Result<Answer, Refusal> {
        let mut told = Vec::new();
        let done = {
            let mut state = self.state_as_it_is();
            let unit = state.admits(asked, now)?;
            match asked.operation {
                Operation::Open => state.open(asked, &unit, now, &mut told),
                Operation::Find => Ok(state.find(asked, &unit)),
                Operation::List => state.list(asked, &unit),
                Operation::Equipment => state.equipment(asked),
            }
        };
        self.tell(told);
        done
    }

    fn refusal(&self, refusal: &Refusal) -> Response<Bytes> {
        let text = &refusal.text;
        let form = self.state_as_it_is().options.refusal;
        let body = match form {
            _ if refusal.status == 401 || refusal.status == 429 => json!({ "valid": false, "message": text }),
            RefusalForm::Valid => json!({ "valid": false, "message": text }),
            RefusalForm::Success => json!({ "success": false, "message": text }),
            RefusalForm::Error => json!({ "error": text }),
            RefusalForm::Erro => json!({ "erro": text }),
        };
        answer::json(refusal.status, body.to_string())
    }
}

impl State {
    /// Who calls, and how often.
    fn admits(&mut self, asked: &Asked, now: Timestamp) -> Result<String, Refusal> {
        let unit = wire::header(&asked.request, "unit").unwrap_or_default();
        let key = wire::header(&asked.request, "key");
        if key.is_none() || self.options.units.get(unit).map(String::as_str) != key {
            return Err(Refusal::new("unauthorized", 401, "unit ou key inválidos"));
        }
        let opens = asked.operation == Operation::Open;
        let most = if opens { self.options.opens_per_minute } else { self.options.reads_per_minute };
        let minute = self.minutes.entry((unit.to_owned(), opens)).or_default();
        if minute.count(now) >= most {
            let retry_after = self.options.retry_after.then_some(60);
            let text = "Limite de requisições por minuto excedido";
            return Err(Refusal { retry_after, ..Refusal::new("rate_limited", 429, text) });
        }
        minute.add(now);
        Ok(unit.to_owned())
    }
}

#[cfg(test)]
mod tests;
