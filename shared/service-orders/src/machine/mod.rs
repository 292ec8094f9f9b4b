//! The order's machine: pure. What has happened to an order and what is done next (`contracts/service-order-flow.md`
//! §4; the numbers T1–T18 in the code are its rows).
//!
//! ```text
//! received ─T3─▶ opening ─T4─▶ opened ─T10─▶ awaiting_execution ─T11─▶ releasing ─T12─▶ released
//!   ▲  ▲          │ │            ▲                     └─────────T13─▶ cancelling ─T14─▶ cancelled
//!   │  └───T5─────┘ └T6▶ open_unknown ─T7─┘         (the two follow Sismetro until the ERP has said yes)
//!   └──────T8─────────────┘                    any ─T16─▶ needs_attention ─T17─▶ where it was
//! ```
//!
//! Before an effect leaves, the order says so and is [busy](crate::Order::busy): an event from outside that meets a
//! busy order makes nothing of it, and whoever brought it brings it again.

mod closing;
mod erp;
mod opening;
mod outside;
mod retry;
mod told;

use std::time::Duration;

use engine::flow::Change;
use jiff::Timestamp;

use crate::content::{Content, Payload};
use crate::record::{Order, Said, Scan, What};
use crate::state::{Reason, Skip, State};

pub use told::Word;

/// An effect lasts no longer than this: whoever finds the order due then knows that its holder is gone (flow §4, T3).
/// A Lambda may live longer: it begins a call that changes something only while enough is left of this and of its own
/// time.
pub const CLAIM: Duration = Duration::from_mins(3);
/// Sismetro gets so long to finish an opening whose answer was lost (`contracts/sismetro.md` §5.5.1).
pub const SETTLE: Duration = Duration::from_mins(2);
/// Between the two looks through Sismetro's list that must both find nothing (`contracts/sismetro.md` §5.5.3).
pub const SCANS_APART: Duration = Duration::from_mins(15);
/// The ERP gets so long to finish a call whose answer was lost (flow §15.4).
pub const UNCLEAR: Duration = Duration::from_mins(1);
/// Between two looks at an SS that does not confirm what was said of it (`contracts/sismetro.md` §10.6).
pub const CONFIRM_AGAIN: Duration = Duration::from_mins(10);
/// Such looks after the first.
const CONFIRMATIONS: u32 = 3;
/// Times that an unclear call is made in all.
const CALLS: u32 = 2;
/// How long failures are met with patience (flow §8.1).
pub const PATIENCE: Duration = Duration::from_hours(24);

/// What happens to an order.
#[derive(Clone, Debug)]
pub enum Event {
    /// Its time has come.
    Due,
    /// The ERP names the order again.
    Arrived(Arrival),
    /// Branch and account were looked up.
    Prepared(Prepared),
    /// The open call was answered, or was not.
    Opened(Opened),
    /// Sismetro's list was looked through.
    Scanned(Scanned),
    /// Sismetro was asked for the number that a callback gave.
    Confirmed(Confirmed),
    /// The missing link was looked for; none: there is none.
    Sought(Result<Option<String>, Failure>),
    /// The note was written, or was there.
    Noted(Result<(), Failure>),
    /// Sismetro was asked how the service stands.
    Verified(Verified),
    /// The ERP was asked how the order stands.
    Stands(Stands),
    /// The release was answered, or was not.
    Released(Answer),
    /// The release that serves the cancellation was answered, or was not.
    Lifted(Answer),
    /// The cancellation was answered, or was not.
    Cancelled(Answer),
    /// Sismetro, asked or not, says how the service ended.
    Outcome(Notice),
    /// Sismetro was asked, or was to be, and the service has not ended as far as we know.
    Looked(Look),
    /// An operator decides.
    Told(Told),
}

/// An event of the ERP, as far as the machine cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// What would be relayed.
    pub payload: Payload,
    /// What it says.
    pub content: Content,
    /// Whether an SS is wanted.
    pub gate: Gate,
    /// How it comes.
    pub told: Telling,
}

