//! The order's machine: pure. What has happened to an order and what is done next (mapping §6.1, §7).
//!
//! ```text
//! New ──prepared──▶ Sending ──included──▶ InErp ──posted──▶ (settled; fates come and go)
//!  ▲ ▲                │  │ └──refused──▶ Rejected ──posted──▶ (settled until the seller changes it)
//!  │ └──not done──────┘  └──unclear──▶ Omie is asked: found ─▶ InErp, certainly not there ─▶ New
//!  └── Held (a setting is missing) ◀── prepared, or refused for a reason of ours
//! ```

use std::time::Duration;

use engine::flow::Change;
use jiff::Timestamp;
use maxima::PedidoMaxima;
use omie::NovoPedido;
use serde::{Deserialize, Serialize};

use super::case::{ADOPTED, Critique, Goods, InErp, Order, Post, Sent, Stage, Terms};
use super::fate::{Fate, Posicao, Sighting};
use super::listing::{renewed, shown, told_late};
use super::telling::{post_again, post_in_turn, post_next, posted_as, tell};
use crate::praca::day_in_sao_paulo;
use crate::waiting::pause;

/// An effect lasts no longer than this: whoever finds the case due then knows that its holder is gone. Longer than
/// the time limit of the Lambdas that work on orders.
pub const CLAIM: Duration = Duration::from_mins(3);
/// An include may still be at work at Omie for so long after it left; only then is "not there" the truth. Longer
/// than Omie's redundancy window too, so that two questions are never "the same" (`contracts/omie.md` §3).
pub const SETTLE: Duration = Duration::from_secs(75);
/// How often a held order is looked at without anybody's word: what held it is often a setting that is there now.
pub(super) const HELD: Duration = Duration::from_mins(10);
/// A result that Máxima still asks for so long after it took it is told again.
pub(super) const TOLD: Duration = Duration::from_mins(10);
/// A refused order that is shown so long after its seller was told has been sent again, as it was: what was missing may
/// be there now.
pub(super) const RESENT: Duration = Duration::from_mins(3);

/// What happens to an order.
#[derive(Clone, Debug)]
pub enum Event {
    /// Its time has come.
    Due,
    /// Máxima shows it as not yet answered.
    Listed(Listed),
    /// It was prepared, with nothing sent.
    Prepared(Prepared),
    /// The include was answered, or was not.
    Included(Included),
    /// Omie was asked for it by our key.
    Consulted(Consulted),
    /// Máxima was told something.
    Posted(Post, Posted),
    /// Before a refusal was told once more, Máxima showed that the seller has sent the order again.
    SentAgain(Listed),
    /// Omie says where it stands.
    Seen(Sighting),
    /// An operator decides.
    Told(Word),
}

/// An order as Máxima shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// The order, or why it cannot be read.
    pub pedido: Result<Box<PedidoMaxima>, String>,
    /// Fingerprint of what was shown.
    pub source: String,
}

/// What preparing came to.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// It can be sent.
    Ready {
        /// The request.
        request: Box<NovoPedido>,
        /// Its digest.
        digest: String,
        /// What its goods come to, before and after discounts.
        goods: Goods,
        /// Its customer.
        codigo_cliente: i64,
        /// Something that the seller or operator should know.
        warning: Option<String>,
    },
    /// The seller must change it.
    Refuse(String),
    /// The operator must change something.
    Hold(String),
    /// It is not for Omie.
    Skip(String),
    /// It could not be prepared now: a busy store, a partner that does not answer. Each time it takes longer.
    Wait {
        /// Why.
        why: String,
        /// For how long at least.
        after: Duration,
    },
    /// Its new customer must come first. Each time it takes the same.
    Await {
        /// What of the customer.
        why: String,
        /// For how long.
        after: Duration,
    },
}

/// What became of the include.
#[derive(Clone, Debug)]
pub enum Included {
    /// It is there.
    Done(InErp),
    /// Omie refused it: the seller must change it.
    Refused(String),
    /// Omie refused it: a setting of ours is wrong, or our program.
    Misfit(String),
    /// Omie knows our key already.
    Duplicate {
        /// Its words. When it does not show the order either, they are for the operator, and the same is not sent
        /// again. None where it took the order and said nothing of its number.
        words: Option<String>,
    },
    /// It may have been done: no answer, or one in words we do not know.
    Unclear {
        /// The words. When Omie does not have the order, they are its no: they are for the operator, and the same is
        /// not sent again.
        words: Option<String>,
    },
    /// It was certainly not done.
    NotDone {
        /// Why, in Portuguese.
        why: String,
        /// When another attempt makes sense.
        after: Duration,
    },
}

