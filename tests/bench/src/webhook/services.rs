//! Senior X and Sismetro: a service order is finished, a service has ended.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use engine::{Cases as _, Mark};
use fastrand::Rng;
use local::cli::Integration;
use local::services::{ServicePartners, WEBHOOK_HEADER, WEBHOOK_SECRET};
use local::stack::TENANT;
use service_orders::{KIND, State};
use simulators::{CALLBACK_KEY, EquipmentKind, ServiceSimulators, UNIT};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::place::{BARE, BARE_PATH, Place};
use super::times::Times;
use super::{AT_ONCE, Plan, WARMING, against_nothing};
use crate::table::{Goal, Line};

const FINISHED: &str = "/webhooks/senior/service-order-finished";
const CALLBACK: &str = "/webhooks/sismetro/service-order";
/// What a partner may wait for an answer of a function that is there, 99 times of 100 …
const WARM: Duration = Duration::from_millis(250);
/// … and of one that must be started first.
const COLD: Duration = Duration::from_millis(600);

type Here = Place<ServicePartners>;

pub(super) async fn run(binaries: &Path, plan: &Plan) -> Result<Vec<Line>> {
    let place = Arc::new(Here::open(Integration::SeniorSismetro, binaries).await?);
    let mut deliveries = Deliveries::new(place.partners.simulators.clone());
    let wanted = WARMING + plan.one_by_one + AT_ONCE * (plan.together + 1) + plan.cold;
    let mut lines = one_by_one(&place, &mut deliveries, plan.one_by_one).await?;
    lines.extend(together(&place, &mut deliveries, plan.together).await?);
    lines.extend(cold(&place, &mut deliveries, plan.cold).await?);
    lines.push(stored(&place, wanted).await?);
    lines.extend(callbacks(&place, &deliveries.orders, plan).await?);
    Arc::into_inner(place).context("everybody is done")?.end().await;
    Ok(lines)
}

/// Events of the ERP, each of another order.
struct Deliveries {
    simulators: ServiceSimulators,
    rng: Rng,
    /// The orders that were told.
    orders: Vec<String>,
}

/// A request: headers and body.
type Delivery = (Vec<(String, String)>, Vec<u8>);

impl Deliveries {
    fn new(simulators: ServiceSimulators) -> Self {
        simulators.senior.hub().register("http://127.0.0.1", &[(WEBHOOK_HEADER, WEBHOOK_SECRET)]);
        Self { simulators, rng: Rng::with_seed(1), orders: Vec::new() }
    }

    fn next(&mut self) -> Result<Delivery> {
        let simulators = &self.simulators;
        self.orders.push(simulators.close_sample(EquipmentKind::Existing, &mut self.rng));
        let push = simulators.senior.hub().take_next().context("a closed order is told")?;
        simulators.senior.hub().ack(&push.id);
        Ok((push.headers, push.body.to_vec()))
    }
}

/// One after the other, and between any two the function that does nothing: whatever else the machine does, it does to
/// both.
async fn one_by_one(place: &Here, deliveries: &mut Deliveries, count: usize) -> Result<Vec<Line>> {
    let (mut took, mut bare) = (Times::default(), Times::default());
    for nth in 0..WARMING + count {
        let (headers, body) = deliveries.next()?;
        let alone = place.ask(BARE_PATH, &[], &body).await?;
        let answered = place.ask(FINISHED, &headers, &body).await?;
        if nth >= WARMING {
            bare.add(alone);
            took.add(answered);
        }
    }
    Ok(vec![
        took.line("webhook: ss-open, warm, one by one", Some(WARM)),
        bare.line("  webhook: a function that does nothing", None),
        against_nothing("ss-open", &took, &bare),
    ])
}

