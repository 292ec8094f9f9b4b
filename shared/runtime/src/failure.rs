//! How a Lambda fails: by the name of the remedy.

use lambda_runtime::Diagnostic;
use partner_http::{CallError, Remedy};

/// What leaves a Lambda that could not do its work. `error_type` is stable: Step Functions retries by it,
/// alarms and the console explain by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error_type}: {message}")]
pub struct Failure {
    /// `RetryLater`, `FixConfig`, `FixData`, `AskPartner`, `Bug`, or a name of the domain such as
    /// `BranchesIncomplete`.
    pub error_type: &'static str,
    /// What the operator must read; never holds a secret.
    pub message: String,
}

impl Failure {
    /// A failure with a name of the domain's own.
    pub fn new(error_type: &'static str, message: impl Into<String>) -> Self {
        Self { error_type, message: message.into() }
    }

    /// The failure that asks for `remedy`.
    pub fn of(remedy: &Remedy, message: impl Into<String>) -> Self {
        Self::new(remedy.name(), message)
    }

    /// Credentials, settings or the stack must be mended.
    pub fn fix_config(message: impl Into<String>) -> Self {
        Self::of(&Remedy::FixConfig, message)
    }

    /// Our own invariant is broken.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::of(&Remedy::Bug, message)
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        Self::of(&error.remedy(), error.to_string())
    }
}

impl From<engine::StateError> for Failure {
    fn from(error: engine::StateError) -> Self {
        Self::of(&error.remedy(), error.to_string())
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: failure.error_type.to_owned(), error_message: failure.message }
    }
}
