//! Runs one job: settings, credentials, partners, then the engine.

use std::sync::Arc;
use std::time::Duration;

use engine::{Report, RunRef, Shadow, Wanted};
use partner_http::story;
use runtime::{Edge, Failure, Invocation};
use sales::history;
use sales::load::{self, STEP_KIND};
use sales::quarantine::{self, Selection};
use sales::{Run, RunFailure, Synced, preview};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Store;

use crate::partners;

/// How long what a dry run found is kept: a week.
const REHEARSED: Duration = Duration::from_hours(7 * 24);

/// What starts a run: a step of the initial load (`{"load": …, "step": …}`), a schedule or a person
/// (`{"trigger": …}`).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct StepEvent {
    pub(crate) load: Option<String>,
    step: Option<String>,
    trigger: Option<String>,
    /// Read everything and let go of what is gone, not only what changed.
    full: bool,
    /// An operator has looked at what vanished and says that it may go.
    accept_removals: bool,
    /// Records in quarantine that are to try again, in this run.
    release: Option<Release>,
}

/// Records in quarantine that an operator lets try again.
#[derive(Clone, Debug, Deserialize)]
pub struct Release {
    /// The entity: one of the job's.
    entity: String,
    /// Which of its records.
    records: Selection,
}

/// What the state machine needs to know: whether to call again, and after how long.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct StepAnswer {
    /// The sweep goes on: call again.
    pub more: bool,
    /// Seconds to wait before that; what the partner or another holder of the lane asks for.
    pub wait_seconds: u64,
}

/// Keeps the entities of one job in step. Running twice is harmless: a finished step of a load answers at once, and
/// a reading continues where its checkpoint is.
pub async fn sync<J: Synced>(
    edge: Arc<Edge>,
    event: StepEvent,
    invocation: Invocation,
) -> Result<StepAnswer, Failure> {
    if let Some(load) = &event.load {
        unless_cancelled(&edge, load).await?;
    }
    let began = edge.clock().now();
    let report = match &event.load {
        Some(load) if preview::is_dry(load) => rehearse::<J>(&edge, &event, load, &invocation).await?,
        _ => run::<J>(&edge, &event, &invocation).await?,
    };
    let Some(report) = report else { return Ok(StepAnswer::default()) };
    told::<J>(&event, &report);
    if event.load.is_none() {
        if report.more && history::is_called_off(&edge.store, J::JOB, began).await? {
            tracing::info!(job = J::JOB, "somebody called it off: it does not go on");
        } else {
            follow_up(&edge, &event, &invocation, &report).await?;
        }
    }
    Ok(StepAnswer { more: report.more, wait_seconds: report.wait_seconds })
}

/// A step of a cancelled load does not begin; its state machine ends.
pub(crate) async fn unless_cancelled(edge: &Edge, load: &str) -> Result<(), Failure> {
    match load::cancelled(&edge.store, load).await? {
        Some(cause) => Err(Failure::new(load::CANCELLED, cause)),
        None => Ok(()),
    }
}

async fn run<J: Synced>(
    edge: &Edge,
    event: &StepEvent,
    invocation: &Invocation,
) -> Result<Option<Report>, Failure> {
    let Some(record) = record_of::<J>(edge, event).await? else { return Ok(None) };
    if let Some(Release { entity, records }) = &event.release {
        let released = quarantine::release(&edge.store, entity, records).await?;
        tracing::info!(job = J::JOB, entity, released, "records let out of quarantine");
    }
    let tenant = partners::tenant(edge, invocation).await?;
    let run = how::<J>(edge, event, invocation, record);
    let report = sales::sync::<J>(&tenant, &edge.store, edge.clock(), run).await;
    report.map(Some).map_err(|error| failure(&error))
}

