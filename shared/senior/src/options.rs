//! Everything about Senior X that only the partner can confirm, as configuration (`contracts/senior-x.md` §12).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{event, json::Tree, scalar, situation::Situacao};

/// The knobs of this adapter. A document of the tenant's settings: what it does not name has its default, a name it
/// should not have is refused. [`read`](Self::read) and [`check`](Self::check) say in Portuguese which knob is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SeniorOptions {
    /// The tenant to log into, `tenantName` of the login. The only knob without a default that works.
    pub tenant_name: String,
    /// Where the API is, without the service: <https://api.senior.com.br>, or a `…/bridge/1.0` (§1).
    pub base_url: String,
    /// How paths are composed below `base_url` (§1).
    pub url_style: UrlStyle,
    /// How one order is read (§10.2).
    pub order_read: OrderRead,
    /// How an observation is written (§10.4).
    pub note_writer: NoteWriter,
    /// The verb of `note_writer = order_field`.
    pub order_field_verb: OrderFieldVerb,
    /// The body that writes an observation, where the ERP wants other members than ours: any JSON, in whose texts
    /// `{id}` and `{text}` are filled in. Not used with `order_field`.
    pub note_body: Option<Value>,
    /// Paths that differ from those of the contract.
    pub paths: Paths,
    /// Raw situation → name of ours ([`Situacao::named`]); asked before the built-in words (§9.3).
    pub situation_map: BTreeMap<String, String>,
    /// Field of the event → JSON pointers, first hit wins; each field named here replaces the built-in list (§11.1).
    pub senior_event_map: BTreeMap<String, Vec<String>>,
    /// Where the payload of a delivery may stand, in this order: member names parted by dots, `.` for the whole
    /// document (§7.3).
    pub envelope_candidates: Vec<String>,
    /// What an event without any recognisable equipment is (§11.1).
    pub require_equipment: RequireEquipment,
    /// Other spellings of the tenant in deliveries; its name is always one (§7.3).
    pub tenant_aliases: Vec<String>,
    /// Requests per second, 1 to 50 (§6).
    pub rate_per_second: u32,
}

/// How a service is addressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UrlStyle {
    /// The public gateway: `/{domain}/{service}/{name}`; needs the header `client_id`.
    #[default]
    Gateway,
    /// The platform's bridge: `/rest/{domain}/{service}/actions/{name}`.
    Bridge,
}

/// How one order is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderRead {
    /// `GET …/apis/order/{id}`.
    #[default]
    Apis,
    /// `GET …/entities/e120ped/{id}`.
    Entity,
    /// `POST …/ecommerce/getOrder`.
    Ecommerce,
    /// Not at all: the flow relies on its own records.
    None,
}

/// How an observation is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteWriter {
    /// `POST …/entities/e120obs`.
    #[default]
    Entity,
    /// `POST …/apis/orderObservation`.
    Apis,
    /// As one more line of the order's own `observation`, the last resort.
    OrderField,
}

/// The verb that changes the order's own `observation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderFieldVerb {
    /// Sends the one member.
    #[default]
    Patch,
    /// Sends the whole order as it was read, with the one member changed.
    Put,
}

/// What an event without any recognisable equipment is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequireEquipment {
    /// An order with equipment that our pointers do not find: it is relayed.
    #[default]
    ExplicitAbsence,
    /// An order without equipment: it is skipped.
    MustBePresent,
}

/// Path templates below `base_url`, each with its query: `{id}` is the order's id. In the path it is encoded as one
/// segment; the value of each query parameter is written plainly here and encoded as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paths {
    /// Login with key.
    pub login: Option<String>,
    /// Renewal of the token.
    pub refresh: Option<String>,
    /// One order, as `order_read` says; `{id}` required but for `ecommerce`.
    pub order: Option<String>,
    /// The observations of an order, `{id}` required; paging is appended.
    pub observations: Option<String>,
    /// Where an observation is posted; with `order_field` the order that is changed, `{id}` required.
    pub add_observation: Option<String>,
    /// `updateOrderStatusIntegration`.
    pub release: Option<String>,
    /// `cancelOrders`.
    pub cancel: Option<String>,
    /// The orders that wait for integration; paging is appended.
    pub waiting: Option<String>,
}

impl Default for SeniorOptions {
    fn default() -> Self {
        let candidates =
            [".", "payload", "eventPayload", "data", "event.payload", "event", "content", "message"];
        Self {
            tenant_name: String::new(),
            base_url: "https://api.senior.com.br".to_owned(),
            url_style: UrlStyle::default(),
            order_read: OrderRead::default(),
            note_writer: NoteWriter::default(),
            order_field_verb: OrderFieldVerb::default(),
            note_body: None,
            paths: Paths::default(),
            situation_map: BTreeMap::new(),
            senior_event_map: BTreeMap::new(),
            envelope_candidates: candidates.map(str::to_owned).to_vec(),
            require_equipment: RequireEquipment::default(),
            tenant_aliases: Vec::new(),
            rate_per_second: 5,
        }
    }
}

impl SeniorOptions {
    /// Whether a delivery that names this tenant is ours: its name or one of the aliases, in any case.
    pub fn is_ours(&self, tenant: &str) -> bool {
        let ours = std::iter::once(&self.tenant_name).chain(&self.tenant_aliases);
        ours.map(|known| known.trim())
            .any(|known| !known.is_empty() && known.to_lowercase() == tenant.trim().to_lowercase())
    }

    /// Where the event's `field` may stand.
    pub(crate) fn pointers(&self, field: &str) -> &[String] {
        let own = self.senior_event_map.get(field);
        own.or_else(|| event::built_in_map().get(field)).map_or(&[], Vec::as_slice)
    }

    /// The situation in `tree`: a scalar, or an object that carries it as code, key, value or label.
    pub(crate) fn situation(&self, tree: Option<&Tree<'_>>) -> Situacao {
        let read = |tree: &Tree<'_>| scalar::text(tree).map(|raw| Situacao::parse(&raw, &self.situation_map));
        let Some(tree) = tree else { return Situacao::Unknown(String::new()) };
        let inside = || {
            let parts = ["code", "codigo", "key", "value", "name", "description"];
            let known = parts.iter().filter_map(|part| read(tree.member(part)?));
            known.reduce(|best, next| if matches!(best, Situacao::Unknown(_)) { next } else { best })
        };
        read(tree).or_else(inside).unwrap_or_else(|| Situacao::Unknown(String::new()))
    }
}
