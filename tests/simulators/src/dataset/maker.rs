//! Where the records of a registry come from.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use serde_json::Value;

use super::marks::{Marks, at, text_of};
use super::{Registry, parsed};

/// Makes the record of any position, always the same one: a million prices need not be held to be listed.
pub(crate) trait Maker: fmt::Debug + Send + Sync {
    fn len(&self) -> usize;

    /// The identity of the record at a position; they rise with the position.
    fn id(&self, index: usize) -> String;

    /// The position of an identity this maker makes.
    fn position(&self, id: &str) -> Option<usize>;

    /// What the record is filtered by, without making it.
    fn marks(&self, index: usize) -> Marks;

    /// The record's JSON, with or without what a listing leaves out ([`Registry::left_out`]).
    fn text(&self, index: usize, whole: bool) -> String;

    /// The positions among which all records of a group are.
    fn group(&self, _group: u64) -> Range<usize> {
        0..self.len()
    }
}

/// Few records, held as they are.
#[derive(Debug)]
pub(crate) struct Kept {
    ids: Vec<String>,
    index: HashMap<String, usize>,
    texts: Vec<String>,
    marks: Vec<Marks>,
}

impl Kept {
    pub(crate) fn new(registry: Registry, records: &[Value]) -> Self {
        let ids: Vec<String> = records.iter().map(|record| id_of(registry, record)).collect();
        let index = ids.iter().enumerate().map(|(index, id)| (id.clone(), index)).collect();
        let texts = records.iter().map(Value::to_string).collect();
        let marks = records.iter().map(|record| Marks::of(registry, record)).collect();
        Self { ids, index, texts, marks }
    }
}

impl Maker for Kept {
    fn len(&self) -> usize {
        self.ids.len()
    }

    fn id(&self, index: usize) -> String {
        self.ids[index].clone()
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    fn marks(&self, index: usize) -> Marks {
        self.marks[index].clone()
    }

    fn text(&self, index: usize, _whole: bool) -> String {
        self.texts[index].clone()
    }
}

/// The identity a record states.
pub(crate) fn id_of(registry: Registry, record: &Value) -> String {
    let members = registry.id_fields().iter().map(|path| text_of(at(record, path)));
    members.collect::<Vec<_>>().join("/")
}

/// The position of a number that rises by `step` from `start`.
pub(crate) fn nth(id: &str, start: u64, step: u64) -> Option<usize> {
    usize::try_from(id.parse::<u64>().ok()?.checked_sub(start)? / step).ok()
}

/// The record at a position, as a value.
pub(crate) fn made(maker: &impl Maker, index: usize) -> Value {
    parsed(&maker.text(index, true))
}
