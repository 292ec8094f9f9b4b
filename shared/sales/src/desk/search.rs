//! Finds records: by their marks where those name few, else from day to day, the newest first.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use engine::{Case, Cases, Mark, StateError};
use futures_util::future::try_join_all;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::query::{Query, Situacao};
use super::record::{Kind, Record};

/// Ids asked for at once.
const BATCH: usize = 500;
/// As many records as this are all read, to put them in order; more are gone through from day to day.
const FEW: usize = 200;
/// As many ids with one mark are known beforehand, so that a day's other records need not be read.
const MANY: usize = 5_000;
/// Records and days asked for at once.
const TOGETHER: usize = 16;
/// Days asked for at first, and twice as many each time: the last few mostly fill a page.
const FIRST_DAYS: usize = 2;
/// Records that one search reads, and days that it looks into, before it gives back what it has.
const WORK: usize = 1_000;
const DAYS: usize = 128;
/// Nothing is kept longer (the records' own 400 days, and the day that is not over in São Paulo).
const KEPT: i64 = 401;

/// Records that were found, the newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// At most as many as were asked for. Fewer, or none, do not mean that there are no more.
    pub found: Vec<Record>,
    /// From where to go on; none when there is nothing more.
    pub next: Option<Position>,
}

/// A place in the order of the list: by day (of UTC), the newest first; within a day by kind, then by cloud code, the
/// highest first, because the cloud counts them up. Written `2026-03-02.pedidos.900100200`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    day: Date,
    kind: Kind,
    id: String,
}

impl Position {
    fn of(record: &Record) -> Self {
        Self { day: day_of(record.since()), kind: record.kind(), id: record.id() }
    }
}

impl Ord for Position {
    fn cmp(&self, other: &Self) -> Ordering {
        let days = other.day.cmp(&self.day);
        days.then(self.kind.cmp(&other.kind)).then_with(|| by_code(&self.id, &other.id))
    }
}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Highest first; a longer number is a higher one.
fn by_code(one: &str, other: &str) -> Ordering {
    other.len().cmp(&one.len()).then_with(|| other.cmp(one))
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.day, self.kind, self.id)
    }
}

/// The text is no [`Position`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a continuação da busca é inválida: procure de novo")]
pub struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let mut parts = text.splitn(3, '.');
        let mut part = || parts.next().ok_or(NoPosition);
        let day = part()?.parse().map_err(|_| NoPosition)?;
        let kind = part()?.parse().map_err(|()| NoPosition)?;
        Ok(Self { day, kind, id: part()?.to_owned() })
    }
}

/// The first `limit` records after `after` that `query` is about; `kind` none looks for orders and customers.
///
/// Costs one query per reading when they name few records, as numbers and customers do. A state that many are in, a
/// day, or everything is gone through from day to day, a bounded number of records per call.
pub async fn search(
    state: &impl Cases,
    now: Timestamp,
    kind: Option<Kind>,
    query: &Query,
    after: Option<&Position>,
    limit: usize,
) -> Result<Page, StateError> {
    let limit = limit.max(1);
    let mut all = Vec::new();
    // Beyond this, one of the two kinds has not been looked into yet.
    let mut reached: Option<Position> = None;
    for of in [Kind::Pedidos, Kind::Clientes] {
        if kind.is_some_and(|kind| kind != of) || !query.is_of(of) {
            continue;
        }
        let page = Search { state, now, kind: of, query, after, limit }.page().await?;
        all.extend(page.found);
        reached = match (reached, page.next) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    let mut placed: Vec<_> = all.into_iter().map(|record| (Position::of(&record), record)).collect();
    placed.sort_by(|(one, _), (other, _)| one.cmp(other));
    placed.retain(|(position, _)| reached.as_ref().is_none_or(|reached| position <= reached));
    if placed.len() > limit {
        placed.truncate(limit);
        reached = placed.last().map(|(position, _)| position.clone());
    }
    Ok(Page { found: placed.into_iter().map(|(_, record)| record).collect(), next: reached })
}

/// The search for one kind.
struct Search<'a, S> {
    state: &'a S,
    now: Timestamp,
    kind: Kind,
    query: &'a Query,
    after: Option<&'a Position>,
    limit: usize,
}

