//! A job with everything a run of it needs: the one call that a Lambda, a test and a tool make.

use std::time::Duration;

use clock::Clock;
use engine::{
    Ask, Budget, Entity, Fingerprint, Intake, Job, Key, Only, Report, RunRef, Scope, Source, State,
    StateError, SyncError, Wanted,
};
use partner_http::Remedy;

use crate::branch;
use crate::entities::{Filial, Refs};
use crate::load::{STEP_KIND, stored_nothing};
use crate::patience::Patient;
use crate::praca::day_in_sao_paulo;
use crate::ripe::is_ripe;
use crate::settings::SetupError;
use crate::source::Listed;
use crate::target::{Cloud, CloudRow};
use crate::tenant::Tenant;

/// One job of the catalogue: a listing and the entity, or the entities, that take its records.
pub trait Synced: 'static {
    /// Its name: of its Lambda (`sync-<name>`), its watermark and its run records.
    const JOB: &'static str;
    /// The names of the entities it keeps in step.
    const ENTITIES: &'static [&'static str];
    /// What the listing delivers.
    type Record: Send;
    /// What the maps need besides the record.
    type Refs: Refs;

    /// Where the records come from.
    fn source<'a>(
        tenant: &'a Tenant,
        state: &'a impl State,
        refs: &'a Self::Refs,
    ) -> impl Future<Output = Result<impl Source<Self::Record> + 'a, SetupError>> + Send;

    /// Who takes them.
    fn intake<P: State>(refs: &Self::Refs) -> impl Intake<Self::Record, Cloud<'_>, P> + '_;
}

/// An entity with a listing of its own.
pub trait Sourced: Entity<Row: CloudRow, Refs: Refs> {
    /// Where its records come from.
    fn source<'a>(
        tenant: &'a Tenant,
        state: &'a impl State,
        refs: &'a Self::Refs,
    ) -> impl Future<Output = Result<impl Source<Self::Record> + 'a, SetupError>> + Send;
}

/// An entity whose records are a listing of Omie.
pub trait FromOmie: Entity<Row: CloudRow, Refs: Refs> {
    /// The method that lists them.
    type Listing: omie::Listing<Item = Self::Record> + Default;

    /// How far back a window of changes must reach, if the method has one (`contracts/omie.md` §7):
    /// [`MINUTES`](crate::MINUTES) where it knows the time, [`A_DAY`](crate::A_DAY) where it knows only days.
    const OVERLAP: Option<Duration> = None;

    /// The listings of one reading, by name: one per price table, for example.
    fn parts(_refs: &Self::Refs, _scope: Scope) -> Vec<String> {
        vec![String::new()]
    }

    /// The question to ask for one of the parts; the page is set later.
    fn listing(_refs: &Self::Refs, _scope: Scope, _part: &str) -> Self::Listing {
        Self::Listing::default()
    }

    /// The question that names these keys and lists those that exist, for a method that can be asked so.
    fn by_keys(_keys: &[Key]) -> Option<Self::Listing> {
        None
    }
}

impl<E: FromOmie> Sourced for E {
    async fn source<'a>(
        tenant: &'a Tenant,
        _state: &'a impl State,
        refs: &'a Self::Refs,
    ) -> Result<impl Source<Self::Record> + 'a, SetupError> {
        Ok(Listed::<E>::new(&tenant.omie, refs))
    }
}

impl<E: Sourced> Synced for E {
    const JOB: &'static str = E::NAME;
    const ENTITIES: &'static [&'static str] = &[E::NAME];
    type Record = E::Record;
    type Refs = E::Refs;

    async fn source<'a>(
        tenant: &'a Tenant,
        state: &'a impl State,
        refs: &'a E::Refs,
    ) -> Result<impl Source<E::Record> + 'a, SetupError> {
        <E as Sourced>::source(tenant, state, refs).await
    }

    fn intake<P: State>(refs: &E::Refs) -> impl Intake<E::Record, Cloud<'_>, P> + '_ {
        Only::<E> { refs }
    }
}

/// How one run is to be done.
#[derive(Debug)]
pub struct Run {
    /// How long it may work.
    pub budget: Budget,
    /// Names it to others who want the lane, in words an operator understands.
    pub holder: String,
    /// Where it records itself.
    pub record: RunRef,
    /// Everything, or what changed since the last time.
    pub wanted: Wanted,
    /// An operator has looked at what vanished and says that it may go.
    pub accept_removals: bool,
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
    #[error("nenhum dos {read} registros lidos de {job} está na Máxima; corrija e continue a carga: {why}")]
    NothingStored {
        /// The job.
        job: &'static str,
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

/// Runs one job: continues the reading that was interrupted, or begins a new one.
pub async fn sync<J: Synced>(
    tenant: &Tenant,
    state: &impl State,
    clock: &Clock,
    run: Run,
) -> Result<Report, RunFailure> {
    drive::<J>(tenant, state, &Cloud::new(&tenant.maxima), clock, run).await
}

/// The same into another target: the real cloud, or the one of a dry run.
pub(crate) async fn drive<J: Synced>(
    tenant: &Tenant,
    state: &impl State,
    target: &Cloud<'_>,
    clock: &Clock,
    run: Run,
) -> Result<Report, RunFailure> {
    let today = day_in_sao_paulo(clock.now());
    let refs = <J::Refs as Refs>::load(state, &tenant.settings, today).await?;
    let source = Patient { source: J::source(tenant, state, &refs).await?, state, clock };
    tenant.wait_no_longer_than(run.budget);
    let is_step = run.record.kind == STEP_KIND;
    let wanted = match run.wanted {
        Wanted::Changes
            if is_ripe(state, J::JOB, J::ENTITIES, clock.now()).await.map_err(SetupError::from)? =>
        {
            Wanted::Full
        }
        wanted => wanted,
    };
    let mark = Fingerprint::of(&refs).as_str().to_owned();
    let calls = || tenant.calls();
    let job = Job {
        name: J::JOB,
        intake: J::intake(&refs),
        source: &source,
        target,
        state,
        clock,
        budget: run.budget,
        holder: run.holder,
        run: run.record,
        calls: &calls,
        lanes_held: &|lanes| tenant.share_with(lanes),
        ask: Ask { wanted, accept_removals: run.accept_removals, mark },
    };
    let report = engine::sync(job).await?;
    // Branches have their gate, which says more.
    if is_step && !report.more && J::JOB != Filial::NAME && stored_nothing(&report.counters) {
        let (job, read) = (J::JOB, report.counters.read);
        let why = first_reasons(state, J::ENTITIES).await.map_err(SetupError::from)?;
        return Err(RunFailure::NothingStored { job, read, why });
    }
    Ok(report)
}

async fn first_reasons(state: &impl State, entities: &[&str]) -> Result<String, StateError> {
    const SHOWN: usize = 3;
    let mut reasons = Vec::new();
    for entity in entities {
        let held = state.in_quarantine(entity, SHOWN).await?;
        reasons.extend(held.iter().map(|(key, held)| format!("{key}: {}", branch::reasons(&held.why))));
    }
    reasons.truncate(SHOWN);
    Ok(reasons.join("; "))
}
