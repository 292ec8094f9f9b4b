//! Who did what, when, to what, with what result.
//!
//! A change is written down before it is done, so that one whose result is unknown is there too; then its result takes
//! the place of "iniciado".

use std::time::Duration;

use engine::{Documents, Expected, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The kind of the documents; the id is the moment, so that the latest is the last.
pub const KIND: &str = "auditoria";
/// How long an entry is kept.
const KEPT: Duration = Duration::from_hours(400 * 24);

/// One action. A stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of the format.
    pub v: u32,
    /// When.
    pub at: Timestamp,
    /// Who, as they called themselves.
    pub name: String,
    /// The session.
    pub session: String,
    /// From where.
    pub source: String,
    /// What: "pausou o agendamento".
    pub action: String,
    /// To what: the path of the form, without what all have.
    pub target: String,
    /// Why, as the operator put it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What came of it.
    pub result: Outcome,
    /// The same in words.
    #[serde(default)]
    pub detail: String,
}

/// What came of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nobody has said yet, or ever.
    Begun,
    /// Done.
    Done,
    /// Not done, for a reason that the operator was told.
    Refused,
    /// It failed.
    Failed,
}

impl Outcome {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Begun, Self::Done, Self::Refused, Self::Failed];

    /// Its name in a query.
    pub fn name(self) -> &'static str {
        match self {
            Self::Begun => "sem-resultado",
            Self::Done => "feito",
            Self::Refused => "recusado",
            Self::Failed => "falhou",
        }
    }

    /// Whether it is the one with this name; every one is, when none is named.
    pub fn is_named(self, name: &str) -> bool {
        name.is_empty() || self.name() == name
    }

    /// For the operator.
    pub fn label(self) -> &'static str {
        match self {
            Self::Begun => "sem resultado",
            Self::Done => "feito",
            Self::Refused => "recusado",
            Self::Failed => "falhou",
        }
    }
}

impl Entry {
    /// Version of the format this program writes.
    pub const VERSION: u32 = 1;

    /// Whether this text is somewhere in it, in whatever case; an empty one is in all.
    pub fn mentions(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let told = [&self.name, &self.action, &self.target, &self.detail];
        told.into_iter().chain(&self.reason).any(|part| part.to_lowercase().contains(&text))
    }

    /// Writes it, over what it said before. `request` tells actions of the same moment apart.
    pub async fn write(&self, state: &impl Documents, request: &str) -> Result<(), StateError> {
        let id = format!("{:015}-{request}", self.at.as_millisecond());
        let body = serde_json::to_value(self).expect("an entry is JSON");
        state.put(KIND, &id, &body, Expected::Any, Some(clock::later(self.at, KEPT))).await.map(drop)
    }
}

/// The last entries, the latest first, `skip` of them left out. One that cannot be read hides no other.
pub async fn latest(state: &impl Documents, skip: usize, limit: usize) -> Result<Vec<Entry>, StateError> {
    let found = state.latest(KIND, "", skip.saturating_add(limit)).await?;
    let read =
        found.into_iter().skip(skip).filter_map(|(_, document)| serde_json::from_value(document.body).ok());
    Ok(read.collect())
}
