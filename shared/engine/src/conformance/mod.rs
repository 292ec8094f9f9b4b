//! What every [`State`] promises. Called by the memory twin's tests and by `store/tests`; each function is one
//! promise and works in names of its own, so that the suite can run twice against one store.

mod cases;
mod documents;
mod leases;
mod ledger;
mod quarantine;

use clock::Clock;
use jiff::Timestamp;

pub use self::cases::cases;
pub use self::documents::documents;
pub use self::leases::leases;
pub use self::ledger::ledger;
pub use self::quarantine::quarantine;
use crate::State;

/// More than one page of everything: a batch of DynamoDB takes 25 writes or 100 readings.
const MANY: i64 = 257;

/// Holds the state to all promises but those of [`cases`], which not every state has. Panics at the first one that is
/// broken.
pub async fn suite(state: &impl State, clock: &Clock) {
    Box::pin(ledger(state, clock)).await;
    Box::pin(leases(state, clock)).await;
    Box::pin(quarantine(state, clock)).await;
    Box::pin(documents(state, clock)).await;
}

/// Names nobody has used before in this store.
struct Fresh(Timestamp);

impl Fresh {
    fn new(clock: &Clock) -> Self {
        Self(clock.now())
    }

    fn name(&self, text: &str) -> String {
        format!("conformance-{}-{text}", self.0.as_nanosecond())
    }
}

fn in_millis(instant: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(instant.as_millisecond()).expect("a moment near ours")
}
