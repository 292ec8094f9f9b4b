//! From the SS to the end of the service: T10, T11, T13 and the verification before T12 and T14.

use engine::flow::Change;
use jiff::Timestamp;

use super::retry::failed;
use super::{CONFIRM_AGAIN, CONFIRMATIONS, Effect, Failure, Next, Verified, again, claimed, park};
use crate::record::{Order, What};
use crate::state::{Alarm, Reason, State};

/// The note is owed; first the link that belongs into it, so that the text never changes between two attempts.
pub(super) fn note(mut order: Order, now: Timestamp) -> Next {
    if order.is_noted() {
        return awaiting(order, "a observação já está no pedido", now);
    }
    let Some(ss) = &order.ss else {
        return park(order, Reason::OpenAmbiguous, "a SS não tem número", State::OpenUnknown, now);
    };
    if !ss.sought {
        return claimed(order, Effect::Seek, now);
    }
    if ss.link.is_none() {
        order.alarms.insert(Alarm::SsLinkMissing);
    }
    claimed(order, Effect::Note, now)
}

pub(super) fn sought(mut order: Order, sought: &Result<Option<String>, Failure>, now: Timestamp) -> Next {
    match sought {
        Ok(link) => {
            if let Some(ss) = &mut order.ss {
                // Where its record has none, what the reply had is better than nothing.
                (ss.link, ss.sought) = (link.clone().or(ss.link.take()), true);
            }
            order.progressed();
            note(order, now)
        }
        Err(failure) => unnoted(order, failure, now),
    }
}

/// T10.
pub(super) fn noted(mut order: Order, noted: &Result<(), Failure>, now: Timestamp) -> Next {
    match noted {
        Ok(()) => {
            order.note_done = true;
            awaiting(order, "número e link da SS estão no pedido", now)
        }
        Err(failure) => unnoted(order, failure, now),
    }
}

/// The note could not be written. A cancellation does not wait for it (flow §15.12).
fn unnoted(order: Order, failure: &Failure, now: Timestamp) -> Next {
    let is_cancelled = order.outcome.as_ref().is_some_and(|outcome| {
        outcome.what == What::Cancelled && outcome.items.is_empty() && !outcome.contested
    });
    if is_cancelled && !matches!(failure, Failure::Postponed { .. }) {
        return awaiting(order, "sem a observação: o serviço foi cancelado", now);
    }
    failed(order, failure, State::Opened, now)
}

/// Sismetro works; what it has said meanwhile is applied at once (T15).
pub(super) fn awaiting(mut order: Order, cause: &str, now: Timestamp) -> Next {
    order.go(State::AwaitingExecution, cause, now);
    order.progressed();
    order.due = None;
    match follow(order.clone(), now) {
        Some(next) => next,
        None => Change::to(order),
    }
}

/// T11, T13: the outcome is followed.
pub(super) fn follow(mut order: Order, now: Timestamp) -> Option<Next> {
    let what = order.outcome.as_ref()?.what;
    order.unconfirmed = 0;
    order.progressed();
    match what {
        What::Completed => order.go(State::Releasing, "o serviço foi concluído", now),
        What::Cancelled => order.go(State::Cancelling, "o serviço foi cancelado", now),
    }
    Some(close(order, now))
}

/// One step on the way to the end: Sismetro confirms, then the ERP is asked how the order stands.
pub(super) fn close(mut order: Order, now: Timestamp) -> Next {
    let Some(outcome) = &order.outcome else {
        order.go(State::AwaitingExecution, "não há resultado do serviço", now);
        order.due = None;
        return Change::to(order);
    };
    if !outcome.items.is_empty() {
        let items: Vec<String> = outcome.items.iter().map(i64::to_string).collect();
        order.outcome = None;
        let why = format!("itens {}", items.join(", "));
        return park(order, Reason::PartialCancel, &why, State::AwaitingExecution, now);
    }
    if order.state == State::Releasing && !order.is_noted() {
        // Never billing without number and link on the order.
        order.go(State::Opened, "falta a observação no pedido", now);
        return note(order, now);
    }
    if outcome.verified && !outcome.contested {
        return claimed(order, Effect::Guard, now);
    }
    let really = outcome.contested;
    claimed(order, Effect::Verify { really }, now)
}

pub(super) fn verified(mut order: Order, verified: &Verified, now: Timestamp) -> Next {
    match verified {
        Verified::Ended(what) => {
            let what = *what;
            believe(&mut order, what);
            match (order.state, what) {
                (State::Cancelling, What::Completed) => {
                    order.go(State::Releasing, "o Sismetro diz que o serviço foi concluído", now);
                }
                (State::Releasing, What::Cancelled) => {
                    order.go(State::Cancelling, "o Sismetro diz que o serviço foi cancelado", now);
                }
                _ => {}
            }
            close(order, now)
        }
        Verified::Trusted => {
            let what = if order.state == State::Releasing { What::Completed } else { What::Cancelled };
            believe(&mut order, what);
            close(order, now)
        }
        Verified::Otherwise(words) => {
            order.progressed();
            order.unconfirmed += 1;
            if order.unconfirmed > CONFIRMATIONS {
                let state = order.state;
                return park(order, Reason::CallbackNotConfirmed, words, state, now);
            }
            order.note(format!("a SS ainda não confirma o aviso: {words}"), now);
            again(order, CONFIRM_AGAIN, now)
        }
        Verified::Failed(failure) => {
            let state = order.state;
            failed(order, failure, state, now)
        }
    }
}

fn believe(order: &mut Order, what: What) {
    if let Some(outcome) = &mut order.outcome {
        (outcome.what, outcome.verified, outcome.contested) = (what, true, false);
    }
    order.unconfirmed = 0;
    order.progressed();
}
