//! Writing rows: POST for new keys, PUT for known ones, and the truth asked for where the two are mixed up.

use http::Method;
use partner_http::{CallError, Effect, Fault};

use crate::{
    batch::{self, Batch},
    client::{Ask, Door, Maxima},
    record,
    resource::Resource,
};

/// Insert or update (`contracts/maxima.md` §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Inserts whole records, nulls included.
    Post,
    /// Updates whole records too: a member without a value travels as an explicit null, because a member left
    /// out would keep what the cloud has (mapping §13.3). Only [`Resource::INSERT_ONLY`] members stay away.
    Put,
}

/// How rows are written by what is believed of their keys, known ones first.
pub(crate) const BELIEFS: [(Verb, bool); 2] = [(Verb::Put, true), (Verb::Post, false)];

/// A row on its way out, with its control hash (§3.4).
#[derive(Debug)]
pub struct Hashed<'a, R> {
    /// The row.
    pub row: &'a R,
    /// Base64 of the SHA-256 of the row's canonical JSON, 44 characters: the `Hash` member.
    pub hash: &'a str,
    /// The cloud is believed to have this key.
    pub known: bool,
}

// Derived, they would ask the row to be `Copy`.
impl<R> Clone for Hashed<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Hashed<'_, R> {}

/// Times a batch may turn out to be believed wrongly: once for a stale belief, once more for a write of our
/// own whose answer was lost and that was repeated. A third time the cloud contradicts itself.
const ROUNDS: usize = 3;

impl Maxima {
    /// Stores every row, whatever was believed about its key.
    ///
    /// A batch that the cloud refuses is compared with the keys it has: rows believed new that exist are
    /// updated, rows believed known that do not exist are inserted. That is asked after every refusal,
    /// because the wording of "already exists" is not documented (§10.9), and it is what makes a write
    /// repeatable: after a lost answer the repeat is refused, the keys are found, the rows are updated.
    ///
    /// [`Fault::Refused`] when the cloud refuses rows it was right about; rows of earlier batches may be
    /// stored already, and storing them again changes nothing.
    pub async fn upsert<R: Resource>(&self, rows: &[Hashed<'_, R>]) -> Result<(), CallError> {
        if R::KEYS.len() > 1 {
            return self.upsert_parts(rows).await;
        }
        self.settle(rows.to_vec()).await
    }

    /// Writes by belief and corrects it by facts until the cloud agrees.
    pub(crate) async fn settle<R: Resource>(&self, rows: Vec<Hashed<'_, R>>) -> Result<(), CallError> {
        let (mut open, mut last) = (rows, Ok(()));
        for _ in 0..ROUNDS {
            (open, last) = self.round(&open).await?;
            if open.is_empty() {
                return Ok(());
            }
        }
        last
    }

    /// Sends `rows` in their batches, all with one verb, and stops at the first that fails. Belief is not
    /// consulted and nothing is healed: that is [`upsert`](Self::upsert).
    pub async fn write<R: Resource>(&self, verb: Verb, rows: &[Hashed<'_, R>]) -> Result<(), CallError> {
        for batch in batches(verb, rows) {
            self.write_batch::<R>(verb, &batch).await?;
        }
        Ok(())
    }

    /// Writes what is believed; gives the rows whose belief was wrong, corrected, and the refusal that
    /// showed it.
    async fn round<'a, R: Resource>(
        &self,
        rows: &[Hashed<'a, R>],
    ) -> Result<(Vec<Hashed<'a, R>>, Result<(), CallError>), CallError> {
        let (mut corrected, mut last) = (Vec::new(), Ok(()));
        for (verb, known) in BELIEFS {
            let believed: Vec<_> = rows.iter().copied().filter(|row| row.known == known).collect();
            for batch in batches(verb, &believed) {
                let Err(error) = self.write_batch::<R>(verb, &batch).await else { continue };
                let error = refusal(error)?;
                let facts = self.with_facts(&believed[batch.range]).await?;
                if facts.iter().all(|row| row.known == known) {
                    return Err(error);
                }
                corrected.extend(facts);
                last = Err(error);
            }
        }
        Ok((corrected, last))
    }

    /// The rows with what the cloud says about their keys.
    pub(crate) async fn with_facts<'a, R: Resource>(
        &self,
        rows: &[Hashed<'a, R>],
    ) -> Result<Vec<Hashed<'a, R>>, CallError> {
        let keys: Vec<Vec<String>> = rows.iter().map(|row| record::key(row.row)).collect();
        let present = self.present::<R>(&keys).await?;
        Ok(rows.iter().zip(present).map(|(row, known)| Hashed { known, ..*row }).collect())
    }

    async fn write_batch<R: Resource>(&self, verb: Verb, batch: &Batch) -> Result<(), CallError> {
        let ask = Ask {
            door: Door::Inbound,
            verb: verb.method(),
            endpoint: R::PATH.to_owned(),
            rest: String::new(),
            // A repeat of a write that was done is refused or changes nothing, and `upsert` reads the
            // refusal for what it is.
            effect: Effect::Repeatable,
            body: batch.body.clone(),
        };
        self.send(&ask).await.map(drop)
    }
}

impl Verb {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Post => Self::Put,
            Self::Put => Self::Post,
        }
    }

    fn method(self) -> Method {
        match self {
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
        }
    }
}

fn batches<R: Resource>(verb: Verb, rows: &[Hashed<'_, R>]) -> Vec<Batch> {
    let records: Vec<String> = rows.iter().map(|row| json(verb, row)).collect();
    batch::pack(&records, batch::LIMITS)
}

/// The record as it travels with `verb`.
fn json<R: Resource>(verb: Verb, row: &Hashed<'_, R>) -> String {
    let left_out = match verb {
        Verb::Post => &[],
        Verb::Put => R::INSERT_ONLY,
    };
    record::json(row.row, row.hash, left_out)
}

/// The error as a refusal of the data, or as the failure that it is.
pub(crate) fn refusal(mut error: CallError) -> Result<CallError, CallError> {
    error.fault = match error.fault {
        Fault::Duplicate { text, .. } | Fault::NotFound { text } | Fault::Refused { text } => {
            Fault::Refused { text }
        }
        _ => return Err(error),
    };
    Ok(error)
}
