//! The effects: each asks a partner one thing, within our limits, and says in the machine's words what came of it.

mod close;
mod note;
mod open;
mod prepare;
mod resolve;

pub(crate) use close::{cancel, guard, release, verify};
pub(crate) use note::{note, seek};
pub(crate) use open::open;
pub(crate) use prepare::prepare;
pub(crate) use resolve::{confirm, scan};

use std::time::Duration;

use engine::{FlowState, StateError};
use partner_http::{CallError, Fault};
use sismetro::Sismetro;

use crate::bucket::{self, Pace};
use crate::flow::Orders;
use crate::machine::Failure;
use crate::record::Order;
use crate::{Reason, breaker};

/// The breaker of the ERP.
pub(crate) const SENIOR: &str = "senior";
/// A call that changes something takes no longer than this, the login before it included. Whoever has less left of its
/// claim does not make it: it would be carried out while another already asks what became of it.
const CALL: Duration = Duration::from_secs(95);

/// A read is not begun with less time than this.
const READ: Duration = Duration::from_secs(25);
const SHORTEST: Duration = Duration::from_secs(8);
const LONGEST: Duration = Duration::from_secs(25);

/// Which lane of Sismetro (`contracts/sismetro.md` §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Open,
    Read,
}

/// The name of an account's breaker.
pub(crate) fn breaker_of(account: &str) -> String {
    format!("sismetro/{account}")
}

fn postponed(why: &str, after: Duration) -> Failure {
    Failure::Postponed { why: why.to_owned(), after }
}

/// The store failed: nothing was asked of a partner.
fn unstored(_: &StateError) -> Failure {
    Failure::Passing { why: "o armazenamento da integração não respondeu".to_owned(), after: None }
}

/// Whether the claim of `order`, and our process, still hold for a call that changes something.
fn is_in_time<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<(), Failure> {
    let left = order.busy.map_or(Duration::ZERO, |until| clock::until(orders.clock.now(), until));
    if left.min(orders.left()) < CALL {
        return Err(postponed("não há mais tempo nesta execução", Duration::from_secs(1)));
    }
    Ok(())
}

/// How long a turn to read is waited for: others of the same unit take theirs in between, and a slow pace leaves long
/// between two; but no longer than the claim of `order` and our process hold, nor so long that all other orders wait
/// for this one. What has no turn in that time comes back for it.
pub(crate) fn patience<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<Duration, Failure> {
    let claim = order.busy.map_or(Duration::ZERO, |until| clock::until(orders.clock.now(), until));
    let room = claim.min(orders.left()).saturating_sub(READ);
    if room.is_zero() {
        return Err(postponed("não há mais tempo nesta execução", Duration::from_secs(1)));
    }
    let shared = pace(orders).saturating_mul(3).saturating_add(Duration::from_secs(2));
    Ok(shared.clamp(SHORTEST, LONGEST).min(room))
}

/// From one read of a unit to the next.
pub(crate) fn pace<S>(orders: &Orders<'_, S>) -> Duration {
    Duration::from_mins(1) / orders.tenant.settings.sismetro.reads_per_minute.max(1)
}

/// A turn at the ERP (`contracts/senior-x.md` §6, flow §15.11).
pub(crate) async fn senior_turn<S: FlowState>(orders: &Orders<'_, S>) -> Result<(), Failure> {
    if let Some(left) = breaker::left(orders.state, orders.clock, SENIOR).await {
        return Err(postponed("o Senior X recusou as credenciais há pouco", left));
    }
    let per_second = orders.tenant.settings.senior.rate_per_second.max(1);
    let pace =
        Pace { every: Duration::from_secs(1) / per_second, burst: 1, patience: Duration::from_secs(3) };
    let taken = bucket::take(orders.state, orders.clock, SENIOR, pace).await;
    taken.map_err(|after| postponed("limite de chamadas ao Senior X", after))
}

