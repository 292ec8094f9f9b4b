//! The one generic function.

use std::ops::Range;
use std::time::Duration;

use clock::Clock;
use tracing::{info, warn};

use crate::cursor::Checkpoint;
use crate::entity::{Entity, Source, SourcePage, Target};
use crate::fetch::{AT_ONCE, Fetch, Fetched};
use crate::hold::{Hold, QUIET};
use crate::page::Sink;
use crate::ports::{LeaseError, State, StateError};
use crate::run::{RunError, RunRef, RunState};
use crate::stop::Stop;
use crate::{Budget, Cause, Report, SyncError};

/// HTTP exchanges per partner method since the last time it was asked.
pub type CallCount<'a> = &'a (dyn Fn() -> Vec<(String, u64)> + Sync);

/// All that a run needs. Everything is borrowed, so that a warm Lambda builds it anew for each event.
pub struct Job<'a, E: Entity, S, T, P> {
    /// Where the records are listed.
    pub source: &'a S,
    /// Where the rows are written.
    pub target: &'a T,
    /// What outlives the run.
    pub state: &'a P,
    /// What the map needs besides the record.
    pub refs: &'a E::Refs,
    /// The time.
    pub clock: &'a Clock,
    /// How long the run may work.
    pub budget: Budget,
    /// Names this run to others who want the lane (the Lambda's request id, for example).
    pub holder: String,
    /// Where the run record is kept.
    pub run: RunRef,
    /// Counts the calls for the run record.
    pub calls: CallCount<'a>,
}

