//! One pace for all processes: how often a partner's account may be asked, counted in the store (flow §15.11).

use std::time::Duration;

use clock::Clock;
use engine::{Documents, Expected, StateError};
use jiff::Timestamp;
use serde_json::json;

/// The kind of the documents; the id is `<partner>/<account>/<what>`.
const KIND: &str = "so-bucket";
/// Whoever loses so often against others waits its turn elsewhere.
const TRIES: usize = 6;

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    /// From one to the next.
    pub(crate) every: Duration,
    /// So many at once, after a rest.
    pub(crate) burst: u32,
    /// A turn that comes within this time is waited for.
    pub(crate) patience: Duration,
}

/// Takes a turn and waits for it. `Err` with the time after which another try makes sense, and then no turn is used
/// up. What cannot be counted is not done: a store that does not answer is a turn that is not had.
pub(crate) async fn take(
    state: &impl Documents,
    clock: &Clock,
    id: &str,
    pace: Pace,
) -> Result<(), Duration> {
    for _ in 0..TRIES {
        let now = clock.now();
        let Ok(stored) = state.get(KIND, id).await else { return Err(Duration::from_secs(10)) };
        let free = stored.as_ref().and_then(|document| document.body["free"].as_str()?.parse().ok());
        let free: Timestamp = free.unwrap_or(now).max(now);
        let ahead = pace.every.saturating_mul(pace.burst.saturating_sub(1));
        let wait = clock::until(now, free).saturating_sub(ahead);
        if wait > pace.patience {
            return Err(wait);
        }
        let body = json!({ "free": clock::later(free, pace.every) });
        let expected = stored.map_or(Expected::Absent, |document| Expected::Version(document.version));
        let expires = Some(clock::later(free, Duration::from_hours(24)));
        match state.put(KIND, id, &body, expected, expires).await {
            Ok(_) => {
                clock.sleep(wait).await;
                return Ok(());
            }
            Err(StateError::Conflict { .. }) => {}
            Err(_) => return Err(Duration::from_secs(10)),
        }
    }
    Err(pace.every.max(Duration::from_secs(1)))
}

#[cfg(test)]
mod tests {
    use engine::Memory;

    use super::*;

    const PACE: Pace = Pace { every: Duration::from_secs(6), burst: 2, patience: Duration::from_secs(6) };

    #[tokio::test(start_paused = true)]
    async fn in_any_minute_there_are_no_more_turns_than_the_pace_allows() {
        let clock = Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant"));
        let state = Memory::new(clock.clone());
        let start = clock.now();
        let mut taken = Vec::new();
        while taken.len() < 40 {
            match take(&state, &clock, "a", PACE).await {
                Ok(()) => taken.push(clock::until(start, clock.now())),
                Err(wait) => clock.sleep(wait).await,
            }
        }

        for (n, at) in taken.iter().enumerate() {
            let in_minute = taken[n..].iter().filter(|other| **other < *at + Duration::from_mins(1)).count();
            assert!(in_minute <= 11, "{in_minute} in the minute after {at:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_is_too_far_away_is_not_taken() {
        let clock = Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant"));
        let state = Memory::new(clock.clone());
        let hasty = Pace { patience: Duration::ZERO, burst: 1, ..PACE };
        take(&state, &clock, "a", hasty).await.expect("the first");

        assert_eq!(take(&state, &clock, "a", hasty).await, Err(Duration::from_secs(6)));
        assert_eq!(take(&state, &clock, "b", hasty).await, Ok(()), "another account");
        clock.sleep(Duration::from_secs(6)).await;
        assert_eq!(take(&state, &clock, "a", hasty).await, Ok(()));
    }
}