/// What Omie says to our key.
#[derive(Clone, Debug)]
pub enum Consulted {
    /// It is there.
    Found {
        /// What it is.
        erp: InErp,
        /// What does not fit our order: another customer, another total.
        mismatch: Option<String>,
    },
    /// It is not there.
    NotFound,
    /// Nothing was learnt.
    Unknown {
        /// Why, in Portuguese.
        why: String,
        /// When to ask again.
        after: Duration,
    },
}

/// What Máxima said to being told.
#[derive(Clone, Debug)]
pub enum Posted {
    /// Taken.
    Accepted,
    /// Máxima has seen a message with this number: ours, whose answer was lost, or another one. It goes under a new one.
    NumberTaken,
    /// There is no header to write the position into: the whole history is owed.
    NotThere,
    /// Refused, with its words: the same is not told again.
    Refused(String),
    /// Máxima broke down on it, with these words; they may pass.
    BrokeDown(String),
    /// It was not told: Máxima lacks what it names, a customer for instance, whose row may come yet.
    Lacking(String),
    /// It may have been taken, or was not: to be repeated.
    Unclear {
        /// Why, in Portuguese.
        why: String,
        /// When.
        after: Duration,
    },
}

/// What an operator decides about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Try again now.
    Retry,
    /// It will not go to Omie; the seller reads why.
    Refuse(String),
    /// The order with this id in Omie is this one.
    Adopt(InErp),
}

/// What is done next.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Find the customer and make the request; sends nothing that changes anything.
    Prepare,
    /// `IncluirPedido`.
    Include(Box<NovoPedido>),
    /// `ConsultarPedido` by our key.
    Consult,
    /// Tell Máxima.
    Post(Post),
    /// Tell Máxima of a refusal that it may know already, unless the seller has sent the order again since: the refusal
    /// of what it was would end what it is now, and Máxima would ask for it no more.
    PostAgain(Critique),
}

pub(super) type Next = Change<Order, Effect>;

/// What `event` makes of `order`.
pub fn next(order: &Order, event: &Event, now: Timestamp) -> Option<Next> {
    let order = order.clone();
    match event {
        Event::Due => due(order, now),
        Event::Listed(listed) => shown(order, listed, now),
        Event::Prepared(prepared) => prepared_as(order, prepared, now),
        Event::Included(included) => included_as(order, included, now),
        Event::Consulted(consulted) => consulted_as(order, consulted, now),
        Event::Posted(post, posted) => Some(posted_as(order, post, posted, now)),
        Event::SentAgain(listed) => (order.stage == Stage::Rejected).then(|| renewed(order, listed, now)),
        Event::Seen(sighting) => seen(order, sighting, now),
        Event::Told(word) => told(order, word, now),
    }
}

fn due(order: Order, now: Timestamp) -> Option<Next> {
    match order.stage {
        Stage::New | Stage::Held => Some(claimed(order, Effect::Prepare, now)),
        Stage::Sending => Some(ask(order, now)),
        Stage::Rejected if order.due.is_some() => Some(post_again(order, now)),
        Stage::InErp | Stage::Rejected | Stage::Skipped => order.due.is_some().then(|| post_next(order, now)),
    }
}

fn prepared_as(mut order: Order, prepared: &Prepared, now: Timestamp) -> Option<Next> {
    if !matches!(order.stage, Stage::New | Stage::Held) {
        return None;
    }
    Some(match prepared {
        Prepared::Ready { request, digest, goods, codigo_cliente, warning } => {
            order.codigo_cliente = Some(*codigo_cliente);
            warning.clone_into(&mut order.remark);
            order.attempts = 0;
            let day = Some(request.cabecalho.data_previsao);
            let known = order.refusals.of(digest).or_else(|| order.refusals.of(&Sent::with_day(digest, day)));
            if let Some(known) = known.cloned() {
                let refused = if known.is_setting { hold } else { reject };
                return Some(refused(order, &known.text, now));
            }
            let cause = match warning {
                Some(warning) => format!("enviado ao Omie, com um aviso: {warning}"),
                None => "enviado ao Omie".to_owned(),
            };
            order.go(Stage::Sending, cause, now);
            order.why = None;
            let terms = Some(Terms::of(request));
            order.sent =
                Some(Sent { at: now, digest: digest.clone(), day, goods: *goods, terms, words: None });
            claimed(order, Effect::Include(request.clone()), now)
        }
        Prepared::Refuse(why) => reject(order, why, now),
        Prepared::Hold(why) => hold(order, why, now),
        Prepared::Skip(why) => {
            order.go(Stage::Skipped, why.as_str(), now);
            order.why = Some(why.clone());
            order.due = None;
            Change::to(order)
        }
        Prepared::Wait { why, after } => {
            let stage = order.stage;
            wait(order, stage, why, *after, now)
        }
        Prepared::Await { why, after } => {
            let stage = order.stage;
            order.go(stage, why.as_str(), now);
            (order.why, order.due) = (Some(why.clone()), Some(clock::later(now, *after)));
            Change::to(order)
        }
    })
}

