//! Writing rows whose key has several parts. Of such a key the key look-up knows one part, which another row may
//! have as well; so the two verbs themselves are asked first, and a row is looked at only where both refuse.

use partner_http::{CallError, Fault};

use crate::{
    batch,
    client::Maxima,
    resource::Resource,
    upsert::{BELIEFS, Hashed, Verb, refusal},
};

/// Rows that are looked at one by one; more of them are halved, because they are usually all new or all known.
pub(crate) const FEW: usize = 16;

/// What a refusal says about the keys of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// An insertion met a row that is there.
    Exists,
    /// An update met a row that is not there.
    Missing,
    /// Nothing, as far as the words are known (`contracts/maxima.md` §10.9).
    Nothing,
}

impl Maxima {
    /// [`upsert`](Self::upsert) for keys of several parts.
    ///
    /// A batch that was refused is tried with the other verb: all its rows may have been stored before a crash.
    /// When both are refused and the words do not settle it, the batch is halved down to [`FEW`] rows, which are
    /// looked at. A thousand rows all believed wrongly cost two requests, a mix of them some per piece.
    pub(crate) async fn upsert_parts<R: Resource>(&self, rows: &[Hashed<'_, R>]) -> Result<(), CallError> {
        for (verb, known) in BELIEFS {
            let believed: Vec<_> = rows.iter().copied().filter(|row| row.known == known).collect();
            for batch in believed.chunks(batch::LIMITS.records) {
                self.store(verb, batch).await?;
            }
        }
        Ok(())
    }

    async fn store<R: Resource>(&self, verb: Verb, rows: &[Hashed<'_, R>]) -> Result<(), CallError> {
        let mut open = vec![rows];
        while let Some(rows) = open.pop() {
            if self.stored_by_either(verb, rows).await? {
                continue;
            }
            if rows.len() <= FEW {
                let facts = self.with_facts(rows).await?;
                self.settle(facts).await?;
            } else {
                let (first, rest) = rows.split_at(rows.len() / 2);
                open.extend([rest, first]);
            }
        }
        Ok(())
    }

    /// Whether one of the verbs stored the rows; if not, there are rows of both kinds among them, or words that
    /// nobody knows. [`Fault::Refused`] when the words say that the data are wrong.
    async fn stored_by_either<R: Resource>(
        &self,
        verb: Verb,
        rows: &[Hashed<'_, R>],
    ) -> Result<bool, CallError> {
        let Err(first) = self.write(verb, rows).await else { return Ok(true) };
        let (said, first) = (says(verb, &first.fault), refusal(first)?);
        let Err(second) = self.write(verb.other(), rows).await else { return Ok(true) };
        let (answered, second) = (says(verb.other(), &second.fault), refusal(second)?);
        match (said, answered) {
            // The rows are what they were believed to be, and something else is wrong with one of them.
            (Says::Nothing, Says::Exists | Says::Missing) => Err(first),
            // They are the opposite, and something else is wrong.
            (Says::Exists | Says::Missing, Says::Nothing) => Err(second),
            _ => Ok(false),
        }
    }
}

fn says(verb: Verb, fault: &Fault) -> Says {
    match (verb, fault) {
        (Verb::Post, Fault::Duplicate { .. }) => Says::Exists,
        (Verb::Put, Fault::NotFound { .. }) => Says::Missing,
        _ => Says::Nothing,
    }
}
