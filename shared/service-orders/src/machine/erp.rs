//! What the ERP says: its events that meet an order we know, how the order stands, and what it makes of our calls
//! (T12, T14, T18).

use std::cmp::Ordering;

use engine::flow::Change;
use jiff::Timestamp;

use super::retry::failed;
use super::{
    Answer, Arrival, CALLS, Effect, Gate, Next, Stands, Telling, UNCLEAR, again, claimed, park, receive,
    short, skip_order,
};
use crate::content::{Content, Payload};
use crate::record::{Call, Order};
use crate::state::{Alarm, Reason, Skip, State};

/// What an event is to an order we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    /// The one that counts, once more.
    Same,
    /// Another has come since, or happened since.
    Past,
    /// Another one, the newest.
    New,
}

/// Deliveries come more than once and in any order (`contracts/senior-x.md` §7.2). An event that has come before is a
/// repetition (flow §4), also where another has taken its place since. An order that is closed once more with what an
/// earlier event said tells so by an id of its own, which is in the digest, or by a later time. Where the ERP writes
/// neither, nobody can tell it from a repetition, and it counts as one: an order that waits in the ERP all the same is
/// found by the look for lost events, and an operator may replay the delivery.
fn age(order: &Order, arrival: &Arrival) -> Age {
    let Payload { digest, occurred, .. } = &arrival.payload;
    if *digest == order.payload.digest {
        return Age::Same;
    }
    let is_known = match arrival.told {
        Telling::Replayed => return Age::New,
        Telling::Again => return Age::Past,
        Telling::First => order.has_heard(digest),
    };
    let placed = order.newest().zip(*occurred).map(|(newest, occurred)| occurred.cmp(&newest));
    match (placed, is_known) {
        (Some(Ordering::Less), _) | (Some(Ordering::Equal) | None, true) => Age::Past,
        (Some(Ordering::Greater), _) | (Some(Ordering::Equal) | None, false) => Age::New,
    }
}

/// The event is only remembered. While an effect is under way nothing is written, because its answer would be lost:
/// the delivery is known then.
fn only_heard(mut order: Order, arrival: &Arrival, now: Timestamp) -> Option<Next> {
    if order.is_busy(now) || order.has_heard(&arrival.payload.digest) {
        return None;
    }
    order.hear(&arrival.payload);
    Some(Change::to(order))
}

/// An event that meets an order we know (flow §4, §15.10).
pub(super) fn arrived(mut order: Order, arrival: &Arrival, now: Timestamp) -> Option<Next> {
    let is_other = match age(&order, arrival) {
        Age::Past => return only_heard(order, arrival, now),
        age => age == Age::New,
    };
    match (order.state, order.skipped) {
        // Also the same event: a branch was switched on, or the map corrected, since (flow §7).
        (State::Skipped, Some(known @ (Skip::BranchInactive | Skip::NoEquipment))) => match arrival.gate {
            Gate::Wanted => {
                let cause = match known {
                    Skip::NoEquipment => "o evento traz um equipamento",
                    _ => "a filial está ativa e o evento se repetiu",
                };
                renew(&mut order, arrival);
                receive(&mut order, cause, now);
            }
            Gate::Unwanted(skip) if is_other || skip != known => {
                renew(&mut order, arrival);
                skip_order(&mut order, skip, now);
            }
            Gate::Unwanted(_) => return None,
        },
        (State::NeedsAttention, _) => return parked(order, arrival, is_other, now),
        _ if !is_other => return None,
        // Whoever is looking the branch up comes too late; it only reads.
        (State::Received, _) => {
            replace(&mut order, arrival);
            match arrival.gate {
                Gate::Unwanted(Skip::NoEquipment) => skip_order(&mut order, Skip::NoEquipment, now),
                Gate::Wanted | Gate::Unwanted(_) => {
                    order.note("substituído por um evento mais novo", now);
                    order.busy = None;
                    order.due = Some(now);
                }
            }
        }
        (State::Cancelled, _) => {
            renew(&mut order, arrival);
            return Some(park(order, Reason::ReopenedAfterCancel, "", State::Cancelled, now));
        }
        // It waits in the ERP again; a person may let it begin.
        (State::Skipped, Some(Skip::Closed)) => {
            let is_wanted = arrival.gate != Gate::Unwanted(Skip::NoEquipment);
            if is_wanted {
                renew(&mut order, arrival);
            } else {
                order.hear(&arrival.payload);
            }
            if !order.alarms.insert(Alarm::LateConflictingOutcome) && !is_wanted {
                return Some(Change::to(order));
            }
            order.note("o pedido foi fechado de novo no ERP depois de encerrado: nada foi feito", now);
        }
        // No change (flow §4): but closed again it waits in the ERP, and nothing here will release it.
        (State::Released, _) if order.alarms.insert(Alarm::LateConflictingOutcome) => {
            order.hear(&arrival.payload);
            order.note("o pedido foi fechado de novo no ERP depois de liberado: nada foi feito", now);
        }
        _ => return only_heard(order, arrival, now),
    }
    Some(Change::to(order))
}

