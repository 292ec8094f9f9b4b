//! The documents' items.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use engine::{Document, Documents, Expected, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::expiry::{CURRENT, TTL};
use crate::failure::{failed, malformed, of_our_format};
use crate::keys::{Address, name_of};
use crate::query::{Range, Reach};
use crate::units::units_of;
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

impl Documents for Store {
    async fn get(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let request = request.set_key(Some(Address::Document { kind, id }.item()));
        let answer = request.send().await.map_err(|error| failed("document.get", error))?;
        let Some(item) = answer.item else { return Ok(None) };
        let item = read(item)?;
        if self.is_current(item.ttl) { item.document().map(|(_, document)| Some(document)) } else { Ok(None) }
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
        let ttl = self.ttl(expires);
        let change = match ttl {
            Some(_) => format!("{change}, #ttl = :ttl"),
            None => format!("{change} REMOVE #ttl"),
        };
        let (condition, mut values) = self.condition(expected);
        let body = body.to_string();
        let change_values = [
            (":body", Some(AttributeValue::S(body.clone()))),
            (":v", Some(number(FORMAT))),
            (":zero", Some(number(0))),
            (":one", Some(number(1))),
            (":ttl", ttl.map(number)),
        ];
        values.extend(change_values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        self.units.add(units_to_put(Address::Document { kind, id }, body, ttl)?);
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
        let reach = Reach::Within(Address::Document { kind, id: prefix });
        let found = self.query("document.list", Range::of(reach, limit)).await?;
        found.into_iter().map(|item| read(item)?.document()).collect()
    }

    async fn latest(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        let reach = Reach::Back(Address::Document { kind, id: prefix });
        let found = self.query("document.latest", Range::of(reach, limit)).await?;
        found.into_iter().map(|item| read(item)?.document()).collect()
    }

    async fn delete(&self, kind: &str, id: &str, expected: Expected) -> Result<(), StateError> {
        let (condition, values) = self.condition(expected);
        let is_conditional = condition.is_some();
        let names = is_conditional.then(Self::expiry_names);
        self.units.add(1);
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
    pub(crate) fn condition(&self, expected: Expected) -> (Option<String>, Item) {
        match expected {
            Expected::Absent => {
                (Some("attribute_not_exists(pk) OR #ttl <= :now".to_owned()), self.expiry_values())
            }
            Expected::Version(version) => {
                let mut values = self.expiry_values();
                values.insert(":version".to_owned(), number(version));
                (Some(format!("version = :version AND {CURRENT}")), values)
            }
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

/// What it costs to write this document. Its next version is the service's secret: the longest number stands for it.
fn units_to_put(address: Address<'_>, body: String, ttl: Option<i64>) -> Result<u64, StateError> {
    let (pk, sk) = (address.pk(), address.sk());
    let item = DocumentItem { pk, sk, v: FORMAT, version: u64::MAX, body, ttl };
    serde_dynamo::to_item(item)
        .map(|item: Item| units_of(&item))
        .map_err(|error| malformed("a document item", error))
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
