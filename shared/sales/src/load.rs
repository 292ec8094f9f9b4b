//! The initial load: which one is open, what it waits for, how it ended.
//!
//! Step Functions decides the order; this record decides what "start" means. Starting again always *continues*
//! what is unfinished: finished steps answer at once, a failed step is tried again, and after an interruption at
//! the branch gate only cities, branches and the gate run anew (`contracts/omie-maxima-mapping.md §4.2`).
//!
//! ```text
//!            open                    finish
//!   (none) ───────▶ Running ───────────────────▶ Finished ──open──▶ a new load
//!                    │  ▲  │ close
//!     gate: branches │  │  ▼
//!      incomplete    │  └─ Failed { step, cause }   
//!                    ▼  └─ open: same load, finished steps kept
//!               Interrupted { branches }
//! ```

use engine::{
    Counters, Document, Documents, Entity as _, Expected, Key, Quarantine, RunRecord, RunState, StateError,
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::branch::BranchProblem;
use crate::entities::{Cidade, Filial};
use crate::preview::is_dry;

/// The kind of the load's document.
const KIND: &str = "load";
/// There is one load at a time; its document is replaced by the next one's.
const CURRENT: &str = "current";
/// So it is with dry runs, which the load knows nothing of.
const REHEARSAL: &str = "ensaio";
/// The kind of a step's run record; its id is `<load>/<step>`.
pub const STEP_KIND: &str = "load-step";

/// More branches or cities than ever stand in quarantine at a gate.
const RESENT: usize = 10_000;

/// The steps that run again after an interruption.
const RECHECKED: [&str; 3] = ["sync-cidades", "sync-filiais", "branch-gate"];

/// One initial load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Names the load; its steps are recorded under it.
    pub id: String,
    /// Where it stands.
    pub state: LoadState,
    /// When it was first started.
    pub started: Timestamp,
    /// When it last ended, in whatever way.
    pub ended: Option<Timestamp>,
    /// When a load, this one or one before it, finished first: since then the schedules run.
    #[serde(default)]
    pub loaded: Option<Timestamp>,
}

/// Where a load stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum LoadState {
    /// A state machine works on it.
    Running,
    /// No way on until these branches are complete in Omie.
    Interrupted {
        /// Each branch and what it lacks.
        branches: Vec<BranchProblem>,
    },
    /// A step failed.
    Failed {
        /// The name of the remedy (`RetryLater`, `FixConfig` …).
        error: String,
        /// What the operator must read.
        cause: String,
    },
    /// Everything is in Máxima or listed with its reason.
    Finished,
}

/// How a load that did not finish is to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Closed {
    /// `interrupted` or `failed`.
    pub outcome: &'static str,
    /// The name of the remedy, or `BranchesIncomplete`.
    pub error: String,
    /// What the operator must read.
    pub cause: String,
}

/// Reads the current load.
pub async fn current(state: &impl Documents) -> Result<Option<Load>, StateError> {
    Ok(read(state, CURRENT).await?.map(|(load, _)| load))
}

/// Reads the latest dry run.
pub async fn latest_rehearsal(state: &impl Documents) -> Result<Option<Load>, StateError> {
    Ok(read(state, REHEARSAL).await?.map(|(load, _)| load))
}

fn slot(load: &str) -> &'static str {
    if is_dry(load) { REHEARSAL } else { CURRENT }
}

/// Opens a load to work on: the unfinished one, or a new one called `id`. A [dry run](crate::preview) is always new.
pub async fn open(
    state: &(impl Documents + Quarantine),
    id: &str,
    now: Timestamp,
) -> Result<Load, StateError> {
    let (found, expected) = match read(state, slot(id)).await? {
        Some((load, version)) => (Some(load), Expected::Version(version)),
        None => (None, Expected::Absent),
    };
    let found = found.filter(|_| !is_dry(id));
    let interrupted = matches!(&found, Some(Load { state: LoadState::Interrupted { .. }, .. }));
    let load = next_to_open(found, id, now);
    if interrupted {
        recheck(state, &load.id).await?;
    }
    write(state, &load, expected).await?;
    Ok(load)
}

