//! Faults on demand, each named after what happens.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// What goes wrong with the next call of a method.
///
/// As JSON: `"html"`, `{"slow":500}`, `{"reject":{"text":"…","status":500}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The partner refuses with this text; nothing is done.
    Reject {
        /// What the answer says.
        text: String,
        /// The HTTP status.
        status: u16,
    },
    /// The call is carried out, the answer never arrives: the connection is cut.
    LostAnswer,
    /// The request never arrives whole and the connection is cut: nothing is done.
    LostRequest,
    /// The call waits, neither done nor answered, until [`Faults::release`]. A caller who gives up while it waits
    /// takes it away: nothing is done.
    Held,
    /// The call is carried out at once, its answer waits until [`Faults::release`] (not Máxima).
    HeldAnswer,
    /// The connection is cut at once and the write is carried out that many (virtual) milliseconds after its
    /// arrival, when its caller may have asked what became of it (not Máxima). A read is a lost answer.
    Late(u64),
    /// The call is carried out and answered with this instead (Senior and Sismetro only).
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body, as it is.
        body: String,
    },
    /// The call is carried out and answered that many (virtual) milliseconds late.
    Slow(u64),
    /// HTTP 503 with a page of HTML; nothing is done.
    Html,
    /// The call is carried out, half of the answer's body arrives.
    Truncated,
    /// HTTP 429; nothing is done.
    Status429,
    /// HTTP 429 with `Retry-After` in seconds; nothing is done (Senior and Sismetro only).
    RetryAfter(u64),
    /// The misuse block begins (Omie only): HTTP 425 for 1800 s.
    Blocked425,
    /// `Client-6`, as if the same query had just been made (Omie only).
    Redundant,
    /// `Client-1880`, as if others were in flight (Omie only).
    Busy,
    /// The credential or token is not accepted.
    Unauthorized,
}

/// The faults waiting for each method. Shared: all methods take `&self`.
#[derive(Debug, Default)]
pub struct Faults {
    queues: Mutex<HashMap<String, VecDeque<Fault>>>,
    releases: watch::Sender<u64>,
    holding: AtomicUsize,
}

impl Faults {
    /// The next `times` calls of `method` meet `fault`, after those already waiting.
    pub fn next(&self, method: &str, fault: Fault, times: usize) {
        let mut queues = self.queues();
        let queue = queues.entry(method.to_owned()).or_default();
        queue.extend(std::iter::repeat_n(fault, times));
    }

    /// How many faults no call has met yet.
    pub fn pending(&self) -> usize {
        self.queues().values().map(VecDeque::len).sum()
    }

    /// Forgets the faults that no call has met.
    pub fn clear(&self) {
        self.queues().clear();
    }

    /// Lets every held call go on.
    pub fn release(&self) {
        self.releases.send_modify(|releases| *releases += 1);
    }

    /// How many calls are held now.
    pub fn holding(&self) -> usize {
        self.holding.load(Ordering::SeqCst)
    }

    /// The fault for a call that answers to any of these names, most specific first.
    pub(crate) fn take(&self, names: &[&str]) -> Option<Fault> {
        let mut queues = self.queues();
        names.iter().find_map(|name| queues.get_mut(*name).and_then(VecDeque::pop_front))
    }

    /// Waits for the next release.
    pub(crate) async fn hold(&self) {
        let mut releases = self.releases.subscribe();
        let _counted = Counted::new(&self.holding);
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = releases.changed().await;
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<String, VecDeque<Fault>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts while it lives, so that a caller who gives up is no longer counted.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