/// The order is parked. One for which no SS was asked yet takes the newer data, for when a person lets it go on;
/// whatever else comes is noted (flow §4, §15.10).
fn parked(mut order: Order, arrival: &Arrival, is_other: bool, now: Timestamp) -> Option<Next> {
    let is_reopened = order.attention == Some(Reason::ReopenedAfterCancel);
    let takes = is_reopened || order.resume == Some(State::Received) && order.is_unopened();
    // The same event says something else once the map is corrected, or brings back the body that was lost.
    let is_lost = order.attention == Some(Reason::PayloadLost) || !order.payload.is_there();
    let is_without = order.skipped == Some(Skip::NoEquipment);
    let turns = is_without != (arrival.gate == Gate::Unwanted(Skip::NoEquipment));
    if takes && (is_other || is_lost || turns || !order.content.says(&arrival.content)) {
        replace(&mut order, arrival);
        order.skipped = match arrival.gate {
            Gate::Unwanted(Skip::NoEquipment) => Some(Skip::NoEquipment),
            Gate::Wanted | Gate::Unwanted(_) => None,
        };
        let cause = match order.skipped {
            None => "o Senior X enviou outro evento deste pedido: é o que vale quando for retomado",
            Some(_) => "o Senior X diz que o pedido não tem mais equipamento: retomado, sai da integração",
        };
        order.note(cause, now);
    } else if is_other {
        order.hear(&arrival.payload);
        order.note("o Senior X enviou outro evento deste pedido", now);
    } else {
        return None;
    }
    Some(Change::to(order))
}

/// Another event in the place of one of which nothing came: it may be of another branch.
fn replace(order: &mut Order, arrival: &Arrival) {
    renew(order, arrival);
    if order.is_unopened() {
        order.account = None;
        order.opening.at = None;
        order.opening.unlooked();
    }
}

fn renew(order: &mut Order, arrival: &Arrival) {
    if order.payload.digest != arrival.payload.digest {
        let past = order.payload.clone();
        order.hear(&past);
        order.heard.retain(|heard| heard.digest != arrival.payload.digest);
    }
    order.payload = arrival.payload.clone();
    reread(order, &arrival.content);
}

/// What the event says, as it is understood now.
pub(super) fn reread(order: &mut Order, content: &Content) {
    order.content = content.clone();
    order.alarms.remove(&Alarm::EquipmentBoth);
    order.alarms.remove(&Alarm::EquipmentUnrecognised);
    order.alarms.extend(order.content.alarms());
}

/// The guard of the release: it is called only for an order that waits (`contracts/senior-x.md` §10.5).
pub(super) fn stands_for_release(mut order: Order, stands: &Stands, now: Timestamp) -> Next {
    match stands {
        Stands::Billable | Stands::Billed => {
            finish(order, State::Released, "o pedido já está liberado no ERP", now)
        }
        Stands::Cancelled => park(order, Reason::ErpCancelled, "", State::Releasing, now),
        Stands::Missing => park(order, Reason::OrderNotFound, "", State::Releasing, now),
        Stands::Otherwise(words) => park(order, Reason::UnexpectedSituation, words, State::Releasing, now),
        Stands::Failed(failure) => failed(order, failure, State::Releasing, now),
        Stands::Waiting | Stands::Unread => {
            if let Some(text) = order.release.refused.take() {
                return park(order, Reason::ReleaseRefused, &text, State::Releasing, now);
            }
            if !order.release.may(CALLS) {
                return park(order, Reason::ReleaseUnclear, "", State::Releasing, now);
            }
            order.release.sent += 1;
            order.note("liberação pedida ao Senior X", now);
            claimed(order, Effect::Release, now)
        }
    }
}

/// T12.
pub(super) fn released(mut order: Order, answer: &Answer, now: Timestamp) -> Next {
    match answer {
        Answer::Done { .. } | Answer::Refused { already: true, .. } => {
            finish(order, State::Released, "liberado para faturamento", now)
        }
        Answer::Refused { text, .. } | Answer::Waiting { text, .. } => {
            // It may have been released by somebody else in between: how it stands decides.
            order.release.refused = Some(short(text));
            claimed(order, Effect::Guard, now)
        }
        Answer::Unclear(why) => unclear(order, why, now),
        Answer::NotDone(failure) => {
            not_done(&mut order.release);
            failed(order, failure, State::Releasing, now)
        }
    }
}

