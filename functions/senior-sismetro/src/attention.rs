//! What somebody should look at, told as metrics and on the bus (flow §8.2, §12).

use std::collections::BTreeMap;
use std::time::Duration;

use clock::Clock;
use engine::flow::FlowError;
use engine::{Cases, Documents, Expected, FlowState, Mark, StateError};
use jiff::Timestamp;
use partner_http::story;
use runtime::{Edge, Failure, Measure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service_orders::watch::{self, Lost, LostError, Stale, Summary};
use service_orders::{Alarm, KIND as ORDERS, Orders};

use crate::turn::failure;

/// The document that remembers what was seen and told last.
const KIND: &str = "so-vigia";
const ID: &str = "aviso";
/// What nobody attends to is told again after so long.
const DAILY: Duration = Duration::from_hours(24);
/// Orders whose event was lost are looked for so often (flow §8.3).
const LOST: Duration = Duration::from_hours(6);
/// Marked orders read at once.
const BATCH: usize = 500;
/// What is told of orders that go on.
const ALARMS: [Alarm; 6] = [
    Alarm::LateConflictingOutcome,
    Alarm::BranchInactiveSkipped,
    Alarm::SsLinkMissing,
    Alarm::SsNumberMismatch,
    Alarm::EquipmentUnrecognised,
    Alarm::EquipmentBoth,
];
/// Of these somebody is told on the bus, each time there are more: a skipped order may stay so for good.
const TOLD: [Alarm; 2] = [Alarm::LateConflictingOutcome, Alarm::BranchInactiveSkipped];

/// What the last look remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// When somebody was told, and of how much.
    told: Option<(Timestamp, u64)>,
    /// When orders without an event were looked for, and which there were.
    lost: Option<(Timestamp, Vec<String>)>,
    /// Orders with each alarm.
    alarms: BTreeMap<String, u64>,
}

/// What a look has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    summary: Summary,
    late: Vec<Stale>,
    lost: Vec<String>,
    /// Alarms that were not there at the last look.
    news: BTreeMap<&'static str, u64>,
    /// Since when the oldest order of each state is there.
    oldest: BTreeMap<&'static str, Timestamp>,
}

/// Measures how many orders wait for a person: cheap enough for each sweep.
pub(crate) async fn count(edge: &Edge) -> Result<(), Failure> {
    let parked = watch::parked(&edge.store).await?;
    edge.measure(&[], &[Measure::count("so_needs_attention", parked)]);
    Ok(())
}

/// Looks at everything, measures it, and tells the bus; true when somebody must look.
pub(crate) async fn look<S: FlowState>(orders: &Orders<'_, S>, edge: &Edge) -> Result<bool, Failure> {
    let (seen, tells) = Box::pin(seen(orders)).await.map_err(|error| failure(&error))?;
    for (dimensions, measures) in seen.measures(edge.clock().now()) {
        edge.measure(&dimensions, &measures);
    }
    if tells && let Err(failure) = edge.tell("so.attention", &seen.detail()).await {
        tracing::warn!(message = %failure, "nobody was told on the bus");
    }
    Ok(seen.burden() > 0)
}

/// What there is to see, and whether it is time to tell it.
async fn seen<S: FlowState>(orders: &Orders<'_, S>) -> Result<(Seen, bool), FlowError> {
    let Orders { tenant, state, clock, .. } = *orders;
    let mut memory = Memory::load(state).await?;
    let lost = Box::pin(lost(orders, &mut memory)).await?;
    let (summary, oldest) = watch::inspected(state).await?;
    let seen = Seen {
        summary,
        late: watch::stale(state, clock, &tenant.settings).await?,
        lost,
        news: news(state, &mut memory).await?,
        oldest,
    };
    let tells = memory.tells(clock, &seen);
    memory.save(state).await?;
    Ok((seen, tells))
}

async fn lost<S: FlowState>(orders: &Orders<'_, S>, memory: &mut Memory) -> Result<Vec<String>, StateError> {
    let now = orders.clock.now();
    if let Some((at, known)) = &memory.lost
        && clock::later(*at, LOST) > now
    {
        return Ok(known.clone());
    }
    match Box::pin(watch::lost(orders)).await {
        Ok(lost) => {
            memory.looked(now, &lost);
            Ok(lost.orders)
        }
        Err(LostError::State(error)) => Err(error),
        Err(LostError::Call(error)) => {
            tracing::warn!(error = story(&error), "orders without an event could not be looked for");
            Ok(Vec::new())
        }
    }
}

/// How many orders have each alarm more than at the last look.
async fn news(state: &impl Cases, memory: &mut Memory) -> Result<BTreeMap<&'static str, u64>, StateError> {
    let mut news = BTreeMap::new();
    for alarm in ALARMS {
        let mark = Mark::new("alerta", alarm.name());
        let (mut count, mut after): (u64, Option<String>) = (0, None);
        loop {
            let ids = state.marked(ORDERS, &mark, after.as_deref(), BATCH).await?;
            count += ids.len() as u64;
            if ids.len() < BATCH {
                break;
            }
            after = ids.last().cloned();
        }
        let before = memory.alarms.insert(alarm.name().to_owned(), count).unwrap_or_default();
        news.insert(alarm.name(), count.saturating_sub(before));
    }
    Ok(news)
}