/// Cities, branches and the gate run anew, and what Máxima refused is sent again at once: somebody has just
/// looked at it.
async fn recheck(state: &(impl Documents + Quarantine), load: &str) -> Result<(), StateError> {
    for step in RECHECKED {
        state.delete(STEP_KIND, &step_id(load, step), Expected::Any).await?;
    }
    for entity in [Cidade::NAME, Filial::NAME] {
        let held = state.in_quarantine(entity, RESENT).await?;
        let keys: Vec<Key> = held.into_iter().map(|(key, _)| key).collect();
        state.clear(entity, &keys).await?;
    }
    Ok(())
}

fn next_to_open(found: Option<Load>, id: &str, now: Timestamp) -> Load {
    match found {
        Some(load) if load.state != LoadState::Finished => {
            Load { state: LoadState::Running, ended: None, ..load }
        }
        found => {
            let loaded = found.and_then(|load| load.loaded);
            Load { id: id.to_owned(), state: LoadState::Running, started: now, ended: None, loaded }
        }
    }
}

/// Stops the load at the branch gate.
pub async fn interrupt(
    state: &impl Documents,
    load: &str,
    branches: Vec<BranchProblem>,
    now: Timestamp,
) -> Result<(), StateError> {
    stop(state, load, LoadState::Interrupted { branches }, now).await
}

/// Ends a load whose state machine stopped with `error` and `cause`; says how to show it. The table knows better
/// than the machine why: an interruption that is recorded stays one, whatever name the failure arrives under.
pub async fn close(
    state: &impl Documents,
    load: &str,
    error: &str,
    cause: &str,
    now: Timestamp,
) -> Result<Closed, StateError> {
    let found = read(state, slot(load)).await?.map(|(found, _)| found);
    if let Some(Load { state: LoadState::Interrupted { branches }, id, .. }) = found
        && id == load
    {
        let cause = crate::branch::screen(&branches);
        return Ok(Closed { outcome: "interrupted", error: "BranchesIncomplete".to_owned(), cause });
    }
    let (error, cause) = readable(error, cause);
    let failed = LoadState::Failed { error: error.clone(), cause: cause.clone() };
    stop(state, load, failed, now).await?;
    Ok(Closed { outcome: "failed", error, cause })
}

/// The name under which a cancelled load has failed.
pub const CANCELLED: &str = "Cancelled";

/// An operator cancels what runs, the load or the latest dry run; false when nothing does. A step that is at work ends
/// its part, the next does not begin; what was done stays, and starting again continues from there.
pub async fn cancel(
    state: &impl Documents,
    is_rehearsal: bool,
    by: &str,
    now: Timestamp,
) -> Result<bool, StateError> {
    let slot = if is_rehearsal { REHEARSAL } else { CURRENT };
    let Some((load, _)) = read(state, slot).await? else { return Ok(false) };
    if load.state != LoadState::Running {
        return Ok(false);
    }
    let what = if is_rehearsal { "o ensaio foi cancelado" } else { "a carga foi cancelada" };
    let cause = format!("{what} por {by}: o que foi concluído fica, e continuar segue daqui");
    stop(state, &load.id, LoadState::Failed { error: CANCELLED.to_owned(), cause }, now).await?;
    Ok(true)
}

/// Why a step must not begin: the load was cancelled.
pub async fn cancelled(state: &impl Documents, load: &str) -> Result<Option<String>, StateError> {
    let found = read(state, slot(load)).await?.map(|(found, _)| found).filter(|found| found.id == load);
    Ok(match found.map(|found| found.state) {
        Some(LoadState::Failed { error, cause }) if error == CANCELLED => Some(cause),
        _ => None,
    })
}

