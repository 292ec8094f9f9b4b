//! What a simulated Omie account holds, made from a preset, a seed and a day, and nothing else: the same three
//! always give the same records.
//!
//! Cities and banks are real, people and companies invented. Among the plausible records stand the awkward
//! ones each contract mentions (`awkward.rs`), in every preset, each with a name, so that a test can ask for
//! them.

mod account;
mod awkward;
mod customers;
pub mod documents;
mod latin;
mod names;
mod places;
mod preset;
mod registry;
mod shelf;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::Value;

pub use preset::{Preset, UnknownPreset};
pub use registry::{Registry, UnknownRegistry};
pub use shelf::UnknownRecord;
pub(crate) use shelf::{Marks, Shelf, seconds};

use crate::journal::Entry;
use customers::Customers;

/// The records of a simulated Omie account.
#[derive(Clone, Debug)]
pub struct Dataset {
    shelves: BTreeMap<Registry, Shelf>,
    awkward: BTreeMap<&'static str, (Registry, String)>,
}

impl Dataset {
    /// Makes the records of `preset` from `seed`, dated around `now`.
    pub fn generate(preset: Preset, seed: u64, now: Timestamp) -> Self {
        let today = local(now);
        let world = World::new(preset, seed, today);
        let mut shelves: BTreeMap<Registry, Shelf> = account::records(&world)
            .into_iter()
            .map(|(registry, records)| (registry, Shelf::kept(registry, &records)))
            .collect();
        let customers = Customers::new(world);
        let placed = awkward::placed(&customers);
        let mut shelf = Shelf::made(customers);
        let mut named = account::awkward(&shelves);
        for (name, index, record) in placed {
            named.insert(name, (Registry::Clientes, shelf.id_at(index).to_owned()));
            shelf.replace(index, &record);
        }
        shelves.insert(Registry::Clientes, shelf);
        Self { shelves, awkward: named }
    }

    /// The same records with the state registration of every company missing: the branch gate's usual
    /// culprit (`contracts/omie-maxima-mapping.md` §4.2).
    #[must_use]
    pub fn with_incomplete_branch(mut self) -> Self {
        let companies = self.shelf_mut(Registry::Empresas);
        for id in companies.ids() {
            let emptied = companies.set(&id, "inscricao_estadual", Value::from(""));
            debug_assert!(emptied.is_ok(), "the id was just listed");
        }
        self
    }

    /// The awkward records by name: which registry each is in and its identity there.
    pub fn awkward(&self) -> &BTreeMap<&'static str, (Registry, String)> {
        &self.awkward
    }

    /// Every record of a registry, in the order it is listed.
    pub fn records(&self, registry: Registry) -> Vec<Value> {
        self.shelf(registry).all().map(|text| parsed(&text)).collect()
    }

    /// Does the journalled edits again. One that names what is no longer there has nothing to do.
    pub(crate) fn replay(&mut self, edits: Vec<Entry>) {
        for edit in edits {
            match edit {
                Entry::Set { registry, id, field, value } => {
                    if let Ok(registry) = registry.parse() {
                        let _ = self.shelf_mut(registry).set(&id, &field, value);
                    }
                }
                Entry::Added { registry, record } => {
                    if let Ok(registry) = registry.parse() {
                        self.shelf_mut(registry).add(&record);
                    }
                }
                Entry::Removed { registry, id } => {
                    if let Ok(registry) = registry.parse() {
                        let _ = self.shelf_mut(registry).remove(&id);
                    }
                }
                Entry::Rows { .. } | Entry::Gone { .. } => {}
            }
        }
    }

    pub(crate) fn shelf(&self, registry: Registry) -> &Shelf {
        self.shelves.get(&registry).expect("every registry has a shelf")
    }

    pub(crate) fn shelf_mut(&mut self, registry: Registry) -> &mut Shelf {
        self.shelves.get_mut(&registry).expect("every registry has a shelf")
    }
}

/// What the records of one account have in common.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) preset: Preset,
    pub(crate) seed: u64,
    pub(crate) today: DateTime,
    pub(crate) cities: Vec<places::Place>,
    /// Seller ids, the last of them inactive.
    pub(crate) sellers: Vec<u64>,
    /// Payment-term codes a customer may have.
    pub(crate) plans: Vec<&'static str>,
}

impl World {
    fn new(preset: Preset, seed: u64, today: DateTime) -> Self {
        let cities = places::cities(preset);
        let sellers = (0..preset.sellers()).map(account::seller_id).collect();
        let plans = account::plan_codes();
        Self { preset, seed, today, cities, sellers, plans }
    }

    /// Randomness of one record: it depends on the seed and the record alone.
    pub(crate) fn rng(&self, registry: Registry, index: usize) -> fastrand::Rng {
        let record = ((registry as u64) << 40) | index as u64;
        fastrand::Rng::with_seed(self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ record)
    }

    /// The seller that no longer works.
    pub(crate) fn inactive_seller(&self) -> u64 {
        self.sellers.last().copied().unwrap_or_default()
    }
}

/// The account's local time, America/Sao_Paulo (`contracts/omie.md` §6), which has had no summer time since 2019.
pub(crate) fn local(instant: Timestamp) -> DateTime {
    Offset::constant(-3).to_datetime(instant)
}

/// The account's local `dd/mm/yyyy` and `hh:mm:ss` at an instant.
pub(crate) fn stamp(instant: Timestamp) -> (String, String) {
    customers::written(instant.as_second() - 3 * 3_600)
}

/// A stored record as a value.
pub(crate) fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("stored records are JSON we wrote")
}

#[cfg(test)]
mod tests;
