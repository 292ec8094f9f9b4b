//! What all flows share: the turn of a job that only one may have, and why a turn could not be had.

use clock::Clock;
use engine::flow::FlowError;
use engine::{Budget, Documents, Expected, Lease, LeaseError, Leases, Noted, StateError};
use jiff::Timestamp;
use omie::Omie;
use partner_http::{CallError, Fault, Remedy};
use serde_json::json;

use crate::settings::SetupError;

/// A turn could not be had, or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum FlowFailure {
    /// A case could not be advanced, or the store failed.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// A partner failed in a way that ends the turn.
    #[error("the partner did not give what the turn needs")]
    Call(#[from] CallError),
    /// The settings cannot be used.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

impl From<StateError> for FlowFailure {
    fn from(error: StateError) -> Self {
        Self::Flow(error.into())
    }
}

impl FlowFailure {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Flow(error) => error.remedy(),
            Self::Call(error) => error.remedy(),
            Self::Setup(error) => error.remedy(),
        }
    }
}

/// The kind of the documents that remember Omie's blocks; the id is the lane.
const BLOCK: &str = "omie-block";

/// What `asked` brings, unless Omie has blocked the method: a question during a block prolongs it
/// (`contracts/omie-maxima-mapping.md` §13.6), and the process that was told of the block is not the one that asks
/// next. `asked` is not begun then.
pub(crate) async fn spared<T>(
    omie: &Omie,
    method: &str,
    state: &impl Documents,
    clock: &Clock,
    asked: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    let lane = format!("{}/{method}", omie.credential_id());
    // A store that does not answer is no reason to think that the lane is blocked.
    let until: Option<Timestamp> = match state.get(BLOCK, &lane).await {
        Ok(Some(document)) => document.body["until"].as_str().and_then(|until| until.parse().ok()),
        Ok(None) | Err(_) => None,
    };
    if let Some(until) = until.filter(|until| *until > clock.now()) {
        let seconds = clock::until(clock.now(), until).as_secs() + 1;
        return Err(CallError::new("omie", method, Fault::Blocked { seconds }));
    }
    let answer = asked.await;
    if let Err(CallError { fault: Fault::Blocked { seconds }, .. }) = &answer {
        let until = clock::later(clock.now(), std::time::Duration::from_secs(*seconds));
        let body = json!({ "until": until });
        if let Err(error) = state.put(BLOCK, &lane, &body, Expected::Any, Some(until)).await {
            tracing::warn!(error = partner_http::story(&error), method, "a block of Omie was not remembered");
        }
    }
    answer
}

/// Who has the turn instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The holder, in the operator's words.
    pub holder: String,
    /// When it ends at the latest.
    pub until: Timestamp,
}

/// The right to do a job, until the platform would end us: a holder that died is dead by then, so that the right needs
/// no renewal.
#[derive(Debug)]
pub struct Turn(Lease);

impl Turn {
    /// Takes the turn of `job` for `holder`.
    pub async fn take(
        state: &impl Leases,
        clock: &Clock,
        job: &str,
        holder: &str,
        budget: Budget,
    ) -> Result<Result<Self, Taken>, FlowFailure> {
        let now = clock.now();
        let ttl = clock::until(now, budget.deadline);
        match state.acquire(&format!("job/{job}"), holder, now, ttl).await {
            Ok(lease) => Ok(Ok(Self(lease))),
            Err(LeaseError::Held { holder, until }) => Ok(Err(Taken { holder, until })),
            Err(LeaseError::Lost) => Ok(Err(Taken { holder: String::new(), until: now })),
            Err(LeaseError::State(error)) => Err(error.into()),
        }
    }

    /// Gives it back. A failure costs the next turn its time, nothing else.
    pub async fn end(self, state: &impl Leases) {
        if let Err(error) = state.release(&self.0, Noted::default()).await {
            tracing::debug!(error = partner_http::story(&error), "a turn was not given back");
        }
    }
}
