//! What the table says of a load: how it ended, its steps, what was kept out.

use std::collections::BTreeMap;

use engine::{Documents, Quarantine, RunRecord, StateError};
use sales::load::{self, Load, LoadState, STEP_KIND};

use crate::asl::{Ended, Status};

/// More steps than a load has.
const STEPS: usize = 1_000;
/// How many records in quarantine are read per entity; the counters tell of the rest.
const REJECTED: usize = 20_000;

/// How a load ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is in Máxima or listed.
    Finished,
    /// A branch is incomplete; the screen for the operator.
    Interrupted(String),
    /// A step failed: error and cause.
    Failed(String, String),
}

/// Records kept out for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The entity.
    pub entity: String,
    /// The field.
    pub field: String,
    /// What is wrong and what to do.
    pub rule: String,
    /// How many.
    pub count: u64,
    /// The key of the first.
    pub example: String,
    /// What its field holds.
    pub value: String,
}

/// The steps of a load by name, as `state` has them: the table, or for a dry run what lies over it.
pub async fn steps(state: &impl Documents, load: &str) -> Result<BTreeMap<String, RunRecord>, StateError> {
    let prefix = load::step_id(load, "");
    let mut steps = BTreeMap::new();
    for (id, document) in state.list(STEP_KIND, &prefix, STEPS).await? {
        let malformed = |source: serde_json::Error| StateError::Malformed {
            what: format!("document {STEP_KIND}/{id}"),
            source: source.into(),
        };
        let record: RunRecord = serde_json::from_value(document.body).map_err(malformed)?;
        steps.insert(id.trim_start_matches(&prefix).to_owned(), record);
    }
    Ok(steps)
}

/// How a load ended: the table knows, and where it does not the execution does.
pub fn outcome(load: Option<Load>, ended: &Ended) -> Outcome {
    let state = load.map(|Load { state, .. }| state);
    match (state, &ended.result) {
        (Some(LoadState::Finished), _) if ended.status == Status::Succeeded => Outcome::Finished,
        (Some(LoadState::Interrupted { branches }), _) => {
            Outcome::Interrupted(sales::branch::screen(&branches))
        }
        (Some(LoadState::Failed { error, cause }), _) => Outcome::Failed(error, cause),
        (_, Err(failure)) => Outcome::Failed(failure.error.clone(), failure.cause.clone()),
        (state, Ok(_)) => {
            let cause = format!("a máquina terminou e a carga ficou em {state:?}");
            Outcome::Failed("Bug".to_owned(), cause)
        }
    }
}

/// The entities of these steps; several where they share a listing.
pub fn entities<'a>(records: impl IntoIterator<Item = &'a RunRecord>) -> Vec<String> {
    let named = |record: &'a RunRecord| {
        let alone = record.of.is_empty().then(|| record.entity.clone());
        alone.into_iter().chain(record.of.keys().cloned())
    };
    records.into_iter().flat_map(named).collect()
}

/// What is in quarantine of these entities, grouped by reason, the most frequent first within an entity.
pub async fn rejections(state: &impl Quarantine, entities: &[String]) -> Result<Vec<Rejection>, StateError> {
    let mut all = Vec::new();
    for entity in entities {
        let mut groups: BTreeMap<(String, String), Rejection> = BTreeMap::new();
        for (key, kept_out) in state.in_quarantine(entity, REJECTED).await? {
            for why in kept_out.why {
                let group = groups.entry((why.field.clone(), why.rule.clone()));
                let group = group.or_insert_with(|| Rejection {
                    entity: entity.clone(),
                    field: why.field,
                    rule: why.rule,
                    count: 0,
                    example: key.as_str().to_owned(),
                    value: why.value,
                });
                group.count += 1;
            }
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        all.extend(groups);
    }
    Ok(all)
}
