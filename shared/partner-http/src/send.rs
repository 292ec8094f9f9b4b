//! One call: enter the lane, exchange, judge the answer, repeat or end.

use std::time::Duration;

use bytes::Bytes;
use clock::{later, until};
use http::{HeaderMap, header};
use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::futures::Notified;
use tracing::warn;

use crate::circuit::REST;
use crate::fault::REDUNDANCY_WINDOW;
use crate::guard::Query;
use crate::lanes::{Admission, Sent};
use crate::partner::{LATENCIES, Shared};
use crate::repeat::Repeats;
use crate::transport::Failed;
use crate::{CallError, Effect, Fault, Lost, Outgoing, Remedy, held};

type Classify<'a> = &'a (dyn Fn(u16, &[u8]) -> Result<(), Fault> + Send + Sync);

/// How long a lane is quiet after "too many requests" where no schedule says it (`contracts/omie.md` §4).
const QUIET: Duration = Duration::from_mins(1);

/// A partner may ask for less patience than a run has, not for more than anyone has.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// A call on its way.
pub(crate) struct Sending<'a> {
    shared: &'a Shared,
    out: &'a Outgoing,
    query: Option<Query>,
    started: Timestamp,
    attempts: u32,
    repeats: Repeats,
    /// The failure that is being repeated.
    last: Option<Failure>,
    /// Sent at most once, and not after this.
    once: Option<Timestamp>,
}

/// An attempt that failed.
#[derive(Clone)]
struct Failure {
    fault: Fault,
    status: Option<u16>,
    /// The partner has, or may have, seen the request.
    reached: bool,
    cause: Option<String>,
    /// The wait that the partner asked for.
    asked: Option<Duration>,
}

impl<'a> Sending<'a> {
    pub(crate) fn new(shared: &'a Shared, out: &'a Outgoing) -> Self {
        Self {
            shared,
            out,
            query: out.repeat_key.as_deref().map(Query::new),
            started: shared.clock.now(),
            attempts: 0,
            repeats: Repeats::default(),
            last: None,
            once: None,
        }
    }

    pub(crate) fn once(shared: &'a Shared, out: &'a Outgoing, leave_by: Timestamp) -> Self {
        Self { once: Some(leave_by), ..Self::new(shared, out) }
    }

    pub(crate) async fn run(mut self, classify: Classify<'_>) -> Result<Bytes, CallError> {
        loop {
            let (slot, at) = self.enter().await?;
            let answer = self.attempt(at, classify).await;
            drop(slot);
            match answer {
                Ok(body) => {
                    self.tell_if_healed();
                    return Ok(body);
                }
                Err((failure, closed)) => self.repeat_or_end(failure, closed).await?,
            }
        }
    }

    /// Waits until the lane lets this request leave; it is counted at that moment. The slot is what limits
    /// requests in flight.
    async fn enter(&self) -> Result<(OwnedSemaphorePermit, Timestamp), CallError> {
        let Outgoing { lane, policy, .. } = self.out;
        let answers = held(&self.shared.lanes).answers(lane, policy);
        loop {
            let slot = self.slot().await?;
            loop {
                // Made before the lane is asked, so that no answer after that is missed.
                let answer = answers.notified();
                let now = self.shared.clock.now();
                if self.leave_by().is_some_and(|at| at <= now) {
                    return Err(self.cut(Fault::Unavailable, Some(Duration::ZERO)));
                }
                let admission = held(&self.shared.lanes).admit(lane, policy, self.query, now);
                match admission {
                    Admission::Go => return Ok((slot, now)),
                    Admission::Closed { left } => return Err(self.closed(left)),
                    Admission::Wait { until, why: Fault::Redundant } => {
                        // A minute is too long to keep others out of the lane.
                        drop(slot);
                        self.wait(until, Fault::Redundant).await?;
                        break;
                    }
                    Admission::Wait { until, why } => self.wait(until, why).await?,
                    Admission::AfterAnswer { until } => self.wait_for(answer, until).await?,
                }
            }
        }
    }

    async fn slot(&self) -> Result<OwnedSemaphorePermit, CallError> {
        let slots = held(&self.shared.lanes).slots(&self.out.lane, &self.out.policy);
        let slot = async { slots.acquire_owned().await.expect("the slots are never closed") };
        let Some(deadline) = self.leave_by() else { return Ok(slot.await) };
        tokio::select! {
            biased;
            slot = slot => Ok(slot),
            // When the others will be done nobody knows.
            () = self.shared.clock.sleep_until(deadline) => Err(self.cut(Fault::Busy, None)),
        }
    }

