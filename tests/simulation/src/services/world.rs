//! One tenant, its two partners, and the invocations of its two workers.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, later};
use engine::flow::FlowError;
use engine::{Budget, Cases as _, Expected, Memory};
use jiff::Timestamp;
use partner_http::story;
use service_orders::{Order, Orders, Settings, Tenant, Wires, branches, poll, watch};
use simulators::{LEAKED_TOKEN, Push, ServiceOptions, ServiceSimulators, Standing};

use crate::chaos::{Life, Shared, Weather};
use crate::services::sabotage::Sabotage;
use crate::services::secrets::{self, Keys};
use crate::services::variety::Variety;
use crate::table::Table;
use crate::wire::{Seat, transport};

/// 2026-03-02 12:00 UTC, a Monday.
const START: i64 = 1_772_452_800;
/// When the platform ends an invocation.
const TIMEOUT: Duration = Duration::from_mins(3);
/// The same of the poll.
const POLL_TIMEOUT: Duration = Duration::from_mins(10);
/// What an invocation keeps back of that.
const RESERVE: Duration = Duration::from_secs(20);
/// The kinds of cases.
pub(crate) const ORDER: &str = service_orders::KIND;
pub(crate) const NOTICE: &str = service_orders::notice::KIND;

/// A job, as a schedule starts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// One of the two workers.
    Work,
    /// Sismetro is asked how the services stand.
    Poll,
    /// What somebody should look at.
    Watch,
}

/// How a world begins.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) weather: Weather,
    /// How far our clock is ahead of the partners', in milliseconds.
    pub(crate) skew_ms: i64,
    pub(crate) variety: Variety,
    pub(crate) keep_trace: bool,
    pub(crate) keep_crossings: bool,
    pub(crate) sabotage: Option<Sabotage>,
    pub(crate) rng: fastrand::Rng,
}

pub(crate) struct World {
    /// The partners' clock, and everybody's but ours.
    pub(crate) clock: Clock,
    pub(crate) ours: Clock,
    pub(crate) partners: ServiceSimulators,
    pub(crate) memory: Arc<Memory>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) variety: Variety,
    pub(crate) keys: RefCell<Keys>,
    pub(crate) past: RefCell<Past>,
    /// Warm processes: what they keep outlives an invocation that ends well.
    warm: RefCell<Vec<Warm>>,
    sabotage: Option<Sabotage>,
    invocations: Cell<u64>,
    rng: RefCell<fastrand::Rng>,
}

/// What people did and what we acknowledged: what the end is held against.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// Orders as they were typed.
    pub(crate) orders: Vec<String>,
    /// What Sismetro said of each order, since when.
    pub(crate) truth: BTreeMap<String, Vec<(Timestamp, Standing)>>,
    /// Orders whose event never came, or not as often as it was told.
    pub(crate) lost: BTreeSet<String>,
    /// Orders that an event named which we acknowledged.
    pub(crate) taken: BTreeSet<String>,
    /// Orders that were closed again.
    pub(crate) reclosed: BTreeSet<String>,
    /// Orders that lost their equipment; they may have got some again.
    pub(crate) stripped: BTreeSet<String>,
    /// When the newest event of each order that has come to our door was sent.
    pub(crate) newest: BTreeMap<String, Timestamp>,
    /// Events that we acknowledged: what comes of them later is a repetition.
    pub(crate) acknowledged: BTreeSet<String>,
    /// Orders of which an older event came for the first time after a newer one: nobody can tell.
    pub(crate) crossed: BTreeSet<String>,
    /// Orders that a person, or Sismetro's connector, has moved in the ERP.
    pub(crate) moved: BTreeSet<String>,
    /// Callbacks that we acknowledged: order, what they say, and since when.
    pub(crate) heard: Vec<(String, Standing, Timestamp)>,
    /// Commands that were obeyed, by order.
    pub(crate) told: BTreeMap<String, BTreeSet<&'static str>>,
    /// SS that an operator gave to an order: when, which, and whether he was obeyed for certain.
    pub(crate) attached: BTreeMap<String, Vec<(Timestamp, u64, bool)>>,
    /// Whether some branch was ever switched off.
    pub(crate) switched: bool,
    /// Orders of which the watch says that no event ever came.
    pub(crate) missed: BTreeSet<String>,
    /// Commands so far: ids.
    pub(crate) commands: u64,
    /// Minds changed, by order.
    pub(crate) flips: BTreeMap<String, u32>,
}

impl Past {
    /// An event comes to our door.
    pub(crate) fn comes(&mut self, push: &Push) {
        if self.acknowledged.contains(&push.id) {
            return;
        }
        for order in &push.about {
            let newest = self.newest.entry(order.clone()).or_insert(push.at);
            // What is told of several orders at once may hold an older word of each.
            if push.at < *newest || push.about.len() > 1 {
                self.crossed.insert(order.clone());
            }
            *newest = push.at.max(*newest);
        }
    }

