//! What Sismetro tells us (`contracts/sismetro.md` §10): how is our proposal, so every form of it may come.

use std::fmt;

use clock::later;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::options::{CallbackForm, CallbackShape, FacadeKey, Names, SismetroOptions};
use super::ss::{Ss, object, written};
use crate::services::Push;
use crate::services::wire::mixed;

/// What is told of an SS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is concluded.
    Completed,
    /// It is cancelled, and why.
    Cancelled(String),
    /// It is neither.
    Progress,
    /// Some of its services are cancelled.
    ItemsCancelled(Vec<i64>),
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Completed => "SS_COMPLETED",
            Self::Cancelled(_) | Self::ItemsCancelled(_) => "SS_CANCELLED",
            Self::Progress => "SS_UPDATED",
        })
    }
}

impl Told {
    /// The event's name, in one of the spellings we said we understand.
    fn spelled(&self, nth: u64) -> String {
        let others = match self {
            Self::Completed => ["completed", "concluida", "finished"],
            Self::Cancelled(_) | Self::ItemsCancelled(_) => ["canceled", "cancelada", "excluida"],
            Self::Progress => ["SS_UPDATED", "SS_UPDATED", "SS_UPDATED"],
        };
        let turn = usize::try_from(mixed(nth) % 4).unwrap_or_default();
        others.get(turn).map_or_else(|| self.to_string(), |other| (*other).to_owned())
    }
}

/// The `nth` callback, of the form the options say.
pub(super) fn callback(
    ss: &Ss,
    told: &Told,
    form: &CallbackForm,
    options: &SismetroOptions,
    nth: u64,
    now: Timestamp,
) -> Push {
    let id = format!("cb-{nth:06}");
    let (path, body) = match (shape(form, told, nth), told) {
        (CallbackShape::Record, _) => ("/service-order", in_envelope(ss.record(options), nth)),
        (CallbackShape::Facade, Told::Completed) => (facade(nth, 0), json!({ "id": ss.order })),
        (CallbackShape::Facade, _) => (facade(nth, 1), json!({ "ids": [ss.order] })),
        (CallbackShape::Path, told) => {
            let path =
                if *told == Told::Completed { "/service-order/complete" } else { "/service-order/cancel" };
            let mut body = object(canonical(ss, told, form, &id, nth, now));
            body.remove("event");
            (path, Value::Object(body))
        }
        _ => ("/service-order", canonical(ss, told, form, &id, nth, now)),
    };
    let headers = credentials(ss, form, path.contains("erpx_com_ven"));
    let not_before = later(now, form.delay);
    Push {
        id,
        about: vec![ss.number.to_string(), ss.order.clone()],
        path: path.to_owned(),
        headers,
        body: body.to_string().into(),
        at: now,
        not_before,
        attempts: 0,
    }
}

fn shape(form: &CallbackForm, told: &Told, nth: u64) -> CallbackShape {
    let all = [CallbackShape::Canonical, CallbackShape::Path, CallbackShape::Facade, CallbackShape::Record];
    let shape = match form.shape {
        CallbackShape::Mixed => all[usize::try_from(mixed(nth ^ 0xCB) % 4).unwrap_or_default()],
        fixed => fixed,
    };
    // Only shape A can tell of some services; progress is no path and no call to Senior.
    match told {
        Told::ItemsCancelled(_) => CallbackShape::Canonical,
        Told::Progress if matches!(shape, CallbackShape::Path | CallbackShape::Facade) => {
            CallbackShape::Canonical
        }
        _ => shape,
    }
}

fn canonical(ss: &Ss, told: &Told, form: &CallbackForm, id: &str, nth: u64, now: Timestamp) -> Value {
    let drawn = mixed(nth ^ 0xA1);
    let mut body = object(json!({ "event": told.to_string() }));
    let (names_ss, names_order, aliases) = match form.names {
        Names::Both => (true, true, ("ss", "orderId")),
        Names::Ss => (true, false, ("ss", "orderId")),
        Names::Order => (false, true, ("ss", "orderId")),
        Names::Mixed => {
            body.insert("event".to_owned(), json!(told.spelled(nth)));
            let ss_as = ["ss", "idSs", "os", "ssNumber"][usize::try_from(drawn % 4).unwrap_or_default()];
            let order_as = if drawn & 16 == 0 { "orderId" } else { "externalId" };
            (!drawn.is_multiple_of(3), drawn % 3 != 1, (ss_as, order_as))
        }
    };
    if names_ss {
        let number = if drawn & 32 == 0 { json!(ss.number) } else { json!(ss.number.to_string()) };
        body.insert(aliases.0.to_owned(), number);
    }
    if names_order {
        body.insert(aliases.1.to_owned(), json!(ss.order));
    }
    if form.event_id {
        body.insert("eventId".to_owned(), json!(id));
    }
    // With its offset, or Sismetro's own way.
    let occurred = if drawn & 64 == 0 { format!("{}-03:00", written(now, 1)) } else { written(now, 0) };
    body.insert("occurredAt".to_owned(), json!(occurred));
    match told {
        Told::Cancelled(reason) => {
            body.insert("reason".to_owned(), json!(reason));
        }
        Told::ItemsCancelled(items) => {
            body.insert("items".to_owned(), json!(items));
        }
        Told::Completed | Told::Progress => {}
    }
    Value::Object(body)
}

/// A record bare, in a list or in `data`.
fn in_envelope(record: Value, nth: u64) -> Value {
    match nth % 3 {
        0 => json!({ "valid": true, "resultList": [record] }),
        1 => record,
        _ => json!({ "data": record }),
    }
}

/// The path of the release or of the cancellation, as the gateway or as the bridge has it.
fn facade(nth: u64, which: usize) -> &'static str {
    let paths = if mixed(nth) & 1 == 0 {
        ["/erpx_com_ven/pedido/updateOrderStatusIntegration", "/erpx_com_ven/pedido/cancelOrders"]
    } else {
        [
            "/rest/erpx_com_ven/pedido/actions/updateOrderStatusIntegration",
            "/rest/erpx_com_ven/pedido/actions/cancelOrders",
        ]
    };
    paths[which]
}

fn credentials(ss: &Ss, form: &CallbackForm, is_facade: bool) -> Vec<(String, String)> {
    let unit = ("unit".to_owned(), ss.unit.clone());
    let key = ("key".to_owned(), form.key.clone());
    let bearer = ("authorization".to_owned(), format!("Bearer {}", form.key));
    match form.facade_key {
        FacadeKey::Bearer if is_facade => vec![unit, bearer],
        FacadeKey::BearerAlone if is_facade => vec![bearer],
        _ => vec![unit, key],
    }
}
