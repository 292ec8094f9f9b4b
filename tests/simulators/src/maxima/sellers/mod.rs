//! What the sellers send (`contracts/maxima.md` §7, §8): orders and new customers, waiting for an ERP.

mod app;
mod critique;
mod newcomer;
mod order;
mod result;
mod samples;
mod seen;

use std::collections::BTreeMap;

use http::Method as Verb;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use app::{NotPossible, Seller};
pub(crate) use newcomer::Newcomer;
pub(crate) use order::Order;
pub use samples::{CustomerKind, OrderKind, UnknownKind, worked_example};
pub use seen::{Critique, CustomerAnswer, CustomerSeen, OrderSeen};

use super::Refusal;
use super::options::MaximaOptions;
use super::writes::array;
use crate::journal::Entry;

/// The orders and the new customers of the cloud, by identity.
#[derive(Debug, Default)]
pub(super) struct Sellers {
    pub(super) orders: BTreeMap<u64, Order>,
    pub(super) newcomers: BTreeMap<u64, Newcomer>,
}

/// A call about what the sellers sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Call {
    Orders {
        statuses: Vec<u8>,
        kinds: Vec<u8>,
    },
    OrderResults,
    /// A result by the method for later changes (§7.6).
    Critiques,
    Customers {
        statuses: Vec<u8>,
    },
    CustomerResults,
}

impl Call {
    /// Reads verb and path; nothing when the endpoint is another kind's.
    pub(super) fn read(
        verb: &Verb,
        version: &str,
        endpoint: &str,
        rest: &str,
    ) -> Option<Result<Self, Refusal>> {
        let versions: &[&str] = match endpoint {
            "StatusPedidos" | "StatusCriticas" => &["v1"],
            "StatusClientes" => &["v1", "v3"],
            _ => return None,
        };
        let call = match (verb, endpoint) {
            _ if !versions.contains(&version) => None,
            (&Verb::GET, "StatusPedidos") => rest
                .split_once('/')
                .and_then(|(statuses, kinds)| Some((numbers(statuses)?, numbers(kinds)?)))
                .map(|(statuses, kinds)| Self::Orders { statuses, kinds }),
            (&Verb::GET, "StatusClientes") => numbers(rest).map(|statuses| Self::Customers { statuses }),
            (&Verb::PUT, "StatusPedidos") if rest.is_empty() => Some(Self::OrderResults),
            (&Verb::PUT, "StatusCriticas") if rest.is_empty() => Some(Self::Critiques),
            (&Verb::PUT, "StatusClientes") if rest.is_empty() => Some(Self::CustomerResults),
            _ => None,
        };
        let unknown = || {
            let path = format!("{verb} /api/{version}/{endpoint}/{rest}");
            Refusal("unknown_endpoint", 404, format!("{path} não existe"))
        };
        Some(call.ok_or_else(unknown))
    }

    /// The endpoint, as faults and verdict call it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Orders { .. } | Self::OrderResults => "StatusPedidos",
            Self::Critiques => "StatusCriticas",
            Self::Customers { .. } | Self::CustomerResults => "StatusClientes",
        }
    }

    pub(super) fn verb(&self) -> &'static str {
        match self {
            Self::Orders { .. } | Self::Customers { .. } => "GET",
            Self::OrderResults | Self::Critiques | Self::CustomerResults => "PUT",
        }
    }

    /// Carries it out: what changes, what `success` holds, and how many rows it is about.
    pub(super) fn answer(
        &self,
        body: &[u8],
        sellers: &Sellers,
        options: &MaximaOptions,
        now: Timestamp,
    ) -> Result<(Entry, Value, usize), String> {
        let (changed, rows) = match self {
            Self::Orders { statuses, kinds } => sellers.orders_in(statuses, kinds, options),
            Self::Customers { statuses } => sellers.newcomers_in(statuses, options),
            Self::OrderResults | Self::Critiques => {
                let (changed, count) = sellers.told(body, self == &Self::Critiques, options, now)?;
                return Ok((changed, json!({ "registros": count }), count));
            }
            Self::CustomerResults => {
                let (changed, count) = sellers.answered(body, now)?;
                return Ok((changed, json!({ "registros": count }), count));
            }
        };
        let count = rows.len();
        Ok((changed, Value::Array(rows), count))
    }
}

