//! The customer's machine: pure. What has happened to a customer and what is done next (mapping §8).
//!
//! ```text
//! New ──prepared──▶ looked for ──nowhere────────────▶ Sending(include) ──▶ InErp ──told, row──▶ (settled)
//!  ▲                   │ │ └────somebody has it─────▶ Sending(associate), Sending(alter: tag) ──▶ InErp
//!  │                   │ └──────the seller changes it▶ Sending(alter) ──▶ InErp
//!  │                   └─ Rejected, Held
//!  └── not done, or certainly not there ◀── Sending ──unclear──▶ Omie is asked ──there──▶ InErp
//! ```
//!
//! An include and an association are in doubt until Omie was asked for our key; a change until the record was read
//! again and says what the seller wrote.

use std::time::Duration;

use engine::flow::Change;
use jiff::Timestamp;
use omie::{AlterarCliente, AssociarCodIntCliente, Cliente, ClienteInteiro, NovoCliente};

use super::case::{Answer, Customer, Question, Sent, Shown, Stage, What};
use super::steps;
use super::telling::{post_next, posted_as, reject, rowed_as};
use crate::orders::machine::{CLAIM, SETTLE};
use crate::waiting::pause;

/// How often a held customer is looked at without anybody's word, and a refused answer is posted again.
pub(super) const HELD: Duration = Duration::from_mins(10);
/// A result that Máxima still asks for so long after it took it is told again.
const TOLD: Duration = Duration::from_mins(10);

/// What happens to a customer.
#[derive(Clone, Debug)]
pub enum Event {
    /// Its time has come.
    Due,
    /// Máxima shows it as not yet answered.
    Listed(Shown),
    /// It was prepared, with nobody asked.
    Prepared(Prepared),
    /// Omie was asked.
    Looked {
        /// What.
        question: Question,
        /// What the seller wants; none where only a doubt is to be resolved.
        wish: Option<Box<Wish>>,
        /// What it said.
        found: Found,
    },
    /// A write was answered, or was not.
    Wrote(What, Written),
    /// Máxima was told the result.
    Posted(Answer, Posted),
    /// The row of `Clientes` was seen to.
    Rowed(i64, Rowed),
    /// An operator decides.
    Told(Word),
}

/// What the seller wants, as Omie takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The record.
    pub request: NovoCliente,
    /// Its digest.
    pub digest: String,
    /// CNPJ or CPF, digits.
    pub documento: String,
    /// The id that the seller's object names.
    pub codigo: Option<i64>,
    /// It is said to be in Omie (`TipoOperacao` A).
    pub is_change: bool,
}

/// What preparing came to.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// It can be looked for and sent.
    Ready(Box<Wish>),
    /// The seller must change it.
    Refuse(String),
    /// Nothing could be prepared now.
    Wait {
        /// Why, in Portuguese.
        why: String,
        /// For how long.
        after: Duration,
    },
}

/// What Omie has.
#[derive(Clone, Debug)]
pub enum Found {
    /// This record.
    Here(Box<Here>),
    /// Nothing.
    Nowhere,
    /// A record that cannot be read; the text says what is wrong with it.
    Unreadable(String),
    /// Nothing was learnt.
    Unknown {
        /// Why, in Portuguese.
        why: String,
        /// When to ask again.
        after: Duration,
    },
}

/// A record of Omie.
#[derive(Clone, Debug)]
pub struct Here {
    /// What we read of it.
    pub cliente: Cliente,
    /// All of it, where it was asked for by its id.
    pub whole: Option<ClienteInteiro>,
}

