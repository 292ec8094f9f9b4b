//! The rows a catalogue load would have written from the tiny account, made once in a process.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::resources::{Resource, resource};
use super::tables::{Tables, stored};
use crate::journal::Entry;

/// Rows by resource, written after `contracts/maxima.md` §5 and the mapping: no mapping of ours made them.
const ROWS: &str = include_str!("../../data/tiny/maxima.json");

static TINY: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables::default();
    for (path, rows) in by_resource() {
        let keys = resource(&path).map(Resource::keys).unwrap_or_default();
        let key = |row: &Map<String, Value>| {
            let parts = keys.iter().filter_map(|field| field.key_text(row.get(field.name)?));
            parts.collect::<Vec<_>>().join("/")
        };
        let rows = rows.into_iter().map(|row| (key(&row), stored(row))).collect();
        tables.apply(Entry::Rows { resource: path, rows });
    }
    tables
});

/// Those rows; a copy shares them until it is written to.
pub(super) fn tables() -> Tables {
    TINY.clone()
}

/// The file's rows as they would travel.
pub(super) fn by_resource() -> BTreeMap<String, Vec<Map<String, Value>>> {
    serde_json::from_str(ROWS).expect("the file of rows by resource is JSON we wrote")
}
