//! One page of records, from the map to the ledger.

use std::collections::{BTreeMap, HashSet};

use clock::Clock;
use jiff::Timestamp;
use partner_http::CallError;

use crate::deliver::{Delivered, deliver};
use crate::entity::{Delivery, Entity, Mapped, SourcePage, Target};
use crate::plan::{Candidate, Known, Origin, Outcome, Plan, Slip, map_page, plan};
use crate::ports::{Entry, State};
use crate::{Cause, Counters, Key};

/// The side of a job that takes records.
pub(crate) struct Sink<'a, T, P> {
    pub(crate) target: &'a T,
    pub(crate) state: &'a P,
    pub(crate) clock: &'a Clock,
}

/// What became of the rows of one page.
pub(crate) struct Settled {
    pub(crate) counters: Counters,
    /// Why rows were skipped, and how many for each reason.
    pub(crate) skipped: BTreeMap<&'static str, u64>,
}

impl<T, P: State> Sink<'_, T, P> {
    /// Brings the records of one page into the target and gives what became of them. After an error the page
    /// may be partly done; doing it again is harmless.
    pub(crate) async fn page<E>(
        &self,
        number: u32,
        page: SourcePage<E::Record>,
        refs: &E::Refs,
    ) -> Result<Settled, Cause>
    where
        E: Entity,
        T: Target<E::Row>,
    {
        let read = u64::try_from(page.records.len() + page.unreadable.len()).unwrap_or(u64::MAX);
        let (candidates, repeated) = map_page::<E>(number, page, refs);
        let known = self.known::<E>(&candidates).await?;
        let mut settled = self.settle::<E>(candidates, known).await?;
        settled.counters += Counters { read, repeated, ..Counters::default() };
        Ok(settled)
    }

    /// Brings in the rows that must exist whatever the source holds.
    pub(crate) async fn guaranteed<E>(&self, rows: Vec<(Key, E::Row)>) -> Result<Counters, Cause>
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
        let of_the_source = |entry: &Entry| entry.is_accepted() && !entry.guaranteed;
        candidates.retain(|candidate| !known.ledger.get(&candidate.key).is_some_and(of_the_source));
        let Settled { counters, .. } = self.settle::<E>(candidates, known).await?;
        let Counters { created, updated, rejected, failed, .. } = counters;
        Ok(Counters { guaranteed: created + updated, rejected, failed, ..Counters::default() })
    }

    /// Lets go what was named by its place before `started`: each place has been read anew since.
    pub(crate) async fn forget_places<E: Entity>(&self, started: Timestamp) -> Result<(), Cause> {
        let held = self.state.in_quarantine(E::NAME, usize::MAX).await?;
        let old = held.into_iter().filter(|(key, record)| key.is_place() && record.last < started);
        let old: Vec<Key> = old.map(|(key, _)| key).collect();
        if !old.is_empty() {
            self.state.clear(E::NAME, &old).await?;
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

    async fn settle<E>(&self, candidates: Vec<Candidate<E::Row>>, known: Known) -> Result<Settled, Cause>
    where
        E: Entity,
        T: Target<E::Row>,
    {
        let Plan { rows, slips, mut outcome } = plan(candidates, known, self.clock.now());
        let stopped = self.write(&rows, slips, &mut outcome).await?;
        let Outcome { entries, aside, cleared, counters, skipped } = outcome;
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
        stopped.map_or(Ok(Settled { counters, skipped }), |call| Err(Cause::Call(call)))
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
        let Delivered { accepted, refused, stopped } = deliver(self.target, &deliveries).await;
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
