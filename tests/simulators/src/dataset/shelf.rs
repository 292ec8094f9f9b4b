//! The records of one registry, in the order they are listed.
//!
//! A record is kept as its JSON text, or made on demand (customers: a hundred thousand of them would be half a
//! gigabyte); an edited one is kept beside. What a listing filters by is computed once per record.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::{Map, Value};

use super::customers::Customers;
use super::{Registry, parsed};

/// One registry's records.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    registry: Registry,
    ids: Vec<String>,
    index: HashMap<String, usize>,
    origin: Origin,
    edits: BTreeMap<usize, String>,
    removed: BTreeSet<usize>,
    marks: Vec<Marks>,
    /// Grows with each change, so that a selection made earlier is known to be stale.
    version: u64,
}

#[derive(Clone, Debug)]
enum Origin {
    Kept(Vec<String>),
    Made(Box<Customers>),
}

/// What a listing filters by without reading the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Lower-case tags.
    pub(crate) tags: &'static [&'static str],
    /// Tags no generated record has.
    pub(crate) other_tags: Vec<String>,
    /// Local seconds since 1970, as [`seconds`] reads them.
    pub(crate) included: Option<i64>,
    pub(crate) changed: Option<i64>,
}

/// No record of the registry has that identity, or the field path leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownRecord {
    pub(crate) registry: Registry,
    pub(crate) id: String,
}

impl fmt::Display for UnknownRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} não tem o registro \"{}\"", self.registry, self.id)
    }
}

impl std::error::Error for UnknownRecord {}

impl Shelf {
    /// Records kept as text.
    pub(crate) fn kept(registry: Registry, records: &[Value]) -> Self {
        let ids = records.iter().map(|record| id_of(registry, record)).collect();
        let marks = records.iter().map(marks_of).collect();
        Self::new(registry, ids, Origin::Kept(records.iter().map(Value::to_string).collect()), marks)
    }

    /// Customers made when they are asked for.
    pub(crate) fn made(customers: Customers) -> Self {
        let ids = (0..customers.len()).map(|index| customers.id(index).to_string()).collect();
        let marks = (0..customers.len()).map(|index| customers.marks(index)).collect();
        Self::new(Registry::Clientes, ids, Origin::Made(Box::new(customers)), marks)
    }

    fn new(registry: Registry, ids: Vec<String>, origin: Origin, marks: Vec<Marks>) -> Self {
        let index = ids.iter().enumerate().map(|(index, id)| (id.clone(), index)).collect();
        let (edits, removed) = (BTreeMap::new(), BTreeSet::new());
        Self { registry, ids, index, origin, edits, removed, marks, version: 0 }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Positions of the records that are there, with what they can be filtered by.
    pub(crate) fn live(&self) -> impl Iterator<Item = (usize, &Marks)> {
        self.marks.iter().enumerate().filter(|(index, _)| !self.removed.contains(index))
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len() - self.removed.len()
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.live().map(|(index, _)| self.ids[index].clone()).collect()
    }

    pub(crate) fn id_at(&self, index: usize) -> &str {
        &self.ids[index]
    }

    /// The text of the record at a position.
    pub(crate) fn text(&self, index: usize) -> String {
        if let Some(edited) = self.edits.get(&index) {
            return edited.clone();
        }
        match &self.origin {
            Origin::Kept(texts) => texts[index].clone(),
            Origin::Made(customers) => customers.text(index, true),
        }
    }

    /// The text as a listing shows it: observations only when they are asked for (`contracts/omie.md` §8.8).
    pub(crate) fn shown(&self, index: usize, observations: bool) -> String {
        match &self.origin {
            Origin::Made(customers) if !self.edits.contains_key(&index) => {
                customers.text(index, observations)
            }
            Origin::Made(_) if !observations => {
                let mut record = parsed(&self.text(index));
                if let Some(members) = record.as_object_mut() {
                    members.remove("observacao");
                }
                record.to_string()
            }
            Origin::Kept(_) | Origin::Made(_) => self.text(index),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = String> {
        self.live().map(|(index, _)| self.text(index))
    }

    /// The position of a record that is there.
    pub(crate) fn position(&self, id: &str) -> Result<usize, UnknownRecord> {
        let unknown = || UnknownRecord { registry: self.registry, id: id.to_owned() };
        let index = *self.index.get(id).ok_or_else(unknown)?;
        if self.removed.contains(&index) { Err(unknown()) } else { Ok(index) }
    }

    /// Puts another record at a position; its identity stays.
    pub(crate) fn replace(&mut self, index: usize, record: &Value) {
        self.marks[index] = marks_of(record);
        self.edits.insert(index, record.to_string());
        self.version += 1;
    }

    /// Writes one member, `a.b` for a member of a sub-object, which is made when it is absent.
    pub(crate) fn set(&mut self, id: &str, field: &str, value: Value) -> Result<(), UnknownRecord> {
        let index = self.position(id)?;
        let mut record = parsed(&self.text(index));
        let mut at = &mut record;
        for part in field.split('.') {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            at = &mut at[part];
        }
        *at = value;
        self.replace(index, &record);
        Ok(())
    }

    /// Adds a record at the end; one with its identity gives way.
    pub(crate) fn add(&mut self, record: &Value) -> String {
        let id = id_of(self.registry, record);
        if let Some(index) = self.index.get(&id).copied() {
            self.removed.remove(&index);
            self.replace(index, record);
            return id;
        }
        let index = self.ids.len();
        self.ids.push(id.clone());
        self.index.insert(id.clone(), index);
        self.marks.push(Marks::default());
        self.replace(index, record);
        id
    }

    /// Takes a record away.
    pub(crate) fn remove(&mut self, id: &str) -> Result<(), UnknownRecord> {
        let index = self.position(id)?;
        self.removed.insert(index);
        self.version += 1;
        Ok(())
    }
}

fn id_of(registry: Registry, record: &Value) -> String {
    match &record[registry.id_field()] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn marks_of(record: &Value) -> Marks {
    let tags = record["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let stamp = |day: &str, hour: &str| {
        let info = &record["info"];
        seconds(info[day].as_str()?, info[hour].as_str().unwrap_or("00:00:00"))
    };
    Marks {
        tags: &[],
        other_tags: tags.iter().filter_map(|tag| Some(tag["tag"].as_str()?.to_lowercase())).collect(),
        included: stamp("dInc", "hInc").or(UNSTAMPED),
        changed: stamp("dAlt", "hAlt").or(UNSTAMPED),
    }
}

/// The registry knows when a record was made even where its answers leave `info` out: 2020-01-01.
const UNSTAMPED: Option<i64> = Some(1_577_836_800);

/// Reads `dd/mm/yyyy` and `hh:mm:ss` as seconds since 1970 on the account's own wall clock.
pub(crate) fn seconds(day: &str, hour: &str) -> Option<i64> {
    let read = DateTime::strptime("%d/%m/%Y %H:%M:%S", format!("{day} {hour}")).ok()?;
    Some(Offset::UTC.to_timestamp(read).ok()?.as_second())
}

impl Marks {
    /// Whether the record has the tag, in any case.
    pub(crate) fn has_tag(&self, lower_case: &str) -> bool {
        self.tags.contains(&lower_case) || self.other_tags.iter().any(|tag| tag == lower_case)
    }
}
