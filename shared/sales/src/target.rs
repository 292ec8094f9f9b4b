//! Máxima's cloud as the engine's target.

use engine::{Delivery, Target, Why, WriteError};
use maxima::{Hashed, Maxima, Resource, Violation};
use partner_http::{CallError, Fault};

/// Rows per request: small enough that a lost answer repeats little, large enough that a page is one request.
/// Máxima takes up to 5,000 (`contracts/maxima.md §1`).
const BATCH: usize = 1_000;

/// Writes rows of any resource to Máxima.
#[derive(Debug)]
pub(crate) struct Cloud<'a> {
    maxima: &'a Maxima,
}

impl<'a> Cloud<'a> {
    /// Writes through `maxima`.
    pub(crate) fn new(maxima: &'a Maxima) -> Self {
        Self { maxima }
    }
}

impl<R: Resource> Target<R> for Cloud<'_> {
    const BATCH: usize = BATCH;

    async fn check(&self, rows: &[R]) -> Result<Vec<Vec<Why>>, CallError> {
        let found = self.maxima.violations(rows).await?;
        Ok(found.into_iter().map(|violations| violations.into_iter().map(why).collect()).collect())
    }

    async fn write(&self, rows: &[Delivery<'_, R>]) -> Result<(), WriteError> {
        let hashed: Vec<Hashed<'_, R>> = rows
            .iter()
            .map(|delivery| Hashed {
                row: delivery.row,
                hash: delivery.fingerprint.as_str(),
                known: delivery.known,
            })
            .collect();
        self.maxima.upsert(&hashed).await.map_err(write_error)
    }
}

fn why(violation: Violation) -> Why {
    Why::new(violation.field, violation.value, violation.rule)
}

/// A refusal is about the rows; everything else is about the call.
fn write_error(error: CallError) -> WriteError {
    match error.fault {
        Fault::Refused { text } => WriteError::Refused(text),
        _ => WriteError::Call(error),
    }
}