async fn rehearse<J: Synced>(
    edge: &Edge,
    event: &StepEvent,
    load: &str,
    invocation: &Invocation,
) -> Result<Option<Report>, Failure> {
    let layer = rehearsal(edge);
    let shadow = Shadow::new(&edge.store, &layer, load);
    let id = load::step_id(load, &step_of::<J>(event));
    if load::is_done(&shadow, &id).await? {
        return Ok(None);
    }
    let tenant = partners::tenant(edge, invocation).await?;
    let run = how::<J>(edge, event, invocation, RunRef::new(STEP_KIND, id));
    let report = preview::rehearse::<J>(&tenant, &shadow, edge.clock(), run).await;
    report.map(Some).map_err(|error| failure(&error))
}

/// Where a dry run keeps what it finds, for a week.
pub(crate) fn rehearsal(edge: &Edge) -> Store {
    edge.store.expiring(clock::later(edge.clock().now(), REHEARSED))
}

fn how<J: Synced>(edge: &Edge, event: &StepEvent, invocation: &Invocation, record: RunRef) -> Run {
    let trigger = if event.load.is_some() { "load" } else { event.trigger.as_deref().unwrap_or("manual") };
    let is_full = event.full || event.load.is_some();
    Run {
        budget: invocation.budget(edge.config.reserve),
        holder: format!("{} de {} ({})", who(trigger), J::JOB, invocation.request_id),
        record,
        wanted: if is_full { Wanted::Full } else { Wanted::Changes },
        accept_removals: event.accept_removals,
    }
}

/// Who holds a lane or a turn, in the operator's words.
pub(crate) fn who(trigger: &str) -> &'static str {
    match trigger {
        "load" => "a carga",
        "schedule" => "o agendamento",
        "reconcile" => "a conferência completa",
        "continue" => "a continuação",
        "webhook" | "notice" => "um aviso do Omie",
        _ => "uma execução manual",
    }
}

/// Where this run records itself, or nothing when there is nothing to do: the step is done, or a schedule fired
/// before the initial load has finished.
async fn record_of<J: Synced>(edge: &Edge, event: &StepEvent) -> Result<Option<RunRef>, Failure> {
    if let Some(load) = &event.load {
        let id = load::step_id(load, &step_of::<J>(event));
        let done = load::is_done(&edge.store, &id).await?;
        return Ok((!done).then(|| RunRef::new(STEP_KIND, id)));
    }
    if !load::has_loaded(&edge.store).await? {
        tracing::info!(job = J::JOB, "the initial load has not finished; nothing done");
        return Ok(None);
    }
    let now = edge.clock().now();
    Ok(Some(history::record(J::JOB, now)))
}

fn step_of<J: Synced>(event: &StepEvent) -> String {
    event.step.clone().unwrap_or_else(|| format!("sync-{}", J::JOB))
}

/// A run that nobody waits for goes on by itself. One that only wanted the changes and found its lane taken leaves it
/// at that: whoever holds the lane reads them, or the next turn does. The night's full reading and a person's word have no
/// next turn.
async fn follow_up(
    edge: &Edge,
    event: &StepEvent,
    invocation: &Invocation,
    report: &Report,
) -> Result<(), Failure> {
    let insists = event.full || event.accept_removals || event.release.is_some();
    if !report.more || (report.held && !insists) {
        return Ok(());
    }
    let again =
        json!({ "trigger": "continue", "full": event.full, "accept_removals": event.accept_removals });
    edge.again(invocation, Duration::from_secs(report.wait_seconds), &again, insists).await
}

fn told<J: Synced>(event: &StepEvent, report: &Report) {
    tracing::info!(
        job = J::JOB,
        trigger = event.trigger,
        read = report.counters.read,
        stored = report.counters.stored(),
        quarantined = report.counters.quarantined(),
        removed = report.counters.removed,
        more = report.more,
        wait_seconds = report.wait_seconds,
        waiting_for = report.waiting_for,
        "run of {} ended",
        J::JOB
    );
    if let Some(gone) = report.braked {
        tracing::warn!(job = J::JOB, gone, "too many records vanished at once; nothing was removed");
    }
}

fn failure(error: &RunFailure) -> Failure {
    Failure::of(&error.remedy(), story(error))
}
