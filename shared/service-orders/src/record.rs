//! What is stored of one service order, from the moment the ERP names it.

use std::collections::BTreeSet;
use std::time::Duration;

use engine::flow::FilingOf;
use engine::{History, Mark};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::content::{Content, Heard, Payload};
use crate::state::{Alarm, Reason, Skip, State};

/// How many days an order is remembered after its end, unless the settings say otherwise
/// (`contracts/service-order-flow.md` §2).
pub const KEPT_DAYS: u32 = 400;
/// An order that has not ended is not forgotten. A store wants a date all the same.
const FOR_GOOD: Duration = Duration::from_hours(100 * 366 * 24);
/// Commands whose repetition is recognised.
const COMMANDS_KEPT: usize = 50;
/// Events whose repetition is recognised, besides the one that counts.
const HEARD_KEPT: usize = 32;

/// One service order. A stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The id of the order in the ERP.
    pub id: String,
    /// When we heard of it first.
    pub since: Timestamp,
    /// Where it is.
    pub state: State,
    /// When it came there.
    pub entered: Timestamp,
    /// When it was last written.
    pub updated: Timestamp,
    /// When it is looked at again.
    pub due: Option<Timestamp>,
    /// An effect is under way until then at the latest: nobody else touches the order, so that its answer is not lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<Timestamp>,
    /// Which SS of this order it is about: 1, and one more each time a person wants another after a cancellation.
    pub generation: u32,
    /// What is relayed to Sismetro.
    pub payload: Payload,
    /// Other events of it that have come, the newest last: delivered again, they are no news.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<Heard>,
    /// What of it the flow needs.
    pub content: Content,
    /// The name of the Sismetro account, once it is known. It stays when the branch is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The SS, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ss: Option<Ss>,
    /// SS of earlier generations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Ss>,
    /// How the opening stands.
    #[serde(default)]
    pub opening: Opening,
    /// Number and link are on the order.
    #[serde(default)]
    pub note_done: bool,
    /// A person does without the note.
    #[serde(default)]
    pub note_waived: bool,
    /// What became of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Looks at Sismetro that did not confirm the outcome.
    #[serde(default)]
    pub unconfirmed: u32,
    /// The release for billing.
    #[serde(default)]
    pub release: Call,
    /// The release that only serves the cancellation (`release_then_cancel`).
    #[serde(default)]
    pub lift: Call,
    /// The cancellation.
    #[serde(default)]
    pub cancel: Call,
    /// Attempts in a row that came to nothing.
    #[serde(default)]
    pub attempts: u32,
    /// When the first of them failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_failed: Option<Timestamp>,
    /// Since when nothing could even be tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postponed: Option<Timestamp>,
    /// What went wrong last, in Portuguese or in the partner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// Why it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Skip>,
    /// Why it is parked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<Reason>,
    /// Where it goes on from once it no longer is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<State>,
    /// When Sismetro was last asked how the service stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub polled: Option<Timestamp>,
    /// How many days it is remembered after its end.
    #[serde(default = "kept_days")]
    pub kept_days: u32,
    /// What somebody should know although the order goes on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub alarms: BTreeSet<Alarm>,
    /// Commands that were obeyed, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// What happened, in order.
    pub history: History,
}

/// An SS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ss {
    /// Its number.
    pub number: String,
    /// The link to its details: a capability, never logged whole (`contracts/sismetro.md` §6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Nothing is left to look for: the reply brought the link whole, or its record was asked.
    #[serde(default)]
    pub sought: bool,
    /// When we learnt of it.
    pub opened: Timestamp,
}

/// How the opening stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Open calls that may have left and were not certainly refused before they did anything.
    pub calls: u32,
    /// When the last of them left, at the earliest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Looks through Sismetro's list that found nothing, since the last call.
    #[serde(default)]
    pub empty_scans: u32,
    /// A look that is not at its end yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Scan>,
    /// The number that a callback gives: to be confirmed at Sismetro.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Opening {
    /// Sismetro's list is looked through from the beginning, as if it never was.
    pub(crate) fn unlooked(&mut self) {
        (self.empty_scans, self.scan) = (0, None);
    }
}

