//! How a job stands: its last run against what its schedule promises.

use std::time::Duration;

use engine::{Documents, RunRecord, RunState, StateError};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use sales::{history, load};
use schedules::{Recurrence, Schedule};

use crate::jobs::{self, Job};
use crate::ports::{Jobs as _, PortError, World};
use crate::view::Tone;

/// A run may be late by so much before anybody is told.
const SLACK: Duration = Duration::from_mins(15);
/// A run that has said nothing for so long has stopped.
const SILENT: Duration = Duration::from_hours(1);
/// Runs looked through for the last one that came to its end.
const LOOKED_THROUGH: usize = 30;

/// A job, its schedules and its last run.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The job.
    pub job: Job,
    /// Its schedules, the usual one first; none when the scheduler did not answer.
    pub schedules: Vec<Schedule>,
    /// Its last run.
    pub last: Option<RunRecord>,
    /// When its last run that came to an end did so.
    pub success: Option<Timestamp>,
    /// Whether the initial load has finished, before which nothing runs.
    pub has_loaded: bool,
    now: Timestamp,
}

/// How all jobs stand; and why the scheduler did not answer, if it did not.
pub async fn all<W: World>(
    world: &W,
    now: Timestamp,
) -> Result<(Vec<Standing>, Option<PortError>), StateError> {
    let (schedules, failure) = match world.jobs().schedules().await {
        Ok(schedules) => (schedules, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let has_loaded = load::has_loaded(world.state()).await?;
    let every = jobs::all().into_iter().map(|job| of(world.state(), job, &schedules, has_loaded, now));
    Ok((try_join_all(every).await?, failure))
}

/// How one job stands.
pub async fn one<W: World>(
    world: &W,
    job: Job,
    now: Timestamp,
) -> Result<(Standing, Option<PortError>), StateError> {
    let (schedules, failure) = match world.jobs().schedules().await {
        Ok(schedules) => (schedules, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let has_loaded = load::has_loaded(world.state()).await?;
    Ok((of(world.state(), job, &schedules, has_loaded, now).await?, failure))
}

async fn of(
    state: &impl Documents,
    job: Job,
    schedules: &[Schedule],
    has_loaded: bool,
    now: Timestamp,
) -> Result<Standing, StateError> {
    let last = history::last(state, job.name).await?;
    let success = match &last {
        Some(last) if last.state == RunState::Done => last.ended,
        Some(_) => {
            let runs = history::runs(state, job.name, LOOKED_THROUGH).await?;
            runs.iter().find(|(_, run)| run.state == RunState::Done).and_then(|(_, run)| run.ended)
        }
        None => None,
    };
    let named =
        |(name, _): &(String, String)| schedules.iter().find(|schedule| schedule.name == *name).cloned();
    let schedules = job.schedules.iter().filter_map(named).collect();
    Ok(Standing { job, schedules, last, success, has_loaded, now })
}

impl Standing {
    /// The schedule of its usual runs.
    pub fn usual(&self) -> Option<&Schedule> {
        self.schedules.first()
    }

    /// What to say of it, in one word.
    pub fn state(&self) -> (Tone, &'static str) {
        if self.usual().is_some_and(|schedule| is_paused(schedule, self.now)) {
            return (Tone::Warn, "pausado");
        }
        match &self.last {
            Some(last) if last.state == RunState::Running => {
                let is_silent = clock::until(last.updated, self.now) > SILENT;
                if is_silent { (Tone::Warn, "parou no meio") } else { (Tone::Busy, "rodando") }
            }
            Some(last) if last.state == RunState::Failed => (Tone::Bad, "falhou"),
            Some(last) if last.braked.is_some() => (Tone::Warn, "espera confirmação"),
            _ if !self.has_loaded => (Tone::Idle, "espera a carga"),
            _ if self.is_late() => (Tone::Warn, "atrasado"),
            Some(_) => (Tone::Good, "em dia"),
            None => (Tone::Idle, "ainda não rodou"),
        }
    }

    /// When its usual schedule fires next.
    pub fn next(&self) -> Option<Timestamp> {
        next(self.usual()?, self.last.as_ref().map(|last| last.started), self.now)
    }

    /// The longest its last success may be ago.
    pub fn expected_within(&self) -> Option<Duration> {
        let interval = interval(self.usual()?, self.now)?;
        Some(interval.saturating_mul(2) + SLACK)
    }

    fn is_late(&self) -> bool {
        match (self.success, self.expected_within()) {
            (Some(success), Some(within)) => clock::until(success, self.now) > within,
            _ => false,
        }
    }
}

/// Whether it does not fire although it could.
pub fn is_paused(schedule: &Schedule, now: Timestamp) -> bool {
    !schedule.is_on || schedule.starts.is_some_and(|starts| starts > now)
}

/// When a schedule fires next. Of a rate nobody knows but the scheduler: it counts from the job's last start.
pub fn next(schedule: &Schedule, last: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    if !schedule.is_on {
        return None;
    }
    let recurrence = Recurrence::parse(&schedule.expression, &schedule.zone).ok()?;
    let from = schedule.starts.map_or(now, |starts| starts.max(now));
    if from > now {
        // The first one at or after the end of the pause.
        return match recurrence {
            Recurrence::Rate(_) => Some(from),
            other => other.after(from),
        };
    }
    match (&recurrence, last) {
        (Recurrence::Rate(_), Some(last)) => recurrence.after(last).map(|next| next.max(now)),
        _ => recurrence.after(now),
    }
}

/// The next `count` moments at which it fires.
pub fn upcoming(
    schedule: &Schedule,
    last: Option<Timestamp>,
    now: Timestamp,
    count: usize,
) -> Vec<Timestamp> {
    let recurrence = Recurrence::parse(&schedule.expression, &schedule.zone).ok();
    std::iter::successors(next(schedule, last, now), |at| recurrence.as_ref()?.after(*at))
        .take(count)
        .collect()
}

fn interval(schedule: &Schedule, now: Timestamp) -> Option<Duration> {
    let recurrence = Recurrence::parse(&schedule.expression, &schedule.zone).ok()?;
    let first = recurrence.after(now)?;
    Some(clock::until(first, recurrence.after(first)?))
}
