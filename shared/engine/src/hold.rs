//! A lane in our hands: renewed while we work, and knowing what may be asked when.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;

use crate::ports::{Asked, Lease, LeaseError, Leases};

/// A page asked a moment ago may not be asked again for 60 s (`contracts/omie.md` §3), plus our second.
pub(crate) const QUIET: Duration = Duration::from_secs(61);

/// How long a lane stays ours without a sign of life. We show one every [`BEAT`], so when a lease runs out the
/// last request of its holder is at least `TTL - BEAT` old, which must be more than [`QUIET`].
pub(crate) const TTL: Duration = Duration::from_mins(2);
const BEAT: Duration = Duration::from_secs(30);

/// The lease of one run.
pub(crate) struct Hold<'a, L> {
    leases: &'a L,
    clock: &'a Clock,
    lease: Lease,
    last: Mutex<Option<Asked>>,
}

impl<'a, L: Leases> Hold<'a, L> {
    pub(crate) async fn take(
        leases: &'a L,
        clock: &'a Clock,
        lane: &str,
        holder: &str,
    ) -> Result<Self, LeaseError> {
        let lease = leases.acquire(lane, holder, clock.now(), TTL).await?;
        let last = Mutex::new(lease.last);
        Ok(Self { leases, clock, lease, last })
    }

    pub(crate) fn fence(&self) -> u64 {
        self.lease.fence
    }

    /// The moment from which `page` may be asked. A page above the last one asked is another question and need
    /// not wait.
    pub(crate) fn free_at(&self, page: u32) -> Option<Timestamp> {
        let last = (*self.last()).filter(|last| page <= last.page)?;
        Some(clock::later(last.at, QUIET))
    }

    /// Notes that `page` is about to be asked, before it is.
    pub(crate) async fn asking(&self, page: u32) -> Result<(), LeaseError> {
        let now = self.clock.now();
        let asked = self.note(now, page);
        self.leases.renew(&self.lease, now, TTL, Some(asked)).await
    }

    /// Notes that the answer is here: the client may have repeated the request up to now.
    pub(crate) fn answered(&self, page: u32) {
        self.note(self.clock.now(), page);
    }

    /// Does `work` and keeps the lease alive meanwhile. Drops the work when the lease is gone.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> Result<T, LeaseError> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                () = self.clock.sleep(BEAT) => {
                    self.leases.renew(&self.lease, self.clock.now(), TTL, None).await?;
                }
            }
        }
    }

    pub(crate) async fn release(self) -> Result<(), LeaseError> {
        let last = *self.last();
        self.leases.release(&self.lease, last).await
    }

    fn note(&self, at: Timestamp, page: u32) -> Asked {
        let mut last = self.last();
        // Another sweep of this lane may have asked higher pages a moment ago: they stay noted.
        let recent = last.filter(|last| at < clock::later(last.at, QUIET)).map_or(0, |last| last.page);
        let asked = Asked { at, page: page.max(recent) };
        *last = Some(asked);
        asked
    }

    fn last(&self) -> MutexGuard<'_, Option<Asked>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// A crashed holder's last request is too old to be redundant when its lease runs out.
const _: () = assert!(TTL.as_secs() - BEAT.as_secs() > QUIET.as_secs());
