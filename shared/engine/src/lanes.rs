//! How many share an address.

use std::convert::Infallible;
use std::time::Duration;

use clock::Clock;
use tracing::warn;

use crate::ports::Leases;

/// When it is counted again: soon, because those that were taken in the same moment as ours may not have been counted,
/// and then often enough for the seconds in which others know nothing of a new lane to be paid from the margin that
/// everybody leaves together (`contracts/omie.md` §3: 160 requests a minute).
const COUNTED_AGAIN: Duration = Duration::from_secs(3);
const COUNTED: Duration = Duration::from_secs(5);

/// Does `work`, and says how many lanes are held, ours among them, before it begins and for as long as it goes on.
pub async fn while_counting<T>(
    leases: &impl Leases,
    clock: &Clock,
    said: impl Fn(usize),
    work: impl Future<Output = T>,
) -> T {
    count_once(leases, clock, &said).await;
    tokio::select! {
        biased;
        done = work => done,
        never = count(leases, clock, &said) => match never {},
    }
}

async fn count(leases: &impl Leases, clock: &Clock, said: impl Fn(usize)) -> Infallible {
    let mut pause = COUNTED_AGAIN;
    loop {
        clock.sleep(pause).await;
        count_once(leases, clock, &said).await;
        pause = COUNTED;
    }
}

/// A count that fails is passed over: the next is seconds away, and until then what was said last holds.
async fn count_once(leases: &impl Leases, clock: &Clock, said: impl Fn(usize)) {
    match leases.held(clock.now()).await {
        // Ours may have run out a moment ago, and we work on until we notice.
        Ok(lanes) => said(lanes.max(1)),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            warn!(error, "the lanes that are held were not counted");
        }
    }
}
