//! The dry run: the whole load, or one job of it, read, mapped, judged and compared, and nothing written to Máxima.
//!
//! It is the same run over a [`Shadow`] of the state and with a target that only judges. What it would have done is
//! then what the shadow's ledger has and the real one has not.

use clock::Clock;
use engine::{Change, Key, Quarantine as _, Quarantined, Report, Shadow, State, StateError};

use crate::catalog;
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
    let planned = planned(shadow).await.map_err(SetupError::from)?;
    drive::<J>(tenant, shadow, &Cloud::dry(&tenant.maxima, planned), clock, run).await
}

/// What the steps before would have left in Máxima, as far as other rows refer to it.
async fn planned(state: &impl State) -> Result<Planned, StateError> {
    const AT_ONCE: usize = 1_000;
    let mut planned = Planned::default();
    for (entity, table) in catalog::referred_to() {
        let mut after: Option<Key> = None;
        loop {
            let entries = state.scan(entity, after.as_ref(), AT_ONCE).await?;
            after = entries.last().map(|(key, _)| key.clone());
            let is_last = entries.len() < AT_ONCE;
            let there = entries.into_iter().filter(|(_, entry)| entry.is_in_use());
            planned.add(table, there.map(|(key, _)| key.to_string()));
            if is_last {
                break;
            }
        }
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
