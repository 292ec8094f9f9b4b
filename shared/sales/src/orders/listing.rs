//! What Máxima's listing makes of an order: pure, a part of the machine.

use engine::flow::Change;
use jiff::Timestamp;

use super::case::{Order, Stage};
use super::machine::{CLAIM, Effect, Listed, Next, RESENT, TOLD, claimed, reject};
use super::telling::{post_in_turn, post_next, tell, tell_that};

/// Máxima asks for an answer. It may have one on the way, it may have lost one, or the seller has changed the order.
pub(super) fn shown(mut order: Order, listed: &Listed, now: Timestamp) -> Option<Next> {
    let is_changed = order.source != listed.source;
    let was_told = |ago| order.owed.told.is_some_and(|told| clock::later(told, ago) <= now);
    let (was_told_long_ago, is_resent) = (was_told(TOLD), was_told(RESENT));
    match order.stage {
        Stage::New | Stage::Held | Stage::Skipped if is_changed => Some(renewed(order, listed, now)),
        Stage::Rejected if is_changed || (is_resent && order.owed.critique.is_none()) => {
            if !order.is_being_told(now) {
                return Some(renewed(order, listed, now));
            }
            // Whoever is at telling the refusal would end with it what the seller has made of the order.
            (order.newer.as_ref() != Some(listed)).then(|| {
                order.newer = Some(listed.clone());
                order.due = order.due.map(|due| due.min(clock::later(now, CLAIM)));
                Change::to(order)
            })
        }
        Stage::InErp if order.is_changed_by(listed) => {
            let is_being_told = order.is_being_told(now);
            told_late(&mut order, listed, now);
            Some(post_in_turn(order, is_being_told, now))
        }
        Stage::InErp if order.owed.critique.is_none() && was_told_long_ago => {
            tell(&mut order, now);
            Some(post_next(order, now))
        }
        // What left may be the order as it was: that is settled first, and this has its turn then.
        Stage::Sending => {
            let newer = is_changed.then(|| listed.clone());
            (newer != order.newer).then(|| {
                order.newer = newer;
                Change::to(order)
            })
        }
        _ => None,
    }
}

/// What the seller changes or cancels once the order is in Omie, Omie does not hear: the seller and the operator must.
pub(super) fn told_late(order: &mut Order, listed: &Listed, now: Timestamp) {
    listed.source.clone_into(&mut order.source);
    let is_cancelled = listed.pedido.as_ref().is_ok_and(|pedido| pedido.cancelado);
    let what = if is_cancelled { "O cancelamento" } else { "A alteração" };
    let number = order.erp.as_ref().map(|erp| format!(" {}", erp.numero)).unwrap_or_default();
    let text = format!(
        "{what} chegou depois da inclusão no Omie: lá vale o pedido{number} como foi incluído. Fale com \
         o faturamento"
    );
    order.go(Stage::InErp, text.as_str(), now);
    order.remark = Some(text.clone());
    tell_that(order, text, now);
}

/// The order as it is now takes the place of the one we had.
pub(super) fn renewed(mut order: Order, listed: &Listed, now: Timestamp) -> Next {
    order.owed.critique = None;
    if let Err(why) = order.take(listed) {
        return reject(order, &why, now);
    }
    order.go(Stage::New, "reenviado pelo vendedor", now);
    claimed(order, Effect::Prepare, now)
}

impl Order {
    /// Whether the seller has made another order of it. The same order may be shown in other words.
    pub(super) fn is_changed_by(&self, listed: &Listed) -> bool {
        // In Omie already, and unreadable: it may be the same as ever.
        let Ok(pedido) = &listed.pedido else { return false };
        self.source != listed.source && self.pedido.as_ref() != Some(pedido)
    }

    /// Whether somebody is at telling Máxima something.
    pub(super) fn is_being_told(&self, now: Timestamp) -> bool {
        self.owed.next().is_some() && self.due.is_some_and(|due| due > now)
    }

    /// Takes what is shown in the place of what we had; else why it cannot be read.
    pub(super) fn take(&mut self, listed: &Listed) -> Result<(), String> {
        listed.source.clone_into(&mut self.source);
        (self.attempts, self.newer) = (0, None);
        match &listed.pedido {
            Ok(pedido) => self.pedido = Some((**pedido).clone()),
            Err(why) => return Err(format!("Pedido ilegível: {why}")),
        }
        Ok(())
    }
}
