//! What somebody should look at (flow §8.2, §8.3, §12).

use std::collections::BTreeMap;
use std::time::Duration;

use clock::Clock;
use engine::flow::FlowError;
use engine::{Cases, Expected, FlowState, Mark, StateError};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::flow::{KIND, Orders};
use crate::notice;
use crate::records::{self, Read};
use crate::settings::Settings;
use crate::state::{Alarm, Reason, Skip, State};
use crate::steps;

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
            if clock::later(order.entered, patience) > clock.now() {
                return;
            }
            let since = order.entered;
            let group = found.get_or_insert_with(|| Stale { state: of, count: 0, since, orders: Vec::new() });
            group.count += 1;
            group.since = group.since.min(order.entered);
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

/// How all orders stand that are not terminal.
pub async fn summary(state: &impl Cases) -> Result<Summary, FlowError> {
    summary_of_few(state, u64::MAX).await
}

/// The same for a page that must not wait: with more than `most` orders parked, none of them is read, and their reasons
/// and the oldest are left out.
pub async fn summary_of_few(state: &impl Cases, most: u64) -> Result<Summary, FlowError> {
    let mut summary = Summary::default();
    for of in State::ALL.into_iter().filter(|of| !of.is_terminal()) {
        let mut count = 0;
        if of == State::NeedsAttention && parked(state).await? <= most {
            let unreadable = each(state, of, |order| {
                count += 1;
                *summary.reasons.entry(order.attention.map_or("unknown", Reason::name)).or_default() += 1;
                let since = summary.parked_since.map_or(order.entered, |since| since.min(order.entered));
                summary.parked_since = Some(since);
            })
            .await?;
            summary.unreadable += unreadable;
            count += unreadable;
        } else {
            count = counted(state, KIND, &Mark::new("estado", of.name())).await?;
        }
        summary.states.insert(of.name(), count);
    }
    let unmatched = Mark::new("estado", notice::Fate::Unmatched.name());
    summary.unmatched = counted(state, notice::KIND, &unmatched).await?;
    let quarantined = Mark::new("estado", "quarentena");
    summary.quarantined = counted(state, crate::delivery::KIND, &quarantined).await?;
    let alarmed = async |alarm: Alarm| counted(state, KIND, &Mark::new("alerta", alarm.name())).await;
    summary.unlooked = alarmed(Alarm::PollFailed).await? + alarmed(Alarm::SsNotFound).await?;
    summary.unexplained = alarmed(Alarm::UnknownStatus).await?;
    summary.inactive = alarmed(Alarm::BranchInactiveSkipped).await?;
    for skip in Skip::ALL {
        summary.skipped.insert(skip.name(), counted(state, KIND, &Mark::new("motivo", skip.name())).await?);
    }
    Ok(summary)
}

/// How many orders are parked for a person: cheap enough for each sweep.
pub async fn parked(state: &impl Cases) -> Result<u64, StateError> {
    counted(state, KIND, &Mark::new("estado", State::NeedsAttention.name())).await
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

async fn counted(state: &impl Cases, kind: &str, mark: &Mark) -> Result<u64, StateError> {
    let (mut count, mut after): (u64, Option<String>) = (0, None);
    loop {
        let ids = state.marked(kind, mark, after.as_deref(), BATCH).await?;
        count += ids.len() as u64;
        if ids.len() < BATCH {
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
    let mut lost = Vec::new();
    if !orders.tenant.settings.find_lost_events {
        return Ok(lost);
    }
    let mut page = 0;
    loop {
        // A page that has no turn is looked at the next time.
        if steps::senior_turn(orders).await.is_err() {
            return Ok(lost);
        }
        let listed = orders.tenant.senior.waiting(page).await?;
        for pedido in &listed.items {
            if is_lost(orders, &pedido.id).await? && is_late(orders, &pedido.id).await? {
                tracing::error!(order = pedido.id, "order_without_event");
                lost.push(pedido.id.clone());
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
