//! What operators decide (flow §9): T17, T18.

use engine::flow::Change;
use jiff::Timestamp;

use super::{Effect, Found, Gate, Next, Told, begin, closing, erp, opening, receive, skip_order};
use crate::content::Content;
use crate::record::{Call, Opening, Order, Outcome, Said, What};
use crate::state::{Reason, Skip, State};

/// What an operator decides about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Go on from where it was parked; a skipped order whose branch is active now begins.
    Redrive,
    /// What is stored of the event, read once more with the maps of today: a skipped order goes on where an SS is
    /// wanted now.
    Reread {
        /// What it says now.
        content: Content,
        /// Whether an SS is wanted.
        gate: Gate,
    },
    /// This SS is the order's.
    Attach(Found),
    /// There is no SS: one more call is allowed.
    AllowResend,
    /// The order goes without the note.
    SkipNote,
    /// The service ended so; Sismetro is not asked.
    Force(What),
    /// It was done by hand: the order ends without a call. Only a terminal state.
    Close(State),
}

/// The word is obeyed once, and only where it makes sense. The order is not busy.
pub(super) fn told(order: Order, told: &Told, now: Timestamp) -> Option<Next> {
    if order.commands.contains(&told.command) {
        return None;
    }
    let cause = format!("{} ({}): {}", name(&told.word), told.actor, told.reason);
    let mut next: Next = match &told.word {
        Word::Redrive => redrive(order, &cause, now),
        Word::Reread { content, gate } => reread(order, content, *gate, &cause, now),
        Word::Attach(found) => attach(order, found, &cause, now),
        Word::AllowResend => allow_resend(order, &cause, now),
        Word::SkipNote => skip_note(order, &cause, now),
        Word::Force(what) => force(order, *what, &told.reason, &cause, now),
        Word::Close(state) => close(order, *state, &cause, now),
    }?;
    next.case.obeyed(&told.command);
    Some(next)
}

fn name(word: &Word) -> &'static str {
    match word {
        Word::Redrive | Word::Reread { .. } => "retomado",
        Word::Attach(_) => "SS associada",
        Word::AllowResend => "novo envio autorizado",
        Word::SkipNote => "observação dispensada",
        Word::Force(What::Completed) => "dado por concluído",
        Word::Force(What::Cancelled) => "dado por cancelado",
        Word::Close(_) => "encerrado",
    }
}

fn redrive(mut order: Order, cause: &str, now: Timestamp) -> Option<Next> {
    order.progressed();
    let resume = match (order.state, order.skipped) {
        (State::NeedsAttention, _) => order.resume.unwrap_or(State::Received),
        (State::Skipped, Some(Skip::BranchInactive)) => State::Received,
        // It was closed again in the ERP since a person has ended it.
        (State::Skipped, Some(Skip::Closed)) if order.is_unopened() && order.payload.is_there() => {
            State::Received
        }
        _ => return None,
    };
    order.due = Some(now);
    match resume {
        State::Received | State::Opening | State::Skipped | State::NeedsAttention => {
            begin(&mut order, cause, now);
        }
        State::OpenUnknown => {
            order.opening.unlooked();
            order.go(State::OpenUnknown, cause, now);
        }
        State::Opened => order.go(State::Opened, cause, now),
        State::AwaitingExecution => return Some(closing::awaiting(order, cause, now)),
        State::Releasing | State::Cancelling => {
            let state = ending(&order, resume);
            granted(&mut order);
            order.go(state, cause, now);
        }
        State::Released | State::Cancelled => {
            order.payload.forget();
            order.go(resume, cause, now);
        }
    }
    Some(Change::to(order))
}

/// Only what our maps have made of the event is undone: what a person has ended, he begins again himself.
fn reread(mut order: Order, content: &Content, gate: Gate, cause: &str, now: Timestamp) -> Option<Next> {
    let known = order.skipped.filter(|skip| order.state == State::Skipped && *skip != Skip::Closed)?;
    if !order.payload.is_there() {
        return None;
    }
    match gate {
        Gate::Unwanted(skip) if skip == known => return None,
        Gate::Wanted => {
            erp::reread(&mut order, content);
            order.progressed();
            receive(&mut order, cause, now);
        }
        Gate::Unwanted(skip) => {
            erp::reread(&mut order, content);
            order.note(cause, now);
            skip_order(&mut order, skip, now);
        }
    }
    Some(Change::to(order))
}

