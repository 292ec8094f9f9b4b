//! What the engine asks of a store. Two real implementations: `store::Store` (DynamoDB) and
//! [`Memory`](crate::Memory); one [conformance suite](crate::conformance) holds both to these sentences.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use partner_http::Remedy;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Fingerprint, Key, Why};

/// Everything that outlives a run.
pub trait State: Ledger + Leases + Quarantine + Documents {}

impl<T: Ledger + Leases + Quarantine + Documents> State for T {}

/// The state of flows: everything, and cases.
pub trait FlowState: State + Cases {}

impl<T: State + Cases> FlowState for T {}

/// What the source has shown us and what the target has accepted, per entity and key.
pub trait Ledger: Sync {
    /// The entries of these keys; a key without an entry is absent. Any number of keys.
    fn known(
        &self,
        entity: &str,
        keys: &[Key],
    ) -> impl Future<Output = Result<HashMap<Key, Entry>, StateError>> + Send;

    /// Writes these entries, replacing whole entries of the same key. Any number of entries, keys distinct.
    /// Not atomic: after an error some may be written, which costs one repeated delivery at most.
    fn record(
        &self,
        entity: &str,
        entries: &[(Key, Entry)],
    ) -> impl Future<Output = Result<(), StateError>> + Send;

    /// The facts of every record of the entity that has some, in key order.
    fn all_facts(&self, entity: &str) -> impl Future<Output = Result<Vec<(Key, Value)>, StateError>> + Send;

    /// The entries whose keys come after `after` (none: from the start), in key order, at most `limit`; fewer
    /// than `limit` means that there are no more.
    fn scan(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(Key, Entry)>, StateError>> + Send;

    /// Write units used since the last time this was asked; 0 where writing costs nothing.
    fn units_written(&self) -> u64;

    /// Whether the target has accepted this key.
    fn is_known(&self, entity: &str, key: &Key) -> impl Future<Output = Result<bool, StateError>> + Send {
        async move {
            let keys = [key.clone()];
            let known = self.known(entity, &keys).await?;
            Ok(known.get(key).is_some_and(Entry::is_accepted))
        }
    }
}

/// What is known of one record.
///
/// Facts live here, beside the fingerprint, and not in an item of their own: they are written in the same put,
/// so that they cannot disagree, and a record the target never accepted simply has no fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Fingerprint of the row the target accepted last; none while it has accepted no row of this key.
    pub fingerprint: Option<Fingerprint>,
    /// Whether that row was synthetic ([`Entity::guaranteed`](crate::Entity::guaranteed)).
    pub guaranteed: bool,
    /// Facts of the record as the source showed it last; none once it is removed.
    pub facts: Option<Value>,
    /// A reading has missed the record, and it has not been seen since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<Absent>,
    /// When the target let go of the row; none while the record is in step. The fingerprint is then that of the
    /// [`Retirement`](crate::Retirement), or none when the row was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Timestamp>,
}

/// A record that was not where it should have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absent {
    /// The sweep that found it so.
    pub sweep: String,
    /// Whether the source said so itself; else it was only not shown, and a second sweep must agree.
    pub sure: bool,
}

impl Entry {
    /// Whether the target has a row of this key, be it one that is no longer used.
    pub fn is_accepted(&self) -> bool {
        self.fingerprint.is_some()
    }

    /// Whether the target holds the row as one that is in use.
    pub fn is_in_use(&self) -> bool {
        self.is_accepted() && self.removed.is_none()
    }
}

/// One holder per lane, also after a crash. Times come from the caller; a lease is compared with the `now` it
/// is given.
pub trait Leases: Sync {
    /// Takes the lane if nobody holds it at `now`. Each success has a higher fence than all before.
    fn acquire(
        &self,
        lane: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> impl Future<Output = Result<Lease, LeaseError>> + Send;

    /// Holds the lane until `now + ttl` and notes what is given in `noted`; what is none there stays as it was
    /// noted. Fails with [`LeaseError::Lost`] once somebody else has taken the lane, even if they released it
    /// since.
    fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
        noted: Noted,
    ) -> impl Future<Output = Result<(), LeaseError>> + Send;

    /// Gives the lane back and notes what is given in `noted`, like [`renew`](Self::renew). Fails with
    /// [`LeaseError::Lost`] like it, and then changes nothing.
    fn release(&self, lease: &Lease, noted: Noted) -> impl Future<Output = Result<(), LeaseError>> + Send;

    /// How many lanes are held at `now`, by whomever. One cheap reading; those that are taken or given back meanwhile
    /// may be counted or not.
    fn held(&self, now: Timestamp) -> impl Future<Output = Result<usize, StateError>> + Send;
}

