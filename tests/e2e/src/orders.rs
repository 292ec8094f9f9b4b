//! Orders, new customers and their fate, as schedules and notices start their jobs.

use std::time::Duration;

use clock::{Clock, later};
use engine::{Budget, Documents as _, Expected};
use partner_http::story;
use sales::customers::Customers;
use sales::flows::FlowFailure;
use sales::orders::Orders;
use sales::settings::Settings;
use sales::status::{self, Starter};
use sales::turn::{Told, Turn};
use sales::webhook::{self, Received};
use sales::{Tenant, reconcile, settings};
use serde_json::Value;
use simulators::{Delivery, OmieOptions, Options, Preset};

use crate::{Ended, World};

/// When the platform ends an invocation, and what it keeps back of that (template.yaml).
const TIMEOUT: Duration = Duration::from_mins(2);
const RESERVE: Duration = Duration::from_secs(10);
/// An account that the simulated Omie has.
const ACCOUNT: i64 = 5_366_579_915;

/// A job that is no listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Orders into Omie.
    Orders,
    /// New and changed customers into Omie.
    Customers,
    /// What became of the orders, back to Máxima.
    Status,
}

impl Job {
    fn name(self) -> &'static str {
        match self {
            Self::Orders => "import-pedidos",
            Self::Customers => "import-clientes",
            Self::Status => "status-pedidos",
        }
    }
}

impl World {
    /// A tenant that has loaded and sells, whose Omie tells of what happens. `change` is what its operator decides
    /// besides what orders need.
    ///
    /// # Panics
    ///
    /// When the load does not finish.
    pub async fn selling(preset: Preset, change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(|clock| telling(preset, clock)).await.ready(change).await
    }

    /// The same tenant of the smallest account, whose clock is so far ahead of its partners'.
    ///
    /// # Panics
    ///
    /// When the load does not finish.
    pub async fn ahead(by: Duration) -> Self {
        let theirs = |clock: Clock| Clock::paused(clock.now().checked_sub(by).expect("a valid time"));
        Self::with(|clock| telling(Preset::Tiny, theirs(clock))).await.ready(|_| {}).await
    }

    async fn ready(self, change: impl FnOnce(&mut Settings)) -> Self {
        let world = self;
        world
            .decide(|settings| {
                let means = ["01", "03", "15", "17", "90"];
                settings.contas = means.map(|means| (means.to_owned(), ACCOUNT)).into();
                settings.vendedor_padrao = Some("4567890123".to_owned());
                settings.pedidos.categoria_omie = Some("1.01.03".to_owned());
                change(settings);
            })
            .await;
        assert_eq!(world.load().await, Ended::Finished);
        world.rest().await;
        world
    }

    /// The operator changes settings.
    ///
    /// # Panics
    ///
    /// When they cannot be used.
    pub async fn decide(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = Settings::load(&self.state).await.expect("valid settings");
        change(&mut settings);
        settings.save(&self.state, Expected::Any).await.expect("valid settings");
    }

    /// Somebody writes a member of `pedidos` into the stored settings, past our own types.
    ///
    /// # Panics
    ///
    /// When there are no settings.
    pub async fn write_order_setting(&self, name: &str, value: Value) {
        let (kind, id) = (settings::KIND, settings::ID);
        let stored = self.state.get(kind, id).await.expect("readable").expect("there are settings");
        let mut body = stored.body;
        body.pointer_mut("/Pedidos").expect("a member of the settings")[name] = value;
        self.state.put(kind, id, &body, Expected::Any, None).await.expect("written");
    }

    /// One turn of a job as a schedule starts it: in a process of its own, and alone. False when another has the turn.
    ///
    /// # Panics
    ///
    /// When the turn fails, or a case did not go on.
    pub async fn turn(&self, job: Job) -> bool {
        let budget = self.invocation();
        let holder = format!("process-{}", self.processes() + 1);
        let taken = Turn::take(&self.state, &self.clock, job.name(), &holder, budget).await;
        let Ok(turn) = taken.expect("the store works") else { return false };
        self.work(job, budget, Some(turn)).await;
        true
    }