/// Ends a load that is complete.
pub async fn finish(state: &impl Documents, load: &str, now: Timestamp) -> Result<(), StateError> {
    let Some((found, version)) = read(state, slot(load)).await?.filter(|(found, _)| found.id == load) else {
        return Ok(());
    };
    let loaded = found.loaded.or(Some(now));
    let finished = Load { state: LoadState::Finished, ended: Some(now), loaded, ..found };
    write(state, &finished, Expected::Version(version)).await
}

/// Whether the catalogue has been loaded once, so that schedules may run. A later load does not stop them.
pub async fn has_loaded(state: &impl Documents) -> Result<bool, StateError> {
    Ok(current(state).await?.is_some_and(|load| load.loaded.is_some()))
}

/// Whether a sweep read records that were meant for Máxima and none of them is there. What depends on it would
/// fail row by row (`contracts/omie-maxima-mapping.md §5`).
pub fn stored_nothing(counters: &Counters) -> bool {
    counters.read > counters.skipped && counters.stored() == 0
}

/// Whether this step of the load is done. One that stored nothing is not: it runs again when the load continues.
pub async fn is_done(state: &impl Documents, step: &str) -> Result<bool, StateError> {
    let Some(document) = state.get(STEP_KIND, step).await? else {
        return Ok(false);
    };
    let record: RunRecord = parse(document, step)?;
    Ok(record.state == RunState::Done && !stored_nothing(&record.counters))
}

/// The id of a step's run record.
pub fn step_id(load: &str, step: &str) -> String {
    format!("{load}/{step}")
}

/// Lambda's failure arrives as JSON text `{"errorType":…,"errorMessage":…}`; anything else is shown as it is.
fn readable(error: &str, cause: &str) -> (String, String) {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct LambdaFailure {
        error_type: String,
        error_message: String,
    }
    match serde_json::from_str::<LambdaFailure>(cause) {
        Ok(failure) => (failure.error_type, failure.error_message),
        Err(_) => (error.to_owned(), cause.to_owned()),
    }
}

async fn stop(
    state: &impl Documents,
    load: &str,
    ended_as: LoadState,
    now: Timestamp,
) -> Result<(), StateError> {
    // A load that has ended, or is no longer the current one, has nothing left to say.
    if let Some((found, version)) = read(state, slot(load)).await?
        && found.id == load
        && found.state == LoadState::Running
    {
        let ended = Load { state: ended_as, ended: Some(now), ..found };
        write(state, &ended, Expected::Version(version)).await?;
    }
    Ok(())
}

async fn read(state: &impl Documents, slot: &str) -> Result<Option<(Load, u64)>, StateError> {
    let Some(document) = state.get(KIND, slot).await? else {
        return Ok(None);
    };
    let version = document.version;
    Ok(Some((parse(document, slot)?, version)))
}

fn parse<T: DeserializeOwned>(document: Document, id: &str) -> Result<T, StateError> {
    serde_json::from_value(document.body)
        .map_err(|source| StateError::Malformed { what: format!("document {id}"), source: source.into() })
}

