//! One sweep: page after page, then what follows from having read them all.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::time::Duration;

use jiff::Timestamp;
use partner_http::story;
use tracing::{info, warn};

use crate::ask::Wanted;
use crate::cursor::{Checkpoint, Cursor};
use crate::entity::{Question, Scope, Source, SourcePage, Window};
use crate::fetch::{AT_ONCE, Fetch, Fetched, Witnessed};
use crate::hold::Hold;
use crate::intake::{Intake, Place};
use crate::page::{Settled, Sink};
use crate::ports::{State, StateError};
use crate::retire::{Ending, Proof, Reading};
use crate::run::{RunError, RunRef, RunState};
use crate::seen::Seen;
use crate::stop::Stop;
use crate::sync::{failed, rows_of, superseded, waiting};
use crate::watermark::{self, Watermark};
use crate::{Job, Key, Report, SyncError};

/// The cursor is saved when so many rows have been settled since the last time …
const SAVED_ROWS: u64 = 2_000;
/// … or so much time has passed, twice as much each time. What a crash throws away is done again, which is harmless.
const SAVED_FIRST: Duration = Duration::from_secs(15);
/// A source that takes 15 s for a page of 100 rows would otherwise pay a save for every page or two. So it pays for its
/// rows like any other, and besides for its time, three write units a minute: a save in five minutes, and the lease.
const SAVED_LAST: Duration = Duration::from_mins(5);

pub(crate) struct Sweep<'a, 'j, Record, I, S, T, P> {
    job: &'a Job<'j, I, S, T, P>,
    hold: &'a Hold<'j, P>,
    checkpoint: Checkpoint<'j, P>,
    cursor: Cursor,
    seen: Seen,
    /// Per entity: rows in use that are no longer for the target.
    leaving: HashMap<&'static str, Vec<Key>>,
    watermark: Option<Watermark>,
    saved: (u64, Timestamp),
    /// How long a save may be put off.
    patience: Duration,
    records: PhantomData<fn() -> Record>,
}

