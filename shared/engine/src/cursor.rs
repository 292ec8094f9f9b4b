//! Where a sweep stands. A saved cursor promises that every page before it is settled.

use std::collections::BTreeMap;
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::page::Settled;
use crate::ports::{Document, Documents, Expected, StateError};
use crate::run::{Counters, ERRORS_KEPT, RunError, RunRecord, RunState};

/// Document kind of the cursors; the id is the entity's name.
const KIND: &str = "checkpoint";

/// A sweep nobody has continued for this long is not worth continuing: its first pages are too old.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(24);

/// Progress of a sweep, as it is stored. All that a run record shows comes from here, so a page that is done
/// again after a crash is counted once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    v: u32,
    pub(crate) sweep: String,
    pub(crate) next_page: u32,
    pages_read: u32,
    total_pages: Option<u32>,
    /// Totals of the first and of the last page that was settled.
    first_total: u64,
    last_total: u64,
    pub(crate) counters: Counters,
    #[serde(default)]
    skipped: BTreeMap<String, u64>,
    calls: BTreeMap<String, u64>,
    errors: Vec<RunError>,
    pub(crate) started: Timestamp,
}

impl Cursor {
    const VERSION: u32 = 1;

    pub(crate) fn new(sweep: String, now: Timestamp) -> Self {
        Self {
            v: Self::VERSION,
            sweep,
            next_page: 1,
            pages_read: 0,
            total_pages: None,
            first_total: 0,
            last_total: 0,
            counters: Counters::default(),
            skipped: BTreeMap::new(),
            calls: BTreeMap::new(),
            errors: Vec::new(),
            started: now,
        }
    }

    /// The stored cursor; none when it is of another format: a new sweep heals what an old cursor meant.
    fn read(body: Value) -> Option<Self> {
        serde_json::from_value(body).ok().filter(|cursor: &Self| cursor.v == Self::VERSION)
    }

    /// Whether every page has been settled. Past the last page the source is never asked: it would answer with
    /// a fault and count it (`contracts/omie.md` §3.1.5).
    pub(crate) fn is_read(&self) -> bool {
        self.total_pages.is_some_and(|total| self.next_page > total)
    }

    /// The page `next_page` is settled.
    pub(crate) fn advance(&mut self, total_pages: u32, total_records: u64, settled: Settled) {
        if self.pages_read == 0 {
            self.first_total = total_records;
        }
        self.last_total = total_records;
        self.total_pages = Some(total_pages);
        self.pages_read += 1;
        self.next_page += 1;
        self.counters += settled.counters;
        for (why, count) in settled.skipped {
            *self.skipped.entry(why.to_owned()).or_default() += count;
        }
    }

    pub(crate) fn count_calls(&mut self, calls: Vec<(String, u64)>) {
        for (method, count) in calls {
            *self.calls.entry(method).or_default() += count;
        }
    }

    pub(crate) fn calls(&self) -> &BTreeMap<String, u64> {
        &self.calls
    }

    pub(crate) fn stopped_by(&mut self, error: RunError) {
        if self.errors.len() < ERRORS_KEPT {
            self.errors.push(error);
        }
    }

    /// Why the sweep may have missed records, although every page was read: rows moved between pages meanwhile
    /// (`contracts/omie-maxima-mapping.md` §13.16). The next sweep reads them.
    pub(crate) fn incomplete(&self) -> Option<String> {
        let Self { first_total: first, last_total: last, counters: Counters { read, .. }, .. } = self;
        if first != last {
            return Some(format!("o total da origem mudou de {first} para {last} durante a leitura"));
        }
        (read != last).then(|| format!("a origem anunciou {last} registros e entregou {read}"))
    }

    /// The run record of this moment.
    pub(crate) fn record(
        &self,
        entity: &str,
        state: RunState,
        outcome: Option<String>,
        now: Timestamp,
    ) -> RunRecord {
        RunRecord {
            v: RunRecord::VERSION,
            entity: entity.to_owned(),
            sweep: self.sweep.clone(),
            state,
            counters: self.counters,
            skipped: self.skipped.clone(),
            pages_read: self.pages_read,
            total_pages: self.total_pages.unwrap_or(0),
            expected: self.last_total,
            started: self.started,
            updated: now,
            ended: (state != RunState::Running).then_some(now),
            calls: self.calls.clone(),
            errors: self.errors.clone(),
            incomplete: self.incomplete().filter(|_| state == RunState::Done),
            outcome,
        }
    }
}

/// The cursor of one sweep in the store. Its version keeps a holder that has lost the lane from moving it.
pub(crate) struct Checkpoint<'a, D> {
    documents: &'a D,
    clock: &'a Clock,
    entity: &'static str,
    version: u64,
    pub(crate) cursor: Cursor,
}

