//! Letting go of rows whose records are gone (`contracts/omie-maxima-mapping.md` §3).
//!
//! What a complete reading did not show is gone only once the source, asked by key, or a second complete reading
//! says so too. What the source says itself needs no second word. Too much at once is a mistake of somebody, until
//! an operator says that it is not. So the rows are counted first, and let go in a second passage; both may stop
//! anywhere and be continued by another run.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entity::{Absence, Entity, Retirement, Source, Target};
use crate::page::Sink;
use crate::ports::{Absent, Entry, State};
use crate::seen::Seen;
use crate::stop::Stop;
use crate::watermark::Watermark;
use crate::{Budget, Cause, Counters, Fingerprint, Key};

/// So many rows may always go at once.
const ALWAYS: u64 = 20;
/// And so many of a hundred.
const PER_CENT: u64 = 10;
/// Entries of the ledger that are looked at together: as many as one answer of DynamoDB holds (1 MB).
const STRETCH: usize = 4_000;
/// Keys of one question to the source, besides the witness.
const ASKED: usize = 50;

/// What a sweep knows when all pages are settled.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    pub(crate) sweep: &'a str,
    pub(crate) reading: Reading<'a>,
    /// Raw rows that were read.
    pub(crate) rows: u64,
    pub(crate) started: Timestamp,
    pub(crate) accept_removals: bool,
    pub(crate) budget: Budget,
}

/// What was read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reading<'a> {
    /// Everything; what follows for what was not shown, and a key that was shown.
    Full { seen: &'a Seen, proof: Proof, witness: Option<&'a Key> },
    /// A window: only what the source says itself can be gone. The keys, per entity, and how many rows are in use.
    Changed { leaving: &'a HashMap<&'static str, Vec<Key>>, watermark: Option<&'a Watermark> },
}

/// What follows for a record that was not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Nothing.
    Nothing,
    /// It goes if we know that it has ended.
    Ended,
    /// It may be gone.
    All,
}

impl Reading<'_> {
    /// Whether the reading proves that `key` was not there.
    pub(crate) fn misses(&self, key: &Key) -> bool {
        matches!(self, Self::Full { seen, proof: Proof::All, .. } if !seen.has(key))
    }

    /// Whether it lets go of `key` if we know that it has ended.
    fn ends(&self, key: &Key) -> bool {
        matches!(self, Self::Full { seen, proof, .. } if *proof != Proof::Nothing && !seen.has(key))
    }
}

/// Per entity, how far the end of a sweep has come.
pub(crate) type Courses = BTreeMap<String, Course>;

/// How far the end of a sweep has come for one entity, as it is stored with the cursor.
#[doc(hidden)]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    stage: Stage,
    /// In this stage, every row up to this key has been looked at.
    after: Option<Key>,
    /// Rows in use that nobody guarantees, before any went.
    known: u64,
    /// Those of them that the brake counts.
    going: u64,
    /// Those of them of which we know why they were not shown.
    ended: u64,
    /// So many would have gone, and none did.
    pub(crate) braked: Option<u64>,
    /// Rows that went, in all runs.
    removed: u64,
    /// `removed` and `failed`, not told to anybody yet.
    #[serde(skip)]
    pub(crate) counters: Counters,
    /// Keys of which the source says that it still has them.
    #[serde(skip)]
    pub(crate) there: Vec<Key>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    #[default]
    Counting,
    LettingGo,
    Over,
}

impl Course {
    /// Rows in use that nobody guarantees, now.
    pub(crate) fn in_use(&self) -> u64 {
        self.known.saturating_sub(self.removed)
    }

    /// How many would go, if the brake holds.
    fn brake(&self) -> Option<u64> {
        let allowed = ALWAYS.max(self.known.saturating_mul(PER_CENT) / 100);
        (self.going > allowed).then_some(self.going)
    }

    fn count(&mut self, fate: Fate) {
        self.known += 1;
        match fate {
            Fate::Stays => {}
            Fate::Ended => self.ended += 1,
            Fate::Gone | Fate::Unsure => self.going += 1,
        }
    }

    fn enter(&mut self, stage: Stage) {
        (self.stage, self.after) = (stage, None);
    }
}

/// What is to become of a row in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Stays,
    /// We know why it was not shown, and it must go.
    Ended,
    Gone,
    /// It was not shown, and nobody has said a second word yet.
    Unsure,
}

