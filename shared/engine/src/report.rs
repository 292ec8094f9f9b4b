//! How a run ends: with a report, or with an error that says what to do.

use std::collections::BTreeMap;
use std::time::Duration;

use partner_http::{CallError, Fault, Remedy};
use serde::{Deserialize, Serialize};

use crate::{Counters, StateError};

/// What a run says when it stops without an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What became of the rows of this sweep so far, earlier runs included.
    pub counters: Counters,
    /// Whether the sweep goes on: call again.
    pub more: bool,
    /// How long to wait before calling again.
    pub wait_seconds: u64,
    /// Why it waits, in Portuguese.
    pub waiting_for: Option<String>,
    /// Another run holds the lane, and nothing was done. A run that nobody waits for may leave it at that.
    #[serde(default)]
    pub held: bool,
    /// So many rows would have gone that none did: an operator must confirm it.
    #[serde(default)]
    pub braked: Option<u64>,
    /// Why the sweep cannot claim to have seen every record; the next run reads all again.
    pub incomplete: Option<String>,
    /// HTTP exchanges of this sweep per partner method.
    pub calls: BTreeMap<String, u64>,
}

/// A run that had to stop. What it had done is saved, and the next run continues from there.
#[derive(Debug, thiserror::Error)]
#[error("a execução de {entity} parou na página {page}")]
pub struct SyncError {
    /// The entity.
    pub entity: &'static str,
    /// The page that was to be read or delivered.
    pub page: u32,
    /// Why.
    #[source]
    pub cause: Cause,
}

/// What stopped a run.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// A partner's answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Our own store.
    #[error(transparent)]
    State(#[from] StateError),
}

impl SyncError {
    /// What to do about it; Step Functions, alarms and the console ask only this.
    pub fn remedy(&self) -> Remedy {
        self.cause.remedy()
    }
}

impl Cause {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            // All that a sweep asks is a reading or an upsert: repeating it needs nobody's leave.
            Self::Call(CallError { fault: Fault::Unclear, .. }) => {
                Remedy::RetryLater { after: Duration::from_secs(61) }
            }
            Self::Call(call) => call.remedy(),
            Self::State(state) => state.remedy(),
        }
    }
}
