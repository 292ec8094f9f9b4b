//! A store that is watched: nothing that is written may hold a secret, and between any two of its calls others may go.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine::{
    Case, Cases, Document, Documents, Entry, Expected, Filing, Key, Lease, LeaseError, Leases, Ledger, Mark,
    Noted, Quarantine, Quarantined, StateError,
};
use jiff::Timestamp;
use serde_json::Value;

/// `S`, watched.
#[derive(Debug)]
pub struct Watched<S> {
    inner: S,
    canaries: Vec<String>,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    leaks: Vec<String>,
    /// Draws how often others go first; none: never.
    rng: Option<fastrand::Rng>,
}

impl<S> Watched<S> {
    /// `inner`, into which none of `canaries` may be written.
    pub fn new(inner: S, canaries: Vec<String>) -> Self {
        Self { inner, canaries, book: Mutex::default() }
    }

    /// From now on others go before and after each call, as `seed` draws it.
    pub fn shake(&self, seed: u64) {
        self.book().rng = Some(fastrand::Rng::with_seed(seed));
    }

    /// What was written and must not have been: where, and which secret by its number.
    pub fn leaks(&self) -> Vec<String> {
        self.book().leaks.clone()
    }

    fn look(&self, place: &str, text: &str) {
        for (number, canary) in self.canaries.iter().enumerate() {
            if text.contains(canary.as_str()) {
                self.leaked(&format!("secret {number} in {place}"), text, canary);
            }
        }
        // The token of a link is a capability: it is kept where the note is made from, and nowhere else.
        let is_open = |(at, name): (usize, &str)| {
            let after = text[at + name.len()..].bytes();
            after.take_while(u8::is_ascii_alphanumeric).count() >= 16
        };
        if !place.starts_with("so/") && text.match_indices("token=").any(is_open) {
            self.leaked(&format!("a link's token in {place}"), text, "token=");
        }
    }

    /// With what stands around it.
    fn leaked(&self, what: &str, text: &str, found: &str) {
        let before: String = text.split(found).next().unwrap_or_default().chars().rev().take(120).collect();
        let before: String = before.chars().rev().collect();
        self.book().leaks.push(format!("{what}, after: {before}"));
    }

    async fn others_go(&self) {
        let times = self.book().rng.as_mut().map_or(0, |rng| rng.u8(0..4));
        for _ in 0..times {
            tokio::task::yield_now().await;
        }
    }

    async fn around<T>(&self, call: impl Future<Output = T> + Send) -> T {
        self.others_go().await;
        let done = call.await;
        self.others_go().await;
        done
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Cases> Cases for Watched<S> {
    async fn case(&self, kind: &str, id: &str) -> Result<Option<Case>, StateError> {
        self.around(self.inner.case(kind, id)).await
    }

    async fn file(
        &self,
        kind: &str,
        id: &str,
        before: Option<&Case>,
        after: Filing,
    ) -> Result<Case, StateError> {
        self.look(&format!("{kind}/{id}"), &format!("{id} {} {:?}", after.body, after.marks));
        self.around(self.inner.file(kind, id, before, after)).await
    }

    async fn open_all(&self, kind: &str, cases: &[(String, Filing)]) -> Result<(), StateError> {
        for (id, filing) in cases {
            self.look(&format!("{kind}/{id}"), &format!("{id} {} {:?}", filing.body, filing.marks));
        }
        self.around(self.inner.open_all(kind, cases)).await
    }

    async fn due(&self, kind: &str, now: Timestamp, limit: usize) -> Result<Vec<String>, StateError> {
        self.around(self.inner.due(kind, now, limit)).await
    }

    async fn marked(
        &self,
        kind: &str,
        mark: &Mark,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StateError> {
        self.around(self.inner.marked(kind, mark, after, limit)).await
    }
}

impl<S: Documents> Documents for Watched<S> {
    async fn get(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        self.around(self.inner.get(kind, id)).await
    }

    async fn put(
        &self,
        kind: &str,
        id: &str,
        body: &Value,
        expected: Expected,
        expires: Option<Timestamp>,
    ) -> Result<u64, StateError> {
        self.look(&format!("{kind}/{id}"), &format!("{id} {body}"));
        self.around(self.inner.put(kind, id, body, expected, expires)).await
    }

    async fn list(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        self.around(self.inner.list(kind, prefix, limit)).await
    }

    async fn delete(&self, kind: &str, id: &str, expected: Expected) -> Result<(), StateError> {
        self.around(self.inner.delete(kind, id, expected)).await
    }
}

impl<S: Leases> Leases for Watched<S> {
    async fn acquire(
        &self,
        lane: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, LeaseError> {
        self.around(self.inner.acquire(lane, holder, now, ttl)).await
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
        noted: Noted,
    ) -> Result<(), LeaseError> {
        self.around(self.inner.renew(lease, now, ttl, noted)).await
    }

    async fn release(&self, lease: &Lease, noted: Noted) -> Result<(), LeaseError> {
        self.around(self.inner.release(lease, noted)).await
    }

    async fn held(&self, now: Timestamp) -> Result<usize, StateError> {
        self.around(self.inner.held(now)).await
    }
}

/// Nothing of this flow is in a ledger.
impl<S: Ledger> Ledger for Watched<S> {
    async fn known(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Entry>, StateError> {
        self.inner.known(entity, keys).await
    }

    async fn record(&self, entity: &str, entries: &[(Key, Entry)]) -> Result<(), StateError> {
        self.inner.record(entity, entries).await
    }

    async fn all_facts(&self, entity: &str) -> Result<Vec<(Key, Value)>, StateError> {
        self.inner.all_facts(entity).await
    }

    async fn scan(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Entry)>, StateError> {
        self.inner.scan(entity, after, limit).await
    }

    fn units_written(&self) -> u64 {
        self.inner.units_written()
    }
}

/// Nor in the quarantine of the engine: deliveries have their own.
impl<S: Quarantine> Quarantine for Watched<S> {
    async fn quarantine(&self, entity: &str, records: &[(Key, Quarantined)]) -> Result<(), StateError> {
        self.inner.quarantine(entity, records).await
    }

    async fn quarantined(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Quarantined>, StateError> {
        self.inner.quarantined(entity, keys).await
    }

    async fn clear(&self, entity: &str, keys: &[Key]) -> Result<(), StateError> {
        self.inner.clear(entity, keys).await
    }

    async fn in_quarantine(&self, entity: &str, limit: usize) -> Result<Vec<(Key, Quarantined)>, StateError> {
        self.inner.in_quarantine(entity, limit).await
    }
}
