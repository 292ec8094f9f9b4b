//! The table as one invocation sees it: the memory twin behind its boundaries.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use engine::{
    Case, Cases, Document, Documents, Entry, Expected, Filing, Key, Lease, LeaseError, Leases, Ledger, Mark,
    Memory, Noted as Counted, Quarantine, Quarantined, StateError,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::chaos::{BlockNote, Decided, Life, Noted, Shared};
use crate::harm::{Harm, Place, Side};
use crate::sabotage::Sabotage;
use crate::secrets;
use crate::world::ORDER;

pub(crate) struct Table {
    pub(crate) memory: Arc<Memory>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) life: Arc<Life>,
    pub(crate) spoil: Option<Spoil>,
    pub(crate) sabotage: Option<Sabotage>,
}

/// Spoils what is filed of a kind: a program with a mistake.
pub(crate) type Spoil = fn(&str, &mut Filing);

/// The records of turns: nothing is decided by them, and a turn's record that is not written is only not there.
const RECORDS: [&str; 2] = ["run", "last-turn"];

/// The documents by which invocations tell one another that Omie has blocked a method.
const BLOCK: &str = "omie-block";

impl Table {
    async fn got(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        self.before("document.get").await?;
        let done = self.memory.get(kind, id).await;
        self.after("document.get").await?;
        done
    }

    fn note_block(&self, id: &str, what: Noted) {
        let method = id.rsplit('/').next().unwrap_or(id).to_owned();
        let mut state = self.shared.state();
        let order = state.crossings;
        state.blocks.push(BlockNote { by: self.life.number, method, order, what });
    }

    async fn before(&self, name: &'static str) -> Result<(), StateError> {
        match self.shared.cross(&self.life, Place::Store, name, Side::Before).await {
            Some(Harm::StoreBusy) => Err(StateError::Busy("throttled on purpose".into())),
            Some(Harm::StoreSilent) => Err(silent(name)),
            _ => Ok(()),
        }
    }

    async fn after(&self, name: &'static str) -> Result<(), StateError> {
        match self.shared.cross(&self.life, Place::Store, name, Side::After).await {
            Some(Harm::StoreSilent) => Err(silent(name)),
            _ => Ok(()),
        }
    }

    /// Nothing that is stored may hold a secret.
    fn look_for_secrets(&self, kind: &str, body: &Value) {
        let mut state = self.shared.state();
        if let Some(path) = secrets::found(body, &state.hidden) {
            state.leaks.push(format!("a secret in a stored {kind}, at {path}"));
        }
    }
}

fn silent(operation: &'static str) -> StateError {
    StateError::Unavailable { operation, source: "silent on purpose".into() }
}

impl Ledger for Table {
    async fn known(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Entry>, StateError> {
        self.before("ledger.known").await?;
        let done = self.memory.known(entity, keys).await;
        self.after("ledger.known").await?;
        done
    }

    async fn record(&self, entity: &str, entries: &[(Key, Entry)]) -> Result<(), StateError> {
        for facts in entries.iter().filter_map(|(_, entry)| entry.facts.as_ref()) {
            self.look_for_secrets("fact", facts);
        }
        self.before("ledger.record").await?;
        let done = self.memory.record(entity, entries).await;
        self.after("ledger.record").await?;
        done
    }

    async fn all_facts(&self, entity: &str) -> Result<Vec<(Key, Value)>, StateError> {
        self.before("ledger.all_facts").await?;
        let done = self.memory.all_facts(entity).await;
        self.after("ledger.all_facts").await?;
        done
    }

    async fn scan(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Entry)>, StateError> {
        self.before("ledger.scan").await?;
        let done = self.memory.scan(entity, after, limit).await;
        self.after("ledger.scan").await?;
        done
    }

    fn units_written(&self) -> u64 {
        self.memory.units_written()
    }
}

impl Leases for Table {
    async fn acquire(
        &self,
        lane: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, LeaseError> {
        self.before("lease.acquire").await?;
        let done = self.memory.acquire(lane, holder, now, ttl).await;
        self.after("lease.acquire").await?;
        done
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
        noted: Counted,
    ) -> Result<(), LeaseError> {
        self.before("lease.renew").await?;
        let done = self.memory.renew(lease, now, ttl, noted).await;
        self.after("lease.renew").await?;
        done
    }

    async fn release(&self, lease: &Lease, noted: Counted) -> Result<(), LeaseError> {
        self.before("lease.release").await?;
        let done = self.memory.release(lease, noted).await;
        self.after("lease.release").await?;
        done
    }

    async fn held(&self, now: Timestamp) -> Result<usize, StateError> {
        self.before("lease.held").await?;
        let done = self.memory.held(now).await;
        self.after("lease.held").await?;
        done
    }
}

impl Quarantine for Table {
    async fn quarantine(&self, entity: &str, records: &[(Key, Quarantined)]) -> Result<(), StateError> {
        self.before("quarantine.put").await?;
        let done = self.memory.quarantine(entity, records).await;
        self.after("quarantine.put").await?;
        done
    }

