//! The records of the account, read and edited by a test as a person would in Omie.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLockReadGuard, RwLockWriteGuard};

use serde_json::{Value, json};

use super::OmieSim;
use crate::dataset::{KEPT_STAMPS, UnknownRecord, at, put, stamp};
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
        tagged.map(|(index, _)| held.record(index)).collect()
    }

    /// One record.
    pub fn record(&self, registry: Registry, id: &str) -> Option<Value> {
        let dataset = self.dataset();
        let held = dataset.shelf(registry);
        Some(held.record(held.position(id).ok()?))
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

    /// Writes one member of a record, `a.b` for a member of a sub-object, `a.0.b` for one of a list, and stamps
    /// the change. A title or an order that is cancelled, paid or invoiced by it gets the day of that, too.
    pub fn set(&self, registry: Registry, id: &str, field: &str, value: Value) -> Result<(), UnknownRecord> {
        let follows = CONSEQUENCES
            .iter()
            .find(|(of, when, states, _)| (*of, *when) == (registry, field) && value == *states);
        self.write(registry, id, field, value)?;
        let (day, hour) = stamp(self.now());
        if let Some((_, _, _, [on, since])) = follows {
            self.write(registry, id, on, day.clone().into())?;
            if !since.is_empty() {
                self.write(registry, id, since, hour.clone().into())?;
            }
        }
        let Some(stamps) = registry.stamps() else { return Ok(()) };
        if stamps.included.contains(&field) || stamps.changed.contains(&field) {
            return Ok(());
        }
        let record = self.record(registry, id).unwrap_or_default();
        let shown =
            stamps.changed[0].rsplit_once('.').is_none_or(|(holder, _)| at(&record, holder).is_object());
        let [at_day, at_hour] = places(stamps.changed, shown);
        self.write(registry, id, &at_day, day.into())?;
        self.write(registry, id, &at_hour, hour.into())
    }

    /// Adds a record, included and changed now, or puts it in the place of the one with its identity, changed
    /// now. Gives the identity.
    pub fn add(&self, registry: Registry, mut record: Value) -> String {
        if let Some(stamps) = registry.stamps() {
            let (day, hour) = stamp(self.now());
            let shown = registry.shows_stamps();
            let (included, changed) = (places(stamps.included, shown), places(stamps.changed, shown));
            let new = !self.dataset().shelf(registry).holds(&record);
            let inclusion = (new || at(&record, &included[0]).is_null()).then_some(included);
            for [on, since] in inclusion.into_iter().chain([changed]) {
                put(&mut record, &on, day.clone().into());
                put(&mut record, &since, hour.clone().into());
            }
        }
        let id = self.dataset_mut().shelf_mut(registry).add(&record);
        self.note(&Entry::Added { registry: registry.to_string(), record });
        id
    }

    /// Takes a record away, and what cannot be without it: with a product its prices, its stock and its place
    /// among its suppliers', with a table its prices, with a location its stock. A title that goes is listed
    /// among the deleted ones.
    pub fn remove(&self, registry: Registry, id: &str) -> Result<(), UnknownRecord> {
        self.dataset_mut().remove(registry, id)?;
        self.note(&Entry::Removed { registry: registry.to_string(), id: id.to_owned() });
        if registry == Registry::Titulos {
            // The day and the hour are those of every record that is added.
            let code: Value = id.parse::<u64>().map_or_else(|_| id.into(), Value::from);
            let record = json!({ "nCodTitulo": code, "cUsuarioExc": "P000111", "cAcao": "E" });
            self.add(Registry::TitulosExcluidos, record);
        }
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

/// What follows from a member that is set: registry, member, what it states then, and where day and hour go.
const CONSEQUENCES: &[(Registry, &str, &str, [&str; 2])] = &[
    (Registry::Titulos, "cabecTitulo.cStatus", "CANCELADO", ["cabecTitulo.dDtCanc", ""]),
    (Registry::Titulos, "cabecTitulo.cStatus", "LIQUIDADO", ["cabecTitulo.dDtPagamento", ""]),
    (Registry::Titulos, "cabecTitulo.cStatus", "RECEBIDO", ["cabecTitulo.dDtPagamento", ""]),
    (Registry::Pedidos, "infoCadastro.cancelado", "S", ["infoCadastro.dCan", "infoCadastro.hCan"]),
    (Registry::Pedidos, "infoCadastro.faturado", "S", ["infoCadastro.dFat", "infoCadastro.hFat"]),
];

/// Where a stamp is written: in its own place, or beside the record where Omie does not show it.
fn places([day, hour]: [&str; 2], shown: bool) -> [String; 2] {
    let place = |path: &str| match path.rsplit_once('.') {
        _ if shown => path.to_owned(),
        Some((_, member)) => format!("{KEPT_STAMPS}.{member}"),
        None => format!("{KEPT_STAMPS}.{path}"),
    };
    [place(day), place(hour)]
}