    /// One request. A failure comes with whether it closed the lane.
    async fn attempt(&mut self, at: Timestamp, classify: Classify<'_>) -> Result<Bytes, (Failure, bool)> {
        self.attempts += 1;
        let sent = Sent { query: self.query, at };
        let answer = self.exchange().await;
        let now = self.shared.clock.now();
        if !matches!(answer, Err(Failed { lost: Lost::NotSent, .. })) {
            self.count(at, now);
        }
        let answer = judge(answer, classify).map_err(|failure| self.as_this_effect_sees(failure));
        let Outgoing { lane, policy, .. } = self.out;
        let mut lanes = held(&self.shared.lanes);
        match answer {
            Ok(body) => {
                lanes.succeeded(lane, policy, sent, now);
                Ok(body)
            }
            Err(failure) => {
                let seen = (&failure.fault, failure.reached);
                let closed = lanes.failed(lane, policy, sent, seen, self.quiet(&failure), now);
                Err((failure, closed))
            }
        }
    }

    fn count(&self, left: Timestamp, now: Timestamp) {
        let Shared { calls, latencies, .. } = self.shared;
        *held(calls).entry(self.out.lane.method.clone()).or_default() += 1;
        let mut latencies = held(latencies);
        if latencies.len() < LATENCIES {
            latencies.push(until(left, now));
        }
    }

    /// The request is given up at the deadline: its owner needs the time after it.
    async fn exchange(&self) -> Result<http::Response<Bytes>, Failed> {
        let exchange =
            self.shared.transport.exchange(self.out.request.clone(), self.shared.limits.body_bytes);
        let Some(deadline) = self.deadline() else { return exchange.await };
        tokio::select! {
            biased;
            answer = exchange => answer,
            () = self.shared.clock.sleep_until(deadline) => Err(Lost::Unclear.into()),
        }
    }

    /// A gateway that gives up on a request does not prove that nothing happened behind it.
    fn as_this_effect_sees(&self, mut failure: Failure) -> Failure {
        if self.out.effect == Effect::AskFirst && failure.reached && failure.fault == Fault::Unavailable {
            failure.fault = Fault::Unclear;
        }
        failure.fault = failure.fault.with_text(|text| self.shared.hidden.clean(text));
        failure.cause = failure.cause.map(|cause| self.shared.hidden.clean(&cause));
        failure
    }

    /// Waits for the next repeat, or ends the call.
    async fn repeat_or_end(&mut self, failure: Failure, closed: bool) -> Result<(), CallError> {
        if closed {
            return Err(self.ended_by_closing(&failure));
        }
        if self.once.is_some() {
            return Err(self.ended(&failure));
        }
        let Shared { clock, limits, rng, lanes, .. } = self.shared;
        let seen = (&failure.fault, failure.reached);
        let pause = self.repeats.next(&limits.schedule, self.out.effect, seen, &mut held(rng));
        let Some(pause) = pause else { return Err(self.ended(&failure)) };
        let now = clock.now();
        let redundant_until = held(lanes).redundant_until(&self.out.lane, self.query, now);
        let at = later(now, pause.max(failure.asked.unwrap_or_default())).max(redundant_until.unwrap_or(now));
        let why = failure.fault.clone();
        self.last = Some(failure);
        self.wait(at, why).await
    }

    /// Waits until `at`, or not at all when that is after the deadline.
    async fn wait(&self, at: Timestamp, why: Fault) -> Result<(), CallError> {
        let clock = &self.shared.clock;
        if self.leave_by().is_some_and(|deadline| deadline < at) {
            return Err(self.cut(why, Some(until(clock.now(), at))));
        }
        clock.sleep_until(at).await;
        Ok(())
    }

    /// Waits for the answer to another request of this lane, or `until` then.
    async fn wait_for(&self, answer: Notified<'_>, until: Timestamp) -> Result<(), CallError> {
        let at = self.leave_by().map_or(until, |deadline| deadline.min(until));
        tokio::select! {
            biased;
            () = answer => Ok(()),
            () = self.shared.clock.sleep_until(at) => {
                if at < until { Err(self.cut(Fault::Busy, None)) } else { Ok(()) }
            }
        }
    }

    fn deadline(&self) -> Option<Timestamp> {
        *held(&self.shared.deadline)
    }

    /// Until when this request may wait for its turn.
    fn leave_by(&self) -> Option<Timestamp> {
        self.deadline().into_iter().chain(self.once).min()
    }

