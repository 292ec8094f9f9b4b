//! The calls to EventBridge Scheduler. All schedules are in the default group; their names begin with the stack's.

use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::operation::create_schedule::CreateScheduleError;
use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::primitives::DateTime;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy,
    ScheduleState, Target,
};
use futures_util::future::join_all;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::failure::{ScheduleError, failed};
use crate::frequency::Frequency;

/// The zone of a schedule that names none.
const UTC: &str = "UTC";
/// A schedule that deletes itself may be gone between "there is one" and "move it"; not every time.
const TRIES: u32 = 3;
/// Schedules read at once: somebody waits for the page that lists them.
const TOGETHER: usize = 10;
/// The longest description the service takes.
const LONGEST_NOTE: usize = 512;

/// The schedules of a region. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Schedules {
    client: Client,
}

/// One schedule as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// `ponte-<tenant>-sync-clientes`.
    pub name: String,
    /// `rate(15 minutes)`.
    pub expression: String,
    /// The zone the expression is read in.
    pub zone: String,
    /// Whether it fires.
    pub is_on: bool,
    /// It does not fire before this moment.
    pub starts: Option<Timestamp>,
    /// Why it is paused, if it is.
    pub note: Option<String>,
}

/// A schedule that fires once and is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Its name; one of this name that has not fired yet is moved.
    pub name: String,
    /// When; the service knows whole minutes.
    pub at: Timestamp,
    /// The function to start.
    pub function_arn: String,
    /// The role in which the scheduler starts it.
    pub role_arn: String,
    /// The queue for an event that could not be delivered.
    pub dead_letters_arn: String,
    /// The event.
    pub input: String,
}

impl Schedules {
    /// Schedules through `client`.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The schedule of this name.
    pub async fn get(&self, name: &str) -> Result<Schedule, ScheduleError> {
        Ok(read(name, &self.read(name).await?))
    }