/// A look through Sismetro's list that takes several turns, because few reads are allowed in a minute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Pages that are still to be read, the next one last.
    pub wanted: Vec<u32>,
    /// Pages of the list, once one has said it.
    pub total: Option<u32>,
    /// The list may have more than was seen: that nothing was found proves nothing.
    pub is_open: bool,
    /// What may be ours.
    pub hits: Vec<sismetro::Ss>,
    /// Records without a number, any of which may be ours.
    pub unreadable: u32,
}

/// A call that must not be made blindly twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Calls that may have been carried out. Counted before they leave.
    #[serde(default)]
    pub sent: u32,
    /// How many of them a person has looked into: as many more may be made as at first.
    #[serde(default)]
    pub granted: u32,
    /// It was answered with yes.
    #[serde(default)]
    pub done: bool,
    /// The ERP's no; of the release that serves the cancellation, the no to the cancellation for which it is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl Call {
    /// Whether it may be made `times` times in all, and was not yet.
    pub(crate) fn may(&self, times: u32) -> bool {
        self.sent < self.granted.saturating_add(times)
    }
}

/// How the service ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was done.
    Completed,
    /// It was called off.
    Cancelled,
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Sismetro, on its own.
    Callback,
    /// Sismetro, asked by us.
    Poll,
    /// A person.
    Operator,
}

/// What became of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended.
    pub what: What,
    /// Who says so.
    pub said: Said,
    /// The SS of which it was said, where one was named: of another it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ss: Option<String>,
    /// When we were told.
    pub at: Timestamp,
    /// Why, where it was called off and somebody said why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Sismetro itself confirms it, or a person answers for it.
    #[serde(default)]
    pub verified: bool,
    /// The opposite was said too: Sismetro decides, also where callbacks are otherwise believed.
    #[serde(default)]
    pub contested: bool,
    /// Lines of the order, where only they were called off: for a person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<i64>,
}

impl Outcome {
    /// Whether it may be followed for the order once its SS is `number`: a person's word is about the order.
    pub(crate) fn is_about(&self, number: &str) -> bool {
        self.said == Said::Operator || self.ss.as_deref().is_none_or(|said| said == number)
    }
}

impl Order {
    /// The order as it is first heard of.
    pub fn new(id: impl Into<String>, payload: Payload, content: Content, now: Timestamp) -> Self {
        Self {
            id: id.into(),
            since: now,
            state: State::Received,
            entered: now,
            updated: now,
            due: Some(now),
            busy: None,
            generation: 1,
            alarms: content.alarms(),
            payload,
            heard: Vec::new(),
            content,
            account: None,
            ss: None,
            past: Vec::new(),
            opening: Opening::default(),
            note_done: false,
            note_waived: false,
            outcome: None,
            unconfirmed: 0,
            release: Call::default(),
            lift: Call::default(),
            cancel: Call::default(),
            attempts: 0,
            first_failed: None,
            postponed: None,
            last_error: None,
            skipped: None,
            attention: None,
            resume: None,
            polled: None,
            kept_days: KEPT_DAYS,
            commands: Vec::new(),
            history: History::default(),
        }
    }

    /// Goes to `state` because of `cause`, which is Portuguese.
    pub(crate) fn go(&mut self, state: State, cause: impl Into<String>, now: Timestamp) {
        self.history.note(now, self.state.name(), state.name(), told(cause));
        if self.state != state {
            self.entered = now;
        }
        (self.state, self.updated) = (state, now);
        if state != State::NeedsAttention {
            (self.attention, self.resume) = (None, None);
        }
        if !matches!(state, State::Skipped | State::NeedsAttention) {
            self.skipped = None;
        }
        if state != State::AwaitingExecution {
            // They are about an SS that is waited for.
            self.alarms.retain(|alarm| !Alarm::OF_LOOKS.contains(alarm));
        }
        if state.is_terminal() {
            self.due = None;
        }
    }

    /// Notes something that changes no state.
    pub(crate) fn note(&mut self, cause: impl Into<String>, now: Timestamp) {
        self.history.note(now, self.state.name(), self.state.name(), told(cause));
        self.updated = now;
    }

