//! The records of the account, read and edited by a test as a person would in Omie.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLockReadGuard, RwLockWriteGuard};

use serde_json::Value;

use super::OmieSim;
use crate::dataset::{UnknownRecord, parsed, stamp};
use crate::journal::Entry;
use crate::{Dataset, Registry};

impl OmieSim {
    /// Every record of a registry, in the order it is listed, observations included.
    pub fn records(&self, registry: Registry) -> Vec<Value> {
        self.dataset().records(registry)
    }

    /// The records `ListarClientes` gives for the tag `Cliente`.
    pub fn customers(&self) -> Vec<Value> {
        let dataset = self.dataset();
        let held = dataset.shelf(Registry::Clientes);
        let tagged = held.live().filter(|(_, marks)| marks.has_tag("cliente"));
        tagged.map(|(index, _)| parsed(&held.text(index))).collect()
    }

    /// One record.
    pub fn record(&self, registry: Registry, id: &str) -> Option<Value> {
        let dataset = self.dataset();
        let held = dataset.shelf(registry);
        Some(parsed(&held.text(held.position(id).ok()?)))
    }

    /// How many records a registry holds.
    pub fn count(&self, registry: Registry) -> u64 {
        self.dataset().shelf(registry).len() as u64
    }

    /// The identities of a registry's records, in the order they are listed.
    pub fn ids(&self, registry: Registry) -> Vec<String> {
        self.dataset().shelf(registry).ids()
    }

    /// The awkward records by name: registry and identity.
    pub fn awkward(&self) -> BTreeMap<&'static str, (Registry, String)> {
        self.dataset().awkward().clone()
    }

    /// Writes one member of a record, `a.b` for a member of a sub-object, and stamps the change.
    pub fn set(&self, registry: Registry, id: &str, field: &str, value: Value) -> Result<(), UnknownRecord> {
        self.write(registry, id, field, value)?;
        let stamped = self.record(registry, id).is_some_and(|record| record["info"].is_object());
        if stamped && !field.starts_with("info") {
            let (day, hour) = stamp(self.now());
            self.write(registry, id, "info.dAlt", day.into())?;
            self.write(registry, id, "info.hAlt", hour.into())?;
        }
        Ok(())
    }

    /// Adds a record, or puts it in the place of the one with its identity. Gives the identity.
    pub fn add(&self, registry: Registry, record: Value) -> String {
        let id = self.dataset_mut().shelf_mut(registry).add(&record);
        self.note(&Entry::Added { registry: registry.to_string(), record });
        id
    }

    /// Takes a record away.
    pub fn remove(&self, registry: Registry, id: &str) -> Result<(), UnknownRecord> {
        self.dataset_mut().shelf_mut(registry).remove(id)?;
        self.note(&Entry::Removed { registry: registry.to_string(), id: id.to_owned() });
        Ok(())
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
        Registry::ALL.into_iter().map(|registry| (registry.to_string(), self.count(registry))).collect()
    }

    pub(super) fn dataset(&self) -> RwLockReadGuard<'_, Dataset> {
        self.0.dataset.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn dataset_mut(&self) -> RwLockWriteGuard<'_, Dataset> {
        self.0.dataset.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, registry: Registry, id: &str, field: &str, value: Value) -> Result<(), UnknownRecord> {
        self.dataset_mut().shelf_mut(registry).set(id, field, value.clone())?;
        let (id, field) = (id.to_owned(), field.to_owned());
        self.note(&Entry::Set { registry: registry.to_string(), id, field, value });
        Ok(())
    }

    /// An edit that cannot be journalled would be a lie after the next start.
    fn note(&self, entry: &Entry) {
        if let Some(journal) = &self.0.journal {
            journal.write(entry).expect("the journal can be written");
        }
    }
}
