//! The dry run: the whole load, or one job of it, read, mapped, judged and compared, and nothing written to Máxima.
//!
//! It is the same run over a [`Shadow`] of the state and with a target that only judges. What it would have done is
//! then what the shadow's ledger has and the real one has not.

use clock::Clock;
use engine::{Change, Key, Quarantine as _, Quarantined, Report, Shadow, State, StateError};

use crate::catalog;
use crate::entities::in_use;
use crate::settings::SetupError;
use crate::synced::{Run, RunFailure, Synced, drive};
use crate::target::{Cloud, Planned};
use crate::tenant::Tenant;

/// What names a dry run, at the start of its load's id.
const DRY: &str = "ensaio-";

/// The id of a dry run called `name`.
pub fn dry(name: &str) -> String {
    format!("{DRY}{name}")
}

/// Whether this load is a dry run.
pub fn is_dry(load: &str) -> bool {
    load.starts_with(DRY)
}

/// Runs one job without writing to Máxima.
pub async fn rehearse<J: Synced>(
    tenant: &Tenant,
    shadow: &Shadow<'_, impl State, impl State>,
    clock: &Clock,
    run: Run,
) -> Result<Report, RunFailure> {
    let planned = planned(shadow, J::JOB).await.map_err(SetupError::from)?;
    drive::<J>(tenant, shadow, &Cloud::dry(&tenant.maxima, planned), clock, run).await
}

/// What the steps before would have left in Máxima, as far as the rows of `job` may refer to it.
async fn planned(state: &impl State, job: &str) -> Result<Planned, StateError> {
    let before: Vec<&str> = catalog::job(job).into_iter().flat_map(catalog::Job::after).collect();
    let mut planned = Planned::default();
    for (entity, table) in catalog::referred_to().filter(|(entity, _)| before.contains(entity)) {
        let keys = in_use(state, entity).await?;
        planned.add(table, keys.into_iter().map(|(key, _)| key.to_string()));
    }
    Ok(planned)
}

/// What a dry run found for one entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Rows that would be created.
    pub creates: Vec<Key>,
    /// Rows that would be changed.
    pub updates: Vec<Key>,
    /// Rows that would be let go of.
    pub removes: Vec<Key>,
    /// Records that would be kept out, with their reasons.
    pub rejects: Vec<(Key, Quarantined)>,
}

/// What the dry run would have done with `entity`.
pub async fn outlook(
    shadow: &Shadow<'_, impl State, impl State>,
    entity: &str,
) -> Result<Outlook, StateError> {
    const AT_ONCE: usize = 1_000;
    let mut outlook =
        Outlook { rejects: shadow.in_quarantine(entity, usize::MAX).await?, ..Outlook::default() };
    let mut after: Option<Key> = None;
    loop {
        let changes = shadow.changes(entity, after.as_ref(), AT_ONCE).await?;
        let Some((last, _)) = changes.last() else { break };
        after = Some(last.clone());
        for (key, change) in changes {
            match change {
                Change::Create => outlook.creates.push(key),
                Change::Update => outlook.updates.push(key),
                Change::Remove => outlook.removes.push(key),
            }
        }
    }
    Ok(outlook)
}
