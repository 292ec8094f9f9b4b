//! Which shape a body has, and what it says.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{CallbackPath, Outcome, SsCallback, Unreadable, shape};
use crate::member::{self, Object, member};
use crate::moment::instant;
use crate::options::SismetroOptions;
use crate::plain::{cut, folded};
use crate::situation::{Situation, situation};
use crate::ss::Ss;

/// Levels of a body that we are willing to walk (`contracts/service-order-flow.md` §10).
const DEEPEST: usize = 32;
/// Orders in one body; nobody has more at once.
const MOST: usize = 100;

/// What the body of a call to `path` says, one for each order or SS it names: the proposed event (A), Senior's own
/// request (B), or a record of the read API (C), bare or inside `resultList` or `data`; a list of them is read
/// whole or not at all.
///
/// A path that fixes the outcome wins over the body. Events nobody has told us about are
/// [`Progress`](Outcome::Progress).
pub fn parse_callbacks(
    path: CallbackPath,
    body: &[u8],
    options: &SismetroOptions,
) -> Result<Vec<SsCallback>, Unreadable> {
    let json = member::json(body).ok_or(Unreadable::NotJson)?;
    if member::depth(&json) > DEEPEST {
        return Err(Unreadable::TooDeep);
    }
    let reader = Reader { path, options, zone: options.zone() };
    let callbacks = match &json {
        Value::Object(object) => reader.object(object)?,
        Value::Array(items) => reader.list(items)?,
        _ => return Err(Unreadable::NotAnObject),
    };
    match callbacks.len() {
        1..=MOST => Ok(callbacks),
        count => Err(Unreadable::Count(count)),
    }
}

struct Reader<'a> {
    path: CallbackPath,
    options: &'a SismetroOptions,
    zone: TimeZone,
}

impl Reader<'_> {
    fn list(&self, items: &[Value]) -> Result<Vec<SsCallback>, Unreadable> {
        if items.len() > MOST {
            return Err(Unreadable::Count(items.len()));
        }
        let mut callbacks = Vec::new();
        for item in items {
            callbacks.extend(self.object(item.as_object().ok_or(Unreadable::NotAnObject)?)?);
        }
        Ok(callbacks)
    }

    fn object(&self, object: &Object) -> Result<Vec<SsCallback>, Unreadable> {
        if member(object, "event").is_some() {
            return Ok(vec![self.event(object)?]);
        }
        // "data" is a date too, in Portuguese: only what holds something is a wrapper.
        match ["resultList", "data"].iter().find_map(|name| member(object, name).filter(|value| holds(value)))
        {
            Some(Value::Array(records)) => return self.records(records),
            Some(record) => return self.records(std::slice::from_ref(record)),
            None => {}
        }
        if let Some(callback) = self.record(object)? {
            return Ok(vec![callback]);
        }
        let is_event = shape::ss(object)?.is_some() || shape::order(object)?.is_some();
        if let (false, Some(outcome)) = (is_event, self.path.outcome()) {
            let ids = shape::ids(object)?;
            return match ids.len() {
                0 => Err(Unreadable::Nameless),
                _ => Ok(ids.into_iter().map(|id| of_order(id, outcome)).collect()),
            };
        }
        Ok(vec![self.event(object)?])
    }

    /// Shape A. Its SS or order may be named inside `data`, the way webhooks are often built.
    fn event(&self, object: &Object) -> Result<SsCallback, Unreadable> {
        let (mut ss_number, mut order_id) = (shape::ss(object)?, shape::order(object)?);
        if let (None, None, Some(Value::Object(data))) = (&ss_number, &order_id, member(object, "data")) {
            (ss_number, order_id) = (shape::ss(data)?, shape::order(data)?);
        }
        if ss_number.is_none() && order_id.is_none() {
            return Err(Unreadable::Nameless);
        }
        let outcome = self.named(member(object, "event"))?;
        let occurred_at = member(object, "occurredAt").and_then(Value::as_str);
        Ok(SsCallback {
            ss_number,
            order_id,
            outcome: self.path.outcome().unwrap_or(outcome),
            occurred_at: occurred_at.and_then(|text| instant(text, &self.zone)),
            reason: shape::reason(object),
            delivery_id: shape::delivery_id(object),
            item_sequences: shape::items(object)?,
        })
    }

    fn named(&self, event: Option<&Value>) -> Result<Outcome, Unreadable> {
        let Some(event) = event else { return Ok(Outcome::Progress) };
        let name = event.as_str().ok_or(Unreadable::Member { member: "event", why: "não é um texto" })?;
        let name = folded(name);
        let is_among = |names: &[String]| names.iter().any(|known| folded(known) == name);
        let aliases = &self.options.callback_aliases;
        Ok(if is_among(&aliases.completed) {
            Outcome::Completed
        } else if is_among(&aliases.cancelled) {
            Outcome::Cancelled
        } else {
            Outcome::Progress
        })
    }

    fn records(&self, records: &[Value]) -> Result<Vec<SsCallback>, Unreadable> {
        if records.len() > MOST {
            return Err(Unreadable::Count(records.len()));
        }
        let mut callbacks = Vec::new();
        for record in records {
            let record = record.as_object().ok_or(Unreadable::NotAnObject)?;
            callbacks.push(self.record(record)?.ok_or(Unreadable::Nameless)?);
        }
        Ok(callbacks)
    }

    /// Shape C: what has the number of an SS and says where it stands.
    fn record(&self, object: &Object) -> Result<Option<SsCallback>, Unreadable> {
        let labelled = ["status", "evolucao"].iter().any(|name| member(object, name).is_some());
        if !labelled || member(object, "idSs").is_none() {
            return Ok(None);
        }
        let ss_number = shape::ss(object)?;
        let Some(ss) = Ss::read(&Value::Object(object.clone()), &self.zone) else { return Ok(None) };
        let stands = match situation(&ss, self.options) {
            Situation::Completed => Outcome::Completed,
            Situation::Cancelled => Outcome::Cancelled,
            Situation::InExecution | Situation::Open | Situation::Unknown(_) => Outcome::Progress,
        };
        let outcome = self.path.outcome().unwrap_or(stands);
        Ok(Some(SsCallback {
            ss_number,
            order_id: shape::order(object)?,
            outcome,
            occurred_at: ss.closed_at.or(ss.changed_at),
            reason: (outcome == Outcome::Cancelled)
                .then_some(ss.conclusion)
                .flatten()
                .map(|text| cut(text, 500)),
            delivery_id: None,
            item_sequences: shape::items(object)?,
        }))
    }
}

fn holds(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// Shape B.
fn of_order(order_id: String, outcome: Outcome) -> SsCallback {
    SsCallback {
        ss_number: None,
        order_id: Some(order_id),
        outcome,
        occurred_at: None,
        reason: None,
        delivery_id: None,
        item_sequences: Vec::new(),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
