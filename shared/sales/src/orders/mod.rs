//! Orders of sellers: from Máxima into Omie exactly once, and their fate back to the seller (mapping §6, §7).
//!
//! An order is a case. [`machine`] says what happens to it and touches nothing; this module does what the machine
//! decides and turns every answer, and every failure, into an event.

mod case;
mod consult;
mod customer;
mod fate;
mod import;
mod include;
mod listing;
pub mod machine;
mod map;
mod post;
mod prepare;
mod telling;
mod visto;

pub use case::{Critique, Goods, InErp, Order, Owed, Post, Row, Sent, Stage, Terms};
pub(crate) use customer::Taxes;
pub(crate) use fate::INVOICE;
pub use fate::{Fate, Posicao, Sighting};
pub use import::Imported;
pub use map::{Comprador, Mapped, PedidoRefs, Problem, map};
pub use visto::Visto;

use clock::Clock;
use engine::FlowState;
use engine::flow::{Change, FilingOf, Flow};
use jiff::Timestamp;
use partner_http::CallError;

use crate::tenant::Tenant;
use crate::waiting;
use machine::{Effect, Event, Posted};

/// The kind of the cases: one per `id_pedido`.
pub const KIND: &str = "pedido";

/// The orders of one tenant, with what working on them needs.
#[derive(Debug)]
pub struct Orders<'a, S> {
    /// The partners, and what the operator decided.
    pub tenant: &'a Tenant,
    /// Where cases, ledger and settings are.
    pub state: &'a S,
    /// Our clock.
    pub clock: &'a Clock,
}

/// Why nothing could be done about an order.
fn why(error: &CallError) -> String {
    waiting::why(error, KIND)
}

impl<S: FlowState> Flow for Orders<'_, S> {
    const KIND: &'static str = KIND;
    type Case = Order;
    type Event = Event;
    type Effect = Effect;

    fn next(order: &Order, event: &Event, now: Timestamp) -> Option<Change<Order, Effect>> {
        machine::next(order, event, now)
    }

    fn due() -> Event {
        Event::Due
    }

    fn filing(order: &Order) -> FilingOf {
        order.filing()
    }

    async fn perform(&self, order: &Order, effect: Effect) -> Event {
        match effect {
            Effect::Prepare => Event::Prepared(prepare::prepare(self, order).await),
            Effect::Include(request) => Event::Included(include::include(self, &request).await),
            Effect::Consult => Event::Consulted(consult::consult(self, order).await),
            Effect::Post(what) => {
                let posted = post::post(self, order, &what).await;
                Event::Posted(what, posted)
            }
            Effect::PostAgain(critique) => match self.sent_again(order).await {
                Ok(Some(listed)) => Event::SentAgain(listed),
                Ok(None) => {
                    let what = Post::Status(critique);
                    let posted = post::post(self, order, &what).await;
                    Event::Posted(what, posted)
                }
                Err(error) => {
                    let unclear = Posted::Unclear { why: why(&error), after: waiting::wait(&error) };
                    Event::Posted(Post::Status(critique), unclear)
                }
            },
        }
    }
}
