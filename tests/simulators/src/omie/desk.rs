//! What the account remembers beside its records: writes under way, late ones, the log, the codes that are
//! taken, the events for the webhook.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use clock::{later, until};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::log::{LogEntry, Outcome};
use super::operation::Operation;
use super::refusal::Refusal;
use super::webhook::Mailbox;
use crate::traffic::MINUTE;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Desk {
    pub(super) log: Vec<LogEntry>,
    pub(super) mailbox: Mailbox,
    /// Orders ever created, by integration code.
    pub(super) created: BTreeMap<String, u64>,
    /// Orders by integration code; nothing before the first question.
    pub(super) orders: Option<HashMap<String, String>>,
    /// Customers by document and by integration code; nothing before the first question.
    pub(super) people: Option<People>,
    pub(super) late: Vec<Late>,
    claims: HashMap<Claimed, Option<Timestamp>>,
}

/// Who has which document and which integration code.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) documents: HashMap<String, String>,
    pub(super) codes: HashMap<String, String>,
}

/// A write that will be carried out after its caller has gone.
#[derive(Debug)]
pub(super) struct Late {
    pub(super) due: Timestamp,
    pub(super) operation: Operation,
    pub(super) param: Map<String, Value>,
    pub(super) claimed: Claimed,
    pub(super) entry: usize,
}

/// Method and digest of the parameters.
pub(super) type Claimed = (&'static str, u64);

impl Desk {
    /// Notes an arrival and gives its place in the log.
    pub(super) fn arrived(&mut self, at: Timestamp, method: &'static str, key: String, digest: u64) -> usize {
        let (outcome, done_at, answered) = (Outcome::Waiting, None, false);
        self.log.push(LogEntry { at, method, key, digest, outcome, done_at, answered });
        self.log.len() - 1
    }

    /// Notes what became of it.
    pub(super) fn ended(&mut self, entry: usize, outcome: Outcome, at: Timestamp) {
        let entry = &mut self.log[entry];
        entry.outcome = outcome;
        entry.done_at =
            matches!(outcome, Outcome::Done | Outcome::Found(_) | Outcome::NotFound).then_some(at);
    }

    /// Refuses what is identical to a write under way, or done less than 60 s ago
    /// (`contracts/omie-maxima-mapping.md` §13.8).
    pub(super) fn claim(&mut self, claimed: Claimed, now: Timestamp) -> Result<(), Refusal> {
        self.claims.retain(|_, done| done.is_none_or(|done| until(done, now) < MINUTE));
        if let Some(done) = self.claims.get(&claimed) {
            return Err(Refusal::repeated(later(done.unwrap_or(now), MINUTE)));
        }
        self.claims.insert(claimed, None);
        Ok(())
    }

    /// The write was carried out at that instant.
    pub(super) fn carried_out(&mut self, claimed: Claimed, at: Timestamp) {
        self.claims.insert(claimed, Some(at));
    }

    /// The write was refused, or its caller gave up before it was carried out.
    pub(super) fn given_up(&mut self, claimed: Claimed) {
        if self.claims.get(&claimed) == Some(&None) {
            self.claims.remove(&claimed);
        }
    }

    /// Keeps a write for later.
    pub(super) fn postpone(&mut self, late: Late) {
        self.late.push(late);
    }

    /// The late writes whose time has come, in the order of their times.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Late> {
        let (mut due, waiting): (Vec<Late>, Vec<Late>) =
            std::mem::take(&mut self.late).into_iter().partition(|late| late.due <= now);
        self.late = waiting;
        due.sort_by_key(|late| late.due);
        due
    }
}

/// How long after its arrival a late write is carried out.
pub(super) fn after(arrival: Timestamp, ms: u64) -> Timestamp {
    later(arrival, Duration::from_millis(ms))
}
