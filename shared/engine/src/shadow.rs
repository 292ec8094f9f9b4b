//! A state to try things in: what is there shines through, what is written stays in a layer of its own.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::Key;
use crate::ports::{
    Document, Documents, Entry, Expected, Lease, LeaseError, Leases, Ledger, Noted, Quarantine, Quarantined,
    StateError,
};

/// Kinds of documents that say where a run stands. A dry run begins anew: it sees its own only.
const OF_A_RUN: [&str; 5] = ["checkpoint", "watermark", "seen", "run", "load-step"];

/// Versions of the layer's documents are told from the base's by being above this. No document is written as often.
const ABOVE_THE_BASE: u64 = 1 << 32;

/// Entries of the layer that are compared at once.
const COMPARED: usize = 500;

/// The state of a dry run: a layer over the real state (`base`), which is never written to.
///
/// * **Ledger**: an entry of the layer hides the base's, also one without facts.
/// * **Leases** are the base's: a dry run asks the partners like every other run and waits its turn.
/// * **Quarantine** is the layer's alone, so that no record is passed over for a refusal of the past.
/// * **Documents**: one of the layer hides the base's of the same name; those that say where a run stands are the
///   layer's alone. A deletion reaches the layer only, and what it had hidden is seen again. Versions rise when a
///   document of the base is first changed, and no version of the base fits a document of the layer.
///
/// In the layer every name begins with `shadow/<name>/`, so the layer may be the same table.
#[derive(Debug)]
pub struct Shadow<'a, B, L> {
    base: &'a B,
    layer: &'a L,
    prefix: String,
}

/// What a dry run would have done to a row of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The target has no row of this key.
    Create,
    /// The target has another row of this key.
    Update,
    /// The target would have let go of its row.
    Remove,
}

impl<'a, B, L> Shadow<'a, B, L> {
    /// `layer` over `base`. The same `name` finds what was written under it before.
    pub fn new(base: &'a B, layer: &'a L, name: &str) -> Self {
        Self { base, layer, prefix: format!("shadow/{name}/") }
    }

    fn named(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

impl<B: Ledger, L: Ledger> Shadow<'_, B, L> {
    /// The rows that would have changed, whose keys come after `after`, in key order and at most `limit`; fewer than
    /// `limit` means that there are no more. What was kept out is in the [quarantine](Quarantine::in_quarantine).
    ///
    /// It compares with the base as it is now: what a real run has done since is no change any more.
    pub async fn changes(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Change)>, StateError> {
        let named = self.named(entity);
        let mut after = after.cloned();
        let mut changes = Vec::new();
        while changes.len() < limit {
            let entries = self.layer.scan(&named, after.as_ref(), COMPARED).await?;
            let keys: Vec<Key> = entries.iter().map(|(key, _)| key.clone()).collect();
            let known = self.base.known(entity, &keys).await?;
            let compared = entries.iter().map(|(key, entry)| (key, Change::between(known.get(key), entry)));
            changes.extend(compared.filter_map(|(key, change)| Some((key.clone(), change?))));
            after = keys.into_iter().next_back();
            if entries.len() < COMPARED {
                break;
            }
        }
        changes.truncate(limit);
        Ok(changes)
    }
}

impl Change {
    /// What leads from `before` to `now`; none when the target is not touched.
    fn between(before: Option<&Entry>, now: &Entry) -> Option<Self> {
        let before = before.filter(|before| before.is_accepted());
        match before {
            Some(before) if before.removed.is_none() && now.removed.is_some() => Some(Self::Remove),
            Some(before) if now.is_accepted() && before.fingerprint != now.fingerprint => Some(Self::Update),
            None if now.is_in_use() => Some(Self::Create),
            _ => None,
        }
    }
}

impl<B: Ledger, L: Ledger> Ledger for Shadow<'_, B, L> {
    async fn known(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Entry>, StateError> {
        let mut known = self.layer.known(&self.named(entity), keys).await?;
        let missing: Vec<Key> = keys.iter().filter(|key| !known.contains_key(key)).cloned().collect();
        if !missing.is_empty() {
            known.extend(self.base.known(entity, &missing).await?);
        }
        Ok(known)
    }

    async fn record(&self, entity: &str, entries: &[(Key, Entry)]) -> Result<(), StateError> {
        self.layer.record(&self.named(entity), entries).await
    }

    async fn all_facts(&self, entity: &str) -> Result<Vec<(Key, Value)>, StateError> {
        let below = self.base.all_facts(entity).await?;
        // Whole entries: one that has no facts any more hides those of the base.
        let above = self.layer.scan(&self.named(entity), None, usize::MAX).await?;
        let below = below.into_iter().map(|(key, facts)| (key, Some(facts)));
        let above = above.into_iter().map(|(key, entry)| (key, entry.facts));
        let seen: BTreeMap<Key, Option<Value>> = below.chain(above).collect();
        Ok(seen.into_iter().filter_map(|(key, facts)| Some((key, facts?))).collect())
    }

    async fn scan(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Entry)>, StateError> {
        // The first `limit` keys of both together are among the first `limit` of each.
        let below = self.base.scan(entity, after, limit).await?;
        let above = self.layer.scan(&self.named(entity), after, limit).await?;
        let seen: BTreeMap<Key, Entry> = below.into_iter().chain(above).collect();
        Ok(seen.into_iter().take(limit).collect())
    }

    /// Leases are written below, everything else above.
    fn units_written(&self) -> u64 {
        self.base.units_written() + self.layer.units_written()
    }
}

impl<B: Leases, L: Sync> Leases for Shadow<'_, B, L> {
    async fn acquire(
        &self,
        lane: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, LeaseError> {
        self.base.acquire(lane, holder, now, ttl).await
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
        noted: Noted,
    ) -> Result<(), LeaseError> {
        self.base.renew(lease, now, ttl, noted).await
    }

    async fn release(&self, lease: &Lease, noted: Noted) -> Result<(), LeaseError> {
        self.base.release(lease, noted).await
    }

    async fn held(&self, now: Timestamp) -> Result<usize, StateError> {
        self.base.held(now).await
    }
}

impl<B: Sync, L: Quarantine> Quarantine for Shadow<'_, B, L> {
    async fn quarantine(&self, entity: &str, records: &[(Key, Quarantined)]) -> Result<(), StateError> {
        self.layer.quarantine(&self.named(entity), records).await
    }

