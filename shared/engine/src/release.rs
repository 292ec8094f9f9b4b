//! What an operator does with records in quarantine.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::Key;
use crate::ports::{Documents, Quarantine, Quarantined, StateError};
use crate::watermark::forget;

/// Lets records try again: all of the entity, or these. The next run of `job` reads everything, and what the partner
/// refused is sent at once. Gives how many there are.
pub async fn release(
    state: &(impl Quarantine + Documents),
    job: &str,
    entity: &str,
    keys: Option<&[Key]>,
) -> Result<u64, StateError> {
    let held = match keys {
        Some(keys) => state.quarantined(entity, keys).await?.into_iter().collect(),
        None => state.in_quarantine(entity, usize::MAX).await?,
    };
    if held.is_empty() {
        return Ok(0);
    }
    let rested: Vec<_> = held.into_iter().map(|(key, held)| (key, held.rested())).collect();
    state.quarantine(entity, &rested).await?;
    forget(state, job).await?;
    Ok(u64::try_from(rested.len()).unwrap_or(u64::MAX))
}

impl Quarantined {
    /// No longer resting after a refusal.
    fn rested(self) -> Self {
        Self { last: Timestamp::UNIX_EPOCH, ..self }
    }
}

/// Records kept out for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseGroup {
    /// The field of their first reason.
    pub field: String,
    /// What is wrong and what to do.
    pub rule: String,
    /// How many.
    pub count: u64,
    /// One of them.
    pub example: Key,
}

/// The records by their first reason, the most frequent first.
pub fn causes(records: &[(Key, Quarantined)]) -> Vec<CauseGroup> {
    let mut groups: BTreeMap<(&str, &str), CauseGroup> = BTreeMap::new();
    for (key, held) in records {
        let Some(why) = held.why.first() else { continue };
        let group = groups.entry((&why.field, &why.rule)).or_insert_with(|| CauseGroup {
            field: why.field.clone(),
            rule: why.rule.clone(),
            count: 0,
            example: key.clone(),
        });
        group.count += 1;
    }
    let mut groups: Vec<CauseGroup> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}
