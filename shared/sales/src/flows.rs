//! What all flows share: why a turn could not be had, or could not go on.

use engine::StateError;
use engine::flow::FlowError;
use partner_http::{CallError, Remedy};

use crate::settings::SetupError;
use crate::waiting::{BUSY, unasked};

/// A turn could not be had, or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum FlowFailure {
    /// A case could not be advanced, or the store failed.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// A partner failed in a way that ends the turn.
    #[error("o parceiro não deu o que a execução precisa")]
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

impl FlowFailure {
    /// What an operator reads of it, in Portuguese.
    pub fn said(&self) -> String {
        match self {
            Self::Flow(error) => said(error),
            Self::Call(error) => unasked(error),
            Self::Setup(error) => said_of_settings(error),
        }
    }
}

/// What an operator reads of a case that could not be advanced, in Portuguese.
pub fn said(error: &FlowError) -> String {
    match error {
        FlowError::State(error) => said_of_store(error),
        FlowError::Unreadable { kind, id, .. } => {
            format!("o registro {kind} {id} não pode ser lido por esta versão da integração")
        }
    }
}

pub(crate) fn said_of_settings(error: &SetupError) -> String {
    match error {
        SetupError::State(error) => said_of_store(error),
        // The problems are in Portuguese themselves.
        SetupError::Incomplete(_) => error.to_string(),
    }
}

fn said_of_store(error: &StateError) -> String {
    match error {
        StateError::Conflict { .. } => "o registro foi alterado ao mesmo tempo por outro processo".to_owned(),
        StateError::Busy(_) | StateError::Unavailable { .. } => BUSY.to_owned(),
        StateError::Denied { .. } => {
            "o armazenamento da integração recusou o acesso: confira a tabela e as permissões".to_owned()
        }
        StateError::Malformed { what, .. } => {
            format!("o armazenamento da integração tem um registro ilegível: {what}")
        }
    }
}
