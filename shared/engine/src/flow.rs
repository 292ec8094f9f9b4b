//! The road of everything that is not a diff: a case is loaded, the pure `next` decides, the decision is filed, and
//! only then its effect is performed.
//!
//! The order makes a crash harmless: before an effect leaves us, the stored case says that it may have left. Whoever
//! finds the case due later gets its state, not our memory, and `next` of a state in which something may have left
//! asks the partner first.

use std::collections::HashSet;

use clock::Clock;
use jiff::Timestamp;
use partner_http::Remedy;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Budget;
use crate::ports::{Case, Cases, Filing, StateError};

/// A kind of case, its rules and its work.
pub trait Flow: Sync {
    /// Name of the kind in the store.
    const KIND: &'static str;
    /// What is stored of one case.
    type Case: Serialize + DeserializeOwned + Send + Sync;
    /// What happens to a case.
    type Event: Send + Sync;
    /// What is to be done in the world because of it.
    type Effect: Send;

    /// What `event` makes of `case`; none when it makes nothing of it, and then nothing is written. Pure: the whole
    /// machine is in here.
    ///
    /// A change with an effect must leave a case that is due again by itself, later than the effect can last, in a
    /// state from which the effect's doubt can be resolved.
    fn next(
        case: &Self::Case,
        event: &Self::Event,
        now: Timestamp,
    ) -> Option<Change<Self::Case, Self::Effect>>;

    /// The event "its time has come"; [`work`] and [`wake`] let it happen to cases that are due and to no others.
    fn due() -> Self::Event;

    /// How the case is filed: when it is due and what it is found by.
    fn filing(case: &Self::Case) -> FilingOf;

    /// Does what was decided and tells what came of it. Failures are events too.
    fn perform(&self, case: &Self::Case, effect: Self::Effect) -> impl Future<Output = Self::Event> + Send;
}

/// What [`Flow::filing`] says: all of [`Filing`] but the JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilingOf {
    /// When the case is to be looked at.
    pub due: Option<Timestamp>,
    /// What it is found by.
    pub marks: Vec<crate::Mark>,
    /// When it is forgotten.
    pub expires: Timestamp,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<C, E> {
    /// What the case is from now on.
    pub case: C,
    /// What is to be done once that is stored.
    pub effect: Option<E>,
}

impl<C, E> Change<C, E> {
    /// Only the case changes.
    pub fn to(case: C) -> Self {
        Self { case, effect: None }
    }

    /// The case changes, then `effect` is performed.
    pub fn and(case: C, effect: E) -> Self {
        Self { case, effect: Some(effect) }
    }
}

/// How far a case came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// There is no such case.
    Missing,
    /// The event made nothing of the case.
    Unmoved,
    /// It went as far as it goes now.
    Settled,
    /// Somebody else has changed the case in between and goes on with it. What came of an effect is lost then, and the
    /// case's doubt stays until it is due; an event from outside has not happened to it: bring it again.
    Overtaken,
}

/// A case could not be advanced.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The store failed; what was filed before it failed stands.
    #[error("o registro não pôde ser lido ou gravado")]
    State(#[from] StateError),
    /// A stored case is not what this version of the program writes.
    #[error("{kind} {id} não pode ser lido")]
    Unreadable {
        /// Kind of the case.
        kind: &'static str,
        /// Its id.
        id: String,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
}

impl FlowError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::State(error) => error.remedy(),
            Self::Unreadable { .. } => Remedy::Bug,
        }
    }
}