/// Where the outcome leads, which may have been told while the order was parked.
fn ending(order: &Order, resume: State) -> State {
    match order.outcome.as_ref() {
        Some(Outcome { what: What::Completed, contested: false, .. }) => State::Releasing,
        Some(Outcome { what: What::Cancelled, contested: false, .. }) => State::Cancelling,
        _ => resume,
    }
}

/// Each call may be made as often again. That it may have been carried out before is not forgotten.
fn granted(order: &mut Order) {
    order.unconfirmed = 0;
    for call in [&mut order.release, &mut order.lift, &mut order.cancel] {
        *call = Call { sent: call.sent, granted: call.sent, done: false, refused: None };
    }
}

fn attach(mut order: Order, found: &Found, cause: &str, now: Timestamp) -> Option<Next> {
    let is_parked = order.state == State::NeedsAttention && order.resume != Some(State::Cancelled);
    let is_before = matches!(order.state, State::Received | State::Opening | State::OpenUnknown);
    // One that waits for an SS that is not the right one would wait for ever.
    let is_wrong = order.state == State::AwaitingExecution
        && order.ss.as_ref().is_some_and(|known| known.number != found.number);
    if !is_parked && !is_before && !is_wrong {
        return None;
    }
    if let Some(wrong) = order.ss.take().filter(|known| known.number != found.number) {
        order.past.retain(|past| past.number != found.number);
        order.past.push(wrong);
        (order.note_done, order.note_waived) = (false, false);
        // What Sismetro has said, and how often it did not confirm it, was about the other SS.
        order.outcome = order.outcome.take().filter(|said| said.said == Said::Operator);
        (order.unconfirmed, order.polled) = (0, None);
    }
    opening::adopt(&mut order, found, cause, now);
    order.due = Some(now);
    Some(Change::to(order))
}

fn allow_resend(mut order: Order, cause: &str, now: Timestamp) -> Option<Next> {
    let is_reopened = order.attention == Some(Reason::ReopenedAfterCancel);
    let is_unopened = order.ss.is_none()
        && matches!(
            order.resume.unwrap_or(order.state),
            State::OpenUnknown | State::Received | State::Opening
        )
        && matches!(order.state, State::OpenUnknown | State::NeedsAttention);
    if !is_unopened && !is_reopened {
        return None;
    }
    if is_reopened {
        order.generation += 1;
        order.past.extend(order.ss.take());
        order.opening = Opening::default();
        (order.note_done, order.note_waived, order.outcome) = (false, false, None);
        (order.release, order.lift, order.cancel) = (Call::default(), Call::default(), Call::default());
        order.unconfirmed = 0;
        order.polled = None;
    }
    order.progressed();
    begin(&mut order, cause, now);
    Some(Change::to(order))
}

fn skip_note(mut order: Order, cause: &str, now: Timestamp) -> Option<Next> {
    let is_opened = order.state == State::Opened
        || (order.state == State::NeedsAttention && order.resume == Some(State::Opened));
    if !is_opened {
        return None;
    }
    order.note_waived = true;
    Some(closing::awaiting(order, cause, now))
}

fn force(mut order: Order, what: What, reason: &str, cause: &str, now: Timestamp) -> Option<Next> {
    let place = if order.state == State::NeedsAttention { order.resume? } else { order.state };
    order.ss.as_ref()?;
    let (reason, items) = (Some(reason.to_owned()), Vec::new());
    let said = Said::Operator;
    let outcome = Outcome { what, said, ss: None, at: now, reason, verified: true, contested: false, items };
    match place {
        State::Opened => {
            order.outcome = Some(outcome);
            order.progressed();
            order.go(State::Opened, cause, now);
            Some(closing::note(order, now))
        }
        State::AwaitingExecution | State::Releasing | State::Cancelling => {
            order.outcome = Some(outcome);
            granted(&mut order);
            Some(closing::awaiting(order, cause, now))
        }
        _ => None,
    }
}

fn close(mut order: Order, state: State, cause: &str, now: Timestamp) -> Option<Next> {
    if order.state.is_terminal() || !state.is_terminal() {
        return None;
    }
    order.progressed();
    order.go(state, cause, now);
    order.skipped = (state == State::Skipped).then_some(Skip::Closed);
    order.payload.forget();
    Some(Next { case: order, effect: None::<Effect> })
}
