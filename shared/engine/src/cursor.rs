//! Where a sweep stands. A saved cursor promises that every page before it is settled.

use std::collections::BTreeMap;
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Key;
use crate::entity::{Question, Scope};
use crate::page::Settled;
use crate::ports::{Document, Documents, Expected, StateError};
use crate::retire::Courses;
use crate::retire::Proof;
use crate::run::{Counters, ERRORS_KEPT, Resumed, RunError, RunRecord, RunState, Tally};

/// Document kind of the cursors; the id is the job's name.
const KIND: &str = "checkpoint";

/// A sweep nobody has continued for this long is not worth continuing: its first pages are too old.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(24);

/// Progress of a sweep, as it is stored. All that a run record shows comes from here, so a page that is done
/// again after a crash is counted once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    v: u32,
    pub(crate) sweep: String,
    pub(crate) scope: Scope,
    /// Why everything is read although only changes were wanted.
    pub(crate) because: Option<String>,
    /// What the maps depend on, as it was when the sweep began.
    pub(crate) mark: String,
    /// The listings of this sweep, in order.
    parts: Vec<String>,
    /// The one that is being read.
    part: usize,
    next_page: u32,
    /// Settled, over all parts.
    pages_read: u32,
    /// Pages there are in the parts that were read.
    pages_before: u32,
    /// Of the part that is being read; none before its first page.
    total_pages: Option<u32>,
    /// Rows of the part: what its first and last page announced, and what came.
    first_total: u64,
    last_total: u64,
    part_rows: u64,
    /// Rows announced by the parts that were read.
    rows_before: u64,
    /// Raw rows, over all parts.
    pub(crate) rows: u64,
    /// Rows whose identity could not be read: any known record may be one of them.
    keyless: u64,
    incomplete: Option<String>,
    tallies: BTreeMap<String, Tally>,
    /// How far the end of the sweep has come.
    #[serde(default)]
    pub(crate) courses: Courses,
    /// Version of the watermark when the sweep began.
    #[serde(default)]
    pub(crate) watermark: Option<u64>,
    /// Chunks of seen keys that are saved.
    pub(crate) chunks: u32,
    /// A key that was there.
    pub(crate) witness: Option<Key>,
    calls: BTreeMap<String, u64>,
    write_units: u64,
    errors: Vec<RunError>,
    pub(crate) started: Timestamp,
    #[serde(default)]
    resumed: Option<Resumed>,
}

impl Cursor {
    const VERSION: u32 = 2;

    pub(crate) fn new(sweep: String, scope: Scope, parts: Vec<String>, now: Timestamp) -> Self {
        Self {
            v: Self::VERSION,
            sweep,
            scope,
            because: None,
            mark: String::new(),
            parts,
            part: 0,
            next_page: 1,
            pages_read: 0,
            pages_before: 0,
            total_pages: None,
            first_total: 0,
            last_total: 0,
            part_rows: 0,
            rows_before: 0,
            rows: 0,
            keyless: 0,
            incomplete: None,
            tallies: BTreeMap::new(),
            courses: Courses::new(),
            watermark: None,
            chunks: 0,
            witness: None,
            calls: BTreeMap::new(),
            write_units: 0,
            errors: Vec::new(),
            started: now,
            resumed: None,
        }
    }

    /// The sweep was interrupted and goes on from here.
    pub(crate) fn resume(&mut self, now: Timestamp) {
        self.resumed = Some(Resumed { at: now, read: self.rows });
    }

    /// The stored cursor; none when it is of another format: a new sweep heals what an old cursor meant.
    fn read(body: Value) -> Option<Self> {
        serde_json::from_value(body).ok().filter(|cursor: &Self| cursor.v == Self::VERSION)
    }

    /// Whether every page of every part has been settled. Past the last page the source is never asked: it would
    /// answer with a fault and count it (`contracts/omie.md` §3.1.5).
    pub(crate) fn is_read(&self) -> bool {
        self.part >= self.parts.len()
    }

    /// Whether the next page is the first of its part: it tells how many there are.
    pub(crate) fn is_at_start_of_part(&self) -> bool {
        self.total_pages.is_none()
    }

