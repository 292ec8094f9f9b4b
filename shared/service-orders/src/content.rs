//! What the ERP's event brings: what is relayed, and what the flow itself needs of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::state::Alarm;

/// What is relayed to Sismetro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// The text, while it may still be needed and is short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Where a long one lies, while it may still be needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
    /// The content type it came with.
    pub content_type: String,
    /// SHA-256 of the unwrapped event: the same digest is the same event.
    pub digest: String,
    /// When it happened, where the delivery says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred: Option<Timestamp>,
}

/// An event of the order that is not the one which counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Its digest.
    pub digest: String,
    /// When it happened, where the delivery said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred: Option<Timestamp>,
}

impl Payload {
    /// Whether it can still be relayed, as far as the record tells.
    pub(crate) fn is_there(&self) -> bool {
        self.body.is_some() || self.beside.is_some()
    }

    /// It is not relayed again.
    pub(crate) fn forget(&mut self) {
        (self.body, self.beside) = (None, None);
    }
}

/// What the flow needs of an event (flow §2, order record).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Number of the order on the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Company code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<i64>,
    /// Branch code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<i64>,
    /// Name of the customer: by it an SS in Sismetro's list is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The equipment.
    pub equipment: Equipment,
}

/// Which equipment the order is about (flow §7).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Equipment {
    /// One that Sismetro knows.
    Existing {
        /// Its id at Sismetro.
        id: String,
    },
    /// One that Sismetro does not know.
    New {
        /// What the user wrote.
        text: String,
    },
    /// Both were filled in: the existing one counts.
    Both {
        /// Its id at Sismetro.
        id: String,
    },
    /// The event has none that we recognise.
    #[default]
    Unknown,
}

impl Equipment {
    /// The id by which Sismetro knows it.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Existing { id } | Self::Both { id } => Some(id),
            Self::New { .. } | Self::Unknown => None,
        }
    }
}

impl Content {
    /// Whether it says the same as `other`, an event as it came: company and branch may have been looked up since.
    pub(crate) fn says(&self, other: &Self) -> bool {
        let (company, branch) = (other.company.or(self.company), other.branch.or(self.branch));
        *self == Self { company, branch, ..other.clone() }
    }

    /// What is remarkable about it.
    pub(crate) fn alarms(&self) -> BTreeSet<Alarm> {
        match self.equipment {
            Equipment::Unknown => BTreeSet::from([Alarm::EquipmentUnrecognised]),
            Equipment::Both { .. } => BTreeSet::from([Alarm::EquipmentBoth]),
            Equipment::Existing { .. } | Equipment::New { .. } => BTreeSet::new(),
        }
    }
}
