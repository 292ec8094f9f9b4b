//! Sales orders: what the write methods do with them and what the reads say (`contracts/omie.md` §8.23–8.29).

mod amounts;
mod change;
mod include;
mod read;
mod shape;
mod stages;

use serde_json::{Map, Value};

pub(super) use change::{cancel, delete, move_to};
pub(super) use include::include;
pub(super) use read::{consult, status};
pub(super) use stages::stages;

use super::account::Account;
use super::refusal::Refusal;
use crate::Registry;
use crate::dataset::{UnknownRecord, at, parsed, stamp, text_of};

/// Where an order states its stage.
pub(super) const STAGE: &str = "cabecalho.etapa";
/// Where the stages an order has gone through are kept, never listed with the order.
const STAGES_KEPT: &str = "_info.etapas";
/// Who changes what comes through the API.
pub(super) const API_USER: &str = "WEBSERVICE";
/// Who changes what a person changes.
pub(super) const PERSON: &str = "P000111";

/// The number of an order as reads give it: without the zeros before it (`contracts/omie.md` §6).
pub(super) fn number_of(order: &Value) -> String {
    let number = text_of(at(order, "cabecalho.numero_pedido"));
    let short = number.trim_start_matches('0');
    short.to_owned()
}

impl Account<'_> {
    /// The identity of the order with an integration code.
    pub(super) fn order_by_code(&mut self, code: &str) -> Option<String> {
        if self.desk.orders.is_none() {
            let held = self.shelf(Registry::Pedidos);
            let codes = held.live().filter_map(|(index, _)| {
                let order = parsed(&held.text(index));
                let code = text_of(at(&order, "cabecalho.codigo_pedido_integracao"));
                (!code.is_empty()).then(|| (code, held.id_at(index)))
            });
            self.desk.orders = Some(codes.collect());
        }
        self.desk.orders.as_ref().and_then(|codes| codes.get(code)).cloned()
    }

    fn order_by_number(&self, number: &str) -> Option<String> {
        let wanted = number.trim_start_matches('0');
        let held = self.shelf(Registry::Pedidos);
        let mut live = held.live();
        let found = live.find(|(index, _)| number_of(&parsed(&held.text(*index))) == wanted);
        found.map(|(index, _)| held.id_at(index))
    }

    /// The order a request names by identity, by integration code or, where it may, by number: the names of
    /// the three members.
    fn named_order(&mut self, param: &Map<String, Value>, names: [&str; 3]) -> Result<Value, Refusal> {
        let text = |name: &str| param.get(name).map(text_of).filter(|text| !text.is_empty() && text != "0");
        let (id, unknown) = if let Some(id) = text(names[0]) {
            (Some(id.clone()), Refusal::not_found("Pedido", &id))
        } else if let Some(code) = text(names[1]) {
            (self.order_by_code(&code), Refusal::no_integration_code("Pedido", &code))
        } else if let Some(number) = text(names[2]) {
            (self.order_by_number(&number), Refusal::not_found("Pedido", &number))
        } else {
            return Err(Refusal::missing_member(names[0]));
        };
        id.and_then(|id| self.raw(Registry::Pedidos, &id)).ok_or(unknown)
    }

    /// Changes an order at once: its change is stamped, a new stage gets its row, the webhook is told.
    pub(super) fn change_order(
        &mut self,
        mut order: Value,
        user: &str,
        topics: &[&str],
        change: impl FnOnce(&mut Value, &str, &str),
    ) -> Value {
        let mut rows = stages::rows_of(&order);
        let before = at(&order, STAGE).clone();
        let (day, hour) = stamp(self.now);
        change(&mut order, &day, &hour);
        if *at(&order, STAGE) != before {
            rows.push(stages::row(at(&order, STAGE), &day, &hour, user));
        }
        order["_info"]["etapas"] = Value::Array(rows);
        let stamps = &mut order["infoCadastro"];
        (stamps["dAlt"], stamps["hAlt"], stamps["uAlt"]) = (day.into(), hour.into(), user.into());
        self.keep(Registry::Pedidos, &order);
        self.tell_of_order(topics, &order);
        order
    }

    /// Keeps the stages of an order from being read off stamps that are about to change.
    pub(super) fn freeze_stages(&mut self, id: &str) -> Result<(), UnknownRecord> {
        let Some(order) = self.raw(Registry::Pedidos, id) else {
            return Err(UnknownRecord { registry: Registry::Pedidos, id: id.to_owned() });
        };
        if at(&order, STAGES_KEPT).is_array() {
            return Ok(());
        }
        self.write(Registry::Pedidos, id, STAGES_KEPT, Value::Array(stages::rows_of(&order)))
    }

    /// Appends a stage a person has put an order in.
    pub(super) fn add_stage(&mut self, id: &str, stage: &Value) -> Result<(), UnknownRecord> {
        let order = self.raw(Registry::Pedidos, id).unwrap_or_default();
        let mut rows = stages::rows_of(&order);
        let (day, hour) = stamp(self.now);
        rows.push(stages::row(stage, &day, &hour, PERSON));
        self.write(Registry::Pedidos, id, STAGES_KEPT, Value::Array(rows))
    }
}
