//! One batch of rows on its way out of the target.

use std::marker::PhantomData;
use std::ops::Range;

use partner_http::CallError;

use crate::deliver::{Delivered, Parcel, deliver};
use crate::entity::{Entity, Retirement, Retiring, Target, WriteError};
use crate::page::Sink;
use crate::ports::{Entry, Quarantined, State};
use crate::{Cause, Counters, Key, Why};

impl<T, P: State> Sink<'_, T, P> {
    /// Lets go of the rows of `batch`, each as `retirements` says, and notes and counts what became of them. Gives the
    /// failure that stopped it early.
    pub(crate) async fn let_go_together<E>(
        &self,
        batch: &[(Key, Entry)],
        retirements: &[Retirement],
        counters: &mut Counters,
    ) -> Result<Option<CallError>, Cause>
    where
        E: Entity,
        T: Target<E::Row>,
    {
        let (kept, sent): (Vec<usize>, Vec<usize>) =
            (0..batch.len()).partition(|at| retirements[*at] == Retirement::Keep);
        let rows: Vec<Retiring<'_>> =
            sent.iter().map(|at| Retiring { key: &batch[*at].0, retirement: &retirements[*at] }).collect();
        let parcel = Leaving::<'_, T, E> { target: self.target, rows: &rows, entity: PhantomData };
        let Delivered { accepted, refused, stopped } = deliver(&parcel, rows.len(), T::BATCH).await;
        let now = self.clock.now();
        let gone = kept.into_iter().chain(accepted.into_iter().map(|row| sent[row]));
        let gone: Vec<(Key, Entry)> =
            gone.map(|at| (batch[at].0.clone(), batch[at].1.removed_by(&retirements[at], now))).collect();
        if !gone.is_empty() {
            self.state.record(E::NAME, &gone).await?;
            counters.removed += u64::try_from(gone.len()).unwrap_or(u64::MAX);
            self.clear::<E>(gone.into_iter().map(|(key, _)| key).collect()).await?;
        }
        if !refused.is_empty() {
            let refused = refused.into_iter().map(|(row, text)| (batch[sent[row]].0.clone(), text));
            counters.failed += self.set_aside::<E>(refused.collect()).await?;
        }
        Ok(stopped)
    }

    /// Lets those of the keys that are in quarantine go from there.
    async fn clear<E: Entity>(&self, keys: Vec<Key>) -> Result<(), Cause> {
        let held: Vec<Key> = self.state.quarantined(E::NAME, &keys).await?.into_keys().collect();
        if !held.is_empty() {
            self.state.clear(E::NAME, &held).await?;
        }
        Ok(())
    }

    /// Notes the rows that the target would not let go of, with its text. Gives how many.
    async fn set_aside<E: Entity>(&self, refused: Vec<(Key, String)>) -> Result<u64, Cause> {
        let now = self.clock.now();
        let keys: Vec<Key> = refused.iter().map(|(key, _)| key.clone()).collect();
        let held = self.state.quarantined(E::NAME, &keys).await?;
        let aside = refused.into_iter().map(|(key, text)| {
            let why = vec![Why::refused(format!("a remoção não foi aceita: {text}"))];
            let record = Quarantined::again(held.get(&key), why, None, true, now);
            (key, record)
        });
        let aside: Vec<_> = aside.collect();
        self.state.quarantine(E::NAME, &aside).await?;
        Ok(u64::try_from(aside.len()).unwrap_or(u64::MAX))
    }
}

/// Rows on their way out.
struct Leaving<'a, T, E> {
    target: &'a T,
    rows: &'a [Retiring<'a>],
    entity: PhantomData<fn() -> E>,
}

impl<E: Entity, T: Target<E::Row>> Parcel for Leaving<'_, T, E> {
    async fn send(&self, some: Range<usize>) -> Result<(), WriteError> {
        self.target.retire(&self.rows[some]).await
    }
}
