#![doc = include_str!("../README.md")]

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;

/// A source of time: reads it and waits for it to pass. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System,
    Scaled(Scale),
    Paused { start: Timestamp, zero: tokio::time::Instant },
}

/// Virtual time that was `virtual_start` when the machine's clock read `real_start` and runs `speed` times
/// as fast since. Written as `<virtual ms>:<real ms>:<speed>`, so that processes can share it in a variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    virtual_start: Timestamp,
    real_start: Timestamp,
    speed: f64,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// Virtual time on the given scale.
    pub fn scaled(scale: Scale) -> Self {
        Self(Kind::Scaled(scale))
    }

    /// Starts at `start` and follows tokio's time, which a test pauses: waiting then takes no real time.
    pub fn paused(start: Timestamp) -> Self {
        Self(Kind::Paused { start, zero: tokio::time::Instant::now() })
    }

    /// What time it is on this clock.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => system_now(),
            Kind::Scaled(scale) => scale.at(system_now()),
            Kind::Paused { start, zero } => later(*start, zero.elapsed()),
        }
    }

    /// Waits until `duration` has passed on this clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that waits")]
    pub async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(self.real(duration)).await;
    }

    /// Waits until this clock reads `instant`; returns at once when it already has.
    pub async fn sleep_until(&self, instant: Timestamp) {
        self.sleep(until(self.now(), instant)).await;
    }

    /// How long `duration` of this clock lasts on the machine.
    pub fn real(&self, duration: Duration) -> Duration {
        match &self.0 {
            Kind::Scaled(scale) => duration.div_f64(scale.speed),
            Kind::System | Kind::Paused { .. } => duration,
        }
    }

    /// What this clock reads when the machine's clock reads `instant`: turns a deadline that the platform
    /// states in machine time into ours.
    pub fn at(&self, instant: Timestamp) -> Timestamp {
        match &self.0 {
            Kind::Scaled(scale) => scale.at(instant),
            Kind::System | Kind::Paused { .. } => instant,
        }
    }
}

impl Scale {
    /// Time that reads `virtual_start` now and runs `speed` times as fast.
    pub fn starting_now(virtual_start: Timestamp, speed: f64) -> Self {
        Self { virtual_start, real_start: system_now(), speed }
    }

    fn at(&self, real: Timestamp) -> Timestamp {
        let passed = until(self.real_start, real).mul_f64(self.speed);
        later(self.virtual_start, passed)
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, real) = (self.virtual_start.as_millisecond(), self.real_start.as_millisecond());
        write!(f, "{start}:{real}:{}", self.speed)
    }
}

/// The text is not `<virtual ms>:<real ms>:<speed above zero>`.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAScale;

impl fmt::Display for NotAScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is not <virtual ms>:<real ms>:<speed above zero>")
    }
}

impl std::error::Error for NotAScale {}

impl FromStr for Scale {
    type Err = NotAScale;

    fn from_str(text: &str) -> Result<Self, NotAScale> {
        let mut parts = text.split(':');
        let (Some(start), Some(real), Some(speed), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotAScale);
        };
        let instant = |text: &str| {
            text.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).ok_or(NotAScale)
        };
        let speed: f64 = speed.parse().map_err(|_| NotAScale)?;
        if !(speed.is_finite() && speed > 0.0) {
            return Err(NotAScale);
        }
        Ok(Self { virtual_start: instant(start)?, real_start: instant(real)?, speed })
    }
}

/// The time from `from` to `to`, zero when `to` is not later.
pub fn until(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// The instant `duration` after `instant`; the end of time when there is none.
pub fn later(instant: Timestamp, duration: Duration) -> Timestamp {
    instant.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    #[tokio::test(start_paused = true)]
    async fn paused_time_moves_only_by_waiting() {
        let clock = Clock::paused(at(1_000));

        clock.sleep(Duration::from_hours(1)).await;

        assert_eq!(clock.now(), at(4_600));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_an_instant_in_the_past_returns_at_once() {
        let clock = Clock::paused(at(1_000));

        clock.sleep_until(at(10)).await;

        assert_eq!(clock.now(), at(1_000));
    }

    #[test]
    fn a_scale_runs_faster_from_its_start() {
        let scale = Scale { virtual_start: at(5_000), real_start: at(100), speed: 20.0 };

        assert_eq!(scale.at(at(103)), at(5_060));
        assert_eq!(scale.at(at(99)), at(5_000), "before its start a scale stands still");
    }

    #[test]
    fn a_scaled_wait_is_shorter_on_the_machine() {
        let clock = Clock::scaled(Scale { virtual_start: at(0), real_start: at(0), speed: 20.0 });

        assert_eq!(clock.real(Duration::from_secs(61)), Duration::from_millis(3_050));
    }

    #[test]
    fn a_scale_survives_being_written() {
        let scale = Scale { virtual_start: at(5_000), real_start: at(100), speed: 12.5 };

        assert_eq!(scale.to_string().parse(), Ok(scale));
    }

    #[test]
    fn a_bad_scale_is_refused() {
        for text in ["", "1:2", "1:2:0", "1:2:-3", "1:2:inf", "a:2:3", "1:2:3:4"] {
            assert_eq!(text.parse::<Scale>(), Err(NotAScale), "{text:?}");
        }
    }
}
