//! What must be true whenever things have settled.

use std::collections::BTreeSet;
use std::sync::{MutexGuard, PoisonError};

use engine::{FlowState, Mark, Memory};
use service_orders::delivery::{self, Delivery, Source};
use service_orders::inbound::{Answer, Inbound};
use service_orders::notice::{self, Callback, Fate};
use service_orders::{KIND, Order, State, records};
use simulators::{OrderSituation, ViolationKind};
use sismetro::{CallbackPath, Outcome};

use crate::World;
use crate::outside::SENIOR;
use crate::watched::Watched;

/// More than any test has.
const ALL: usize = 100_000;

/// What the doors have answered for.
#[derive(Debug, Default)]
pub(crate) struct Acknowledged {
    /// Orders whose event was accepted.
    orders: BTreeSet<String>,
    /// Callbacks that were accepted.
    callbacks: BTreeSet<String>,
    /// Bodies that were not understood, without secrets.
    quarantined: BTreeSet<String>,
}

impl<S: FlowState> World<S> {
    /// Remembers what an answer promises.
    pub(crate) fn acknowledge(&self, inbound: Inbound<'_>, answer: &Answer) {
        let is_senior = inbound.path.starts_with(SENIOR);
        let is_taken = (200..300).contains(&answer.status);
        let mut all = self.acknowledged();
        match (answer.kind, is_senior) {
            ("quarantined", true) => drop(all.quarantined.insert(senior::masked(inbound.body).body)),
            ("quarantined", false) => {
                let masked = sismetro::masked_text(&senior::masked(inbound.body).body);
                all.quarantined.insert(masked);
            }
            // It promises nothing.
            ("trial", _) => {}
            (_, true) if is_taken => {
                let events = senior::event::read(inbound.body, &self.settings.senior);
                all.orders.extend(events.into_iter().flatten().map(|event| event.order_id));
            }
            (_, false) if is_taken => {
                let path = callback_path(inbound.path);
                let said = sismetro::parse_callbacks(path, inbound.body, &self.settings.sismetro);
                let ended = said.into_iter().flatten().filter(|said| said.outcome != Outcome::Progress);
                all.callbacks.extend(ended.map(|said| Callback::id(&said)));
            }
            _ => {}
        }
    }

    fn acknowledged(&self) -> MutexGuard<'_, Acknowledged> {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing that was acknowledged is lost: orders have records, callbacks are at their orders or on their way, what
    /// was not understood is listed in quarantine.
    ///
    /// # Panics
    ///
    /// When something is.
    pub async fn judge_what_was_acknowledged(&self) {
        let (orders, callbacks, quarantined) = {
            let all = self.acknowledged();
            (all.orders.clone(), all.callbacks.clone(), all.quarantined.clone())
        };
        for id in orders {
            assert!(self.record(&id).await.is_some(), "order {id} was accepted and is lost");
            let deliveries = Delivery::of_order(&self.state, &id, ALL).await.expect("the store works");
            let of_senior = deliveries.iter().any(|(_, delivery)| delivery.source == Source::Senior);
            assert!(of_senior, "the delivery of order {id} is lost");
        }
        for id in callbacks {
            let case = self.state.case(notice::KIND, &id).await.expect("the store works");
            let case = case.unwrap_or_else(|| panic!("callback {id} was accepted and is lost"));
            let callback: Callback = serde_json::from_value(case.filing.body).expect("a callback");
            let is_visible = callback.fate != Fate::Waiting || callback.due.is_some();
            assert!(is_visible, "callback {id} waits for nothing");
        }
        let listed = self.texts("quarentena").await;
        let missing: Vec<&String> = quarantined.difference(&listed).collect();
        if missing.is_empty() {
            return;
        }
        // What is broken only where a secret was looks, without the secret, like what was understood.
        let understood = self.texts("aceita").await;
        for body in missing {
            assert!(understood.contains(body), "not understood, and not listed: {body}");
        }
    }

    /// The bodies of the deliveries with this mark.
    async fn texts(&self, word: &'static str) -> BTreeSet<String> {
        let mark = Mark::new("estado", word);
        let mut texts = BTreeSet::new();
        for id in self.state.marked(delivery::KIND, &mark, None, ALL).await.expect("the store works") {
            let delivery =
                Delivery::load(&self.state, &id).await.expect("the store works").expect("it is marked");
            texts.extend(delivery.text(&self.state).await.expect("the store works"));
        }
        texts
    }

