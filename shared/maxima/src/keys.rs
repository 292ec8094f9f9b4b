//! Asking the cloud which keys it has, and the foreign-key check made of it (`contracts/maxima.md` §3.3).

use std::collections::{BTreeSet, HashSet};

use bytes::Bytes;
use http::Method;
use partner_http::{CallError, Effect};
use serde_json::{Value, json};

use crate::{
    client::{Ask, Door, Maxima, malformed},
    envelope,
    resource::Resource,
};

/// Keys of one look-up (§3.3.4).
const BLOCK: usize = 500;

impl Maxima {
    /// Which of `keys` exist in `column` of the cloud table `table` (`MXSCIDADE`, `Codcidade`). Blank keys
    /// do not. Not remembered: every call asks.
    ///
    /// Keys are sent as they are and compared with apostrophes removed on both sides (mapping §13.2).
    pub async fn existing(
        &self,
        table: &str,
        column: &str,
        keys: &[String],
    ) -> Result<HashSet<String>, CallError> {
        let distinct: BTreeSet<&str> =
            keys.iter().map(String::as_str).filter(|key| !key.trim().is_empty()).collect();
        let distinct: Vec<&str> = distinct.into_iter().collect();
        let mut stored = HashSet::new();
        for block in distinct.chunks(BLOCK) {
            stored.extend(self.stored(table, column, block).await?);
        }
        let found = distinct.into_iter().filter(|key| stored.contains(&bare(key)));
        Ok(found.map(str::to_owned).collect())
    }

    /// The keys of `block` that exist, without apostrophes.
    async fn stored(&self, table: &str, column: &str, block: &[&str]) -> Result<Vec<String>, CallError> {
        let body: Vec<Value> = block.iter().map(|key| json!({"Chave": key})).collect();
        let ask = Ask {
            door: Door::Inbound,
            verb: Method::POST,
            endpoint: "ValidarChaves/Localizar".to_owned(),
            rest: format!("?entidade={table}&colunaPK={column}"),
            effect: Effect::Read,
            body: Bytes::from(Value::Array(body).to_string()),
        };
        let items = match self.success(&ask).await? {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            _ => return Err(malformed(&ask, "success is not an array")),
        };
        let keys = items.into_iter().map(key_of).collect::<Option<Vec<String>>>();
        keys.ok_or_else(|| malformed(&ask, "an item of success has no Chave"))
    }

    /// Which of these rows the cloud has, by the values of their key members. A key of several parts is looked at
    /// row by row: the key look-up compares one member, and would find another row's.
    pub(crate) async fn present<R: Resource>(&self, keys: &[Vec<String>]) -> Result<Vec<bool>, CallError> {
        if R::KEYS.len() == 1 {
            let keys: Vec<String> = keys.iter().flatten().cloned().collect();
            let existing = self.existing(R::TABLE, R::KEY, &keys).await?;
            return Ok(keys.iter().map(|key| existing.contains(key)).collect());
        }
        let mut present = Vec::with_capacity(keys.len());
        for key in keys {
            // A path with a blank part would ask for something else.
            let whole = key.iter().all(|part| !part.trim().is_empty());
            present.push(whole && self.find::<R>(key).await?.is_some());
        }
        Ok(present)
    }
}

/// How keys are compared: the cloud strips apostrophes.
fn bare(key: &str) -> String {
    key.replace('\'', "")
}

/// The `Chave` of an answered item, whatever its case and its type.
fn key_of(item: Value) -> Option<String> {
    let Value::Object(members) = item else { return None };
    match envelope::lowercase(members).remove("chave")? {
        Value::String(key) => Some(bare(&key)),
        Value::Number(key) => Some(key.to_string()),
        _ => None,
    }
}
