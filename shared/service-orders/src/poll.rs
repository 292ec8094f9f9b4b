//! Sismetro is asked how the services stand: what makes its callbacks optional (flow §8.3).

use std::collections::BTreeSet;
use std::time::Duration;

use engine::flow::{Advance, FlowError, advance};
use engine::{Budget, FlowState, LeaseError, Mark, Noted};
use jiff::Timestamp;
use sismetro::Situation;

use crate::flow::{KIND, Orders};
use crate::machine::{Event, Failure, Notice};
use crate::record::{Order, Said, What};
use crate::records;
use crate::state::State;
use crate::steps::{Lane, sismetro_failure, sismetro_turn};

/// An SS that was looked at within this time is not looked at again.
const FRESH: Duration = Duration::from_hours(1);
/// Only one looks at a time.
const LANE: &str = "job/so-poll";
/// A turn to read comes every 6.7 s; the other flows take some of them.
const PATIENCE: Duration = Duration::from_secs(30);
/// Orders read at once.
const BATCH: usize = 500;

/// What a turn of the poll came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Polled {
    /// Somebody else has the turn.
    pub taken: bool,
    /// SS that were looked at.
    pub looked: u64,
    /// Services that turned out to have ended.
    pub ended: u64,
    /// SS that could not be looked at.
    pub failed: u64,
    /// Whether some are left that should have been looked at.
    pub more: bool,
}

/// One turn: the services that were looked at longest ago, as many as the settings allow. `holder` is the caller's
/// name for itself.
pub async fn turn<S: FlowState>(
    orders: &Orders<'_, S>,
    holder: &str,
    budget: Budget,
) -> Result<Polled, FlowError> {
    let now = orders.clock.now();
    let ttl = clock::until(now, budget.deadline).min(Duration::from_mins(20));
    let lease = match orders.state.acquire(LANE, holder, now, ttl).await {
        Ok(lease) => lease,
        Err(LeaseError::Held { .. } | LeaseError::Lost) => {
            return Ok(Polled { taken: true, ..Polled::default() });
        }
        Err(LeaseError::State(error)) => return Err(error.into()),
    };
    let polled = Box::pin(look(&orders.within(budget), budget)).await;
    if let Err(error) = orders.state.release(&lease, Noted::default()).await {
        tracing::debug!(error = partner_http::story(&error), "the poll's turn was not given back");
    }
    polled
}

async fn look<S: FlowState>(orders: &Orders<'_, S>, budget: Budget) -> Result<Polled, FlowError> {
    let mut waiting = waiting(orders).await?;
    waiting.sort();
    let mut polled = Polled::default();
    let mut resting = BTreeSet::new();
    for (_, id) in waiting {
        if budget.spent(orders.clock.now()) || polled.looked >= orders.tenant.settings.poll_per_turn as u64 {
            polled.more = true;
            break;
        }
        let Some(order) = records::order(orders.state, &id).await? else { continue };
        if order.state != State::AwaitingExecution {
            continue;
        }
        let account = order.account.clone().or_else(|| orders.tenant.settings.default_account.clone());
        let Some(account) = account.filter(|account| !resting.contains(account)) else {
            polled.failed += 1;
            continue;
        };
        match one(orders, &order, &account).await? {
            Ok(ended) => {
                polled.looked += 1;
                polled.ended += u64::from(ended);
            }
            Err(failure) => {
                tracing::warn!(order = id, ?failure, "an SS was not looked at");
                polled.failed += 1;
                polled.more = true;
                // Whatever it is, the next of the account would meet it too; one that is only strange does not.
                if !matches!(failure, Failure::Lasting { reason: crate::Reason::SismetroRefused, .. }) {
                    resting.insert(account);
                }
            }
        }
    }
    Ok(polled)
}

/// Orders whose SS was not looked at lately, by when that was.
async fn waiting<S: FlowState>(orders: &Orders<'_, S>) -> Result<Vec<(Timestamp, String)>, FlowError> {
    let mark = Mark::new("estado", State::AwaitingExecution.name());
    let mut waiting = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let ids = orders.state.marked(KIND, &mark, after.as_deref(), BATCH).await?;
        for id in &ids {
            let Some(order) = records::order(orders.state, id).await? else { continue };
            let looked = order.polled.unwrap_or(order.entered);
            if clock::later(looked, FRESH) <= orders.clock.now() {
                waiting.push((looked, id.clone()));
            }
        }
        if ids.len() < BATCH {
            return Ok(waiting);
        }
        after = ids.last().cloned();
    }
}

async fn one<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
    account: &str,
) -> Result<Result<bool, Failure>, FlowError> {
    let (Some(client), Some(known)) = (orders.tenant.account(account), &order.ss) else {
        let why = format!("o segredo não tem a conta \"{account}\"");
        return Ok(Err(Failure::Lasting { reason: crate::Reason::AccountMissing, why }));
    };
    if let Err(failure) = sismetro_turn(orders, account, Lane::Read, PATIENCE).await {
        return Ok(Err(failure));
    }
    let ss = match client.find(&known.number).await {
        Ok(ss) => ss,
        Err(error) => return Ok(Err(sismetro_failure(orders, &error, account).await)),
    };
    let what = match ss.as_ref().map(|ss| client.outcome(ss)) {
        Some(Situation::Completed) => Some(What::Completed),
        Some(Situation::Cancelled) => Some(What::Cancelled),
        Some(Situation::InExecution | Situation::Open) => None,
        Some(Situation::Unknown(words)) => {
            tracing::warn!(order = order.id, words, "a status of Sismetro that nobody has explained");
            None
        }
        None => {
            tracing::warn!(order = order.id, "Sismetro does not find the SS");
            None
        }
    };
    let event = match what {
        Some(what) => {
            let reason = None;
            let ss = Some(known.number.clone());
            Event::Outcome(Notice { what, said: Said::Poll, ss, reason, items: Vec::new() })
        }
        None => Event::Polled,
    };
    let advanced = advance(orders, orders.state, orders.clock, &order.id, event).await?;
    Ok(Ok(what.is_some() && advanced == Advance::Settled))
}
