//! What a partner tells us by itself: Senior's events, Sismetro's callbacks. Queued in the order they happened, for
//! a test to take, repeat, reorder and drop, or posted by [`super::push`].

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use clock::{Clock, later};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::signature::signed;

/// One call on its way to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// The same in every repetition.
    pub id: String,
    /// The orders it tells of, or the SS.
    pub about: Vec<String>,
    /// Behind the registered URL: empty for Senior, `/service-order` and its like for Sismetro.
    pub path: String,
    /// Those of the registration and its own; a signature is made when it is taken.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
    /// When it happened, virtual time.
    pub at: Timestamp,
    /// Before this instant it is not sent.
    pub not_before: Timestamp,
    /// How often it was taken.
    pub attempts: u32,
}

/// How often [`super::push`] tries again what was not answered with a 2xx: nobody says how often the partners do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Attempts after the first.
    pub times: u32,
    /// Time between two attempts.
    pub pause: Duration,
}

impl Retries {
    /// What is not taken at once is lost.
    pub const NEVER: Self = Self { times: 0, pause: Duration::ZERO };
}

impl Default for Retries {
    fn default() -> Self {
        Self { times: 3, pause: Duration::from_mins(1) }
    }
}

/// The calls that wait. Cheap to clone, clones are the same queue; nothing here draws or waits by itself.
#[derive(Clone, Debug)]
pub struct Outbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    queue: Mutex<Queue>,
    news: Notify,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Push>,
    /// Taken, neither acknowledged nor put back.
    under_way: Vec<Push>,
    url: Option<String>,
    headers: Vec<(String, String)>,
    signing: Option<String>,
    retries: Retries,
    lost: u64,
}

/// Without headers, which carry secrets.
impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.waiting.len())
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// What [`super::push`] does next.
pub(super) enum Next {
    Post(String, Push),
    At(Timestamp),
    Nothing,
}

