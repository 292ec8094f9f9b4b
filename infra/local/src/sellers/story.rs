//! What sellers order, and what becomes of it in the ERP.

use std::collections::{HashSet, VecDeque};

use fastrand::Rng;
use jiff::Timestamp;
use serde_json::Value;
use simulators::{CustomerKind, OmieSim, OrderKind, Registry, Simulators};

use super::{ShowError, Sold};

/// How often an order is drawn until its customer is nobody else's.
const DRAWS: usize = 60;

/// What a person does to an order in Omie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// The stock is set apart: stage 20.
    Release,
    /// It is ready to be invoiced: stage 50.
    Assemble,
    /// It is invoiced.
    Invoice,
    /// It is cancelled.
    Cancel,
}

impl Act {
    /// Where the order stands then for the seller (mapping §7.1, the usual stages).
    pub(super) fn letter(self) -> &'static str {
        match self {
            Self::Release => "L",
            Self::Assemble => "M",
            Self::Invoice => "F",
            Self::Cancel => "C",
        }
    }

    /// What the seller reads of it at last, among more: the position may be there before (mapping §7.1).
    pub(super) fn reads(self) -> &'static str {
        match self {
            Self::Release => "Separar Estoque",
            Self::Assemble => "Faturar",
            Self::Invoice => "NF ",
            Self::Cancel => "cancelado",
        }
    }

    /// Does it; what there is to say of it.
    pub(super) fn done(self, omie: &OmieSim, id: &str) -> String {
        let done = match self {
            Self::Release => omie.set_stage(id, "20").map(|()| "separar estoque".to_owned()),
            Self::Assemble => omie.set_stage(id, "50").map(|()| "faturar".to_owned()),
            Self::Invoice => omie.invoice(id).map(|number| format!("faturado, nota {number}")),
            Self::Cancel => omie.cancel(id).map(|()| "cancelado".to_owned()),
        };
        done.unwrap_or_else(|unknown| unknown.to_string())
    }
}

/// How an order ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Where the last act leaves it.
    AsActed,
    /// Refused, with these words among those that the seller reads.
    Refused(&'static str),
    /// Held for the operator: our record says why.
    Held,
    /// Any of these: what the partners say is not foreseen.
    Any,
}

struct Story {
    what: &'static str,
    kind: OrderKind,
    acts: &'static [Act],
    end: End,
}

const STORIES: [Story; 9] = [
    Story { what: "à vista", kind: OrderKind::Cash, acts: TO_THE_END, end: End::AsActed },
    Story { what: "boleto", kind: OrderKind::Boleto, acts: TO_THE_END, end: End::AsActed },
    Story { what: "PIX", kind: OrderKind::Pix, acts: &[Act::Release], end: End::AsActed },
    Story {
        what: "com desconto",
        kind: OrderKind::Discount,
        acts: &[Act::Release, Act::Assemble],
        end: End::AsActed,
    },
    Story {
        what: "cancelado no ERP",
        kind: OrderKind::Variable,
        acts: &[Act::Release, Act::Cancel],
        end: End::AsActed,
    },
    Story { what: "cliente novo", kind: OrderKind::NewCustomer, acts: &[Act::Release], end: End::AsActed },
    Story { what: INACTIVE, kind: OrderKind::Cash, acts: &[], end: End::Refused("está inativo") },
    Story {
        what: "meio sem conta",
        kind: OrderKind::UnmappedMeans,
        acts: &[],
        end: End::Refused("sem conta corrente"),
    },
    Story { what: KNOWN_CODE, kind: OrderKind::Cash, acts: &[], end: End::Held },
];

const TO_THE_END: &[Act] = &[Act::Release, Act::Assemble, Act::Invoice];
/// Omie holds another order under its code: one that somebody has typed in, in every simulated account.
const KNOWN_CODE: &str = "código já usado no Omie";
const CODE_IN_USE: u64 = 900_100_200;
/// The codes of the orders that are placed here begin above that.
const FIRST_CODE: u64 = 900_100_300;
/// Its customer has just become inactive in Omie, which nobody knows yet.
const INACTIVE: &str = "cliente inativo";