/// What became of a write.
#[derive(Clone, Debug)]
pub enum Written {
    /// It was done; the record has this id.
    Done(i64),
    /// Omie refused it: the seller must change it.
    Refused(String),
    /// Omie refused it: a setting of ours is wrong, or our program.
    Misfit(String),
    /// Omie has the document or the key already.
    Duplicate {
        /// The record that has it, where Omie names it.
        codigo: Option<i64>,
        /// Its words.
        text: String,
    },
    /// It may have been done.
    Unclear {
        /// What Omie answered, when nobody knows what it means.
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

/// What Máxima said to being told.
#[derive(Clone, Debug)]
pub enum Posted {
    /// Taken.
    Accepted,
    /// Refused, with its words: the same is not told again.
    Refused(String),
    /// Máxima broke down on it, with these words; they may pass.
    BrokeDown(String),
    /// It may have been taken, or was not: to be repeated.
    Unclear {
        /// Why, in Portuguese.
        why: String,
        /// When.
        after: Duration,
    },
}

/// What became of the row of `Clientes`.
#[derive(Clone, Debug)]
pub enum Rowed {
    /// Máxima has it.
    Done,
    /// It is the catalogue's: the record is not fit for Máxima now, and why.
    Left(String),
    /// The record could not be read from Omie.
    Unread {
        /// Why, in Portuguese.
        why: String,
        /// When to try again.
        after: Duration,
    },
    /// It was read, and the row could not be written.
    Unwritten {
        /// Why, in Portuguese.
        why: String,
        /// When to try again.
        after: Duration,
    },
}

/// What an operator decides about a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Try again now.
    Retry,
    /// It will not go to Omie; the seller reads why.
    Refuse(String),
}

/// What is done next.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Make the request; nobody is asked.
    Prepare,
    /// Ask Omie.
    Look(Question, Option<Box<Wish>>),
    /// `IncluirCliente`.
    Include(Box<NovoCliente>),
    /// `AlterarCliente`.
    Alter(Box<AlterarCliente>),
    /// `AssociarCodIntCliente`.
    Associate(AssociarCodIntCliente),
    /// Tell Máxima the result.
    Post(Answer),
    /// Bring the record with this id into `Clientes`.
    Row(i64),
}

pub(super) type Next = Change<Customer, Effect>;

/// What `event` makes of `customer`.
pub fn next(customer: &Customer, event: &Event, now: Timestamp) -> Option<Next> {
    let case = customer.clone();
    match event {
        Event::Due => due(case, now),
        Event::Listed(shown) => listed(case, shown, now),
        Event::Prepared(prepared) => prepared_as(case, prepared, now),
        Event::Looked { question, wish, found } => steps::looked(case, question, wish.as_deref(), found, now),
        Event::Wrote(what, written) => steps::wrote(case, *what, written, now),
        Event::Posted(answer, posted) if is_told(&case) => Some(posted_as(case, answer, posted, now)),
        Event::Rowed(codigo, rowed) if is_told(&case) => Some(rowed_as(case, *codigo, rowed, now)),
        Event::Posted(..) | Event::Rowed(..) => None,
        Event::Told(word) => told(case, word, now),
    }
}

/// Whether there may be something that Máxima must be told.
fn is_told(case: &Customer) -> bool {
    matches!(case.stage, Stage::InErp | Stage::Rejected)
}

fn due(mut case: Customer, now: Timestamp) -> Option<Next> {
    match case.stage {
        Stage::New | Stage::Held => Some(claimed(case, Effect::Prepare, now)),
        Stage::Sending => Some(resolve(case, now)),
        Stage::InErp | Stage::Rejected => case.due.is_some().then(|| {
            case.owed.refused = None;
            post_next(case, now)
        }),
    }
}

/// Asks what became of the write that may have left.
fn resolve(case: Customer, now: Timestamp) -> Next {
    match case.sent.as_ref().map(|sent| sent.what) {
        Some(What::Include | What::Associate) => ask(case, Question::Key, None, now),
        // The record itself says whether it was changed, and it is compared with what the seller wants.
        Some(What::Alter) | None => claimed(case, Effect::Prepare, now),
    }
}

/// Máxima asks for an answer. It may have one on the way, it may have lost one, or the seller has changed the customer.
fn listed(mut case: Customer, shown: &Shown, now: Timestamp) -> Option<Next> {
    let is_changed = case.shown.source != shown.source;
    let was_told_long_ago =
        case.owed.answer.is_none() && case.owed.told.is_some_and(|told| clock::later(told, TOLD) <= now);
    match case.stage {
        Stage::Sending => {
            let newer = is_changed.then(|| shown.clone());
            if newer == case.newer {
                return None;
            }
            case.newer = newer;
            Some(Change::to(case))
        }
        Stage::New | Stage::Held | Stage::InErp | Stage::Rejected if is_changed => {
            Some(renewed(case, shown.clone(), now))
        }
        Stage::Rejected if was_told_long_ago => Some(renewed(case, shown.clone(), now)),
        Stage::InErp if was_told_long_ago => {
            case.owed.answer.clone_from(&case.owed.last);
            Some(post_next(case, now))
        }
        Stage::New | Stage::Held | Stage::InErp | Stage::Rejected => None,
    }
}

/// The customer as it is now takes the place of the one we had.
pub(super) fn renewed(mut case: Customer, shown: Shown, now: Timestamp) -> Next {
    if case.stage == Stage::InErp {
        // From now on it is the seller's to change.
        case.link = None;
    } else if case.link.is_some() && case.shown.documento != shown.documento {
        (case.link, case.codigo) = (None, None);
    }
    (case.attempts, case.owed.answer, case.newer) = (0, None, None);
    case.shown = shown;
    case.go(Stage::New, "reenviado pelo vendedor", now);
    claimed(case, Effect::Prepare, now)
}

