//! What Sismetro says of a service, from its arrival until it has reached the order: at once, after the SS is known, or
//! never (flow §8.3, T15).

use std::time::Duration;

use clock::Clock;
use engine::flow::{Advance, Change, FilingOf, Flow, FlowError, advance};
use engine::{Case, Cases, Filing, FlowState, Mark, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sismetro::{Outcome, SsCallback};

use crate::flow::{KIND as ORDERS, Orders};
use crate::machine::{self, CLAIM};
use crate::record::{Order, Said, What};
use crate::records;

/// The kind of the cases; the id names the delivery and the order or SS.
pub const KIND: &str = "so-aviso";
/// How long it is kept: so long a repetition is recognised (`contracts/sismetro.md` §10.7).
const KEPT: Duration = Duration::from_hours(30 * 24);
/// How often an order is looked for (flow §8.3).
const LOOK: Duration = Duration::from_mins(5);
/// After so long without one somebody is told.
const LOST: Duration = Duration::from_hours(24);
/// And then it is looked for now and then.
const SELDOM: Duration = Duration::from_hours(1);
/// Who is at the order is done soon.
const BUSY: Duration = Duration::from_secs(15);

/// What Sismetro said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// What.
    pub said: SsCallback,
    /// When it came.
    pub received: Timestamp,
    /// Where it is on its way.
    pub fate: Fate,
    /// When it is looked at again.
    pub due: Option<Timestamp>,
    /// In Portuguese: what became of it last.
    pub told: String,
}

/// Where a callback is on its way to its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It has not reached an order yet.
    Waiting,
    /// It has.
    Applied,
    /// There was nothing to be done about it.
    Ignored,
    /// It has found no order for a day.
    Unmatched,
}

impl Fate {
    /// Its name in marks.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Applied => "applied",
            Self::Ignored => "ignored",
            Self::Unmatched => "callback_unmatched",
        }
    }
}

impl Callback {
    /// The callback as it comes in.
    pub fn new(said: SsCallback, now: Timestamp) -> Self {
        // A person may write a link into it, which lets in whoever has it (`contracts/sismetro.md` §6).
        let reason = said.reason.as_deref().map(sismetro::masked_text);
        let said = SsCallback { reason, ..said };
        Self { said, received: now, fate: Fate::Waiting, due: Some(now), told: String::new() }
    }

    /// The same for the same delivery about the same order.
    pub fn id(said: &SsCallback) -> String {
        let about = said.order_id.as_deref().or(said.ss_number.as_deref()).unwrap_or_default();
        format!("{}.{about}", said.dedupe_key())
    }

    /// Those that have found no order for a day with their ids, at most `limit`, the latest first. One that cannot be read hides no
    /// other.
    pub async fn unmatched(state: &impl Cases, limit: usize) -> Result<Vec<(String, Self)>, StateError> {
        let mark = Mark::new("estado", Fate::Unmatched.name());
        let mut found = Vec::new();
        for id in state.marked(KIND, &mark, None, limit).await? {
            let case = state.case(KIND, &id).await?;
            let callback = case.and_then(|case| serde_json::from_value::<Self>(case.filing.body).ok());
            found.extend(callback.map(|callback| (id, callback)));
        }
        found.sort_by_key(|(_, callback)| std::cmp::Reverse(callback.received));
        Ok(found)
    }

    fn filing(&self) -> FilingOf {
        let mut marks = vec![Mark::new("estado", self.fate.name())];
        marks.extend(self.said.ss_number.as_ref().map(|number| Mark::new("ss", number.clone())));
        marks.extend(self.said.order_id.as_ref().map(|id| Mark::new("pedido", id.clone())));
        marks.retain(|mark| !mark.value.is_empty());
        FilingOf { due: self.due, marks, expires: clock::later(self.received, KEPT) }
    }

    fn filed(&self) -> Filing {
        let body = serde_json::to_value(self).expect("a callback has text keys");
        let FilingOf { due, marks, expires } = self.filing();
        Filing { body, due, marks, expires }
    }
}

/// As many callbacks are stored in one transaction: each is an item, and has up to four that it is found by.
const TOGETHER: usize = Filing::AT_ONCE / 5;

/// Stores the callbacks of one delivery, all or none as far as one transaction takes them (flow §15.8), in the order of
/// the list. Says of each whether it is new: one that is known already stays as it is.
pub async fn store_all(
    state: &impl Cases,
    callbacks: &[(String, Callback)],
) -> Result<Vec<bool>, StateError> {
    let mut is_new = Vec::new();
    for some in callbacks.chunks(TOGETHER) {
        is_new.extend(stored(state, some).await?);
    }
    Ok(is_new)
}