    /// The question for the page that is `ahead` of the next one, in the same part.
    pub(crate) fn question(&self, ahead: u32) -> Question {
        let part = self.parts.get(self.part).cloned().unwrap_or_default();
        Question { scope: self.scope, part, page: self.next_page.saturating_add(ahead) }
    }

    /// The running number of that page, over all parts: what the lane notes. No page that comes later has a
    /// smaller one.
    pub(crate) fn number(&self, ahead: u32) -> u32 {
        self.pages_read.saturating_add(1).saturating_add(ahead)
    }

    /// The number of the next page in its part.
    pub(crate) fn page(&self) -> u32 {
        self.next_page
    }

    /// The next page is settled.
    pub(crate) fn advance(&mut self, total_pages: u32, total_records: u64, rows: u64, settled: Vec<Settled>) {
        if self.total_pages.is_none() {
            self.first_total = total_records;
        }
        self.last_total = total_records;
        self.total_pages = Some(total_pages);
        self.part_rows += rows;
        self.rows += rows;
        self.pages_read += 1;
        self.next_page += 1;
        self.tally(settled);
        if self.next_page > total_pages {
            self.end_part(total_pages);
        }
    }

    /// Rows moved between pages meanwhile, or some never came (`contracts/omie-maxima-mapping.md` §13.16).
    fn end_part(&mut self, total_pages: u32) {
        let Self { first_total: first, last_total: last, part_rows: read, .. } = *self;
        let why = if first == last {
            (read != last).then(|| format!("a origem anunciou {last} registros e entregou {read}"))
        } else {
            Some(format!("o total da origem mudou de {first} para {last} durante a leitura"))
        };
        self.incomplete = self.incomplete.take().or(why);
        self.pages_before = self.pages_before.saturating_add(total_pages);
        self.rows_before += last;
        self.part += 1;
        self.next_page = 1;
        self.total_pages = None;
        (self.first_total, self.last_total, self.part_rows) = (0, 0, 0);
    }

    pub(crate) fn tally(&mut self, settled: Vec<Settled>) {
        for Settled { entity, counters, skipped, keyless, .. } in settled {
            // One unreadable row is unreadable to every entity that shares it.
            self.keyless = self.keyless.max(keyless);
            self.tally_more(entity.to_owned(), counters);
            let tally = self.tallies.entry(entity.to_owned()).or_default();
            for (why, count) in skipped {
                *tally.skipped.entry(why.to_owned()).or_default() += count;
            }
        }
    }

    pub(crate) fn count(&mut self, calls: Vec<(String, u64)>, write_units: u64) {
        for (method, count) in calls {
            *self.calls.entry(method).or_default() += count;
        }
        self.write_units += write_units;
    }

    pub(crate) fn tally_more(&mut self, entity: String, counters: Counters) {
        self.tallies.entry(entity).or_default().counters += counters;
    }

    /// What the sweep that this one takes the place of has cost, and what stopped it.
    pub(crate) fn charge(&mut self, before: Self) {
        (self.calls, self.write_units, self.errors) = (before.calls, before.write_units, before.errors);
    }

    pub(crate) fn calls(&self) -> &BTreeMap<String, u64> {
        &self.calls
    }

    pub(crate) fn stopped_by(&mut self, error: RunError) {
        if self.errors.len() < ERRORS_KEPT {
            self.errors.push(error);
        }
    }

    /// Why the sweep may have missed records, although every page was read. The next sweep reads them.
    pub(crate) fn incomplete(&self) -> Option<String> {
        self.incomplete.clone()
    }

    /// What follows for a record that was not shown: something only if everything was read and every row had a name.
    /// An answer without any row is no ground to remove anything; to have had nothing to ask for is one, for what we
    /// know the end of.
    pub(crate) fn proof(&self) -> Proof {
        if !self.is_read() || self.incomplete.is_some() || self.keyless > 0 {
            return Proof::Nothing;
        }
        match (self.parts.is_empty(), self.rows) {
            (true, _) => Proof::Ended,
            (false, 0) => Proof::Nothing,
            (false, _) => Proof::All,
        }
    }

