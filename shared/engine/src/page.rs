//! One page of records, from the map to the ledger.

use std::collections::{BTreeMap, HashSet};

use clock::Clock;
use partner_http::CallError;

use crate::deliver::{Delivered, Writing, deliver};
use crate::entity::{Absence, Delivery, Entity, Mapped, SourcePage, Target};
use crate::intake::Place;
use crate::plan::{Candidate, Known, Origin, Outcome, Plan, Slip, map_page, plan};
use crate::ports::{Entry, State};
use crate::retire::Ending;
use crate::{Cause, Counters, Key};

/// The side of a job that takes records.
#[doc(hidden)]
#[derive(Debug)]
pub struct Sink<'a, T, P> {
    pub(crate) target: &'a T,
    pub(crate) state: &'a P,
    pub(crate) clock: &'a Clock,
}

/// What became of the rows of one page, for one entity.
#[doc(hidden)]
#[derive(Debug)]
pub struct Settled {
    pub(crate) entity: &'static str,
    pub(crate) counters: Counters,
    /// Why rows were skipped, and how many for each reason.
    pub(crate) skipped: BTreeMap<&'static str, u64>,
    /// The keys that were there.
    pub(crate) met: Vec<Key>,
    /// Rows that were there and had no key.
    pub(crate) keyless: u64,
    /// Rows in use that are no longer for the target.
    pub(crate) leaving: Vec<Key>,
}

impl Settled {
    /// Nothing yet.
    pub(crate) fn of(entity: &'static str) -> Self {
        Self {
            entity,
            counters: Counters::default(),
            skipped: BTreeMap::new(),
            met: Vec::new(),
            keyless: 0,
            leaving: Vec::new(),
        }
    }
}

