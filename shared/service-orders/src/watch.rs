//! What somebody should look at (flow §8.2, §8.3, §12).

use std::collections::BTreeMap;
use std::time::Duration;

use clock::Clock;
use engine::flow::FlowError;
use engine::{Cases, Expected, FlowState, Mark, StateError};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::flow::{KIND, Orders};
use crate::records::{self, Read};
use crate::settings::Settings;
use crate::state::{Alarm, Reason, Skip, State};
use crate::steps;
use crate::{delivery, notice};

/// Orders shown of each kind.
const SHOWN: usize = 20;
const BATCH: usize = 500;
/// The kind of the documents that remember since when an order without a record waits in the ERP.
const LOST: &str = "so-sem-evento";
/// An event may take so long to come.
const LATE: Duration = Duration::from_mins(30);

/// Orders that are too long in one state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stale {
    /// The state.
    pub state: State,
    /// How many.
    pub count: u64,
    /// Since when the first of them is there.
    pub since: Timestamp,
    /// Some of them.
    pub orders: Vec<String>,
}

/// How the orders stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Orders by state, those that are not terminal.
    pub states: BTreeMap<&'static str, u64>,
    /// Parked orders by reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// Since when the first of them is parked.
    pub parked_since: Option<Timestamp>,
    /// Callbacks that found no order within a day.
    pub unmatched: u64,
    /// Deliveries that were not understood.
    pub quarantined: u64,
    /// Orders that wait for an SS which cannot be looked at, or which Sismetro does not find.
    pub unlooked: u64,
    /// Orders that wait for an SS in a situation that nobody has explained.
    pub unexplained: u64,
    /// Orders that may wait in the ERP because their branch is switched off.
    pub inactive: u64,
    /// Skipped orders by why.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Records that cannot be read, among the parked ones; among all that are not terminal where
    /// [`inspected`] has looked.
    pub unreadable: u64,
}

/// How long an order may be in `state` before somebody is told; none: for ever.
fn patience(settings: &Settings, state: State) -> Option<Duration> {
    match state {
        // A doubt is looked into twice, a quarter of an hour apart.
        State::Received | State::Opening | State::OpenUnknown => Some(Duration::from_hours(1)),
        State::Opened => Some(Duration::from_mins(30)),
        State::Releasing | State::Cancelling => Some(Duration::from_hours(2)),
        State::AwaitingExecution => {
            Some(Duration::from_hours(24).saturating_mul(settings.max_execution_days))
        }
        _ => None,
    }
}

/// The orders that are too long where they are, by state; each is logged as an alarm.
pub async fn stale(state: &impl Cases, clock: &Clock, settings: &Settings) -> Result<Vec<Stale>, FlowError> {
    let mut late = Vec::new();
    for of in State::ALL {
        let Some(patience) = patience(settings, of) else { continue };
        let mut found: Option<Stale> = None;
        // Those that cannot be read are counted by `inspected`.
        let _: u64 = each(state, of, |order| {
            let since = order.stalled();
            if clock::later(since, patience) > clock.now() {
                return;
            }
            let group = found.get_or_insert_with(|| Stale { state: of, count: 0, since, orders: Vec::new() });
            group.count += 1;
            group.since = group.since.min(since);
            if group.orders.len() < SHOWN {
                group.orders.push(order.id);
            }
        })
        .await?;
        late.extend(found);
    }
    for Stale { state, count, since, .. } in &late {
        tracing::error!(state = state.name(), count, %since, "orders are too long where they are");
    }
    Ok(late)
}

/// How far a summary looks.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// With more orders parked than this, none of them is read, and their reasons and the oldest are left out.
    pub read: u64,
    /// Of one sort no more than this are counted.
    pub counted: u64,
}

impl Reach {
    /// At everything.
    pub const ALL: Self = Self { read: u64::MAX, counted: u64::MAX };
}

/// How all orders stand that are not terminal.
pub async fn summary(state: &impl Cases) -> Result<Summary, FlowError> {
    summary_within(state, Reach::ALL).await
}

