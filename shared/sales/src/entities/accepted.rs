//! Which products Máxima has taken. What is said of the stock of any other is skipped (mapping §4.14): the next run reads
//! it again. Prices are not read again, so they need to know whether a product may still come.

use std::collections::HashSet;

use engine::{Entry, Key, Ledger, State, StateError};

use super::each;

/// Ids of the records of an entity that the target has accepted, also of those it holds as no longer used: a
/// million of them take 18 MB. Never part of the mark: a new product is no reason to read everything again.
#[derive(Clone, Debug, Default)]
pub(super) struct Accepted(HashSet<i64>);

impl Accepted {
    /// Reads the ledger of `entity`, whose keys are ids.
    pub(super) async fn load(ledger: &impl Ledger, entity: &str) -> Result<Self, StateError> {
        let mut ids = HashSet::new();
        let take = |key: Key, entry: Entry| {
            if entry.is_accepted() {
                ids.extend(key.as_str().parse::<i64>());
            }
        };
        each(ledger, entity, take).await?;
        Ok(Self(ids))
    }

    /// Whether the target has this record.
    pub(super) fn contains(&self, id: i64) -> bool {
        self.0.contains(&id)
    }
}

/// What is to be said of a record that another one names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The target has it.
    Accepted,
    /// We have read it and do not want it in the target.
    LeftOut,
    /// It has not been read yet, is kept out or does not exist: it may come.
    Awaited,
}

/// The records of an entity that the target has accepted, and those that were left out on purpose.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    accepted: Accepted,
    left_out: HashSet<i64>,
}

impl Known {
    /// Reads ledger and quarantine of `entity`, whose keys are ids and whose every record has facts.
    pub(super) async fn load(state: &impl State, entity: &str) -> Result<Self, StateError> {
        let mut known = Self::default();
        let take = |key: Key, entry: Entry| {
            if entry.is_accepted() {
                known.accepted.0.extend(key.as_str().parse::<i64>());
            } else if entry.facts.is_some() {
                known.left_out.extend(key.as_str().parse::<i64>());
            }
        };
        each(state, entity, take).await?;
        if !known.left_out.is_empty() {
            for (key, _) in state.in_quarantine(entity, usize::MAX).await? {
                if let Ok(id) = key.as_str().parse::<i64>() {
                    known.left_out.remove(&id);
                }
            }
        }
        Ok(known)
    }

    /// What is to be said of this record.
    pub(super) fn standing(&self, id: i64) -> Standing {
        if self.accepted.contains(id) {
            Standing::Accepted
        } else if self.left_out.contains(&id) {
            Standing::LeftOut
        } else {
            Standing::Awaited
        }
    }
}

#[cfg(test)]
impl FromIterator<(i64, Standing)> for Known {
    fn from_iter<I: IntoIterator<Item = (i64, Standing)>>(records: I) -> Self {
        let mut known = Self::default();
        for (id, standing) in records {
            match standing {
                Standing::Accepted => known.accepted.0.insert(id),
                Standing::LeftOut => known.left_out.insert(id),
                Standing::Awaited => false,
            };
        }
        known
    }
}

#[cfg(test)]
impl FromIterator<i64> for Accepted {
    fn from_iter<I: IntoIterator<Item = i64>>(ids: I) -> Self {
        Self(ids.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use engine::{Fingerprint, Quarantine as _, Quarantined, Why};
    use jiff::Timestamp;
    use serde_json::json;

    use super::super::testing::memory;
    use super::*;

    #[tokio::test]
    async fn what_was_never_accepted_is_not_among_them_however_many_there_are() {
        let state = memory();
        let accepted = Entry { fingerprint: Some(Fingerprint::of(&1)), ..Entry::default() };
        let entries: Vec<(Key, Entry)> = (1..=2_500).map(|id| (Key::from(id), accepted.clone())).collect();
        state.record("produtos", &entries).await.expect("stored");
        state.record("produtos", &[(Key::from(9_999), Entry::default())]).await.expect("stored");

        let products = Accepted::load(&state, "produtos").await.expect("read");

        assert_eq!((1..=2_500).filter(|id| products.contains(*id)).count(), 2_500);
        assert!(!products.contains(9_999), "a rejected product is not in Máxima");
    }

    #[tokio::test]
    async fn what_was_read_and_is_neither_accepted_nor_kept_out_was_left_out() {
        let state = memory();
        let accepted = Entry { fingerprint: Some(Fingerprint::of(&1)), ..Entry::default() };
        let read = Entry { facts: Some(json!({"ativo": true})), ..Entry::default() };
        let entries = [(1.into(), accepted), (2.into(), read.clone()), (3.into(), read)];
        state.record("produtos", &entries).await.expect("stored");
        let held = Quarantined {
            why: vec![Why::missing("unidade")],
            fingerprint: None,
            refused: false,
            since: Timestamp::UNIX_EPOCH,
            last: Timestamp::UNIX_EPOCH,
            attempts: 1,
        };
        state.quarantine("produtos", &[(3.into(), held)]).await.expect("stored");

        let known = Known::load(&state, "produtos").await.expect("read");

        let standings = [1, 2, 3, 4].map(|id| known.standing(id));
        let (accepted, left_out, awaited) = (Standing::Accepted, Standing::LeftOut, Standing::Awaited);
        assert_eq!(standings, [accepted, left_out, awaited, awaited]);
    }
}