    /// What was tried has come to something: the next failure is a first one.
    pub(crate) fn progressed(&mut self) {
        (self.attempts, self.first_failed, self.last_error) = (0, None, None);
        self.postponed = None;
    }

    /// Since when it gets no further: attempts that come to nothing go to and fro between two states.
    pub(crate) fn stalled(&self) -> Timestamp {
        let failing = self.first_failed.into_iter().chain(self.postponed);
        failing.fold(self.entered, Timestamp::min)
    }

    /// Whether no SS can have come of it: none is known, and every call for one was refused before it did anything.
    pub(crate) fn is_unopened(&self) -> bool {
        self.ss.is_none() && self.opening.calls == 0
    }

    /// Whether somebody is at it: an event from outside comes later then.
    pub fn is_busy(&self, now: Timestamp) -> bool {
        self.busy.is_some_and(|until| now < until)
    }

    /// Whether the order may be released as far as the note is concerned (flow §4, note before release).
    pub fn is_noted(&self) -> bool {
        self.note_done || self.note_waived
    }

    /// The key that is the same for every open call of one SS (`contracts/sismetro.md` §5.1).
    pub fn idempotency_key(&self, tenant: &str) -> String {
        format!("so-{tenant}-{}-{}", self.id, self.generation)
    }

    /// Whether the event has come before; not asked of the one that counts.
    pub(crate) fn has_heard(&self, digest: &str) -> bool {
        self.heard.iter().any(|heard| heard.digest == digest)
    }

    /// When the newest event happened of those that say so.
    pub(crate) fn newest(&self) -> Option<Timestamp> {
        self.heard.iter().map(|heard| heard.occurred).chain([self.payload.occurred]).max().flatten()
    }

    /// The event has come, and is not the one that counts.
    pub(crate) fn hear(&mut self, payload: &Payload) {
        self.heard.retain(|heard| heard.digest != payload.digest);
        if self.heard.len() == HEARD_KEPT {
            self.heard.remove(0);
        }
        self.heard.push(Heard { digest: payload.digest.clone(), occurred: payload.occurred });
    }

    pub(crate) fn obeyed(&mut self, command: &str) {
        if self.commands.len() == COMMANDS_KEPT {
            self.commands.remove(0);
        }
        self.commands.push(command.to_owned());
    }

    /// When it is due and what it is found by.
    pub fn filing(&self) -> FilingOf {
        let content = &self.content;
        let mut marks = vec![
            Mark::new("dia", self.since.to_string()[..10].to_owned()),
            Mark::new("estado", self.state.name()),
        ];
        marks.extend(content.number.as_ref().map(|number| Mark::new("numero", number.clone())));
        if let (Some(company), Some(branch)) = (content.company, content.branch) {
            marks.push(Mark::new("filial", format!("{company}/{branch}")));
        }
        let numbers: BTreeSet<&str> =
            self.ss.iter().chain(self.past.iter().rev().take(10)).map(|ss| ss.number.as_str()).collect();
        marks.extend(numbers.into_iter().map(|number| Mark::new("ss", number.to_owned())));
        marks.extend(self.alarms.iter().map(|alarm| Mark::new("alerta", alarm.name())));
        marks.extend(self.attention.map(|reason| Mark::new("motivo", reason.name())));
        let skipped = self.skipped.filter(|_| self.state == State::Skipped);
        marks.extend(skipped.map(|skip| Mark::new("motivo", skip.name())));
        marks.retain(|mark| !mark.value.is_empty());
        FilingOf { due: self.due, marks, expires: self.expires() }
    }

    /// When it is forgotten.
    fn expires(&self) -> Timestamp {
        if self.state.is_terminal() {
            clock::later(self.entered, Duration::from_hours(24).saturating_mul(self.kept_days))
        } else {
            clock::later(self.since, FOR_GOOD)
        }
    }
}

fn kept_days() -> u32 {
    KEPT_DAYS
}

/// At most 700 characters: what partners say may be long, and a record has a largest size.
fn told(cause: impl Into<String>) -> String {
    let mut cause = cause.into();
    if let Some((end, _)) = cause.char_indices().nth(700) {
        cause.truncate(end);
    }
    cause
}
