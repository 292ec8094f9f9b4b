//! When to stop waiting for what happens on the tenant's clock. That clock does not wait for a slow machine: two hundred
//! times as fast, the hours in which an order surely comes to its end are seconds here. So what counts is how long
//! nothing has happened, and how often that was seen.

use std::time::Duration;

use clock::{Clock, until};
use jiff::Timestamp;

/// Looks without news before nothing more is expected: a machine that is busy takes long for each.
const LOOKS: u32 = 150;
/// However much happens, it does not go on for so many times the patience: what turns in a circle is no progress.
const MOST: u32 = 8;

/// How long somebody goes on looking.
#[derive(Debug)]
pub(crate) struct Patience {
    clock: Clock,
    quiet: Duration,
    began: Timestamp,
    last_news: Timestamp,
    looks: u32,
}

impl Patience {
    /// Ends when nothing has happened for `quiet` on `clock`.
    pub(crate) fn new(clock: Clock, quiet: Duration) -> Self {
        let now = clock.now();
        Self { clock, quiet, began: now, last_news: now, looks: 0 }
    }

    /// Looked once more, with news or without; whether to give up.
    pub(crate) fn is_spent(&mut self, has_news: bool) -> bool {
        let now = self.clock.now();
        if has_news {
            (self.last_news, self.looks) = (now, 0);
        } else {
            self.looks += 1;
        }
        let is_quiet = until(self.last_news, now) > self.quiet && self.looks >= LOOKS;
        is_quiet || until(self.began, now) > self.quiet * MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_hours(3);
    const MINUTE: Duration = Duration::from_mins(1);

    fn patience() -> (Clock, Patience) {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let patience = Patience::new(clock.clone(), QUIET);
        (clock, patience)
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_spent_when_nothing_has_happened_for_long() {
        let (clock, mut patience) = patience();
        for _ in 0..180 {
            clock.sleep(MINUTE).await;
            assert!(!patience.is_spent(false));
        }
        clock.sleep(MINUTE).await;
        assert!(patience.is_spent(false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_looks_seldom_is_not_at_its_end_because_its_clock_is() {
        let (clock, mut patience) = patience();
        for _ in 1..LOOKS {
            clock.sleep(MINUTE * 5).await;
            assert!(!patience.is_spent(false));
        }
        clock.sleep(MINUTE * 5).await;
        assert!(patience.is_spent(false));
    }

    #[tokio::test(start_paused = true)]
    async fn news_renew_it_but_what_turns_in_a_circle_ends() {
        let (clock, mut patience) = patience();
        for _ in 0..24 {
            clock.sleep(QUIET / 3).await;
            assert!(!patience.is_spent(true));
        }
        clock.sleep(MINUTE).await;
        assert!(patience.is_spent(true));
    }
}
