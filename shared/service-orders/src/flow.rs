//! The orders as a flow: what the machine decides is done here, and every answer and every failure becomes an event.

use clock::Clock;
use engine::flow::{Change, FilingOf, Flow};
use engine::{Budget, FlowState};
use jiff::Timestamp;

use crate::machine::{self, Effect, Event};
use crate::notice::{self, Notices};
use crate::record::Order;
use crate::steps;
use crate::tenant::Tenant;

/// The kind of the cases; the id is the order's id in the ERP.
pub const KIND: &str = "so";

/// The service orders of one tenant, with what working on them needs.
#[derive(Debug)]
pub struct Orders<'a, S> {
    /// The partners, and what the operator decided.
    pub tenant: &'a Tenant,
    /// Where cases and documents are.
    pub state: &'a S,
    /// Our clock.
    pub clock: &'a Clock,
    /// When the platform ends us.
    until: Timestamp,
}

impl<'a, S> Orders<'a, S> {
    /// The orders of `tenant`.
    pub fn new(tenant: &'a Tenant, state: &'a S, clock: &'a Clock) -> Self {
        Self { tenant, state, clock, until: Timestamp::MAX }
    }

    /// The same, in a process that ends at the deadline of `budget`: no call that changes something is begun that could
    /// last longer.
    #[must_use]
    pub fn within(self, budget: Budget) -> Self {
        Self { until: budget.deadline, ..self }
    }

    /// How long the process still lives.
    pub(crate) fn left(&self) -> std::time::Duration {
        clock::until(self.clock.now(), self.until)
    }
}

impl<S> Clone for Orders<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Orders<'_, S> {}

/// What a turn of work did.
#[derive(Debug, Default)]
pub struct Worked {
    /// Orders that were looked at.
    pub orders: u64,
    /// Notices of Sismetro that were looked at.
    pub notices: u64,
    /// Whether the budget ended it before everything that was due.
    pub more: bool,
    /// What could not be advanced; it stays due.
    pub failed: Vec<(String, engine::flow::FlowError)>,
}

impl<S: FlowState> Orders<'_, S> {
    /// Works everything that is due, orders and notices, until nothing is or the budget is spent. An SS is opened, and
    /// an order released or cancelled, only while a minute and a half is left before the deadline.
    pub async fn work(&self, budget: Budget) -> Result<Worked, engine::flow::FlowError> {
        let orders = self.within(budget);
        let notices = Notices(orders);
        let mut worked = Worked::default();
        // What a notice changes is followed at once, and what an order learns may let a notice find it.
        for _ in 0..2 {
            // Boxed: whoever runs this holds a small future.
            let orders = Box::pin(engine::flow::work(&orders, self.state, self.clock, budget)).await?;
            let notices = Box::pin(engine::flow::work(&notices, self.state, self.clock, budget)).await?;
            worked.orders += orders.cases;
            worked.notices += notices.cases;
            worked.more = orders.more || notices.more;
            worked.failed.extend(orders.failed.into_iter().chain(notices.failed));
            if worked.more || notices.cases == 0 {
                break;
            }
        }
        Ok(worked)
    }
}

impl<S: FlowState> Flow for Orders<'_, S> {
    const KIND: &'static str = KIND;
    type Case = Order;
    type Event = Event;
    type Effect = Effect;

    fn next(order: &Order, event: &Event, now: Timestamp) -> Option<Change<Order, Effect>> {
        let change = machine::next(order, event, now)?;
        told(order, &change.case, now);
        Some(change)
    }

    fn due() -> Event {
        Event::Due
    }

    fn filing(order: &Order) -> FilingOf {
        order.filing()
    }

    async fn perform(&self, order: &Order, effect: Effect) -> Event {
        match effect {
            Effect::Prepare => Event::Prepared(steps::prepare(self, order).await),
            Effect::Open => Event::Opened(steps::open(self, order).await),
            Effect::Scan => {
                let opening = &order.opening;
                let is_fresh = order.attempts == 0 && order.postponed.is_none() && opening.scan.is_none();
                if opening.empty_scans == 0 && is_fresh {
                    // The first look for this doubt, also where it is then sent once more.
                    self.tenant.tally.doubted();
                }
                Event::Scanned(steps::scan(self, order).await)
            }
            Effect::Confirm(number) => Event::Confirmed(steps::confirm(self, order, &number).await),
            Effect::Seek => Event::Sought(steps::seek(self, order).await),
            Effect::Note => {
                // What came for this SS before we knew it has waited for this moment.
                notice::hasten(self.state, self.clock, order).await;
                Event::Noted(steps::note(self, order).await)
            }
            Effect::Verify { really } => Event::Verified(steps::verify(self, order, really).await),
            Effect::Guard => Event::Stands(steps::guard(self, order).await),
            Effect::Release => Event::Released(steps::release(self, order).await),
            Effect::Lift => Event::Lifted(steps::release(self, order).await),
            Effect::Cancel => Event::Cancelled(steps::cancel(self, order).await),
        }
    }
}

/// One line per transition (flow §12). It is written when the step is decided; the store may still refuse it to whoever
/// came second.
pub(crate) fn told(before: &Order, after: &Order, now: Timestamp) {
    if before.state == after.state {
        return;
    }
    let ss = after.ss.as_ref().map(|ss| ss.number.as_str());
    tracing::info!(
        order = after.id,
        number = after.content.number,
        ss,
        from = before.state.name(),
        to = after.state.name(),
        reason = after.attention.map(crate::Reason::name),
        attempts = before.attempts,
        seconds = clock::until(before.entered, now).as_secs(),
        "service order"
    );
}
