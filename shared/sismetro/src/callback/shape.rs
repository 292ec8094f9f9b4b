//! The members of a callback, each under any of its names, read strictly: a number that is garbage must not become
//! another one.

use serde_json::Value;

use super::Unreadable;
use crate::member::{self, Object, member, text};
use crate::plain::{cut, tidy};

/// Names of the SS number (`contracts/sismetro.md` §10.3).
const SS: [&str; 4] = ["ss", "idSs", "os", "ssNumber"];
/// Lines of an order; none has more.
const MOST: usize = 1_000;
/// Names of the order id.
const ORDER: [&str; 2] = ["orderId", "externalId"];

/// Number of the SS, which all its names must agree on.
pub(super) fn ss(object: &Object) -> Result<Option<String>, Unreadable> {
    agreed(object, &SS, |value| {
        member::number(value).ok_or(Unreadable::Member { member: "ss", why: "não é um número de SS" })
    })
}

/// Id of the order, which all its names must agree on.
pub(super) fn order(object: &Object) -> Result<Option<String>, Unreadable> {
    agreed(object, &ORDER, order_id)
}

/// An id that Senior may have given: at most 64 letters, digits, `_` and `-`.
pub(super) fn order_id(value: &Value) -> Result<String, Unreadable> {
    let is_id = |id: &String| {
        id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    text(value)
        .filter(is_id)
        .ok_or(Unreadable::Member { member: "orderId", why: "não é o id de um pedido" })
}

/// The ids of shape B.
pub(super) fn ids(object: &Object) -> Result<Vec<String>, Unreadable> {
    let mut ids = Vec::new();
    match member(object, "ids") {
        Some(Value::Array(items)) => {
            for item in items {
                ids.push(order_id(item)?);
            }
        }
        Some(_) => {
            return Err(Unreadable::Member { member: "ids", why: "não é uma lista de ids de pedidos" });
        }
        None => {}
    }
    if let Some(id) = member(object, "id") {
        ids.push(order_id(id)?);
    }
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    Ok(ids)
}

/// Lines of a partial cancellation. What cannot be read is no empty list: that would cancel the whole order.
pub(super) fn items(object: &Object) -> Result<Vec<i64>, Unreadable> {
    let bad = || Unreadable::Member { member: "items", why: "não é uma lista de números de itens" };
    match member(object, "items") {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) if items.len() > MOST => Err(bad()),
        Some(Value::Array(items)) => {
            let number = |item: &Value| match item {
                Value::Number(number) => number.as_i64(),
                Value::String(text) => text.trim().parse().ok(),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
            };
            items.iter().map(|item| number(item).ok_or_else(bad)).collect()
        }
        Some(_) => Err(bad()),
    }
}

/// Why, in at most 500 characters.
pub(super) fn reason(object: &Object) -> Option<String> {
    let said = member(object, "reason")?.as_str()?;
    Some(cut(tidy(said), 500)).filter(|reason| !reason.is_empty())
}

/// Sismetro's name of the delivery; one that is no name is none, and the content is hashed instead.
pub(super) fn delivery_id(object: &Object) -> Option<String> {
    let is_name = |id: &String| {
        id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
    };
    text(member(object, "eventId")?).filter(is_name)
}

/// What the members of these names say; two that differ are a contradiction.
fn agreed(
    object: &Object,
    names: &[&str],
    read: impl Fn(&Value) -> Result<String, Unreadable>,
) -> Result<Option<String>, Unreadable> {
    let mut agreed: Option<String> = None;
    for value in names.iter().filter_map(|name| member(object, name)) {
        let value = read(value)?;
        if agreed.as_ref().is_some_and(|other| *other != value) {
            return Err(Unreadable::Member { member: "ss/orderId", why: "dois campos se contradizem" });
        }
        agreed = Some(value);
    }
    Ok(agreed)
}