/// A turn at a Sismetro account (`contracts/sismetro.md` §4, flow §15.11).
pub(crate) async fn sismetro_turn<S: FlowState>(
    orders: &Orders<'_, S>,
    account: &str,
    lane: Lane,
    patience: Duration,
) -> Result<(), Failure> {
    if let Some(left) = breaker::left(orders.state, orders.clock, &breaker_of(account)).await {
        return Err(postponed("o Sismetro recusou a conta há pouco", left));
    }
    let minute = Duration::from_mins(1);
    // The limit is the unit's, whatever name the account has.
    let unit = orders.tenant.account(account).map_or(account, Sismetro::unit);
    let (name, every, burst) = match lane {
        Lane::Open => ("open", minute / 30, 2),
        Lane::Read => ("read", pace(orders), 1),
    };
    let pace = Pace { every, burst, patience };
    let taken = bucket::take(orders.state, orders.clock, &format!("sismetro/{unit}/{name}"), pace).await;
    taken.map_err(|after| postponed("limite de chamadas ao Sismetro", after))
}

/// The account of `order`.
fn account<'a, S>(orders: &Orders<'a, S>, order: &'a Order) -> Result<(&'a str, &'a Sismetro), Failure> {
    // An SS that a person attached before the branch was looked up is the default account's.
    let name = order.account.as_deref().or(orders.tenant.settings.default_account.as_deref());
    let missing = |why: String| Failure::Lasting { reason: Reason::AccountMissing, why };
    let name = name.ok_or_else(|| missing("a filial não tem conta e não há conta padrão".to_owned()))?;
    let client = orders.tenant.account(name);
    let client = client.ok_or_else(|| missing(format!("o segredo não tem a conta \"{name}\"")))?;
    Ok((name, client))
}

/// What a failed question to the ERP means. `refused` is why it is parked when the question itself is refused.
async fn senior_failure<S: FlowState>(orders: &Orders<'_, S>, error: &CallError, refused: Reason) -> Failure {
    orders.tenant.tally.failed(error);
    if matches!(error.fault, Fault::Unauthorized { .. }) {
        breaker::trip(orders.state, orders.clock, SENIOR).await;
    }
    failure(error, Reason::SeniorAuth, refused)
}

/// What a failed question to Sismetro means.
pub(crate) async fn sismetro_failure<S: FlowState>(
    orders: &Orders<'_, S>,
    error: &CallError,
    account: &str,
) -> Failure {
    orders.tenant.tally.failed(error);
    if matches!(error.fault, Fault::Unauthorized { .. }) {
        breaker::trip(orders.state, orders.clock, &breaker_of(account)).await;
    }
    failure(error, Reason::SismetroAuth, Reason::SismetroRefused)
}

/// The same of a question on which no order depends: refused, it says nothing of the account.
pub(crate) fn sismetro_aside<S>(orders: &Orders<'_, S>, error: &CallError) -> Failure {
    orders.tenant.tally.failed(error);
    failure(error, Reason::SismetroAuth, Reason::SismetroRefused)
}

fn failure(error: &CallError, auth: Reason, refused: Reason) -> Failure {
    let partner = if error.partner == "senior" { "o Senior X" } else { "o Sismetro" };
    let passing = |why: String| {
        let after = error.wait();
        // Only our own gates were in the way.
        if error.attempts == 0 && after.is_some() {
            return postponed(&why, after.unwrap_or_default().max(Duration::from_secs(1)));
        }
        Failure::Passing { why, after }
    };
    match &error.fault {
        Fault::Unauthorized { text } => Failure::Lasting { reason: auth, why: text.clone() },
        Fault::Refused { text }
        | Fault::NotFound { text }
        | Fault::Duplicate { text, .. }
        | Fault::Misconfigured { text } => Failure::Lasting { reason: refused, why: text.clone() },
        // What a proxy or a bad day puts in the place of an answer often passes.
        Fault::Malformed { text } => passing(format!("{partner} respondeu algo inesperado: {text}")),
        Fault::RateLimited | Fault::Blocked { .. } => passing(format!("{partner} pediu para esperar")),
        Fault::Busy
        | Fault::Redundant
        | Fault::Expired
        | Fault::Unavailable
        | Fault::Unclear
        | Fault::Empty => passing(format!("{partner} não respondeu")),
    }
}
