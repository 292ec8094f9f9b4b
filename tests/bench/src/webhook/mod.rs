//! How long a partner waits for the answer to a webhook: the real binaries behind the local Runtime API, each delivery
//! new, stored in the embedded DynamoDB before it is answered.

mod place;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use engine::{Cases as _, Mark};
use fastrand::Rng;
use local::services::{WEBHOOK_HEADER, WEBHOOK_SECRET};
use local::stack::TENANT;
use service_orders::{KIND, State};
use simulators::{CALLBACK_KEY, EquipmentKind, ServiceSimulators, UNIT};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use self::place::{BARE, BARE_PATH, Place};
use crate::table::{Goal, Line};

const FINISHED: &str = "/webhooks/senior/service-order-finished";
const CALLBACK: &str = "/webhooks/sismetro/service-order";
/// What a partner may wait for an answer of a function that is there, 99 times of 100 …
const WARM: Duration = Duration::from_millis(250);
/// … and of one that must be started first.
const COLD: Duration = Duration::from_millis(600);
/// An answer may take so many times what one of a function takes that does nothing, by the middle ones of this run.
const MOST_RATIO: f64 = 40.0;
/// Deliveries that are under way together.
const AT_ONCE: usize = 20;
/// Before anything counts.
const WARMING: usize = 30;

/// How much is measured.
struct Plan {
    one_by_one: usize,
    /// Of each of those that come together.
    together: usize,
    cold: usize,
    callbacks: usize,
}

/// What a report is made of.
const WHOLE: Plan = Plan { one_by_one: 2_000, together: 100, cold: 12, callbacks: 1_000 };
/// What tells a count and a ratio.
const BRIEF: Plan = Plan { one_by_one: 200, together: 10, cold: 3, callbacks: 50 };

/// On threads of its own: the others measure the processor time of theirs.
pub(crate) fn measure(is_brief: bool) -> Result<Vec<Line>> {
    let plan = if is_brief { BRIEF } else { WHOLE };
    let measured = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
        runtime.block_on(run(&plan))
    });
    measured.join().ok().context("the measurement ended early")?
}

async fn run(plan: &Plan) -> Result<Vec<Line>> {
    let place = Arc::new(Place::open(&place::binaries().await?).await?);
    let mut deliveries = Deliveries::new(place.partners.simulators.clone());
    let wanted = WARMING + plan.one_by_one + AT_ONCE * (plan.together + 1) + plan.cold;
    let mut lines = one_by_one(&place, &mut deliveries, plan.one_by_one).await?;
    lines.extend(together(&place, &mut deliveries, plan.together).await?);
    lines.extend(cold(&place, &mut deliveries, plan.cold).await?);
    lines.push(stored(&place, wanted).await?);
    lines.extend(callbacks(&place, &deliveries.orders, plan.callbacks).await?);
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
async fn one_by_one(place: &Place, deliveries: &mut Deliveries, count: usize) -> Result<Vec<Line>> {
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
    let ratio = took.percentile(50).as_secs_f64() / bare.percentile(50).as_secs_f64().max(f64::EPSILON);
    let goal = Goal { text: format!("≤ {MOST_RATIO:.0}"), is_met: ratio <= MOST_RATIO, binds: true };
    Ok(vec![
        took.line("webhook: ss-open, warm, one by one", Some(WARM)),
        bare.line("  webhook: a function that does nothing", None),
        Line {
            goal: Some(goal),
            ..Line::part("webhook: middle answer of ss-open to nothing", format!("{ratio:.1}"))
        },
    ])
}

/// Twenty at any time, each caller with the next when it has its answer.
async fn together(place: &Arc<Place>, deliveries: &mut Deliveries, each: usize) -> Result<Vec<Line>> {
    // The first of each caller starts its process and does not count.
    for_all(place, deliveries, AT_ONCE).await?;
    let took = for_all(place, deliveries, AT_ONCE * each).await?;
    Ok(vec![took.line(&format!("webhook: ss-open, warm, {AT_ONCE} at once"), Some(WARM))])
}

async fn for_all(place: &Arc<Place>, deliveries: &mut Deliveries, count: usize) -> Result<Times> {
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
async fn cold(place: &Place, deliveries: &mut Deliveries, count: usize) -> Result<Vec<Line>> {
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
async fn stored(place: &Place, wanted: usize) -> Result<Line> {
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
async fn callbacks(place: &Place, orders: &[String], count: usize) -> Result<Vec<Line>> {
    ensure!(orders.len() >= count, "fewer orders than callbacks");
    let headers = [("unit", UNIT), ("key", CALLBACK_KEY)];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut took = Times::default();
    for (nth, order) in orders.iter().take(count).enumerate() {
        let ss = 1_287_001 + nth;
        let body = serde_json::json!({ "event": "SS_COMPLETED", "ss": ss, "orderId": order }).to_string();
        let answered = place.ask(CALLBACK, &headers, body.as_bytes()).await?;
        if nth >= WARMING.min(count / 2) {
            took.add(answered);
        }
    }
    Ok(vec![took.line("webhook: ss-callback, warm, one by one", Some(WARM))])
}

/// How long answers took.
#[derive(Debug, Default)]
struct Times(Vec<Duration>);

impl Times {
    fn add(&mut self, took: Duration) {
        let at = self.0.partition_point(|other| *other <= took);
        self.0.insert(at, took);
    }

    /// The least time that so many of a hundred do not pass.
    fn percentile(&self, of_hundred: usize) -> Duration {
        let nth = (self.0.len() * of_hundred).div_ceil(100).max(1) - 1;
        self.0.get(nth).copied().unwrap_or_default()
    }

    /// Times depend on the machine: a goal of theirs informs.
    fn line(&self, what: &str, goal: Option<Duration>) -> Line {
        let [half, most, nearly_all] = [50, 95, 99].map(|of_hundred| self.percentile(of_hundred));
        let text = format!("p50 {} p95 {} p99 {} ms ({})", ms(half), ms(most), ms(nearly_all), self.0.len());
        let goal = goal.map(|goal| Goal {
            text: format!("p99 ≤ {} ms", goal.as_millis()),
            is_met: nearly_all <= goal,
            binds: false,
        });
        Line { goal, ..Line::part(what, text) }
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_least_time_that_so_many_do_not_pass() {
        let mut times = Times::default();
        for nth in (1..=200).rev() {
            times.add(Duration::from_millis(nth));
        }

        let percentiles = [50, 95, 99, 100].map(|of_hundred| times.percentile(of_hundred).as_millis());

        assert_eq!(percentiles, [100, 190, 198, 200]);
        assert_eq!(Times::default().percentile(99), Duration::ZERO);
    }

    #[test]
    fn a_goal_of_time_is_told_and_fails_no_check() {
        let mut times = Times::default();
        times.add(Duration::from_millis(251));

        let line = times.line("webhook", Some(WARM));

        let goal = line.goal.expect("a goal");
        assert!(!goal.is_met && !goal.binds && line.result.contains("p99 251.0 ms"), "{}", line.result);
    }
}