/// Places one order of each story, each with a customer of its own.
pub(super) fn place_all(
    simulators: &Simulators,
    rng: &mut Rng,
    now: Timestamp,
) -> Result<Vec<Sold>, ShowError> {
    let mut taken = HashSet::new();
    let mut placed = Vec::new();
    let is_used = simulators.omie.order(&CODE_IN_USE.to_string()).is_some();
    let is_free = simulators.maxima.order(CODE_IN_USE).is_none();
    for story in STORIES.into_iter().filter(|story| story.what != KNOWN_CODE || (is_used && is_free)) {
        let object = drawn(simulators, story.kind, rng, &mut taken)?;
        if story.what == INACTIVE {
            let customer = customer_of(&object);
            simulators.omie.set(Registry::Clientes, &customer, "inativo", "S".into())?;
        }
        let id = sent(simulators, object, (story.what == KNOWN_CODE).then_some(CODE_IN_USE));
        placed.push(Sold::new(id, story.what, story.acts.iter().copied().collect(), story.end, now));
    }
    Ok(placed)
}

/// What is drawn while things break, and what it is called. Which of it Omie takes is Omie's to say.
const ANY: [(OrderKind, &str); 10] = [
    (OrderKind::Boleto, "boleto"),
    (OrderKind::Cash, "à vista"),
    (OrderKind::Pix, "PIX"),
    (OrderKind::Variable, "parcelas variáveis"),
    (OrderKind::Discount, "com desconto"),
    (OrderKind::Freight, "com frete"),
    (OrderKind::Bonus, "bonificação"),
    (OrderKind::BonusItem, "item bonificado"),
    (OrderKind::NewCustomer, "cliente novo"),
    (OrderKind::UnmappedMeans, "meio sem conta"),
];

const ENDINGS: [&[Act]; 5] =
    [&[], &[Act::Release], &[Act::Release, Act::Assemble], TO_THE_END, &[Act::Release, Act::Cancel]];

/// Places some order.
pub(super) fn place_any(simulators: &Simulators, rng: &mut Rng, now: Timestamp) -> Result<Sold, ShowError> {
    let (kind, what) = ANY[rng.usize(..ANY.len())];
    let object = drawn(simulators, kind, rng, &mut HashSet::new())?;
    let acts: VecDeque<Act> = ENDINGS[rng.usize(..ENDINGS.len())].iter().copied().collect();
    let id = sent(simulators, object, None);
    Ok(Sold::new(id, what, acts, End::Any, now))
}

/// Places an order that is paid in cash; its code.
pub(super) fn place_one(simulators: &Simulators, rng: &mut Rng) -> Result<u64, ShowError> {
    let order = simulators.maxima.seller().sample_order(OrderKind::Cash, rng)?;
    Ok(sent(simulators, order, None))
}

/// Sends an order under this code, or a new one.
fn sent(simulators: &Simulators, mut order: Value, code: Option<u64>) -> u64 {
    let new = || FIRST_CODE + simulators.maxima.orders().len() as u64;
    order["CodigoPedidoNuvem"] = code.unwrap_or_else(new).to_string().into();
    simulators.maxima.seller().place_order(order)
}

/// An order of this kind whose customer is not `taken` yet.
fn drawn(
    simulators: &Simulators,
    kind: OrderKind,
    rng: &mut Rng,
    taken: &mut HashSet<String>,
) -> Result<Value, ShowError> {
    let seller = simulators.maxima.seller();
    if kind == OrderKind::NewCustomer {
        // Of a region that has prices: one of somebody who buys.
        let buyer = seller.sample_order(OrderKind::Cash, rng)?;
        let mut customer = seller.sample_customer(CustomerKind::Company, rng)?;
        customer["Praca"]["Codigo"] = buyer["Cliente"]["Praca"]["Codigo"].clone();
        seller.register_customer(customer);
        return Ok(seller.sample_order(kind, rng)?);
    }
    for _ in 0..DRAWS {
        let object = seller.sample_order(kind, rng)?;
        if taken.insert(customer_of(&object)) {
            return Ok(object);
        }
    }
    Err(ShowError::FewCustomers)
}

fn customer_of(order: &Value) -> String {
    order["Cliente"]["Codigo"].as_str().unwrap_or_default().to_owned()
}