    /// What became of the rows: of the only entity, or of all that share the listing.
    pub(crate) fn counters(&self) -> Counters {
        let mut sum = Counters::default();
        for tally in self.tallies.values() {
            sum += tally.counters;
        }
        Counters { read: self.rows, ..sum }
    }

    /// The run record of this moment.
    pub(crate) fn record(&self, job: &str, holder: &str, state: RunState, now: Timestamp) -> RunRecord {
        let is_group = self.tallies.len() > 1;
        let mut skipped = BTreeMap::new();
        for (why, count) in self.tallies.values().flat_map(|tally| &tally.skipped) {
            *skipped.entry(why.clone()).or_default() += count;
        }
        RunRecord {
            v: RunRecord::VERSION,
            entity: job.to_owned(),
            sweep: self.sweep.clone(),
            scope: self.scope,
            because: self.because.clone(),
            holder: holder.to_owned(),
            state,
            counters: self.counters(),
            skipped,
            of: if is_group { self.tallies.clone() } else { BTreeMap::new() },
            pages_read: self.pages_read,
            total_pages: self.pages_before.saturating_add(self.total_pages.unwrap_or(0)),
            expected: self.rows_before + self.last_total,
            started: self.started,
            resumed: self.resumed,
            updated: now,
            ended: (state != RunState::Running).then_some(now),
            calls: self.calls.clone(),
            write_units: self.write_units,
            errors: self.errors.clone(),
            incomplete: self.incomplete().filter(|_| state == RunState::Done),
            braked: None,
            outcome: None,
        }
    }
}

/// The cursor of a job in the store. Its version keeps a holder that has lost the lane from moving it.
pub(crate) struct Checkpoint<'a, D> {
    documents: &'a D,
    clock: &'a Clock,
    job: &'static str,
    /// What is there, as far as we know; none before the first write of a sweep that found nothing.
    version: Option<u64>,
}

impl<'a, D: Documents> Checkpoint<'a, D> {
    /// What an interrupted sweep left, if there is one.
    pub(crate) async fn open(
        documents: &'a D,
        clock: &'a Clock,
        job: &'static str,
    ) -> Result<(Self, Option<Cursor>), StateError> {
        let stored = documents.get(KIND, job).await?;
        let version = stored.as_ref().map(|stored| stored.version);
        let cursor = stored.and_then(|Document { body, .. }| Cursor::read(body));
        Ok((Self { documents, clock, job, version }, cursor))
    }

    pub(crate) async fn save(&mut self, cursor: &Cursor) -> Result<(), StateError> {
        let body = serde_json::to_value(cursor).expect("a cursor is JSON by its type");
        let expires = Some(clock::later(self.clock.now(), FORGOTTEN_AFTER));
        let expected = self.version.map_or(Expected::Absent, Expected::Version);
        self.version = Some(self.documents.put(KIND, self.job, &body, expected, expires).await?);
        Ok(())
    }