    /// Whose SS the order may have had at a time; `owner` says whose an SS is.
    pub(crate) fn owners(
        &self,
        order: &str,
        at: Timestamp,
        owner: impl Fn(u64) -> Option<String>,
    ) -> BTreeSet<String> {
        let given = self.attached.get(order).map(Vec::as_slice).unwrap_or_default();
        let given: Vec<_> = given.iter().filter(|(since, ..)| *since <= at).collect();
        let last = given.iter().rposition(|(_, _, is_certain)| *is_certain);
        let mut owners: BTreeSet<String> =
            given[last.unwrap_or_default()..].iter().filter_map(|(_, number, _)| owner(*number)).collect();
        // After a cancellation it may have opened one of its own again.
        if last.is_none() || self.reclosed.contains(order) {
            owners.insert(order.to_owned());
        }
        owners
    }
}

/// A process between two invocations.
struct Warm {
    seat: Arc<Seat>,
    settings: Settings,
    keys: Keys,
    tenant: Tenant,
}

impl World {
    pub(crate) async fn open(opening: Opening) -> Self {
        let start = Timestamp::from_second(START).expect("a valid second");
        let clock = Clock::paused(start);
        let ahead = Timestamp::from_millisecond(start.as_millisecond() + opening.skew_ms);
        let ours = Clock::paused(ahead.expect("a valid time"));
        let variety = opening.variety;
        let partners = ServiceSimulators::open(ServiceOptions {
            clock: clock.clone(),
            senior: variety.senior.clone(),
            sismetro: variety.sismetro.clone(),
        });
        partners.senior.hub().register("https://ponte.test", &[("x-webhook-secret", secrets::HUB)]);
        if variety.signed {
            partners.sismetro.callbacks().sign_with(Some(secrets::HMAC));
        }
        let memory = Arc::new(Memory::new(ours.clone()));
        variety.settings.save(&*memory, Expected::Absent).await.expect("valid settings");
        let shared = Shared::new(clock.clone(), opening.weather, opening.keep_trace, opening.keep_crossings);
        shared.state().hidden.push(LEAKED_TOKEN.to_owned());
        let world = Self {
            clock,
            ours,
            partners,
            memory,
            shared,
            variety,
            keys: RefCell::default(),
            past: RefCell::default(),
            warm: RefCell::default(),
            sabotage: opening.sabotage,
            invocations: Cell::new(0),
            rng: RefCell::new(opening.rng),
        };
        if let Some(active) = world.variety.branch {
            world.switch(4, active).await;
        }
        world
    }

    /// A branch as somebody has configured it.
    pub(crate) async fn switch(&self, branch: i64, active: bool) {
        let account = if branch == 4 { "segunda" } else { "principal" };
        let branch = branches::Branch {
            company_code: 1,
            branch_code: Some(branch),
            active,
            account: Some(account.to_owned()),
            cancel_strategy: None,
            open_body_mode: None,
            updated_at: None,
            updated_by: None,
        };
        branch.save(&*self.memory).await.expect("a memory without faults");
        self.past.borrow_mut().switched |= !active;
    }

    pub(crate) fn note(&self, what: std::fmt::Arguments<'_>) {
        self.shared.note(what);
    }

    pub(crate) fn life(&self) -> Arc<Life> {
        let number = self.invocations.get() + 1;
        self.invocations.set(number);
        Arc::new(Life { number, ..Life::default() })
    }

    pub(crate) fn table(&self, life: &Arc<Life>) -> Table {
        Table {
            memory: self.memory.clone(),
            shared: self.shared.clone(),
            life: life.clone(),
            spoil: self.sabotage.map(Sabotage::spoil),
            sabotage: None,
        }
    }

    /// One invocation of a job, from its start to its end, whichever it is.
    pub(crate) async fn invoke(&self, job: Job) {
        let life = self.life();
        self.note(format_args!("#{} {job:?} begins", life.number));
        let timeout = if job == Job::Poll { POLL_TIMEOUT } else { TIMEOUT };
        let ended = tokio::select! {
            biased;
            ended = Box::pin(self.work(job, timeout, &life)) => ended,
            () = life.gone.notified() => "killed".to_owned(),
            () = self.clock.sleep(timeout) => "timed out".to_owned(),
        };
        self.note(format_args!("#{} {job:?} ended: {ended}", life.number));
    }

    async fn work(&self, job: Job, timeout: Duration, life: &Arc<Life>) -> String {
        let table = self.table(life);
        let settings = match Settings::load(&table).await {
            Ok(Some((settings, _))) => settings,
            Ok(None) => return "no settings".to_owned(),
            Err(error) => return self.said(&error.to_string()),
        };
        let process = self.process(settings, life);
        let now = self.ours.now();
        let budget = Budget::new(later(now, timeout), RESERVE);
        process.tenant.set_deadline(Some(later(now, budget.left(now))));
        let orders = Orders::new(&process.tenant, &table, &self.ours);
        let ended = match job {
            Job::Work => self.worked(orders.work(budget).await),
            Job::Poll => match poll::turn(&orders, &format!("sim {}", life.number), budget).await {
                Ok(polled) => self.said(&format!("{polled:?}")),
                Err(error) => self.said(&story(&error)),
            },
            Job::Watch => self.watched(&orders).await,
        };
        self.warm.borrow_mut().push(process);
        ended
    }

