//! The form that every kind of record fills in, and the two sides it stands between.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use partner_http::CallError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Fingerprint, Key};

/// One kind of record kept in step: where it is named, how it is mapped. Pure; everything that reads or writes
/// is [`Source`] and [`Target`].
pub trait Entity: 'static {
    /// Stable name, lower case, used in stored keys, logs and run records (`"cidade"`).
    const NAME: &'static str;
    /// Names of the entities whose rows must be in the target before ours.
    const AFTER: &'static [&'static str];
    /// The record as the source sends it.
    type Record: Send;
    /// The row as the target takes it; its JSON is what the fingerprint is made of.
    type Row: Serialize + Clone + Send + Sync;
    /// What the map needs besides the record: settings, facts of other entities.
    type Refs: Sync + Send;

    /// The name of the record. An empty key sends the record to quarantine.
    fn key(record: &Self::Record) -> Key;

    /// The row the target should hold, or why there is none.
    fn map(record: Self::Record, refs: &Self::Refs) -> Mapped<Self::Row>;

    /// What other entities need to know about this record. Kept in the ledger for every record that is present
    /// in the source, also for one that is skipped or rejected.
    fn facts(_record: &Self::Record) -> Option<Value> {
        None
    }

    /// The same where it depends on what the map depends on (the price of a product that the target does not have
    /// yet). What is called; [`facts`](Self::facts) where it does not.
    fn facts_with(record: &Self::Record, _refs: &Self::Refs) -> Option<Value> {
        Self::facts(record)
    }

    /// Rows that must exist whatever the source holds (plan "000", region "0"). They are sent after the last
    /// page, except those whose key the source has delivered itself.
    fn guaranteed(_rows_in_source: u64, _refs: &Self::Refs) -> Vec<(Key, Self::Row)> {
        Vec::new()
    }

    /// What it means that a complete reading did not show this key, although the target holds its row. `facts`
    /// are what the record told when it was last seen.
    fn absence(_key: &Key, _facts: Option<&Value>, _refs: &Self::Refs) -> Absence {
        Absence::Gone
    }

    /// How the target lets go of a row whose record is gone.
    fn retirement(_key: &Key, _facts: Option<&Value>, _refs: &Self::Refs) -> Retirement {
        Retirement::Keep
    }
}

/// What it means that a complete reading did not show a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The reading would have shown it. It is gone once a second reading, or a question by key, says so too.
    Gone,
    /// We know why it was not shown, and the row must go (the prices of a table that is inactive now).
    Ended,
    /// The reading was not meant to show it (a title older than the window): nothing follows.
    OutOfSight,
}

/// How the target lets go of a row (`contracts/maxima.md` §3.5: logically by default, physically where the
/// contract says so).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// The target has no mark for "no longer used": the row stays, and we forget the record.
    Keep,
    /// These members mark the row as no longer used; the key members are among them.
    Change(Map<String, Value>),
    /// The row is deleted; these are its key members.
    Delete(Map<String, Value>),
}

/// What a map makes of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapped<Row> {
    /// The row to be held by the target.
    Row(Row),
    /// Not for the target, and that is right; the text says why.
    Skip(&'static str),
    /// No longer for the target (a customer that lost its tag): a row the target holds is let go, with the same
    /// brake as for records that are gone; otherwise it is a [`Skip`](Self::Skip).
    Gone(&'static str),
    /// Meant for the target but not fit for it: goes to quarantine with these reasons.
    Reject(Vec<Why>),
}

/// Why one field keeps a record out, in words an operator can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The field, as its partner spells it; empty when the reason concerns the whole record.
    pub field: String,
    /// The value that was found; empty when it is missing.
    pub value: String,
    /// What is wrong and what to do, in Portuguese, or the partner's own text.
    pub rule: String,
    /// `value` names a record that the target does not have: its kind, as the target names it (`"MXSCIDADE"`).
    /// Once it is there, this record may go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
}

impl Why {
    /// `field` holds `value`, which breaks `rule`.
    pub fn new(field: impl Into<String>, value: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { field: field.into(), value: value.into(), rule: rule.into(), needs: None }
    }

    /// `field` is required and empty.
    pub fn missing(field: impl Into<String>) -> Self {
        Self::new(field, "", "campo obrigatório sem valor: preencha no cadastro de origem")
    }

    /// The same, because the target has no record of `kind` that is named `value`.
    #[must_use]
    pub fn needing(self, kind: impl Into<String>) -> Self {
        Self { needs: Some(kind.into()), ..self }
    }

    /// The partner refused the whole record; `text` is what it said.
    pub fn refused(text: impl Into<String>) -> Self {
        Self::new("", "", text)
    }
}

