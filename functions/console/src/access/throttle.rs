//! How often a key may be tried: a bucket per address and one for all, as documents.

use std::time::Duration;

use engine::{Document, Documents, Expected, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The kind of the documents; the id is the address, or [`ALL`].
const KIND: &str = "console-porta";
const ALL: &str = "todos";
/// Others may be at the same bucket.
const ATTEMPTS: u32 = 5;
/// A full bucket need not be remembered.
const KEPT: Duration = Duration::from_hours(24);

/// A bucket: so many at once, and one more each so often.
#[derive(Clone, Copy, Debug)]
struct Measure {
    burst: u32,
    refill: Duration,
}

const OF_ONE: Measure = Measure { burst: 5, refill: Duration::from_mins(1) };
/// Wide enough that one stranger does not keep the operator out, narrow enough that many cannot guess.
const OF_ALL: Measure = Measure { burst: 100, refill: Duration::from_secs(6) };

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Bucket {
    left: u32,
    at: Timestamp,
}

/// Takes one attempt from both buckets; the error says how long to wait.
pub(super) async fn attempt(
    state: &impl Documents,
    source: &str,
    now: Timestamp,
) -> Result<Result<(), Duration>, StateError> {
    if let Err(wait) = take(state, &of_network(source), OF_ONE, now).await? {
        return Ok(Err(wait));
    }
    take(state, ALL, OF_ALL, now).await
}

/// Whoever got in has not been guessing.
pub(super) async fn forgive(state: &impl Documents, source: &str) -> Result<(), StateError> {
    state.delete(KIND, &of_network(source), Expected::Any).await
}

async fn take(
    state: &impl Documents,
    id: &str,
    measure: Measure,
    now: Timestamp,
) -> Result<Result<(), Duration>, StateError> {
    for _ in 0..ATTEMPTS {
        let found = state.get(KIND, id).await?;
        let expected = found.as_ref().map_or(Expected::Absent, |found| Expected::Version(found.version));
        let bucket = filled(found.as_ref(), measure, now);
        if bucket.left == 0 {
            return Ok(Err(measure
                .refill
                .saturating_sub(clock::until(bucket.at, now))
                .max(Duration::from_secs(1))));
        }
        let taken = Bucket { left: bucket.left - 1, ..bucket };
        let body = serde_json::to_value(taken).expect("a bucket is JSON");
        match state.put(KIND, id, &body, expected, Some(clock::later(now, KEPT))).await {
            Ok(_) => return Ok(Ok(())),
            Err(StateError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    // So many at once are no person.
    Ok(Err(measure.refill))
}

/// The bucket with what has come in since.
fn filled(found: Option<&Document>, Measure { burst, refill }: Measure, now: Timestamp) -> Bucket {
    let stored = found.and_then(|found| serde_json::from_value::<Bucket>(found.body.clone()).ok());
    let Some(bucket) = stored else { return Bucket { left: burst, at: now } };
    let waited = clock::until(bucket.at, now).as_millis();
    let more = u32::try_from(waited / refill.as_millis()).unwrap_or(u32::MAX);
    match bucket.left.saturating_add(more) {
        left if left >= burst => Bucket { left: burst, at: now },
        left => Bucket { left, at: clock::later(bucket.at, refill.saturating_mul(more)) },
    }
}

/// Who has one address of the new kind has 2^64 of them.
fn of_network(source: &str) -> String {
    match source.parse::<std::net::Ipv6Addr>() {
        Ok(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => source.chars().take(64).collect(),
    }
}

#[cfg(test)]
mod tests {
    use clock::Clock;
    use engine::Memory;

    use super::*;

    fn at(second: u64) -> Timestamp {
        let start: Timestamp = "2026-03-02T14:00:00Z".parse().expect("a moment");
        clock::later(start, Duration::from_secs(second))
    }

    async fn tried(state: &Memory, source: &str, second: u64) -> Result<(), u64> {
        let tried = attempt(state, source, at(second)).await.expect("the store works");
        tried.map_err(|wait| wait.as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn five_at_once_and_then_one_a_minute() {
        let state = Memory::new(Clock::paused(at(0)));
        for _ in 0..5 {
            assert_eq!(tried(&state, "203.0.113.7", 10).await, Ok(()));
        }

        assert_eq!(tried(&state, "203.0.113.7", 40).await, Err(30));
        assert_eq!(tried(&state, "198.51.100.1", 40).await, Ok(()), "another address");
        assert_eq!(tried(&state, "203.0.113.7", 70).await, Ok(()));
        assert_eq!(tried(&state, "203.0.113.7", 71).await, Err(59));
    }

    #[tokio::test(start_paused = true)]
    async fn many_addresses_share_one_bucket_too() {
        let state = Memory::new(Clock::paused(at(0)));
        let mut let_in = 0;
        for n in 0..150 {
            if tried(&state, &format!("203.0.113.{n}"), 0).await.is_ok() {
                let_in += 1;
            }
        }

        assert_eq!(let_in, OF_ALL.burst);
        assert_eq!(tried(&state, "198.51.100.1", 6).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn the_addresses_of_one_network_are_one() {
        let state = Memory::new(Clock::paused(at(0)));
        for n in 0..5 {
            assert_eq!(tried(&state, &format!("2001:db8:1:2::{n:x}"), 0).await, Ok(()));
        }

        assert!(tried(&state, "2001:db8:1:2:ffff::1", 0).await.is_err());
        assert_eq!(tried(&state, "2001:db8:1:3::1", 0).await, Ok(()));
    }
}