fn included_as(mut order: Order, included: &Included, now: Timestamp) -> Option<Next> {
    if order.stage != Stage::Sending {
        return None;
    }
    let sent = order.sent.as_ref();
    let (digest, day) = sent.map(|sent| (sent.digest.clone(), sent.day)).unwrap_or_default();
    Some(match included {
        Included::Done(erp) => arrived(order, erp, "incluído no Omie", now),
        // Prepared before midnight and refused after it: no fault of the seller's, if that is why.
        Included::Refused(_) if day.is_some_and(|day| day < day_in_sao_paulo(now)) => {
            wait(order, Stage::New, "o dia previsto passou antes de o Omie responder", SETTLE, now)
        }
        Included::Refused(text) => {
            order.refusals.remember(Sent::with_day(&digest, day), text, false);
            reject(order, text, now)
        }
        Included::Misfit(text) => {
            order.refusals.remember(digest, text, true);
            hold(order, text, now)
        }
        Included::Duplicate { words } => {
            if let Some(sent) = &mut order.sent {
                sent.words = words.as_deref().map(already);
            }
            ask(order, now)
        }
        Included::Unclear { words } => {
            if let Some(sent) = &mut order.sent {
                sent.words.clone_from(words);
                // It left when its turn came, which may have been just now.
                sent.at = now;
            }
            let why = words.as_deref().map_or("o Omie não respondeu: será consultado".to_owned(), |words| {
                format!("o Omie respondeu de um modo que não conhecemos e será consultado: {words}")
            });
            wait(order, Stage::Sending, &why, SETTLE, now)
        }
        // Not before the redundancy window is over: the same request within it would be refused unread.
        Included::NotDone { why, after } => match order.newer.take().map(|newer| order.take(&newer)) {
            Some(Err(unreadable)) => reject(order, &unreadable, now),
            Some(Ok(())) | None => wait(order, Stage::New, why, (*after).max(SETTLE), now),
        },
    })
}

fn consulted_as(mut order: Order, consulted: &Consulted, now: Timestamp) -> Option<Next> {
    if order.stage != Stage::Sending {
        return None;
    }
    Some(match consulted {
        Consulted::Found { erp, mismatch: None } => arrived(order, erp, "encontrado no Omie", now),
        Consulted::Found { erp, mismatch: Some(mismatch) } => {
            let why = format!(
                "o Omie já tem, com o código {}, o pedido {} (id {}), que é diferente: {mismatch}. Confira os dois e \
                 decida",
                order.id, erp.numero, erp.codigo_pedido
            );
            // Trying again would only be refused again: only a person can tell the two apart.
            let mut held = hold(order, &why, now);
            held.case.due = None;
            held
        }
        Consulted::NotFound => {
            let settled = order.sent.as_ref().map_or(now, |sent| clock::later(sent.at, SETTLE));
            if now < settled {
                return Some(wait(order, Stage::Sending, "ainda não está no Omie", SETTLE, now));
            }
            if let Some(Sent { digest, words: Some(words), .. }) = &order.sent {
                let (digest, text) = (digest.clone(), words.clone());
                order.refusals.remember(digest, &text, true);
                return Some(hold(order, &text, now));
            }
            if let Some(newer) = order.newer.take() {
                return Some(renewed(order, &newer, now));
            }
            order.attempts = order.attempts.saturating_add(1);
            order.go(Stage::New, "o Omie confirma que não tem o pedido", now);
            claimed(order, Effect::Prepare, now)
        }
        Consulted::Unknown { why, after } => wait(order, Stage::Sending, why, (*after).max(SETTLE), now),
    })
}

