//! The tiny account, made once in a process: opening it is counting references.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::{Dataset, Registry, Shelf};

const RECORDS: &str = include_str!("../../data/tiny/omie.json");

static TINY: LazyLock<Dataset> = LazyLock::new(|| {
    let mut records: BTreeMap<String, Vec<Value>> =
        serde_json::from_str(RECORDS).expect("the file of records by registry is JSON we wrote");
    let shelf = |registry: Registry| {
        let records = records.remove(&registry.to_string()).unwrap_or_default();
        (registry, Shelf::kept(registry, &records))
    };
    Dataset { shelves: Registry::ALL.into_iter().map(shelf).collect(), awkward: BTreeMap::new() }
});

/// The same records each time: the examples of `contracts/omie.md` §8 and what they need around them. They are
/// stamped in January 2024, and no table ends.
pub(crate) fn dataset() -> Dataset {
    TINY.clone()
}
