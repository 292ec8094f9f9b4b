//! The runs of the last 90 days (mapping §2): where they are and how to list them.

use std::time::Duration;

use engine::{Document, Documents, Expected, RunRecord, RunRef, StateError};
use jiff::Timestamp;
use serde_json::json;

/// The kind of a run's document; its id is `<job>/<start>`.
pub const KIND: &str = "run";
/// The kind of the document of a job's last turn, whatever came of it; its id is the job.
const LAST: &str = "last-turn";
/// The kind of the document that says when a job's runs were called off; its id is the job.
const CALLED_OFF: &str = "cancelado";
/// No invocation lasts longer.
const CALLED_OFF_FOR: Duration = Duration::from_hours(1);
/// How long a run record is kept: 90 days.
pub const KEPT: Duration = Duration::from_hours(90 * 24);

/// Where the run of `job` that starts now records itself.
pub fn record(job: &str, now: Timestamp) -> RunRef {
    RunRef { expires: Some(clock::later(now, KEPT)), ..RunRef::new(KIND, format!("{job}/{now}")) }
}

/// Says that nothing of `job` which is under way now goes on after its invocation.
pub async fn call_off(state: &impl Documents, job: &str, now: Timestamp) -> Result<(), StateError> {
    let until = clock::later(now, CALLED_OFF_FOR);
    state.put(CALLED_OFF, job, &json!({ "at": now }), Expected::Any, Some(until)).await.map(drop)
}

/// Whether somebody has called off what was under way of `job` since `began`.
pub async fn is_called_off(state: &impl Documents, job: &str, began: Timestamp) -> Result<bool, StateError> {
    let said = state.get(CALLED_OFF, job).await?;
    let at = said.and_then(|said| said.body["at"].as_str()?.parse::<Timestamp>().ok());
    Ok(at.is_some_and(|at| at >= began))
}

/// The last `limit` runs of `job`, the latest first, each with its id. Turns in which nothing happened are not among
/// them.
pub async fn runs(
    state: &impl Documents,
    job: &str,
    limit: usize,
) -> Result<Vec<(String, RunRecord)>, StateError> {
    let found = state.latest(KIND, &format!("{job}/"), limit).await?;
    found.into_iter().map(|(id, document)| read(&id, document).map(|record| (id, record))).collect()
}

/// The last run of `job`, be it one in which nothing happened.
pub async fn last(state: &impl Documents, job: &str) -> Result<Option<RunRecord>, StateError> {
    let turn = match state.get(LAST, job).await? {
        Some(document) => Some(read(job, document)?),
        None => None,
    };
    let run = runs(state, job, 1).await?.pop().map(|(_, record)| record);
    Ok(turn.into_iter().chain(run).max_by_key(|record| record.started))
}

/// Records a turn: among the runs unless it was idle, and as the last one.
pub(crate) async fn turned(
    state: &impl Documents,
    turn: &RunRecord,
    is_idle: bool,
) -> Result<(), StateError> {
    let malformed = |source: serde_json::Error| StateError::Malformed {
        what: format!("turn of {}", turn.entity),
        source: source.into(),
    };
    let body = serde_json::to_value(turn).map_err(malformed)?;
    if !is_idle {
        let RunRef { kind, id, expires } = record(&turn.entity, turn.started);
        state.put(&kind, &id, &body, Expected::Any, expires).await?;
    }
    state.put(LAST, &turn.entity, &body, Expected::Any, None).await?;
    Ok(())
}

fn read(id: &str, document: Document) -> Result<RunRecord, StateError> {
    serde_json::from_value(document.body)
        .map_err(|source| StateError::Malformed { what: format!("run {id}"), source: source.into() })
}