/// The right to use a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// `"<credential>/<method>"`.
    pub lane: String,
    /// Who holds it.
    pub holder: String,
    /// Rises by one with each holder.
    pub fence: u64,
    /// What the lane remembers, by whichever holder.
    pub noted: Noted,
}

/// What a lane remembers from one holder to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// What was asked last.
    pub asked: Option<Asked>,
    /// The partner has blocked the lane until this moment: a question before it would extend the block
    /// (`contracts/omie-maxima-mapping.md` §13.6).
    pub blocked_until: Option<Timestamp>,
}

/// The last question put to a partner in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// No question was put after this moment.
    pub at: Timestamp,
    /// The highest page that may have been asked within the redundancy window before `at`.
    pub page: u32,
}

/// Why a lease could not be taken or kept.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Somebody else has it.
    #[error("{holder} está nesta fila até {until}")]
    Held {
        /// Who.
        holder: String,
        /// The moment it runs out unless renewed.
        until: Timestamp,
    },
    /// It was ours and has been taken by another holder since.
    #[error("outra execução assumiu esta fila")]
    Lost,
    /// The store failed.
    #[error("a reserva da fila não pôde ser lida ou gravada")]
    State(#[from] StateError),
}

/// Records that are kept out of the target, with the reasons. Being here does not stop a record: each run tries
/// it again.
pub trait Quarantine: Sync {
    /// Writes these records, replacing what is there.
    fn quarantine(
        &self,
        entity: &str,
        records: &[(Key, Quarantined)],
    ) -> impl Future<Output = Result<(), StateError>> + Send;

    /// Which of these keys are in quarantine.
    fn quarantined(
        &self,
        entity: &str,
        keys: &[Key],
    ) -> impl Future<Output = Result<HashMap<Key, Quarantined>, StateError>> + Send;

    /// Lets these keys go; a key that is not there is no error.
    fn clear(&self, entity: &str, keys: &[Key]) -> impl Future<Output = Result<(), StateError>> + Send;

    /// The first `limit` records of the entity, in key order.
    fn in_quarantine(
        &self,
        entity: &str,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(Key, Quarantined)>, StateError>> + Send;
}

/// One record in quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// All reasons, never empty.
    pub why: Vec<Why>,
    /// Fingerprint of the row that was kept out; none when the record could not be mapped.
    pub fingerprint: Option<Fingerprint>,
    /// Whether the partner refused it (and `why` is the partner's text) rather than our own rules.
    pub refused: bool,
    /// When it was first kept out.
    pub since: Timestamp,
    /// When it was last tried.
    pub last: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// Typed JSON documents with a version: settings, checkpoints, run records, loads.
pub trait Documents: Sync {
    /// The document, unless it is absent or has expired.
    fn get(&self, kind: &str, id: &str) -> impl Future<Output = Result<Option<Document>, StateError>> + Send;

    /// Writes the document if what is there is as `expected` and gives its new version. An expired document
    /// counts as absent; versions of one id only rise. `expires` none keeps it for good.
    fn put(
        &self,
        kind: &str,
        id: &str,
        body: &Value,
        expected: Expected,
        expires: Option<Timestamp>,
    ) -> impl Future<Output = Result<u64, StateError>> + Send;

    /// The first `limit` documents whose id starts with `prefix` (empty: all), in id order, without the expired.
    fn list(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(String, Document)>, StateError>> + Send;

    /// The last `limit` documents whose id starts with `prefix`, the last id first, without the expired. What is here
    /// reads them all; a store that can read backwards does.
    fn latest(
        &self,
        kind: &str,
        prefix: &str,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(String, Document)>, StateError>> + Send {
        async move {
            let found = self.list(kind, prefix, usize::MAX).await?;
            Ok(found.into_iter().rev().take(limit).collect())
        }
    }

    /// Removes the document if what is there is as `expected`; an expired document counts as absent. With
    /// [`Expected::Any`] one that is not there is no error.
    fn delete(
        &self,
        kind: &str,
        id: &str,
        expected: Expected,
    ) -> impl Future<Output = Result<(), StateError>> + Send;
}

/// A stored document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Rises with every write.
    pub version: u64,
    /// The JSON.
    pub body: Value,
}

/// What must be there for a write or a removal to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// No such document.
    Absent,
    /// The document at this version.
    Version(u64),
    /// Anything.
    Any,
}

/// What goes from state to state: an order, a new customer, a service order, a notice that came in. A case is
/// found by its id, by the moment it is due, and by its marks; all of them change in one step or not at all. A kind is
/// a word without `#`; an id is any text of up to 900 bytes.
pub trait Cases: Sync {
    /// The case, unless it is absent or has expired.
    fn case(&self, kind: &str, id: &str) -> impl Future<Output = Result<Option<Case>, StateError>> + Send;

