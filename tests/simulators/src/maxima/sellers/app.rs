//! The app in the sellers' hands: what a test places, changes and reads.

use std::fmt;

use fastrand::Rng;
use serde_json::{Map, Value};

use super::newcomer::Newcomer;
use super::order::{Facts, Order, next_number};
use super::samples::{self, CustomerKind, OrderKind};
use super::seen::{CustomerSeen, OrderSeen};
use crate::dataset::text_of;
use crate::journal::Entry;
use crate::maxima::{MaximaSim, State};

/// The cloud's first order, that of `contracts/maxima.md` §7.1.
const FIRST_ORDER: u64 = 900_100_200;
/// The cloud's first new customer, that of `contracts/maxima.md` §8.
const FIRST_CUSTOMER: u64 = 88_771;
/// The seller and the user of the contract's example.
const EXAMPLE: (&str, u64) = ("4567890123", 3_021);

/// The app does not allow it: why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPossible(pub(in crate::maxima) String);

impl fmt::Display for NotPossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotPossible {}

/// The sellers and their app.
#[derive(Clone, Copy, Debug)]
pub struct Seller<'a>(pub(in crate::maxima) &'a MaximaSim);

impl Seller<'_> {
    /// Sends an order (a quotation when its `EhOrcamento` is true) and gives its `CodigoPedidoNuvem`. That, the
    /// seller's `NumPedido` and `CodigoUsuarioMaxima` are filled where they are absent; an identity that is in
    /// use gives way to the next one.
    pub fn place_order(&self, order: Value) -> u64 {
        self.0.change(|state, now| {
            let mut object = members(order);
            let given =
                number(&object, "CodigoPedidoNuvem").filter(|id| !state.sellers.orders.contains_key(id));
            let next = state.sellers.orders.keys().next_back().map_or(FIRST_ORDER, |last| last + 1);
            let id = given.unwrap_or(next);
            object.insert("CodigoPedidoNuvem".to_owned(), id.to_string().into());
            let seller = object.get("CodUsuario").map(text_of).unwrap_or_default();
            if given.is_none() || number(&object, "NumPedido").is_none() {
                let number = next_number(&state.sellers.orders, &seller);
                object.insert("NumPedido".to_owned(), number.to_string().into());
            }
            if number(&object, "CodigoUsuarioMaxima").is_none() {
                object.insert("CodigoUsuarioMaxima".to_owned(), user_of(&seller).to_string().into());
            }
            (orders(vec![Order::new(id, &Value::Object(object), now)]), id)
        })
    }

    /// Changes an order that no ERP has in its hands – refused (5), held back or not yet listed – and sends it
    /// again under its own identity and number.
    pub fn edit_and_resend(&self, id: u64, change: impl FnOnce(&mut Value)) -> Result<(), NotPossible> {
        self.edit(id, true, |order, object| {
            let held_back = object["PedidoBloqueadoEnvioErp"] == true;
            match order.status {
                2 if !held_back => Err("está com o ERP"),
                3 => Err("está com o ERP"),
                4 => Err("já foi importado"),
                7 => Err("foi cancelado"),
                _ => {
                    change(object);
                    Ok(1)
                }
            }
        })
    }

    /// Cancels an order that was not imported: one on its way is sent again as cancelled, one that was refused
    /// is over.
    pub fn cancel_order(&self, id: u64) -> Result<(), NotPossible> {
        self.edit(id, false, |order, object| {
            object["Cancelado"] = true.into();
            match order.status {
                4 => Err("já foi importado"),
                7 => Err("já foi cancelado"),
                5 => Ok(7),
                _ => Ok(1),
            }
        })
    }

    /// Puts an order in a status Máxima gives of its own accord: 0, 1, 6, 8, 9, 10, 11.
    pub fn set_status(&self, id: u64, status: u8) -> Result<(), NotPossible> {
        self.edit(id, false, |_, _| Ok(status))
    }

    /// Registers a customer and gives its `CodigoClienteNuvem`, which is filled where it is absent or in use.
    pub fn register_customer(&self, customer: Value) -> u64 {
        self.0.change(|state, now| {
            let mut object = members(customer);
            let held = &state.sellers.newcomers;
            let given = number(&object, "CodigoClienteNuvem").filter(|id| !held.contains_key(id));
            let next = held.keys().next_back().map_or(FIRST_CUSTOMER, |last| last + 1);
            let id = given.unwrap_or(next);
            object.insert("CodigoClienteNuvem".to_owned(), id.into());
            object.entry("TipoOperacao").or_insert_with(|| "I".into());
            object.insert("RetornoImportacao".to_owned(), 1.into());
            (customers(vec![Newcomer::new(id, &Value::Object(object), now)]), id)
        })
    }

    /// Changes a customer that was answered and sends it again: an alteration when the ERP has it.
    pub fn change_customer(&self, id: u64, change: impl FnOnce(&mut Value)) -> Result<(), NotPossible> {
        self.0.try_change(|state, now| {
            let held = state.sellers.newcomers.get(&id);
            let held = held.ok_or_else(|| NotPossible(format!("o cliente {id} não existe")))?;
            if matches!(held.status, 2 | 3) {
                return Err(NotPossible(format!("o cliente {id} está com o ERP")));
            }
            let mut object = held.object();
            change(&mut object);
            let known = !text_of(&object["Codigo"]).is_empty();
            object["TipoOperacao"] = if known { "A" } else { "I" }.into();
            object["RetornoImportacao"] = 1.into();
            let object = object.to_string();
            let changed = Newcomer { status: 1, object, changed: now, handed_over: false, ..held.clone() };
            Ok((customers(vec![changed]), ()))
        })
    }

    /// A valid order of that kind for a client, a seller, products and prices the cloud holds. One for a new
    /// customer is for the last registered one that the ERP does not have yet.
    pub fn sample_order(&self, kind: OrderKind, rng: &mut Rng) -> Result<Value, NotPossible> {
        let now = self.0.now();
        let state = self.0.state();
        samples::order(kind, &state.tables, &state.sellers, now, rng)
    }

    /// A customer to register; what its city, plan and seller are the cloud holds.
    pub fn sample_customer(&self, kind: CustomerKind, rng: &mut Rng) -> Result<Value, NotPossible> {
        samples::customer(kind, &self.0.state().tables, rng)
    }

    /// Places a sample order, and registers its customer before when the kind is that of a new one and there is
    /// none.
    pub fn place_sample(&self, kind: OrderKind, rng: &mut Rng) -> Result<u64, NotPossible> {
        if kind == OrderKind::NewCustomer && samples::waiting(&self.0.state().sellers).is_none() {
            self.register_customer(self.sample_customer(CustomerKind::Company, rng)?);
        }
        Ok(self.place_order(self.sample_order(kind, rng)?))
    }

    fn edit(
        self,
        id: u64,
        anew: bool,
        change: impl FnOnce(&Order, &mut Value) -> Result<u8, &'static str>,
    ) -> Result<(), NotPossible> {
        self.0.try_change(|state, now| {
            let held = state.sellers.orders.get(&id);
            let held = held.ok_or_else(|| NotPossible(format!("o pedido {id} não existe")))?;
            let mut object = held.object();
            let status =
                change(held, &mut object).map_err(|why| NotPossible(format!("o pedido {id} {why}")))?;
            let (sent_again, handed_over) = (held.sent_again || anew, held.handed_over && !anew);
            let (facts, object) = (Facts::of(&object), object.to_string());
            let edited =
                Order { status, object, facts, changed: now, handed_over, sent_again, ..held.clone() };
            Ok((orders(vec![edited]), ()))
        })
    }
}

