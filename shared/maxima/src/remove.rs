//! Letting go of rows (`contracts/maxima.md` §3.5): logically by a partial update where a row can be marked,
//! physically for link rows, prices and the items of an order. A row that is not there is let go of already.

use std::collections::HashSet;

use bytes::Bytes;
use http::Method;
use partner_http::{CallError, Effect, Fault};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    HistoricoPedidoItem, batch,
    client::{Ask, Door, Maxima, malformed},
    parts::FEW,
    resource::Resource,
    upsert::refusal,
};

/// What the strings of a deletion are. Not documented, so it is a setting of the tenant (§3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Selector {
    /// Keys.
    #[default]
    Key,
    /// Control hashes.
    Hash,
}

/// A stored row that is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doomed {
    /// Value of its key member.
    pub key: String,
    /// The `Hash` it was last sent with.
    pub hash: String,
}

/// What a deletion came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The selector that was used last: another than asked for says that the setting is wrong.
    pub by: Selector,
    /// Keys that are still there after both forms.
    pub left: Vec<String>,
}

impl Maxima {
    /// Deletes rows by strings and looks whether they are gone; for those that are not, tries the other
    /// selector once (§3.5).
    pub async fn delete<R: Resource>(
        &self,
        selector: Selector,
        rows: &[Doomed],
    ) -> Result<Deleted, CallError> {
        let left = self.delete_by::<R>(selector, rows).await?;
        if left.is_empty() {
            return Ok(Deleted { by: selector, left: Vec::new() });
        }
        let by = selector.other();
        let left = self.delete_by::<R>(by, &left).await?;
        Ok(Deleted { by, left: left.into_iter().map(|row| row.key).collect() })
    }

    /// Deletes rows by objects of their key members, for keys of more than one part (mapping §13.4).
    ///
    /// [`Fault::Refused`] when the cloud refuses to delete rows that are there; [`Fault::Malformed`] when a record
    /// lacks a member of its key.
    pub async fn delete_records<R: Resource, K: Serialize + Sync>(
        &self,
        keys: &[K],
    ) -> Result<(), CallError> {
        let records: Vec<Value> =
            keys.iter().map(|key| serde_json::to_value(key).expect("key members are JSON")).collect();
        let done = self.let_go::<R>(&Method::DELETE, &records).await;
        self.known.forget(R::TABLE);
        done
    }

    /// Changes only the members given, of rows that exist: each record holds its key members and what is to be
    /// different (§3.2). For marking rows as no longer used (§3.5).
    ///
    /// [`Fault::Refused`] when the cloud refuses to change rows that are there; [`Fault::Malformed`] when a record
    /// lacks a member of its key.
    pub async fn change<R: Resource>(&self, records: &[Map<String, Value>]) -> Result<(), CallError> {
        let records: Vec<Value> = records.iter().cloned().map(Value::Object).collect();
        self.let_go::<R>(&Method::PUT, &records).await
    }

    /// Removes all items of an order; one without items, or no such order, is no error (§3.2).
    pub async fn remover_itens(&self, numped: i64) -> Result<(), CallError> {
        let ask = Ask {
            endpoint: format!("{}/RemoverItens", HistoricoPedidoItem::PATH),
            rest: format!("/{numped}"),
            ..ask::<HistoricoPedidoItem>(&Method::DELETE, Bytes::new())
        };
        match self.send(&ask).await {
            Err(error) if matches!(error.fault, Fault::NotFound { .. }) => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// Sends records that name rows, and again without those that name nothing when the cloud refuses.
    async fn let_go<R: Resource>(&self, verb: &Method, records: &[Value]) -> Result<(), CallError> {
        let mut rows = Vec::with_capacity(records.len());
        for record in records {
            let key = key_of::<R>(record).ok_or_else(|| {
                malformed(&ask::<R>(verb, Bytes::new()), "a record lacks a part of its key")
            })?;
            rows.push(Row { key, json: record.to_string() });
        }
        let mut open: Vec<&[Row]> = rows.chunks(batch::LIMITS.records).rev().collect();
        while let Some(rows) = open.pop() {
            let Err(error) = self.send_all::<R>(verb, &jsons(rows)).await else { continue };
            let error = refusal(error)?;
            if R::KEYS.len() > 1 && rows.len() > FEW {
                let (first, rest) = rows.split_at(rows.len() / 2);
                open.extend([rest, first]);
                continue;
            }
            let keys: Vec<Vec<String>> = rows.iter().map(|row| row.key.clone()).collect();
            let present = self.present::<R>(&keys).await?;
            if present.iter().all(|present| *present) {
                return Err(error);
            }
            // Somebody else removed a row.
            self.known.forget(R::TABLE);
            let there = rows.iter().zip(present).filter(|(_, present)| *present);
            let left: Vec<String> = there.map(|(row, _)| row.json.clone()).collect();
            self.send_all::<R>(verb, &left).await.or_else(|error| refusal(error).and_then(Err))?;
        }
        Ok(())
    }

    /// Deletes and gives the rows that are still there.
    async fn delete_by<R: Resource>(
        &self,
        selector: Selector,
        rows: &[Doomed],
    ) -> Result<Vec<Doomed>, CallError> {
        let strings: Vec<String> = rows.iter().map(|row| Value::from(selector.of(row)).to_string()).collect();
        let sent = self.send_all::<R>(&Method::DELETE, &strings).await;
        // Also when it failed: the answer may have been lost.
        self.known.forget(R::TABLE);
        match sent {
            // Nothing matched: gone already, or the other selector. The look-up tells which.
            Err(error) if matches!(error.fault, Fault::NotFound { .. }) => {}
            done => done?,
        }
        let keys: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
        let there: HashSet<String> = self.existing(R::TABLE, R::KEY, &keys).await?;
        Ok(rows.iter().filter(|row| there.contains(&row.key)).cloned().collect())
    }

    pub(crate) async fn send_all<R: Resource>(
        &self,
        verb: &Method,
        items: &[String],
    ) -> Result<(), CallError> {
        for batch in batch::pack(items, batch::LIMITS) {
            self.send(&ask::<R>(verb, batch.body)).await?;
        }
        Ok(())
    }
}

/// A record that names a row.
struct Row {
    key: Vec<String>,
    json: String,
}

fn jsons(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.json.clone()).collect()
}

/// The values of the key members; nothing when one is missing.
fn key_of<R: Resource>(record: &Value) -> Option<Vec<String>> {
    let text = |part: &&str| match record.get(*part)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    R::KEYS.iter().map(text).collect()
}

fn ask<R: Resource>(verb: &Method, body: Bytes) -> Ask {
    Ask {
        door: Door::Inbound,
        verb: verb.clone(),
        endpoint: R::PATH.to_owned(),
        rest: String::new(),
        // What is gone stays gone, what is marked stays marked.
        effect: Effect::Repeatable,
        body,
    }
}

impl Selector {
    fn other(self) -> Self {
        match self {
            Self::Key => Self::Hash,
            Self::Hash => Self::Key,
        }
    }

    fn of(self, row: &Doomed) -> &str {
        match self {
            Self::Key => &row.key,
            Self::Hash => &row.hash,
        }
    }
}