impl<'a, 'j, Record, I, S, T, P> Sweep<'a, 'j, Record, I, S, T, P>
where
    I: Intake<Record, T, P>,
    S: Source<Record>,
    P: State,
{
    /// The sweep that was interrupted, or a new one.
    pub(crate) async fn begin(
        job: &'a Job<'j, I, S, T, P>,
        hold: &'a Hold<'j, P>,
    ) -> Result<Self, StateError> {
        let (checkpoint, found) = Checkpoint::open(job.state, job.clock, job.name).await?;
        let (version, watermark) = watermark::open(job.state, job.name).await?;
        let now = job.clock.now();
        let (cursor, seen) = if let Some(cursor) = found {
            let seen = Seen::load(job.state, job.name, &cursor.sweep, cursor.chunks).await?;
            (continued(cursor, job.ask.wanted, now), seen)
        } else {
            let (scope, because) = scope(job, watermark.as_ref(), now);
            let (mut cursor, seen) = fresh(job, scope, because, hold.fence(), now);
            cursor.watermark = version;
            (cursor, seen)
        };
        let saved = (cursor.rows, now);
        let (leaving, patience, records) = (HashMap::new(), SAVED_FIRST, PhantomData);
        let mut sweep =
            Self { job, hold, checkpoint, cursor, seen, leaving, watermark, saved, patience, records };
        if sweep.is_full() {
            // From here on nobody else moves it.
            sweep.checkpoint.save(&sweep.cursor).await?;
        }
        Ok(sweep)
    }

    pub(crate) async fn run(mut self) -> Result<Report, SyncError> {
        let stop = match self.pages().await {
            Ok(()) => match Box::pin(self.finish()).await {
                Ok(report) => return Ok(report),
                Err(stop) => stop,
            },
            Err(stop) => stop,
        };
        match stop {
            Stop::Budget => {
                if !self.is_full() && self.cursor.rows > 0 {
                    self.widen();
                }
                self.save_quietly(RunState::Running, None).await;
                Ok(Report { more: true, ..self.report() })
            }
            Stop::Superseded => Ok(superseded()),
            Stop::Wait(wait, why) => {
                self.save_quietly(RunState::Running, Some(&why)).await;
                let Report { counters, calls, .. } = self.report();
                Ok(Report { counters, calls, ..waiting(wait, why) })
            }
            Stop::Failed(cause) => {
                let error = failed(self.job.name, self.cursor.page(), cause);
                let now = self.job.clock.now();
                let text = story(&error.cause);
                let remedy = error.remedy().name().to_owned();
                self.cursor.stopped_by(RunError { remedy, text: text.clone(), at: now });
                self.save_quietly(RunState::Failed, Some(&format!("parou com erro: {text}"))).await;
                Err(error)
            }
        }
    }

    fn is_full(&self) -> bool {
        self.cursor.scope == Scope::Full
    }

    /// More has changed than one run can read: what was delivered stays delivered, and everything is read instead,
    /// because that can be continued page by page.
    fn widen(&mut self) {
        let because = Some("mudanças demais para uma execução".to_owned());
        let now = self.job.clock.now();
        let (mut full, seen) = fresh(self.job, Scope::Full, because, self.hold.fence(), now);
        full.watermark = self.cursor.watermark;
        self.count();
        let changed = std::mem::replace(&mut self.cursor, full);
        self.cursor.charge(changed);
        self.seen = seen;
    }

    /// Reads and settles pages from the cursor to the last one. While the pages of one pair are settled, one
    /// after the other, the next pair is fetched.
    async fn pages(&mut self) -> Result<(), Stop> {
        let (hold, fetch) = (self.hold, Fetch { source: self.job.source, hold: self.hold });
        let mut ahead = Fetched::default();
        while !self.cursor.is_read() {
            if ahead.is_nothing() {
                ahead = self.first(&fetch).await?;
            }
            let Fetched { pages, failed } = ahead;
            let is_first = pages.is_empty();
            let follow = if failed.is_some() { Vec::new() } else { self.following(&pages) };
            // The question first: it is on its way while we map.
            let both = async { tokio::join!(fetch.pages(&follow), self.settle(pages)) };
            let (next, settled) = hold.during(Box::pin(both)).await?;
            settled?;
            // Pages beyond the end of a part that has shrunk are no pages, whatever became of them.
            if let Some(stop) = failed
                && (is_first || !self.cursor.is_at_start_of_part())
            {
                return Err(stop);
            }
            ahead = if self.cursor.is_at_start_of_part() { Fetched::default() } else { next };
        }
        Ok(())
    }

    /// What to ask for while `pages`, the ones from the cursor on, are settled. Nothing on the reserve: what was
    /// fetched is settled even then, that is what the reserve is for.
    fn following(&self, pages: &[SourcePage<Record>]) -> Vec<(Question, u32)> {
        if self.job.budget.spent(self.job.clock.now()) {
            return Vec::new();
        }
        let settling = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        let total = pages.last().map_or(0, |page| page.total_pages);
        let ahead = settling..settling.saturating_add(AT_ONCE);
        let questions = ahead.map(|ahead| (self.cursor.question(ahead), self.cursor.number(ahead)));
        questions.filter(|(question, _)| question.page <= total).collect()
    }

    /// Settles pages of one part in their order. What lies beyond its end, as the page before it tells, is not part
    /// of the listing any more.
    async fn settle(&mut self, pages: Vec<SourcePage<Record>>) -> Result<(), Stop> {
        for (at, page) in pages.into_iter().enumerate() {
            if at > 0 && self.cursor.is_at_start_of_part() {
                break;
            }
            self.hold.keep().await?;
            let (number, rows) = (self.cursor.number(0), rows_of(&page));
            let (total_pages, total_records) = (page.total_pages, page.total_records);
            let place = Place { sweep: &self.cursor.sweep, number };
            let mut settled = self.job.intake.settle(&self.sink(), &place, page).await?;
            self.note(&mut settled);
            self.cursor.advance(total_pages, total_records, rows, settled);
            self.save_if_due().await?;
            info!(job = self.job.name, page = number, total_pages, "settled page {number}");
        }
        Ok(())
    }

    /// Remembers who was there and who is to go.
    fn note(&mut self, settled: &mut [Settled]) {
        for one in settled {
            if self.cursor.scope == Scope::Full {
                one.met.iter().for_each(|key| self.seen.add(key));
                self.cursor.witness = one.met.pop().or(self.cursor.witness.take());
                // The ledger knows who is to go.
                continue;
            }
            self.leaving.entry(one.entity).or_default().append(&mut one.leaving);
        }
    }

    /// The first page of this run or of a part, alone, because it tells how many there are; after the end of a block
    /// and the lane's quiet time.
    async fn first(&self, fetch: &Fetch<'_, '_, S, P>) -> Result<Fetched<Record>, Stop> {
        let number = self.cursor.number(0);
        self.quiet(number).await?;
        let question = [(self.cursor.question(0), number)];
        Ok(self.hold.during(Box::pin(fetch.pages(&question))).await?)
    }

    /// Waits until the question of that number may be put, if the budget allows.
    async fn quiet(&self, number: u32) -> Result<(), Stop> {
        let (clock, budget) = (self.job.clock, self.job.budget);
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
        Ok(())
    }

    /// After the last page: the rows that must exist, the rows that must go, the watermark, then the end.
    async fn finish(&mut self) -> Result<Report, Stop> {
        if self.is_full() {
            // Questions by key may have been put by the run before this one.
            self.quiet(self.cursor.number(0)).await?;
            let sink = self.sink();
            let ending = self.ending();
            let complete = self.job.intake.complete(&sink, &ending);
            let settled = self.hold.during(Box::pin(complete)).await??;
            self.cursor.tally(settled);
        }
        self.retire().await?;
        self.count();
        let incomplete = self.cursor.incomplete();
        self.hold.keep().await?;
        if incomplete.is_none() {
            self.save_watermark().await?;
        }
        // Then the cursor: a crash between the two only ends the same sweep once more.
        if self.is_full() {
            self.checkpoint.remove().await?;
        }
        let braked = self.cursor.courses.values().filter_map(|course| course.braked).reduce(|a, b| a + b);
        let report = Report { incomplete: incomplete.clone(), braked, ..self.report() };
        self.ended(&report).await?;
        info!(job = self.job.name, counters = ?report.counters, "finished the sweep of {}", self.job.name);
        Ok(report)
    }

    fn ending(&self) -> Ending<'_> {
        let Cursor { sweep, rows, started, witness, .. } = &self.cursor;
        let reading = if self.is_full() {
            let proof = if self.seen.is_whole() { self.cursor.proof() } else { Proof::Nothing };
            Reading::Full { seen: &self.seen, proof, witness: witness.as_ref() }
        } else {
            Reading::Changed { leaving: &self.leaving, watermark: self.watermark.as_ref() }
        };
        let Job { ask, budget, .. } = self.job;
        let (accept_removals, budget) = (ask.accept_removals, *budget);
        Ending { sweep, reading, rows: *rows, started: *started, accept_removals, budget }
    }

    /// Lets go of what is gone. What became of it counts, also when it was stopped.
    async fn retire(&mut self) -> Result<(), Stop> {
        let mut courses = std::mem::take(&mut self.cursor.courses);
        let source = Witnessed { source: self.job.source, hold: self.hold, number: self.cursor.number(0) };
        let (sink, ending) = (self.sink(), self.ending());
        let retire = self.job.intake.retire(&sink, &source, &ending, &mut courses);
        let retired = self.hold.during(Box::pin(retire)).await;
        for (entity, course) in &mut courses {
            for key in course.there.drain(..) {
                self.seen.add(&key);
            }
            self.cursor.tally_more(entity.clone(), std::mem::take(&mut course.counters));
        }
        self.cursor.courses = courses;
        retired?
    }

    async fn save_watermark(&self) -> Result<(), StateError> {
        let Cursor { started, mark, courses, watermark: version, .. } = &self.cursor;
        let next = if self.is_full() {
            let known = courses.iter().map(|(entity, course)| (entity.clone(), course.in_use()));
            Some(Watermark::after_full(*started, known.collect(), mark.clone()))
        } else {
            self.watermark.as_ref().map(|watermark| watermark.moved_to(*started))
        };
        let Some(next) = next else { return Ok(()) };
        match watermark::save(self.job.state, self.job.name, &next, *version).await {
            // Records were released meanwhile, or it is ours and we ended without knowing.
            Err(StateError::Conflict { .. }) => Ok(()),
            saved => saved,
        }
    }

    async fn ended(&self, report: &Report) -> Result<(), StateError> {
        let mut outcome = "concluído".to_owned();
        if let Some(why) = &report.incomplete {
            outcome = format!("concluído, mas incompleto: {why}; a próxima execução lê de novo");
        }
        if let Some(gone) = report.braked {
            outcome = format!(
                "{outcome}; {gone} registros sumiram da origem de uma vez: nada foi removido, confirme a remoção"
            );
        }
        let Job { name, holder, .. } = self.job;
        let mut record = self.cursor.record(name, holder, RunState::Done, self.job.clock.now());
        record.braked = report.braked;
        record.outcome = Some(outcome);
        self.put(&record).await
    }

    fn sink(&self) -> Sink<'j, T, P> {
        Sink { target: self.job.target, state: self.job.state, clock: self.job.clock }
    }

    fn report(&self) -> Report {
        Report { counters: self.cursor.counters(), calls: self.cursor.calls().clone(), ..Report::default() }
    }

    fn count(&mut self) {
        self.cursor.count((self.job.calls)(), self.job.state.units_written());
    }

    async fn save_if_due(&mut self) -> Result<(), StateError> {
        let (rows, at) = self.saved;
        let is_late = self.job.clock.now() >= clock::later(at, self.patience);
        if is_late {
            self.patience = SAVED_LAST.min(self.patience * 2);
        }
        let is_due = is_late || self.cursor.rows >= rows + SAVED_ROWS;
        if is_due { self.save(RunState::Running, None).await } else { Ok(()) }
    }

    /// What was seen, then the cursor that counts it, then what can be read about it: progress may lag behind the
    /// truth, never run ahead of it.
    async fn save(&mut self, state: RunState, outcome: Option<String>) -> Result<(), StateError> {
        self.count();
        let Job { state: documents, clock, .. } = self.job;
        if self.is_full() {
            if self.seen.save(*documents, clock, self.cursor.chunks).await? {
                self.cursor.chunks += 1;
            }
            self.checkpoint.save(&self.cursor).await?;
        }
        self.saved = (self.cursor.rows, clock.now());
        self.progress(state, outcome).await
    }

    /// Saves a run that is stopping anyway: its own reason is the one to report.
    async fn save_quietly(&mut self, state: RunState, outcome: Option<&str>) {
        if let Err(error) = self.save(state, outcome.map(str::to_owned)).await {
            let error = &error as &dyn std::error::Error;
            warn!(job = self.job.name, error, "the stop was not recorded");
        }
    }

    async fn progress(&self, state: RunState, outcome: Option<String>) -> Result<(), StateError> {
        let Job { name, holder, clock, .. } = self.job;
        let mut record = self.cursor.record(name, holder, state, clock.now());
        record.outcome = outcome;
        self.put(&record).await
    }

    async fn put(&self, record: &crate::RunRecord) -> Result<(), StateError> {
        let RunRef { kind, id, expires } = &self.job.run;
        let body = serde_json::to_value(record).expect("a run record is JSON by its type");
        self.job.state.put(kind, id, &body, crate::Expected::Any, *expires).await?;
        Ok(())
    }
}