/// Files a new case. False when there is one already: then nothing is changed.
pub async fn open<F: Flow>(state: &impl Cases, id: &str, case: &F::Case) -> Result<bool, FlowError> {
    match state.file(F::KIND, id, None, filing::<F>(id, case)?).await {
        Ok(_) => Ok(true),
        Err(StateError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Lets `event` happen to a case, and whatever follows from it, until it waits.
pub async fn advance<F: Flow>(
    flow: &F,
    state: &impl Cases,
    clock: &Clock,
    id: &str,
    event: F::Event,
) -> Result<Advance, FlowError> {
    match state.case(F::KIND, id).await? {
        Some(stored) => carry(flow, state, clock, id, stored, event).await,
        None => Ok(Advance::Missing),
    }
}

/// Lets its time come for a case that is due. One that is not, or no longer, is unmoved: since it was found due another
/// may have taken it in hand, and to ask about an effect that is under way would get the wrong answer.
pub async fn wake<F: Flow>(
    flow: &F,
    state: &impl Cases,
    clock: &Clock,
    id: &str,
) -> Result<Advance, FlowError> {
    match state.case(F::KIND, id).await? {
        Some(stored) if stored.filing.due.is_some_and(|due| due <= clock.now()) => {
            carry(flow, state, clock, id, stored, F::due()).await
        }
        Some(_) => Ok(Advance::Unmoved),
        None => Ok(Advance::Missing),
    }
}

async fn carry<F: Flow>(
    flow: &F,
    state: &impl Cases,
    clock: &Clock,
    id: &str,
    mut stored: Case,
    mut event: F::Event,
) -> Result<Advance, FlowError> {
    let mut case = read::<F>(id, &stored)?;
    let mut moved = Advance::Unmoved;
    while let Some(change) = F::next(&case, &event, clock.now()) {
        stored = match state.file(F::KIND, id, Some(&stored), filing::<F>(id, &change.case)?).await {
            Ok(stored) => stored,
            Err(StateError::Conflict { .. }) => return Ok(Advance::Overtaken),
            Err(error) => return Err(error.into()),
        };
        case = change.case;
        moved = Advance::Settled;
        let Some(effect) = change.effect else { break };
        event = flow.perform(&case, effect).await;
    }
    Ok(moved)
}

/// What [`work`] did.
#[derive(Debug, Default)]
pub struct Worked {
    /// Cases that were looked at.
    pub cases: u64,
    /// Whether the budget ended it before the last case that was due.
    pub more: bool,
    /// Cases that could not be advanced. They stay due: one that cannot be read stops nobody else.
    pub failed: Vec<(String, FlowError)>,
}

/// Cases asked for at once.
const BATCH: usize = 100;

/// Advances every case of the flow that is due, the longest due first, until none is due or the budget is spent. Each
/// case is woken once: one that is due again before the end is left to the next time.
pub async fn work<F: Flow>(
    flow: &F,
    state: &impl Cases,
    clock: &Clock,
    budget: Budget,
) -> Result<Worked, FlowError> {
    work_others(flow, state, clock, budget, Vec::new()).await
}

/// As [`work`], but leaves the cases `aside`: of those the caller knows more than what is filed.
pub async fn work_others<F: Flow>(
    flow: &F,
    state: &impl Cases,
    clock: &Clock,
    budget: Budget,
    aside: Vec<String>,
) -> Result<Worked, FlowError> {
    let mut worked = Worked::default();
    let mut seen: HashSet<String> = aside.into_iter().collect();
    loop {
        // Those that failed and those that others are at stay due: they must not keep the later ones out.
        let due = state.due(F::KIND, clock.now(), BATCH + seen.len()).await?;
        let fresh: Vec<_> = due.into_iter().filter(|id| !seen.contains(id)).collect();
        if fresh.is_empty() {
            return Ok(worked);
        }
        for id in fresh {
            if budget.spent(clock.now()) {
                worked.more = true;
                return Ok(worked);
            }
            worked.cases += 1;
            if let Err(error) = wake(flow, state, clock, &id).await {
                worked.failed.push((id.clone(), error));
            }
            seen.insert(id);
        }
    }
}

fn read<F: Flow>(id: &str, stored: &Case) -> Result<F::Case, FlowError> {
    serde_json::from_value(stored.filing.body.clone()).map_err(|source| FlowError::Unreadable {
        kind: F::KIND,
        id: id.to_owned(),
        source,
    })
}

fn filing<F: Flow>(id: &str, case: &F::Case) -> Result<Filing, FlowError> {
    let body = serde_json::to_value(case).map_err(|source| FlowError::Unreadable {
        kind: F::KIND,
        id: id.to_owned(),
        source,
    })?;
    let FilingOf { due, marks, expires } = F::filing(case);
    Ok(Filing { body, due, marks, expires })
}
