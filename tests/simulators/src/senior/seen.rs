//! What a test reads of an order.

use jiff::Timestamp;
use serde::Serialize;

use super::order::{Order, OrderSituation};
use super::{Operation, SeniorSim};
use crate::Outcome;
use crate::services::gate::{CallSeen, settle};
use crate::sismetro::Standing;

/// A release or a cancellation that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErpCall {
    /// When it arrived, virtual time.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
    /// What the SS said when it arrived; nothing when nobody asked Sismetro.
    pub ss: Option<Standing>,
    /// Whether the answer left, whole.
    pub answered: bool,
}

/// An order as the ERP shows it, and what was asked of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErpOrder {
    /// Id.
    pub id: String,
    /// Number.
    pub number: i64,
    /// Code of the company.
    pub company: i64,
    /// Code of the branch.
    pub branch: i64,
    /// Name of the customer.
    pub customer: String,
    /// The equipment case: `existing`, `new`, `both`, `absent`, `unrecognised`.
    pub equipment: String,
    /// Situation.
    pub situation: OrderSituation,
    /// Texts of the observation list, oldest first.
    pub observations: Vec<String>,
    /// The order's own text.
    pub text: String,
    /// Every `updateOrderStatusIntegration` that named it.
    pub releases: Vec<ErpCall>,
    /// Every `cancelOrders` that named it first.
    pub cancels: Vec<ErpCall>,
    /// How often it was closed.
    pub events: u64,
}

impl ErpOrder {
    /// Releases that were carried out: one at most is right.
    pub fn released(&self) -> usize {
        self.releases.iter().filter(|call| call.outcome == Outcome::Done).count()
    }

    /// Cancellations that were carried out: one at most is right.
    pub fn cancelled(&self) -> usize {
        self.cancels.iter().filter(|call| call.outcome == Outcome::Done).count()
    }
}

impl SeniorSim {
    /// One order.
    pub fn order(&self, id: &str) -> Option<ErpOrder> {
        settle(self);
        self.0.gate.with_log(|log| self.state_as_it_is().orders.get(id).map(|order| seen(order, log)))
    }

    /// All orders, in the order of their numbers.
    pub fn orders(&self) -> Vec<ErpOrder> {
        settle(self);
        self.0.gate.with_log(|log| {
            let state = self.state_as_it_is();
            state.ids.iter().map(|id| seen(&state.orders[id], log)).collect()
        })
    }
}

fn seen(order: &Order, log: &[CallSeen]) -> ErpOrder {
    let of = |operation: Operation| {
        let calls = log.iter().filter(|call| call.method == operation.method() && call.about == order.id);
        calls
            .map(|call| ErpCall { at: call.at, outcome: call.outcome, ss: call.ss, answered: call.answered })
            .collect()
    };
    ErpOrder {
        id: order.id.clone(),
        number: order.number,
        company: order.said.company,
        branch: order.said.branch,
        customer: order.said.customer.name.clone(),
        equipment: order.said.equipment.kind().to_string(),
        situation: order.situation,
        observations: order.observations.iter().map(|observation| observation.text.clone()).collect(),
        text: order.said.observation.clone(),
        releases: of(Operation::Release),
        cancels: of(Operation::Cancel),
        events: order.events,
    }
}
