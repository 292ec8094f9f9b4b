//! The records of the account, read and edited by a test as a person would in Omie.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLockReadGuard, RwLockWriteGuard};

use serde_json::Value;

use super::OmieSim;
use super::account::Account;
use crate::dataset::UnknownRecord;
use crate::{Dataset, Registry};

impl OmieSim {
    /// Every record of a registry, in the order it is listed, observations included.
    pub fn records(&self, registry: Registry) -> Vec<Value> {
        self.settle();
        self.dataset().records(registry)
    }

    /// The records `ListarClientes` gives for the tag `Cliente`.
    pub fn customers(&self) -> Vec<Value> {
        self.settle();
        let dataset = self.dataset();
        let held = dataset.shelf(Registry::Clientes);
        let tagged = held.live().filter(|(_, marks)| marks.has_tag("cliente"));
        tagged.map(|(index, _)| held.record(index)).collect()
    }

    /// One record.
    pub fn record(&self, registry: Registry, id: &str) -> Option<Value> {
        self.settle();
        let dataset = self.dataset();
        let held = dataset.shelf(registry);
        Some(held.record(held.position(id).ok()?))
    }

    /// How many records a registry holds.
    pub fn count(&self, registry: Registry) -> u64 {
        self.settle();
        self.dataset().shelf(registry).len() as u64
    }

    /// The identities of a registry's records, in the order they are listed.
    pub fn ids(&self, registry: Registry) -> Vec<String> {
        self.settle();
        self.dataset().shelf(registry).ids()
    }

    /// The awkward records by name: registry and identity.
    pub fn awkward(&self) -> BTreeMap<&'static str, (Registry, String)> {
        self.dataset().awkward().clone()
    }

    /// Writes one member of a record, `a.b` for a member of a sub-object, `a.0.b` for one of a list, and stamps
    /// the change. A title or an order that is cancelled, paid or invoiced by it gets the day of that, too; an
    /// order that changes its stage gets a row in `ListarEtapasPedido`.
    pub fn set(&self, registry: Registry, id: &str, field: &str, value: Value) -> Result<(), UnknownRecord> {
        self.with(|account| account.set(registry, id, field, value))
    }

    /// Adds a record, included and changed now, or puts it in the place of the one with its identity, changed
    /// now. Gives the identity.
    pub fn add(&self, registry: Registry, record: Value) -> String {
        self.with(|account| account.add(registry, record))
    }

    /// Takes a record away, and what cannot be without it: with a product its prices, its stock and its place
    /// among its suppliers', with a table its prices, with a location its stock. A title that goes is listed
    /// among the deleted ones.
    pub fn remove(&self, registry: Registry, id: &str) -> Result<(), UnknownRecord> {
        self.with(|account| account.remove(registry, id))
    }

    /// Gives every company without a state registration one, and says how many it were.
    pub fn fix_branch(&self) -> u64 {
        let companies = self.ids(Registry::Empresas).into_iter();
        let incomplete: Vec<String> = companies
            .filter(|id| {
                let record = self.record(Registry::Empresas, id).unwrap_or_default();
                record["inscricao_estadual"].as_str().unwrap_or_default().is_empty()
            })
            .collect();
        let fixed = incomplete
            .iter()
            .filter(|id| self.set(Registry::Empresas, id, "inscricao_estadual", "101234567".into()).is_ok());
        fixed.count() as u64
    }

    /// How many records each registry holds, by name.
    pub(super) fn held(&self) -> BTreeMap<String, u64> {
        let dataset = self.dataset();
        let count = |registry: Registry| dataset.shelf(registry).len() as u64;
        Registry::ALL.into_iter().map(|registry| (registry.to_string(), count(registry))).collect()
    }

    /// Does something to the account, after what was to happen before it.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Account<'_>) -> T) -> T {
        let mut state = self.state();
        let state = &mut *state;
        let mut dataset = self.dataset_mut();
        let mut account = Account {
            dataset: &mut dataset,
            desk: &mut state.desk,
            options: &state.options,
            journal: self.0.journal.as_deref(),
            now: self.now(),
        };
        account.settle();
        let done = work(&mut account);
        if state.desk.mailbox.has_news() {
            self.0.news.notify_one();
        }
        done
    }

    /// Carries out the late writes whose time has come.
    pub(super) fn settle(&self) {
        let waiting = !self.state().desk.late.is_empty();
        if waiting {
            self.with(|_| ());
        }
    }

    pub(super) fn dataset(&self) -> RwLockReadGuard<'_, Arc<Dataset>> {
        self.0.dataset.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn dataset_mut(&self) -> RwLockWriteGuard<'_, Arc<Dataset>> {
        self.0.dataset.write().unwrap_or_else(PoisonError::into_inner)
    }
}