/// How an event of the ERP comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// Such a delivery has not come before, as far as the store remembers.
    First,
    /// The very delivery has come before.
    Again,
    /// An operator wants it to be looked at, whatever has come since.
    Replayed,
}

/// Whether an SS is wanted, as far as the event itself tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Yes, or the branch must be looked up first.
    Wanted,
    /// No.
    Unwanted(Skip),
}

/// What looking up branch and account came to.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// The SS can be opened.
    Ready {
        /// Name of the account.
        account: String,
        /// Company and branch, where the event had none and the ERP was asked.
        branch: Option<(i64, i64)>,
    },
    /// The branch is switched off.
    Inactive {
        /// Company and branch, where the event had none and the ERP was asked.
        branch: Option<(i64, i64)>,
    },
    /// Somebody must act first.
    Parked(Reason, String),
    /// It could not be looked up.
    Failed(Failure),
}

/// What became of the open call.
#[derive(Clone, Debug)]
pub enum Opened {
    /// There is an SS.
    Done(Found),
    /// Sismetro refused it.
    Refused(String),
    /// Nobody knows.
    Ambiguous(String),
    /// It was certainly not done, or not even sent.
    NotDone(Failure),
}

/// An SS that was opened, or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number.
    pub number: String,
    /// The link to its details.
    pub link: Option<String>,
    /// The link may be cut: its record has it whole.
    pub unsure: bool,
    /// Number and link disagreed.
    pub mismatch: bool,
}

/// What a look through Sismetro's list came to.
#[derive(Clone, Debug)]
pub enum Scanned {
    /// Exactly one SS is ours.
    Found(Found),
    /// Several could be.
    Several(usize),
    /// None is.
    Nothing {
        /// Whether another call is allowed after two such looks.
        resend: bool,
    },
    /// Looking is switched off.
    Off,
    /// It could not be looked through.
    Failed(Failure),
    /// It could not be looked through yet: it goes on there.
    Part(Scan, Failure),
}

/// What Sismetro says of the number that a callback gave.
#[derive(Clone, Debug)]
pub enum Confirmed {
    /// It is there.
    Yes(Found),
    /// It is not.
    No,
    /// Nothing was learnt.
    Failed(Failure),
}

/// What a look at an SS that is waited for came to, where its service has not ended.
#[derive(Clone, Debug)]
pub enum Look {
    /// It goes on.
    GoesOn,
    /// Sismetro does not find the SS.
    NotFound,
    /// Sismetro's words, which nobody has explained.
    Unexplained(String),
    /// Nothing was learnt.
    Failed(Failure),
}

/// What Sismetro says of the service.
#[derive(Clone, Debug)]
pub enum Verified {
    /// It ended so.
    Ended(What),
    /// It was not asked: the settings believe callbacks.
    Trusted,
    /// It has not ended, or is not known; with what it says.
    Otherwise(String),
    /// Nothing was learnt.
    Failed(Failure),
}

/// How the order stands in the ERP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It waits for us: neither billing nor, by a user, cancelling is possible.
    Waiting,
    /// It may be billed.
    Billable,
    /// It is billed.
    Billed,
    /// It is cancelled.
    Cancelled,
    /// Something else; in the ERP's words.
    Otherwise(String),
    /// There is no such order.
    Missing,
    /// Reading is switched off.
    Unread,
    /// Nothing was learnt.
    Failed(Failure),
}

/// What became of a call that changes the order in the ERP.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Yes.
    Done {
        /// Whether the order can be read, so that its yes can be checked.
        readable: bool,
    },
    /// No, because the order waits for the integration.
    Waiting {
        /// The ERP's words.
        text: String,
        /// Whether it is to be released and then cancelled.
        lift: bool,
    },
    /// No.
    Refused {
        /// The ERP's words.
        text: String,
        /// They say that it is done already.
        already: bool,
    },
    /// Nobody knows.
    Unclear(String),
    /// It was certainly not done, or not even sent.
    NotDone(Failure),
}

