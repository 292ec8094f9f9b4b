//! Which products Máxima has taken: what is said of any other is skipped, not kept out (mapping §4.14).

use std::collections::HashSet;

use engine::{Entry, Key, Ledger, StateError};

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

impl FromIterator<i64> for Accepted {
    fn from_iter<I: IntoIterator<Item = i64>>(ids: I) -> Self {
        Self(ids.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use engine::Fingerprint;

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
}