fn parked(summary: &Summary) -> u64 {
    summary.reasons.values().sum()
}

impl Memory {
    async fn load(state: &impl Documents) -> Result<Self, StateError> {
        let stored = state.get(KIND, ID).await?;
        // What cannot be read is forgotten: it only keeps us from telling twice.
        Ok(stored.and_then(|document| serde_json::from_value(document.body).ok()).unwrap_or_default())
    }

    async fn save(&self, state: &impl Documents) -> Result<(), StateError> {
        let body = serde_json::to_value(self).unwrap_or_default();
        state.put(KIND, ID, &body, Expected::Any, None).await.map(drop)
    }

    /// What was not seen whole, or may soon have waited too long, is looked at again the next time.
    fn looked(&mut self, now: Timestamp, lost: &Lost) {
        self.lost = lost.is_whole.then(|| (now, lost.orders.clone()));
    }

    /// Whether it is told now: when there is more than last time, and once a day while there is anything.
    fn tells(&mut self, clock: &Clock, seen: &Seen) -> bool {
        let (now, burden) = (clock.now(), seen.burden());
        let (last, of) = self.told.unwrap_or((Timestamp::MIN, 0));
        let tells = burden > of || (burden > 0 && clock::later(last, DAILY) <= now);
        if tells {
            self.told = Some((now, burden));
        } else if burden < of {
            // What comes after this is news again.
            self.told = Some((last, burden));
        }
        tells
    }
}

/// Metrics that share their dimensions.
type Measured = (Vec<(&'static str, &'static str)>, Vec<Measure>);

impl Seen {
    /// Orders that have been too long where they are, whose SS cannot be looked at or understood, whose record cannot be
    /// read, or of which only the ERP or a callback knows.
    fn overdue(&self) -> u64 {
        let late: u64 = self.late.iter().map(|stale| stale.count).sum();
        let Summary { unmatched, unlooked, unexplained, unreadable, .. } = self.summary;
        late + unmatched + unlooked + unexplained + unreadable + self.lost.len() as u64
    }

    /// All that somebody must look at.
    fn burden(&self) -> u64 {
        let news: u64 = TOLD.iter().filter_map(|alarm| self.news.get(alarm.name())).sum();
        parked(&self.summary) + self.overdue() + self.summary.quarantined + news
    }

    fn measures(&self, now: Timestamp) -> Vec<Measured> {
        let parked_for = self.summary.parked_since.map_or(0, |since| clock::until(since, now).as_secs());
        let of_all = vec![
            Measure::count("so_needs_attention", parked(&self.summary)),
            Measure::seconds("so_parked_seconds", parked_for),
            Measure::count("so_overdue", self.overdue()),
            Measure::count("callback_unmatched", self.summary.unmatched),
            Measure::count("so_poll_failed", self.summary.unlooked),
            Measure::count("so_unknown_status", self.summary.unexplained),
            Measure::count("so_branch_inactive", self.summary.inactive),
            Measure::count("so_unreadable", self.summary.unreadable),
            Measure::count("order_without_event", self.lost.len() as u64),
        ];
        let mut measured: Vec<Measured> = vec![(Vec::new(), of_all)];
        let mut each = |dimension, metric, values: &BTreeMap<&'static str, u64>| {
            let one = |(name, value): (&&'static str, &u64)| {
                (vec![(dimension, *name)], vec![Measure::count(metric, *value)])
            };
            measured.extend(values.iter().map(one));
        };
        each("state", "so_state_count", &self.summary.states);
        each("reason", "so_parked", &self.summary.reasons);
        each("reason", "so_skipped", &self.summary.skipped);
        each("alarm", "so_alarms", &self.news);
        let age = |(state, since): (&&'static str, &Timestamp)| {
            let seconds = clock::until(*since, now).as_secs();
            (vec![("state", *state)], vec![Measure::seconds("so_age_seconds", seconds)])
        };
        measured.extend(self.oldest.iter().map(age));
        measured
    }

    /// What outsiders are told: counts and ids, no person and no link.
    fn detail(&self) -> Value {
        json!({
            "count": self.burden(),
            "parked": self.summary.reasons,
            "oldest": self.summary.parked_since,
            "late": self.late,
            "unmatched": self.summary.unmatched,
            "unlooked": self.summary.unlooked,
            "unexplained": self.summary.unexplained,
            "inactive": self.summary.inactive,
            "skipped": self.summary.skipped,
            "unreadable": self.summary.unreadable,
            "quarantined": self.summary.quarantined,
            "without_event": self.lost,
            "alarms": self.news,
        })
    }
}

#[cfg(test)]
mod tests;
