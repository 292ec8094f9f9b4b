//! The records of one registry, in the order they are listed.
//!
//! Most are made when they are asked for (a hundred thousand customers would be half a gigabyte); one that was
//! edited or added is kept beside.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::maker::{Kept, Maker, id_of};
use super::marks::{KEPT_STAMPS, Marks, Traits};
use super::{Registry, parsed};

/// One registry's records.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    registry: Registry,
    maker: Arc<dyn Maker>,
    /// Records that are not as they were made, by position; added ones follow the made ones.
    edits: BTreeMap<usize, Edited>,
    added: Vec<String>,
    added_at: HashMap<String, usize>,
    removed: BTreeSet<usize>,
    /// Grows with each change, so that a selection made earlier is known to be stale.
    version: u64,
}

#[derive(Clone, Debug)]
struct Edited {
    text: String,
    marks: Marks,
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
        Self::made(registry, Kept::new(registry, records))
    }

    /// Records made when they are asked for.
    pub(crate) fn made(registry: Registry, maker: impl Maker + 'static) -> Self {
        let (edits, added, added_at) = (BTreeMap::new(), Vec::new(), HashMap::new());
        Self {
            registry,
            maker: Arc::new(maker),
            edits,
            added,
            added_at,
            removed: BTreeSet::new(),
            version: 0,
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Positions of the records that are there, with what they can be filtered by.
    pub(crate) fn live(&self) -> impl Iterator<Item = (usize, Marks)> {
        self.there(0..self.end()).map(|index| (index, self.marks(index)))
    }

    /// Those among which all records of a group are.
    pub(crate) fn live_in(&self, group: u64) -> impl Iterator<Item = (usize, Marks)> {
        let positions = self.there(self.maker.group(group)).chain(self.there(self.maker.len()..self.end()));
        positions.map(|index| (index, self.marks(index)))
    }

    fn there(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        range.filter(|index| !self.removed.contains(index))
    }

    fn end(&self) -> usize {
        self.maker.len() + self.added.len()
    }

    pub(crate) fn len(&self) -> usize {
        self.end() - self.removed.len()
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.there(0..self.end()).map(|index| self.id_at(index)).collect()
    }

    pub(crate) fn id_at(&self, index: usize) -> String {
        match index.checked_sub(self.maker.len()) {
            None => self.maker.id(index),
            Some(nth) => self.added[nth].clone(),
        }
    }

    pub(crate) fn marks(&self, index: usize) -> Marks {
        self.edits.get(&index).map_or_else(|| self.maker.marks(index), |edited| edited.marks.clone())
    }

    /// The text of the record at a position, with all that is known of it.
    pub(crate) fn text(&self, index: usize) -> String {
        match self.edits.get(&index) {
            Some(edited) => edited.text.clone(),
            None => self.maker.text(index, true),
        }
    }

    /// The record at a position, as a test sees it.
    pub(crate) fn record(&self, index: usize) -> Value {
        without(parsed(&self.text(index)), &[KEPT_STAMPS])
    }

    /// The text as a listing shows it; `whole` when it was asked for what is left out otherwise.
    pub(crate) fn shown(&self, index: usize, whole: bool) -> String {
        let Some(edited) = self.edits.get(&index) else { return self.maker.text(index, whole) };
        let record = without(parsed(&edited.text), &[KEPT_STAMPS]);
        if whole { record } else { without(record, self.registry.left_out()) }.to_string()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = Value> {
        self.there(0..self.end()).map(|index| self.record(index))
    }

    /// The position of a record that is there.
    pub(crate) fn position(&self, id: &str) -> Result<usize, UnknownRecord> {
        self.known(id).filter(|index| !self.removed.contains(index)).ok_or_else(|| self.unknown(id))
    }

    /// Whether the record of that identity is there.
    pub(crate) fn holds(&self, record: &Value) -> bool {
        self.position(&id_of(self.registry, record)).is_ok()
    }

    fn known(&self, id: &str) -> Option<usize> {
        self.maker.position(id).or_else(|| self.added_at.get(id).copied())
    }

    fn unknown(&self, id: &str) -> UnknownRecord {
        UnknownRecord { registry: self.registry, id: id.to_owned() }
    }

    /// Puts another record at a position; its identity stays, and so does its place at the point of sale, which
    /// no member states.
    pub(crate) fn replace(&mut self, index: usize, record: &Value) {
        let mut marks = Marks::of(self.registry, record);
        if index < self.maker.len() {
            marks.traits = marks.traits.and(self.maker.marks(index).traits.shared_with(Traits::PDV));
        }
        self.edits.insert(index, Edited { text: record.to_string(), marks });
        self.version += 1;
    }

    /// Writes one member: `a.b` for a member of a sub-object, which is made when it is absent; `a.0` for an
    /// element of a list, which must be there.
    pub(crate) fn set(&mut self, id: &str, field: &str, value: Value) -> Result<(), UnknownRecord> {
        let index = self.position(id)?;
        let mut record = parsed(&self.text(index));
        *reached(&mut record, field).ok_or_else(|| self.unknown(&format!("{id}: {field}")))? = value;
        self.replace(index, &record);
        Ok(())
    }

    /// Adds a record at the end; one with its identity gives way.
    pub(crate) fn add(&mut self, record: &Value) -> String {
        let id = id_of(self.registry, record);
        let index = self.known(&id).unwrap_or_else(|| {
            self.added.push(id.clone());
            self.added_at.insert(id.clone(), self.end() - 1);
            self.end() - 1
        });
        self.removed.remove(&index);
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

/// Writes one member of a record that is not on a shelf yet.
pub(crate) fn put(record: &mut Value, field: &str, value: Value) {
    if let Some(member) = reached(record, field) {
        *member = value;
    }
}

fn reached<'a>(record: &'a mut Value, field: &str) -> Option<&'a mut Value> {
    let mut at = record;
    for part in field.split('.') {
        if let Value::Array(elements) = at {
            at = elements.get_mut(part.parse::<usize>().ok()?)?;
            continue;
        }
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        at = &mut at[part];
    }
    Some(at)
}

/// The record without some of its members, dots allowed.
pub(crate) fn without(mut record: Value, fields: &[&str]) -> Value {
    for field in fields {
        let (object, member) = match field.rsplit_once('.') {
            Some((path, member)) => (record.pointer_mut(&format!("/{}", path.replace('.', "/"))), member),
            None => (Some(&mut record), *field),
        };
        if let Some(Value::Object(members)) = object {
            members.remove(member);
        }
    }
    record
}
