//! What Máxima is told of an order: pure, a part of the machine.

use engine::flow::Change;
use jiff::Timestamp;

use super::case::{Critique, Order, Post, Stage};
use super::listing::renewed;
use super::machine::{CLAIM, Effect, HELD, Next, Posted, claimed, wait};
use crate::praca::in_sao_paulo;
use crate::waiting::TOLD_IN_VAIN;

/// So many numbers of critiques may be taken by messages of ours whose answers were lost.
const NUMBERS: u32 = 3;

pub(super) fn posted_as(mut order: Order, post: &Post, posted: &Posted, now: Timestamp) -> Next {
    match posted {
        Posted::Accepted => {
            order.owed.settle(post, now);
            order.attempts = 0;
            post_next(order, now)
        }
        Posted::NumberTaken => {
            let in_vain = order.owed.in_vain.saturating_add(1);
            tell(&mut order, now);
            order.owed.in_vain = in_vain;
            if in_vain < NUMBERS {
                return post_next(order, now);
            }
            // So many numbers are not taken by chance: it says no in other words.
            refused(order, "já existe uma crítica com este número", now)
        }
        Posted::NotThere => {
            order.owed.history = true;
            post_next(order, now)
        }
        Posted::BrokeDown(text) | Posted::Lacking(text) => {
            order.owed.in_vain = order.owed.in_vain.saturating_add(1);
            refused(order, text, now)
        }
        Posted::Refused(text) => {
            // A header names rows that may come yet: before it goes again, Máxima is asked for them. Nothing else can
            // have changed by itself.
            let may_change = *post == Post::History && order.owed.refused.is_none();
            order.owed.in_vain = if may_change { 1 } else { TOLD_IN_VAIN };
            refused(order, text, now)
        }
        Posted::Unclear { why, after } => {
            let stage = order.stage;
            wait(order, stage, why, *after, now)
        }
    }
}

/// Tried again later, until only a person can say how it goes on.
fn refused(mut order: Order, text: &str, now: Timestamp) -> Next {
    order.owed.refused = Some(text.to_owned());
    let (stage, is_given_up) = (order.stage, order.owed.is_given_up());
    let mut waits = wait(order, stage, &format!("a Máxima recusou o retorno: {text}"), HELD, now);
    waits.case.due = waits.case.due.filter(|_| !is_given_up);
    waits
}

/// Owes the seller the state of the order as it is now, under a new number.
pub(super) fn tell(order: &mut Order, now: Timestamp) {
    let fate = order.fate.as_ref().filter(|_| order.stage == Stage::InErp);
    let text = match fate {
        Some(fate) => fate.text.clone(),
        None => order.why.clone().unwrap_or_default(),
    };
    // That a change came too late, say: still owed, it would be lost with the message that this one takes the place of.
    let owed = order.owed.critique.as_ref().map_or("", |owed| owed.text.as_str());
    let is_owed = |remark: &&String| owed.contains(remark.as_str()) && !text.contains(remark.as_str());
    let text = match order.remark.as_ref().filter(is_owed) {
        Some(remark) => format!("{text} Atenção: {remark}"),
        None => text,
    };
    tell_that(order, text, now);
}

/// Owes the seller these words about the order as it is now.
pub(super) fn tell_that(order: &mut Order, text: String, now: Timestamp) {
    let data = in_sao_paulo(now);
    let numcritica = maxima::numcritica(data, order.numcritica);
    order.numcritica = Some(numcritica);
    let fate = order.fate.as_ref().filter(|_| order.stage == Stage::InErp);
    (order.owed.refused, order.owed.in_vain) = (None, 0);
    order.owed.critique = Some(Critique {
        numcritica,
        data,
        is_error: fate.is_none(),
        posicao: fate.map(|fate| fate.posicao),
        text,
    });
}

/// Tells what is owed of a refused order, and may have been told.
pub(super) fn post_again(order: Order, now: Timestamp) -> Next {
    match order.owed.next() {
        Some(Post::Status(critique)) if order.newer.is_none() => {
            claimed(order, Effect::PostAgain(critique), now)
        }
        _ => post_next(order, now),
    }
}

pub(super) fn post_next(mut order: Order, now: Timestamp) -> Next {
    if order.stage == Stage::Rejected
        && let Some(newer) = order.newer.take()
    {
        return renewed(order, &newer, now);
    }
    if let Some(post) = order.owed.next() {
        return claimed(order, Effect::Post(post), now);
    }
    order.due = None;
    Change::to(order)
}

/// Tells what is owed, after whoever is at telling something: they would come after us with what is older.
pub(super) fn post_in_turn(mut order: Order, is_being_told: bool, now: Timestamp) -> Next {
    if is_being_told {
        order.due = order.due.map(|due| due.min(clock::later(now, CLAIM)));
        return Change::to(order);
    }
    post_next(order, now)
}