impl Outbox {
    pub(crate) fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner { clock, queue: Mutex::default(), news: Notify::new() }))
    }

    /// Where [`super::push`] posts to, and the headers every call carries from now on, as a person registers them.
    /// In process the URL may be anything.
    pub fn register(&self, url: &str, headers: &[(&str, &str)]) {
        let mut queue = self.queue();
        queue.url = Some(url.trim_end_matches('/').to_owned());
        queue.headers =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.0.news.notify_one();
    }

    /// The registered URL.
    pub fn registered(&self) -> Option<String> {
        self.queue().url.clone()
    }

    /// Signs every call from now on when it is taken, `x-timestamp` and `x-signature` (`contracts/sismetro.md` §10.5).
    pub fn sign_with(&self, secret: Option<&str>) {
        self.queue().signing = secret.map(str::to_owned);
    }

    /// How often what nobody takes is tried again.
    pub fn set_retries(&self, retries: Retries) {
        self.queue().retries = retries;
    }

    /// Appends a call.
    pub fn push(&self, push: Push) {
        self.queue().waiting.push_back(push);
        self.0.news.notify_one();
    }

    /// The first call that may be sent now, under way until it is acknowledged or put back.
    pub fn take_next(&self) -> Option<Push> {
        let now = self.0.clock.now();
        let mut queue = self.queue();
        let position = queue.waiting.iter().position(|push| push.not_before <= now)?;
        let mut taken = queue.waiting.remove(position)?;
        taken.attempts += 1;
        queue.under_way.push(taken.clone());
        // What a person registered stands in the place of what the partner would send of itself.
        taken
            .headers
            .retain(|(name, _)| !queue.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)));
        taken.headers.splice(0..0, queue.headers.iter().cloned());
        if let Some(secret) = &queue.signing {
            taken.headers.extend(signed(secret, now, &taken.body));
        }
        Some(taken)
    }

    /// A 2xx was answered: it is gone. Whether it was under way.
    pub fn ack(&self, id: &str) -> bool {
        self.queue().taken(id).is_some()
    }

    /// No 2xx was answered: it waits again, before all others. Whether it was under way.
    pub fn put_back(&self, id: &str) -> bool {
        let mut queue = self.queue();
        let taken = queue.taken(id);
        let back = taken.map(|push| queue.waiting.push_front(push)).is_some();
        self.0.news.notify_one();
        back
    }

    /// The call at a position happens to be sent twice: its copy waits last. Whether there is such a position.
    pub fn duplicate(&self, position: usize) -> bool {
        let mut queue = self.queue();
        let copy = queue.waiting.get(position).cloned();
        copy.map(|copy| queue.waiting.push_back(copy)).is_some()
    }

    /// Two waiting calls change places. Whether both are there.
    pub fn swap(&self, one: usize, other: usize) -> bool {
        let mut queue = self.queue();
        let there = one.max(other) < queue.waiting.len();
        if there {
            queue.waiting.swap(one, other);
        }
        there
    }

    /// The waiting calls in another order.
    pub fn reorder(&self, rng: &mut fastrand::Rng) {
        rng.shuffle(self.queue().waiting.make_contiguous());
    }

    /// The call at a position never arrives.
    pub fn drop_at(&self, position: usize) -> Option<Push> {
        self.queue().waiting.remove(position)
    }

    /// The call at a position is not sent before so much time has passed. Whether there is such a position.
    pub fn delay(&self, position: usize, by: Duration) -> bool {
        let due = later(self.0.clock.now(), by);
        let mut queue = self.queue();
        queue.waiting.get_mut(position).map(|push| push.not_before = due).is_some()
    }

    /// The waiting calls, in the order they would be sent.
    pub fn waiting(&self) -> Vec<Push> {
        self.queue().waiting.iter().cloned().collect()
    }

    /// How many calls wait.
    pub fn len(&self) -> usize {
        self.queue().waiting.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many calls [`super::push`] gave up.
    pub fn lost(&self) -> u64 {
        self.queue().lost
    }

    pub(super) fn next(&self) -> Next {
        let url = self.registered();
        let Some(url) = url else { return Next::Nothing };
        if let Some(push) = self.take_next() {
            return Next::Post(format!("{url}{}", push.path), push);
        }
        let due = self.queue().waiting.iter().map(|push| push.not_before).min();
        due.map_or(Next::Nothing, Next::At)
    }

    /// Nobody took it: it is tried again later, or lost.
    pub(super) fn failed(&self, id: &str) {
        let now = self.0.clock.now();
        let mut queue = self.queue();
        let retries = queue.retries;
        let Some(mut push) = queue.taken(id) else { return };
        if push.attempts > retries.times {
            queue.lost += 1;
        } else {
            push.not_before = later(now, retries.pause);
            queue.waiting.push_back(push);
        }
    }

    pub(super) async fn news(&self) {
        self.0.news.notified().await;
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Takes the first calls out for good: they are told in one.
    pub(crate) fn drain(&self, count: usize) -> Vec<Push> {
        let mut queue = self.queue();
        let count = count.min(queue.waiting.len());
        queue.waiting.drain(..count).collect()
    }

    pub(crate) fn push_first(&self, push: Push) {
        self.queue().waiting.push_front(push);
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn taken(&mut self, id: &str) -> Option<Push> {
        let at = self.under_way.iter().position(|push| push.id == id)?;
        Some(self.under_way.remove(at))
    }
}

impl Push {
    /// As the control interface shows it.
    pub(crate) fn shown(&self) -> Value {
        let headers: Vec<Value> = self.headers.iter().map(|(name, value)| json!([name, value])).collect();
        json!({ "id": self.id, "about": self.about, "path": self.path, "headers": headers, "attempts": self.attempts,
            "at": self.at, "not_before": self.not_before, "body": String::from_utf8_lossy(&self.body) })
    }
}
