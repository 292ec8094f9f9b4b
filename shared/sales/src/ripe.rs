//! Whether what kept records out has arrived since, so that they are worth a reading of everything: a record in
//! quarantine has not changed in the source, and a window of changes would never show it again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engine::{Entry, Key, Quarantined, State, StateError};
use jiff::Timestamp;

use crate::catalog;

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
        let held = state.in_quarantine(entity, usize::MAX).await?;
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

#[cfg(test)]
mod tests {
    use engine::{
        Documents as _, Entity as _, Expected, Fingerprint, Ledger as _, Memory, Quarantine as _, Why,
    };
    use maxima::Resource as _;
    use serde_json::json;

    use super::*;
    use crate::entities::testing::memory;
    use crate::entities::{Cliente, Vendedor};

    const JOB: &str = Cliente::NAME;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3_600).expect("a valid second")
    }

    /// Clients of whom each waits for one seller, read whole at the epoch.
    async fn waiting(clients: i64) -> Memory {
        let state = memory();
        let watermark = json!({"v": 1, "from": at(0), "full": at(0)});
        state.put("watermark", JOB, &watermark, Expected::Absent, None).await.expect("stored");
        let held = |client: i64| {
            let seller = Why::new("Codusur1", client.to_string(), "vendedor não está na Máxima");
            let why = vec![seller.needing(maxima::Usuari::TABLE)];
            Quarantined { why, fingerprint: None, refused: false, since: at(0), last: at(0), attempts: 1 }
        };
        let records: Vec<_> = (1..=clients).map(|client| (Key::from(client), held(client))).collect();
        state.quarantine(JOB, &records).await.expect("stored");
        state
    }

    async fn arrives(state: &Memory, seller: i64) {
        let entry = Entry { fingerprint: Some(Fingerprint::of(&seller)), ..Entry::default() };
        state.record(Vendedor::NAME, &[(seller.into(), entry)]).await.expect("stored");
    }

    #[tokio::test]
    async fn what_the_last_of_many_waited_for_is_noticed() {
        let state = waiting(6_000).await;
        assert!(!is_ripe(&state, JOB, &[JOB], at(2)).await.expect("read"));

        // In the order of the keys, which are texts, the last.
        arrives(&state, 999).await;

        assert!(is_ripe(&state, JOB, &[JOB], at(2)).await.expect("read"));
    }

    #[tokio::test]
    async fn everything_is_read_for_it_once_an_hour_at_most() {
        let state = waiting(1).await;
        arrives(&state, 1).await;

        assert!(!is_ripe(&state, JOB, &[JOB], at(0)).await.expect("read"));
        assert!(is_ripe(&state, JOB, &[JOB], at(1)).await.expect("read"));
    }
}