/// The guard of the cancellation.
pub(super) fn stands_for_cancel(mut order: Order, stands: &Stands, now: Timestamp) -> Next {
    let may_be_released = order.release.sent > 0;
    match stands {
        Stands::Cancelled => finish(order, State::Cancelled, "o pedido está cancelado no ERP", now),
        // Our release had succeeded when the opposite was said: the order has its end.
        Stands::Billable | Stands::Billed if may_be_released => {
            order.alarms.insert(Alarm::LateConflictingOutcome);
            finish(order, State::Released, "o pedido já havia sido liberado no ERP", now)
        }
        Stands::Unread if may_be_released => park(order, Reason::ReleaseUnclear, "", State::Cancelling, now),
        Stands::Billed => park(order, Reason::BilledBeforeCancel, "", State::Cancelling, now),
        Stands::Missing => park(order, Reason::OrderNotFound, "", State::Cancelling, now),
        Stands::Failed(failure) => failed(order, failure, State::Cancelling, now),
        Stands::Billable | Stands::Waiting | Stands::Otherwise(_) | Stands::Unread => {
            if *stands == Stands::Billable && order.lift.sent > 0 {
                order.lift.done = true;
            }
            match order.lift.refused.take().filter(|_| !order.lift.done) {
                None => cancel(order, now),
                Some(_) if matches!(stands, Stands::Waiting | Stands::Unread) => lift(order, now),
                // It does not wait, as far as we can see: to release it is not what lets it be cancelled.
                Some(text) => park(order, Reason::CancelRefusedWaiting, &text, State::Cancelling, now),
            }
        }
    }
}

fn cancel(mut order: Order, now: Timestamp) -> Next {
    if std::mem::take(&mut order.cancel.done) {
        // The ERP has said yes and does not show it yet.
        return again(order, UNCLEAR, now);
    }
    if let Some(text) = order.cancel.refused.take() {
        return park(order, Reason::CancelRefused, &text, State::Cancelling, now);
    }
    if !order.cancel.may(CALLS) {
        return park(order, Reason::CancelUnclear, "", State::Cancelling, now);
    }
    order.cancel.sent += 1;
    order.note("cancelamento pedido ao Senior X", now);
    claimed(order, Effect::Cancel, now)
}

/// T14.
pub(super) fn cancelled(mut order: Order, answer: &Answer, now: Timestamp) -> Next {
    match answer {
        Answer::Done { readable: false } | Answer::Refused { already: true, .. } => {
            finish(order, State::Cancelled, "cancelado no ERP", now)
        }
        Answer::Done { readable: true } => {
            // A yes may hide a no (`contracts/senior-x.md` §10.7).
            order.cancel.done = true;
            claimed(order, Effect::Guard, now)
        }
        Answer::Waiting { text, lift } => refused_waiting(order, text, *lift, now),
        Answer::Refused { text, .. } => {
            order.cancel.refused = Some(short(text));
            claimed(order, Effect::Guard, now)
        }
        Answer::Unclear(why) => unclear(order, why, now),
        Answer::NotDone(failure) => {
            not_done(&mut order.cancel);
            failed(order, failure, State::Cancelling, now)
        }
    }
}

fn refused_waiting(mut order: Order, text: &str, lift: bool, now: Timestamp) -> Next {
    // A no is an answer: the call was not carried out.
    not_done(&mut order.cancel);
    if !lift || order.lift.done || !order.lift.may(CALLS) {
        return park(order, Reason::CancelRefusedWaiting, text, State::Cancelling, now);
    }
    // It may have been moved since it was read: only an order that waits is released.
    order.lift.refused = Some(short(text));
    claimed(order, Effect::Guard, now)
}

fn lift(mut order: Order, now: Timestamp) -> Next {
    order.lift.sent += 1;
    order.note("o ERP não cancela enquanto aguarda: será liberado e logo cancelado", now);
    claimed(order, Effect::Lift, now)
}

/// `release_then_cancel`: the cancellation follows at once, so that nobody bills in between.
pub(super) fn lifted(mut order: Order, answer: &Answer, now: Timestamp) -> Next {
    match answer {
        Answer::Done { .. } | Answer::Refused { already: true, .. } => {
            order.lift.done = true;
            cancel(order, now)
        }
        Answer::Refused { text, .. } | Answer::Waiting { text, .. } => {
            let text = text.clone();
            park(order, Reason::CancelRefusedWaiting, &text, State::Cancelling, now)
        }
        Answer::Unclear(why) => unclear(order, why, now),
        Answer::NotDone(failure) => {
            not_done(&mut order.lift);
            failed(order, failure, State::Cancelling, now)
        }
    }
}

/// Asked after a minute, which is longer than the call can last.
fn unclear(mut order: Order, why: &str, now: Timestamp) -> Next {
    order.last_error = Some(short(why));
    order.note(format!("não se sabe se foi feito: {why}"), now);
    again(order, UNCLEAR, now)
}

/// The call was certainly not carried out.
fn not_done(call: &mut Call) {
    call.sent = call.sent.saturating_sub(1);
}

fn finish(mut order: Order, state: State, cause: &str, now: Timestamp) -> Next {
    order.go(state, cause, now);
    order.progressed();
    match state {
        State::Released => order.release.done = true,
        _ => order.cancel.done = true,
    }
    // It is not relayed again; the delivery keeps it for a while.
    order.payload.forget();
    Change::to(order)
}