impl MaximaSim {
    /// The sellers' side: what they send and how they change it.
    pub fn seller(&self) -> Seller<'_> {
        Seller(self)
    }

    /// An order as its seller sees it.
    pub fn order(&self, id: u64) -> Option<OrderSeen> {
        let state = self.state();
        state.sellers.orders.get(&id).map(|order| order.seen(&state.tables))
    }

    /// Every order, by identity.
    pub fn orders(&self) -> Vec<OrderSeen> {
        let state = self.state();
        state.sellers.orders.values().map(|order| order.seen(&state.tables)).collect()
    }

    /// A customer a seller registered, as the seller sees it.
    pub fn customer(&self, id: u64) -> Option<CustomerSeen> {
        self.state().sellers.newcomers.get(&id).map(Newcomer::seen)
    }

    /// Every customer the sellers registered, by identity.
    pub fn customers(&self) -> Vec<CustomerSeen> {
        self.state().sellers.newcomers.values().map(Newcomer::seen).collect()
    }

    /// What was done to orders and customers that the contract forbids and the cloud took all the same: a
    /// number used twice, a member lost, another order's data. Empty is right.
    pub fn violations(&self) -> Vec<String> {
        self.state().sellers.violations()
    }

    fn change<T>(&self, change: impl FnOnce(&State, jiff::Timestamp) -> (Entry, T)) -> T {
        let done: Result<T, std::convert::Infallible> = self.try_change(|state, now| Ok(change(state, now)));
        let Ok(done) = done;
        done
    }

    /// A change the seller makes; one that cannot be journalled would be a lie after the next start.
    fn try_change<T, E>(
        &self,
        change: impl FnOnce(&State, jiff::Timestamp) -> Result<(Entry, T), E>,
    ) -> Result<T, E> {
        let now = self.now();
        let mut state = self.state();
        let (entry, done) = change(&state, now)?;
        self.note(&entry).expect("the journal can be written");
        state.apply(entry);
        Ok(done)
    }
}

fn orders(orders: Vec<Order>) -> Entry {
    Entry::Sellers { orders, customers: Vec::new() }
}

fn customers(customers: Vec<Newcomer>) -> Entry {
    Entry::Sellers { orders: Vec::new(), customers }
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn number(object: &Map<String, Value>, name: &str) -> Option<u64> {
    text_of(object.get(name)?).parse().ok()
}

/// Máxima's own number of a seller's user.
fn user_of(seller: &str) -> u64 {
    match seller.parse::<u64>() {
        _ if seller == EXAMPLE.0 => EXAMPLE.1,
        Ok(code) => EXAMPLE.1 + 1 + code % 7_919,
        Err(_) => EXAMPLE.1 + 8_000,
    }
}
