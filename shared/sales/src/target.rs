//! Máxima's cloud as the engine's target.

use std::collections::{HashMap, HashSet};

use engine::{Delivery, Retirement, Retiring, Target, Why, WriteError};
use maxima::{Hashed, Maxima, Resource, Violation};
use partner_http::{CallError, Fault};
use serde::Serialize;
use serde_json::{Map, Value};

/// Rows per request: small enough that a lost answer repeats little, large enough that a page is one request.
/// Máxima takes up to 5,000 (`contracts/maxima.md §1`).
const BATCH: usize = 1_000;

/// A row that Máxima's cloud can hold. Every [`Resource`] is one; what is more than one resource, or is treated
/// in its own way, says here how.
pub trait CloudRow: Serialize + Clone + Send + Sync {
    /// Field rules and references: one list of reasons per row, in their order. A reference to what is `planned`
    /// counts as there.
    fn check(
        maxima: &Maxima,
        rows: &[Self],
        planned: &Planned,
    ) -> impl Future<Output = Result<Vec<Vec<Why>>, CallError>> + Send;

    /// Creates or changes the rows.
    fn write(
        maxima: &Maxima,
        rows: &[Delivery<'_, Self>],
    ) -> impl Future<Output = Result<(), CallError>> + Send;

    /// Lets go of rows; one that is not there any more is no error.
    fn retire(maxima: &Maxima, rows: &[Retiring<'_>]) -> impl Future<Output = Result<(), CallError>> + Send;
}

/// Rows that a dry run would have written before: the keys, by cloud table. Empty outside a dry run.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    keys: HashMap<&'static str, HashSet<String>>,
}

impl Planned {
    /// Whether the row with this key is among them.
    pub fn has(&self, table: &str, key: &str) -> bool {
        self.keys.get(table).is_some_and(|keys| keys.contains(key))
    }

    /// Adds the keys of one table.
    pub(crate) fn add(&mut self, table: &'static str, keys: impl IntoIterator<Item = String>) {
        self.keys.entry(table).or_default().extend(keys);
    }
}

/// Writes rows to Máxima, or, in a dry run, only judges them.
#[derive(Clone, Debug)]
pub struct Cloud<'a> {
    maxima: &'a Maxima,
    planned: Planned,
    is_dry: bool,
}

impl<'a> Cloud<'a> {
    /// Writes through `maxima`.
    pub(crate) fn new(maxima: &'a Maxima) -> Self {
        Self { maxima, planned: Planned::default(), is_dry: false }
    }

    /// Asks `maxima` what it has and writes nothing.
    pub(crate) fn dry(maxima: &'a Maxima, planned: Planned) -> Self {
        Self { maxima, planned, is_dry: true }
    }
}

impl<R: CloudRow> Target<R> for Cloud<'_> {
    const BATCH: usize = BATCH;

    async fn check(&self, rows: &[R]) -> Result<Vec<Vec<Why>>, CallError> {
        R::check(self.maxima, rows, &self.planned).await
    }

    async fn write(&self, rows: &[Delivery<'_, R>]) -> Result<(), WriteError> {
        if self.is_dry {
            return Ok(());
        }
        R::write(self.maxima, rows).await.map_err(write_error)
    }

    async fn retire(&self, rows: &[Retiring<'_>]) -> Result<(), WriteError> {
        if self.is_dry {
            return Ok(());
        }
        R::retire(self.maxima, rows).await.map_err(write_error)
    }
}

impl<R: Resource + Clone> CloudRow for R {
    async fn check(maxima: &Maxima, rows: &[R], planned: &Planned) -> Result<Vec<Vec<Why>>, CallError> {
        let found = maxima.violations_with(rows, &|table, key| planned.has(table, key)).await?;
        Ok(found.into_iter().map(|violations| violations.into_iter().map(why).collect()).collect())
    }

    async fn write(maxima: &Maxima, rows: &[Delivery<'_, R>]) -> Result<(), CallError> {
        maxima.upsert(&hashed(rows)).await
    }

    async fn retire(maxima: &Maxima, rows: &[Retiring<'_>]) -> Result<(), CallError> {
        let (changes, deletions) = split(rows);
        if !changes.is_empty() {
            maxima.change::<R>(&changes).await?;
        }
        if !deletions.is_empty() {
            maxima.delete_records::<R, _>(&deletions).await?;
        }
        Ok(())
    }
}

/// The rows with their control hash.
fn hashed<'a, R>(rows: &[Delivery<'a, R>]) -> Vec<Hashed<'a, R>> {
    rows.iter()
        .map(|delivery| Hashed {
            row: delivery.row,
            hash: delivery.fingerprint.as_str(),
            known: delivery.known,
        })
        .collect()
}

/// Members of a row, by name.
type Members = Map<String, Value>;

/// What is to be changed and what is to be deleted.
fn split(rows: &[Retiring<'_>]) -> (Vec<Members>, Vec<Members>) {
    let (mut changes, mut deletions) = (Vec::new(), Vec::new());
    for row in rows {
        match row.retirement {
            Retirement::Keep => {}
            Retirement::Change(members) => changes.push(members.clone()),
            Retirement::Delete(key) => deletions.push(key.clone()),
        }
    }
    (changes, deletions)
}

/// A violated rule, as the operator reads it.
pub(crate) fn why(violation: Violation) -> Why {
    let why = Why::new(violation.field, violation.value, violation.rule);
    match violation.missing {
        Some(table) => why.needing(table),
        None => why,
    }
}

/// A refusal is about the rows; everything else is about the call.
fn write_error(error: CallError) -> WriteError {
    match error.fault {
        Fault::Refused { text } => WriteError::Refused(text),
        _ => WriteError::Call(error),
    }
}
