//! What Máxima is told of an order: pure, a part of the machine.

use engine::flow::Change;
use jiff::Timestamp;

use super::case::{Critique, Order, Post, Stage};
use super::machine::{Effect, HELD, Next, Posted, claimed, wait};
use crate::praca::in_sao_paulo;

pub(super) fn posted_as(mut order: Order, post: &Post, posted: &Posted, now: Timestamp) -> Next {
    match posted {
        Posted::Accepted => {
            order.owed.settle(post, now);
            order.attempts = 0;
            post_next(order, now)
        }
        Posted::NumberTaken => {
            tell(&mut order, now);
            post_next(order, now)
        }
        Posted::NotThere => {
            order.owed.history = true;
            post_next(order, now)
        }
        Posted::Refused(text) => {
            order.owed.refused = Some(text.clone());
            order.owed.in_vain = order.owed.in_vain.saturating_add(1);
            let (stage, is_given_up) = (order.stage, order.owed.is_given_up());
            let mut waits = wait(order, stage, &format!("a Máxima recusou o retorno: {text}"), HELD, now);
            waits.case.due = waits.case.due.filter(|_| !is_given_up);
            waits
        }
        Posted::Unclear { why, after } => {
            let stage = order.stage;
            wait(order, stage, why, *after, now)
        }
    }
}

/// Owes the seller the state of the order as it is now, under a new number.
pub(super) fn tell(order: &mut Order, now: Timestamp) {
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
        text: match fate {
            Some(fate) => fate.text.clone(),
            None => order.why.clone().unwrap_or_default(),
        },
    });
}

pub(super) fn post_next(mut order: Order, now: Timestamp) -> Next {
    if let Some(post) = order.owed.next() {
        return claimed(order, Effect::Post(post), now);
    }
    order.due = None;
    Change::to(order)
}
