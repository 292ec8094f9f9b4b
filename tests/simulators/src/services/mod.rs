//! Senior X and Sismetro together (`contracts/service-order-flow.md`): what they share, and the two of them opened
//! so that each release is held against what Sismetro says.

pub(crate) mod commands;
pub(crate) mod gate;
mod order;
mod outbox;
mod push;
mod samples;
mod signature;
mod violation;
pub(crate) mod wire;

use clock::Clock;
use fastrand::Rng;
use serde::Serialize;

pub use gate::CallSeen;
pub use order::{
    Customer, Equipment, EquipmentKind, OrderEquipment, ServiceLine, ServiceOrder, UnknownEquipmentKind,
};
pub use outbox::{Outbox, Push, Retries};
pub use push::{Posted, post_with_headers, push};
pub use samples::{equipment_register, sample_service_order, worked_service_order};
pub use signature::signed;
pub use violation::{Violation, ViolationKind};

use crate::senior::{ErpOrder, NotAllowed, SeniorOptions, SeniorSim};
use crate::sismetro::{SismetroOptions, SismetroSim, SsSeen, Standing};

/// Both simulators of the service-order integration. Cheap to open and to clone; they share nothing with
/// [`crate::Simulators`].
#[derive(Clone, Debug)]
pub struct ServiceSimulators {
    /// The ERP.
    pub senior: SeniorSim,
    /// The field service.
    pub sismetro: SismetroSim,
}

/// What the two are opened with.
#[derive(Clone, Debug)]
pub struct ServiceOptions {
    /// Time, for both.
    pub clock: Clock,
    /// Options of the Senior simulator.
    pub senior: SeniorOptions,
    /// Options of the Sismetro simulator.
    pub sismetro: SismetroOptions,
}

impl ServiceOptions {
    /// The rest as it is by default.
    pub fn new(clock: Clock) -> Self {
        Self { clock, senior: SeniorOptions::default(), sismetro: SismetroOptions::default() }
    }
}

/// An order and every SS that was opened for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceSeen {
    /// In the ERP.
    pub order: ErpOrder,
    /// In Sismetro: one at most is right.
    pub ss: Vec<SsSeen>,
}

impl ServiceSimulators {
    /// No orders, no SS.
    pub fn open(options: ServiceOptions) -> Self {
        let ServiceOptions { clock, senior, sismetro } = options;
        let sismetro = SismetroSim::new(clock.clone(), sismetro);
        let senior = SeniorSim::new(clock, senior);
        senior.watch(&sismetro);
        Self { senior, sismetro }
    }

    /// A drawn order is typed and closed in the ERP: its id.
    pub fn close_sample(&self, kind: EquipmentKind, rng: &mut Rng) -> String {
        let id = self.senior.place(sample_service_order(kind, rng));
        self.senior.close(&id).expect("an order that was just placed can be closed");
        id
    }

    /// Sismetro's own connector does in the ERP what became of an order's SS (`contracts/sismetro.md` §10, P2).
    pub fn connector_acts(&self, order: &str) -> Result<(), NotAllowed> {
        match self.sismetro.standing(order) {
            Standing::Completed => self.senior.released_elsewhere(order),
            Standing::Cancelled => self.senior.cancelled_elsewhere(order),
            Standing::NoSs | Standing::Open => {
                Err(NotAllowed("a SS não está concluída nem cancelada".to_owned()))
            }
        }
    }

    /// One order and its SS.
    pub fn order(&self, id: &str) -> Option<ServiceSeen> {
        let order = self.senior.order(id)?;
        let ss = self.sismetro.all_ss().into_iter().filter(|ss| ss.order == order.id).collect();
        Some(ServiceSeen { order, ss })
    }

    /// All orders, in the order of their numbers, each with its SS.
    pub fn orders(&self) -> Vec<ServiceSeen> {
        let all = self.sismetro.all_ss();
        let with_ss = |order: ErpOrder| {
            let ss = all.iter().filter(|ss| ss.order == order.id).cloned().collect();
            ServiceSeen { order, ss }
        };
        self.senior.orders().into_iter().map(with_ss).collect()
    }

    /// What must not have happened, of both; empty is right.
    pub fn violations(&self) -> Vec<Violation> {
        let without = self
            .orders()
            .into_iter()
            .filter(|seen| seen.order.equipment == EquipmentKind::Absent.to_string() && !seen.ss.is_empty());
        let without = without.map(|seen| {
            let text = "SS de um pedido sem equipamento";
            Violation::new(&seen.order.id, ViolationKind::SsWithoutEquipment, text)
        });
        let both = self.senior.violations().into_iter().chain(self.sismetro.violations());
        both.chain(without).collect()
    }
}

#[cfg(test)]
mod tests;
