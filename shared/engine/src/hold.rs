//! A lane in our hands: renewed while we work, and knowing what may be asked when.

use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;

use crate::ports::{Asked, Lease, LeaseError, Leases, Noted};

/// A page asked a moment ago may not be asked again for 60 s (`contracts/omie.md` §3), plus our second.
pub(crate) const QUIET: Duration = Duration::from_secs(61);

/// How long a lane stays ours without a sign of life. We show one every [`BEAT`] and before every question that
/// would be older, so when a lease runs out the last request of its holder is at least `TTL - BEAT` old, which must be
/// more than [`QUIET`].
pub(crate) const TTL: Duration = Duration::from_mins(2);
const BEAT: Duration = Duration::from_secs(30);

/// The lease of one run.
pub(crate) struct Hold<'a, L> {
    leases: &'a L,
    clock: &'a Clock,
    lease: Lease,
    /// What the next change of the lease will note.
    noted: Mutex<Noted>,
    /// Our last sign of life.
    renewed: Mutex<Timestamp>,
}

impl<'a, L: Leases> Hold<'a, L> {
    pub(crate) async fn take(
        leases: &'a L,
        clock: &'a Clock,
        lane: &str,
        holder: &str,
    ) -> Result<Self, LeaseError> {
        let now = clock.now();
        let lease = leases.acquire(lane, holder, now, TTL).await?;
        let noted = Mutex::new(lease.noted);
        Ok(Self { leases, clock, lease, noted, renewed: Mutex::new(now) })
    }

    pub(crate) fn fence(&self) -> u64 {
        self.lease.fence
    }

    /// The moment from which `page` may be asked. A page above the last one asked is another question and need
    /// not wait.
    pub(crate) fn free_at(&self, page: u32) -> Option<Timestamp> {
        let last = self.noted().asked.filter(|last| page <= last.page)?;
        Some(clock::later(last.at, QUIET))
    }

    /// The moment until which the partner has blocked the lane, if that is still to come.
    pub(crate) fn blocked_until(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        self.noted().blocked_until.filter(|until| now < *until)
    }

    /// Notes that pages up to `page` are about to be asked, before they are. The table hears of it with the next sign
    /// of life: after a crash the lane is nobody's for longer than the note would hold.
    pub(crate) async fn asking(&self, page: u32) -> Result<(), LeaseError> {
        self.note(self.clock.now(), page);
        self.keep().await
    }

    /// Shows a sign of life if the last one is getting old, and another one if that took so long that it is old
    /// itself. Fails when the lane is somebody else's by now.
    pub(crate) async fn keep(&self) -> Result<(), LeaseError> {
        while self.is_due() {
            self.renew().await?;
        }
        Ok(())
    }

    /// Notes that the answers are here: the client may have repeated the requests up to now.
    pub(crate) fn answered(&self, page: u32) {
        self.note(self.clock.now(), page);
    }

    /// Notes at once that the partner has blocked the lane: a crash must not make the next holder ask.
    pub(crate) async fn blocked(&self, rest: Duration) -> Result<(), LeaseError> {
        let until = clock::later(self.clock.now(), rest);
        self.noted().blocked_until = Some(until);
        self.renew().await
    }

    /// Does `work` and keeps the lease alive meanwhile. Drops the work when the lease is gone: a holder that was
    /// stopped for a while (a frozen process) asks whether it still is one before it does anything else.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> Result<T, LeaseError> {
        let mut work = std::pin::pin!(work);
        loop {
            self.keep().await?;
            let due = self.clock.sleep_until(self.beat());
            let step =
                poll_fn(|context| if self.is_due() { Poll::Pending } else { work.as_mut().poll(context) });
            tokio::select! {
                biased;
                () = due => {}
                done = step => return Ok(done),
            }
        }
    }

    pub(crate) async fn release(self) -> Result<(), LeaseError> {
        let noted = *self.noted();
        self.leases.release(&self.lease, noted).await
    }

    async fn renew(&self) -> Result<(), LeaseError> {
        let (noted, now) = (*self.noted(), self.clock.now());
        self.leases.renew(&self.lease, now, TTL, noted).await?;
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(())
    }

    /// When the next sign of life is due.
    fn beat(&self) -> Timestamp {
        clock::later(*self.renewed.lock().unwrap_or_else(PoisonError::into_inner), BEAT)
    }

    fn is_due(&self) -> bool {
        self.beat() <= self.clock.now()
    }

    fn note(&self, at: Timestamp, page: u32) {
        let mut noted = self.noted();
        // Another sweep of this lane may have asked higher pages a moment ago: they stay noted.
        let recent = noted.asked.filter(|last| at < clock::later(last.at, QUIET)).map_or(0, |last| last.page);
        noted.asked = Some(Asked { at, page: page.max(recent) });
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// A crashed holder's last request is too old to be redundant when its lease runs out.
const _: () = assert!(TTL.as_secs() - BEAT.as_secs() > QUIET.as_secs());
