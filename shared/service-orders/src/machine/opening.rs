//! From the event to the SS: T2b–T9.

use engine::flow::Change;
use jiff::Timestamp;

use super::retry::failed;
use super::{
    CALLS, Confirmed, Effect, Found, Next, Opened, Prepared, SCANS_APART, SETTLE, Scanned, again, claimed,
    closing, park, receive, short, skip_order,
};
use crate::record::{Order, Ss};
use crate::state::{Alarm, Reason, Skip, State};

/// T3, or T2b.
pub(super) fn prepared(mut order: Order, prepared: &Prepared, now: Timestamp) -> Next {
    match prepared {
        Prepared::Ready { account, branch } => {
            hydrate(&mut order, *branch);
            order.account = Some(account.clone());
            confirm_or_open(order, now)
        }
        Prepared::Inactive { branch } => {
            hydrate(&mut order, *branch);
            // Switched off while its SS was being opened: it finishes normally (flow §6). Where every call was refused
            // before it did anything, there is nothing to finish.
            if order.account.is_some() && order.opening.calls > 0 {
                return confirm_or_open(order, now);
            }
            skip_order(&mut order, Skip::BranchInactive, now);
            Change::to(order)
        }
        Prepared::Parked(reason, why) => park(order, *reason, why, State::Received, now),
        Prepared::Failed(failure) => failed(order, failure, State::Received, now),
    }
}

fn hydrate(order: &mut Order, branch: Option<(i64, i64)>) {
    if let Some((company, branch)) = branch {
        (order.content.company, order.content.branch) = (Some(company), Some(branch));
    }
}

/// Where somebody has named an SS of this order before we have asked for one, there must not be a second.
fn confirm_or_open(order: Order, now: Timestamp) -> Next {
    match order.opening.hint.clone() {
        Some(number) => claimed(order, Effect::Confirm(number), now),
        None => open(order, now),
    }
}

/// T3: the intention is durable before the call leaves.
fn open(mut order: Order, now: Timestamp) -> Next {
    order.go(State::Opening, "abertura da SS pedida ao Sismetro", now);
    order.opening.calls += 1;
    order.opening.at = Some(now);
    order.opening.unlooked();
    claimed(order, Effect::Open, now)
}

pub(super) fn opened(mut order: Order, opened: &Opened, now: Timestamp) -> Next {
    match opened {
        // It does not open another for the order: that one is over, and what became of it would happen again.
        Opened::Done(found) if order.past.iter().any(|past| past.number == found.number) => {
            order.opening.calls = order.opening.calls.saturating_sub(1);
            let why = format!("o Sismetro devolve a SS {}, de uma abertura anterior", found.number);
            park(order, Reason::OpenRefused, &why, State::Received, now)
        }
        Opened::Done(found) => has_ss(order, found, "SS aberta", now),
        Opened::Ambiguous(why) => doubtful(order, why, now),
        Opened::Refused(text) => {
            order.opening.calls = order.opening.calls.saturating_sub(1);
            park(order, Reason::OpenRefused, text, State::Received, now)
        }
        // T5, or T9 where the credentials are refused.
        Opened::NotDone(failure) => {
            order.opening.calls = order.opening.calls.saturating_sub(1);
            failed(order, failure, State::Received, now)
        }
    }
}

/// T6.
pub(super) fn doubtful(mut order: Order, why: &str, now: Timestamp) -> Next {
    order.go(State::OpenUnknown, format!("não se sabe se a SS foi aberta: {why}"), now);
    order.last_error = Some(short(why));
    again(order, SETTLE, now)
}

/// The doubt is resolved by asking, never by opening again.
pub(super) fn resolve(order: Order, now: Timestamp) -> Next {
    match order.opening.hint.clone() {
        Some(number) => claimed(order, Effect::Confirm(number), now),
        None => claimed(order, Effect::Scan, now),
    }
}

pub(super) fn scanned(mut order: Order, scanned: &Scanned, now: Timestamp) -> Next {
    if !matches!(scanned, Scanned::Failed(_)) {
        order.opening.scan = None;
    }
    match scanned {
        Scanned::Found(found) => has_ss(order, found, "SS encontrada na lista do Sismetro", now),
        Scanned::Several(number) => {
            let why = match number {
                1 => "uma SS pode ser deste pedido ou de outro do mesmo equipamento".to_owned(),
                several => format!("{several} SS podem ser deste pedido"),
            };
            park(order, Reason::OpenAmbiguous, &why, State::OpenUnknown, now)
        }
        Scanned::Off => {
            let why = "a busca na lista do Sismetro está desligada";
            park(order, Reason::OpenAmbiguous, why, State::OpenUnknown, now)
        }
        Scanned::Failed(failure) => failed(order, failure, State::OpenUnknown, now),
        Scanned::Part(scan, failure) => {
            order.opening.scan = Some(scan.clone());
            failed(order, failure, State::OpenUnknown, now)
        }
        Scanned::Nothing { resend } => {
            order.opening.empty_scans += 1;
            order.progressed();
            if order.opening.empty_scans < 2 {
                order.note("nenhuma SS deste pedido na lista do Sismetro", now);
                return again(order, SCANS_APART, now);
            }
            if *resend && order.opening.calls < CALLS {
                return resent(order, now);
            }
            let why = "nenhuma SS deste pedido na lista do Sismetro";
            park(order, Reason::OpenAmbiguous, why, State::OpenUnknown, now)
        }
    }
}

/// T8. The call stays counted: there is no third.
fn resent(mut order: Order, now: Timestamp) -> Next {
    receive(&mut order, "nenhuma SS deste pedido no Sismetro: será enviado mais uma vez", now);
    Change::to(order)
}

/// T7b, where the number is confirmed.
pub(super) fn confirmed(mut order: Order, confirmed: &Confirmed, now: Timestamp) -> Next {
    match confirmed {
        Confirmed::Yes(found) => has_ss(order, found, "SS informada pelo Sismetro e confirmada", now),
        Confirmed::No => {
            let number = order.opening.hint.take().unwrap_or_default();
            order.note(format!("o Sismetro não tem a SS {} que o aviso informou", short(&number)), now);
            match order.state {
                State::Received => claimed(order, Effect::Prepare, now),
                _ => again(order, std::time::Duration::ZERO, now),
            }
        }
        Confirmed::Failed(failure) => {
            let state = order.state;
            failed(order, failure, state, now)
        }
    }
}

/// T4, T7, T7b: the SS is known, and from here on there is never another call for it.
pub(super) fn has_ss(mut order: Order, found: &Found, cause: &str, now: Timestamp) -> Next {
    adopt(&mut order, found, cause, now);
    closing::note(order, now)
}

pub(super) fn adopt(order: &mut Order, found: &Found, cause: &str, now: Timestamp) {
    order.go(State::Opened, format!("{cause}: {}", found.number), now);
    order.progressed();
    let Found { number, link, unsure, mismatch } = found.clone();
    // What was said of another SS says nothing of this one.
    order.outcome = order.outcome.take().filter(|said| said.is_about(&number));
    order.ss = Some(Ss { number, sought: link.is_some() && !unsure, link, opened: now });
    (order.opening.hint, order.opening.scan) = (None, None);
    if mismatch {
        order.alarms.insert(Alarm::SsNumberMismatch);
    }
}
