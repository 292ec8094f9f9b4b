//! What came in, as it came but for secrets: for people who ask, and for replaying what was not understood.

use std::collections::BTreeMap;
use std::time::Duration;

use clock::Clock;
use engine::{Cases, Documents, Filing, Mark, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::bodies::{self, Owner};

/// The kind of the cases; the id is source and SHA-256 of address and body.
pub const KIND: &str = "so-entrega";
/// How long it is kept (flow §2).
const KEPT: Duration = Duration::from_hours(90 * 24);
/// What became of an order's event that somebody else was in the way of: it is to come again.
pub(crate) const BUSY: &str = "busy";
/// The header by which a delivery names itself.
const EVENT_ID: &str = "x-event-id";
/// Orders of one delivery by which it is found.
const NAMED: usize = 40;
/// What of the headers is kept; nothing that lets anybody in.
const HEADERS: [&str; 7] =
    ["content-type", "user-agent", "x-correlation-id", EVENT_ID, "x-request-id", "x-tenant", "x-timestamp"];

/// Who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The ERP's Events hub.
    Senior,
    /// Sismetro.
    Sismetro,
}

impl Source {
    /// Its name in ids and marks.
    pub fn name(self) -> &'static str {
        match self {
            Self::Senior => "senior",
            Self::Sismetro => "sismetro",
        }
    }
}

/// One delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Who sent it.
    pub source: Source,
    /// When it came first.
    pub received: Timestamp,
    /// Where it was sent, without a secret segment.
    pub path: String,
    /// Headers that may be kept.
    pub headers: BTreeMap<String, String>,
    /// The body without secrets; none when it lies beside.
    pub body: Option<String>,
    /// SHA-256 of that body.
    pub digest: String,
    /// What became of it.
    pub outcome: String,
    /// Why it was not understood; none when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantined: Option<String>,
    /// Orders that it names.
    pub orders: Vec<String>,
}

/// What is known of a delivery when it is stored.
#[derive(Clone, Debug)]
pub struct Came<'a> {
    /// Who sent it.
    pub source: Source,
    /// Where it was sent, without a secret segment.
    pub path: &'a str,
    /// All headers.
    pub headers: &'a [(String, String)],
    /// The body without secrets.
    pub body: &'a str,
}

impl Came<'_> {
    /// What one address does not understand another may have understood.
    fn id(&self) -> String {
        format!("{}-{}", self.source.name(), digest(&format!("{}\n{}", self.path, self.body)))
    }

    /// Whether the same has come before and was taken: its repetition is no news.
    pub(crate) async fn is_known(&self, state: &impl Cases) -> Result<bool, StateError> {
        let Some(stored) = state.case(KIND, &self.id()).await? else { return Ok(false) };
        let known: Option<Delivery> = serde_json::from_value(stored.filing.body).ok();
        Ok(known.is_some_and(|known| {
            let was_taken =
                known.quarantined.is_none() && !known.outcome.split(", ").any(|kind| kind == BUSY);
            // The same words under another id are another event.
            was_taken && known.headers.get(EVENT_ID) == kept(self.headers).get(EVENT_ID)
        }))
    }

    /// Stores it, with what became of it. One that is stored already keeps its first outcome, unless it was not
    /// understood then and is now. True when it is new.
    pub async fn store(
        &self,
        state: &(impl Cases + Documents),
        clock: &Clock,
        outcome: &str,
        quarantined: Option<&str>,
        orders: Vec<String>,
    ) -> Result<bool, StateError> {
        let id = self.id();
        let digest = digest(self.body);
        let now = clock.now();
        let stored = state.case(KIND, &id).await?;
        let known: Option<Delivery> =
            stored.as_ref().and_then(|case| serde_json::from_value(case.filing.body.clone()).ok());
        let was_understood = known.as_ref().is_some_and(|known| known.quarantined.is_none());
        if stored.is_some() && (was_understood || quarantined.is_some()) {
            return Ok(false);
        }
        let delivery = Delivery {
            source: self.source,
            received: known.map_or(now, |known| known.received),
            path: self.path.to_owned(),
            headers: kept(self.headers),
            body: bodies::keep(state, clock, Owner::Delivery, &digest, self.body).await?,
            digest,
            outcome: outcome.to_owned(),
            quarantined: quarantined.map(str::to_owned),
            orders,
        };
        match state.file(KIND, &id, stored.as_ref(), delivery.filing(now)).await {
            Ok(_) => Ok(stored.is_none()),
            // The same delivery, at the same moment.
            Err(StateError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn kept(headers: &[(String, String)]) -> BTreeMap<String, String> {
    let wanted = headers.iter().filter(|(name, _)| HEADERS.contains(&name.to_ascii_lowercase().as_str()));
    wanted.map(|(name, value)| (name.to_ascii_lowercase(), value.chars().take(200).collect())).collect()
}

/// SHA-256 as 64 hex digits.
pub(crate) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Delivery {
    fn filing(&self, now: Timestamp) -> Filing {
        let mut marks = vec![
            Mark::new("dia", self.received.to_string()[..10].to_owned()),
            Mark::new("estado", if self.quarantined.is_some() { "quarentena" } else { "aceita" }),
            Mark::new("origem", self.source.name()),
        ];
        let mut orders: Vec<&String> = self.orders.iter().filter(|id| !id.is_empty()).take(NAMED).collect();
        orders.sort();
        orders.dedup();
        marks.extend(orders.into_iter().map(|id| Mark::new("pedido", id.clone())));
        let body = serde_json::to_value(self).expect("a delivery has text keys");
        // Given once, the same in every later filing.
        let first = self.received.min(now);
        Filing { body, due: None, marks, expires: clock::later(first, KEPT) }
    }

    /// The delivery of this id.
    pub async fn load(state: &impl Cases, id: &str) -> Result<Option<Self>, StateError> {
        let Some(case) = state.case(KIND, id).await? else { return Ok(None) };
        let read = serde_json::from_value(case.filing.body);
        read.map(Some)
            .map_err(|source| StateError::Malformed { what: format!("{KIND} {id}"), source: source.into() })
    }

    /// Its body, from wherever it lies; none when it is no longer there.
    pub async fn text(&self, state: &impl Documents) -> Result<Option<String>, StateError> {
        match &self.body {
            Some(body) => Ok(Some(body.clone())),
            None => bodies::fetch(state, Owner::Delivery, &self.digest).await,
        }
    }

    /// The deliveries that name this order, at most `limit`, the oldest first.
    pub async fn of_order(
        state: &impl Cases,
        order: &str,
        limit: usize,
    ) -> Result<Vec<(String, Self)>, StateError> {
        Self::marked(state, &Mark::new("pedido", order.to_owned()), limit).await
    }

    /// The deliveries that were not understood, at most `limit`.
    pub async fn in_quarantine(state: &impl Cases, limit: usize) -> Result<Vec<(String, Self)>, StateError> {
        Self::marked(state, &Mark::new("estado", "quarentena"), limit).await
    }

    async fn marked(
        state: &impl Cases,
        mark: &Mark,
        limit: usize,
    ) -> Result<Vec<(String, Self)>, StateError> {
        let mut found = Vec::new();
        for id in state.marked(KIND, mark, None, limit).await? {
            if let Some(delivery) = Self::load(state, &id).await? {
                found.push((id, delivery));
            }
        }
        found.sort_by_key(|(_, delivery)| delivery.received);
        Ok(found)
    }
}