    /// The sweep is over. A conflict when another holder has moved the cursor: then it is theirs.
    pub(crate) async fn remove(&self) -> Result<(), StateError> {
        match self.version {
            Some(version) => self.documents.delete(KIND, self.job, Expected::Version(version)).await,
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    fn cursor<const N: usize>(parts: [&str; N]) -> Cursor {
        let parts = parts.into_iter().map(str::to_owned).collect();
        Cursor::new("s".to_owned(), Scope::Full, parts, Timestamp::UNIX_EPOCH)
    }

    fn skipped<const N: usize>(rows: u64, reasons: [(&'static str, u64); N]) -> Vec<Settled> {
        let counters = Counters { read: rows, ..Counters::default() };
        vec![Settled { counters, skipped: BTreeMap::from(reasons), ..Settled::of("itens") }]
    }

    fn read(rows: u64) -> Vec<Settled> {
        skipped(rows, [])
    }

    #[test]
    fn what_was_skipped_is_told_by_reason() {
        let mut cursor = cursor([""]);
        cursor.advance(2, 7, 3, skipped(3, [("não é um banco", 2)]));
        cursor.advance(2, 7, 4, skipped(4, [("não é um banco", 1), ("parcelas livres", 1)]));

        let record = cursor.record("bancos", "", RunState::Done, Timestamp::UNIX_EPOCH);

        let wanted = [("não é um banco".to_owned(), 3), ("parcelas livres".to_owned(), 1)];
        assert_eq!(record.skipped, BTreeMap::from(wanted));
        assert!(record.of.is_empty(), "one entity is told once");
    }

    #[test]
    fn an_empty_listing_is_read_after_one_page_and_proves_nothing() {
        let mut cursor = cursor([""]);
        assert!(!cursor.is_read());

        cursor.advance(0, 0, 0, read(0));

        assert!(cursor.is_read() && cursor.proof() == Proof::Nothing);
        assert_eq!(cursor.incomplete(), None);
    }

    #[test]
    fn a_total_that_moved_makes_the_sweep_incomplete() {
        let mut cursor = cursor([""]);
        cursor.advance(2, 4, 2, read(2));
        cursor.advance(2, 3, 1, read(1));

        assert!(cursor.is_read() && cursor.proof() == Proof::Nothing);
        let why = "o total da origem mudou de 4 para 3 durante a leitura";
        assert_eq!(cursor.incomplete().as_deref(), Some(why));
    }

    #[test]
    fn rows_that_do_not_add_up_make_the_sweep_incomplete() {
        let mut cursor = cursor([""]);
        cursor.advance(1, 4, 3, read(3));

        assert_eq!(cursor.incomplete().as_deref(), Some("a origem anunciou 4 registros e entregou 3"));
    }

    #[test]
    fn each_part_adds_up_for_itself_and_pages_are_numbered_over_all() {
        let mut cursor = cursor(["a", "b"]);
        cursor.advance(2, 4, 2, read(2));
        cursor.advance(2, 4, 2, read(2));
        assert_eq!(
            (cursor.question(0).part.as_str(), cursor.question(0).page, cursor.number(0)),
            ("b", 1, 3)
        );
        assert!(cursor.is_at_start_of_part());

        cursor.advance(1, 1, 1, read(1));

        assert_eq!(cursor.proof(), Proof::All);
        let record = cursor.record("precos", "", RunState::Done, Timestamp::UNIX_EPOCH);
        assert_eq!((record.total_pages, record.expected, record.counters.read), (3, 5, 5));
    }

    #[test]
    fn a_row_without_a_name_may_be_any_record() {
        let mut cursor = cursor([""]);
        cursor.advance(1, 1, 1, vec![Settled { keyless: 1, ..Settled::of("itens") }]);

        assert!(cursor.incomplete().is_none() && cursor.proof() == Proof::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn a_holder_that_lost_its_lane_neither_moves_nor_removes_the_cursor_of_the_next_one() {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let memory = Memory::new(clock.clone());
        let (mut stale, _) = Checkpoint::open(&memory, &clock, "itens").await.expect("readable");
        stale.save(&cursor([""])).await.expect("writable");
        let (mut current, found) = Checkpoint::open(&memory, &clock, "itens").await.expect("readable");
        assert_eq!(found, Some(cursor([""])));
        current.save(&cursor([""])).await.expect("writable");

        for refused in [stale.remove().await, stale.save(&cursor([""])).await] {
            assert!(matches!(refused, Err(StateError::Conflict { .. })), "{refused:?}");
        }
        current.remove().await.expect("its own");
        assert_eq!(memory.get(KIND, "itens").await.expect("readable"), None);
    }

    #[test]
    fn a_cursor_survives_being_stored_and_another_format_is_not_continued() {
        let stored = serde_json::to_value(cursor([""])).expect("a cursor is JSON");
        let mut newer = stored.clone();
        newer["v"] = 3.into();

        assert_eq!(Cursor::read(stored), Some(cursor([""])));
        assert_eq!(Cursor::read(newer), None);
        assert_eq!(Cursor::read(serde_json::json!({})), None);
    }
}