fn prepared_as(mut case: Customer, prepared: &Prepared, now: Timestamp) -> Option<Next> {
    let is_in_doubt = case.in_doubt().is_some_and(|sent| sent.what == What::Alter);
    if !matches!(case.stage, Stage::New | Stage::Held) && !is_in_doubt {
        return None;
    }
    let stage = case.stage;
    Some(match prepared {
        Prepared::Ready(wish) => {
            if wish.codigo.is_some() {
                (case.codigo, case.link) = (wish.codigo, None);
            }
            if let Some(known) = case.refusals.of(&wish.digest).filter(|_| case.link.is_none()).cloned() {
                let refused = if known.is_setting { hold } else { reject };
                return Some(refused(case, &known.text, now));
            }
            let question = match case.codigo {
                Some(codigo) => Question::Codigo(codigo),
                None => Question::Document(wish.documento.clone()),
            };
            ask(case, question, Some(wish.clone()), now)
        }
        // Whether the change was done must be known first.
        Prepared::Refuse(why) if is_in_doubt => wait(case, stage, why, SETTLE, now),
        Prepared::Refuse(why) => reject(case, why, now),
        Prepared::Wait { why, after } => wait(case, stage, why, *after, now),
    })
}

fn told(mut case: Customer, word: &Word, now: Timestamp) -> Option<Next> {
    Some(match (word, case.stage) {
        (Word::Retry, Stage::New | Stage::Held | Stage::Rejected) => {
            case.refusals.forget();
            (case.attempts, case.owed.answer) = (0, None);
            case.go(Stage::New, "nova tentativa pedida pelo operador", now);
            claimed(case, Effect::Prepare, now)
        }
        (Word::Retry, Stage::Sending) => resolve(case, now),
        (Word::Retry, Stage::InErp) => {
            case.owed.answer.clone_from(&case.owed.last);
            (case.owed.refused, case.owed.in_vain, case.owed.row) = (None, 0, true);
            post_next(case, now)
        }
        (Word::Refuse(why), Stage::New | Stage::Held) => reject(case, why, now),
        (Word::Refuse(_), Stage::Sending | Stage::InErp | Stage::Rejected) => return None,
    })
}

/// The operator must act.
pub(super) fn hold(mut case: Customer, why: &str, now: Timestamp) -> Next {
    case.sent = None;
    if let Some(newer) = case.newer.take() {
        case.go(Stage::Held, why, now);
        return renewed(case, newer, now);
    }
    wait(case, Stage::Held, why, HELD, now)
}

pub(super) fn wait(mut case: Customer, stage: Stage, why: &str, after: Duration, now: Timestamp) -> Next {
    case.go(stage, why, now);
    case.why = Some(why.to_owned());
    case.due = Some(clock::later(now, pause(after, case.attempts)));
    case.attempts = case.attempts.saturating_add(1);
    Change::to(case)
}

/// Asks Omie, unless it was asked the same within the redundancy window: then later.
pub(super) fn ask(mut case: Customer, question: Question, wish: Option<Box<Wish>>, now: Timestamp) -> Next {
    if let Some(open) = case.closed_until(&question, now) {
        case.due = Some(open);
        return Change::to(case);
    }
    case.note_asked(&question, now);
    match question {
        Question::Row(codigo) => claimed(case, Effect::Row(codigo), now),
        question => claimed(case, Effect::Look(question, wish), now),
    }
}

/// `what` may have left from now on.
pub(super) fn sending(mut case: Customer, what: What, digest: &str, effect: Effect, now: Timestamp) -> Next {
    let news = match what {
        What::Include => "inclusão enviada ao Omie",
        What::Alter => "alteração enviada ao Omie",
        What::Associate => "código de integração enviado ao Omie",
    };
    case.go(Stage::Sending, news, now);
    case.why = None;
    case.sent = Some(Sent { at: now, what, digest: digest.to_owned(), words: None });
    claimed(case, effect, now)
}

/// Prepares it anew.
pub(super) fn again(mut case: Customer, news: &str, now: Timestamp) -> Next {
    case.go(Stage::New, news, now);
    claimed(case, Effect::Prepare, now)
}

/// The customer is ours until the effect must be over.
pub(super) fn claimed(mut case: Customer, effect: Effect, now: Timestamp) -> Next {
    case.due = Some(clock::later(now, CLAIM));
    Change::and(case, effect)
}
