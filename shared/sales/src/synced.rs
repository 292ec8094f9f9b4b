//! An entity with everything a run of it needs: the one call that a Lambda, a test and a tool make.

use clock::Clock;
use engine::{Budget, Entity as _, Job, Report, RunRef, Source, State, StateError, SyncError};
use maxima::Resource;
use partner_http::Remedy;

use crate::branch;
use crate::entities::{Filial, Refs};
use crate::load::{STEP_KIND, stored_nothing};
use crate::praca::day_in_sao_paulo;
use crate::settings::{Settings, SetupError};
use crate::source::Listed;
use crate::target::Cloud;
use crate::tenant::Tenant;

/// An entity that is read from somewhere and written to Máxima.
pub trait Synced: engine::Entity<Row: Resource, Refs: Refs> {
    /// Where its records come from.
    fn source<'a>(
        tenant: &'a Tenant,
        state: &'a impl State,
    ) -> impl Future<Output = Result<impl Source<Self::Record> + 'a, SetupError>> + Send;
}

/// An entity whose records are a listing of Omie.
pub trait FromOmie: engine::Entity<Row: Resource, Refs: Refs> {
    /// The method that lists them.
    type Listing: omie::Listing<Item = Self::Record> + Default;

    /// The question to ask.
    fn listing(_settings: &Settings) -> Self::Listing {
        Self::Listing::default()
    }
}

impl<E: FromOmie> Synced for E {
    async fn source<'a>(
        tenant: &'a Tenant,
        _state: &'a impl State,
    ) -> Result<impl Source<Self::Record> + 'a, SetupError> {
        Ok(Listed::new(&tenant.omie, E::listing(&tenant.settings)))
    }
}

/// How one run is to be done.
#[derive(Debug)]
pub struct Run {
    /// How long it may work.
    pub budget: Budget,
    /// Names it to others who want the lane.
    pub holder: String,
    /// Where it records itself.
    pub record: RunRef,
}

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunFailure {
    /// Before its first page: the settings or what they need.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// On the way; it continues from there.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// A step of the load read records and Máxima took none: what depends on them must not run.
    #[error(
        "nenhum dos {read} registros lidos de {entity} está na Máxima; corrija e continue a carga: {why}"
    )]
    NothingStored {
        /// The entity.
        entity: &'static str,
        /// Records read.
        read: u64,
        /// The first reasons.
        why: String,
    },
}

impl RunFailure {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Setup(error) => error.remedy(),
            Self::Sync(error) => error.remedy(),
            Self::NothingStored { .. } => Remedy::FixData,
        }
    }
}

/// Runs the sweep of one entity: continues the one that was interrupted or begins a new one.
pub async fn sync<E: Synced>(
    tenant: &Tenant,
    state: &impl State,
    clock: &Clock,
    run: Run,
) -> Result<Report, RunFailure> {
    let today = day_in_sao_paulo(clock.now());
    let refs = <E::Refs as Refs>::load(state, &tenant.settings, today).await?;
    let source = E::source(tenant, state).await?;
    tenant.wait_no_longer_than(run.budget);
    let target = Cloud::new(&tenant.maxima);
    let calls = || tenant.calls();
    let job: Job<'_, E, _, _, _> = Job {
        source: &source,
        target: &target,
        state,
        refs: &refs,
        clock,
        budget: run.budget,
        holder: run.holder,
        run: run.record,
        calls: &calls,
    };
    let is_step = job.run.kind == STEP_KIND;
    let report = engine::sync(job).await?;
    // Branches have their gate, which says more.
    if is_step && !report.more && E::NAME != Filial::NAME && stored_nothing(&report.counters) {
        let (entity, read) = (E::NAME, report.counters.read);
        let why = first_reasons(state, entity).await.map_err(SetupError::from)?;
        return Err(RunFailure::NothingStored { entity, read, why });
    }
    Ok(report)
}

async fn first_reasons(state: &impl State, entity: &str) -> Result<String, StateError> {
    let held = state.in_quarantine(entity, 3).await?;
    let reasons = held.iter().map(|(key, held)| format!("{key}: {}", branch::reasons(&held.why)));
    Ok(reasons.collect::<Vec<_>>().join("; "))
}