/// Runs the sweep of one entity: continues the one that was interrupted or begins a new one, until it is over
/// or the budget is spent. Running it twice, at once or after any crash, is harmless.
///
/// # Errors
/// A call or the store failed; what was done until then is saved, the run record says `Failed` with the cause.
/// A partner that only asks for patience is no error: the report says how long.
pub async fn sync<E, S, T, P>(job: Job<'_, E, S, T, P>) -> Result<Report, SyncError>
where
    E: Entity,
    S: Source<E::Record>,
    T: Target<E::Row>,
    P: State,
{
    let hold = match Hold::take(job.state, job.clock, &job.source.lane(), &job.holder).await {
        Ok(hold) => hold,
        Err(LeaseError::Held { holder, until }) => {
            return Ok(waiting(
                clock::until(job.clock.now(), until),
                format!("outra execução ({holder}) está usando o mesmo método da origem"),
            ));
        }
        Err(LeaseError::Lost) => return Ok(superseded()),
        Err(LeaseError::State(state)) => return Err(failed::<E>(1, state.into())),
    };
    let opened = Checkpoint::open(job.state, job.clock, E::NAME, hold.fence()).await;
    let ended = match opened {
        Ok(checkpoint) => Sweep { job: &job, hold: &hold, checkpoint }.run().await,
        Err(StateError::Conflict { .. }) => Ok(superseded()),
        Err(state) => Err(failed::<E>(1, state.into())),
    };
    // A lease that cannot be given back runs out by itself.
    if let Err(error) = hold.release().await {
        warn!(entity = E::NAME, error = &error as &dyn std::error::Error, "the lease was not released");
    }
    ended
}

struct Sweep<'a, 'j, E: Entity, S, T, P> {
    job: &'a Job<'j, E, S, T, P>,
    hold: &'a Hold<'j, P>,
    checkpoint: Checkpoint<'j, P>,
}

impl<E, S, T, P> Sweep<'_, '_, E, S, T, P>
where
    E: Entity,
    S: Source<E::Record>,
    T: Target<E::Row>,
    P: State,
{
    async fn run(mut self) -> Result<Report, SyncError> {
        let stop = match self.pages().await {
            Ok(()) => match self.finish().await {
                Ok(report) => return Ok(report),
                Err(stop) => stop,
            },
            Err(stop) => stop,
        };
        match stop {
            Stop::Budget => Ok(Report { more: true, ..self.report() }),
            Stop::Superseded => Ok(superseded()),
            Stop::Wait(wait, why) => {
                self.save_quietly(RunState::Running, &why).await;
                let Report { counters, calls, .. } = self.report();
                Ok(Report { counters, calls, ..waiting(wait, why) })
            }
            Stop::Failed(cause) => {
                let error = failed::<E>(self.checkpoint.cursor.next_page, cause);
                let now = self.job.clock.now();
                let text = chain(&error.cause);
                let remedy = error.remedy().name().to_owned();
                self.checkpoint.cursor.stopped_by(RunError { remedy, text: text.clone(), at: now });
                self.save_quietly(RunState::Failed, &format!("parou com erro: {text}")).await;
                Err(error)
            }
        }
    }

    /// Reads and settles pages from the cursor to the last one. While the pages of one pair are settled, one
    /// after the other, the next pair is fetched.
    async fn pages(&mut self) -> Result<(), Stop> {
        let (hold, fetch) = (self.hold, Fetch { source: self.job.source, hold: self.hold });
        let mut ahead = Fetched::default();
        while !self.checkpoint.cursor.is_read() {
            if ahead.is_nothing() {
                ahead = self.first(&fetch).await?;
            }
            let Fetched { pages, failed } = ahead;
            let follow = if failed.is_some() { 0..0 } else { self.following(&pages) };
            // The question first: it is on its way while we map.
            let both = async { tokio::join!(fetch.pages(follow), self.settle(pages)) };
            let (next, settled) = hold.during(Box::pin(both)).await?;
            settled?;
            if let Some(stop) = failed
                && !self.checkpoint.cursor.is_read()
            {
                return Err(stop);
            }
            ahead = next;
        }
        Ok(())
    }

    /// The numbers to ask for while `pages`, the ones from the cursor on, are settled. None on the reserve: what
    /// was fetched is settled even then, that is what the reserve is for.
    fn following(&self, pages: &[SourcePage<E::Record>]) -> Range<u32> {
        let settling = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        let next = self.checkpoint.cursor.next_page.saturating_add(settling);
        let total = pages.last().map_or(0, |page| page.total_pages);
        if self.job.budget.spent(self.job.clock.now()) {
            return next..next;
        }
        next..next.saturating_add(AT_ONCE).min(total.saturating_add(1)).max(next)
    }

    /// Settles pages in their order, the cursor after each. What lies beyond the end, as the page before it
    /// tells, is not part of the listing any more.
    async fn settle(&mut self, pages: Vec<SourcePage<E::Record>>) -> Result<(), Stop> {
        for page in pages {
            if self.checkpoint.cursor.is_read() {
                break;
            }
            let number = self.checkpoint.cursor.next_page;
            let (total_pages, total_records) = (page.total_pages, page.total_records);
            let settled = self.sink().page::<E>(number, page, self.job.refs).await?;
            self.checkpoint.cursor.advance(total_pages, total_records, settled);
            self.save(RunState::Running, None).await?;
            info!(entity = E::NAME, page = number, total_pages, "settled page {number} of {total_pages}");
        }
        Ok(())
    }

    /// The first page of this run, alone, because it tells how many there are; after the end of a block and the
    /// lane's quiet time.
    async fn first(&self, fetch: &Fetch<'_, '_, S, P>) -> Result<Fetched<E::Record>, Stop> {
        let (clock, budget) = (self.job.clock, self.job.budget);
        let number = self.checkpoint.cursor.next_page;
        if budget.spent(clock.now()) {
            return Err(Stop::Budget);
        }
        if let Some(until) = self.hold.blocked_until() {
            return Err(Stop::Wait(clock::until(clock.now(), until), blocked_text()));
        }
        if let Some(free_at) = self.hold.free_at(number) {
            let wait = clock::until(clock.now(), free_at);
            if wait >= budget.left(clock.now()) {
                return Err(Stop::Wait(wait, quiet_text()));
            }
            if !wait.is_zero() {
                self.progress(RunState::Running, Some(quiet_text())).await?;
                self.hold.during(clock.sleep_until(free_at)).await?;
            }
        }
        Ok(self.hold.during(Box::pin(fetch.pages(number..number + 1))).await?)
    }

    /// After the last page: the rows that must exist, then the end of the sweep.
    async fn finish(&mut self) -> Result<Report, Stop> {
        let rows = E::guaranteed(self.checkpoint.cursor.counters.read, self.job.refs);
        let counters = self.hold.during(Box::pin(self.sink().guaranteed::<E>(rows))).await??;
        self.checkpoint.cursor.counters += counters;
        let (sink, started) = (self.sink(), self.checkpoint.cursor.started);
        let forget = sink.forget_places::<E>(started);
        self.hold.during(Box::pin(forget)).await??;
        self.checkpoint.cursor.count_calls((self.job.calls)());
        // Cursor first: between the two a crash costs a re-reading, the other way round it would make the next
        // run believe that it has something to continue.
        self.checkpoint.remove().await?;
        let incomplete = self.checkpoint.cursor.incomplete();
        let outcome = incomplete.clone().map_or_else(
            || "concluído".to_owned(),
            |why| format!("concluído, mas incompleto: {why}; a próxima execução relê tudo"),
        );
        self.progress(RunState::Done, Some(outcome)).await?;
        let report = Report { incomplete, ..self.report() };
        info!(entity = E::NAME, counters = ?report.counters, "finished the sweep of {}", E::NAME);
        Ok(report)
    }

    fn sink(&self) -> Sink<'_, T, P> {
        Sink { target: self.job.target, state: self.job.state, clock: self.job.clock }
    }

    fn report(&self) -> Report {
        let cursor = &self.checkpoint.cursor;
        Report { counters: cursor.counters, calls: cursor.calls().clone(), ..Report::default() }
    }

    /// Cursor, then what can be read about it: progress may lag behind the truth, never run ahead of it.
    async fn save(&mut self, state: RunState, outcome: Option<String>) -> Result<(), StateError> {
        self.checkpoint.cursor.count_calls((self.job.calls)());
        self.checkpoint.save().await?;
        self.progress(state, outcome).await
    }

    /// Saves a run that is stopping anyway: its own reason is the one to report.
    async fn save_quietly(&mut self, state: RunState, outcome: &str) {
        if let Err(error) = self.save(state, Some(outcome.to_owned())).await {
            warn!(entity = E::NAME, error = &error as &dyn std::error::Error, "the stop was not recorded");
        }
    }

    async fn progress(&self, state: RunState, outcome: Option<String>) -> Result<(), StateError> {
        let RunRef { kind, id, expires } = &self.job.run;
        let record = self.checkpoint.cursor.record(E::NAME, state, outcome, self.job.clock.now());
        let body = serde_json::to_value(&record).expect("a run record is JSON by its type");
        self.job.state.put(kind, id, &body, crate::Expected::Any, *expires).await?;
        Ok(())
    }
}

fn failed<E: Entity>(page: u32, cause: Cause) -> SyncError {
    SyncError { entity: E::NAME, page, cause }
}

fn waiting(wait: Duration, why: String) -> Report {
    // Rounded up: a second early is a second call.
    let wait_seconds = u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX);
    Report { more: true, wait_seconds, waiting_for: Some(why), ..Report::default() }
}

fn superseded() -> Report {
    waiting(QUIET, "outra execução assumiu o mesmo método da origem".to_owned())
}

fn quiet_text() -> String {
    "a origem não aceita a mesma consulta duas vezes em 60 segundos".to_owned()
}

fn blocked_text() -> String {
    "a origem bloqueou este método (uso indevido ou erros seguidos); consultar antes do fim prolongaria o bloqueio"
        .to_owned()
}

/// The error and what lies under it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
