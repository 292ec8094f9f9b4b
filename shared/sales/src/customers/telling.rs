//! What Máxima is told of a customer, and the row of `Clientes`: pure, a part of the machine.

use engine::flow::Change;
use jiff::Timestamp;

use super::case::{Answer, Customer, Link, Question, Stage};
use super::machine::{Effect, HELD, Next, Posted, Rowed, ask, claimed, renewed, wait};
use crate::orders::machine::SETTLE;
use crate::waiting::TOLD_IN_VAIN;

/// So often the row of `Clientes` is tried; then it is the catalogue's.
const ROW_ATTEMPTS: u32 = 3;

/// The customer is in Omie as the seller wants it: they are told, then the row is brought.
pub(super) fn arrived(mut case: Customer, text: &str, now: Timestamp) -> Next {
    case.go(Stage::InErp, text, now);
    (case.why, case.attempts, case.sent) = (None, 0, None);
    case.owed.row = true;
    if let Some(newer) = case.newer.take() {
        return renewed(case, newer, now);
    }
    tell(&mut case, false, text);
    post_next(case, now)
}

/// The customer stays out, and the seller reads why.
pub(super) fn reject(mut case: Customer, why: &str, now: Timestamp) -> Next {
    case.go(Stage::Rejected, why, now);
    (case.why, case.sent) = (Some(why.to_owned()), None);
    if let Some(newer) = case.newer.take() {
        return renewed(case, newer, now);
    }
    tell(&mut case, true, why);
    post_next(case, now)
}

fn tell(case: &mut Customer, is_error: bool, text: &str) {
    let answer = Answer { is_error, text: text.to_owned() };
    (case.owed.refused, case.owed.in_vain, case.owed.last) = (None, 0, Some(answer.clone()));
    case.owed.answer = Some(answer);
}

pub(super) fn posted_as(mut case: Customer, answer: &Answer, posted: &Posted, now: Timestamp) -> Next {
    let stage = case.stage;
    match posted {
        Posted::Accepted => {
            // A newer one may have taken its place meanwhile: that one is still owed.
            case.owed.answer.take_if(|owed| owed == answer);
            (case.owed.refused, case.owed.in_vain) = (None, 0);
            (case.owed.told, case.attempts) = (Some(now), 0);
            post_next(case, now)
        }
        Posted::Refused(text) | Posted::BrokeDown(text) => {
            let may_pass = matches!(posted, Posted::BrokeDown(_));
            case.owed.refused = Some(text.clone());
            case.owed.in_vain = if may_pass { case.owed.in_vain.saturating_add(1) } else { TOLD_IN_VAIN };
            post_next(case, now)
        }
        // Orders wait for the row's reading, not for Máxima's answer.
        Posted::Unclear { .. } if case.owed.row && case.seen.is_none() => match case.codigo {
            Some(codigo) => ask(case, Question::Row(codigo), None, now),
            None => post_next(case, now),
        },
        Posted::Unclear { why, after } => wait(case, stage, why, *after, now),
    }
}

pub(super) fn rowed_as(mut case: Customer, codigo: i64, rowed: &Rowed, now: Timestamp) -> Next {
    case.note_asked(&Question::Row(codigo), now);
    let stage = case.stage;
    if !matches!(rowed, Rowed::Unread { .. }) {
        case.seen = Some(now);
    }
    match rowed {
        Rowed::Done => {
            (case.owed.row, case.attempts) = (false, 0);
            post_next(case, now)
        }
        Rowed::Left(why) => left(case, why, now),
        Rowed::Unwritten { why, .. } if case.attempts >= ROW_ATTEMPTS => left(case, why, now),
        Rowed::Unread { why, after } | Rowed::Unwritten { why, after } => {
            wait(case, stage, why, (*after).max(SETTLE), now)
        }
    }
}

/// The row is the catalogue's: its own run brings it, or shows why it cannot.
fn left(mut case: Customer, why: &str, now: Timestamp) -> Next {
    case.owed.row = false;
    case.warning = Some(format!("a linha de Clientes fica para a sincronização: {why}"));
    post_next(case, now)
}

pub(super) fn post_next(mut case: Customer, now: Timestamp) -> Next {
    if let Some(answer) = case.owed.answer.clone().filter(|_| case.owed.refused.is_none()) {
        return claimed(case, Effect::Post(answer), now);
    }
    if let Some(codigo) = case.codigo.filter(|_| case.owed.row) {
        return ask(case, Question::Row(codigo), None, now);
    }
    if let Some(text) = case.owed.refused.clone().filter(|_| case.owed.answer.is_some()) {
        let (stage, is_given_up) = (case.stage, case.owed.in_vain >= TOLD_IN_VAIN);
        let mut waits = wait(case, stage, &format!("a Máxima recusou o retorno: {text}"), HELD, now);
        waits.case.due = waits.case.due.filter(|_| !is_given_up);
        return waits;
    }
    if case.stage == Stage::InErp {
        case.why = None;
    }
    case.due = None;
    Change::to(case)
}

impl Link {
    /// The result of a link, for the seller (mapping §8).
    pub(super) fn text(self, codigo: i64) -> String {
        let inactive = if self.inactive { ". Está inativo no Omie" } else { "" };
        format!("Cliente já existia, vinculado ao código {codigo}{inactive}")
    }
}