async fn write(state: &impl Documents, load: &Load, expected: Expected) -> Result<(), StateError> {
    let body = serde_json::to_value(load).expect("a load is always JSON");
    state.put(KIND, slot(&load.id), &body, expected, None).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use clock::Clock;
    use engine::Memory;

    use super::*;
    use crate::branch::MissingField;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    fn incomplete() -> Vec<BranchProblem> {
        vec![BranchProblem {
            codigo: "7".to_owned(),
            nome: Some("MATRIZ".to_owned()),
            missing: vec![MissingField::InscricaoEstadual],
            error: None,
        }]
    }

    async fn state_of(state: &Memory) -> LoadState {
        current(state).await.expect("readable").expect("a load").state
    }

    async fn done(state: &Memory, load: &str, step: &str) {
        let body = serde_json::json!({
            "v": 1, "entity": step, "sweep": "s", "state": "done", "counters": {}, "pages_read": 1,
            "total_pages": 1, "expected": 1, "started": at(1), "updated": at(2), "ended": at(2),
            "calls": {}, "errors": [], "incomplete": null, "outcome": null,
        });
        state.put(STEP_KIND, &step_id(load, step), &body, Expected::Any, None).await.expect("written");
    }

    #[tokio::test]
    async fn a_finished_load_is_followed_by_a_new_one() {
        let state = Memory::new(Clock::paused(at(0)));
        open(&state, "a", at(1)).await.expect("opened");
        finish(&state, "a", at(2)).await.expect("finished");
        assert!(has_loaded(&state).await.expect("readable"));

        let load = open(&state, "b", at(3)).await.expect("opened");

        assert_eq!(
            load,
            Load {
                id: "b".into(),
                state: LoadState::Running,
                started: at(3),
                ended: None,
                loaded: Some(at(2)),
            }
        );
        assert!(has_loaded(&state).await.expect("readable"), "schedules go on while a new load runs");
    }

    #[tokio::test]
    async fn a_finished_load_cannot_fail_afterwards() {
        let state = Memory::new(Clock::paused(at(0)));
        open(&state, "a", at(1)).await.expect("opened");
        finish(&state, "a", at(2)).await.expect("finished");

        close(&state, "a", "RetryLater", "late", at(3)).await.expect("ignored");

        assert_eq!(state_of(&state).await, LoadState::Finished);
    }

    #[tokio::test]
    async fn a_step_that_stored_nothing_is_not_done() {
        let state = Memory::new(Clock::paused(at(0)));
        done(&state, "a", "sync-bancos").await;
        let counters = Counters { read: 3, rejected: 2, skipped: 1, ..Counters::default() };
        let (kind, id) = (STEP_KIND, step_id("a", "sync-bancos"));
        let mut body = state.get(kind, &id).await.expect("readable").expect("it is there").body;
        body["counters"] = serde_json::to_value(counters).expect("JSON");
        state.put(kind, &id, &body, Expected::Any, None).await.expect("written");

        assert!(!is_done(&state, &id).await.expect("readable"));
        assert!(!stored_nothing(&Counters { read: 1, skipped: 1, ..Counters::default() }));
    }

    #[tokio::test]
    async fn a_failed_load_is_continued_with_its_finished_steps() {
        let state = Memory::new(Clock::paused(at(0)));
        open(&state, "a", at(1)).await.expect("opened");
        done(&state, "a", "sync-bancos").await;
        let cause = r#"{"errorType":"FixConfig","errorMessage":"chave recusada","stackTrace":[]}"#;

        let closed = close(&state, "a", "FixConfig", cause, at(2)).await.expect("closed");
        let again = open(&state, "b", at(3)).await.expect("opened");

        let expected =
            Closed { outcome: "failed", error: "FixConfig".into(), cause: "chave recusada".into() };
        assert_eq!(closed, expected);
        assert_eq!((again.id.as_str(), again.state), ("a", LoadState::Running));
        assert!(is_done(&state, &step_id("a", "sync-bancos")).await.expect("readable"));
    }

    #[tokio::test]
    async fn a_cause_that_is_not_from_a_lambda_is_shown_as_it_is() {
        let state = Memory::new(Clock::paused(at(0)));
        open(&state, "a", at(1)).await.expect("opened");

        let closed = close(&state, "a", "States.Timeout", "", at(2)).await.expect("closed");

        assert_eq!((closed.error.as_str(), closed.cause.as_str()), ("States.Timeout", ""));
    }

    #[tokio::test]
    async fn an_interruption_stays_one_whatever_name_the_failure_arrives_under() {
        let state = Memory::new(Clock::paused(at(0)));
        open(&state, "a", at(1)).await.expect("opened");
        interrupt(&state, "a", incomplete(), at(2)).await.expect("interrupted");

        let closed = close(&state, "a", "States.TaskFailed", "wrapped", at(3)).await.expect("closed");

        assert_eq!(closed.outcome, "interrupted");
        assert!(closed.cause.contains("MATRIZ") && closed.cause.contains("inscricao_estadual"), "{closed:?}");
        assert_eq!(state_of(&state).await, LoadState::Interrupted { branches: incomplete() });
    }

    #[tokio::test]
    async fn after_an_interruption_only_cities_and_branches_are_read_again() {
        let state = Memory::new(Clock::paused(at(0)));
        open(&state, "a", at(1)).await.expect("opened");
        for step in ["sync-cidades", "sync-filiais", "sync-bancos"] {
            done(&state, "a", step).await;
        }
        interrupt(&state, "a", incomplete(), at(2)).await.expect("interrupted");

        let again = open(&state, "b", at(3)).await.expect("opened");

        assert_eq!((again.id.as_str(), again.started), ("a", at(1)));
        for (step, is_kept) in [("sync-cidades", false), ("sync-filiais", false), ("sync-bancos", true)] {
            assert_eq!(is_done(&state, &step_id("a", step)).await.expect("readable"), is_kept, "{step}");
        }
    }

    #[tokio::test]
    async fn a_cancelled_load_begins_no_step_and_goes_on_where_it_was() {
        let state = Memory::new(Clock::paused(at(0)));
        open(&state, "a", at(1)).await.expect("opened");
        done(&state, "a", "sync-bancos").await;
        assert_eq!(cancelled(&state, "a").await.expect("readable"), None);

        assert!(cancel(&state, false, "ana", at(2)).await.expect("cancelled"));

        let cause = cancelled(&state, "a").await.expect("readable").expect("it was");
        assert!(cause.contains("por ana"), "{cause}");
        assert_eq!(cancelled(&state, "b").await.expect("readable"), None, "another load");
        let closed = close(&state, "a", CANCELLED, &cause, at(3)).await.expect("closed");
        assert_eq!((closed.outcome, closed.cause), ("failed", cause));
        assert!(!cancel(&state, false, "bia", at(4)).await.expect("nothing runs"));
        assert!(!cancel(&state, true, "bia", at(4)).await.expect("nor is there a dry run"));

        open(&state, "b", at(5)).await.expect("opened");
        assert_eq!(cancelled(&state, "a").await.expect("readable"), None);
        assert!(is_done(&state, &step_id("a", "sync-bancos")).await.expect("readable"));
    }

    #[tokio::test]
    async fn a_dry_run_is_always_new_and_leaves_the_load_alone() {
        let state = Memory::new(Clock::paused(at(0)));
        open(&state, "a", at(1)).await.expect("opened");

        for (name, second) in [("x", 2), ("y", 3)] {
            let id = crate::preview::dry(name);
            let opened = open(&state, &id, at(second)).await.expect("opened");
            assert_eq!((opened.id, opened.started), (id, at(second)));
        }
        finish(&state, &crate::preview::dry("y"), at(4)).await.expect("finished");

        assert_eq!(state_of(&state).await, LoadState::Running);
        assert!(!has_loaded(&state).await.expect("readable"), "nothing has been loaded");
        let latest = latest_rehearsal(&state).await.expect("readable").expect("a dry run");
        assert_eq!(latest.state, LoadState::Finished);
    }

    #[tokio::test]
    async fn a_load_that_was_replaced_has_nothing_left_to_say() {
        let state = Memory::new(Clock::paused(at(0)));
        open(&state, "a", at(1)).await.expect("opened");
        finish(&state, "a", at(2)).await.expect("finished");
        open(&state, "b", at(3)).await.expect("opened");

        finish(&state, "a", at(4)).await.expect("ignored");

        assert_eq!(state_of(&state).await, LoadState::Running);
    }
}
