//! When to stop waiting for what happens on the tenant's clock. That clock does not wait for a slow machine: two hundred
//! times as fast, the hours in which an order surely comes to its end are seconds here. And a function that is killed
//! holds its job until its time would have been over, which is this machine's time, as a Lambda's life is. So what counts
//! is how long nothing has happened, on both clocks.

use std::time::Duration;

use clock::{Clock, until};
use jiff::Timestamp;

/// The longest turn of a flow (`Timeout` of `import-pedidos` in `template.yaml`), and time for the next one.
const LONGEST_TURN: Duration = Duration::from_secs(120 + 30);
/// However much happens, it does not go on for so many times the patience: what turns in a circle is no progress.
const MOST: u32 = 12;

/// How long somebody goes on looking.
#[derive(Debug)]
pub(crate) struct Patience {
    clocks: [Watched; 2],
}

/// One of the clocks.
#[derive(Debug)]
struct Watched {
    clock: Clock,
    quiet: Duration,
    began: Timestamp,
    last_news: Timestamp,
}

impl Patience {
    /// Ends when nothing has happened for `quiet` on the tenant's clock, and nothing could have happened on the
    /// machine's.
    pub(crate) fn new(tenant: Clock, machine: Clock, quiet: Duration) -> Self {
        Self { clocks: [Watched::new(tenant, quiet), Watched::new(machine, LONGEST_TURN)] }
    }

    /// Looked once more, with news or without; whether to give up.
    pub(crate) fn is_spent(&mut self, has_news: bool) -> bool {
        if has_news {
            self.clocks.iter_mut().for_each(Watched::note);
        }
        self.clocks.iter().all(Watched::is_quiet) || self.clocks.iter().all(Watched::is_endless)
    }
}

impl Watched {
    fn new(clock: Clock, quiet: Duration) -> Self {
        let now = clock.now();
        Self { clock, quiet, began: now, last_news: now }
    }

    fn note(&mut self) {
        self.last_news = self.clock.now();
    }

    fn is_quiet(&self) -> bool {
        until(self.last_news, self.clock.now()) > self.quiet
    }

    fn is_endless(&self) -> bool {
        until(self.began, self.clock.now()) > self.quiet * MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn patience(quiet: Duration) -> (Clock, Patience) {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let patience = Patience::new(clock.clone(), clock.clone(), quiet);
        (clock, patience)
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_spent_when_nothing_has_happened_for_long() {
        let (clock, mut patience) = patience(MINUTE * 180);
        for _ in 0..180 {
            clock.sleep(MINUTE).await;
            assert!(!patience.is_spent(false));
        }
        clock.sleep(MINUTE).await;
        assert!(patience.is_spent(false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_runs_away_does_not_end_it_while_a_dead_function_may_hold_its_job() {
        let (clock, mut patience) = patience(Duration::from_secs(1));
        clock.sleep(LONGEST_TURN).await;
        assert!(!patience.is_spent(false));

        clock.sleep(Duration::from_secs(1)).await;
        assert!(patience.is_spent(false));
    }

    #[tokio::test(start_paused = true)]
    async fn news_renew_it_but_what_turns_in_a_circle_ends() {
        let (clock, mut patience) = patience(MINUTE * 180);
        for _ in 0..MOST * 3 {
            clock.sleep(MINUTE * 60).await;
            assert!(!patience.is_spent(true));
        }
        clock.sleep(MINUTE).await;
        assert!(patience.is_spent(true));
    }
}
