//! The turn of a job that only one may have: taken, worked off, given back, recorded.

use std::collections::BTreeMap;

use clock::Clock;
use engine::flow::Worked;
use engine::{
    Budget, Counters, ERRORS_KEPT, Lease, LeaseError, Leases, Noted, RunError, RunRecord, RunState, Scope,
    State, while_counting,
};
use jiff::Timestamp;
use partner_http::{Remedy, story};

use crate::flows::{FlowFailure, said};
use crate::{Tenant, customers, history, orders, reconcile, status};

/// Who has the turn instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The holder, in the operator's words.
    pub holder: String,
    /// When it ends at the latest.
    pub until: Timestamp,
}

/// The right to do a job, until the platform would end us: a holder that died is dead by then, so that the right needs
/// no renewal.
#[derive(Debug)]
pub struct Turn {
    job: String,
    started: Timestamp,
    lease: Lease,
}

impl Turn {
    /// Takes the turn of `job` for `holder`.
    pub async fn take(
        state: &impl Leases,
        clock: &Clock,
        job: &str,
        holder: &str,
        budget: Budget,
    ) -> Result<Result<Self, Taken>, FlowFailure> {
        let now = clock.now();
        let ttl = clock::until(now, budget.deadline);
        match state.acquire(&format!("job/{job}"), holder, now, ttl).await {
            Ok(lease) => Ok(Ok(Self { job: job.to_owned(), started: now, lease })),
            Err(LeaseError::Held { holder, until }) => Ok(Err(Taken { holder, until })),
            Err(LeaseError::Lost) => Ok(Err(Taken { holder: String::new(), until: now })),
            Err(LeaseError::State(error)) => Err(error.into()),
        }
    }

    /// Does `work` with the partners of `tenant`, within this turn's share of what one address may ask of them; gives
    /// the turn back and records what came of it. That a turn could not be given back costs the next one its time; that
    /// it could not be recorded is logged.
    pub async fn work<T: Told>(
        self,
        tenant: &Tenant,
        state: &impl State,
        clock: &Clock,
        work: impl Future<Output = Result<T, FlowFailure>>,
    ) -> Result<T, FlowFailure> {
        let done = while_counting(state, clock, |lanes| tenant.share_with(lanes), work).await;
        self.end(state).await;
        let record = self.record(tenant, state.units_written(), clock.now(), &done);
        if let Err(error) = &done {
            tracing::warn!(error = story(error), job = self.job, "a turn did not come to its end");
        }
        if let Err(error) = history::turned(state, &record, is_idle(&done)).await {
            tracing::warn!(error = story(&error), job = self.job, "a turn was not recorded");
        }
        done
    }

    async fn end(&self, state: &impl Leases) {
        if let Err(error) = state.release(&self.lease, Noted::default()).await {
            tracing::debug!(error = story(&error), "a turn was not given back");
        }
    }

    fn record<T: Told>(
        &self,
        tenant: &Tenant,
        write_units: u64,
        now: Timestamp,
        done: &Result<T, FlowFailure>,
    ) -> RunRecord {
        let (counters, outcome, stops) = match done {
            Ok(done) => (done.counters(), done.says(), done.stops()),
            Err(error) => {
                let text = error.said();
                (Counters::default(), text.clone(), vec![(error.remedy().name(), text)])
            }
        };
        let errors: Vec<_> = stops
            .into_iter()
            .take(ERRORS_KEPT)
            .map(|(remedy, text)| RunError { remedy: remedy.to_owned(), text, at: now })
            .collect();
        RunRecord {
            v: RunRecord::VERSION,
            entity: self.job.clone(),
            sweep: self.lease.fence.to_string(),
            scope: Scope::Full,
            because: None,
            holder: self.lease.holder.clone(),
            state: if errors.is_empty() { RunState::Done } else { RunState::Failed },
            counters,
            skipped: BTreeMap::new(),
            of: BTreeMap::new(),
            pages_read: 0,
            total_pages: 0,
            expected: counters.read,
            started: self.started,
            resumed: None,
            updated: now,
            ended: Some(now),
            calls: tenant.calls().into_iter().collect(),
            write_units,
            errors,
            incomplete: None,
            braked: None,
            outcome: Some(outcome),
        }
    }
}

/// A turn in which nothing happened: there are thousands of them a day.
fn is_idle<T: Told>(done: &Result<T, FlowFailure>) -> bool {
    done.as_ref()
        .is_ok_and(|done| done.cases() == 0 && done.counters().created == 0 && done.stops().is_empty())
}

