//! The runs of the last 90 days (mapping §2): where they are and how to list them.

use engine::{Documents, RunRecord, RunRef, StateError};
use jiff::Timestamp;

/// The kind of a run's document; its id is `<job>/<start>`.
pub const KIND: &str = "run";

/// Where the run of `job` that starts now records itself.
pub fn record(job: &str, now: Timestamp) -> RunRef {
    RunRef::new(KIND, format!("{job}/{now}"))
}

/// The last `limit` runs of `job`, the latest first, each with its id.
pub async fn runs(
    state: &impl Documents,
    job: &str,
    limit: usize,
) -> Result<Vec<(String, RunRecord)>, StateError> {
    // Ids rise with time; 90 days of the busiest job are some ten thousand.
    let found = state.list(KIND, &format!("{job}/"), usize::MAX).await?;
    let latest = found.into_iter().rev().take(limit);
    let read = |(id, document): (String, engine::Document)| match serde_json::from_value(document.body) {
        Ok(record) => Ok((id, record)),
        Err(source) => Err(StateError::Malformed { what: format!("run {id}"), source: source.into() }),
    };
    latest.map(read).collect()
}