impl<T, P: State> Sink<'_, T, P> {
    /// Brings the records of one page into the target and gives what became of them. After an error the page
    /// may be partly done; doing it again is harmless.
    pub(crate) async fn page<E>(
        &self,
        place: &Place<'_>,
        page: SourcePage<E::Record>,
        refs: &E::Refs,
    ) -> Result<Settled, Cause>
    where
        E: Entity,
        T: Target<E::Row>,
    {
        let read = u64::try_from(page.records.len() + page.unreadable.len()).unwrap_or(u64::MAX);
        let (candidates, repeated) = map_page::<E>(place.number, page, refs);
        let there = candidates.iter().filter(|candidate| candidate.origin != Origin::Deleted);
        let (places, met): (Vec<Key>, Vec<Key>) =
            there.map(|candidate| candidate.key.clone()).partition(Key::is_place);
        let known = self.known::<E>(&candidates).await?;
        let mut settled = self.settle::<E>(candidates, known, place.sweep).await?;
        settled.counters += Counters { read, repeated, ..Counters::default() };
        settled.keyless = u64::try_from(places.len()).unwrap_or(u64::MAX);
        settled.met = met;
        Ok(settled)
    }

    /// Brings in the rows that must exist whatever the source holds, and lets go from quarantine what is not there any
    /// more.
    pub(crate) async fn complete<E>(&self, ending: &Ending<'_>, refs: &E::Refs) -> Result<Settled, Cause>
    where
        E: Entity,
        T: Target<E::Row>,
    {
        let rows = E::guaranteed(ending.rows, refs);
        let guaranteed: HashSet<Key> = rows.iter().map(|(key, _)| key.clone()).collect();
        let settled = self.guaranteed::<E>(rows, ending).await?;
        self.forget::<E>(ending, &guaranteed, refs).await?;
        Ok(settled)
    }

    /// A row that the source has delivered itself is its own, until a reading proves that it has not any more.
    async fn guaranteed<E>(&self, rows: Vec<(Key, E::Row)>, ending: &Ending<'_>) -> Result<Settled, Cause>
    where
        E: Entity,
        T: Target<E::Row>,
    {
        let candidates = rows.into_iter().map(|(key, row)| Candidate {
            key,
            facts: None,
            mapped: Mapped::Row(row),
            origin: Origin::Guaranteed,
        });
        let mut candidates: Vec<_> = candidates.collect();
        let known = self.known::<E>(&candidates).await?;
        let of_the_source = |entry: &Entry| entry.is_in_use() && !entry.guaranteed;
        candidates.retain(|Candidate { key, .. }| {
            ending.reading.misses(key) || !known.ledger.get(key).is_some_and(of_the_source)
        });
        let Settled { counters, .. } = self.settle::<E>(candidates, known, ending.sweep).await?;
        let Counters { created, updated, rejected, failed, .. } = counters;
        let counters = Counters { guaranteed: created + updated, rejected, failed, ..Counters::default() };
        Ok(Settled { counters, ..Settled::of(E::NAME) })
    }

    /// Lets go from quarantine what was named by its place before this sweep, for each place has been read anew, and
    /// what a complete reading did not show, unless the target still holds it.
    async fn forget<E: Entity>(
        &self,
        ending: &Ending<'_>,
        guaranteed: &HashSet<Key>,
        refs: &E::Refs,
    ) -> Result<(), Cause> {
        let held = self.state.in_quarantine(E::NAME, usize::MAX).await?;
        let old = held.into_iter().filter(|(_, record)| record.last < ending.started).map(|(key, _)| key);
        let (mut gone, named): (Vec<Key>, Vec<Key>) = old.partition(Key::is_place);
        let is_gone = |key: &Key| {
            let would_show = E::absence(key, None, refs) != Absence::OutOfSight;
            would_show && ending.reading.misses(key) && !guaranteed.contains(key)
        };
        let named: Vec<Key> = named.into_iter().filter(is_gone).collect();
        if !named.is_empty() {
            let known = self.state.known(E::NAME, &named).await?;
            gone.extend(named.into_iter().filter(|key| !known.get(key).is_some_and(Entry::is_in_use)));
        }
        if !gone.is_empty() {
            self.state.clear(E::NAME, &gone).await?;
        }
        Ok(())
    }

    async fn known<E: Entity>(&self, candidates: &[Candidate<E::Row>]) -> Result<Known, Cause> {
        let keys: HashSet<&Key> = candidates.iter().map(|candidate| &candidate.key).collect();
        let keys: Vec<Key> = keys.into_iter().cloned().collect();
        if keys.is_empty() {
            return Ok(Known::default());
        }
        let (ledger, quarantine) =
            tokio::try_join!(self.state.known(E::NAME, &keys), self.state.quarantined(E::NAME, &keys))?;
        Ok(Known { ledger, quarantine })
    }

    async fn settle<E>(
        &self,
        candidates: Vec<Candidate<E::Row>>,
        known: Known,
        sweep: &str,
    ) -> Result<Settled, Cause>
    where
        E: Entity,
        T: Target<E::Row>,
    {
        let Plan { rows, slips, mut outcome } = plan(candidates, known, sweep, self.clock.now());
        let stopped = self.write(&rows, slips, &mut outcome).await?;
        let Outcome { entries, aside, cleared, counters, skipped, leaving } = outcome;
        if !entries.is_empty() {
            self.state.record(E::NAME, &entries).await?;
        }
        if !aside.is_empty() {
            let aside: Vec<_> = aside.into_iter().collect();
            self.state.quarantine(E::NAME, &aside).await?;
        }
        if !cleared.is_empty() {
            self.state.clear(E::NAME, &cleared).await?;
        }
        // What was accepted before the call failed is in the ledger now; the rest is tried again.
        let settled = Settled { counters, skipped, leaving, ..Settled::of(E::NAME) };
        stopped.map_or(Ok(settled), |call| Err(Cause::Call(call)))
    }

    /// Checks and writes the rows and notes what became of each. Gives the failure that stopped it early.
    async fn write<Row>(
        &self,
        rows: &[Row],
        slips: Vec<Slip>,
        outcome: &mut Outcome,
    ) -> Result<Option<CallError>, Cause>
    where
        Row: Sync,
        T: Target<Row>,
    {
        if rows.is_empty() {
            return Ok(None);
        }
        let mut whys = self.target.check(rows).await?.into_iter();
        let mut going = Vec::with_capacity(rows.len());
        for (row, slip) in rows.iter().zip(slips) {
            let why = whys.next().unwrap_or_default();
            if why.is_empty() {
                going.push((row, slip));
            } else {
                outcome.rejected(slip, why, self.clock.now());
            }
        }
        let deliveries: Vec<Delivery<'_, Row>> =
            going.iter().map(|(row, slip)| slip.delivery::<Row>(row)).collect();
        let parcel = Writing { target: self.target, rows: &deliveries };
        let Delivered { accepted, refused, stopped } = deliver(&parcel, deliveries.len(), T::BATCH).await;
        drop(deliveries);
        let mut slips: Vec<Option<Slip>> = going.into_iter().map(|(_, slip)| Some(slip)).collect();
        for slip in accepted.into_iter().filter_map(|index| slips[index].take()) {
            outcome.accepted(slip);
        }
        for (index, text) in refused {
            if let Some(slip) = slips[index].take() {
                outcome.refused(slip, text, self.clock.now());
            }
        }
        Ok(stopped)
    }
}

impl Slip {
    fn delivery<'a, Row>(&'a self, row: &'a Row) -> Delivery<'a, Row> {
        Delivery { key: &self.key, row, fingerprint: &self.fingerprint, known: self.known }
    }
}
