//! What schedules do, and what people do in the ERP.

use std::time::Duration;

use clock::later;
use engine::{Budget, FlowState};
use service_orders::poll::{self, Polled};
use service_orders::{Order, Orders, State, Worked, records};
use simulators::{EquipmentKind, ServiceOrder, ServiceSeen, worked_service_order};

use crate::World;

/// When the platform ends an invocation, and what it keeps back of that.
const TIMEOUT: Duration = Duration::from_mins(5);
const RESERVE: Duration = Duration::from_secs(20);
/// The poll's invocation is longer.
const LONG: Duration = Duration::from_mins(10);

impl<S: FlowState> World<S> {
    /// A person types this order and closes it: its id. The event waits.
    ///
    /// # Panics
    ///
    /// When the ERP does not allow it.
    pub fn closes(&self, order: ServiceOrder) -> String {
        let id = self.partners.senior.place(order);
        self.partners.senior.close(&id).expect("an order that was just typed can be closed");
        id
    }

    /// The same with the contract's own order.
    pub fn closes_one(&self) -> String {
        self.closes(worked_service_order())
    }

    /// The same with a drawn order.
    pub fn closes_a(&self, kind: EquipmentKind, seed: u64) -> String {
        self.partners.close_sample(kind, &mut fastrand::Rng::with_seed(seed))
    }

    /// A closed order whose SS is open and noted: its id and the number of its SS.
    ///
    /// # Panics
    ///
    /// When it does not come so far.
    pub async fn opens(&self) -> (String, u64) {
        let id = self.closes_one();
        self.deliver().await;
        self.works().await;
        assert_eq!(self.state_of(&id).await, State::AwaitingExecution);
        let number = self.partners.sismetro.numbers(&id)[0];
        (id, number)
    }

    /// One invocation of the worker.
    ///
    /// # Panics
    ///
    /// When a record cannot be read, or the store fails.
    pub async fn works(&self) {
        let worked = self.work_of(&self.orders()).await;
        assert!(worked.failed.is_empty(), "{:?}", worked.failed);
    }

    /// The same by `orders`, whatever fails.
    ///
    /// # Panics
    ///
    /// When the store fails at once.
    pub async fn work_of(&self, orders: &Orders<'_, S>) -> Worked {
        let budget = Budget::new(later(orders.clock.now(), TIMEOUT), RESERVE);
        Box::pin(orders.work(budget)).await.expect("the store works")
    }

    /// The worker until the store lets it: a failure of the store is met by the next invocation.
    pub async fn works_as_it_can(&self) {
        let budget = Budget::new(later(self.clock.now(), TIMEOUT), RESERVE);
        let orders = self.orders();
        drop(Box::pin(orders.work(budget)).await);
    }

    /// So much time: every minute what the partners push and the worker, every half hour the poll.
    pub async fn lives(&self, time: Duration) {
        let start = self.clock.now();
        let end = later(start, time);
        let mut minute = 0_u32;
        loop {
            self.deliver().await;
            self.works_as_it_can().await;
            if minute.is_multiple_of(30) {
                self.polls_as_it_can().await;
            }
            minute += 1;
            let next = later(start, Duration::from_mins(1) * minute).max(self.clock.now());
            if next > end {
                return;
            }
            self.clock.sleep_until(next).await;
        }
    }

    /// One turn of the poll.
    ///
    /// # Panics
    ///
    /// When the store fails.
    pub async fn polls(&self) -> Polled {
        let budget = Budget::new(later(self.clock.now(), LONG), RESERVE);
        let orders = self.orders();
        Box::pin(poll::turn(&orders, "test", budget)).await.expect("the store works")
    }

    async fn polls_as_it_can(&self) {
        let budget = Budget::new(later(self.clock.now(), LONG), RESERVE);
        let orders = self.orders();
        drop(Box::pin(poll::turn(&orders, "test", budget)).await);
    }

    /// What is known of an order.
    ///
    /// # Panics
    ///
    /// When nothing is.
    pub async fn order(&self, id: &str) -> Order {
        records::order(&self.state, id).await.expect("the store works").expect("a record")
    }

    /// Where an order is.
    ///
    /// # Panics
    ///
    /// When nothing is known of it.
    pub async fn state_of(&self, id: &str) -> State {
        self.order(id).await.state
    }

    /// The order in the ERP and its SS.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn seen(&self, id: &str) -> ServiceSeen {
        self.partners.order(id).expect("an order of the ERP")
    }
}

impl World {
    /// Lets `run` go on until it ends, or until a call crashes; none then.
    pub async fn until_killed<T>(&self, run: impl Future<Output = T>) -> Option<T> {
        let faults = self.faults().clone();
        tokio::select! {
            () = faults.crashed() => None,
            done = run => Some(done),
        }
    }
}