    /// Puts `after` in the place of `before` (none: there must be no such case) and gives it with its new version.
    /// Somebody else's change in between is a [`StateError::Conflict`], and then nothing is written.
    fn file(
        &self,
        kind: &str,
        id: &str,
        before: Option<&Case>,
        after: Filing,
    ) -> impl Future<Output = Result<Case, StateError>> + Send;

    /// Files new cases, each under another id: all of them, or none, and then one of them was there already
    /// ([`StateError::Conflict`]). More than [`Filing::AT_ONCE`] items together are refused as malformed.
    fn open_all(
        &self,
        kind: &str,
        cases: &[(String, Filing)],
    ) -> impl Future<Output = Result<(), StateError>> + Send;

    /// The ids of the cases that are due at `now`, the longest due first, at most `limit`.
    fn due(
        &self,
        kind: &str,
        now: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<String>, StateError>> + Send;

    /// The ids of the cases with this mark that come after `after` (none: from the start), in the order of ids, at
    /// most `limit`; fewer than `limit` means that there are no more.
    fn marked(
        &self,
        kind: &str,
        mark: &Mark,
        after: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<String>, StateError>> + Send;
}

/// A case as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Rises with every write, also when an id is used again after it has expired.
    pub version: u64,
    /// What is stored of it.
    pub filing: Filing,
}

/// What is stored of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// The JSON.
    pub body: Value,
    /// When it is to be looked at; none while it waits for nothing but events.
    pub due: Option<Timestamp>,
    /// What else it is found by; no mark twice. At most [`Filing::MARKS`]: more are refused as malformed.
    pub marks: Vec<Mark>,
    /// When it is forgotten, by whole seconds; a later filing may say otherwise, for its marks too.
    pub expires: Timestamp,
}

impl Filing {
    /// Marks of one case at most: the old ones go and the new ones come in one transaction, which takes 100 items.
    pub const MARKS: usize = 48;
    /// Items of the cases that are opened together: what one transaction takes.
    pub const AT_ONCE: usize = 100;

    /// Items that it takes to open a case with this filing: the case, and whatever it is found by.
    pub fn items(&self) -> usize {
        1 + self.marks.len() + usize::from(self.due.is_some())
    }

    /// Refuses what no store takes at once.
    pub fn check_all(kind: &str, cases: &[(String, Self)]) -> Result<(), StateError> {
        for (id, filing) in cases {
            filing.check(kind, id)?;
        }
        let items: usize = cases.iter().map(|(_, filing)| filing.items()).sum();
        if items <= Self::AT_ONCE {
            return Ok(());
        }
        let source = format!("{items} items, a transaction takes {}", Self::AT_ONCE).into();
        Err(StateError::Malformed { what: format!("{} of {kind}", cases.len()), source })
    }

    /// Refuses what no store takes.
    pub fn check(&self, kind: &str, id: &str) -> Result<(), StateError> {
        if self.marks.len() <= Self::MARKS {
            return Ok(());
        }
        let source = format!("{} marks, a case takes {}", self.marks.len(), Self::MARKS).into();
        Err(StateError::Malformed { what: format!("{kind} {id}"), source })
    }
}

/// Something a case is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// What kind of thing: `numero`, `cliente`, `dia`; without `#`.
    pub name: Cow<'static, str>,
    /// The thing; not empty.
    pub value: String,
}

impl Mark {
    /// A mark of this name and value.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// The store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Somebody else has written in between.
    #[error("{what} foi alterado por outra pessoa ou execução")]
    Conflict {
        /// Kind and id.
        what: String,
    },
    /// The service throttles; the client has already repeated.
    #[error("a tabela está sobrecarregada")]
    Busy(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The service cannot be reached or failed; whether the write was done is unknown.
    #[error("a tabela não respondeu: {operation}")]
    Unavailable {
        /// Which operation.
        operation: &'static str,
        /// What the client reported.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The table is missing or the role may not use it.
    #[error("a tabela recusou o acesso: {operation}")]
    Denied {
        /// Which operation.
        operation: &'static str,
        /// What the service said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An item is not what this version of the program writes, or the service calls our request invalid.
    #[error("{what} não pode ser lido")]
    Malformed {
        /// Which item or operation; never its content.
        what: String,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StateError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Conflict { .. } | Self::Busy(_) => Remedy::RetryLater { after: Duration::from_secs(5) },
            Self::Unavailable { .. } => Remedy::RetryLater { after: Duration::from_secs(30) },
            Self::Denied { .. } => Remedy::FixConfig,
            Self::Malformed { .. } => Remedy::Bug,
        }
    }
}