    fn worked(&self, worked: Result<service_orders::Worked, FlowError>) -> String {
        match worked {
            Ok(worked) => {
                for (id, error) in &worked.failed {
                    if let FlowError::Unreadable { .. } = error {
                        self.shared.wrong(format!("{id} cannot be read: {}", story(error)));
                    }
                }
                self.said(&format!("{worked:?}"))
            }
            Err(error) => self.said(&story(&error)),
        }
    }

    async fn watched(&self, orders: &Orders<'_, Table>) -> String {
        let Orders { tenant, state, clock, .. } = *orders;
        let stale = watch::stale(state, clock, &tenant.settings).await;
        let summary = watch::summary(state).await;
        let missed = watch::without_event(orders).await;
        if let Ok(missed) = &missed {
            self.past.borrow_mut().missed.extend(missed.iter().cloned());
        }
        self.said(&format!("{stale:?} {summary:?} {missed:?}"))
    }

    /// A warm process that was opened with these settings and the secret of now, or a new one.
    fn process(&self, settings: Settings, life: &Arc<Life>) -> Warm {
        let keys = self.keys.borrow().clone();
        while let Some(warm) = self.warm.borrow_mut().pop() {
            if warm.settings == settings && warm.keys == keys {
                warm.seat.take(life.clone());
                return warm;
            }
        }
        let seat = Seat::new(life.clone());
        let wires = Wires {
            senior: transport(self.partners.senior.clone(), self.shared.clone(), seat.clone()),
            sismetro: transport(self.partners.sismetro.clone(), self.shared.clone(), seat.clone()),
        };
        let rng = self.rng.borrow_mut().fork();
        let tenant = Tenant::open(settings.clone(), &keys.credentials(), wires, &self.ours, rng);
        Warm { seat, settings, keys, tenant }
    }

    /// Everything an invocation says ends in a log: no secret may be in it.
    pub(crate) fn said(&self, text: &str) -> String {
        if text.contains(crate::secrets::CANARY) || crate::logs::holds_a_token(text) {
            self.shared.wrong(format!("a secret in what an invocation said: {text}"));
        }
        text.to_owned()
    }

    /// All orders, as they were typed.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.past.borrow().orders.clone()
    }

    /// The nth order that was typed, if there is one.
    pub(crate) fn nth(&self, nth: usize) -> Option<String> {
        self.past.borrow().orders.get(nth).cloned()
    }

    /// The newest SS of an order.
    pub(crate) fn ss(&self, order: &str) -> Option<u64> {
        self.partners.sismetro.numbers(order).last().copied()
    }

    /// Sismetro says this of an order now, of whichever SS it has.
    pub(crate) fn stands(&self, order: &str, standing: Standing) {
        let said = (self.clock.now(), standing);
        self.past.borrow_mut().truth.entry(order.to_owned()).or_default().push(said);
    }

    /// The record of an order, past every boundary.
    pub(crate) async fn record(&self, id: &str) -> Option<Order> {
        let case = self.memory.case(ORDER, id).await.expect("a memory without faults")?;
        Some(serde_json::from_value(case.filing.body).expect("a readable record"))
    }

    /// The cases of a kind that are ever due, and when, by our clock.
    pub(crate) async fn due(&self, kind: &str) -> Vec<(String, Timestamp, serde_json::Value)> {
        let ids = self.memory.due(kind, Timestamp::MAX, usize::MAX).await.expect("a memory without faults");
        let mut found = Vec::new();
        for id in ids {
            let case = self.memory.case(kind, &id).await.expect("a memory without faults");
            if let Some(case) = case
                && let Some(due) = case.filing.due
            {
                found.push((id, due, case.filing.body));
            }
        }
        found
    }

    /// Whether a turn of work would find anything.
    pub(crate) async fn has_work(&self) -> bool {
        let now = self.ours.now();
        for kind in [ORDER, NOTICE] {
            if !self.memory.due(kind, now, 1).await.expect("a memory without faults").is_empty() {
                return true;
            }
        }
        false
    }

    pub(crate) fn obeyed(&self, order: &str, word: &'static str) {
        self.past.borrow_mut().told.entry(order.to_owned()).or_default().insert(word);
    }

    pub(crate) fn was_told(&self, order: &str, words: &[&str]) -> bool {
        let past = self.past.borrow();
        past.told.get(order).is_some_and(|told| words.iter().any(|word| told.contains(word)))
    }
}