/// The same for a page that must not wait.
pub async fn summary_within(state: &impl Cases, reach: Reach) -> Result<Summary, FlowError> {
    let counted =
        async |kind, name, value: &str| counted(state, kind, &Mark::new(name, value), reach.counted).await;
    let states = State::ALL.into_iter().filter(|of| !of.is_terminal());
    let states =
        states.map(async |of| Ok::<_, StateError>((of.name(), counted(KIND, "estado", of.name()).await?)));
    let skipped = Skip::ALL.into_iter();
    let skipped = skipped
        .map(async |skip| Ok::<_, StateError>((skip.name(), counted(KIND, "motivo", skip.name()).await?)));
    let alarmed = async |alarms: &[Alarm]| {
        let counts = alarms.iter().map(|alarm| counted(KIND, "alerta", alarm.name()));
        Ok::<u64, StateError>(try_join_all(counts).await?.into_iter().sum())
    };
    let mut summary = Summary {
        states: try_join_all(states).await?.into_iter().collect(),
        unmatched: counted(notice::KIND, "estado", notice::Fate::Unmatched.name()).await?,
        quarantined: counted(delivery::KIND, "estado", "quarentena").await?,
        unlooked: alarmed(&[Alarm::PollFailed, Alarm::SsNotFound]).await?,
        unexplained: alarmed(&[Alarm::UnknownStatus]).await?,
        inactive: alarmed(&[Alarm::BranchInactiveSkipped]).await?,
        skipped: try_join_all(skipped).await?.into_iter().collect(),
        ..Summary::default()
    };
    let parked = summary.states.get(State::NeedsAttention.name()).copied().unwrap_or_default();
    if parked <= reach.read {
        summary.read_parked(state).await?;
    }
    Ok(summary)
}

impl Summary {
    async fn read_parked(&mut self, state: &impl Cases) -> Result<(), FlowError> {
        self.unreadable += each(state, State::NeedsAttention, |order| {
            *self.reasons.entry(order.attention.map_or("unknown", Reason::name)).or_default() += 1;
            self.parked_since =
                Some(self.parked_since.map_or(order.entered, |since| since.min(order.entered)));
        })
        .await?;
        Ok(())
    }
}

/// How many orders are parked for a person: cheap enough for each sweep.
pub async fn parked(state: &impl Cases) -> Result<u64, StateError> {
    counted(state, KIND, &Mark::new("estado", State::NeedsAttention.name()), u64::MAX).await
}

/// The same as [`summary`], with every order read that is not terminal: how many records cannot be read, and since when
/// the oldest order of each state is there.
pub async fn inspected(
    state: &impl Cases,
) -> Result<(Summary, BTreeMap<&'static str, Timestamp>), FlowError> {
    let mut summary = Summary { unreadable: 0, ..summary(state).await? };
    let mut oldest: BTreeMap<&'static str, Timestamp> = BTreeMap::new();
    for of in State::ALL.into_iter().filter(|of| !of.is_terminal()) {
        summary.unreadable += each(state, of, |order| {
            let since = oldest.entry(of.name()).or_insert(order.entered);
            *since = order.entered.min(*since);
        })
        .await?;
    }
    Ok((summary, oldest))
}

/// How many have this mark, counted up to `most`.
async fn counted(state: &impl Cases, kind: &str, mark: &Mark, most: u64) -> Result<u64, StateError> {
    let (mut count, mut after): (u64, Option<String>) = (0, None);
    loop {
        let limit = usize::try_from(most - count).unwrap_or(BATCH).min(BATCH);
        let ids = state.marked(kind, mark, after.as_deref(), limit).await?;
        count += ids.len() as u64;
        if ids.len() < BATCH || count >= most {
            return Ok(count);
        }
        after = ids.last().cloned();
    }
}

