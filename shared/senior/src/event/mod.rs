//! What the ERP pushes when a service order is closed: `externalServiceOrderFinished`
//! (`contracts/senior-x.md` §7.3, §11). Neither its envelope nor its body is documented, so both are data: the knobs
//! `envelope_candidates` and `senior_event_map` say where things may stand.

mod envelope;
mod equipment;
mod fields;
mod key;
mod metadata;

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{json, masking, options::SeniorOptions};

/// The order of one delivery, as far as we must understand it; everything else is relayed unread.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceOrderEvent {
    /// The ERP's id of the order; always [valid](crate::valid_order_id).
    pub order_id: String,
    /// The number that people see.
    pub order_number: Option<String>,
    /// The tenant as the body names it, if it does.
    pub tenant: Option<String>,
    /// The event as the envelope names it, if it does.
    pub event_name: Option<String>,
    /// The delivery's own id, if it has one.
    pub event_id: Option<String>,
    /// When it happened, as the envelope writes it.
    pub occurred_at: Option<String>,
    /// Code of the company.
    pub company_code: Option<i64>,
    /// Code of the branch.
    pub branch_code: Option<i64>,
    /// For whom.
    pub customer: Cliente,
    /// On what.
    pub equipment: Equipamento,
    /// What is to be done; all of it on the one equipment.
    pub services: Vec<Servico>,
    /// The order's own text.
    pub observation: Option<String>,
    /// What passthrough sends: the whole masked body when this is its only order, else the order's own element.
    pub relay: String,
    /// The object in which the order was found, masked, as it was written.
    pub unwrapped: String,
}

/// Who ordered the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cliente {
    /// Code in the ERP.
    pub code: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// CNPJ or CPF as written.
    pub document: Option<String>,
    /// Phone as written.
    pub phone: Option<String>,
    /// E-mail as written.
    pub email: Option<String>,
}

/// One service of the order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Servico {
    /// Its place.
    pub sequence: Option<i64>,
    /// Code of the service.
    pub code: Option<String>,
    /// What is done.
    pub description: Option<String>,
    /// How many sale units.
    #[serde(with = "fields::digits")]
    pub quantity: Option<Decimal>,
    /// Price of one.
    #[serde(with = "fields::digits")]
    pub price: Option<Decimal>,
    /// The service's own text.
    pub note: Option<String>,
}

/// What the service is done on (`contracts/senior-x.md` §11.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Equipamento {
    /// Picked from the list known to Sismetro.
    Existing {
        /// Its id at Sismetro.
        id: String,
        /// Its description.
        text: Option<String>,
    },
    /// Free text, unknown to Sismetro; also a description that came without an id.
    New {
        /// The text.
        text: String,
    },
    /// An id and the text of a new one: the id wins, and somebody should know.
    Both {
        /// The id at Sismetro.
        id: String,
        /// The text of the new one.
        text: String,
    },
    /// The event has places for equipment and all are empty: no SS is wanted.
    Absent,
    /// The event has no place for equipment that we know: it is relayed.
    #[default]
    Unknown,
}

/// Why a delivery is quarantined. None of its content is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// More than 32 levels.
    #[error("o corpo do evento tem mais de 32 níveis: guarde-o e confira com a Senior o formato")]
    TooDeep,
    /// Not JSON, or cut short.
    #[error("o corpo do evento não é JSON válido: guarde-o e confira com a Senior o formato")]
    NotJson,
    /// No pointer leads to an id.
    #[error(
        "nenhum número de pedido foi encontrado no evento: envie-o ao suporte, que ajusta senior_event_map.order_id ou \
         envelope_candidates; depois reprocesse"
    )]
    NoOrder,
    /// An id that no order can have.
    #[error("o número do pedido no evento não é válido (UUID ou até 64 letras, dígitos, `_` e `-`)")]
    BadOrderId,
}

impl Unreadable {
    /// The stable name for records and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooDeep => "too_deep",
            Self::NotJson => "not_json",
            Self::NoOrder => "no_order",
            Self::BadOrderId => "bad_order_id",
        }
    }
}

/// Reads a delivery: at least one order, several when an array carries several. A delivery of which one order cannot
/// be read is unreadable as a whole, so that none is lost when it is replayed after a correction. Secrets are masked
/// in everything that comes out; reading a masked body gives the same.
pub fn read(body: &[u8], options: &SeniorOptions) -> Result<Vec<ServiceOrderEvent>, Unreadable> {
    let body = masking::masked(body).body;
    let document = json::parse(&body)?;
    let found = envelope::unwrap(&document, options)?;
    let alone = found.len() == 1;
    let event = |found: envelope::Found| {
        let relay = if alone { body.clone() } else { found.element.clone() };
        fields::event(found, relay, options)
    };
    found.into_iter().map(event).collect()
}

impl ServiceOrderEvent {
    /// Whether the envelope names another event than ours.
    pub fn is_other_event(&self) -> bool {
        self.event_name.as_deref().is_some_and(|name| !name.trim().ends_with("externalServiceOrderFinished"))
    }

    /// When it happened, where that can be compared with other events: a time without a zone is taken as UTC, because the
    /// ERP writes all of them alike.
    pub fn occurred(&self) -> Option<Timestamp> {
        let text = self.occurred_at.as_deref()?.trim();
        let with_zone = text.parse().ok();
        with_zone
            .or_else(|| text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp()))
    }

    /// What makes two deliveries the same: the event's own id, or else the SHA-256 of the order's object in canonical
    /// form, as 64 hex digits (§7.3). At most 64 letters, digits, `_` and `-`: an id of another form is digested too.
    pub fn delivery_key(&self) -> String {
        match &self.event_id {
            Some(id) if crate::valid_order_id(id) => id.clone(),
            Some(id) => key::digest(id),
            None => key::digest(&self.unwrapped),
        }
    }
}

impl From<json::Broken> for Unreadable {
    fn from(broken: json::Broken) -> Self {
        match broken {
            json::Broken::TooDeep => Self::TooDeep,
            json::Broken::NotJson => Self::NotJson,
        }
    }
}

/// Our field → where it may stand.
pub(crate) fn built_in_map() -> &'static BTreeMap<String, Vec<String>> {
    static MAP: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("senior_event_map.json"))
            .expect("the crate's own file is read by its tests")
    });
    &MAP
}