    async fn quarantined(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Quarantined>, StateError> {
        self.before("quarantine.get").await?;
        let done = self.memory.quarantined(entity, keys).await;
        self.after("quarantine.get").await?;
        done
    }

    async fn clear(&self, entity: &str, keys: &[Key]) -> Result<(), StateError> {
        self.before("quarantine.clear").await?;
        let done = self.memory.clear(entity, keys).await;
        self.after("quarantine.clear").await?;
        done
    }

    async fn in_quarantine(&self, entity: &str, limit: usize) -> Result<Vec<(Key, Quarantined)>, StateError> {
        self.before("quarantine.list").await?;
        let done = self.memory.in_quarantine(entity, limit).await;
        self.after("quarantine.list").await?;
        done
    }
}

impl Documents for Table {
    async fn get(&self, kind: &str, id: &str) -> Result<Option<Document>, StateError> {
        let done = self.got(kind, id).await;
        if kind == BLOCK {
            self.note_block(id, if done.is_ok() { Noted::Read } else { Noted::Unread });
            if self.sabotage == Some(Sabotage::IgnoreBlock) {
                return Ok(None);
            }
        }
        done
    }

    async fn put(
        &self,
        kind: &str,
        id: &str,
        body: &Value,
        expected: Expected,
        expires: Option<Timestamp>,
    ) -> Result<u64, StateError> {
        self.look_for_secrets(kind, body);
        if RECORDS.contains(&kind) {
            return self.memory.put(kind, id, body, expected, expires).await;
        }
        let before = self.before("document.put").await;
        if kind == BLOCK && self.sabotage == Some(Sabotage::ForgetBlock) {
            return Ok(0);
        }
        if kind == BLOCK {
            // What is written and not confirmed is written.
            self.note_block(id, if before.is_ok() { Noted::Written } else { Noted::Unwritten });
        }
        before?;
        let done = self.memory.put(kind, id, body, expected, expires).await;
        self.after("document.put").await?;
        done
    }

    async fn list(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Document)>, StateError> {
        self.before("document.list").await?;
        let done = self.memory.list(kind, prefix, limit).await;
        self.after("document.list").await?;
        done
    }

    async fn delete(&self, kind: &str, id: &str, expected: Expected) -> Result<(), StateError> {
        self.before("document.delete").await?;
        let done = self.memory.delete(kind, id, expected).await;
        self.after("document.delete").await?;
        done
    }
}

impl Cases for Table {
    async fn case(&self, kind: &str, id: &str) -> Result<Option<Case>, StateError> {
        self.before("case.get").await?;
        let done = self.memory.case(kind, id).await;
        self.after("case.get").await?;
        done
    }

    async fn file(
        &self,
        kind: &str,
        id: &str,
        before: Option<&Case>,
        mut after: Filing,
    ) -> Result<Case, StateError> {
        if let Some(spoil) = self.spoil {
            spoil(kind, &mut after);
        }
        self.look_for_secrets(kind, &after.body);
        self.before("case.file").await?;
        if let Some(stage) = ["stage", "state", "fate"].iter().find_map(|name| after.body[name].as_str()) {
            let why = ["why", "attention", "last_error", "told"];
            let why = why.iter().find_map(|name| after.body[name].as_str()).unwrap_or_default();
            self.shared.note(format_args!("#{} files {kind} {id}: {stage} {why}", self.life.number));
        }
        let is_sent = kind == ORDER && after.body["stage"] == "sending";
        let done = self.memory.file(kind, id, before, after).await;
        if is_sent && done.is_ok() {
            let decided = Decided { by: self.life.number, id: id.to_owned(), at: self.shared.now() };
            self.shared.state().decided.push(decided);
            self.shared.leaving.notify_one();
        }
        self.after("case.file").await?;
        done
    }

    async fn open_all(&self, kind: &str, cases: &[(String, Filing)]) -> Result<(), StateError> {
        for (_, filing) in cases {
            self.look_for_secrets(kind, &filing.body);
        }
        self.before("case.file").await?;
        let done = self.memory.open_all(kind, cases).await;
        self.after("case.file").await?;
        done
    }

    async fn due(&self, kind: &str, now: Timestamp, limit: usize) -> Result<Vec<String>, StateError> {
        self.before("case.due").await?;
        let done = self.memory.due(kind, now, limit).await;
        self.after("case.due").await?;
        done
    }

    async fn marked(
        &self,
        kind: &str,
        mark: &Mark,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StateError> {
        self.before("case.marked").await?;
        let done = self.memory.marked(kind, mark, after, limit).await;
        self.after("case.marked").await?;
        done
    }
}