/// Why nothing came of it. Nothing was changed by it, for certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It passes by itself.
    Passing {
        /// Why, in Portuguese.
        why: String,
        /// What the partner asks us to wait.
        after: Option<Duration>,
    },
    /// It was not even tried: a limit of ours. Costs no patience, but does not go on for more than a day either.
    Postponed {
        /// Why, in Portuguese.
        why: String,
        /// How long.
        after: Duration,
    },
    /// It does not pass by itself.
    Lasting {
        /// Why it is parked.
        reason: Reason,
        /// Why, in Portuguese.
        why: String,
    },
}

/// How the service ended, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How.
    pub what: What,
    /// Who says so. What [`Said::Poll`] says is verified by that.
    pub said: Said,
    /// The number of the SS, where it is named.
    pub ss: Option<String>,
    /// Why, where it is said.
    pub reason: Option<String>,
    /// Lines, where only they were called off.
    pub items: Vec<i64>,
}

/// An operator's command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its id: the same command twice is obeyed once.
    pub command: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// What.
    pub word: Word,
}

/// What is done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Look up branch and account.
    Prepare,
    /// Open the SS. Never repeated blindly.
    Open,
    /// Look through Sismetro's list for the order.
    Scan,
    /// Ask Sismetro for this number.
    Confirm(String),
    /// Look for the link of the SS.
    Seek,
    /// Write what is missing of the note.
    Note,
    /// Ask Sismetro how the service stands.
    Verify {
        /// Also where callbacks are believed.
        really: bool,
    },
    /// Ask the ERP how the order stands.
    Guard,
    /// Release the order for billing.
    Release,
    /// Release the order so that it can be cancelled.
    Lift,
    /// Cancel the order.
    Cancel,
}

type Next = Change<Order, Effect>;

/// What the first event makes of an order that we do not know: T1, T2.
pub fn first(id: &str, arrival: Arrival, now: Timestamp) -> Order {
    let mut order = Order::new(id, arrival.payload, arrival.content, now);
    order.history.note(now, "", State::Received.name(), "recebido do Senior X");
    if let Gate::Unwanted(skip) = arrival.gate {
        skip_order(&mut order, skip, now);
    }
    order
}

/// What `event` makes of `order`.
pub fn next(order: &Order, event: &Event, now: Timestamp) -> Option<Next> {
    let mut order = order.clone();
    match event {
        Event::Due => {
            order.busy = None;
            due(order, now)
        }
        Event::Arrived(arrival) => erp::arrived(order, arrival, now),
        Event::Outcome(_) | Event::Looked(_) | Event::Told(_) if order.is_busy(now) => None,
        Event::Outcome(notice) => outside::outcome(order, notice, now),
        Event::Looked(look) => outside::looked(order, look, now),
        Event::Told(told) => told::told(order, told, now),
        answer => {
            // Whoever has asked has held the order since: this answer is the one that it waits for.
            order.busy = None;
            answered(order, answer, now)
        }
    }
}

fn due(order: Order, now: Timestamp) -> Option<Next> {
    match order.state {
        State::Received => Some(claimed(order, Effect::Prepare, now)),
        State::Opening => Some(opening::doubtful(order, "a resposta da abertura se perdeu", now)),
        State::OpenUnknown => Some(opening::resolve(order, now)),
        State::Opened => Some(closing::note(order, now)),
        State::AwaitingExecution => closing::follow(order, now),
        State::Releasing | State::Cancelling => Some(closing::close(order, now)),
        State::Released | State::Cancelled | State::Skipped | State::NeedsAttention => None,
    }
}