impl<S: Cases> Search<'_, S> {
    async fn page(&self) -> Result<Page, StateError> {
        let Some(candidates) = self.candidates().await? else { return self.walked(None).await };
        if candidates.len() <= FEW {
            return self.sorted(candidates).await;
        }
        self.walked(Some(&candidates.into_iter().collect())).await
    }

    /// The ids of all that can be meant; none when they are too many, or all.
    async fn candidates(&self) -> Result<Option<Vec<String>>, StateError> {
        let mut ids = Vec::new();
        let marks: Vec<Mark> = match (&self.query.keys[..], self.query.state) {
            // A day has its own road.
            ([], _) if self.query.day.is_some() => return Ok(None),
            ([], Some(Situacao::Stage(stage))) => vec![Mark::new("estado", stage)],
            ([], _) => return Ok(None),
            (keys, _) => {
                ids.extend(keys.iter().filter_map(|key| key.id(self.kind)));
                keys.iter().filter_map(|key| key.mark(self.kind)).collect()
            }
        };
        for marked in try_join_all(marks.iter().map(|mark| self.marked(mark, MANY))).await? {
            if marked.len() > MANY {
                return Ok(None);
            }
            ids.extend(marked);
        }
        ids.sort();
        ids.dedup();
        Ok(Some(ids))
    }

    /// The ids with this mark; more than `most` when there are more.
    async fn marked(&self, mark: &Mark, most: usize) -> Result<Vec<String>, StateError> {
        let mut all: Vec<String> = Vec::new();
        loop {
            let after = all.last().cloned();
            let ids = self.state.marked(self.kind.stored(), mark, after.as_deref(), BATCH).await?;
            let is_last = ids.len() < BATCH;
            all.extend(ids);
            if is_last || all.len() > most {
                return Ok(all);
            }
        }
    }

    /// Reads all of them and puts them in order.
    async fn sorted(&self, ids: Vec<String>) -> Result<Page, StateError> {
        let mut found = Vec::new();
        for some in ids.chunks(TOGETHER) {
            found.extend(self.read(some).await?);
        }
        found.retain(|(position, _)| self.is_wanted(position));
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        let has_more = found.len() > self.limit;
        found.truncate(self.limit);
        let next = found.last().filter(|_| has_more).map(|(position, _)| position.clone());
        Ok(Page { found: found.into_iter().map(|(_, record)| record).collect(), next })
    }

    /// Goes from day to day, and reads of each day those that are `among` the candidates.
    async fn walked(&self, among: Option<&HashSet<String>>) -> Result<Page, StateError> {
        let days = self.days();
        let (mut found, mut work) = (Vec::new(), 0);
        let (mut looked, mut together) = (0, FIRST_DAYS);
        while looked < days.len() {
            if looked >= DAYS {
                return Ok(Page { found, next: Some(end_of(days[looked - 1])) });
            }
            let some = &days[looked..days.len().min(looked + together)];
            looked += some.len();
            together = TOGETHER.min(together * 2);
            let marks: Vec<Mark> = some.iter().map(|day| Mark::new("dia", day.to_string())).collect();
            let ids = try_join_all(marks.iter().map(|mark| self.marked(mark, usize::MAX))).await?;
            for (day, ids) in some.iter().zip(ids) {
                for some in self.in_order(*day, ids, among).chunks(TOGETHER) {
                    found.extend(self.read(some).await?.into_iter().map(|(_, record)| record));
                    work += some.len();
                    if found.len() >= self.limit {
                        found.truncate(self.limit);
                        let next = found.last().map(Position::of);
                        return Ok(Page { found, next });
                    }
                    if work >= WORK {
                        let next = some.last().map(|id| self.at(*day, id));
                        return Ok(Page { found, next });
                    }
                }
            }
        }
        Ok(Page { found, next: None })
    }

    /// The days of UTC to be looked into, the newest first.
    fn days(&self) -> Vec<Date> {
        let today = day_of(self.now);
        let (last, first) = match self.query.day {
            // The day of São Paulo begins three hours later.
            Some(day) => (day.saturating_add(1.day()), day),
            None => (today, today.saturating_sub(KEPT.days())),
        };
        let last = self.after.map_or(last, |after| after.day.min(last));
        let mut days: Vec<Date> = first.series(1.day()).take_while(|day| *day <= last).collect();
        days.reverse();
        days
    }

    fn in_order(&self, day: Date, mut ids: Vec<String>, among: Option<&HashSet<String>>) -> Vec<String> {
        ids.retain(|id| among.is_none_or(|among| among.contains(id)));
        ids.retain(|id| self.is_wanted(&self.at(day, id)));
        ids.sort_by(|one, other| by_code(one, other));
        ids
    }

    /// Those that are there and meant, each with its place.
    async fn read(&self, ids: &[String]) -> Result<Vec<(Position, Record)>, StateError> {
        let kind = self.kind.stored();
        let cases = try_join_all(ids.iter().map(|id| self.state.case(kind, id))).await?;
        let there = ids.iter().zip(cases).filter_map(|(id, case)| Some((id, case?)));
        let read =
            there.filter_map(|(id, Case { filing, .. })| match Record::read(self.kind, id, filing.body) {
                Ok(record) => Some(record),
                // One that cannot be read hides nobody else.
                Err(error) => {
                    tracing::error!(kind, id, error = partner_http::story(&error), "a record cannot be read");
                    None
                }
            });
        let meant = read.filter(|record| self.query.admits(record));
        Ok(meant.map(|record| (Position::of(&record), record)).collect())
    }

    fn is_wanted(&self, position: &Position) -> bool {
        self.after.is_none_or(|after| position > after)
    }

    fn at(&self, day: Date, id: &str) -> Position {
        Position { day, kind: self.kind, id: id.to_owned() }
    }
}

/// After everything of this day.
fn end_of(day: Date) -> Position {
    Position { day, kind: Kind::Clientes, id: String::new() }
}

/// The day in whose mark a record is.
fn day_of(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}
