//! What an operator does with records that were kept out: sees why, and lets them try again.
//!
//! Nothing has to be released for a record whose source has changed, or whose missing reference has arrived: those
//! are tried again by themselves.

use engine::{CauseGroup, Key, Quarantined, State, StateError, Why};
use serde::{Deserialize, Serialize};

use crate::catalog;

/// More than any quarantine holds that is still read by people.
const ALL: usize = 100_000;

/// Which records of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// These.
    Keys(Vec<String>),
    /// Those whose first reason is this field and this rule.
    Cause {
        /// The field.
        field: String,
        /// The rule, as it is shown.
        rule: String,
    },
    /// Every one.
    All,
}

/// The reasons of an entity's records, the most frequent first.
pub async fn causes(state: &impl State, entity: &str) -> Result<Vec<CauseGroup>, StateError> {
    Ok(engine::causes(&state.in_quarantine(entity, ALL).await?))
}

/// Lets the records try again in the next run of their job, which reads everything. Gives how many there are.
pub async fn release(state: &impl State, entity: &str, selection: &Selection) -> Result<u64, StateError> {
    let job = catalog::job(entity).map_or(entity, |job| job.name);
    let keys = match selection {
        Selection::All => return engine::release(state, job, entity, None).await,
        Selection::Keys(keys) => keys.iter().map(|key| Key::from(key.as_str())).collect(),
        Selection::Cause { field, rule } => {
            let held = state.in_quarantine(entity, ALL).await?;
            let is_meant = |held: &Quarantined| held.why.first().is_some_and(|why| is(why, field, rule));
            held.into_iter().filter(|(_, held)| is_meant(held)).map(|(key, _)| key).collect::<Vec<Key>>()
        }
    };
    engine::release(state, job, entity, Some(&keys)).await
}

fn is(why: &Why, field: &str, rule: &str) -> bool {
    why.field == field && why.rule == rule
}
