//! How often something may leave.

use std::time::Duration;

use clock::later;
use jiff::Timestamp;

const MINUTE: Duration = Duration::from_mins(1);

/// A token bucket, kept as the one instant that describes it: in any 60 s at most `per_minute + burst`
/// are taken, and at most `burst` at once.
///
/// Its even pace is what makes it safe across processes. One that follows another knows nothing of it, so any 60 s
/// may hold what one takes at most in `x` seconds and the other in `60 - x`. A window of the last 60 s would give
/// twice its limit there; the bucket gives `per_minute + 2 × burst`, and a larger burst costs twice its size in rate.
#[derive(Debug)]
pub(crate) struct Bucket {
    /// Time in which one token grows.
    interval: Duration,
    /// How far ahead of its even pace a full bucket may run.
    lead: Duration,
    /// When the next token would be taken at an even pace.
    due: Timestamp,
}

impl Bucket {
    /// A full bucket.
    pub(crate) fn new(per_minute: u32, burst: u32) -> Self {
        let interval = interval(per_minute);
        Self { interval, lead: interval * (burst.max(1) - 1), due: Timestamp::MIN }
    }

    /// From now on this many. The time it may run ahead stays, so the burst shrinks and grows with the rate.
    pub(crate) fn set_per_minute(&mut self, per_minute: u32) {
        self.interval = interval(per_minute);
    }

    /// The first instant a token may be taken.
    pub(crate) fn free_at(&self) -> Timestamp {
        self.due.checked_sub(self.lead).unwrap_or(Timestamp::MIN)
    }

    /// Takes a token at `now`, which is not before [`free_at`](Self::free_at).
    pub(crate) fn take(&mut self, now: Timestamp) {
        self.due = later(self.due.max(now), self.interval);
    }
}

/// Rounded up, so that the rate is never above what was asked.
fn interval(per_minute: u32) -> Duration {
    let nanos = MINUTE.as_nanos().div_ceil(u128::from(per_minute.max(1)));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes `count` tokens as early as possible from the epoch on.
    fn taken(bucket: &mut Bucket, count: usize) -> Vec<Timestamp> {
        let mut now = Timestamp::UNIX_EPOCH;
        let mut times = Vec::new();
        for _ in 0..count {
            now = now.max(bucket.free_at());
            bucket.take(now);
            times.push(now);
        }
        times
    }

    #[test]
    fn a_full_bucket_gives_its_burst_at_once_and_then_keeps_the_pace() {
        let times = taken(&mut Bucket::new(60, 3), 6);

        let seconds: Vec<i64> = times.iter().map(|time| time.as_second()).collect();
        assert_eq!(seconds, [0, 0, 0, 1, 2, 3]);
    }

    #[test]
    fn any_minute_holds_at_most_the_rate_and_the_burst() {
        let times = taken(&mut Bucket::new(225, 5), 2_000);

        let most = times.iter().map(|&start| {
            let end = later(start, MINUTE);
            times.iter().filter(|&&time| time >= start && time < end).count()
        });
        let most = most.max().expect("some were taken");
        assert!((225..=230).contains(&most), "{most}");
    }

    #[test]
    fn a_long_silence_saves_no_more_than_the_burst() {
        let mut bucket = Bucket::new(60, 2);
        taken(&mut bucket, 5);

        let now = later(Timestamp::UNIX_EPOCH, Duration::from_hours(1));
        bucket.take(now);
        bucket.take(now);

        assert_eq!(bucket.free_at(), later(now, Duration::from_secs(1)));
    }

    #[test]
    fn a_slower_bucket_has_a_smaller_burst_and_no_new_tokens() {
        let mut bucket = Bucket::new(600, 11);
        bucket.set_per_minute(60);
        let times = taken(&mut bucket, 5);
        let seconds: Vec<i64> = times.iter().map(|time| time.as_second()).collect();
        assert_eq!(seconds, [0, 0, 1, 2, 3], "a second ahead is one token ahead");

        let mut spent = Bucket::new(600, 11);
        taken(&mut spent, 11);
        spent.set_per_minute(60);
        spent.take(spent.free_at());
        assert!(spent.free_at() >= later(Timestamp::UNIX_EPOCH, Duration::from_secs(1)));
    }
}
