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
mod goods;
mod latin;
mod maker;
mod marks;
pub(crate) mod names;
mod places;
mod preset;
mod registry;
mod shelf;
mod tiny;
mod trade;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::Value;

pub(crate) use latin::plain;
pub(crate) use marks::{KEPT_STAMPS, Marks, Traits, at, day, seconds, text_of};
pub use preset::{Preset, UnknownPreset};
pub use registry::{Registry, UnknownRegistry};
pub use shelf::UnknownRecord;
pub(crate) use shelf::{Shelf, put, without};

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
        if preset == Preset::Tiny {
            return tiny::dataset();
        }
        let world = Arc::new(World::new(preset, seed, local(now)));
        let mut shelves: BTreeMap<Registry, Shelf> = account::records(&world)
            .into_iter()
            .chain(goods::records(&world))
            .chain(trade::records(&world))
            .map(|(registry, records)| (registry, Shelf::kept(registry, &records)))
            .collect();
        let mut awkward = account::awkward(&shelves);
        shelves.insert(Registry::Clientes, Shelf::made(Registry::Clientes, Customers::new(world.clone())));
        goods::make(&world, &mut shelves);
        trade::make(&world, &mut shelves);
        awkward::place(&world, &mut shelves, &mut awkward);
        Self { shelves, awkward }
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
        self.shelf(registry).all().collect()
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
                        let _ = self.remove(registry, &id);
                    }
                }
                Entry::Rows { .. } | Entry::Gone { .. } | Entry::Sellers { .. } => {}
            }
        }
    }

    /// Takes a record away, and with it what cannot be without it: the stock, the prices and the suppliers of a
    /// product, the prices of a table, the stock of a location.
    pub(crate) fn remove(&mut self, registry: Registry, id: &str) -> Result<(), UnknownRecord> {
        self.shelf_mut(registry).remove(id)?;
        let dependants = match registry {
            Registry::Produtos => {
                self.remove_from_suppliers(id);
                let ids = |registry: Registry, of: Registry| {
                    let ids = self.shelf(of).ids().into_iter();
                    ids.map(move |group| (registry, format!("{group}/{id}")))
                };
                ids(Registry::ItensTabela, Registry::TabelasPreco)
                    .chain(ids(Registry::PosicoesEstoque, Registry::LocaisEstoque))
                    .collect()
            }
            Registry::TabelasPreco => self.of_group(Registry::ItensTabela, id),
            Registry::LocaisEstoque => self.of_group(Registry::PosicoesEstoque, id),
            _ => Vec::new(),
        };
        for (registry, id) in dependants {
            // A table need not have the product.
            let _ = self.shelf_mut(registry).remove(&id);
        }
        Ok(())
    }

    fn of_group(&self, registry: Registry, group: &str) -> Vec<(Registry, String)> {
        let Ok(group) = group.parse::<u64>() else { return Vec::new() };
        let held = self.shelf(registry);
        let members = held.live_in(group).filter(|(_, marks)| marks.group == group);
        members.map(|(index, _)| (registry, held.id_at(index))).collect()
    }

    fn remove_from_suppliers(&mut self, product: &str) {
        let suppliers = self.shelf_mut(Registry::ProdutosFornecedores);
        for id in suppliers.ids() {
            let Ok(index) = suppliers.position(&id) else { continue };
            let mut record = suppliers.record(index);
            let Some(products) = record["produtos"].as_array_mut() else { continue };
            let before = products.len();
            products.retain(|held| text_of(&held["nCodProd"]) != product);
            if products.len() < before {
                suppliers.replace(index, &record);
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
    /// Local seconds since 1970.
    pub(crate) now: i64,
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
        let now = Offset::UTC.to_timestamp(today).map_or(0, Timestamp::as_second);
        Self { preset, seed, now, cities, sellers, plans }
    }

    /// Randomness of one record: it depends on the seed and the record alone.
    pub(crate) fn rng(&self, registry: Registry, index: usize) -> fastrand::Rng {
        let record = ((registry as u64) << 40) | index as u64;
        fastrand::Rng::with_seed(self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ record)
    }

    /// A customer's identity.
    pub(crate) fn customer(&self, index: usize) -> u64 {
        customers::id_of(self.preset, index)
    }

    /// Where one of many stands that follow each other for `span` seconds, from `days` ago on.
    pub(crate) fn spread(&self, nth: usize, count: usize, days: i64, span: i64) -> i64 {
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.now - days * DAY + span * whole(nth) / whole(count).max(1)
    }

    /// `dd/mm/yyyy` so many days from today.
    pub(crate) fn date(&self, days: i64) -> String {
        customers::written(self.now + days * DAY).0
    }

    /// The seller that no longer works.
    pub(crate) fn inactive_seller(&self) -> u64 {
        self.sellers.last().copied().unwrap_or_default()
    }
}

pub(crate) const DAY: i64 = 86_400;

/// An amount of hundredths as the number Omie writes.
pub(crate) fn hundredths(amount: i64) -> Value {
    let sign = if amount < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:02}", amount.abs() / 100, amount.abs() % 100);
    serde_json::from_str(&text).unwrap_or_default()
}

/// `S` or `N`.
pub(crate) fn sn(claim: bool) -> &'static str {
    if claim { "S" } else { "N" }
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