    /// Every order has at most one SS, is released or cancelled at most once, stands where the ERP and Sismetro stand,
    /// is found by its SS, and rests only at its end, at Sismetro or before a person.
    ///
    /// # Panics
    ///
    /// When it is otherwise.
    pub async fn judge_orders(&self) {
        for seen in self.partners.orders() {
            let id = &seen.order.id;
            assert!(seen.ss.len() <= 1, "{id} has {} SS", seen.ss.len());
            assert!(seen.order.released() <= 1, "{id} was released {} times", seen.order.released());
            assert!(seen.order.cancelled() <= 1, "{id} was cancelled {} times", seen.order.cancelled());
            let Some(order) = self.record(id).await else { continue };
            self.judge_order(&order, seen.order.situation).await;
        }
    }

    async fn judge_order(&self, order: &Order, situation: OrderSituation) {
        let id = &order.id;
        match order.state {
            State::NeedsAttention => {
                assert!(order.attention.is_some() && order.resume.is_some(), "{id} is parked for no reason");
                assert_eq!(order.due, None, "{id} is parked and due");
            }
            State::AwaitingExecution => assert!(order.ss.is_some() && order.outcome.is_none(), "{order:#?}"),
            State::Released => assert!(
                matches!(situation, OrderSituation::OpenTotal | OrderSituation::Settled),
                "{id} is released here and {situation} there"
            ),
            State::Cancelled => {
                assert_eq!(situation, OrderSituation::Cancelled, "{id} is cancelled here and not there");
            }
            State::Skipped => assert!(order.skipped.is_some(), "{id} is skipped for no reason"),
            other => panic!("{id} is still in {}: {order:#?}", other.name()),
        }
        let Some(ss) = &order.ss else { return };
        let mark = Mark::new("ss", ss.number.clone());
        let found = self.state.marked(KIND, &mark, None, 2).await.expect("the store works");
        assert_eq!(found, std::slice::from_ref(id), "from SS {} back to the order", ss.number);
        let theirs = self.partners.sismetro.numbers(id);
        assert!(
            theirs.iter().any(|number| number.to_string() == ss.number),
            "{id} is linked to {}, not to {theirs:?}",
            ss.number
        );
    }

    async fn record(&self, id: &str) -> Option<Order> {
        records::order(&self.state, id).await.expect("the store works")
    }

    /// Nothing that the simulators call a violation has happened, but for those that `waived` names.
    ///
    /// # Panics
    ///
    /// When something has.
    pub fn judge_violations(&self, waived: &[ViolationKind]) {
        let violations = self.partners.violations();
        let wrong: Vec<_> = violations.iter().filter(|one| !waived.contains(&one.kind)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    /// The deliveries that are stored, accepted or not.
    ///
    /// # Panics
    ///
    /// When the store fails.
    pub async fn deliveries(&self) -> usize {
        let mut count = 0;
        for word in ["aceita", "quarentena"] {
            let mark = Mark::new("estado", word);
            count +=
                self.state.marked(delivery::KIND, &mark, None, ALL).await.expect("the store works").len();
        }
        count
    }
}

impl World<Watched<Memory>> {
    /// All that must be true.
    ///
    /// # Panics
    ///
    /// When something is not.
    pub async fn judge(&self) {
        self.judge_but(&[]).await;
    }

    /// All that must be true but the violations that `waived` names.
    ///
    /// # Panics
    ///
    /// When something else is not.
    pub async fn judge_but(&self, waived: &[ViolationKind]) {
        self.judge_violations(waived);
        self.judge_orders().await;
        self.judge_what_was_acknowledged().await;
        assert_eq!(self.state.leaks(), Vec::<String>::new());
    }
}

/// What an address of Sismetro's door stands for.
fn callback_path(path: &str) -> CallbackPath {
    let ends = |with: &str| path.trim_end_matches('/').ends_with(with);
    match () {
        () if ends("/complete") => CallbackPath::Complete,
        () if ends("/cancel") => CallbackPath::Cancel,
        () if ends("/updateOrderStatusIntegration") => CallbackPath::FacadeRelease,
        () if ends("/cancelOrders") => CallbackPath::FacadeCancel,
        () => CallbackPath::Any,
    }
}