    async fn quarantined(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Quarantined>, StateError> {
        self.layer.quarantined(&self.named(entity), keys).await
    }

    async fn clear(&self, entity: &str, keys: &[Key]) -> Result<(), StateError> {
        self.layer.clear(&self.named(entity), keys).await
    }

    async fn in_quarantine(&self, entity: &str, limit: usize) -> Result<Vec<(Key, Quarantined)>, StateError> {
        self.layer.in_quarantine(&self.named(entity), limit).await
    }
}

impl<B: Documents, L: Documents> Documents for Shadow<'_, B, L> {
    async fn get(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        match self.layer.get(&self.named(kind), id).await? {
            Some(document) => Ok(Some(raised(document))),
            None => self.below(kind, id).await,
        }
    }

    async fn put(
        &self,
        kind: &str,
        id: &str,
        body: &Value,
        expected: Expected,
        expires: Option<Timestamp>,
    ) -> Result<u64, StateError> {
        let expected = self.expected(kind, id, expected).await?;
        let version = self.layer.put(&self.named(kind), id, body, expected, expires).await?;
        Ok(ABOVE_THE_BASE + version)
    }

    async fn list(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        let below =
            if shines_through(kind) { self.base.list(kind, prefix, limit).await? } else { Vec::new() };
        let above = self.layer.list(&self.named(kind), prefix, limit).await?;
        let above = above.into_iter().map(|(id, document)| (id, raised(document)));
        let seen: BTreeMap<String, Document> = below.into_iter().chain(above).collect();
        Ok(seen.into_iter().take(limit).collect())
    }

    async fn delete(&self, kind: &str, id: &str, expected: Expected) -> Result<(), StateError> {
        let expected = self.expected(kind, id, expected).await?;
        self.layer.delete(&self.named(kind), id, expected).await
    }
}

impl<B: Documents, L: Documents> Shadow<'_, B, L> {
    /// The base's document, where it is to be seen.
    async fn below(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        if shines_through(kind) { self.base.get(kind, id).await } else { Ok(None) }
    }

    /// What must be in the layer so that what is seen is as `expected`.
    async fn expected(&self, kind: &str, id: &str, expected: Expected) -> Result<Expected, StateError> {
        let wanted = match expected {
            Expected::Any => return Ok(Expected::Any),
            Expected::Version(version) if version > ABOVE_THE_BASE => {
                return Ok(Expected::Version(version - ABOVE_THE_BASE));
            }
            Expected::Version(version) => Some(version),
            Expected::Absent => None,
        };
        let below = self.below(kind, id).await?.map(|document| document.version);
        if below == wanted {
            return Ok(Expected::Absent);
        }
        Err(StateError::Conflict { what: format!("{kind} {id}") })
    }
}

/// Whether the base's documents of this kind are to be seen.
fn shines_through(kind: &str) -> bool {
    !OF_A_RUN.contains(&kind)
}

/// A document of the layer as it is seen.
fn raised(document: Document) -> Document {
    Document { version: ABOVE_THE_BASE + document.version, ..document }
}

#[cfg(test)]
mod tests;
