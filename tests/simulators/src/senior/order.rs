//! An order in the ERP, and how each way of reading it writes it (`contracts/senior-x.md` §9.2, §9.3, §10.2).

use std::fmt;

use jiff::Timestamp;
use jiff::tz::Offset;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use super::asked::Operation;
use super::options::SituationWords;
use crate::services::wire::{digits, uuid};
use crate::services::{OrderEquipment, ServiceOrder};

/// The situation of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderSituation {
    /// Open, nothing billed.
    OpenTotal,
    /// Open, billed in part.
    OpenPartial,
    /// Suspended.
    Suspended,
    /// Billed.
    Settled,
    /// Cancelled.
    Cancelled,
    /// "Aguardando integração": billing is blocked.
    AwaitingIntegration,
    /// On its way.
    Transmitting,
    /// Being prepared.
    InPreparation,
    /// Not closed yet.
    NotClosed,
}

impl OrderSituation {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 9] = [
        Self::OpenTotal,
        Self::OpenPartial,
        Self::Suspended,
        Self::Settled,
        Self::Cancelled,
        Self::AwaitingIntegration,
        Self::Transmitting,
        Self::InPreparation,
        Self::NotClosed,
    ];

    /// The previous generation's code.
    pub fn code(self) -> i64 {
        // In the order of their codes, from 1.
        self as i64 + 1
    }

    /// What the screen shows.
    pub fn label(self) -> &'static str {
        match self {
            Self::OpenTotal => "Aberto Total",
            Self::OpenPartial => "Aberto Parcial",
            Self::Suspended => "Suspenso",
            Self::Settled => "Liquidado",
            Self::Cancelled => "Cancelado",
            Self::AwaitingIntegration => "Aguardando integração",
            Self::Transmitting => "Em Transmissão",
            Self::InPreparation => "Preparação Análise ou NF",
            Self::NotClosed => "Não Fechado",
        }
    }

    fn written(self, words: SituationWords) -> Value {
        match words {
            SituationWords::Capitals => {
                json!(crate::dataset::plain(self.label()).to_uppercase().replace(' ', "_"))
            }
            SituationWords::Label => json!(self.label()),
            SituationWords::Code => json!(self.code()),
            SituationWords::CodeAsText => json!(self.code().to_string()),
            SituationWords::English => json!(format!("{self:?}")),
        }
    }
}

impl fmt::Display for OrderSituation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// An observation of the order's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Observation {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) at: Timestamp,
}

/// An order as the ERP keeps it.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) number: i64,
    pub(super) said: ServiceOrder,
    pub(super) situation: OrderSituation,
    pub(super) issued: Timestamp,
    pub(super) observations: Vec<Observation>,
    pub(super) events: u64,
}

impl Order {
    /// Whether billing waits for Sismetro: equipment was given.
    pub(super) fn has_equipment(&self) -> bool {
        self.said.equipment != OrderEquipment::Absent
    }

    /// The order as `operation` shows it.
    pub(super) fn shown(&self, operation: Operation, words: SituationWords) -> Value {
        match operation {
            Operation::OrderOfEntity | Operation::ListOrders => self.as_entity(words),
            Operation::OrderOfShop => self.as_shop(words),
            _ => self.as_api(words),
        }
    }

    fn as_api(&self, words: SituationWords) -> Value {
        let situation = self.situation.written(words);
        let items = self.lines(|line| {
            json!({ "sequence": line.sequence, "service": { "code": line.code }, "description": line.description,
                "quantity": digits(line.quantity), "price": digits(line.price), "situation": situation,
                "observation": line.note })
        });
        json!({ "id": self.id, "number": self.number,
            "company": { "id": uuid(1), "code": self.said.company },
            "branch": { "id": branch_id(self.said.branch), "code": self.said.branch },
            "customer": { "id": customer_id(self.said.customer.code), "code": self.said.customer.code,
                "name": self.said.customer.name },
            "situation": situation, "issueDate": self.day(), "items": items, "observation": self.said.observation })
    }

    fn as_entity(&self, words: SituationWords) -> Value {
        let situation = self.situation.written(words);
        let items = self.lines(|line| {
            json!({ "seqIsp": line.sequence, "codSer": line.code, "cplIsp": line.description,
                "qtdPed": digits(line.quantity), "preUni": digits(line.price), "sitIsp": situation, "obsIsp": line.note })
        });
        json!({ "id": self.id, "numPed": self.number, "e070emp": { "codEmp": self.said.company },
            "e070fil": { "codFil": self.said.branch },
            "e001pes": { "codPes": self.said.customer.code, "nomPes": self.said.customer.name },
            "sitPed": situation, "datEmi": self.day(), "items": items, "observation": self.said.observation })
    }

    fn as_shop(&self, words: SituationWords) -> Value {
        json!({ "id": self.id, "orderNumber": self.number.to_string(), "company": { "code": self.said.company.to_string() },
            "branch": { "code": self.said.branch.to_string() }, "orderStatus": self.situation.written(words),
            "customer": { "code": self.said.customer.code, "name": self.said.customer.name }, "items": [] })
    }

    fn lines(&self, line: impl Fn(&crate::services::ServiceLine) -> Value) -> Vec<Value> {
        self.said.services.iter().map(line).collect()
    }

    pub(super) fn day(&self) -> String {
        Offset::constant(-3).to_datetime(self.issued).date().to_string()
    }

    /// An observation as the entity shows it, of the sequence it has in the list.
    pub(super) fn observation(&self, position: usize) -> Value {
        let observation = &self.observations[position];
        let at = Offset::constant(-3).to_datetime(observation.at);
        json!({ "id": observation.id, "e120ped": { "id": self.id }, "seqObs": position + 1, "tipObs": "U",
            "obsPed": observation.text, "obsUsu": "integracao-os", "obsDat": at.date().to_string(),
            "obsHor": at.strftime("%H:%M").to_string(), "sitObs": "A" })
    }

    pub(super) fn total(&self) -> Decimal {
        self.said.services.iter().map(|line| line.quantity * line.price).sum()
    }
}

pub(super) fn branch_id(code: i64) -> String {
    format!("b7d2{code:04}-0000-4000-8000-{code:012}")
}

pub(super) fn customer_id(code: i64) -> String {
    format!("9e110007-0000-4000-8000-{code:012}")
}
