//! Asking the cloud which keys it has, and the foreign-key check made of it (`contracts/maxima.md` §3.3).

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::Method;
use partner_http::{CallError, Effect};
use serde_json::{Value, json};

use crate::{
    client::{Ask, Maxima, malformed},
    envelope,
    record::{Member, Record, record},
    resource::Resource,
    rules::{self, Fk, Rule, Violation},
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

    /// What is wrong with each row: the members that break their rules, as [`check`](crate::check) finds them,
    /// then the references that name nothing. Keys found once are not asked for again in the life of this
    /// client: many customers name few cities.
    pub async fn violations<R: Resource>(&self, rows: &[R]) -> Result<Vec<Vec<Violation>>, CallError> {
        let records: Vec<Record> = rows.iter().map(record).collect();
        let mut found: Vec<Vec<Violation>> =
            records.iter().map(|record| rules::violations(R::RULES, record)).collect();
        for Rule { field, fk, .. } in R::RULES {
            let Some(fk) = fk else { continue };
            let members: Vec<&Member> = records.iter().map(|record| record.member(field)).collect();
            let missing = self.missing(*fk, &members).await?;
            for (member, violations) in members.iter().zip(&mut found) {
                if missing.contains(member.text()) {
                    violations.push(dangling(field, *fk, member.text()));
                }
            }
        }
        Ok(found)
    }

    async fn missing(&self, fk: Fk, members: &[&Member]) -> Result<HashSet<String>, CallError> {
        let named = members.iter().filter(|member| !member.is_blank()).map(|member| member.text().to_owned());
        let mut unknown: HashSet<String> = named.filter(|key| !self.known.has(fk, key)).collect();
        if unknown.is_empty() {
            return Ok(unknown);
        }
        let keys: Vec<String> = unknown.iter().cloned().collect();
        let found = self.existing(fk.table, fk.column, &keys).await?;
        unknown.retain(|key| !found.contains(key));
        self.known.learn(fk, found);
        Ok(unknown)
    }
}

/// Keys that the cloud has said it has. Absence is never remembered: the next run may bring the key.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<HashMap<Fk, HashSet<String>>>);

impl Known {
    fn has(&self, fk: Fk, key: &str) -> bool {
        self.held().get(&fk).is_some_and(|keys| keys.contains(key))
    }

    fn learn(&self, fk: Fk, keys: HashSet<String>) {
        self.held().entry(fk).or_default().extend(keys);
    }

    /// After a deletion nothing about the resource is certain.
    pub(crate) fn forget(&self, fk: Fk) {
        self.held().remove(&fk);
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Fk, HashSet<String>>> {
        // A set of facts is never half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn dangling(field: &'static str, fk: Fk, key: &str) -> Violation {
    let resource = fk.resource;
    let text = format!(
        "o código não existe em {resource}: envie primeiro o registro de {resource}, ou corrija o código no cadastro de origem"
    );
    Violation::new(field, key, text)
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