/// What Omie says now counts unless we know something later. A stage that nobody has placed leaves the order where it
/// was and warns the operator.
fn seen(mut order: Order, sighting: &Sighting, now: Timestamp) -> Option<Next> {
    let known = order.fate.as_ref().filter(|_| order.stage == Stage::InErp)?;
    let fate = known.after(sighting);
    if fate == *known {
        return None;
    }
    if known.says_the_same_as(&fate) {
        // What is between the two must not be taken for news later, nor what was denied be asked again.
        order.fate = Some(fate);
        return Some(Change::to(order));
    }
    let is_being_told = order.is_being_told(now);
    order.warning = match sighting.posicao {
        Some(_) => None,
        None => Some(format!("{}: informe no de-para a posição desta etapa", sighting.text)),
    };
    order.go(Stage::InErp, fate.text.as_str(), now);
    order.fate = Some(fate);
    order.owed.posicao = true;
    tell(&mut order, now);
    Some(post_in_turn(order, is_being_told, now))
}

fn told(mut order: Order, word: &Word, now: Timestamp) -> Option<Next> {
    Some(match (word, order.stage) {
        (Word::Retry, Stage::New | Stage::Held | Stage::Rejected | Stage::Skipped) => {
            order.refusals.forget();
            if let Some(newer) = order.newer.take() {
                return Some(renewed(order, &newer, now));
            }
            order.attempts = 0;
            order.owed.critique = None;
            order.go(Stage::New, "nova tentativa pedida pelo operador", now);
            claimed(order, Effect::Prepare, now)
        }
        (Word::Retry, Stage::Sending) => ask(order, now),
        (Word::Retry, Stage::InErp) => {
            tell(&mut order, now);
            order.owed.history = true;
            post_next(order, now)
        }
        (Word::Refuse(why), Stage::New | Stage::Held | Stage::Skipped) => reject(order, why, now),
        (Word::Adopt(erp), Stage::Held) => arrived(order, erp, ADOPTED, now),
        _ => return None,
    })
}

/// The order is in Omie: the seller is told, then the history.
fn arrived(mut order: Order, erp: &InErp, cause: &str, now: Timestamp) -> Next {
    order.go(Stage::InErp, cause, now);
    (order.why, order.attempts) = (None, 0);
    order.erp = Some(erp.clone());
    let remark = order.remark.as_ref().map(|remark| format!(" Atenção: {remark}")).unwrap_or_default();
    let text = format!("Pedido importado com sucesso!{remark}");
    order.fate.get_or_insert(Fate { posicao: Posicao::P, text, moment: None, denied: None });
    order.owed.history = true;
    if let Some(newer) = order.newer.take().filter(|newer| order.is_changed_by(newer)) {
        told_late(&mut order, &newer, now);
    } else {
        tell(&mut order, now);
    }
    post_next(order, now)
}

pub(super) fn reject(mut order: Order, why: &str, now: Timestamp) -> Next {
    order.go(Stage::Rejected, why, now);
    order.why = Some(why.to_owned());
    if let Some(newer) = order.newer.take() {
        return renewed(order, &newer, now);
    }
    tell(&mut order, now);
    post_next(order, now)
}

fn hold(mut order: Order, why: &str, now: Timestamp) -> Next {
    order.go(Stage::Held, why, now);
    order.why = Some(why.to_owned());
    if let Some(newer) = order.newer.take() {
        return renewed(order, &newer, now);
    }
    order.due = Some(clock::later(now, HELD));
    Change::to(order)
}

pub(super) fn wait(mut order: Order, stage: Stage, why: &str, after: Duration, now: Timestamp) -> Next {
    order.go(stage, why, now);
    order.why = Some(why.to_owned());
    order.due = Some(clock::later(now, pause(after, order.attempts)));
    order.attempts = order.attempts.saturating_add(1);
    Change::to(order)
}

/// Asks Omie for our key, unless it was asked within the redundancy window: then later.
fn ask(mut order: Order, now: Timestamp) -> Next {
    let allowed = order.asked.map_or(now, |asked| clock::later(asked, SETTLE));
    if now < allowed {
        order.due = Some(allowed);
        return Change::to(order);
    }
    order.asked = Some(now);
    claimed(order, Effect::Consult, now)
}

/// What Omie said of a key that it has already, should it not have it.
pub(crate) fn already(words: &str) -> String {
    format!("o Omie diz que já o tem, e não o mostra: confira lá. {words}")
}

/// The order is ours until the effect must be over.
pub(super) fn claimed(mut order: Order, effect: Effect, now: Timestamp) -> Next {
    order.due = Some(clock::later(now, CLAIM));
    Change::and(order, effect)
}

#[cfg(test)]
mod tests;
