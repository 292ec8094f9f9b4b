//! A run from its draw to its outcome, whatever is simulated.

use std::collections::BTreeMap;
use std::pin::Pin;

use clock::Clock;
use fastrand::Rng;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;

use crate::chaos::{Crossing, Shared, Weather};
use crate::harm::Harm;
use crate::logs;

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What is wrong; empty is right.
    pub problems: Vec<String>,
    /// The digest of everything that happened: the same for the same seed.
    pub digest: u64,
    /// Everything that happened, when it was to be kept.
    pub trace: Vec<String>,
    /// How often each harm struck.
    pub struck: BTreeMap<Harm, u64>,
    /// Orders and customers by how they ended.
    pub ends: BTreeMap<String, u64>,
    /// Boundaries crossed.
    pub crossings: usize,
    /// Which, when they were to be kept.
    pub crossed: Vec<Crossing>,
    /// Virtual seconds.
    pub seconds: u64,
}

impl Outcome {
    /// What came of the run, once everything has settled and was checked.
    pub(crate) fn of(shared: &Shared, mut problems: Vec<String>, ends: BTreeMap<String, u64>) -> Self {
        let mut state = shared.state();
        problems.append(&mut state.leaks);
        problems.sort();
        problems.dedup();
        let mut crossed = state.crossed.take().unwrap_or_default();
        crossed.truncate(state.calm_at.unwrap_or_default());
        Self {
            problems,
            digest: state.trace.digest(),
            trace: state.trace.take(),
            struck: std::mem::take(&mut state.struck),
            ends,
            crossings: state.crossings,
            crossed,
            seconds: clock::until(Timestamp::UNIX_EPOCH, shared.clock.now()).as_secs(),
        }
    }
}

/// Invocations under way.
pub(crate) type Invocations<'a> = FuturesUnordered<Pin<Box<dyn Future<Output = ()> + 'a>>>;

/// Runs in virtual time, on this thread.
pub(crate) fn in_time(work: impl Future<Output = Outcome>) -> Outcome {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
    let _ = logs::leaks();
    runtime.block_on(work)
}

/// How much of `harms` strikes, and how often.
pub(crate) fn weather(rng: &mut Rng, harms: &[Harm]) -> Weather {
    let chance = match rng.u8(..8) {
        0 => return Weather::Calm,
        1..3 => 30,
        3..6 => 150,
        6 => 500,
        _ => 1_200,
    };
    // A few kinds of trouble together go deeper than a little of everything.
    let mut harms = harms.to_vec();
    rng.shuffle(&mut harms);
    harms.truncate(rng.usize(1..=harms.len()));
    Weather::Random { chance, harms, rng: rng.fork() }
}

/// Lets invocations go on until then.
pub(crate) async fn until(clock: &Clock, running: &mut Invocations<'_>, at: Timestamp) {
    loop {
        tokio::select! {
            biased;
            Some(()) = running.next(), if !running.is_empty() => {}
            () = clock.sleep_until(at) => return,
        }
    }
}
