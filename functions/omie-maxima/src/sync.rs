//! Runs one entity: settings, credentials, partners, then the engine.

use std::sync::Arc;
use std::time::Duration;

use engine::RunRef;
use runtime::{Edge, Failure, Invocation};
use sales::load::{self, STEP_KIND};
use sales::{Run, RunFailure, Synced};
use serde::{Deserialize, Serialize};

use crate::partners;

/// How long a run record is kept: 90 days.
const KEPT: Duration = Duration::from_hours(90 * 24);

/// What starts a run: a step of the initial load (`{"load": …, "step": …}`) or a schedule (`{"trigger": …}`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StepEvent {
    pub(crate) load: Option<String>,
    step: Option<String>,
    trigger: Option<String>,
}

/// What the state machine needs to know: whether to call again, and after how long.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct StepAnswer {
    /// The sweep goes on: call again.
    pub more: bool,
    /// Seconds to wait before that; what the partner or another holder of the lane asks for.
    pub wait_seconds: u64,
}

/// Keeps one entity in step. Running twice is harmless: a finished step of a load answers at once, and a sweep
/// continues where its checkpoint is.
pub async fn sync<E: Synced>(
    edge: Arc<Edge>,
    event: StepEvent,
    invocation: Invocation,
) -> Result<StepAnswer, Failure> {
    let Some(run) = run_of::<E>(&edge, &event).await? else {
        return Ok(StepAnswer::default());
    };
    let tenant = partners::tenant(&edge, &invocation).await?;
    let run = Run {
        budget: invocation.budget(edge.config.reserve),
        holder: invocation.request_id.clone(),
        record: run,
    };
    let report =
        sales::sync::<E>(&tenant, &edge.store, edge.clock(), run).await.map_err(|error| failure(&error))?;
    tracing::info!(
        entity = E::NAME,
        trigger = event.trigger,
        read = report.counters.read,
        stored = report.counters.stored(),
        quarantined = report.counters.quarantined(),
        more = report.more,
        wait_seconds = report.wait_seconds,
        waiting_for = report.waiting_for,
        "run of {} ended",
        E::NAME
    );
    Ok(StepAnswer { more: report.more, wait_seconds: report.wait_seconds })
}

/// Where this run records itself, or nothing when there is nothing to do: the step is done, or a schedule fired
/// before the initial load has finished.
async fn run_of<E: Synced>(edge: &Edge, event: &StepEvent) -> Result<Option<RunRef>, Failure> {
    if let (Some(load), Some(step)) = (&event.load, &event.step) {
        let id = load::step_id(load, step);
        let done = load::is_done(&edge.store, &id).await?;
        return Ok((!done).then(|| RunRef::new(STEP_KIND, id)));
    }
    if !load::has_loaded(&edge.store).await? {
        tracing::info!(entity = E::NAME, "the initial load has not finished; nothing done");
        return Ok(None);
    }
    let now = edge.clock().now();
    let expires = Some(clock::later(now, KEPT));
    Ok(Some(RunRef { expires, ..RunRef::new("run", format!("{}/{now}", E::NAME)) }))
}

fn failure(error: &RunFailure) -> Failure {
    Failure::of(&error.remedy(), chain(error))
}

/// The whole story in one line: each cause after a colon.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| {
        let cause = cause.to_string();
        // A transparent error repeats the text of its source.
        if text.ends_with(&cause) { text } else { format!("{text}: {cause}") }
    })
}
