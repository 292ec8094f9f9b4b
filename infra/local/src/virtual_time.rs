//! The tenant's time: faster than the machine's, and never going back between runs.
//!
//! What is stored is a *horizon*, a little ahead of the time: a runner that is killed has promised that the next
//! one starts after it, so no lease and no partner's window ever sees time run backwards.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clock::{Clock, Scale, later};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// How often the horizon is written, on this machine's clock.
const EVERY: Duration = Duration::from_secs(1);
/// How far ahead of the time it lies, on this machine's clock; more than [`EVERY`] and the write itself.
const AHEAD: Duration = Duration::from_secs(3);

/// The scale of this run and where its horizon is kept; or the machine's own time.
#[derive(Clone, Debug)]
pub struct VirtualTime(Option<Running>);

#[derive(Clone, Debug)]
struct Running {
    scale: Scale,
    speed: f64,
    file: PathBuf,
}

impl VirtualTime {
    /// The machine's own time, which real partners have too.
    pub fn of_the_machine() -> Self {
        Self(None)
    }

    /// Time that goes on after the horizon in `file`. Where there is none it begins when the clocks of the tenant's
    /// zone next show `start`, or now; never before now, because what expires is forgotten by the machine's time.
    pub fn resume(file: &Path, speed: f64, start: Option<Time>) -> io::Result<Self> {
        let now = Clock::system().now();
        let horizon = match std::fs::read_to_string(file) {
            Ok(text) => text.trim().parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let first = || start.and_then(|start| next(start, now)).unwrap_or(now);
        let start = horizon.map_or_else(first, |horizon| horizon.max(now));
        let running = Running { scale: Scale::starting_now(start, speed), speed, file: file.to_owned() };
        running.save()?;
        Ok(Self(Some(running)))
    }

    /// The clock.
    pub fn clock(&self) -> Clock {
        self.0.as_ref().map_or_else(Clock::system, |running| Clock::scaled(running.scale))
    }

    /// The same clock for another process: the value of `PONTE_CLOCK`; empty for the machine's.
    pub fn variable(&self) -> String {
        self.0.as_ref().map(|running| running.scale.to_string()).unwrap_or_default()
    }

    /// How many times as fast as the machine's.
    pub fn speed(&self) -> f64 {
        self.0.as_ref().map_or(1.0, |running| running.speed)
    }

    /// Moves the horizon on, for as long as it is polled.
    pub async fn keep(self) {
        let Some(running) = self.0 else { return };
        loop {
            if let Err(error) = running.save() {
                tracing::warn!(%error, "the time could not be saved");
            }
            Clock::system().sleep(EVERY).await;
        }
    }
}

impl Running {
    fn save(&self) -> io::Result<()> {
        let horizon = later(Clock::scaled(self.scale).now(), AHEAD.mul_f64(self.speed));
        // In one step, so that a kill leaves the old horizon or the new one.
        let fresh = self.file.with_extension("new");
        std::fs::write(&fresh, horizon.as_millisecond().to_string())?;
        std::fs::rename(fresh, &self.file)
    }
}

/// When the clocks of the tenant's zone show `time`, today or tomorrow.
fn next(time: Time, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(sales::catalog::TIME_ZONE).ok()?;
    let today = now.to_zoned(zone.clone()).date();
    let days = [today, today.checked_add(1.day()).ok()?];
    let moments = days.into_iter().filter_map(|day| day.to_datetime(time).to_zoned(zone.clone()).ok());
    moments.map(|moment| moment.timestamp()).find(|moment| *moment >= now)
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn a_new_run_starts_after_everything_the_last_one_saw() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("clock");
        let first = VirtualTime::resume(&file, 1_000.0, None).expect("started");
        let seen = first.clock().now();

        let second = VirtualTime::resume(&file, 1.0, Some(time(2, 40, 0, 0))).expect("started again");

        assert!(second.clock().now() >= seen, "time went back");
        assert!(clock::until(seen, second.clock().now()) < Duration::from_hours(2), "it was not new");
    }

    #[test]
    fn a_new_tenant_begins_at_the_hour_it_is_told_and_not_in_the_past() {
        let now: Timestamp = "2026-03-01T10:00:00Z".parse().expect("a moment");
        let begins = |hour, minute| next(time(hour, minute, 0, 0), now).map(|at| at.to_string());

        assert_eq!(begins(7, 0).as_deref(), Some("2026-03-01T10:00:00Z"));
        assert_eq!(begins(2, 40).as_deref(), Some("2026-03-02T05:40:00Z"));
        assert_eq!(begins(23, 59).as_deref(), Some("2026-03-02T02:59:00Z"));
    }
}