async fn stored(state: &impl Cases, callbacks: &[(String, Callback)]) -> Result<Vec<bool>, StateError> {
    loop {
        let mut fresh: Vec<(String, Filing)> = Vec::new();
        let mut is_new = Vec::new();
        for (id, callback) in callbacks {
            let is_named_before = fresh.iter().any(|(other, _)| other == id);
            let is_known = is_named_before || (callbacks.len() > 1 && state.case(KIND, id).await?.is_some());
            if !is_known {
                fresh.push((id.clone(), callback.filed()));
            }
            is_new.push(!is_known);
        }
        if fresh.is_empty() {
            return Ok(is_new);
        }
        match (state.open_all(KIND, &fresh).await, callbacks) {
            (Ok(()), _) => return Ok(is_new),
            (Err(StateError::Conflict { .. }), [_]) => return Ok(vec![false]),
            // One of them has come in between: it is there now, and the others are stored without it.
            (Err(StateError::Conflict { .. }), _) => {}
            (Err(error), _) => return Err(error),
        }
    }
}

/// What became of a dismissal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dismissal {
    /// It is looked for no longer.
    Done,
    /// It is not one that has found no order.
    Unfit,
    /// There is no such callback.
    Missing,
}

/// A person says that a callback which has found no order needs none. `told` is why, in Portuguese.
pub(crate) async fn dismiss(state: &impl Cases, id: &str, told: &str) -> Result<Dismissal, StateError> {
    loop {
        let Some(case) = state.case(KIND, id).await? else { return Ok(Dismissal::Missing) };
        let read = serde_json::from_value::<Callback>(case.filing.body.clone());
        let Some(callback) = read.ok().filter(|callback| callback.fate == Fate::Unmatched) else {
            return Ok(Dismissal::Unfit);
        };
        let callback = Callback { fate: Fate::Ignored, due: None, told: told.to_owned(), ..callback };
        match state.file(KIND, id, Some(&case), callback.filed()).await {
            Ok(_) => return Ok(Dismissal::Done),
            // It is being looked at just now: what that came to decides.
            Err(StateError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The order that a callback is about: the one that it names, else the one of its SS. What it then does to the order is
/// verified by the SS, so that a foreign order id harms nobody.
pub async fn order_of(state: &impl Cases, said: &SsCallback) -> Result<Option<Order>, FlowError> {
    if let Some(id) = &said.order_id
        && let Some(order) = records::order(state, id).await?
    {
        return Ok(Some(order));
    }
    let Some(number) = said.ss_number.clone() else { return Ok(None) };
    match state.marked(ORDERS, &Mark::new("ss", number), None, 1).await?.pop() {
        Some(id) => records::order(state, &id).await,
        None => Ok(None),
    }
}

/// The SS of `order` is known now: what waits for it is looked at at once. Failures cost a few minutes.
pub(crate) async fn hasten(state: &impl Cases, clock: &Clock, order: &Order) {
    let number = order.ss.as_ref().map(|ss| Mark::new("ss", ss.number.clone()));
    let marks = number.into_iter().chain([Mark::new("pedido", order.id.clone())]);
    for mark in marks {
        let Ok(ids) = state.marked(KIND, &mark, None, 50).await else { continue };
        for id in ids {
            if let Err(error) = hasten_one(state, clock, &id).await {
                tracing::debug!(error = partner_http::story(&error), id, "a notice was not hastened");
            }
        }
    }
}

async fn hasten_one(state: &impl Cases, clock: &Clock, id: &str) -> Result<(), StateError> {
    let now = clock.now();
    let Some(case) = state.case(KIND, id).await? else { return Ok(()) };
    if case.filing.due.is_none_or(|due| due <= now) {
        return Ok(());
    }
    let Ok(mut callback) = serde_json::from_value::<Callback>(case.filing.body.clone()) else {
        return Ok(());
    };
    callback.due = Some(now);
    let body = serde_json::to_value(&callback).expect("a callback has text keys");
    let filing = Filing { body, due: callback.due, ..case.filing.clone() };
    let before = Case { version: case.version, filing: case.filing };
    state.file(KIND, id, Some(&before), filing).await.map(drop)
}

/// What happens to a callback.
#[derive(Clone, Debug)]
pub enum Event {
    /// Its time has come.
    Due,
    /// It has reached its order, and this is what that made of it.
    Reached(Fate, String),
    /// There is no order for it.
    Homeless,
    /// Somebody is at the order.
    Busy,
    /// The store failed.
    Failed(String),
}

/// It is to be brought to its order.
#[derive(Clone, Debug)]
pub struct Bring;

/// Brings callbacks to their orders.
pub(crate) struct Notices<'a, S>(pub(crate) Orders<'a, S>);

impl<S: FlowState> Flow for Notices<'_, S> {
    const KIND: &'static str = KIND;
    type Case = Callback;
    type Event = Event;
    type Effect = Bring;

    fn next(callback: &Callback, event: &Event, now: Timestamp) -> Option<Change<Callback, Bring>> {
        let mut callback = callback.clone();
        let (due, told) = match event {
            Event::Due => {
                // What follows from it may take several effects of the order.
                callback.due = Some(clock::later(now, CLAIM * 2));
                return Some(Change::and(callback, Bring));
            }
            Event::Reached(fate, told) => {
                callback.fate = *fate;
                (None, told.as_str())
            }
            Event::Homeless => {
                let is_lost = clock::later(callback.received, LOST) <= now;
                if is_lost {
                    callback.fate = Fate::Unmatched;
                }
                (Some(if is_lost { SELDOM } else { LOOK }), "não há pedido com esta SS")
            }
            Event::Busy => (Some(BUSY), "o pedido está sendo processado"),
            Event::Failed(why) => (Some(Duration::from_mins(1)), why.as_str()),
        };
        callback.due = due.map(|due| clock::later(now, due));
        told.clone_into(&mut callback.told);
        Some(Change::to(callback))
    }

    fn due() -> Event {
        Event::Due
    }

    fn filing(callback: &Callback) -> FilingOf {
        callback.filing()
    }

    async fn perform(&self, callback: &Callback, _: Bring) -> Event {
        match self.bring(&callback.said).await {
            Ok(event) => event,
            Err(error) => {
                tracing::warn!(
                    error = partner_http::story(&error),
                    "a callback was not brought to its order"
                );
                Event::Failed("o armazenamento da integração não respondeu".to_owned())
            }
        }
    }
}

impl<S: FlowState> Notices<'_, S> {
    async fn bring(&self, said: &SsCallback) -> Result<Event, FlowError> {
        let Orders { state, clock, .. } = self.0;
        let Some(order) = order_of(state, said).await? else { return Ok(Event::Homeless) };
        if let Some(strange) = strange(&order, said) {
            return Ok(strange);
        }
        let Some(notice) = notice(said) else {
            return Ok(Event::Reached(Fate::Ignored, "a SS continua".to_owned()));
        };
        if order.is_busy(clock.now()) {
            return Ok(Event::Busy);
        }
        match Box::pin(advance(&self.0, state, clock, &order.id, machine::Event::Outcome(notice))).await? {
            Advance::Settled => Ok(Event::Reached(Fate::Applied, format!("pedido {}", order.id))),
            Advance::Missing => Ok(Event::Homeless),
            Advance::Overtaken => Ok(Event::Busy),
            Advance::Unmoved => match records::order(state, &order.id).await? {
                Some(order) if order.is_busy(clock.now()) => Ok(Event::Busy),
                _ => Ok(Event::Reached(Fate::Ignored, format!("nada a fazer no pedido {}", order.id))),
            },
        }
    }
}

/// A callback that names an order and an SS that is not the order's.
fn strange(order: &Order, said: &SsCallback) -> Option<Event> {
    let number = said.ss_number.as_deref()?;
    if order.past.iter().any(|past| past.number == number) {
        let told = format!("a SS é de uma abertura anterior do pedido {}", order.id);
        return Some(Event::Reached(Fate::Ignored, told));
    }
    let known = order.ss.as_ref()?;
    (known.number != number).then_some(Event::Homeless)
}

fn notice(said: &SsCallback) -> Option<machine::Notice> {
    let what = match said.outcome {
        Outcome::Completed => What::Completed,
        Outcome::Cancelled => What::Cancelled,
        Outcome::Progress => return None,
    };
    let reason = said.reason.as_deref().map(sismetro::masked_text);
    let (ss, items) = (said.ss_number.clone(), said.item_sequences.clone());
    Some(machine::Notice { what, said: Said::Callback, ss, reason, items })
}
