//! What can be read about a run while it goes on and afterwards.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Scope;

/// The document a run keeps itself in; the caller chooses where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRef {
    /// Document kind.
    pub kind: String,
    /// Document id.
    pub id: String,
    /// When the document may be forgotten; none keeps it.
    pub expires: Option<Timestamp>,
}

impl RunRef {
    /// A run record that is kept.
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self { kind: kind.into(), id: id.into(), expires: None }
    }
}

/// What became of the rows of a sweep. Every row read is in exactly one of the other counters but `guaranteed` and
/// `removed`, which count rows that no source delivered; `rejected` and `failed` count those of them too that the target
/// would not take or let go of. For entities that share a listing, `read` counts its rows
/// once and the others add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counters {
    /// Raw rows the source delivered.
    pub read: u64,
    /// Written, not known before.
    pub created: u64,
    /// Written, known with another fingerprint.
    pub updated: u64,
    /// Held by the target already.
    pub unchanged: u64,
    /// Not for the target.
    pub skipped: u64,
    /// Kept out by our map or rules; in quarantine.
    pub rejected: u64,
    /// Refused by the partner; in quarantine.
    pub failed: u64,
    /// The same key again in one page.
    pub repeated: u64,
    /// Synthetic rows written.
    pub guaranteed: u64,
    /// Rows the target let go of, because their records are gone.
    pub removed: u64,
}

impl Counters {
    /// Rows the target holds as the source has them.
    pub fn stored(&self) -> u64 {
        self.created + self.updated + self.unchanged
    }

    /// Rows in quarantine.
    pub fn quarantined(&self) -> u64 {
        self.rejected + self.failed
    }
}

impl AddAssign for Counters {
    fn add_assign(&mut self, more: Self) {
        self.read += more.read;
        self.created += more.created;
        self.updated += more.updated;
        self.unchanged += more.unchanged;
        self.skipped += more.skipped;
        self.rejected += more.rejected;
        self.failed += more.failed;
        self.repeated += more.repeated;
        self.guaranteed += more.guaranteed;
        self.removed += more.removed;
    }
}

/// What became of the rows of one entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many of each kind.
    pub counters: Counters,
    /// Why rows were skipped, and how many for each reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skipped: BTreeMap<String, u64>,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// At work, or waiting for its next turn.
    Running,
    /// The sweep has ended.
    Done,
    /// Stopped by an error; the next run goes on from there.
    Failed,
}

/// One stop of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunError {
    /// Name of the remedy: `RetryLater`, `FixConfig`, `FixData`, `AskPartner`, `Bug`.
    pub remedy: String,
    /// What happened, with the partner's text.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Where a sweep was taken up again: what came before says nothing about how fast it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// When.
    pub at: Timestamp,
    /// Rows that had been read.
    pub read: u64,
}

/// Progress of one sweep, written as a document every few thousand rows and at every stop. A sweep that took several runs is one record
/// per [`RunRef`], with the counters of the whole sweep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of this format.
    pub v: u32,
    /// The job: the entity, or the one that names a group.
    pub entity: String,
    /// Names the sweep.
    pub sweep: String,
    /// How much it reads.
    #[serde(default = "everything")]
    pub scope: Scope,
    /// Why everything is read although only changes were wanted, in Portuguese.
    #[serde(default)]
    pub because: Option<String>,
    /// Who ran it.
    #[serde(default)]
    pub holder: String,
    /// Where it stands.
    pub state: RunState,
    /// What became of the rows so far.
    pub counters: Counters,
    /// Why rows were skipped, and how many for each reason.
    #[serde(default)]
    pub skipped: BTreeMap<String, u64>,
    /// The same per entity, when several share the listing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub of: BTreeMap<String, Tally>,
    /// Pages delivered.
    pub pages_read: u32,
    /// Pages the source says there are.
    pub total_pages: u32,
    /// Raw rows the source says there are.
    pub expected: u64,
    /// When the sweep began.
    pub started: Timestamp,
    /// Where an interrupted sweep was taken up again, the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed: Option<Resumed>,
    /// When this record was written.
    pub updated: Timestamp,
    /// When the sweep ended or stopped.
    pub ended: Option<Timestamp>,
    /// HTTP exchanges per partner method.
    pub calls: BTreeMap<String, u64>,
    /// Write units of the table.
    #[serde(default)]
    pub write_units: u64,
    /// The first stops, at most [`ERRORS_KEPT`].
    pub errors: Vec<RunError>,
    /// Why the sweep cannot claim to have seen every record; none when it can, or is not over.
    pub incomplete: Option<String>,
    /// So many rows would have gone that none did: an operator must confirm it.
    #[serde(default)]
    pub braked: Option<u64>,
    /// One Portuguese sentence: how it ended, or what it waits for.
    pub outcome: Option<String>,
}

