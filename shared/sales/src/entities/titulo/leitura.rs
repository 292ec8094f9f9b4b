//! Which days of inclusion a whole reading covers: every night those of the window, and once a week also those from
//! which something is still open in Máxima (mapping §4.16, "a weekly reconciliation of open titles").
//!
//! Changes of an old title come by the hourly windows of changes and its deletion by PesquisarExcluidos. What those
//! have missed nobody would ever look for again once the title is older than the window, so the first whole reading
//! that begins on a Sunday or after it reads more: the months in which a title that is open in Máxima was included.
//! It is a reading like the others, proved complete part by part, so what it does not show follows the ordinary rule
//! of two readings: an old title that was deleted is cancelled a week after the first one that missed it.
//!
//! Whole months, because a question without an answer counts as a failure (`contracts/omie.md` §3.1.5): a month has
//! other titles too. Those that Máxima never had are only counted.

use std::collections::BTreeSet;

use engine::{Documents, Entity as _, Entry, Ledger, StateError};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use super::super::each;
use super::super::windows::{part_of, period_of};
use super::{Fato, Titulo};
use crate::praca::day_in_sao_paulo;

/// Where the engine keeps the cursor of a whole reading that is not over; only its parts matter here.
const CURSOR: &str = "checkpoint";

/// The days of inclusion that the whole reading under way covers, or the next one when none is: first and last day of
/// each part, in the order in which they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Leitura(pub(super) Vec<(Date, Date)>);

impl Leitura {
    /// The window begins on `first_day` and ends `today`. A reading that is under way keeps the days with which it
    /// began, whatever the day is on which it ends: what it did not cover proves nothing.
    pub(super) async fn load(
        state: &(impl Ledger + Documents),
        first_day: Date,
        today: Date,
    ) -> Result<Self, StateError> {
        if let Some(parts) = under_way(state).await? {
            return Ok(Self(parts.iter().filter_map(|part| period_of(part)).collect()));
        }
        let mut periods = vec![(first_day, today)];
        // No other day pays for the look into the ledger.
        if is_due(state, today).await? {
            periods.extend(months(&open_before(state, first_day).await?, first_day));
        }
        Ok(Self(periods))
    }

    /// The names of its parts.
    pub(super) fn parts(&self) -> Vec<String> {
        self.0.iter().map(|(from, to)| part_of(*from, *to)).collect()
    }

    /// Whether it shows a title that was included on this day.
    pub(super) fn covers(&self, day: Date) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&day))
    }
}

#[derive(Deserialize)]
struct Cursor {
    parts: Vec<String>,
}

/// The parts of the whole reading that is under way. A cursor we cannot read is none to the engine either.
async fn under_way(state: &impl Documents) -> Result<Option<Vec<String>>, StateError> {
    let Some(stored) = state.get(CURSOR, Titulo::NAME).await? else { return Ok(None) };
    Ok(serde_json::from_value(stored.body).ok().map(|Cursor { parts }| parts))
}

/// Whether no whole reading that began in this week has ended well. Weeks begin on Sunday, and a reading that fails
/// that night is made up for by the next one.
async fn is_due(state: &impl Documents, today: Date) -> Result<bool, StateError> {
    let full = engine::watermark(state, Titulo::NAME).await?.and_then(|watermark| watermark.full);
    Ok(full.is_none_or(|full| day_in_sao_paulo(full) < sunday_of(today)))
}

fn sunday_of(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_sunday_zero_offset()).days())
}

/// The days before `first_day` on which a title was included that is open in Máxima.
async fn open_before(ledger: &impl Ledger, first_day: Date) -> Result<BTreeSet<Date>, StateError> {
    let mut days = BTreeSet::new();
    let take = |_, entry: Entry| {
        let fato = if entry.is_in_use() { Fato::read(entry.facts.as_ref()) } else { None };
        days.extend(fato.filter(|fato| !fato.encerrado).and_then(|fato| fato.inclusao));
    };
    each(ledger, Titulo::NAME, take).await?;
    days.retain(|day| *day < first_day);
    Ok(days)
}

/// The months of these days, those that follow each other as one period, up to the day before `first_day`.
fn months(days: &BTreeSet<Date>, first_day: Date) -> Vec<(Date, Date)> {
    let first_days: BTreeSet<Date> = days.iter().map(|day| day.first_of_month()).collect();
    let mut periods: Vec<(Date, Date)> = Vec::new();
    for from in first_days {
        let to = from.last_of_month().min(first_day.saturating_sub(1.day()));
        match periods.last_mut() {
            Some((_, last)) if last.saturating_add(1.day()) == from => *last = to,
            _ => periods.push((from, to)),
        }
    }
    periods
}

#[cfg(test)]
mod tests;