impl Ending<'_> {
    fn fate<E: Entity>(&self, key: &Key, entry: &Entry, refs: &E::Refs) -> Fate {
        let missed = self.reading.misses(key);
        if let Some(Absent { sweep, sure: true }) = &entry.absent
            // The source's own word of an earlier sweep (braked, or cut short) holds until the record is seen.
            && (sweep == self.sweep || missed)
        {
            return Fate::Gone;
        }
        if !self.reading.ends(key) {
            return Fate::Stays;
        }
        let is_second = entry.absent.as_ref().is_some_and(|before| before.sweep != self.sweep);
        match E::absence(key, entry.facts.as_ref(), refs) {
            Absence::OutOfSight => Fate::Stays,
            Absence::Ended => Fate::Ended,
            Absence::Gone if !missed => Fate::Stays,
            Absence::Gone if is_second || self.accept_removals => Fate::Gone,
            Absence::Gone => Fate::Unsure,
        }
    }
}

impl<T, P: State> Sink<'_, T, P> {
    /// Lets go of what is gone of `E`.
    pub(crate) async fn retire<E, S>(
        &self,
        source: &S,
        ending: &Ending<'_>,
        refs: &E::Refs,
        course: &mut Course,
    ) -> Result<(), Stop>
    where
        E: Entity,
        S: Source<E::Record>,
        T: Target<E::Row>,
    {
        if let Reading::Changed { leaving, watermark } = ending.reading {
            let keys = leaving.get(E::NAME).map(Vec::as_slice).unwrap_or_default();
            course.known = watermark.map_or(0, |watermark| watermark.known_of(E::NAME));
            return self.leave::<E>(keys, ending, refs, course).await;
        }
        if course.stage == Stage::Counting {
            self.count_all::<E>(ending, refs, course).await?;
        }
        if course.stage == Stage::Over && course.braked.is_some() && ending.accept_removals {
            // The operator has confirmed it between two runs of this sweep.
            course.enter(Stage::LettingGo);
        }
        if course.stage == Stage::LettingGo {
            course.braked = course.brake().filter(|_| !ending.accept_removals);
            let nothing = course.ended == 0 && (course.going == 0 || course.braked.is_some());
            if !nothing {
                self.let_all_go::<E, S>(source, ending, refs, course).await?;
            }
            course.enter(Stage::Over);
        }
        Ok(())
    }

    /// The rows of which a window of changes said that they are gone.
    async fn leave<E>(
        &self,
        keys: &[Key],
        ending: &Ending<'_>,
        refs: &E::Refs,
        course: &mut Course,
    ) -> Result<(), Stop>
    where
        E: Entity,
        T: Target<E::Row>,
    {
        if keys.is_empty() {
            return Ok(());
        }
        let known = self.state.known(E::NAME, keys).await?;
        let mut going: Vec<_> = known.into_iter().filter(|(_, entry)| may_go(entry)).collect();
        // One that was listed again later in the window is there.
        going.retain(|(key, entry)| ending.fate::<E>(key, entry, refs) == Fate::Gone);
        going.sort_by(|(one, _), (other, _)| one.cmp(other));
        course.going = u64::try_from(going.len()).unwrap_or(u64::MAX);
        course.braked = course.brake().filter(|_| !ending.accept_removals);
        if course.braked.is_none() {
            self.let_go::<E>(&going, ending, refs, course).await?;
        }
        Ok(())
    }

    async fn count_all<E: Entity>(
        &self,
        ending: &Ending<'_>,
        refs: &E::Refs,
        course: &mut Course,
    ) -> Result<(), Stop> {
        loop {
            let (entries, last) = self.stretch::<E>(ending.budget, course.after.as_ref()).await?;
            for (key, entry) in &entries {
                course.count(ending.fate::<E>(key, entry, refs));
            }
            course.after = last;
            if course.after.is_none() {
                course.enter(Stage::LettingGo);
                return Ok(());
            }
        }
    }

    async fn let_all_go<E, S>(
        &self,
        source: &S,
        ending: &Ending<'_>,
        refs: &E::Refs,
        course: &mut Course,
    ) -> Result<(), Stop>
    where
        E: Entity,
        S: Source<E::Record>,
        T: Target<E::Row>,
    {
        loop {
            let (entries, last) = self.stretch::<E>(ending.budget, course.after.as_ref()).await?;
            let (mut going, mut unsure) = (Vec::new(), Vec::new());
            for (key, entry) in entries {
                match ending.fate::<E>(&key, &entry, refs) {
                    Fate::Ended => going.push((key, entry)),
                    Fate::Gone if course.braked.is_none() => going.push((key, entry)),
                    Fate::Unsure if course.braked.is_none() => unsure.push((key, entry)),
                    _ => {}
                }
            }
            self.let_go::<E>(&going, ending, refs, course).await?;
            for some in unsure.chunks(ASKED) {
                self.ask::<E, S>(source, some, ending, refs, course).await?;
            }
            course.after = last;
            if course.after.is_none() {
                return Ok(());
            }
        }
    }

    /// The rows in use that come next, without the guaranteed ones, and where to go on; none at the end.
    async fn stretch<E: Entity>(
        &self,
        budget: Budget,
        after: Option<&Key>,
    ) -> Result<(Vec<(Key, Entry)>, Option<Key>), Stop> {
        if budget.spent(self.clock.now()) {
            return Err(Stop::Budget);
        }
        let mut entries = self.state.scan(E::NAME, after, STRETCH).await?;
        let last = entries.last().filter(|_| entries.len() == STRETCH).map(|(key, _)| key.clone());
        entries.retain(|(_, entry)| may_go(entry));
        Ok((entries, last))
    }

    /// Asks the source for a second word on rows that were not shown, and lets go of those it does not have. Without
    /// an answer they are noted, so that the next reading can be that word.
    async fn ask<E, S>(
        &self,
        source: &S,
        some: &[(Key, Entry)],
        ending: &Ending<'_>,
        refs: &E::Refs,
        course: &mut Course,
    ) -> Result<(), Stop>
    where
        E: Entity,
        S: Source<E::Record>,
        T: Target<E::Row>,
    {
        if ending.budget.spent(self.clock.now()) {
            return Err(Stop::Budget);
        }
        let Some(there) = present(source, ending, some).await? else {
            let unnoted = some.iter().filter(|(_, entry)| entry.absent.is_none()).cloned();
            let noted: Vec<_> = unnoted.map(|(key, entry)| (key, entry.missed_by(ending.sweep))).collect();
            if !noted.is_empty() {
                self.state.record(E::NAME, &noted).await?;
            }
            return Ok(());
        };
        let (there, gone): (Vec<_>, Vec<_>) = some.iter().cloned().partition(|(key, _)| there.contains(key));
        course.there.extend(there.into_iter().map(|(key, _)| key));
        self.let_go::<E>(&gone, ending, refs, course).await
    }

    /// Lets go of rows, batch by batch, as long as the budget lasts.
    async fn let_go<E>(
        &self,
        going: &[(Key, Entry)],
        ending: &Ending<'_>,
        refs: &E::Refs,
        course: &mut Course,
    ) -> Result<(), Stop>
    where
        E: Entity,
        T: Target<E::Row>,
    {
        for batch in going.chunks(T::BATCH.max(1)) {
            if ending.budget.spent(self.clock.now()) {
                return Err(Stop::Budget);
            }
            let retirements: Vec<Retirement> =
                batch.iter().map(|(key, entry)| E::retirement(key, entry.facts.as_ref(), refs)).collect();
            let before = course.counters.removed;
            let stopped = self.let_go_together::<E>(batch, &retirements, &mut course.counters).await?;
            course.removed += course.counters.removed - before;
            if let Some(call) = stopped {
                return Err(call.into());
            }
        }
        Ok(())
    }
}