/// Where records are listed, page by page, counted from 1.
pub trait Source<Record>: Sync {
    /// Name of the lease that keeps two runs out of one lane: `"<credential>/<method>"`.
    fn lane(&self) -> String;

    /// How far a window must reach back behind the last successful start, if this source can list what changed
    /// in a window at all (`contracts/omie.md` §7); none: every run reads everything.
    fn overlap(&self) -> Option<Duration> {
        None
    }

    /// The listings that make up a reading of this scope, in order: one per price table, for example. Asked once,
    /// when the reading begins, and kept with its cursor; an empty list reads nothing.
    fn parts(&self, _scope: Scope) -> Vec<String> {
        vec![String::new()]
    }

    /// Asks for one page. The engine never asks past the last page of a part and never asks one page twice inside
    /// the partner's redundancy window (`contracts/omie.md` §3).
    fn page(&self, question: &Question)
    -> impl Future<Output = Result<SourcePage<Record>, CallError>> + Send;

    /// Which of these keys the source still has, asked by key; none when it cannot be asked so. The engine puts a
    /// key it has just seen among them, so that an answer without that one proves nothing.
    fn present(&self, _keys: &[Key]) -> impl Future<Output = Result<Option<HashSet<Key>>, CallError>> + Send {
        async { Ok(None) }
    }
}

/// How much a reading covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything the source has. Only such a reading may find that something is gone.
    Full,
    /// What was included or changed in this window.
    Changed(Window),
}

/// Both ends are inclusive. The source may widen it (to whole days, for example), never narrow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First moment.
    pub from: Timestamp,
    /// Last moment.
    pub to: Timestamp,
}

/// One page to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// How much the reading covers.
    pub scope: Scope,
    /// One of [`Source::parts`].
    pub part: String,
    /// Counted from 1 in each part.
    pub page: u32,
}

/// One page of a listing. An empty listing is a page with no records and totals of zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePage<Record> {
    /// How many pages the source says there are, at this moment.
    pub total_pages: u32,
    /// How many raw rows the source says there are, at this moment.
    pub total_records: u64,
    /// The rows of this page.
    pub records: Vec<Record>,
    /// The rows of this page that could not be decoded, with what is wrong; the key is empty when not even that
    /// could be read. They count as read, go to quarantine and never stop a run.
    pub unreadable: Vec<(Key, Why)>,
    /// Records of which the source says itself that they were deleted. Not counted in `total_records`.
    pub gone: Vec<Key>,
}

impl<Record> Default for SourcePage<Record> {
    fn default() -> Self {
        Self {
            total_pages: 0,
            total_records: 0,
            records: Vec::new(),
            unreadable: Vec::new(),
            gone: Vec::new(),
        }
    }
}

/// Where rows are written. Writing a row twice must be harmless (an upsert): after a crash or a lost answer the
/// engine writes it again.
pub trait Target<Row>: Sync {
    /// The largest number of rows of one [`write`](Self::write).
    const BATCH: usize;

    /// Field rules and references, before anything is sent: one list of reasons per row, in the order of `rows`,
    /// empty for a row that may go.
    fn check(&self, rows: &[Row]) -> impl Future<Output = Result<Vec<Vec<Why>>, CallError>> + Send;

    /// Creates or changes these rows, all or none as far as the partner can.
    fn write(&self, rows: &[Delivery<'_, Row>]) -> impl Future<Output = Result<(), WriteError>> + Send;

    /// Lets go of these rows, all or none as far as the partner can; never more than [`BATCH`](Self::BATCH), never
    /// a [`Retirement::Keep`]. A row that is not there any more is no error.
    fn retire(&self, rows: &[Retiring<'_>]) -> impl Future<Output = Result<(), WriteError>> + Send;
}

/// One row to let go of.
#[derive(Clone, Copy, Debug)]
pub struct Retiring<'a> {
    /// The name of the record.
    pub key: &'a Key,
    /// How.
    pub retirement: &'a Retirement,
}

/// One row on its way to the target.
#[derive(Debug)]
pub struct Delivery<'a, Row> {
    /// The name of the record.
    pub key: &'a Key,
    /// The row as mapped.
    pub row: &'a Row,
    /// Fingerprint of the row.
    pub fingerprint: &'a Fingerprint,
    /// Whether the ledger says that the target accepted this key before. It may be wrong in one direction: a
    /// row written just before a crash is not known yet.
    pub known: bool,
}

impl<Row> Clone for Delivery<'_, Row> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row> Copy for Delivery<'_, Row> {}

/// Why a batch was not taken.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The partner says that some row is wrong, in this text. The engine halves the batch until the bad row
    /// stands alone.
    #[error("os registros foram recusados: {0}")]
    Refused(String),
    /// The call failed for a reason that is not in the rows. Stops the run.
    #[error("a chamada falhou")]
    Call(#[from] CallError),
}
