//! The client of one partner: what all its calls share.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clock::Clock;
use jiff::Timestamp;

use crate::lanes::Lanes;
use crate::secret::Hidden;
use crate::send::Sending;
use crate::{CallError, Fault, Limits, Outgoing, Secret, Transport, held};

/// Latencies that are kept until they are taken: a bound for a client whose owner does not ask.
pub const LATENCIES: usize = 1_000;

/// Sends requests to one partner within its limits. Cheap to clone; clones share gates, circuits and counts.
#[derive(Clone)]
pub struct PartnerHttp(Arc<Shared>);

/// What all calls to a partner share. No lock is held while anything waits.
pub(crate) struct Shared {
    pub(crate) partner: &'static str,
    pub(crate) transport: Transport,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) rng: Mutex<fastrand::Rng>,
    pub(crate) lanes: Mutex<Lanes>,
    pub(crate) hidden: Hidden,
    pub(crate) deadline: Mutex<Option<Timestamp>>,
    pub(crate) calls: Mutex<BTreeMap<String, u64>>,
    pub(crate) latencies: Mutex<Vec<Duration>>,
}

impl PartnerHttp {
    /// A client of `partner`, a short name for errors and logs. `rng` spreads repeats.
    pub fn new(
        partner: &'static str,
        transport: Transport,
        clock: Clock,
        rng: fastrand::Rng,
        limits: Limits,
    ) -> Self {
        Self(Arc::new(Shared {
            partner,
            transport,
            clock,
            rng: Mutex::new(rng),
            lanes: Mutex::new(Lanes::new(limits.total_per_minute)),
            limits,
            hidden: Hidden::default(),
            deadline: Mutex::default(),
            calls: Mutex::default(),
            latencies: Mutex::default(),
        }))
    }

    /// Sends `out` when its lane allows, repeats it as its effect allows, and gives the body of the first
    /// good answer.
    ///
    /// `classify` gets status and body of each answer and says what a failure means. It looks at the body
    /// first, and calls an answer that was cut short [`Fault::Unclear`] (see [`crate::is_truncated`]).
    ///
    /// What the caller can rely on:
    /// * no wait passes the deadline: instead the call ends at once with the fault it would have waited for
    ///   and the time that was left as its remedy; a request in flight is given up at the deadline;
    /// * while a lane is closed nothing leaves, and the fault is [`Fault::Blocked`] with the seconds left;
    /// * [`Fault::Expired`] and [`Fault::Empty`] come back at once: the owner of the token and the reader of
    ///   pages know what to do;
    /// * a request that asks first and may have been done comes back as [`Fault::Unclear`], never repeated,
    ///   also when the partner called itself unavailable after taking it.
    pub async fn send(
        &self,
        out: Outgoing,
        classify: impl Fn(u16, &[u8]) -> Result<(), Fault> + Send + Sync,
    ) -> Result<Bytes, CallError> {
        Sending::new(&self.0, &out).run(&classify).await
    }

    /// Sends `out` at most once, and not at all when its lane would let it leave only after `leave_by`: for a
    /// request whose owner has written down that it is on its way and for how long that holds.
    ///
    /// As [`send`](Self::send), but nothing is repeated, not even what was never sent. [`CallError::attempts`] is 0
    /// when nothing left.
    pub async fn send_once(
        &self,
        out: Outgoing,
        leave_by: Timestamp,
        classify: impl Fn(u16, &[u8]) -> Result<(), Fault> + Send + Sync,
    ) -> Result<Bytes, CallError> {
        Sending::once(&self.0, &out, leave_by).run(&classify).await
    }

    /// Removes `secret` from every partner text that goes into an error.
    pub fn hide(&self, secret: &Secret) {
        self.0.hidden.add(secret);
    }

    /// Until when calls may wait; `None` for as long as it takes. Holds for all clones and for calls that
    /// wait already, from their next wait on.
    pub fn set_deadline(&self, at: Option<Timestamp>) {
        *held(&self.0.deadline) = at;
    }

    /// How many requests may leave in a minute over all lanes, when others ask from the same address. Holds for all
    /// clones and for calls that wait already, from their next wait on; at least one.
    pub fn set_total_per_minute(&self, requests: u32) {
        held(&self.0.lanes).set_total(requests);
    }

    /// Takes the count of requests that reached, or may have reached, the partner since the last time it was
    /// taken: per method, in the order of their names.
    pub fn calls(&self) -> Vec<(String, u64)> {
        std::mem::take(&mut *held(&self.0.calls)).into_iter().collect()
    }

    /// Takes how long those requests were under way, from leaving until the whole answer was here or was given up: the
    /// first [`LATENCIES`] since the last time they were taken.
    pub fn latencies(&self) -> Vec<Duration> {
        std::mem::take(&mut *held(&self.0.latencies))
    }
}

impl fmt::Debug for PartnerHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { partner, transport, .. } = &*self.0;
        f.debug_struct("PartnerHttp")
            .field("partner", partner)
            .field("transport", transport)
            .finish_non_exhaustive()
    }
}