    /// Every schedule whose name begins so, in name order.
    pub async fn list(&self, prefix: &str) -> Result<Vec<Schedule>, ScheduleError> {
        let mut names = Vec::new();
        let mut pages = self.client.list_schedules().name_prefix(prefix).into_paginator().items().send();
        while let Some(summary) = pages.next().await {
            let summary = summary.map_err(|error| failed("ListSchedules", prefix, error))?;
            names.extend(summary.name);
        }
        names.sort();
        let mut schedules = Vec::with_capacity(names.len());
        for some in names.chunks(TOGETHER) {
            for read in join_all(some.iter().map(|name| self.get(name))).await {
                match read {
                    Ok(schedule) => schedules.push(schedule),
                    // A one-time schedule that has fired since.
                    Err(ScheduleError::Unknown(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(schedules)
    }

    /// Fires it as chosen from now on; whether it is paused stays as it is. A pause that has ended by itself is
    /// forgotten: the service takes no start that lies behind, though it gives one back.
    pub async fn change(
        &self,
        name: &str,
        frequency: Frequency,
        now: Timestamp,
    ) -> Result<(), ScheduleError> {
        let mut found = self.read(name).await?;
        if found.start_date.is_some_and(|start| start.secs() <= now.as_second()) {
            (found.description, found.start_date) = (None, None);
        }
        let zone = found.schedule_expression_timezone.as_deref().unwrap_or(UTC);
        found.schedule_expression = Some(frequency.expression(zone)?);
        self.write(name, found).await
    }

    /// Fires it no more: until the moment given, by itself, or until it is [resumed](Self::resume). The reason is
    /// kept with the schedule.
    pub async fn pause(
        &self,
        name: &str,
        reason: &str,
        until: Option<Timestamp>,
    ) -> Result<(), ScheduleError> {
        let mut found = self.read(name).await?;
        found.description = Some(reason.trim().chars().take(LONGEST_NOTE).collect());
        found.start_date = until.map(|until| DateTime::from_secs(until.as_second()));
        let state = if until.is_some() { ScheduleState::Enabled } else { ScheduleState::Disabled };
        found.state = Some(state);
        self.write(name, found).await
    }

    /// Fires it again.
    pub async fn resume(&self, name: &str) -> Result<(), ScheduleError> {
        let mut found = self.read(name).await?;
        (found.description, found.start_date) = (None, None);
        found.state = Some(ScheduleState::Enabled);
        self.write(name, found).await
    }

    /// Makes a schedule that fires once, or moves the one of this name.
    pub async fn once(&self, once: &Once) -> Result<(), ScheduleError> {
        let target = Target::builder()
            .arn(&once.function_arn)
            .role_arn(&once.role_arn)
            .input(&once.input)
            .dead_letter_config(DeadLetterConfig::builder().arn(&once.dead_letters_arn).build())
            .retry_policy(
                RetryPolicy::builder().maximum_event_age_in_seconds(3_600).maximum_retry_attempts(3).build(),
            )
            .build()
            .map_err(|error| invalid("CreateSchedule", error))?;
        for _ in 0..TRIES {
            if self.create(once, target.clone()).await? || self.move_to(once, target.clone()).await? {
                return Ok(());
            }
            // It fired between the two, and is gone.
        }
        Err(ScheduleError::Unknown(once.name.clone()))
    }

    /// Takes back a schedule that fires once; says whether there was one. Those of the template are not for this.
    pub async fn forget(&self, name: &str) -> Result<bool, ScheduleError> {
        let gone = self.client.delete_schedule().name(name).send().await;
        match gone.map_err(|error| failed("DeleteSchedule", name, error)) {
            Ok(_) => Ok(true),
            Err(ScheduleError::Unknown(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes it; says whether there was none.
    async fn create(&self, once: &Once, target: Target) -> Result<bool, ScheduleError> {
        let created = self
            .client
            .create_schedule()
            .name(&once.name)
            .schedule_expression(at(once.at))
            .schedule_expression_timezone(UTC)
            .flexible_time_window(exactly())
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target)
            .send()
            .await;
        match created {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(CreateScheduleError::is_conflict_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(failed("CreateSchedule", &once.name, error)),
        }
    }

    /// Moves the one there is; says whether it was there.
    async fn move_to(&self, once: &Once, target: Target) -> Result<bool, ScheduleError> {
        let moved = self
            .client
            .update_schedule()
            .name(&once.name)
            .schedule_expression(at(once.at))
            .schedule_expression_timezone(UTC)
            .flexible_time_window(exactly())
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target)
            .send()
            .await;
        match moved.map_err(|error| failed("UpdateSchedule", &once.name, error)) {
            Ok(_) => Ok(true),
            Err(ScheduleError::Unknown(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn read(&self, name: &str) -> Result<GetScheduleOutput, ScheduleError> {
        let found = self.client.get_schedule().name(name).send().await;
        found.map_err(|error| failed("GetSchedule", name, error))
    }

    /// An update replaces everything, so everything is sent.
    async fn write(&self, name: &str, schedule: GetScheduleOutput) -> Result<(), ScheduleError> {
        let written = self
            .client
            .update_schedule()
            .name(name)
            .set_group_name(schedule.group_name)
            .set_schedule_expression(schedule.schedule_expression)
            .set_schedule_expression_timezone(schedule.schedule_expression_timezone)
            .set_start_date(schedule.start_date)
            .set_end_date(schedule.end_date)
            .set_description(schedule.description)
            .set_state(schedule.state)
            .set_kms_key_arn(schedule.kms_key_arn)
            .set_target(schedule.target)
            .flexible_time_window(schedule.flexible_time_window.unwrap_or_else(exactly))
            .set_action_after_completion(schedule.action_after_completion)
            .send()
            .await;
        written.map(drop).map_err(|error| failed("UpdateSchedule", name, error))
    }
}

fn read(name: &str, found: &GetScheduleOutput) -> Schedule {
    Schedule {
        name: name.to_owned(),
        expression: found.schedule_expression.clone().unwrap_or_default(),
        zone: found.schedule_expression_timezone.clone().unwrap_or_else(|| UTC.to_owned()),
        is_on: found.state != Some(ScheduleState::Disabled),
        starts: found.start_date.and_then(|at| Timestamp::from_second(at.secs()).ok()),
        note: found.description.clone().filter(|note| !note.is_empty()),
    }
}

fn exactly() -> FlexibleTimeWindow {
    let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off);
    window.build().expect("a mode is all it needs")
}

/// The service knows whole minutes, and takes none that has begun: the next one.
fn at(moment: Timestamp) -> String {
    let minute = moment.as_second().div_euclid(60) + 1;
    let minute = Timestamp::from_second(minute * 60).unwrap_or(moment);
    format!("at({})", minute.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S"))
}

fn invalid(
    operation: &'static str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ScheduleError {
    ScheduleError::Refused { operation, source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_next_whole_minute() {
        let moment = |text: &str| at(text.parse().expect("a moment"));

        assert_eq!(moment("2026-03-01T10:00:00Z"), "at(2026-03-01T10:01:00)");
        assert_eq!(moment("2026-03-01T10:00:01Z"), "at(2026-03-01T10:01:00)");
        assert_eq!(moment("2026-03-01T23:59:30Z"), "at(2026-03-02T00:00:00)");
    }
}
