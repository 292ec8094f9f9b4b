//! Fires the template's schedules on the tenant's clock.

use clock::Clock;
use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::lambda::Pool;
use crate::schedules::{Recurrence, Unsupported};
use crate::template::Schedule;

/// The schedules that are enabled, each with its recurrence.
///
/// # Errors
///
/// The first expression that is not supported, also of a schedule that is off.
pub fn read(schedules: &[Schedule]) -> Result<Vec<(Schedule, Recurrence)>, Unsupported> {
    let mut due = Vec::new();
    for schedule in schedules {
        let recurrence = Recurrence::parse(&schedule.expression, &schedule.timezone)?;
        if schedule.enabled {
            due.push((schedule.clone(), recurrence));
        }
    }
    Ok(due)
}

/// Invokes each function whenever its schedule says, for as long as it is polled; `said` hears of each time.
pub async fn fire(
    due: Vec<(Schedule, Recurrence)>,
    pool: Pool,
    clock: Clock,
    said: impl Fn(&str) + Clone + Send + 'static,
) {
    let mut running = JoinSet::new();
    for (schedule, recurrence) in due {
        running.spawn(repeat(schedule, recurrence, pool.clone(), clock.clone(), said.clone()));
    }
    while running.join_next().await.is_some() {}
}

async fn repeat(schedule: Schedule, recurrence: Recurrence, pool: Pool, clock: Clock, said: impl Fn(&str)) {
    let mut last = clock.now();
    while let Some(next) = recurrence.after(last) {
        clock.sleep_until(next).await;
        let outcome = match pool.invoke(&schedule.function, schedule.input.clone()).await {
            Ok(answer) => {
                answer.error_type().map_or_else(|| "ok".to_owned(), |error| format!("falhou: {error}"))
            }
            Err(unknown) => unknown.to_string(),
        };
        let zone = jiff::tz::TimeZone::get(&schedule.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
        let at = next.to_zoned(zone).strftime("%d/%m %H:%M");
        said(&format!("{at}  {}  {outcome}", schedule.name));
        last = turn_before(&recurrence, next, clock.now());
    }
}

/// The last turn that has come by `now`. A schedule here waits for its own run, so the turns a long run missed
/// are passed over; AWS would start them beside it, and the lane's lease would send them away.
fn turn_before(recurrence: &Recurrence, fired: Timestamp, now: Timestamp) -> Timestamp {
    let mut last = fired;
    while let Some(next) = recurrence.after(last).filter(|next| *next <= now) {
        last = next;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_neither_shifts_the_turns_nor_makes_up_for_those_it_missed() {
        let recurrence = Recurrence::parse("rate(15 minutes)", "UTC").expect("an expression");
        let at = |minute: i64| Timestamp::from_second(minute * 60).expect("a second");

        assert_eq!(turn_before(&recurrence, at(15), at(16)), at(15));
        assert_eq!(turn_before(&recurrence, at(15), at(50)), at(45));
    }
}
