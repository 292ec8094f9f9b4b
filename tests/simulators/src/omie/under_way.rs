//! A call from its arrival to its end: what is counted, claimed and logged.

use http::Response;

use bytes::Bytes;
use jiff::Timestamp;

use super::account::Account;
use super::desk::{Claimed, Late};
use super::limits::LaneName;
use super::log::{self, Outcome};
use super::operation::Operation;
use super::refusal::Refusal;
use super::request::Asked;
use super::{OmieSim, State};
use crate::AnswerLost;

/// A call that arrived.
pub(super) struct Call {
    pub(super) lane: LaneName,
    /// Nothing for a listing of a registry.
    pub(super) operation: Option<Operation>,
    claimed: Claimed,
    /// Its place in the log, when it is logged.
    entry: Option<usize>,
}

impl OmieSim {
    pub(super) fn arrived(&self, asked: &Asked) -> Call {
        let lane = (asked.app_key.clone(), asked.method.name);
        let operation = Operation::named(lane.1);
        let digest = operation.map_or(0, |_| log::digest(&asked.param));
        let entry = operation.map(|_| {
            let now = self.now();
            self.state().desk.arrived(now, lane.1, log::key(&asked.param), digest)
        });
        Call { claimed: (lane.1, digest), lane, operation, entry }
    }

    /// The answer of a call that did not pass, counted already where it counts.
    pub(super) fn refused(&self, call: &Call, refusal: &Refusal) -> Response<Bytes> {
        self.ended(call, Outcome::Refused(refusal.kind), true);
        refusal.answer()
    }

    pub(super) fn never_arrived(&self, call: &Call) -> AnswerLost {
        self.state().traffic.fault(call.lane.1, "injected_lost_request");
        self.ended(call, Outcome::Lost, false);
        AnswerLost
    }

    /// Keeps a write for later; its caller is told nothing.
    pub(super) fn postponed(
        &self,
        call: &Call,
        claim: &mut Claim<'_>,
        asked: &Asked,
        due: Timestamp,
    ) -> AnswerLost {
        let mut state = self.state();
        state.traffic.fault(call.lane.1, "injected_late");
        if let Err(refusal) = state.options.admits(asked) {
            // Refused when it is read, and nobody is told.
            state.desk.ended(call.entry.unwrap_or_default(), Outcome::Refused(refusal.kind), due);
        } else if let (Some(operation), Some(entry)) = (call.operation, call.entry) {
            let param = asked.param.clone();
            state.desk.postpone(Late { due, operation, param, claimed: call.claimed, entry });
            claim.kept = true;
        }
        AnswerLost
    }

    /// A write is under way from here on, and no other like it. Nothing for a read.
    pub(super) fn claim(&self, call: &Call) -> Result<Option<Claim<'_>>, Refusal> {
        if !call.operation.is_some_and(Operation::writes) {
            return Ok(None);
        }
        self.settle();
        let now = self.now();
        let mut state = self.state();
        let State { desk, limits, traffic, .. } = &mut *state;
        desk.claim(call.claimed, now).map_err(|refusal| {
            let refusal = limits.failed(&call.lane, refusal, now);
            traffic.fault(call.lane.1, refusal.kind);
            refusal
        })?;
        Ok(Some(Claim { sim: self, claimed: call.claimed, kept: false }))
    }

    /// Carries out what is no listing of a registry.
    pub(super) fn operated(
        &self,
        operation: Operation,
        asked: &Asked,
        call: &Call,
        state: &mut State,
    ) -> Result<(String, usize), Refusal> {
        state.options.admits(asked)?;
        let now = self.now();
        if !operation.writes() {
            let repeated = state.limits.repeated(&call.lane, asked.same_as(), now);
            if repeated && state.options.redundancy {
                return Err(Refusal::redundant());
            }
        }
        let mut dataset = self.dataset_mut();
        let State { desk, options, .. } = state;
        let journal = self.0.journal.as_deref();
        let mut account = Account { dataset: &mut dataset, desk, options, journal, now };
        let (answer, rows) = operation.carry_out(&mut account, &asked.param)?;
        if operation.writes() {
            desk.carried_out(call.claimed, now);
        }
        if desk.mailbox.has_news() {
            self.0.news.notify_one();
        }
        Ok((answer.to_string(), rows))
    }

    pub(super) fn ended(&self, call: &Call, outcome: Outcome, answered: bool) {
        let now = self.now();
        if let Some(entry) = call.entry {
            let mut state = self.state();
            state.desk.ended(entry, outcome, now);
            state.desk.log[entry].answered = answered;
        }
    }

    pub(super) fn answered(&self, call: &Call, whole: bool) {
        if let Some(entry) = call.entry {
            self.state().desk.log[entry].answered = whole;
        }
    }
}

impl State {
    /// Logs what became of a call.
    pub(super) fn note(&mut self, call: &Call, rows: Result<usize, &Refusal>, now: Timestamp) {
        let (Some(operation), Some(entry)) = (call.operation, call.entry) else { return };
        let outcome = match rows {
            Ok(_) if operation.writes() => Outcome::Done,
            Ok(rows) => Outcome::Found(rows),
            Err(refusal) if !operation.writes() && matches!(refusal.kind, "not_found" | "empty") => {
                Outcome::NotFound
            }
            Err(refusal) => Outcome::Refused(refusal.kind),
        };
        self.desk.ended(entry, outcome, now);
    }
}

/// A call under way; a caller who gives up ends it too.
pub(super) struct UnderWay<'a> {
    pub(super) sim: &'a OmieSim,
    pub(super) lane: LaneName,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.sim.state();
        state.limits.leave(&self.lane);
        state.traffic.leave(self.lane.1);
    }
}

/// A write under way; one that was neither carried out nor kept for later may be sent again at once.
pub(super) struct Claim<'a> {
    sim: &'a OmieSim,
    claimed: Claimed,
    kept: bool,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.sim.state().desk.given_up(self.claimed);
        }
    }
}