/// What records of version 1 did.
fn everything() -> Scope {
    Scope::Full
}

/// How many stops a run record keeps: the first explain, the rest repeat.
pub const ERRORS_KEPT: usize = 5;

impl RunRecord {
    /// Version of the format this program writes.
    pub const VERSION: u32 = 2;

    /// Rows per minute since the sweep began or was taken up again, until `now` or its end.
    pub fn rate(&self, now: Timestamp) -> u64 {
        let (read, worked) = self.worked(now);
        let millis = worked.as_millis().max(1);
        u64::try_from(u128::from(read) * 60_000 / millis).unwrap_or(u64::MAX)
    }

    /// How long the rest will take at that rate; none before the first row and after the end.
    pub fn eta(&self, now: Timestamp) -> Option<Duration> {
        let (read, worked) = self.worked(now);
        if self.ended.is_some() || read == 0 {
            return None;
        }
        let rest = self.expected.saturating_sub(self.counters.read);
        let millis = worked.as_millis() * u128::from(rest) / u128::from(read);
        Some(Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)))
    }

    /// The rows that were read without a break, and how long that took.
    fn worked(&self, now: Timestamp) -> (u64, Duration) {
        let Resumed { at, read } = self.resumed.unwrap_or(Resumed { at: self.started, read: 0 });
        (self.counters.read.saturating_sub(read), clock::until(at, self.ended.unwrap_or(now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    fn record(read: u64) -> RunRecord {
        RunRecord {
            v: RunRecord::VERSION,
            entity: "cidade".to_owned(),
            sweep: "s".to_owned(),
            scope: Scope::Full,
            because: None,
            holder: String::new(),
            state: RunState::Running,
            counters: Counters { read, ..Counters::default() },
            skipped: BTreeMap::new(),
            of: BTreeMap::new(),
            pages_read: 0,
            total_pages: 0,
            expected: 1_000,
            started: at(100),
            resumed: None,
            updated: at(100),
            ended: None,
            calls: BTreeMap::new(),
            write_units: 0,
            errors: Vec::new(),
            incomplete: None,
            braked: None,
            outcome: None,
        }
    }

    #[test]
    fn the_rate_is_per_minute_since_the_start() {
        assert_eq!(record(250).rate(at(130)), 500);
        assert_eq!(record(0).rate(at(100)), 0, "no time has passed");
    }

    #[test]
    fn the_rest_takes_as_long_as_the_rows_before() {
        assert_eq!(record(250).eta(at(130)), Some(Duration::from_secs(90)));
        assert_eq!(record(0).eta(at(130)), None, "nothing to judge by");
    }

    #[test]
    fn a_run_that_ended_has_no_rest_and_keeps_its_rate() {
        let ended = RunRecord { ended: Some(at(160)), ..record(1_000) };

        assert_eq!(ended.eta(at(500)), None);
        assert_eq!(ended.rate(at(500)), 1_000);
    }

    #[test]
    fn a_sweep_that_was_taken_up_again_is_judged_from_there() {
        // Twenty hours lay between.
        let resumed = Some(Resumed { at: at(72_100), read: 700 });
        let going = RunRecord { resumed, ..record(850) };

        assert_eq!((going.rate(at(72_130)), going.eta(at(72_130))), (300, Some(Duration::from_secs(30))));
        let just = RunRecord { resumed, ..record(700) };
        assert_eq!((just.rate(at(72_101)), just.eta(at(72_101))), (0, None), "nothing to judge by yet");
    }

    #[test]
    fn a_run_record_survives_being_stored() {
        let stored = serde_json::to_value(record(3)).expect("a run record is JSON");

        assert_eq!(serde_json::from_value::<RunRecord>(stored).expect("and back"), record(3));
    }
}
