//! Orders for people: without what is relayed, links without their tokens.

use engine::flow::FlowError;
use engine::{Cases, Mark};
use serde_json::{Value, json};

use crate::delivery::Delivery;
use crate::flow::KIND;
use crate::notice::Callback;
use crate::record::Order;
use crate::records::{self, Read};
use crate::state::{Alarm, State};

const UNREADABLE: &str =
    "o registro não pode ser lido por esta versão: atualize a aplicação ou avise o suporte";
/// Orders read for one list.
const MOST: usize = 500;

/// One order with its history and deliveries.
pub async fn order(state: &impl Cases, id: &str) -> Result<Option<Value>, FlowError> {
    let Some(order) = records::order(state, id).await? else { return Ok(None) };
    let deliveries = Delivery::of_order(state, id, 50).await?;
    let delivery = |(id, delivery): &(String, Delivery)| json!({"id": id, "received": delivery.received, "source": delivery.source, "outcome": delivery.outcome});
    let mut shown = whole(&order);
    shown["deliveries"] = deliveries.iter().map(delivery).collect();
    Ok(Some(shown))
}

/// The orders in a state, or of all states that are not terminal, as one line each.
pub async fn list(state: &impl Cases, of: Option<State>, limit: usize) -> Result<Vec<Value>, FlowError> {
    let states: Vec<State> = match of {
        Some(of) => vec![of],
        None => State::ALL.into_iter().filter(|of| !of.is_terminal()).collect(),
    };
    let mut shown = Vec::new();
    for of in states {
        let left = limit.min(MOST).saturating_sub(shown.len());
        for id in state.marked(KIND, &Mark::new("estado", of.name()), None, left).await? {
            shown.extend(one(state, &id).await?);
        }
    }
    Ok(shown)
}

/// One line; also of a record that cannot be read, which hides no other.
async fn one(state: &impl Cases, id: &str) -> Result<Option<Value>, FlowError> {
    Ok(match records::readable(state, id).await? {
        Read::Order(order) => Some(line(&order)),
        Read::Unreadable => Some(
            json!({"order_id": id, "error": UNREADABLE, "unreadable": true, "alarms": [], "warnings": []}),
        ),
        Read::Missing => None,
    })
}

/// The orders with this mark: `numero`, `ss`, `filial`, `alerta`, `motivo`, `dia`.
pub async fn found(state: &impl Cases, mark: &Mark, limit: usize) -> Result<Vec<Value>, FlowError> {
    let mut shown = Vec::new();
    for id in state.marked(KIND, mark, None, limit.min(MOST)).await? {
        shown.extend(one(state, &id).await?);
    }
    Ok(shown)
}

/// The orders with this alarm, in a state where one is given.
pub async fn alarmed(
    state: &impl Cases,
    alarm: Alarm,
    of: Option<State>,
    limit: usize,
) -> Result<Vec<Value>, FlowError> {
    let mut shown = found(state, &Mark::new("alerta", alarm.name()), limit).await?;
    shown.retain(|line| of.is_none_or(|of| line["state"] == of.name()));
    Ok(shown)
}

/// One line about a callback that has found no order.
pub fn callback((id, callback): &(String, Callback)) -> Value {
    let Callback { said, received, due, told, .. } = callback;
    json!({
        "id": id,
        "received": received,
        "ss": said.ss_number,
        "order_id": said.order_id,
        "outcome": said.outcome,
        "told": told,
        "due": due,
    })
}

/// One line about an order.
pub fn line(order: &Order) -> Value {
    json!({
        "order_id": order.id,
        "number": order.content.number,
        "company": order.content.company,
        "branch": order.content.branch,
        "state": order.state.name(),
        "since": order.entered,
        "ss": order.ss.as_ref().map(|ss| &ss.number),
        "link": link(order),
        "reason": order.attention.map(crate::Reason::name).or(order.skipped.map(crate::Skip::name)),
        "todo": order.attention.map(crate::Reason::text),
        "error": error(order),
        "alarms": order.alarms.iter().map(|alarm| alarm.name()).collect::<Vec<_>>(),
        "warnings": warnings(order),
    })
}

fn warnings(order: &Order) -> Vec<&'static str> {
    order.alarms.iter().map(|alarm| alarm.text()).collect()
}

fn link(order: &Order) -> Option<String> {
    order.ss.as_ref()?.link.as_deref().map(sismetro::masked_link)
}

fn error(order: &Order) -> Option<String> {
    order.last_error.as_deref().map(sismetro::masked_text)
}

/// Everything of an order but what is relayed.
pub fn whole(order: &Order) -> Value {
    let mut shown = serde_json::to_value(order).unwrap_or_default();
    if let Some(members) = shown.as_object_mut() {
        members.remove("payload");
        members.remove("commands");
    }
    let masked = shown.to_string();
    let mut shown: Value = serde_json::from_str(&sismetro::masked_text(&masked)).unwrap_or_default();
    for (at, ss) in order.past.iter().enumerate() {
        shown["past"][at]["link"] = json!(ss.link.as_deref().map(sismetro::masked_link));
    }
    if order.ss.is_some() {
        shown["ss"]["link"] = json!(link(order));
    }
    shown["payload_digest"] = json!(order.payload.digest);
    shown["todo"] = json!(order.attention.map(crate::Reason::text));
    shown["warnings"] = json!(warnings(order));
    shown
}