fn answered(order: Order, event: &Event, now: Timestamp) -> Option<Next> {
    Some(match (event, order.state) {
        (Event::Prepared(prepared), State::Received) => opening::prepared(order, prepared, now),
        (Event::Opened(opened), State::Opening) => opening::opened(order, opened, now),
        (Event::Scanned(scanned), State::OpenUnknown) => opening::scanned(order, scanned, now),
        (Event::Confirmed(confirmed), State::Received | State::OpenUnknown) => {
            opening::confirmed(order, confirmed, now)
        }
        (Event::Sought(sought), State::Opened) => closing::sought(order, sought, now),
        (Event::Noted(noted), State::Opened) => closing::noted(order, noted, now),
        (Event::Verified(verified), State::Releasing | State::Cancelling) => {
            closing::verified(order, verified, now)
        }
        (Event::Stands(stands), State::Releasing) => erp::stands_for_release(order, stands, now),
        (Event::Stands(stands), State::Cancelling) => erp::stands_for_cancel(order, stands, now),
        (Event::Released(answer), State::Releasing) => erp::released(order, answer, now),
        (Event::Lifted(answer), State::Cancelling) => erp::lifted(order, answer, now),
        (Event::Cancelled(answer), State::Cancelling) => erp::cancelled(order, answer, now),
        _ => return None,
    })
}

fn skip_order(order: &mut Order, skip: Skip, now: Timestamp) {
    let cause = match skip {
        Skip::BranchInactive => "a integração está desligada para a filial",
        Skip::NoEquipment => "o pedido não tem equipamento",
        Skip::Closed => "encerrado por uma pessoa",
    };
    if skip == Skip::BranchInactive {
        order.alarms.insert(crate::state::Alarm::BranchInactiveSkipped);
    }
    if skip == Skip::NoEquipment {
        // There is none to be recognised.
        order.alarms.remove(&crate::state::Alarm::EquipmentUnrecognised);
    }
    if order.outcome.is_some() {
        // Sismetro has said how its service ended: there is an SS all the same.
        order.alarms.insert(crate::state::Alarm::LateConflictingOutcome);
    }
    order.go(State::Skipped, cause, now);
    order.skipped = Some(skip);
}

/// Back to the beginning of an opening, or to no opening at all where the last event has no equipment any more.
fn begin(order: &mut Order, cause: &str, now: Timestamp) {
    if order.state == State::NeedsAttention && order.skipped == Some(Skip::NoEquipment) {
        order.note(cause, now);
        skip_order(order, Skip::NoEquipment, now);
    } else {
        receive(order, cause, now);
    }
}

/// Back to the beginning of an opening: T8, T17, T18.
fn receive(order: &mut Order, cause: impl Into<String>, now: Timestamp) {
    order.skipped = None;
    order.alarms.remove(&crate::state::Alarm::BranchInactiveSkipped);
    order.go(State::Received, cause, now);
    order.due = Some(now);
}

/// The order is ours until the effect must be over.
fn claimed(mut order: Order, effect: Effect, now: Timestamp) -> Next {
    let until = clock::later(now, CLAIM);
    (order.due, order.busy) = (Some(until), Some(until));
    order.updated = now;
    Change::and(order, effect)
}

/// Looked at again after `wait`.
fn again(mut order: Order, wait: Duration, now: Timestamp) -> Next {
    order.due = Some(clock::later(now, wait));
    order.updated = now;
    Change::to(order)
}

/// T16: parked for a person, to go on from `resume`.
fn park(mut order: Order, reason: Reason, why: &str, resume: State, now: Timestamp) -> Next {
    let cause = if why.is_empty() { reason.text().to_owned() } else { format!("{}: {why}", reason.matter()) };
    order.go(State::NeedsAttention, cause, now);
    (order.attention, order.resume, order.due) = (Some(reason), Some(resume), None);
    if !why.is_empty() {
        order.last_error = Some(short(why));
    }
    Change::to(order)
}

/// At most 500 characters: what partners say may be long.
fn short(text: &str) -> String {
    text.chars().take(500).collect()
}

#[cfg(test)]
mod tests;