/// Shows each order of a state to `seen`. Gives how many records there are that cannot be read.
async fn each(
    state: &impl Cases,
    of: State,
    mut seen: impl FnMut(crate::Order) + Send,
) -> Result<u64, FlowError> {
    let mark = Mark::new("estado", of.name());
    let mut after: Option<String> = None;
    let mut unreadable = 0;
    loop {
        let ids = state.marked(KIND, &mark, after.as_deref(), BATCH).await?;
        for id in &ids {
            match records::readable(state, id).await? {
                Read::Order(order) if order.state == of => seen(*order),
                Read::Unreadable => unreadable += 1,
                Read::Order(_) | Read::Missing => {}
            }
        }
        if ids.len() < BATCH {
            return Ok(unreadable);
        }
        after = ids.last().cloned();
    }
}

/// Orders that wait in the ERP for half an hour and of which we have never heard (flow §8.3), or which were skipped for
/// want of equipment: the ERP holds back only orders that have some. An alarm, no more, because what would be relayed
/// is not there, or our map does not see it. Empty where the settings have it off.
pub async fn without_event<S: FlowState>(orders: &Orders<'_, S>) -> Result<Vec<String>, LostError> {
    Ok(lost(orders).await?.orders)
}

/// What a look for orders without an event has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Those that have waited too long.
    pub orders: Vec<String>,
    /// Nothing is left to see: the list was read to its end, and nothing on it may soon have waited too long.
    pub is_whole: bool,
}

/// The same as [`without_event`], and whether it makes sense to look again soon.
pub async fn lost<S: FlowState>(orders: &Orders<'_, S>) -> Result<Lost, LostError> {
    let mut lost = Lost { orders: Vec::new(), is_whole: true };
    if !orders.tenant.settings.find_lost_events {
        return Ok(lost);
    }
    let mut page = 0;
    loop {
        // A page that has no turn is looked at the next time.
        if steps::senior_turn(orders).await.is_err() {
            return Ok(Lost { is_whole: false, ..lost });
        }
        let listed = orders.tenant.senior.waiting(page).await?;
        for pedido in &listed.items {
            if !is_lost(orders, &pedido.id).await? {
                continue;
            }
            if is_late(orders, &pedido.id).await? {
                tracing::error!(order = pedido.id, "order_without_event");
                lost.orders.push(pedido.id.clone());
            } else {
                lost.is_whole = false;
            }
        }
        page += 1;
        if page >= listed.total_pages || listed.items.is_empty() {
            return Ok(lost);
        }
    }
}

/// The waiting orders could not be looked through.
#[derive(Debug, thiserror::Error)]
pub enum LostError {
    /// The store failed.
    #[error("os registros não puderam ser lidos")]
    State(#[from] StateError),
    /// The ERP failed.
    #[error("os pedidos em espera não puderam ser listados")]
    Call(#[from] partner_http::CallError),
}

/// Whether nobody works on an order that waits in the ERP. A record that cannot be read is somebody else's alarm.
async fn is_lost<S: FlowState>(orders: &Orders<'_, S>, id: &str) -> Result<bool, StateError> {
    match records::readable(orders.state, id).await {
        Ok(Read::Missing) => Ok(true),
        Ok(Read::Unreadable) | Err(FlowError::Unreadable { .. }) => Ok(false),
        Ok(Read::Order(order)) => {
            Ok(order.skipped == Some(Skip::NoEquipment) && order.state == State::Skipped)
        }
        Err(FlowError::State(error)) => Err(error),
    }
}

async fn is_late<S: FlowState>(orders: &Orders<'_, S>, id: &str) -> Result<bool, StateError> {
    let now = orders.clock.now();
    let stored = orders.state.get(LOST, id).await?;
    let since =
        stored.as_ref().and_then(|document| document.body["since"].as_str()?.parse::<Timestamp>().ok());
    if let Some(since) = since {
        return Ok(clock::later(since, LATE) <= now);
    }
    let expires = clock::later(now, Duration::from_hours(30 * 24));
    orders.state.put(LOST, id, &json!({ "since": now }), Expected::Any, Some(expires)).await?;
    Ok(false)
}