/// Whether the row is in use and nobody guarantees it.
fn may_go(entry: &Entry) -> bool {
    entry.is_in_use() && !entry.guaranteed
}

/// Which of these keys the source still has, if its answer can be believed.
async fn present<Record, S: Source<Record>>(
    source: &S,
    ending: &Ending<'_>,
    some: &[(Key, Entry)],
) -> Result<Option<HashSet<Key>>, Cause> {
    let Reading::Full { witness: Some(witness), .. } = ending.reading else { return Ok(None) };
    let keys: Vec<Key> = some.iter().map(|(key, _)| key.clone()).chain([witness.clone()]).collect();
    let there = source.present(&keys).await?;
    // An answer without the key we have just seen is no answer.
    Ok(there.filter(|there| there.contains(witness)))
}

impl Entry {
    /// `sweep` did not show the record.
    fn missed_by(self, sweep: &str) -> Self {
        Self { absent: Some(Absent { sweep: sweep.to_owned(), sure: false }), ..self }
    }

    /// The target has let go of the row.
    pub(crate) fn removed_by(&self, retirement: &Retirement, now: Timestamp) -> Self {
        let fingerprint = match retirement {
            Retirement::Keep => self.fingerprint.clone(),
            Retirement::Change(members) => Some(Fingerprint::of(members)),
            Retirement::Delete(_) => None,
        };
        Self { fingerprint, guaranteed: false, facts: None, absent: None, removed: Some(now) }
    }
}