/// What a turn came to, for its record.
pub trait Told {
    /// What became of the rows that the partner showed.
    fn counters(&self) -> Counters;

    /// Cases that were worked on.
    fn cases(&self) -> u64;

    /// One Portuguese sentence.
    fn says(&self) -> String;

    /// What did not go on, and what to do about it.
    fn stops(&self) -> Vec<(&'static str, String)>;
}

impl Told for orders::Imported {
    fn counters(&self) -> Counters {
        shown(self.shown, self.new, &self.unreadable)
    }

    fn cases(&self) -> u64 {
        self.worked.cases
    }

    fn says(&self) -> String {
        let Self { shown, new, .. } = self;
        format!("{shown} pedidos na Máxima, {new} novos; {}", worked(&[&self.worked]))
    }

    fn stops(&self) -> Vec<(&'static str, String)> {
        stops(self.unasked.as_ref(), &self.unreadable, &[&self.worked])
    }
}

impl Told for customers::Imported {
    fn counters(&self) -> Counters {
        shown(self.shown, self.new, &self.unreadable)
    }

    fn cases(&self) -> u64 {
        self.worked.cases
    }

    fn says(&self) -> String {
        let Self { shown, new, .. } = self;
        format!("{shown} cadastros na Máxima, {new} novos; {}", worked(&[&self.worked]))
    }

    fn stops(&self) -> Vec<(&'static str, String)> {
        stops(self.unasked.as_ref(), &self.unreadable, &[&self.worked])
    }
}

impl status::Looked {
    fn all(&self) -> [&Worked; 3] {
        [&self.notices, &self.chores, &self.orders]
    }
}

impl Told for status::Looked {
    fn counters(&self) -> Counters {
        let skipped = self.rows.saturating_sub(self.ours);
        Counters { read: self.rows, updated: self.ours, skipped, ..Counters::default() }
    }

    fn cases(&self) -> u64 {
        self.all().iter().map(|worked| worked.cases).sum::<u64>() + self.ours
    }

    fn says(&self) -> String {
        let Self { rows, ours, .. } = self;
        let more = if self.more { "; o resto da janela fica para a próxima vez" } else { "" };
        format!("{rows} etapas no Omie, {ours} de pedidos nossos{more}; {}", worked(&self.all()))
    }

    fn stops(&self) -> Vec<(&'static str, String)> {
        stops(self.unasked.as_ref(), &self.unreadable, &self.all())
    }
}

impl Told for reconcile::Report {
    fn counters(&self) -> Counters {
        let (read, updated, failed) = (self.received, self.behind, self.unexplained.len() as u64);
        let unchanged = read.saturating_sub(updated + failed);
        Counters { read, updated, unchanged, failed, ..Counters::default() }
    }

    fn cases(&self) -> u64 {
        // There is one a night, and it is worth its record whatever it found.
        self.received.max(1)
    }

    fn says(&self) -> String {
        self.to_string()
    }

    fn stops(&self) -> Vec<(&'static str, String)> {
        let told =
            |(order, why): &(String, String)| (Remedy::FixData.name(), format!("pedido {order}: {why}"));
        self.unexplained.iter().map(told).collect()
    }
}

fn shown(shown: u64, new: u64, unreadable: &[String]) -> Counters {
    let failed = unreadable.len() as u64;
    let unchanged = shown.saturating_sub(new);
    Counters { read: shown + failed, created: new, unchanged, failed, ..Counters::default() }
}

fn worked(all: &[&Worked]) -> String {
    let cases: u64 = all.iter().map(|worked| worked.cases).sum();
    let more = if all.iter().any(|worked| worked.more) { "; o resto fica para a próxima vez" } else { "" };
    format!("{cases} andamentos{more}")
}

fn stops(unasked: Option<&String>, unreadable: &[String], all: &[&Worked]) -> Vec<(&'static str, String)> {
    let later = Remedy::RetryLater { after: std::time::Duration::ZERO }.name();
    let unasked = unasked.into_iter().map(|why| (later, why.clone()));
    let unreadable = unreadable.iter().map(|row| (Remedy::AskPartner.name(), row.clone()));
    let failed = all.iter().flat_map(|worked| &worked.failed);
    let failed = failed.map(|(id, error)| (error.remedy().name(), format!("{id}: {}", said(error))));
    unasked.chain(unreadable).chain(failed).collect()
}

#[cfg(test)]
mod tests;