impl Sellers {
    /// Does what a journalled change did.
    pub(super) fn apply(&mut self, orders: Vec<Order>, newcomers: Vec<Newcomer>) {
        self.orders.extend(orders.into_iter().map(|order| (order.id, order)));
        self.newcomers.extend(newcomers.into_iter().map(|newcomer| (newcomer.id, newcomer)));
    }

    /// The orders in these statuses, which the listing itself hands to the ERP (§7.1). Each is shown in the
    /// status it had.
    fn orders_in(&self, statuses: &[u8], kinds: &[u8], options: &MaximaOptions) -> (Entry, Vec<Value>) {
        let asked = |order: &&Order| statuses.contains(&order.status) && kinds.contains(&order.facts.kind);
        let listed: Vec<&Order> = self.orders.values().filter(asked).collect();
        let rows = listed.iter().map(|order| order.row(options)).collect();
        let moved = listed.into_iter().filter_map(Order::handed_over).collect();
        (Entry::Sellers { orders: moved, customers: Vec::new() }, rows)
    }

    fn newcomers_in(&self, statuses: &[u8], options: &MaximaOptions) -> (Entry, Vec<Value>) {
        let asked = |newcomer: &&Newcomer| statuses.contains(&newcomer.status);
        let listed: Vec<&Newcomer> = self.newcomers.values().filter(asked).collect();
        let rows = listed.iter().map(|newcomer| newcomer.row(options)).collect();
        let moved = listed.into_iter().filter_map(Newcomer::handed_over).collect();
        (Entry::Sellers { orders: Vec::new(), customers: moved }, rows)
    }

    /// What the ERP says of orders; one that cannot be taken refuses the whole batch.
    fn told(
        &self,
        body: &[u8],
        critiques: bool,
        options: &MaximaOptions,
        now: Timestamp,
    ) -> Result<(Entry, usize), String> {
        let mut changed: BTreeMap<u64, Order> = BTreeMap::new();
        let results = array(body)?;
        let count = results.len();
        for record in results {
            let result = result::Told::read(record, critiques)?;
            let known = changed.get(&result.id).or_else(|| self.orders.get(&result.id));
            let mut order = known.cloned().ok_or_else(|| format!("o pedido {} não existe", result.id))?;
            order.take(result, critiques, options, now)?;
            changed.insert(order.id, order);
        }
        Ok((Entry::Sellers { orders: changed.into_values().collect(), customers: Vec::new() }, count))
    }

    fn answered(&self, body: &[u8], now: Timestamp) -> Result<(Entry, usize), String> {
        let mut changed: BTreeMap<u64, Newcomer> = BTreeMap::new();
        let results = array(body)?;
        let count = results.len();
        for record in results {
            let result = newcomer::Told::read(record)?;
            let known = changed.get(&result.id).or_else(|| self.newcomers.get(&result.id));
            let mut newcomer = known.cloned().ok_or_else(|| format!("o cliente {} não existe", result.id))?;
            newcomer.take(result, now)?;
            changed.insert(newcomer.id, newcomer);
        }
        Ok((Entry::Sellers { orders: Vec::new(), customers: changed.into_values().collect() }, count))
    }

    /// What no integration may do, in the order of the identities.
    pub(super) fn violations(&self) -> Vec<String> {
        let of_orders = self
            .orders
            .values()
            .flat_map(|order| order.violations.iter().map(|text| format!("pedido {}: {text}", order.id)));
        let of_customers = self.newcomers.values().flat_map(|newcomer| {
            newcomer.violations.iter().map(|text| format!("cliente {}: {text}", newcomer.id))
        });
        of_orders.chain(of_customers).collect()
    }
}

/// `0,1,2,9`.
fn numbers(list: &str) -> Option<Vec<u8>> {
    list.split(',').map(|number| number.parse().ok()).collect()
}

/// A member in any case.
fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let exact = members.get(name);
    exact.or_else(|| {
        let mut others = members.iter();
        others.find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

/// A row as the server writes it: members in lower camel case and numbers, or in capitals and numbers as text.
fn shown(row: Value, options: &MaximaOptions) -> Value {
    let Value::Object(members) = row else { return row };
    if !options.odd_rows {
        return Value::Object(members);
    }
    let odd = |(name, value): (String, Value)| {
        let value = if value.is_number() { value.to_string().into() } else { value };
        (name.to_uppercase(), value)
    };
    Value::Object(members.into_iter().map(odd).collect())
}
