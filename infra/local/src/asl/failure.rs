//! How a state fails: the error name and its cause, and who may handle it.

use serde_json::{Value, json};

/// The error name and the cause of a failed state, as `Catch` and `DescribeExecution` show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The error name: a Lambda's `errorType` or one of the reserved `States.*` names.
    pub error: String,
    /// Why, for a person. For a Lambda it is the JSON text of its error payload, like AWS.
    pub cause: String,
}

impl Failure {
    /// A failure with any name.
    pub fn new(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { error: error.into(), cause: cause.into() }
    }

    /// The definition does not fit the data: a path that leads nowhere, for example.
    pub(super) fn runtime(cause: impl Into<String>) -> Self {
        Self::new("States.Runtime", cause)
    }

    /// Whether a retrier or catcher that lists `names` is meant for this failure.
    ///
    /// `States.ALL` stands for every error but the two that AWS declares terminal, and `States.TaskFailed` for
    /// every one but a timeout.
    pub(super) fn is_one_of(&self, names: &[String]) -> bool {
        let terminal = matches!(self.error.as_str(), "States.Runtime" | "States.DataLimitExceeded");
        names.iter().any(|name| match name.as_str() {
            "States.ALL" => !terminal,
            "States.TaskFailed" => !terminal && self.error != "States.Timeout",
            name => name == self.error,
        })
    }

    /// What a catcher puts at its `ResultPath`.
    pub(super) fn as_output(&self) -> Value {
        json!({ "Error": self.error, "Cause": self.cause })
    }
}
