//! What Sismetro tells us (`contracts/sismetro.md` §10). Nothing about it is documented, so it is read in three
//! shapes; it only triggers, and what it says is asked about before anything is done (§10.6).

mod parse;
mod shape;

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use parse::parse_callbacks;

/// Which of our addresses was called (§10.1); all but the first fix the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallbackPath {
    /// `…/service-order`: the body says what happened.
    Any,
    /// `…/service-order/complete`.
    Complete,
    /// `…/service-order/cancel`.
    Cancel,
    /// `…/erpx_com_ven/pedido/updateOrderStatusIntegration`, as Senior's own.
    FacadeRelease,
    /// `…/erpx_com_ven/pedido/cancelOrders`, as Senior's own.
    FacadeCancel,
}

impl CallbackPath {
    /// The outcome that this address stands for.
    pub(crate) fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Any => None,
            Self::Complete | Self::FacadeRelease => Some(Outcome::Completed),
            Self::Cancel | Self::FacadeCancel => Some(Outcome::Cancelled),
        }
    }

    /// Whether a Senior client is on the other side, which expects Senior's answers (§10.4).
    pub fn is_facade(self) -> bool {
        matches!(self, Self::FacadeRelease | Self::FacadeCancel)
    }
}

/// What became of an SS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The work is done; the order may be billed.
    Completed,
    /// The SS was cancelled.
    Cancelled,
    /// Something else, which we do nothing about.
    Progress,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Progress => "progress",
        }
    }
}

/// One thing that Sismetro told us about one order. It names the SS, the order, or both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsCallback {
    /// Number of the SS, digits without leading zeros.
    pub ss_number: Option<String>,
    /// Senior's id of the order: at most 64 letters, digits, `_` and `-`.
    pub order_id: Option<String>,
    /// What happened.
    pub outcome: Outcome,
    /// When, where it was told and can be read.
    pub occurred_at: Option<Timestamp>,
    /// Why, at most 500 characters on one line.
    pub reason: Option<String>,
    /// Sismetro's own name of this delivery: at most 128 letters, digits and `._:-`.
    pub delivery_id: Option<String>,
    /// Lines of the order that a partial cancellation names; when there are any, a person decides.
    pub item_sequences: Vec<i64>,
}

impl SsCallback {
    /// The same for the same delivery, whatever its letters: Sismetro's name of it, else a hash of what it says
    /// (§10.7). Fit to be the id of a record.
    pub fn dedupe_key(&self) -> String {
        if let Some(id) = &self.delivery_id {
            return id.clone();
        }
        let at = self.occurred_at.map(|at| at.to_string()).unwrap_or_default();
        let said = format!(
            "{}|{}|{}|{at}",
            self.ss_number.as_deref().unwrap_or_default(),
            self.order_id.as_deref().unwrap_or_default(),
            self.outcome.name(),
        );
        Sha256::digest(said).iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// Why a callback was not understood; for the caller's answer and the quarantine, without its values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON.
    #[error("o corpo não é JSON")]
    NotJson,
    /// It has too many levels.
    #[error("o corpo tem mais de 32 níveis")]
    TooDeep,
    /// It is neither an object nor a list of them.
    #[error("o corpo não é um objeto JSON")]
    NotAnObject,
    /// It says nothing at all, or about too many at once.
    #[error("o corpo traz {0} ordens: mande de 1 a 100")]
    Count(usize),
    /// It names neither an SS nor an order.
    #[error("falta o número da SS (ss) ou o id do pedido (orderId)")]
    Nameless,
    /// A member is not what it must be.
    #[error("{member}: {why}")]
    Member {
        /// Its name.
        member: &'static str,
        /// What it must be, in Portuguese.
        why: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callback() -> SsCallback {
        SsCallback {
            ss_number: Some("1287593".to_owned()),
            order_id: None,
            outcome: Outcome::Completed,
            occurred_at: None,
            reason: None,
            delivery_id: None,
            item_sequences: Vec::new(),
        }
    }

    #[test]
    fn a_delivery_with_a_name_is_known_by_it() {
        let named = SsCallback { delivery_id: Some("cb-000771".to_owned()), ..callback() };
        assert_eq!(named.dedupe_key(), "cb-000771");
    }

    #[test]
    fn a_delivery_without_a_name_is_known_by_what_it_says() {
        let key = callback().dedupe_key();
        assert_eq!(key.len(), 64);
        assert_eq!(SsCallback { reason: Some("x".to_owned()), ..callback() }.dedupe_key(), key);
        let others = [
            SsCallback { ss_number: Some("1287594".to_owned()), ..callback() },
            SsCallback { order_id: Some("a".to_owned()), ..callback() },
            SsCallback { outcome: Outcome::Cancelled, ..callback() },
            SsCallback { occurred_at: Some(Timestamp::UNIX_EPOCH), ..callback() },
        ];
        for other in others {
            assert_ne!(other.dedupe_key(), key, "{other:?}");
        }
    }
}
