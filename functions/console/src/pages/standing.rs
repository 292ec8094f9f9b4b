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
    /// When the initial load finished, before which nothing runs.
    pub loaded: Option<Timestamp>,
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
    let loaded = load::current(world.state()).await?.and_then(|load| load.loaded);
    let every = jobs::all().into_iter().map(|job| of(world.state(), job, &schedules, loaded, now));
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
    let loaded = load::current(world.state()).await?.and_then(|load| load.loaded);
    Ok((of(world.state(), job, &schedules, loaded, now).await?, failure))
}

async fn of(
    state: &impl Documents,
    job: Job,
    schedules: &[Schedule],
    loaded: Option<Timestamp>,
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
    Ok(Standing { job, schedules, last, success, loaded, now })
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
            _ if self.loaded.is_none() => (Tone::Idle, "espera a carga"),
            _ if self.is_late() => (Tone::Warn, "atrasado"),
            _ if self.schedules.iter().any(|schedule| is_paused(schedule, self.now)) => {
                (Tone::Warn, "pausado em parte")
            }
            Some(_) => (Tone::Good, "em dia"),
            None if self.filled().is_some() => (Tone::Good, "preenchido pela carga"),
            None => (Tone::Idle, "ainda não rodou"),
        }
    }

    /// When the initial load did its work, which has no run of its own yet.
    pub fn filled(&self) -> Option<Timestamp> {
        self.loaded.filter(|_| self.last.is_none() && self.job.is_listing())
    }

    /// When its usual schedule fires next.
    pub fn next(&self) -> Option<Timestamp> {
        next(self.usual()?, self.last.as_ref().map(|last| last.started), self.now)
    }

    /// By when its next success is expected: one firing may fail, the next one and some slack may not.
    ///
    /// Counted from the last success, from the end of the initial load and from the end of a pause, whichever came last;
    /// firing by firing, because those of working hours are not evenly apart.
    pub fn expected_by(&self) -> Option<Timestamp> {
        let usual = self.usual()?;
        let since = [self.success, self.loaded, usual.starts].into_iter().flatten().max()?;
        let recurrence = Recurrence::parse(&usual.expression, &usual.zone).ok()?;
        let second = recurrence.after(recurrence.after(since)?)?;
        Some(clock::later(second, SLACK))
    }

    fn is_late(&self) -> bool {
        self.expected_by().is_some_and(|by| by < self.now)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every ten minutes of working hours, as the operator of a shop would have it.
    const WORKING_HOURS: &str = "cron(0/10 8-18 ? * MON-FRI *)";

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn standing(expression: &str, success: Option<&str>, loaded: Option<&str>, now: &str) -> Standing {
        let job = jobs::all().remove(0);
        let schedule = |name: &str, is_on| Schedule {
            name: name.to_owned(),
            expression: expression.to_owned(),
            zone: "America/Sao_Paulo".to_owned(),
            is_on,
            starts: None,
            note: None,
        };
        Standing {
            job,
            schedules: vec![schedule("usual", true), schedule("nightly", true)],
            last: None,
            success: success.map(at),
            loaded: loaded.map(at),
            now: at(now),
        }
    }

    // Friday the 20th at 18:50 was the last firing of the week; the next is on Monday at 8:00.
    const FRIDAY: &str = "2026-11-20T18:50:30-03:00";

    #[test]
    fn a_weekend_without_firings_makes_nothing_late() {
        let late = |now| standing(WORKING_HOURS, Some(FRIDAY), Some("2026-11-01T12:00:00Z"), now).is_late();

        assert!(!late("2026-11-23T07:59:00-03:00"));
        assert!(!late("2026-11-23T08:24:00-03:00"), "the second firing of the day and a quarter of an hour");
        assert!(late("2026-11-23T08:26:00-03:00"));
    }

    #[test]
    fn what_has_never_succeeded_is_late_counted_from_the_end_of_the_load() {
        let told = |loaded, now| standing("rate(10 minutes)", None, loaded, now).state();

        assert_eq!(told(None, "2026-11-20T15:00:00Z"), (Tone::Idle, "espera a carga"));
        assert_eq!(
            told(Some("2026-11-20T14:30:00Z"), "2026-11-20T15:00:00Z"),
            (Tone::Idle, "ainda não rodou")
        );
        assert_eq!(told(Some("2026-11-20T14:00:00Z"), "2026-11-20T15:00:00Z"), (Tone::Warn, "atrasado"));
    }

    #[test]
    fn what_the_load_has_filled_is_not_said_to_have_never_been_read() {
        let (loaded, now) = ("2026-11-20T14:30:00Z", "2026-11-20T15:00:00Z");
        let of = |is_listing| {
            let job = jobs::all().into_iter().find(|job| job.is_listing() == is_listing).expect("of both");
            Standing { job, ..standing("rate(10 minutes)", None, Some(loaded), now) }
        };

        assert_eq!(
            (of(true).state(), of(true).filled()),
            ((Tone::Good, "preenchido pela carga"), Some(at(loaded)))
        );
        assert_eq!((of(false).state(), of(false).filled()), ((Tone::Idle, "ainda não rodou"), None));
    }

    #[test]
    fn a_pause_that_ends_by_itself_is_no_delay() {
        let mut standing =
            standing("rate(10 minutes)", Some("2026-11-20T12:00:00Z"), None, "2026-11-20T15:05:00Z");
        assert!(standing.is_late());

        standing.schedules[0].starts = Some(at("2026-11-20T15:00:00Z"));

        assert!(!standing.is_late());
    }

    #[test]
    fn the_pause_of_its_nightly_reading_is_told() {
        let mut standing =
            standing("rate(10 minutes)", Some("2026-11-20T15:00:00Z"), None, "2026-11-20T15:05:00Z");
        standing.loaded = Some(at("2026-11-01T12:00:00Z"));

        standing.schedules[1].is_on = false;

        assert_eq!(standing.state(), (Tone::Warn, "pausado em parte"));
    }
}
