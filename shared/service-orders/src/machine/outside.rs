//! What Sismetro says of a service, asked or not: T7b, T11, T13, T15, and outcomes that contradict each other.

use engine::flow::Change;
use jiff::Timestamp;

use super::{Next, Notice, closing, opening};
use crate::record::{Order, Outcome, Said, What};
use crate::state::{Alarm, State};

/// How the service ended. The order is not busy.
pub(super) fn outcome(mut order: Order, notice: &Notice, now: Timestamp) -> Option<Next> {
    match order.state {
        State::Received | State::Opening | State::OpenUnknown => {
            store(&mut order, notice, now);
            order.opening.hint = notice.ss.clone().or(order.opening.hint);
            Some(hinted(order, now))
        }
        State::Opened => {
            store(&mut order, notice, now);
            Some(Change::to(order))
        }
        State::AwaitingExecution => {
            store(&mut order, notice, now);
            closing::follow(order, now)
        }
        State::Releasing | State::Cancelling => contradicted(order, notice, now),
        State::Released => late(order, notice, What::Cancelled, now),
        State::Cancelled => late(order, notice, What::Completed, now),
        State::NeedsAttention if order.resume == Some(State::Cancelled) => {
            late(order, notice, What::Completed, now)
        }
        State::NeedsAttention => {
            store(&mut order, notice, now);
            if order.ss.is_none() {
                order.opening.hint = notice.ss.clone().or(order.opening.hint);
            }
            Some(Change::to(order))
        }
        State::Skipped => None,
    }
}

/// The callback may know which SS it is: the next step asks Sismetro for it. T6 first, where the claim has run out.
fn hinted(order: Order, now: Timestamp) -> Next {
    let is_hinted = order.opening.hint.is_some();
    match order.state {
        State::Opening => {
            let doubtful = opening::doubtful(order, "a resposta da abertura se perdeu", now);
            if is_hinted { opening::resolve(doubtful.case, now) } else { doubtful }
        }
        State::OpenUnknown if is_hinted => opening::resolve(order, now),
        _ => Change::to(order),
    }
}

/// T15: kept until it can be followed.
fn store(order: &mut Order, notice: &Notice, now: Timestamp) {
    let said = Outcome {
        what: notice.what,
        said: notice.said,
        at: now,
        reason: notice.reason.clone(),
        verified: notice.said == Said::Poll,
        contested: false,
        // Only a cancellation can be of some lines.
        items: if notice.what == What::Cancelled { notice.items.clone() } else { Vec::new() },
    };
    let cause = match (notice.what, notice.said) {
        (What::Completed, Said::Poll) => "consultado, o Sismetro diz que o serviço foi concluído",
        (What::Cancelled, Said::Poll) => "consultado, o Sismetro diz que o serviço foi cancelado",
        (What::Completed, _) => "o Sismetro avisa que o serviço foi concluído",
        (What::Cancelled, _) => "o Sismetro avisa que o serviço foi cancelado",
    };
    order.note(cause, now);
    order.outcome = Some(match order.outcome.take() {
        Some(known) if known.said == Said::Operator => known,
        Some(known) if known.what == said.what => {
            Outcome { verified: known.verified || said.verified, contested: known.contested, ..known }
        }
        Some(known) => Outcome { contested: !said.verified || known.verified, ..said },
        None => said,
    });
}

/// The opposite is said while the ERP has not yet said yes: Sismetro is asked, and followed.
fn contradicted(mut order: Order, notice: &Notice, now: Timestamp) -> Option<Next> {
    let known = order.outcome.as_mut()?;
    if known.what == notice.what || known.said == Said::Operator {
        return None;
    }
    (known.contested, known.verified) = (true, false);
    order.note("o Sismetro avisa o contrário: será consultado", now);
    Some(closing::close(order, now))
}

/// After the end there is nothing to call; but somebody must know, because the order may be billed.
fn late(mut order: Order, notice: &Notice, opposite: What, now: Timestamp) -> Option<Next> {
    if notice.what != opposite || !order.alarms.insert(Alarm::LateConflictingOutcome) {
        return None;
    }
    order.note("o Sismetro avisa o contrário depois do fim: nada foi feito no ERP", now);
    Some(Change::to(order))
}

/// The service goes on.
pub(super) fn polled(mut order: Order, now: Timestamp) -> Option<Next> {
    if order.state != State::AwaitingExecution {
        return None;
    }
    (order.polled, order.updated) = (Some(now), now);
    Some(Change::to(order))
}
