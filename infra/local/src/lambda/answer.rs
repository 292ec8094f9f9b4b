//! What an invocation gives back.

use std::time::Duration;

use serde_json::{Value, json};

/// The answer of a function, or the error document Lambda puts in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The request id of the invocation.
    pub request_id: String,
    /// The function's answer, or `{"errorType", "errorMessage"}`.
    pub payload: Value,
    /// Whether the function failed (`X-Amz-Function-Error: Unhandled`).
    pub failed: bool,
}

impl Answer {
    pub(super) fn success(request_id: &str, payload: Value) -> Self {
        Self { request_id: request_id.to_owned(), payload, failed: false }
    }

    pub(super) fn error(request_id: &str, error_type: &str, message: &str) -> Self {
        let payload = json!({ "errorType": error_type, "errorMessage": message });
        Self { request_id: request_id.to_owned(), payload, failed: true }
    }

    pub(super) fn timed_out(request_id: &str, timeout: Duration) -> Self {
        let seconds = timeout.as_secs_f64();
        let message = format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
        Self::error(request_id, "Sandbox.Timedout", &message)
    }

    pub(super) fn exited(request_id: &str, how: &str) -> Self {
        let message = format!("RequestId: {request_id} Error: Runtime exited with error: {how}");
        Self::error(request_id, "Runtime.ExitError", &message)
    }

    pub(super) fn out_of_memory(request_id: &str) -> Self {
        let message = format!("RequestId: {request_id} Error: Runtime exited with error: signal: killed");
        Self::error(request_id, "Runtime.OutOfMemory", &message)
    }

    /// The `errorType`, when the function failed.
    pub fn error_type(&self) -> Option<&str> {
        self.failed.then(|| self.payload["errorType"].as_str().unwrap_or("Lambda.Unknown"))
    }
}
