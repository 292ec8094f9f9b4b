//! What all flows share: why a turn could not be had, or could not go on.

use engine::StateError;
use engine::flow::FlowError;
use partner_http::{CallError, Remedy};

use crate::settings::SetupError;

/// A turn could not be had, or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum FlowFailure {
    /// A case could not be advanced, or the store failed.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// A partner failed in a way that ends the turn.
    #[error("the partner did not give what the turn needs")]
    Call(#[from] CallError),
    /// The settings cannot be used.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

impl From<StateError> for FlowFailure {
    fn from(error: StateError) -> Self {
        Self::Flow(error.into())
    }
}

impl FlowFailure {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Flow(error) => error.remedy(),
            Self::Call(error) => error.remedy(),
            Self::Setup(error) => error.remedy(),
        }
    }
}
