//! The account while one thing happens to it: what a person edits and what a method writes go the same way, so
//! that both are stamped, journalled and told to the webhook.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::desk::Desk;
use super::log::Outcome;
use super::options::OmieOptions;
use super::orders;
use crate::dataset::{KEPT_STAMPS, Shelf, UnknownRecord, at, parsed, put, stamp, text_of};
use crate::journal::{Entry, Journal};
use crate::{Dataset, Registry};

/// See the module.
pub(super) struct Account<'a> {
    pub(super) dataset: &'a mut Arc<Dataset>,
    pub(super) desk: &'a mut Desk,
    pub(super) options: &'a OmieOptions,
    pub(super) journal: Option<&'a Journal>,
    /// Now; for a late write, when it is carried out.
    pub(super) now: Timestamp,
}

impl Account<'_> {
    pub(super) fn shelf(&self, registry: Registry) -> &Shelf {
        self.dataset.shelf(registry)
    }

    /// A record with what is kept beside it.
    pub(super) fn raw(&self, registry: Registry, id: &str) -> Option<Value> {
        let held = self.shelf(registry);
        Some(parsed(&held.text(held.position(id).ok()?)))
    }

    /// Whether a registry has the record of that identity.
    pub(super) fn has(&self, registry: Registry, id: &Value) -> bool {
        self.shelf(registry).position(&text_of(id)).is_ok()
    }

    /// Carries out the late writes whose time has come, each at its own instant.
    pub(super) fn settle(&mut self) {
        let now = self.now;
        for late in self.desk.due(now) {
            self.now = late.due;
            let outcome = match late.operation.carry_out(self, &late.param) {
                Ok(_) => {
                    self.desk.carried_out(late.claimed, late.due);
                    Outcome::Done
                }
                Err(refusal) => {
                    self.desk.given_up(late.claimed);
                    Outcome::Refused(refusal.kind)
                }
            };
            self.desk.ended(late.entry, outcome, late.due);
        }
        self.now = now;
    }

    /// See [`super::OmieSim::set`].
    pub(super) fn set(
        &mut self,
        registry: Registry,
        id: &str,
        field: &str,
        value: Value,
    ) -> Result<(), UnknownRecord> {
        let stated = value.clone();
        if registry == Registry::Pedidos {
            self.freeze_stages(id)?;
        }
        self.write(registry, id, field, value)?;
        let (day, hour) = stamp(self.now);
        let follows = CONSEQUENCES
            .iter()
            .find(|(of, when, states, _)| (*of, *when) == (registry, field) && stated == **states);
        if let Some((_, _, _, [on, since])) = follows {
            self.write(registry, id, on, day.clone().into())?;
            if !since.is_empty() {
                self.write(registry, id, since, hour.clone().into())?;
            }
        }
        if (registry, field) == (Registry::Pedidos, orders::STAGE) {
            self.add_stage(id, &stated)?;
        }
        self.stamp_change(registry, id, field, day, hour)?;
        self.forget_codes(registry);
        self.tell_of_change(registry, id, field, &stated);
        Ok(())
    }

    /// See [`super::OmieSim::add`].
    pub(super) fn add(&mut self, registry: Registry, mut record: Value) -> String {
        let new = !self.shelf(registry).holds(&record);
        if let Some(stamps) = registry.stamps() {
            let (day, hour) = stamp(self.now);
            let shown = registry.shows_stamps();
            let (included, changed) = (places(stamps.included, shown), places(stamps.changed, shown));
            let inclusion = (new || at(&record, &included[0]).is_null()).then_some(included);
            for [on, since] in inclusion.into_iter().chain([changed]) {
                put(&mut record, &on, day.clone().into());
                put(&mut record, &since, hour.clone().into());
            }
        }
        let id = self.keep(registry, &record);
        self.forget_codes(registry);
        self.tell_of_addition(registry, &id, new);
        id
    }

    /// See [`super::OmieSim::remove`].
    pub(super) fn remove(&mut self, registry: Registry, id: &str) -> Result<(), UnknownRecord> {
        let gone = self.raw(registry, id);
        Arc::make_mut(self.dataset).remove(registry, id)?;
        self.note(|| Entry::Removed { registry: registry.to_string(), id: id.to_owned() });
        if registry == Registry::Titulos {
            // The day and the hour are those of every record that is added.
            let code: Value = id.parse::<u64>().map_or_else(|_| id.into(), Value::from);
            let record = json!({ "nCodTitulo": code, "cUsuarioExc": "P000111", "cAcao": "E" });
            self.add(Registry::TitulosExcluidos, record);
        }
        self.forget_codes(registry);
        self.tell_of_removal(registry, &gone.unwrap_or_default());
        Ok(())
    }

    /// Puts a record on its shelf as it is: stamps and events are the caller's.
    pub(super) fn keep(&mut self, registry: Registry, record: &Value) -> String {
        let id = Arc::make_mut(self.dataset).shelf_mut(registry).add(record);
        self.note(|| Entry::Added { registry: registry.to_string(), record: record.clone() });
        id
    }

    /// Writes one member as it is.
    pub(super) fn write(
        &mut self,
        registry: Registry,
        id: &str,
        field: &str,
        value: Value,
    ) -> Result<(), UnknownRecord> {
        Arc::make_mut(self.dataset).shelf_mut(registry).set(id, field, value.clone())?;
        let (id, field) = (id.to_owned(), field.to_owned());
        self.note(|| Entry::Set { registry: registry.to_string(), id, field, value });
        Ok(())
    }

    fn stamp_change(
        &mut self,
        registry: Registry,
        id: &str,
        field: &str,
        day: String,
        hour: String,
    ) -> Result<(), UnknownRecord> {
        let Some(stamps) = registry.stamps() else { return Ok(()) };
        if stamps.included.contains(&field) || stamps.changed.contains(&field) {
            return Ok(());
        }
        let record = self.raw(registry, id).unwrap_or_default();
        let shown =
            stamps.changed[0].rsplit_once('.').is_none_or(|(holder, _)| at(&record, holder).is_object());
        let [at_day, at_hour] = places(stamps.changed, shown);
        self.write(registry, id, &at_day, day.into())?;
        self.write(registry, id, &at_hour, hour.into())
    }

    /// What a person does to a registry may be about its codes: they are read again.
    fn forget_codes(&mut self, registry: Registry) {
        match registry {
            Registry::Pedidos => self.desk.orders = None,
            Registry::Clientes => self.desk.people = None,
            _ => {}
        }
    }

    /// An edit that cannot be journalled would be a lie after the next start.
    fn note(&self, entry: impl FnOnce() -> Entry) {
        if let Some(journal) = self.journal {
            journal.write(&entry()).expect("the journal can be written");
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
