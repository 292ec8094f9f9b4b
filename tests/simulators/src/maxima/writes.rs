//! POST, PUT and DELETE: a batch is stored whole or not at all.

use std::collections::{HashMap, HashSet};

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::RuleSet;
use super::fields::Field;
use super::options::{DeleteBy, MaximaOptions};
use super::resources::{ITEMS, Resource};
use super::tables::{Tables, stored};
use crate::journal::Entry;

/// How many problems an answer names.
const NAMED: usize = 3;
/// Records of one request (`contracts/maxima.md` §1).
const MOST_RECORDS: usize = 5_000;

/// A write that breaks no rule: what to store, and how many rows it is.
type Accepted = Result<(Entry, usize), String>;

/// Whether a batch inserts or updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    Insert,
    Update,
}

/// Checks a batch of rows against every rule and every reference.
pub(super) fn batch(
    write: Write,
    resource: &'static Resource,
    body: &[u8],
    tables: &Tables,
    options: &MaximaOptions,
) -> Accepted {
    let fields = resource.fields.iter().map(|field| (field.name, field)).collect();
    let (keys, seen, found) = (resource.keys(), HashSet::new(), HashMap::new());
    let mut batch = Batch { resource, keys, fields, tables, options, seen, found };
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for record in array(body)? {
        match batch.row(write, record) {
            Ok(row) => rows.push(row),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        let count = rows.len();
        return Ok((Entry::Rows { resource: resource.path.to_owned(), rows }, count));
    }
    let more = problems.len().saturating_sub(NAMED);
    problems.truncate(NAMED);
    let rest = if more > 0 { format!(" (e mais {more})") } else { String::new() };
    Err(format!("{}{rest}", problems.join("; ")))
}

/// Reads which rows a DELETE names: strings, by key or by hash, or objects with the key members. A string cannot
/// carry a key of several members (`contracts/maxima.md` §3.5, mapping §13.4).
pub(super) fn removal(resource: &'static Resource, body: &[u8], tables: &Tables, by: DeleteBy) -> Accepted {
    let (members_of_key, mut keys, mut hashes) = (resource.keys(), HashSet::new(), HashSet::new());
    for selector in array(body)? {
        match (selector, by) {
            (Value::String(_), DeleteBy::Key) if resource.is_composite() => {
                return Err(format!("{}: a chave tem mais de um campo, envie objetos", resource.path));
            }
            (Value::String(key), DeleteBy::Key) => keys.insert(key),
            (Value::String(hash), DeleteBy::Hash) => hashes.insert(hash),
            (Value::Object(members), _) => keys.insert(key_of(resource, &members_of_key, &members)?),
            _ => return Err("DELETE recebe uma lista de textos ou de objetos".to_owned()),
        };
    }
    if !hashes.is_empty() {
        let named = tables.rows(resource.path).filter(|(_, row)| {
            let row: Value = serde_json::from_str(row.get()).unwrap_or_default();
            row["Hash"].as_str().is_some_and(|hash| hashes.contains(hash))
        });
        keys.extend(named.map(|(key, _)| key.clone()));
    }
    keys.retain(|key| tables.has(resource.path, key));
    let count = keys.len();
    Ok((Entry::Gone { resource: resource.path.to_owned(), keys: keys.into_iter().collect() }, count))
}

/// The items of one order, all of them (`contracts/maxima.md` §3.2).
pub(super) fn items_of(order: &str, tables: &Tables) -> (Entry, usize) {
    let keys = tables.beginning(ITEMS, order);
    let count = keys.len();
    (Entry::Gone { resource: ITEMS.to_owned(), keys }, count)
}

/// The records of a batch.
pub(super) fn array(body: &[u8]) -> Result<Vec<Value>, String> {
    match serde_json::from_slice(body) {
        Ok(Value::Array(records)) if records.len() > MOST_RECORDS => {
            Err(format!("no máximo {MOST_RECORDS} registros por lote, vieram {}", records.len()))
        }
        Ok(Value::Array(records)) => Ok(records),
        Ok(_) => Err("o corpo deve ser uma lista".to_owned()),
        Err(_) => Err("o corpo não é JSON".to_owned()),
    }
}

/// The key of a record whose members may be in any case: the key members joined by `/`.
fn key_of(
    resource: &Resource,
    keys: &[&'static Field],
    members: &Map<String, Value>,
) -> Result<String, String> {
    let mut parts = Vec::with_capacity(keys.len());
    for field in keys {
        let given = members.get(field.name).or_else(|| {
            let mut others = members.iter();
            others.find(|(member, _)| member.eq_ignore_ascii_case(field.name)).map(|(_, value)| value)
        });
        let missing = || format!("o campo {} é obrigatório", field.name);
        let part = given.and_then(|value| field.key_text(value)).ok_or_else(|| {
            let problem = given.and_then(|value| field.problem(value, RuleSet::Sdk)).unwrap_or_else(missing);
            format!("{}: {problem}", resource.path)
        })?;
        parts.push(part);
    }
    Ok(parts.join("/"))
}

struct Batch<'a> {
    resource: &'static Resource,
    keys: Vec<&'static Field>,
    fields: HashMap<&'static str, &'static Field>,
    tables: &'a Tables,
    options: &'a MaximaOptions,
    seen: HashSet<String>,
    /// References already looked up.
    found: HashMap<(&'static str, String), bool>,
}

impl Batch<'_> {
    /// The row as it is after the write.
    fn row(&mut self, write: Write, record: Value) -> Result<(String, Box<RawValue>), String> {
        let path = self.resource.path;
        let Value::Object(members) = record else {
            return Err(format!("{path}: cada registro deve ser um objeto"));
        };
        let key = key_of(self.resource, &self.keys, &members)?;
        let told = |problem: String| format!("{path} {key}: {problem}");
        let write = self.checked_key(write, &key).map_err(told)?;
        let given = self.named(members).map_err(told)?;
        self.check(write, &given).map_err(told)?;
        let mut row = match write {
            Write::Insert => Map::new(),
            Write::Update => self.tables.row(path, &key).unwrap_or_default(),
        };
        row.extend(given);
        Ok((key, stored(row)))
    }

    /// What the write comes to for this key.
    fn checked_key(&mut self, write: Write, key: &str) -> Result<Write, String> {
        if !self.seen.insert(key.to_owned()) {
            return Err("o registro aparece duas vezes no lote".to_owned());
        }
        match (write, self.tables.has(self.resource.path, key)) {
            (Write::Insert, false) => Ok(Write::Insert),
            (Write::Insert, true) if self.options.upsert_post => Ok(Write::Insert),
            (Write::Insert, true) => Err("registro já existe".to_owned()),
            (Write::Update, true) => Ok(Write::Update),
            (Write::Update, false) if self.options.upsert_put => Ok(Write::Insert),
            (Write::Update, false) => Err("registro não encontrado".to_owned()),
        }
    }

    /// The members under their exact names.
    fn named(&self, members: Map<String, Value>) -> Result<Map<String, Value>, String> {
        let mut named = Map::new();
        for (name, value) in members {
            let exact = self.fields.get(name.as_str()).copied();
            let field = exact
                .or_else(|| self.resource.field(&name))
                .ok_or_else(|| format!("o campo {name} não existe"))?;
            if named.insert(field.name.to_owned(), value).is_some() {
                return Err(format!("o campo {} aparece duas vezes", field.name));
            }
        }
        Ok(named)
    }

    fn check(&mut self, write: Write, given: &Map<String, Value>) -> Result<(), String> {
        let rules: RuleSet = self.options.rules;
        for field in self.resource.fields {
            let Some(value) = given.get(field.name) else {
                if write == Write::Insert && field.is_required(rules) {
                    return Err(format!("o campo {} é obrigatório", field.name));
                }
                continue;
            };
            if let Some(problem) = field.problem(value, rules) {
                return Err(problem);
            }
            let Some(target) = field.points_to else { continue };
            if let Some(key) = field.key_text(value)
                && !self.exists(target, &key)
            {
                return Err(format!("dependência {target} com código {key} não encontrada"));
            }
        }
        Ok(())
    }

    fn exists(&mut self, target: &'static str, key: &str) -> bool {
        let tables = self.tables;
        *self.found.entry((target, key.to_owned())).or_insert_with(|| tables.has(target, key))
    }
}
