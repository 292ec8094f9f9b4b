//! What Sismetro says of a service, asked or not: T7b, T11, T13, T15, and outcomes that contradict each other.

use engine::flow::Change;
use jiff::Timestamp;

use super::{Failure, Look, Next, Notice, closing, opening, park, short};
use crate::record::{Order, Outcome, Said, What};
use crate::state::{Alarm, Reason, State};

/// How the service ended. The order is not busy.
pub(super) fn outcome(mut order: Order, notice: &Notice, now: Timestamp) -> Option<Next> {
    // A person may have put another in its place while it was looked at. Of one that is not known nobody could ask.
    let known = order.ss.as_ref().map(|ss| &ss.number);
    let may_be_ours = notice.said != Said::Poll && (known.is_none() || notice.ss.is_none());
    if !may_be_ours && known != notice.ss.as_ref() {
        return None;
    }
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
        State::Skipped => unwanted(order, notice, now),
    }
}

/// There is an SS of an order for which none was asked, or which was ended by hand: somebody must know. What was said of
/// one that may be brought back is kept, so that it then opens no second SS.
fn unwanted(mut order: Order, notice: &Notice, now: Timestamp) -> Option<Next> {
    let is_news = order.alarms.insert(Alarm::LateConflictingOutcome);
    if order.is_unopened() {
        store(&mut order, notice, now);
        order.opening.hint = notice.ss.clone().or(order.opening.hint);
    } else if !is_news {
        return None;
    }
    order.note("o pedido está fora da integração: nada foi feito no ERP", now);
    Some(Change::to(order))
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
        ss: notice.ss.clone(),
        verified: notice.said == Said::Poll,
        contested: false,
        // Whatever is said besides: where lines are named, a person decides (`contracts/sismetro.md` §10.3).
        items: notice.items.clone(),
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
        Some(known) => both(known, said),
        None => said,
    });
}

/// What is known and what was said now, as one.
fn both(known: Outcome, said: Outcome) -> Outcome {
    let mut items: Vec<i64> = known.items.iter().chain(&said.items).copied().collect();
    items.sort_unstable();
    items.dedup();
    // Where one of the two was said of the order itself, it holds whatever its SS is.
    let ss = said.ss.clone().filter(|_| known.ss == said.ss);
    if known.what != said.what {
        return Outcome { contested: !said.verified || known.verified, ss, items, ..said };
    }
    Outcome { verified: known.verified || said.verified, ss, items, ..known }
}

/// The opposite is said while the ERP has not yet said yes: Sismetro is asked, and followed. That only some lines were
/// called off Sismetro does not tell when it is asked: that is for a person.
fn contradicted(mut order: Order, notice: &Notice, now: Timestamp) -> Option<Next> {
    let known = order.outcome.as_mut()?;
    if known.said == Said::Operator {
        return None;
    }
    if !notice.items.is_empty() {
        store(&mut order, notice, now);
        return Some(closing::close(order, now));
    }
    if known.what == notice.what {
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

/// The service has not ended as far as we know. Whatever the look came to, others have their turn first now; what it
/// could not see, somebody must.
pub(super) fn looked(mut order: Order, look: &Look, now: Timestamp) -> Option<Next> {
    if order.state != State::AwaitingExecution {
        return None;
    }
    let (why, alarm) = match look {
        Look::GoesOn => (None, None),
        Look::NotFound => (Some("o Sismetro não encontra a SS".to_owned()), Some(Alarm::SsNotFound)),
        Look::Unexplained(words) => {
            (Some(format!("situação desconhecida no Sismetro: \"{words}\"")), Some(Alarm::UnknownStatus))
        }
        // It was not even tried.
        Look::Failed(Failure::Postponed { .. }) => return None,
        Look::Failed(Failure::Lasting { reason: reason @ Reason::AccountMissing, why }) => {
            return Some(park(order, *reason, why, State::AwaitingExecution, now));
        }
        Look::Failed(Failure::Lasting { why, .. } | Failure::Passing { why, .. }) => {
            order.attempts = order.attempts.saturating_add(1);
            // The first may be a bad moment.
            (Some(why.clone()), (order.attempts > 1).then_some(Alarm::PollFailed))
        }
    };
    if !matches!(look, Look::Failed(_)) {
        order.attempts = 0;
        order.alarms.retain(|alarm| !Alarm::OF_LOOKS.contains(alarm));
    }
    order.alarms.extend(alarm);
    order.last_error = why.as_deref().map(short);
    (order.polled, order.updated) = (Some(now), now);
    Some(Change::to(order))
}