/// Twenty at any time, each caller with the next when it has its answer.
async fn together(place: &Arc<Here>, deliveries: &mut Deliveries, each: usize) -> Result<Vec<Line>> {
    // The first of each caller starts its process and does not count.
    for_all(place, deliveries, AT_ONCE).await?;
    let took = for_all(place, deliveries, AT_ONCE * each).await?;
    Ok(vec![took.line(&format!("webhook: ss-open, warm, {AT_ONCE} at once"), Some(WARM))])
}

async fn for_all(place: &Arc<Here>, deliveries: &mut Deliveries, count: usize) -> Result<Times> {
    let queue = (0..count).map(|_| deliveries.next()).collect::<Result<VecDeque<_>>>()?;
    let queue = Arc::new(Mutex::new(queue));
    let mut callers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (place, queue) = (Arc::clone(place), Arc::clone(&queue));
        callers.spawn(async move {
            let mut took = Vec::new();
            while let Some((headers, body)) = { queue.lock().await.pop_front() } {
                took.push(place.ask(FINISHED, &headers, &body).await?);
            }
            Ok::<_, anyhow::Error>(took)
        });
    }
    let mut times = Times::default();
    while let Some(took) = callers.join_next().await {
        took??.into_iter().for_each(|took| times.add(took));
    }
    Ok(times)
}

/// From nothing: process, settings, secret, connections, and the answer.
async fn cold(place: &Here, deliveries: &mut Deliveries, count: usize) -> Result<Vec<Line>> {
    let (mut took, mut bare) = (Times::default(), Times::default());
    for _ in 0..count {
        place.cool(BARE).await?;
        bare.add(place.ask(BARE_PATH, &[], b"{}").await?);
        place.cool(&format!("ponte-{TENANT}-ss-open")).await?;
        let (headers, body) = deliveries.next()?;
        took.add(place.ask(FINISHED, &headers, &body).await?);
    }
    Ok(vec![
        took.line("webhook: ss-open, cold", Some(COLD)),
        bare.line("  webhook: a function that does nothing, cold", None),
    ])
}

/// What was answered is stored: a record for each delivery.
async fn stored(place: &Here, wanted: usize) -> Result<Line> {
    let mark = Mark::new("estado", State::Received.name());
    let mut count = 0;
    let mut after: Option<String> = None;
    loop {
        let ids = place.store.marked(KIND, &mark, after.as_deref(), 500).await?;
        count += ids.len();
        match ids.last() {
            Some(last) => after = Some(last.clone()),
            None => break,
        }
    }
    let goal = Goal { text: format!("{wanted}"), is_met: count == wanted, binds: true };
    Ok(Line {
        goal: Some(goal),
        ..Line::part("webhook: orders stored, one for each delivery", count.to_string())
    })
}

/// Each of another order, which is there.
async fn callbacks(place: &Here, orders: &[String], plan: &Plan) -> Result<Vec<Line>> {
    let count = plan.callbacks;
    ensure!(orders.len() >= count + plan.cold, "fewer orders than callbacks");
    let (mut warm, mut cold) = (Times::default(), Times::default());
    for (nth, order) in orders.iter().take(count).enumerate() {
        let answered = completed(place, nth, order).await?;
        if nth >= WARMING.min(count / 2) {
            warm.add(answered);
        }
    }
    for (nth, order) in orders.iter().enumerate().skip(count).take(plan.cold) {
        place.cool(&format!("ponte-{TENANT}-ss-callback")).await?;
        cold.add(completed(place, nth, order).await?);
    }
    Ok(vec![
        warm.line("webhook: ss-callback, warm, one by one", Some(WARM)),
        cold.line("webhook: ss-callback, cold", Some(COLD)),
    ])
}

/// Tells that the service of an order has ended.
async fn completed(place: &Here, nth: usize, order: &str) -> Result<Duration> {
    let headers = [("unit", UNIT), ("key", CALLBACK_KEY)];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let ss = 1_287_001 + nth;
    let body = serde_json::json!({ "event": "SS_COMPLETED", "ss": ss, "orderId": order }).to_string();
    place.ask(CALLBACK, &headers, body.as_bytes()).await
}
