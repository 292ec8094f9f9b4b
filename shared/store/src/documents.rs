//! The documents' items.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use engine::{Document, Documents, Expected, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::{failed, malformed, of_our_format};
use crate::keys::{Address, name_of};
use crate::query::Range;
use crate::{FORMAT, Item, Store};

#[derive(Serialize, Deserialize)]
struct DocumentItem {
    pk: String,
    sk: String,
    v: u32,
    version: u64,
    /// JSON text: what is read is what was written.
    body: String,
    /// Unix seconds, as DynamoDB's time to live wants them.
    ttl: Option<i64>,
}

/// `ttl` is one of DynamoDB's reserved words.
const TTL: (&str, &str) = ("#ttl", "ttl");
const CURRENT: &str = "(attribute_not_exists(#ttl) OR #ttl > :now)";

impl Documents for Store {
    async fn get(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let request = request.set_key(Some(Address::Document { kind, id }.item()));
        let answer = request.send().await.map_err(|error| failed("document.get", error))?;
        let Some(item) = answer.item else { return Ok(None) };
        let now = self.clock.now().as_second();
        let item = read(item)?;
        let current = item.ttl.is_none_or(|ttl| ttl > now);
        if current { item.document().map(|(_, document)| Some(document)) } else { Ok(None) }
    }

    async fn put(
        &self,
        kind: &str,
        id: &str,
        body: &Value,
        expected: Expected,
        expires: Option<Timestamp>,
    ) -> Result<u64, StateError> {
        const OPERATION: &str = "document.put";
        let change = "SET body = :body, v = :v, version = if_not_exists(version, :zero) + :one";
        let change = match expires {
            Some(_) => format!("{change}, #ttl = :ttl"),
            None => format!("{change} REMOVE #ttl"),
        };
        let (condition, mut values) = self.condition(expected);
        let change_values = [
            (":body", Some(AttributeValue::S(body.to_string()))),
            (":v", Some(number(FORMAT))),
            (":zero", Some(number(0))),
            (":one", Some(number(1))),
            (":ttl", expires.map(|expires| number(expires.as_second()))),
        ];
        values.extend(change_values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Address::Document { kind, id }.item()))
            .update_expression(change)
            .set_condition_expression(condition)
            .expression_attribute_names(TTL.0, TTL.1)
            .set_expression_attribute_values(Some(values))
            .return_values(ReturnValue::UpdatedNew);
        let answer = request.send().await.map_err(|error| match error.as_service_error() {
            Some(service) if service.is_conditional_check_failed_exception() => conflict(kind, id),
            _ => failed(OPERATION, error),
        })?;
        version_of(answer.attributes.as_ref())
            .ok_or_else(|| malformed(OPERATION, "the answer has no version"))
    }

    async fn list(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        let names = HashMap::from([(TTL.0.to_owned(), TTL.1.to_owned())]);
        let values = Item::from([(":now".to_owned(), number(self.clock.now().as_second()))]);
        let from = Address::Document { kind, id: prefix };
        let range = Range { from, limit, filter: Some((CURRENT, names, values)) };
        let found = self.query("document.list", range).await?;
        found.into_iter().map(|item| read(item)?.document()).collect()
    }

    async fn delete(&self, kind: &str, id: &str, expected: Expected) -> Result<(), StateError> {
        let (condition, values) = self.condition(expected);
        let is_conditional = condition.is_some();
        let names = is_conditional.then(|| HashMap::from([(TTL.0.to_owned(), TTL.1.to_owned())]));
        let request = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(Address::Document { kind, id }.item()))
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(is_conditional.then_some(values));
        request.send().await.map_err(|error| match error.as_service_error() {
            Some(service) if service.is_conditional_check_failed_exception() => conflict(kind, id),
            _ => failed("document.delete", error),
        })?;
        Ok(())
    }
}

impl Store {
    /// What DynamoDB must find, with the values it names. It names `#ttl` too.
    fn condition(&self, expected: Expected) -> (Option<String>, Item) {
        let now = || (":now".to_owned(), number(self.clock.now().as_second()));
        match expected {
            Expected::Absent => {
                (Some("attribute_not_exists(pk) OR #ttl <= :now".to_owned()), Item::from([now()]))
            }
            Expected::Version(version) => (
                Some(format!("version = :version AND {CURRENT}")),
                Item::from([now(), (":version".to_owned(), number(version))]),
            ),
            Expected::Any => (None, Item::new()),
        }
    }
}

impl DocumentItem {
    fn document(self) -> Result<(String, Document), StateError> {
        let what = format!("{} {}", self.pk, self.sk);
        of_our_format(&what, self.v)?;
        let id = name_of(&self.sk).ok_or_else(|| malformed(&what, "the sort key is not ours"))?;
        let body = serde_json::from_str(&self.body).map_err(|error| malformed(&what, error))?;
        Ok((id.to_owned(), Document { version: self.version, body }))
    }
}

fn read(item: Item) -> Result<DocumentItem, StateError> {
    serde_dynamo::from_item(item).map_err(|error| malformed("a document item", error))
}

fn conflict(kind: &str, id: &str) -> StateError {
    StateError::Conflict { what: format!("{kind} {id}") }
}

fn version_of(item: Option<&Item>) -> Option<u64> {
    item?.get("version")?.as_n().ok()?.parse().ok()
}

/// A number as the SDK takes it.
pub(crate) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}