    /// The same by one whose turn others take for over: nothing keeps them apart but the cases themselves.
    ///
    /// # Panics
    ///
    /// As [`World::turn`].
    pub async fn overlapping(&self, job: Job) {
        self.work(job, self.invocation(), None).await;
    }

    /// Both sides are counted, as every night.
    ///
    /// # Panics
    ///
    /// When they cannot be.
    pub async fn reconcile(&self) -> reconcile::Report {
        let tenant = self.process().await;
        let orders = Orders { tenant: &tenant, state: &self.state, clock: &self.clock };
        reconcile::turn(&orders, self.invocation()).await.expect("both sides can be counted")
    }

    /// One notice arrives at the webhook. What came of it.
    ///
    /// # Panics
    ///
    /// When it cannot be stored.
    pub async fn notice(&self, delivery: &Delivery) -> Received {
        let received = webhook::receive(&self.state, &self.clock, simulators::APP_KEY, &delivery.body).await;
        received.expect("the store works")
    }

    /// Everything that waits for the webhook arrives, in its order. True when something of it was new, which wakes the
    /// status job.
    pub async fn deliver(&self) -> bool {
        let deliveries = self.partners.omie.deliveries();
        let mut is_new = false;
        while let Some(delivery) = deliveries.take_next() {
            is_new |= self.notice(&delivery).await == Received::Stored;
            deliveries.ack(&delivery.message_id);
        }
        is_new
    }

    /// So many minutes by the schedules of template.yaml: orders every minute, their fate every second one and when a
    /// notice came in, customers every fifth.
    ///
    /// # Panics
    ///
    /// As [`World::turn`].
    pub async fn live(&self, minutes: u64) {
        let start = self.clock.now();
        for minute in 0..minutes {
            self.clock.sleep_until(later(start, Duration::from_mins(minute))).await;
            let is_woken = self.deliver().await;
            if minute % 5 == 0 {
                self.turn(Job::Customers).await;
            }
            self.turn(Job::Orders).await;
            if is_woken || minute % 2 == 0 {
                self.turn(Job::Status).await;
            }
        }
    }

    fn invocation(&self) -> Budget {
        Budget::new(later(self.clock.now(), TIMEOUT), RESERVE)
    }

    async fn work(&self, job: Job, budget: Budget, turn: Option<Turn>) {
        let tenant = self.process().await;
        let (state, clock) = (&self.state, &self.clock);
        let orders = Orders { tenant: &tenant, state, clock };
        let customers = Customers { tenant: &tenant, state, clock };
        let worked = match job {
            Job::Orders => vec![self.within(turn, &tenant, Box::pin(orders.import(budget))).await.worked],
            Job::Customers => {
                vec![self.within(turn, &tenant, Box::pin(customers.import(budget))).await.worked]
            }
            Job::Status => {
                let work = Box::pin(status::turn(&orders, &Nobody, budget));
                let looked = self.within(turn, &tenant, work).await;
                vec![looked.notices, looked.chores, looked.orders]
            }
        };
        for worked in worked {
            assert!(worked.failed.is_empty(), "{}: {:?}", job.name(), worked.failed);
        }
    }

    async fn within<T: Told>(
        &self,
        turn: Option<Turn>,
        tenant: &Tenant,
        work: impl Future<Output = Result<T, FlowFailure>>,
    ) -> T {
        let done = match turn {
            Some(turn) => turn.work(tenant, &self.state, &self.clock, work).await,
            None => work.await,
        };
        done.unwrap_or_else(|error| panic!("a turn failed: {}", story(&error)))
    }
}

/// Partners whose Omie tells of what happens.
fn telling(preset: Preset, clock: Clock) -> Options {
    let omie = OmieOptions { webhooks: true, ..OmieOptions::default() };
    Options { omie, ..Options::new(preset, 7, clock) }
}

/// Catalogue jobs are started by their schedules alone here.
struct Nobody;

impl Starter for Nobody {
    async fn start(&self, _: &str) -> Result<(), String> {
        Ok(())
    }
}
