//! What a person does in the ERP to an order, and what a test asks about it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::OmieSim;
use super::account::Account;
use super::log::LogEntry;
use super::orders::PERSON;
use crate::Registry;
use crate::dataset::{KEPT_STAMPS, UnknownRecord, at, text_of, without};

/// An order, by Omie's identity or by our integration code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderKey {
    /// `codigo_pedido`.
    Id(u64),
    /// `codigo_pedido_integracao`.
    Code(String),
}

impl From<u64> for OrderKey {
    fn from(id: u64) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for OrderKey {
    fn from(code: &str) -> Self {
        Self::Code(code.to_owned())
    }
}

impl From<&String> for OrderKey {
    fn from(code: &String) -> Self {
        Self::Code(code.clone())
    }
}

impl OmieSim {
    /// Puts an order in a stage, any stage: a row of `ListarEtapasPedido` and an event `EtapaAlterada`.
    pub fn set_stage(&self, order: impl Into<OrderKey>, stage: &str) -> Result<(), UnknownRecord> {
        self.on(order, |account, order| account.put_in_stage(order, stage))
    }

    /// Invoices an order, which puts it in stage 60: the number of the invoice.
    pub fn invoice(&self, order: impl Into<OrderKey>) -> Result<String, UnknownRecord> {
        self.on(order, |account, order| account.invoiced(order, PERSON))
    }

    /// Cancels an order, which keeps its stage (`contracts/omie.md` §8.25).
    pub fn cancel(&self, order: impl Into<OrderKey>) -> Result<(), UnknownRecord> {
        self.on(order, |account, order| {
            account.cancelled(order, PERSON);
        })
    }

    /// Cancels the invoice of an order, not the order: the stages show a cancellation all the same, the order does not
    /// (`contracts/omie.md` §11.5: bonus orders).
    pub fn cancel_invoice(&self, order: impl Into<OrderKey>) -> Result<(), UnknownRecord> {
        self.on(order, |account, order| account.invoice_cancelled(order, PERSON))
    }

    /// The customer gives the goods of an order back.
    pub fn give_back(&self, order: impl Into<OrderKey>) -> Result<(), UnknownRecord> {
        self.on(order, |account, order| account.given_back(order, PERSON))
    }

    /// Deletes an order, in whatever state it is; its stages go with it.
    pub fn delete(&self, order: impl Into<OrderKey>) -> Result<(), UnknownRecord> {
        let deleted = self.on(order, |account, order| {
            account.remove(Registry::Pedidos, &text_of(at(&order, "cabecalho.codigo_pedido")))
        });
        deleted?
    }

    /// An order as `ListarPedidos` gives it.
    pub fn order(&self, order: impl Into<OrderKey>) -> Option<Value> {
        self.on(order, |_, order| without(order, &[KEPT_STAMPS])).ok()
    }

    /// How many orders were ever created through the API, by integration code: none may be there twice.
    pub fn orders_created(&self) -> BTreeMap<String, u64> {
        self.settle();
        self.state().desk.created.clone()
    }

    /// What arrived at the write methods and at the reads that are no listing of a registry, in that order.
    pub fn log(&self) -> Vec<LogEntry> {
        self.settle();
        self.state().desk.log.clone()
    }

    /// The log from an entry on, for who has read what is before it.
    pub fn log_since(&self, entry: usize) -> Vec<LogEntry> {
        self.settle();
        self.state().desk.log.get(entry..).map(<[LogEntry]>::to_vec).unwrap_or_default()
    }

    /// How many writes will be carried out later than their callers think ([`crate::Fault::Late`]).
    pub fn late(&self) -> usize {
        self.settle();
        self.state().desk.late.len()
    }

    /// Does something with an order, given with what is kept beside it.
    fn on<T>(
        &self,
        order: impl Into<OrderKey>,
        work: impl FnOnce(&mut Account<'_>, Value) -> T,
    ) -> Result<T, UnknownRecord> {
        let key = order.into();
        self.with(|account| {
            let (id, named) = match key {
                OrderKey::Id(id) => (Some(id.to_string()), id.to_string()),
                OrderKey::Code(code) => (account.order_by_code(&code), code),
            };
            let order = id.and_then(|id| account.raw(Registry::Pedidos, &id));
            let order = order.ok_or(UnknownRecord { registry: Registry::Pedidos, id: named })?;
            Ok(work(account, order))
        })
    }
}