/// How much a new sweep reads, and why everything if only changes were wanted.
fn scope<Record, I, S: Source<Record>, T, P>(
    job: &Job<'_, I, S, T, P>,
    watermark: Option<&Watermark>,
    now: Timestamp,
) -> (Scope, Option<String>) {
    let full = |why: &str| (Scope::Full, Some(why.to_owned()));
    let Some(overlap) = job.source.overlap().filter(|_| job.ask.wanted == Wanted::Changes) else {
        return (Scope::Full, None);
    };
    if job.ask.accept_removals {
        return full("a remoção foi confirmada, e só a leitura completa mostra o que sumiu");
    }
    match watermark {
        None => full("ainda não há leitura completa, ou registros foram liberados"),
        Some(watermark) if watermark.mark != job.ask.mark => {
            full("a configuração ou os cadastros de que depende mudaram")
        }
        Some(watermark) => {
            let from = watermark.from.checked_sub(overlap).unwrap_or(watermark.from);
            (Scope::Changed(Window { from, to: now }), None)
        }
    }
}

fn fresh<Record, I, S: Source<Record>, T, P>(
    job: &Job<'_, I, S, T, P>,
    scope: Scope,
    because: Option<String>,
    fence: u64,
    now: Timestamp,
) -> (Cursor, Seen) {
    let sweep = format!("{now:.0}-{fence}");
    let seen = Seen::new(job.name, &sweep);
    let mut cursor = Cursor::new(sweep, scope, job.source.parts(scope), now);
    cursor.because = because;
    cursor.mark.clone_from(&job.ask.mark);
    (cursor, seen)
}

fn continued(mut cursor: Cursor, wanted: Wanted, now: Timestamp) -> Cursor {
    cursor.resume(now);
    if wanted == Wanted::Changes && cursor.because.is_none() {
        cursor.because = Some("continua a leitura completa que foi interrompida".to_owned());
    }
    cursor
}

fn quiet_text() -> String {
    "a origem não aceita a mesma consulta duas vezes em 60 segundos".to_owned()
}

fn blocked_text() -> String {
    "a origem bloqueou este método (uso indevido ou erros seguidos); consultar antes do fim prolongaria o bloqueio"
        .to_owned()
}
