//! Harm on purpose, for tests: which call fails or never returns, and whether its effect happens first.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Counts the calls of everything that shares it and strikes one of them. Cheap to clone; clones share the
/// count.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    plan: Mutex<Plan>,
    crashed: Notify,
}

#[derive(Debug, Default)]
struct Plan {
    calls: Vec<&'static str>,
    strike: Option<(usize, Moment, Harm)>,
}

/// When a call is struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The effect does not happen.
    Before,
    /// The effect happens, the answer is lost. The important one.
    After,
}

/// What happens to a struck call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// It returns an error.
    Fail,
    /// It never returns; [`Faults::crashed`] tells the test to drop the run.
    Crash,
}

/// The call was struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("struck on purpose")]
pub struct Struck;

impl Faults {
    /// Strikes the `call`-th call from now, counted from 1. One strike; it replaces an earlier plan.
    pub fn strike(&self, call: usize, moment: Moment, harm: Harm) {
        let mut plan = self.plan();
        let at = plan.calls.len() + call;
        plan.strike = Some((at, moment, harm));
    }

    /// Strikes nothing any more.
    pub fn spare(&self) {
        self.plan().strike = None;
    }

    /// The names of all calls so far.
    pub fn calls(&self) -> Vec<&'static str> {
        self.plan().calls.clone()
    }

    /// Completes when a call has crashed.
    pub async fn crashed(&self) {
        self.0.crashed.notified().await;
    }

    /// Runs `effect` as the call `name`, unless it is struck.
    pub async fn around<T>(&self, name: &'static str, effect: impl FnOnce() -> T) -> Result<T, Struck> {
        let strike = self.count(name);
        if let Some((Moment::Before, harm)) = strike {
            return Err(self.suffer(harm).await);
        }
        let done = effect();
        if let Some((Moment::After, harm)) = strike {
            return Err(self.suffer(harm).await);
        }
        Ok(done)
    }

    fn count(&self, name: &'static str) -> Option<(Moment, Harm)> {
        let mut plan = self.plan();
        plan.calls.push(name);
        let now = plan.calls.len();
        plan.strike.filter(|(at, ..)| *at == now).map(|(_, moment, harm)| (moment, harm))
    }

    async fn suffer(&self, harm: Harm) -> Struck {
        match harm {
            Harm::Fail => Struck,
            Harm::Crash => {
                self.0.crashed.notify_one();
                pending().await
            }
        }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
