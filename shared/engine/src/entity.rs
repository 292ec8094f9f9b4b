//! The form that every kind of record fills in, and the two sides it stands between.

use partner_http::CallError;
use serde::{Deserialize, Serialize};

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
    fn facts(_record: &Self::Record) -> Option<serde_json::Value> {
        None
    }

    /// Rows that must exist whatever the source holds (plan "000", region "0"). They are sent after the last
    /// page, except those whose key the source has delivered itself.
    fn guaranteed(_rows_in_source: u64, _refs: &Self::Refs) -> Vec<(Key, Self::Row)> {
        Vec::new()
    }
}

/// What a map makes of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapped<Row> {
    /// The row to be held by the target.
    Row(Row),
    /// Not for the target, and that is right; the text says why.
    Skip(&'static str),
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
}

impl Why {
    /// `field` holds `value`, which breaks `rule`.
    pub fn new(field: impl Into<String>, value: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { field: field.into(), value: value.into(), rule: rule.into() }
    }

    /// `field` is required and empty.
    pub fn missing(field: impl Into<String>) -> Self {
        Self::new(field, "", "campo obrigatório sem valor: preencha no cadastro de origem")
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

    /// Asks for one page. The engine never asks past the last page and never asks one page twice inside the
    /// partner's redundancy window (`contracts/omie.md` §3).
    fn page(&self, number: u32) -> impl Future<Output = Result<SourcePage<Record>, CallError>> + Send;
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
    #[error("the partner refused the rows: {0}")]
    Refused(String),
    /// The call failed for a reason that is not in the rows. Stops the run.
    #[error("the call failed")]
    Call(#[from] CallError),
}
