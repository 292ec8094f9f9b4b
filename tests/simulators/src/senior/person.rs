//! What people, and other systems, do to the orders in the ERP.

use std::fmt;

use serde_json::Value;

use super::order::{Order, OrderSituation};
use super::{SeniorSim, State, hub};
use crate::services::ServiceOrder;
use crate::services::wire::uuid;

/// Id and number of the first order: those of the contract's example.
const FIRST_ID: &str = "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10";
const FIRST_NUMBER: i64 = 48_213;

/// The ERP does not let a person do this now, and says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAllowed(pub String);

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotAllowed {}

impl SeniorSim {
    /// A person types an order and leaves it open: its id.
    pub fn place(&self, said: ServiceOrder) -> String {
        let issued = self.now();
        let mut state = self.state();
        let nth = state.ids.len() as u64;
        let id = if nth == 0 { FIRST_ID.to_owned() } else { uuid(nth) };
        let number = FIRST_NUMBER + i64::try_from(nth).unwrap_or_default();
        let situation = OrderSituation::NotClosed;
        let order =
            Order { id: id.clone(), number, said, situation, issued, observations: Vec::new(), events: 0 };
        state.orders.insert(id.clone(), order);
        state.ids.push(id.clone());
        id
    }

    /// A person closes the order. With equipment, in an active branch, it waits for the integration and its event is
    /// told; otherwise it is open for billing, and whether it is told is an option (`tells_all`).
    pub fn close(&self, id: &str) -> Result<(), NotAllowed> {
        self.edit_and_close(id, |_| {})
    }

    /// A person opens the order again, changes it and closes it: another event.
    pub fn edit_and_close(&self, id: &str, change: impl FnOnce(&mut ServiceOrder)) -> Result<(), NotAllowed> {
        let now = self.now();
        let push = {
            let mut state = self.state();
            let order = state.person_s(id)?;
            if order.situation == OrderSituation::Settled {
                return Err(NotAllowed("um pedido faturado não pode ser fechado de novo".to_owned()));
            }
            change(&mut order.said);
            order.events += 1;
            let integrated = order.has_equipment();
            let branch = order.said.branch;
            let active = !state.options.inactive_branches.contains(&branch);
            let situation = if integrated && active {
                OrderSituation::AwaitingIntegration
            } else {
                OrderSituation::OpenTotal
            };
            state.person_s(id)?.situation = situation;
            let told = state.options.tells_all || situation == OrderSituation::AwaitingIntegration;
            told.then(|| {
                state.told += 1;
                let nth = state.told;
                let event = hub::event(&state.orders[id], &state.options.events, nth);
                hub::delivery(vec![(id.to_owned(), event)], &state.options.events, nth, now)
            })
        };
        if let Some(push) = push {
            self.hub().push(push);
        }
        Ok(())
    }

    /// The first waiting deliveries become one with all their orders, in the form the options say now.
    pub fn merge(&self, count: usize) {
        let now = self.now();
        let told = self.hub().drain(count);
        let ids: Vec<String> = told.into_iter().flat_map(|push| push.about).collect();
        if ids.is_empty() {
            return;
        }
        let push = {
            let mut state = self.state();
            let orders = ids.into_iter().map(|id| {
                state.told += 1;
                let event = hub::event(&state.orders[&id], &state.options.events, state.told);
                (id, event)
            });
            let orders: Vec<(String, Value)> = orders.collect();
            hub::delivery(orders, &state.options.events, state.told, now)
        };
        self.hub().push_first(push);
    }

    /// A person bills the order.
    pub fn bill(&self, id: &str) -> Result<(), NotAllowed> {
        self.moved(id, OrderSituation::Settled, |situation| {
            matches!(situation, OrderSituation::OpenTotal | OrderSituation::OpenPartial)
        })
    }

    /// A person cancels the order: not while it waits (§9.3 rule 2).
    pub fn cancel_by_person(&self, id: &str) -> Result<(), NotAllowed> {
        self.moved(id, OrderSituation::Cancelled, |situation| {
            matches!(
                situation,
                OrderSituation::OpenTotal
                    | OrderSituation::OpenPartial
                    | OrderSituation::NotClosed
                    | OrderSituation::Suspended
            )
        })
    }

    /// Another system releases the order, as Sismetro's own connector may (`contracts/sismetro.md` §10, P2).
    pub fn released_elsewhere(&self, id: &str) -> Result<(), NotAllowed> {
        self.moved(id, OrderSituation::OpenTotal, |situation| {
            situation == OrderSituation::AwaitingIntegration
        })
    }

    /// Another system cancels the order.
    pub fn cancelled_elsewhere(&self, id: &str) -> Result<(), NotAllowed> {
        self.moved(id, OrderSituation::Cancelled, |situation| {
            situation == OrderSituation::AwaitingIntegration
        })
    }

    /// Puts an order in a situation, whatever it is in.
    pub fn set_situation(&self, id: &str, situation: OrderSituation) -> Result<(), NotAllowed> {
        self.moved(id, situation, |_| true)
    }

    fn moved(
        &self,
        id: &str,
        to: OrderSituation,
        may: impl FnOnce(OrderSituation) -> bool,
    ) -> Result<(), NotAllowed> {
        let mut state = self.state();
        let order = state.person_s(id)?;
        if !may(order.situation) {
            return Err(NotAllowed(format!("o pedido está em {}: não pode passar a {to}", order.situation)));
        }
        order.situation = to;
        Ok(())
    }
}

impl State {
    fn person_s(&mut self, id: &str) -> Result<&mut Order, NotAllowed> {
        self.orders.get_mut(id).ok_or_else(|| NotAllowed(format!("não existe o pedido {id}")))
    }
}
