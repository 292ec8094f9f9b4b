//! The stored rows, each as its JSON text: the members that are not null, under their exact names.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::resources::{RESOURCES, Resource, resource as of_path};
use crate::journal::Entry;

/// Rows by resource path. A clone shares them until one of the two is written to.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables(BTreeMap<String, Arc<Table>>);

#[derive(Clone, Debug, Default)]
struct Table {
    rows: BTreeMap<String, Box<RawValue>>,
    /// Keys as `ValidarChaves` sees them, their first part without apostrophes, and how many rows have each.
    bare: HashMap<String, usize>,
}

impl Tables {
    pub(super) fn has(&self, path: &str, key: &str) -> bool {
        self.0.get(path).is_some_and(|table| table.rows.contains_key(key))
    }

    /// Whether a key that reads the same without apostrophes is there.
    pub(super) fn has_bare(&self, path: &str, bare: &str) -> bool {
        self.0.get(path).is_some_and(|table| table.bare.contains_key(bare))
    }

    pub(super) fn row(&self, path: &str, key: &str) -> Option<Map<String, Value>> {
        let text = self.0.get(path)?.rows.get(key)?;
        serde_json::from_str(text.get()).ok()
    }

    /// Key and text of every row, in key order.
    pub(super) fn rows(&self, path: &str) -> impl Iterator<Item = (&String, &RawValue)> {
        self.0.get(path).into_iter().flat_map(|table| table.rows.iter().map(|(key, row)| (key, &**row)))
    }

    /// The text of one row.
    pub(super) fn text(&self, path: &str, key: &str) -> Option<&str> {
        Some(self.0.get(path)?.rows.get(key)?.get())
    }

    /// The keys whose first parts are these, in key order.
    pub(super) fn beginning(&self, path: &str, first: &str) -> Vec<String> {
        let from = format!("{first}/");
        let rows = self.0.get(path).map(|table| table.rows.range(from.clone()..));
        let keys = rows.into_iter().flatten().map(|(key, _)| key);
        keys.take_while(|key| key.starts_with(&from)).cloned().collect()
    }

    pub(super) fn count(&self, path: &str) -> usize {
        self.0.get(path).map_or(0, |table| table.rows.len())
    }

    /// How many rows each resource holds.
    pub(super) fn held(&self) -> BTreeMap<String, u64> {
        RESOURCES.iter().map(|it| (it.path.to_owned(), self.count(it.path) as u64)).collect()
    }

    /// Does what a journalled write of rows did.
    pub(super) fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Rows { resource, rows } => {
                let known = of_path(&resource);
                let table = Arc::make_mut(self.0.entry(resource).or_default());
                for (key, row) in rows {
                    table.put(known, key, row);
                }
            }
            Entry::Gone { resource, keys } => {
                let known = of_path(&resource);
                let table = Arc::make_mut(self.0.entry(resource).or_default());
                for key in keys {
                    table.remove(known, &key);
                }
            }
            _ => {}
        }
    }
}

impl Table {
    fn put(&mut self, resource: Option<&Resource>, key: String, row: Box<RawValue>) {
        let bare = seen_by_locate(resource, &key);
        if self.rows.insert(key, row).is_none() {
            *self.bare.entry(bare).or_default() += 1;
        }
    }

    fn remove(&mut self, resource: Option<&Resource>, key: &str) {
        if self.rows.remove(key).is_none() {
            return;
        }
        let bare = seen_by_locate(resource, key);
        let left = self.bare.remove(&bare).map_or(0, |rows| rows - 1);
        if left > 0 {
            self.bare.insert(bare, left);
        }
    }
}

fn seen_by_locate(resource: Option<&Resource>, key: &str) -> String {
    bare(resource.map_or(key, |resource| resource.first_part(key)))
}

/// The text of a row to store.
pub(super) fn stored(row: Map<String, Value>) -> Box<RawValue> {
    let kept: Map<String, Value> = row.into_iter().filter(|(_, value)| !value.is_null()).collect();
    RawValue::from_string(Value::Object(kept).to_string()).expect("a JSON value writes JSON")
}

/// A key without its apostrophes (`contracts/maxima.md` §3.3).
pub(super) fn bare(key: &str) -> String {
    key.replace('\'', "")
}
