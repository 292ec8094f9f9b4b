//! Why a run stops before its sweep is over.

use std::time::Duration;

use partner_http::{CallError, Fault, Remedy};

use crate::Cause;
use crate::ports::{LeaseError, StateError};

/// Why a run stops before its sweep is over.
#[doc(hidden)]
#[derive(Debug)]
pub enum Stop {
    /// Only the reserve is left.
    Budget,
    /// The partner asks for patience; the text is for the operator.
    Wait(Duration, String),
    /// Another holder has the lane, or has moved the cursor.
    Superseded,
    /// It cannot go on.
    Failed(Cause),
}

impl From<LeaseError> for Stop {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::Held { .. } | LeaseError::Lost => Self::Superseded,
            LeaseError::State(state) => state.into(),
        }
    }
}

impl From<StateError> for Stop {
    fn from(error: StateError) -> Self {
        match error {
            // Only the cursor is written under a condition.
            StateError::Conflict { .. } => Self::Superseded,
            other => Self::Failed(other.into()),
        }
    }
}

impl From<CallError> for Stop {
    fn from(call: CallError) -> Self {
        match (&call.fault, call.remedy()) {
            (
                Fault::Blocked { .. } | Fault::RateLimited | Fault::Busy | Fault::Redundant,
                Remedy::RetryLater { after },
            ) => {
                let text = format!("{} {} pede espera: {}", call.partner, call.method, call.fault);
                Self::Wait(after, text)
            }
            _ => Self::Failed(call.into()),
        }
    }
}

impl From<Cause> for Stop {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Call(call) => call.into(),
            Cause::State(state) => state.into(),
        }
    }
}