    /// How long the lane is quiet: after too many requests as long as their repeat waits, and after a write that met
    /// another in flight, which is not repeated, as long as its repeat would have.
    fn quiet(&self, failure: &Failure) -> Option<Duration> {
        let schedule = &self.shared.limits.schedule;
        let first = match failure.fault {
            Fault::RateLimited => schedule.rate_limited.first().copied().unwrap_or(QUIET),
            Fault::Busy if self.out.effect == Effect::AskFirst => {
                schedule.busy.first().copied().unwrap_or_default()
            }
            _ => return None,
        };
        Some(first.max(failure.asked.unwrap_or_default()))
    }

    /// The end of a call that the partner answered, or whose answer was lost.
    fn ended(&self, failure: &Failure) -> CallError {
        let error = self.error(failure);
        // A lost answer that may be asked for again is a matter of time, not of asking what happened.
        if self.out.effect != Effect::AskFirst && failure.fault == Fault::Unclear {
            return error.passing_after(REDUNDANCY_WINDOW);
        }
        match (&failure.fault, failure.asked) {
            (Fault::Busy | Fault::RateLimited | Fault::Unavailable, Some(asked)) => {
                error.passing_after(asked)
            }
            _ => error,
        }
    }

    /// The end of a call whose failure closed the lane: what passes by itself passes when it opens.
    fn ended_by_closing(&self, failure: &Failure) -> CallError {
        if matches!(failure.fault, Fault::Blocked { .. }) {
            let left = held(&self.shared.lanes).left(&self.out.lane, self.shared.clock.now());
            let fault = blocked(left.unwrap_or_default());
            return self.error(&Failure { fault, ..failure.clone() });
        }
        let error = self.ended(failure);
        match error.remedy() {
            Remedy::RetryLater { after } => error.passing_after(after.max(REST)),
            Remedy::FixConfig | Remedy::FixData | Remedy::AskPartner | Remedy::Bug => error,
        }
    }

    /// The end of a call that found the lane closed.
    fn closed(&self, left: Duration) -> CallError {
        let (status, cause) = self.last.clone().map_or((None, None), |last| (last.status, last.cause));
        self.error(&Failure { fault: blocked(left), status, reached: false, cause, asked: None })
    }

    /// The end of a call whose next wait passes the deadline: the failure it was repeating, or else the
    /// reason of the wait.
    fn cut(&self, why: Fault, left: Option<Duration>) -> CallError {
        let reason = Failure { fault: why, status: None, reached: false, cause: None, asked: None };
        let error = self.error(self.last.as_ref().unwrap_or(&reason));
        match left {
            Some(left) => error.passing_after(left),
            None => error,
        }
    }

    fn error(&self, failure: &Failure) -> CallError {
        let method = self.out.lane.method.clone();
        let mut error = CallError::new(self.shared.partner, method, failure.fault.clone());
        error.status = failure.status;
        error.attempts = self.attempts;
        error.elapsed = until(self.started, self.shared.clock.now());
        match &failure.cause {
            Some(cause) => error.because(cause.clone()),
            None => error,
        }
    }

    fn tell_if_healed(&self) {
        if let Some(last) = &self.last {
            warn!(
                partner = self.shared.partner,
                method = self.out.lane.method,
                attempts = self.attempts,
                fault = last.fault.kind(),
                elapsed_ms = until(self.started, self.shared.clock.now()).as_millis(),
                "answered after a repeat",
            );
        }
    }
}

/// What an exchange means.
fn judge(answer: Result<http::Response<Bytes>, Failed>, classify: Classify<'_>) -> Result<Bytes, Failure> {
    match answer {
        Ok(answer) => {
            let status = answer.status().as_u16();
            let asked = retry_after(answer.headers());
            let verdict = classify(status, answer.body());
            verdict.map(|()| answer.into_body()).map_err(|fault| Failure {
                fault,
                status: Some(status),
                reached: true,
                cause: None,
                asked,
            })
        }
        Err(Failed { lost, cause }) => {
            let (fault, reached) = match lost {
                Lost::NotSent => (Fault::Unavailable, false),
                Lost::Unclear => (Fault::Unclear, true),
                Lost::TooLarge => (Fault::Malformed { text: "a resposta é grande demais".to_owned() }, true),
            };
            Err(Failure { fault, status: None, reached, cause, asked: None })
        }
    }
}

/// The seconds of `Retry-After`; its other form, a date, is not read.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_ASKED))
}

fn blocked(left: Duration) -> Fault {
    Fault::Blocked { seconds: left.as_secs() + u64::from(left.subsec_nanos() > 0) }
}