impl<'a, D: Documents> Checkpoint<'a, D> {
    /// The sweep that was interrupted, or a new one named after `fence`.
    pub(crate) async fn open(
        documents: &'a D,
        clock: &'a Clock,
        entity: &'static str,
        fence: u64,
    ) -> Result<Self, StateError> {
        let stored = documents.get(KIND, entity).await?;
        let expected = stored.as_ref().map_or(Expected::Absent, |at| Expected::Version(at.version));
        let cursor = stored.and_then(|Document { body, .. }| Cursor::read(body));
        let now = clock.now();
        let cursor = cursor.unwrap_or_else(|| Cursor::new(format!("{now:.0}-{fence}"), now));
        let mut opened = Self { documents, clock, entity, version: 0, cursor };
        opened.write(expected).await?;
        Ok(opened)
    }

    pub(crate) async fn save(&mut self) -> Result<(), StateError> {
        self.write(Expected::Version(self.version)).await
    }

    /// The sweep is over. A conflict when another holder has moved the cursor: then it is theirs.
    pub(crate) async fn remove(&self) -> Result<(), StateError> {
        self.documents.delete(KIND, self.entity, Expected::Version(self.version)).await
    }

    async fn write(&mut self, expected: Expected) -> Result<(), StateError> {
        let body = serde_json::to_value(&self.cursor).expect("a cursor is JSON by its type");
        let expires = Some(clock::later(self.clock.now(), FORGOTTEN_AFTER));
        self.version = self.documents.put(KIND, self.entity, &body, expected, expires).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    fn cursor() -> Cursor {
        Cursor::new("s".to_owned(), Timestamp::UNIX_EPOCH)
    }

    fn read(rows: u64) -> Settled {
        skipped(rows, [])
    }

    fn skipped<const N: usize>(rows: u64, reasons: [(&'static str, u64); N]) -> Settled {
        let counters = Counters { read: rows, ..Counters::default() };
        Settled { counters, skipped: BTreeMap::from(reasons) }
    }

    #[test]
    fn what_was_skipped_is_told_by_reason() {
        let mut cursor = cursor();
        cursor.advance(2, 7, skipped(3, [("não é um banco", 2)]));
        cursor.advance(2, 7, skipped(4, [("não é um banco", 1), ("parcelas livres", 1)]));

        let record = cursor.record("bancos", RunState::Done, None, Timestamp::UNIX_EPOCH);

        let wanted = [("não é um banco".to_owned(), 3), ("parcelas livres".to_owned(), 1)];
        assert_eq!(record.skipped, BTreeMap::from(wanted));
    }

    #[test]
    fn an_empty_listing_is_read_after_one_page() {
        let mut cursor = cursor();
        assert!(!cursor.is_read());

        cursor.advance(0, 0, read(0));

        assert!(cursor.is_read());
        assert_eq!(cursor.incomplete(), None);
    }

    #[test]
    fn a_total_that_moved_makes_the_sweep_incomplete() {
        let mut cursor = cursor();
        cursor.advance(2, 4, read(2));
        cursor.advance(2, 3, read(1));

        assert!(cursor.is_read());
        assert_eq!(
            cursor.incomplete().as_deref(),
            Some("o total da origem mudou de 4 para 3 durante a leitura")
        );
    }

    #[test]
    fn rows_that_do_not_add_up_make_the_sweep_incomplete() {
        let mut cursor = cursor();
        cursor.advance(1, 4, read(3));

        assert_eq!(cursor.incomplete().as_deref(), Some("a origem anunciou 4 registros e entregou 3"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_holder_that_lost_its_lane_does_not_remove_the_cursor_of_the_next_one() {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let memory = Memory::new(clock.clone());
        let stale = Checkpoint::open(&memory, &clock, "item", 1).await.expect("writable");
        let current = Checkpoint::open(&memory, &clock, "item", 2).await.expect("writable");

        let refused = stale.remove().await;

        assert!(matches!(refused, Err(StateError::Conflict { .. })), "{refused:?}");
        current.remove().await.expect("its own");
        assert_eq!(memory.get(KIND, "item").await.expect("readable"), None);
    }

    #[test]
    fn a_cursor_survives_being_stored_and_another_format_is_not_continued() {
        let stored = serde_json::to_value(cursor()).expect("a cursor is JSON");
        let mut newer = stored.clone();
        newer["v"] = 2.into();

        assert_eq!(Cursor::read(stored), Some(cursor()));
        assert_eq!(Cursor::read(newer), None);
        assert_eq!(Cursor::read(serde_json::json!({})), None);
    }
}
