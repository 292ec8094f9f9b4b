//! The one generic function.

use std::time::Duration;

use clock::Clock;
use tracing::warn;

use crate::ask::Ask;
use crate::entity::{Source, SourcePage};
use crate::hold::{Hold, QUIET};
use crate::intake::Intake;
use crate::lanes::while_counting;
use crate::ports::{LeaseError, State, StateError};
use crate::run::RunRef;
use crate::sweep::Sweep;
use crate::{Budget, Cause, Report, SyncError};

/// HTTP exchanges per partner method since the last time it was asked.
pub type CallCount<'a> = &'a (dyn Fn() -> Vec<(String, u64)> + Sync);

/// Hears how many lanes are held at this moment by runs like this one, of whichever process: before the first question
/// and every few seconds. Who shares an address with them knows from it how much of the partner's limit is his.
pub type LanesHeld<'a> = &'a (dyn Fn(usize) + Sync);

/// All that a run needs. Everything is borrowed, so that a warm Lambda builds it anew for each event.
pub struct Job<'a, I, S, T, P> {
    /// Names the cursor, the watermark and the run records.
    pub name: &'static str,
    /// Who takes the records: [`Only`](crate::Only) one entity or [`Both`](crate::Both) of two.
    pub intake: I,
    /// Where the records are listed.
    pub source: &'a S,
    /// Where the rows are written.
    pub target: &'a T,
    /// What outlives the run.
    pub state: &'a P,
    /// The time.
    pub clock: &'a Clock,
    /// How long the run may work.
    pub budget: Budget,
    /// Names this run to others who want the lane, in words an operator understands.
    pub holder: String,
    /// Where the run record is kept.
    pub run: RunRef,
    /// Counts the calls for the run record.
    pub calls: CallCount<'a>,
    /// Paces them.
    pub lanes_held: LanesHeld<'a>,
    /// What the run is asked to do.
    pub ask: Ask,
}

/// Runs one sweep: continues the one that was interrupted or begins a new one, until it is over or the budget is
/// spent. Running it twice, at once or after any crash, is harmless.
///
/// # Errors
/// A call or the store failed; what was done until then is saved, the run record says `Failed` with the cause.
/// A partner that only asks for patience is no error: the report says how long.
pub async fn sync<Record, I, S, T, P>(job: Job<'_, I, S, T, P>) -> Result<Report, SyncError>
where
    I: Intake<Record, T, P>,
    S: Source<Record>,
    P: State,
{
    let hold = match Hold::take(job.state, job.clock, &job.source.lane(), &job.holder).await {
        Ok(hold) => hold,
        Err(LeaseError::Held { holder, until }) => {
            let wait = clock::until(job.clock.now(), until);
            return Ok(held(wait, format!("o mesmo método da origem está em uso: {holder}")));
        }
        Err(LeaseError::Lost) => return Ok(superseded()),
        Err(LeaseError::State(state)) => return Err(failed(job.name, 1, state.into())),
    };
    let swept = async {
        match Sweep::begin(&job, &hold).await {
            Ok(sweep) => Box::pin(sweep.run()).await,
            Err(StateError::Conflict { .. }) => Ok(superseded()),
            Err(state) => Err(failed(job.name, 1, state.into())),
        }
    };
    let ended = while_counting(job.state, job.clock, job.lanes_held, swept).await;
    // A lease that cannot be given back runs out by itself.
    if let Err(error) = hold.release().await {
        warn!(job = job.name, error = &error as &dyn std::error::Error, "the lease was not released");
    }
    ended
}

pub(crate) fn failed(job: &'static str, page: u32, cause: Cause) -> SyncError {
    SyncError { entity: job, page, cause }
}

pub(crate) fn waiting(wait: Duration, why: String) -> Report {
    // Rounded up: a second early is a second call.
    let wait_seconds = u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX);
    Report { more: true, wait_seconds, waiting_for: Some(why), ..Report::default() }
}

fn held(wait: Duration, why: String) -> Report {
    Report { held: true, ..waiting(wait, why) }
}

pub(crate) fn superseded() -> Report {
    held(QUIET, "outra execução assumiu o mesmo método da origem".to_owned())
}

/// How many raw rows a page delivers.
pub(crate) fn rows_of<Record>(page: &SourcePage<Record>) -> u64 {
    u64::try_from(page.records.len() + page.unreadable.len()).unwrap_or(u64::MAX)
}
