//! Sismetro is asked how the services stand: what makes its callbacks optional (flow §8.3).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engine::flow::{Advance, FlowError, advance};
use engine::{Budget, FlowState, LeaseError, Mark, Noted};
use jiff::Timestamp;
use sismetro::Situation;

use crate::flow::{KIND, Orders};
use crate::machine::{Event, Failure, Look, Notice};
use crate::record::{Order, Said, What};
use crate::records;
use crate::state::{Reason, State};
use crate::steps::{Lane, pace, sismetro_failure, sismetro_turn};

/// An SS that was looked at within this time is not looked at again.
const FRESH: Duration = Duration::from_hours(1);
/// Only one looks at a time.
const LANE: &str = "job/so-poll";
/// The least that a turn to read is waited for; the other flows take some of them.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many SS of an account, one after the other, that cannot be looked at: it is the account, and not they.
const BAD: u32 = 2;
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
    let mut accounts = Accounts::default();
    for (_, id) in waiting {
        if budget.spent(orders.clock.now()) || polled.looked >= orders.tenant.settings.poll_per_turn as u64 {
            polled.more = true;
            break;
        }
        let Some(order) = records::readable(orders.state, &id).await?.order() else { continue };
        if order.state != State::AwaitingExecution {
            continue;
        }
        let account = order.account.clone().or_else(|| orders.tenant.settings.default_account.clone());
        let account = account.unwrap_or_default();
        if accounts.rests(&account) {
            polled.failed += 1;
            polled.more = true;
            continue;
        }
        match one(orders, &order, &account).await? {
            Ok(ended) => {
                polled.looked += 1;
                polled.ended += u64::from(ended);
                accounts.worked(&account);
            }
            Err(failure) => {
                tracing::warn!(order = id, ?failure, "an SS was not looked at");
                polled.failed += 1;
                polled.more = true;
                accounts.failed(&account, &failure);
                // Those behind it have their turn first the next time.
                let look = Event::Looked(Look::Failed(failure));
                advance(orders, orders.state, orders.clock, &order.id, look).await?;
            }
        }
    }
    Ok(polled)
}

/// How the accounts answer in this turn.
#[derive(Debug, Default)]
struct Accounts {
    resting: BTreeSet<String>,
    /// SS in a row that could not be looked at.
    bad: BTreeMap<String, u32>,
}

impl Accounts {
    fn rests(&self, account: &str) -> bool {
        self.resting.contains(account)
    }

    fn worked(&mut self, account: &str) {
        self.bad.remove(account);
    }

    /// One SS that cannot be looked at is that SS's affair; what the account is refused, or two of them in a row, is
    /// everybody's.
    fn failed(&mut self, account: &str, failure: &Failure) {
        let rests = match failure {
            Failure::Lasting { reason: Reason::AccountMissing | Reason::SismetroRefused, .. } => false,
            Failure::Lasting { .. } | Failure::Postponed { .. } => true,
            Failure::Passing { .. } => {
                let bad = self.bad.entry(account.to_owned()).or_default();
                *bad += 1;
                *bad >= BAD
            }
        };
        if rests {
            self.resting.insert(account.to_owned());
        }
    }
}

/// Orders whose SS was not looked at lately, by when that was.
async fn waiting<S: FlowState>(orders: &Orders<'_, S>) -> Result<Vec<(Timestamp, String)>, FlowError> {
    let mark = Mark::new("estado", State::AwaitingExecution.name());
    let mut waiting = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let ids = orders.state.marked(KIND, &mark, after.as_deref(), BATCH).await?;
        for id in &ids {
            let Some(order) = records::readable(orders.state, id).await?.order() else { continue };
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
        let why = match account {
            "" => "a filial não tem conta e não há conta padrão".to_owned(),
            name => format!("o segredo não tem a conta \"{name}\""),
        };
        return Ok(Err(Failure::Lasting { reason: Reason::AccountMissing, why }));
    };
    // Also where a turn comes once a minute.
    let patience = PATIENCE.max(pace(orders).saturating_mul(2));
    if let Err(failure) = sismetro_turn(orders, account, Lane::Read, patience).await {
        return Ok(Err(failure));
    }
    let ss = match client.find(&known.number).await {
        Ok(ss) => ss,
        Err(error) => return Ok(Err(sismetro_failure(orders, &error, account).await)),
    };
    let ended = |what| {
        let ss = Some(known.number.clone());
        Event::Outcome(Notice { what, said: Said::Poll, ss, reason: None, items: Vec::new() })
    };
    let event = match ss.as_ref().map(|ss| client.outcome(ss)) {
        Some(Situation::Completed) => ended(What::Completed),
        Some(Situation::Cancelled) => ended(What::Cancelled),
        Some(Situation::InExecution | Situation::Open) => Event::Looked(Look::GoesOn),
        Some(Situation::Unknown(words)) => {
            tracing::warn!(order = order.id, words, "a status of Sismetro that nobody has explained");
            Event::Looked(Look::Unexplained(words))
        }
        None => {
            tracing::warn!(order = order.id, "Sismetro does not find the SS");
            Event::Looked(Look::NotFound)
        }
    };
    let has_ended = matches!(event, Event::Outcome(_));
    let advanced = advance(orders, orders.state, orders.clock, &order.id, event).await?;
    Ok(Ok(has_ended && advanced == Advance::Settled))
}
