//! Orders as they are stored: reading one, and letting something from outside happen to one without calling anybody.

use clock::Clock;
use engine::flow::{FilingOf, FlowError};
use engine::{Case, Cases, Filing, StateError};

use crate::flow::KIND;
use crate::machine::{self, Arrival, Event};
use crate::record::Order;
use crate::settings::Settings;
use crate::state::State;

/// What became of an event that came from outside.
#[derive(Clone, Debug)]
pub enum Applied {
    /// There is no such order.
    Missing,
    /// It made nothing of it.
    Nothing(Box<Order>),
    /// Somebody is at the order: bring it again.
    Busy,
    /// It happened.
    Done {
        /// Where the order was.
        before: State,
        /// What it is now.
        after: Box<Order>,
    },
}

/// Attempts against others who write the same order at the same moment.
const TRIES: usize = 10;

/// The order of this id.
pub async fn order(state: &impl Cases, id: &str) -> Result<Option<Order>, FlowError> {
    Ok(load(state, id).await?.map(|(order, _)| order))
}

/// The same for who looks through many: a record that cannot be read is told and left out, so that it hides no other.
pub(crate) async fn readable(state: &impl Cases, id: &str) -> Result<Read, FlowError> {
    match order(state, id).await {
        Ok(order) => Ok(order.map_or(Read::Missing, |order| Read::Order(Box::new(order)))),
        Err(FlowError::Unreadable { .. }) => {
            // Without the complaint, which may quote what is stored.
            tracing::error!(order = id, "an order's record cannot be read");
            Ok(Read::Unreadable)
        }
        Err(error) => Err(error),
    }
}

/// What is behind an id.
#[derive(Clone, Debug)]
pub(crate) enum Read {
    /// Nothing.
    Missing,
    /// A record that this version cannot read.
    Unreadable,
    /// An order.
    Order(Box<Order>),
}

impl Read {
    /// The order, where there is one that can be read.
    pub(crate) fn order(self) -> Option<Order> {
        match self {
            Self::Order(order) => Some(*order),
            Self::Missing | Self::Unreadable => None,
        }
    }
}

async fn load(state: &impl Cases, id: &str) -> Result<Option<(Order, Case)>, FlowError> {
    let Some(case) = state.case(KIND, id).await? else { return Ok(None) };
    let order = serde_json::from_value(case.filing.body.clone());
    let order = order.map_err(|source| FlowError::Unreadable { kind: KIND, id: id.to_owned(), source })?;
    Ok(Some((order, case)))
}

async fn file(state: &impl Cases, before: Option<&Case>, order: &Order) -> Result<(), FlowError> {
    let body = serde_json::to_value(order);
    let body = body.map_err(|source| FlowError::Unreadable { kind: KIND, id: order.id.clone(), source })?;
    let FilingOf { due, marks, expires } = order.filing();
    state.file(KIND, &order.id, before, Filing { body, due, marks, expires }).await?;
    Ok(())
}

/// Lets `event` happen. What it asks for is left to the next turn of work: whoever answers a partner's request calls
/// no partner meanwhile.
pub async fn apply(state: &impl Cases, clock: &Clock, id: &str, event: &Event) -> Result<Applied, FlowError> {
    for _ in 0..TRIES {
        let Some((order, case)) = load(state, id).await? else { return Ok(Applied::Missing) };
        let now = clock.now();
        let Some(change) = machine::next(&order, event, now) else {
            let is_busy = order.is_busy(now) && !matches!(event, Event::Arrived(_));
            return Ok(if is_busy { Applied::Busy } else { Applied::Nothing(Box::new(order)) });
        };
        let mut after = change.case;
        if change.effect.is_some() {
            (after.due, after.busy) = (Some(now), None);
        }
        match file(state, Some(&case), &after).await {
            Ok(()) => {
                crate::flow::told(&order, &after, now);
                return Ok(Applied::Done { before: order.state, after: Box::new(after) });
            }
            Err(FlowError::State(StateError::Conflict { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Applied::Busy)
}

/// T1, T2: the event begins an order, unless there is one already; then it happens to that one.
pub async fn arrive(
    state: &impl Cases,
    clock: &Clock,
    settings: &Settings,
    id: &str,
    arrival: Arrival,
) -> Result<Applied, FlowError> {
    for _ in 0..TRIES {
        match apply(state, clock, id, &Event::Arrived(arrival.clone())).await? {
            Applied::Missing => {}
            applied => return Ok(applied),
        }
        let mut order = machine::first(id, arrival.clone(), clock.now());
        order.kept_days = settings.retention_days;
        match file(state, None, &order).await {
            Ok(()) => {
                tracing::info!(
                    order = id,
                    number = order.content.number,
                    state = order.state.name(),
                    "new service order"
                );
                return Ok(Applied::Done { before: State::Received, after: Box::new(order) });
            }
            Err(FlowError::State(StateError::Conflict { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Applied::Busy)
}
