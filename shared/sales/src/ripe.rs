//! Whether what kept records out has arrived since, so that they are worth a reading of everything: a record in
//! quarantine has not changed in the source, and a window of changes would never show it again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engine::{Entry, Key, Quarantined, State, StateError};
use jiff::Timestamp;

use crate::catalog;

/// As many records in quarantine as are looked at.
const LOOKED_AT: usize = 5_000;
/// How often a job may read everything for this reason. Our ledger and Máxima may disagree for good, and then
/// every run would.
const AT_MOST_EVERY: Duration = Duration::from_hours(1);

/// Whether a record of these entities waits for nothing that is still missing.
pub(crate) async fn is_ripe(
    state: &impl State,
    job: &str,
    entities: &[&str],
    now: Timestamp,
) -> Result<bool, StateError> {
    let Some(watermark) = engine::watermark(state, job).await? else { return Ok(false) };
    if watermark.full.is_some_and(|full| now < clock::later(full, AT_MOST_EVERY)) {
        return Ok(false);
    }
    let mut waiting = Vec::new();
    for entity in entities {
        let held = state.in_quarantine(entity, LOOKED_AT).await?;
        waiting.extend(held.iter().filter_map(|(_, held)| needs(held)));
    }
    let arrived = arrived(state, &waiting).await?;
    Ok(waiting.iter().any(|needs| needs.iter().all(|need| arrived.contains(need))))
}

/// What a record waits for: the entity and the key. Nothing when it has other reasons too: then only a change of
/// its own can help.
type Needs = Vec<(&'static str, Key)>;

fn needs(held: &Quarantined) -> Option<Needs> {
    let need = |why: &engine::Why| {
        let entity = catalog::entity_in(why.needs.as_deref()?)?;
        Some((entity, Key::from(why.value.as_str())))
    };
    held.why.iter().map(need).collect()
}

async fn arrived(state: &impl State, waiting: &[Needs]) -> Result<BTreeSet<(&'static str, Key)>, StateError> {
    let mut by_entity: BTreeMap<&'static str, BTreeSet<Key>> = BTreeMap::new();
    for (entity, key) in waiting.iter().flatten() {
        by_entity.entry(entity).or_default().insert(key.clone());
    }
    let mut arrived = BTreeSet::new();
    for (entity, keys) in by_entity {
        let keys: Vec<Key> = keys.into_iter().collect();
        let known = state.known(entity, &keys).await?;
        let there = known.into_iter().filter(|(_, entry): &(Key, Entry)| entry.is_in_use());
        arrived.extend(there.map(|(key, _)| (entity, key)));
    }
    Ok(arrived)
}
