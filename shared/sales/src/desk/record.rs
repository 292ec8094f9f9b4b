//! An order or a customer as the desk has it in hand.

use std::str::FromStr;

use engine::flow::FilingOf;
use engine::{Cases, StateError};
use jiff::Timestamp;
use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::words::{self, local};
use crate::customers::{self, Customer};
use crate::orders::{self, Order};

/// What kind of thing is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Orders of sellers.
    Pedidos,
    /// Customers that sellers register or change.
    Clientes,
}

impl Kind {
    /// The kind of its cases in the store.
    pub fn stored(self) -> &'static str {
        match self {
            Self::Pedidos => orders::KIND,
            Self::Clientes => customers::KIND,
        }
    }

    /// One of them, for a sentence: "pedido", "cadastro".
    pub fn noun(self) -> &'static str {
        match self {
            Self::Pedidos => "pedido",
            Self::Clientes => "cadastro",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pedidos => "pedidos",
            Self::Clientes => "clientes",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        [Self::Pedidos, Self::Clientes].into_iter().find(|kind| kind.name() == name).ok_or(())
    }
}

/// One order or customer.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// An order.
    Pedido(Box<Order>),
    /// A customer.
    Cliente(Box<Customer>),
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Which kind.
    pub kind: Kind,
    /// The cloud code: `id_pedido` or `id_cliente`.
    pub id: String,
    /// When it was seen in the cloud first, in the tenant's time.
    pub since: DateTime,
    /// Where it is: "retido", "no Omie".
    pub stage: String,
    /// Where an order stands in Omie: "Faturado".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posicao: Option<&'static str>,
    /// Why it waits, is held or was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Omie's number of an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numero: Option<i64>,
    /// Omie's id: of the order, or of the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<i64>,
    /// The app's number of an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numped: Option<String>,
    /// The customer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cliente: Option<String>,
    /// CNPJ or CPF as the seller wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documento: Option<String>,
    /// What an order comes to, in reais.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub total: Option<Decimal>,
}

#[expect(clippy::ref_option, reason = "serde asks with a reference")]
fn as_text<S: serde::Serializer>(total: &Option<Decimal>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&total.map(|total| format!("{total:.2}")).unwrap_or_default())
}

impl Record {
    /// The record with this cloud code.
    pub async fn load(state: &impl Cases, kind: Kind, id: &str) -> Result<Option<Self>, StateError> {
        let case = state.case(kind.stored(), id).await?;
        case.map(|case| Self::read(kind, id, case.filing.body)).transpose()
    }

    pub(super) fn read(kind: Kind, id: &str, body: Value) -> Result<Self, StateError> {
        let read = match kind {
            Kind::Pedidos => serde_json::from_value(body).map(|order| Self::Pedido(Box::new(order))),
            Kind::Clientes => serde_json::from_value(body).map(|case| Self::Cliente(Box::new(case))),
        };
        read.map_err(|source| StateError::Malformed {
            what: format!("{} {id}", kind.stored()),
            source: source.into(),
        })
    }

    /// Which kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Pedido(_) => Kind::Pedidos,
            Self::Cliente(_) => Kind::Clientes,
        }
    }

    /// The cloud code.
    pub fn id(&self) -> String {
        match self {
            Self::Pedido(order) => order.id.clone(),
            Self::Cliente(customer) => customer.key(),
        }
    }

    /// When it was seen in the cloud first.
    pub fn since(&self) -> Timestamp {
        match self {
            Self::Pedido(order) => order.since,
            Self::Cliente(customer) => customer.since,
        }
    }

    /// The name of its stage in the marks.
    pub(super) fn stage(&self) -> &'static str {
        match self {
            Self::Pedido(order) => order.stage.name(),
            Self::Cliente(customer) => customer.stage.name(),
        }
    }

    /// What it is found by.
    pub(super) fn filing(&self) -> FilingOf {
        match self {
            Self::Pedido(order) => order.filing(),
            Self::Cliente(customer) => customer.filing(),
        }
    }

    /// Its line in a list.
    pub fn summary(&self) -> Summary {
        let summary = Summary {
            kind: self.kind(),
            id: self.id(),
            since: local(self.since()),
            stage: words::stage(self.stage()).to_owned(),
            posicao: None,
            why: None,
            numero: None,
            codigo: None,
            numped: None,
            cliente: None,
            documento: None,
            total: None,
        };
        match self {
            Self::Pedido(order) => of_order(order, summary),
            Self::Cliente(customer) => of_customer(customer, summary),
        }
    }
}

fn of_order(order: &Order, summary: Summary) -> Summary {
    let pedido = order.pedido.as_ref();
    let numped = pedido.and_then(|pedido| pedido.num_pedido.clone());
    Summary {
        posicao: order.fate.as_ref().map(|fate| words::posicao(fate.posicao)),
        why: order.why.clone(),
        numero: order.erp.as_ref().map(|erp| erp.numero),
        codigo: order.erp.as_ref().map(|erp| erp.codigo_pedido),
        numped: numped.or_else(|| order.row.numped.clone()),
        cliente: pedido.and_then(|pedido| pedido.cliente.nome.clone()),
        documento: pedido.and_then(|pedido| pedido.cliente.cnpj.clone()),
        total: pedido.and_then(|pedido| pedido.valor_total),
        ..summary
    }
}

fn of_customer(customer: &Customer, summary: Summary) -> Summary {
    let cadastro = customer.shown.cadastro().ok();
    let (cliente, written) = cadastro.map(|cadastro| (cadastro.nome, cadastro.cnpj)).unwrap_or_default();
    Summary {
        why: customer.why.clone(),
        codigo: customer.codigo,
        cliente,
        documento: written.or_else(|| customer.shown.documento.clone()),
        ..summary
    }
}
