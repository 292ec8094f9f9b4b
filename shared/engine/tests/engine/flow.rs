//! Flows at work, with harm done to them. The effect is the worst there is: done twice it is there twice.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use clock::Clock;
use engine::flow::{Advance, Change, FilingOf, Flow, FlowError, Worked, advance, open, wake, work};
use engine::{Budget, Case, Cases, Faults, Filing, Harm, Mark, Memory, Moment, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::world::START;

/// An order that is to be made at a partner that would make it twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Order {
    id: String,
    stage: Stage,
    due: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    New,
    /// It may have left.
    Sending,
    /// It may have left, and the partner is asked whether it has arrived.
    Asking,
    Made(usize),
}

#[derive(Debug)]
enum Event {
    Due,
    /// The partner has it under this number.
    Made(usize),
    /// The partner has none.
    NotThere,
    /// The partner has not answered.
    Unclear,
}

enum Effect {
    Make,
    Ask,
}

/// Longer than a call can last.
const LEFT: Duration = Duration::from_secs(90);

/// How long a call lasts.
const CALL: Duration = Duration::from_secs(1);

impl Order {
    fn new(id: &str) -> Self {
        Self { id: id.to_owned(), stage: Stage::New, due: Some(Timestamp::UNIX_EPOCH) }
    }

    fn at(&self, stage: Stage, due: Option<Timestamp>) -> Self {
        Self { id: self.id.clone(), stage, due }
    }
}

struct Partner {
    clock: Clock,
    faults: Faults,
    made: Mutex<Vec<String>>,
    /// What was tried, whether it was done or not.
    tried: Mutex<Vec<(&'static str, String)>>,
}

impl Flow for Partner {
    const KIND: &'static str = "pedido";
    type Case = Order;
    type Event = Event;
    type Effect = Effect;

    fn next(order: &Order, event: &Event, now: Timestamp) -> Option<Change<Order, Effect>> {
        let due = Some(clock::later(now, LEFT));
        match (order.stage, event) {
            (Stage::New, Event::Due) | (Stage::Asking, Event::NotThere) => {
                Some(Change::and(order.at(Stage::Sending, due), Effect::Make))
            }
            (Stage::Sending | Stage::Asking, Event::Due) => {
                Some(Change::and(order.at(Stage::Asking, due), Effect::Ask))
            }
            (Stage::Sending | Stage::Asking, Event::Made(number)) => {
                Some(Change::to(order.at(Stage::Made(*number), None)))
            }
            _ => None,
        }
    }

    fn due() -> Event {
        Event::Due
    }

    fn filing(order: &Order) -> FilingOf {
        let stage = if let Stage::Made(_) = order.stage { "feito" } else { "aberto" };
        FilingOf { due: order.due, marks: vec![Mark::new("estado", stage)], expires: Timestamp::MAX }
    }

    async fn perform(&self, order: &Order, effect: Effect) -> Event {
        self.clock.sleep(CALL).await;
        let name = match effect {
            Effect::Make => "partner.make",
            Effect::Ask => "partner.ask",
        };
        held(&self.tried).push((name, order.id.clone()));
        let done = self.faults.around(name, || match effect {
            Effect::Make => Event::Made(self.make(&order.id)),
            Effect::Ask => self.find(&order.id).map_or(Event::NotThere, Event::Made),
        });
        done.await.unwrap_or(Event::Unclear)
    }
}

impl Partner {
    fn make(&self, id: &str) -> usize {
        let mut made = held(&self.made);
        made.push(id.to_owned());
        made.len()
    }

    fn find(&self, id: &str) -> Option<usize> {
        held(&self.made).iter().position(|made| made == id).map(|at| at + 1)
    }

    /// Orders it has been tried to make again without asking since.
    fn sent_blindly(&self) -> Vec<String> {
        let mut last: BTreeMap<&str, &str> = BTreeMap::new();
        let tried = held(&self.tried);
        let again = tried
            .iter()
            .filter(|(name, id)| last.insert(id, name) == Some("partner.make") && *name == "partner.make");
        again.map(|(_, id)| id.clone()).collect()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panicked")
}

struct World {
    clock: Clock,
    faults: Faults,
    memory: Memory,
    partner: Partner,
}

impl World {
    fn new() -> Self {
        let clock = Clock::paused(Timestamp::from_second(START).expect("a valid second"));
        let faults = Faults::default();
        let memory = Memory::with_faults(clock.clone(), faults.clone());
        let (made, tried) = (Mutex::default(), Mutex::default());
        let partner = Partner { clock: clock.clone(), faults: faults.clone(), made, tried };
        Self { clock, faults, memory, partner }
    }

    /// With these orders, new and due.
    async fn of(ids: &[&str]) -> Self {
        let world = Self::new();
        for id in ids {
            assert!(open::<Partner>(&world.memory, id, &Order::new(id)).await.expect("writable"));
        }
        world
    }

    async fn work(&self) -> Worked {
        self.work_within(Budget::unlimited()).await
    }

    async fn work_within(&self, budget: Budget) -> Worked {
        work(&self.partner, &self.memory, &self.clock, budget).await.expect("what is due can be read")
    }

    async fn stage(&self, id: &str) -> Stage {
        let stored = self.memory.case("pedido", id).await.expect("readable").expect("present");
        serde_json::from_value::<Order>(stored.filing.body).expect("an order").stage
    }

    /// How many are made, by how they are found.
    async fn found_made(&self) -> usize {
        let mark = Mark::new("estado", "feito");
        self.memory.marked("pedido", &mark, None, usize::MAX).await.expect("readable").len()
    }

    fn made(&self) -> Vec<String> {
        held(&self.partner.made).clone()
    }

    fn tried(&self) -> Vec<&'static str> {
        held(&self.partner.tried).iter().map(|(name, _)| *name).collect()
    }

    /// What a run does: it finds the same orders as the last one, and works.
    async fn run(&self) -> Result<Worked, FlowError> {
        for id in ["a", "b", "c"] {
            open::<Partner>(&self.memory, id, &Order::new(id)).await?;
        }
        work(&self.partner, &self.memory, &self.clock, Budget::unlimited()).await
    }
}

/// Strikes the given call of the first run; whether there was such a call.
async fn survives(call: usize, moment: Moment, harm: Harm) -> bool {
    let world = World::new();
    world.faults.strike(call, moment, harm);
    tokio::select! {
        _ = world.run() => {}
        () = world.faults.crashed() => {}
    }
    let calls = world.faults.calls();
    world.faults.spare();
    if calls.len() < call {
        return false;
    }

    for _ in 0..3 {
        world.run().await.expect("no more harm");
        world.clock.sleep(LEFT).await;
    }

    let case = format!("{harm:?} {moment:?} call {call} ({})", calls[call - 1]);
    let mut made = world.made();
    made.sort();
    assert_eq!(made, ["a", "b", "c"], "{case}");
    assert_eq!(world.partner.sent_blindly(), Vec::<String>::new(), "{case}");
    assert_eq!(world.found_made().await, 3, "{case}");
    assert!(world.memory.due("pedido", Timestamp::MAX, 9).await.expect("readable").is_empty(), "{case}");
    true
}

#[tokio::test(start_paused = true)]
async fn harm_to_any_call_makes_no_order_twice() {
    let mut cases = 0;
    for harm in [Harm::Fail, Harm::Crash] {
        for moment in [Moment::Before, Moment::After] {
            let mut call = 1;
            while survives(call, moment, harm).await {
                call += 1;
            }
            cases += call - 1;
        }
    }
    println!("{cases} cases of harm survived");
    assert!(cases >= 60, "only {cases} cases");
}

#[tokio::test(start_paused = true)]
async fn without_harm_an_order_is_made_at_once_and_never_asked_for() {
    let world = World::of(&["a", "b"]).await;

    let worked = world.work().await;

    assert_eq!((worked.cases, worked.more, worked.failed.len()), (2, false, 0));
    assert_eq!(world.tried(), ["partner.make", "partner.make"]);
    assert_eq!(world.stage("b").await, Stage::Made(2));
    assert_eq!(world.work().await.cases, 0, "nothing is due any more");
}

#[tokio::test(start_paused = true)]
async fn a_filing_whose_answer_was_lost_keeps_its_effect_from_being_performed() {
    let world = World::of(&["a"]).await;
    // The case is read, then filed.
    world.faults.strike(2, Moment::After, Harm::Fail);

    let failed = advance(&world.partner, &world.memory, &world.clock, "a", Event::Due).await;

    assert!(matches!(failed, Err(FlowError::State(StateError::Unavailable { .. }))), "{failed:?}");
    assert_eq!(world.stage("a").await, Stage::Sending, "it was filed");
    assert!(world.tried().is_empty());
    world.clock.sleep(LEFT).await;
    world.work().await;
    assert_eq!(world.tried(), ["partner.ask", "partner.make"], "whoever comes next asks first");
    assert_eq!(world.made(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn an_effect_whose_answer_was_lost_is_asked_for_and_not_repeated() {
    let world = World::of(&["a"]).await;
    world.faults.strike(4, Moment::After, Harm::Fail);

    world.work().await;
    assert_eq!(world.stage("a").await, Stage::Sending);
    assert_eq!(world.work().await.cases, 0, "it is not due before its time");
    world.clock.sleep(LEFT).await;
    world.work().await;

    assert_eq!(world.tried(), ["partner.make", "partner.ask"]);
    assert_eq!(world.stage("a").await, Stage::Made(1));
}

#[tokio::test(start_paused = true)]
async fn a_case_is_opened_once_and_one_that_is_not_there_is_missing() {
    let world = World::of(&["a"]).await;
    world.work().await;

    let again = open::<Partner>(&world.memory, "a", &Order::new("a")).await.expect("writable");

    assert!(!again);
    assert_eq!(world.stage("a").await, Stage::Made(1), "and nothing of it is changed");
    let nobody = advance(&world.partner, &world.memory, &world.clock, "z", Event::Due).await;
    assert_eq!(nobody.expect("readable"), Advance::Missing);
    let unmoved = advance(&world.partner, &world.memory, &world.clock, "a", Event::NotThere).await;
    assert_eq!(unmoved.expect("readable"), Advance::Unmoved);
}

#[tokio::test(start_paused = true)]
async fn a_case_is_not_woken_before_its_time() {
    let world = World::of(&["a"]).await;
    world.faults.strike(4, Moment::After, Harm::Fail);
    world.work().await;
    let wake = async || wake(&world.partner, &world.memory, &world.clock, "a").await.expect("readable");

    assert_eq!(wake().await, Advance::Unmoved);
    world.clock.sleep(LEFT).await;
    assert_eq!(wake().await, Advance::Settled);
    assert_eq!(wake().await, Advance::Unmoved, "it waits for nothing any more");

    assert_eq!(world.tried(), ["partner.make", "partner.ask"]);
}

/// A store that lets others go first before every call, as the network does.
struct Slow<'a>(&'a Memory);

impl Cases for Slow<'_> {
    async fn case(&self, kind: &str, id: &str) -> Result<Option<Case>, StateError> {
        tokio::task::yield_now().await;
        self.0.case(kind, id).await
    }

    async fn file(
        &self,
        kind: &str,
        id: &str,
        before: Option<&Case>,
        after: Filing,
    ) -> Result<Case, StateError> {
        tokio::task::yield_now().await;
        self.0.file(kind, id, before, after).await
    }

    async fn open_all(&self, kind: &str, cases: &[(String, Filing)]) -> Result<(), StateError> {
        tokio::task::yield_now().await;
        self.0.open_all(kind, cases).await
    }

    async fn due(&self, kind: &str, now: Timestamp, limit: usize) -> Result<Vec<String>, StateError> {
        tokio::task::yield_now().await;
        self.0.due(kind, now, limit).await
    }

    async fn marked(
        &self,
        kind: &str,
        mark: &Mark,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StateError> {
        tokio::task::yield_now().await;
        self.0.marked(kind, mark, after, limit).await
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_that_advance_a_case_one_is_overtaken_and_performs_nothing() {
    let world = World::of(&["a"]).await;
    let slow = Slow(&world.memory);
    let one = || advance(&world.partner, &slow, &world.clock, "a", Event::Due);

    let (first, second) = tokio::join!(one(), one());

    let mut ends = [first.expect("readable"), second.expect("readable")];
    ends.sort_by_key(|end| *end == Advance::Overtaken);
    assert_eq!(ends, [Advance::Settled, Advance::Overtaken]);
    assert_eq!(world.tried(), ["partner.make"]);
}

#[tokio::test(start_paused = true)]
async fn workers_at_the_same_time_take_no_effect_from_each_other() {
    let ids: Vec<String> = (0..30).map(|n| format!("{n:02}")).collect();
    let world = World::of(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let slow = Slow(&world.memory);
    let worker = || work(&world.partner, &slow, &world.clock, Budget::unlimited());

    // The second one comes upon what the first has in hand: what was due when it looked is no longer.
    let late = async {
        world.clock.sleep(CALL / 2).await;
        worker().await
    };
    let (one, two, three) = tokio::join!(worker(), worker(), late);

    for worked in [one, two, three] {
        assert!(worked.expect("readable").failed.is_empty());
    }
    assert_eq!(world.tried(), vec!["partner.make"; 30], "nobody asks for what another has in hand");
    assert_eq!(world.found_made().await, 30);
}

#[tokio::test(start_paused = true)]
async fn a_case_that_cannot_be_read_stops_no_other_and_is_told() {
    let world = World::new();
    let unreadable = Filing {
        body: json!({"id": 7}),
        due: Some(Timestamp::UNIX_EPOCH),
        marks: vec![],
        expires: Timestamp::MAX,
    };
    // More than are asked for at once, and all of them due longer than the one that can be read.
    for n in 0..250 {
        let filing = unreadable.clone();
        world.memory.file("pedido", &format!("{n:03}"), None, filing).await.expect("writable");
    }
    let order = Order { due: Some(world.clock.now()), ..Order::new("z") };
    open::<Partner>(&world.memory, "z", &order).await.expect("writable");

    let worked = world.work().await;

    assert_eq!((worked.cases, worked.failed.len()), (251, 250));
    assert_eq!(world.made(), ["z"]);
    let (id, error) = &worked.failed[0];
    assert_eq!((id.as_str(), error.to_string().as_str()), ("000", "pedido 000 não pode ser lido"));
    assert_eq!(error.remedy(), partner_http::Remedy::Bug);
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_is_spent_leaves_the_rest_for_later_and_says_so() {
    let world = World::of(&["a", "b", "c", "d", "e"]).await;
    let deadline = clock::later(world.clock.now(), Duration::from_secs(5));

    // Each takes a second; two seconds are kept back.
    let worked = world.work_within(Budget::new(deadline, Duration::from_secs(2))).await;

    assert_eq!((worked.cases, worked.more), (3, true));
    assert_eq!(world.made(), ["a", "b", "c"]);
    let worked = world.work().await;
    assert_eq!((worked.cases, worked.more), (2, false));
    assert_eq!(world.made().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn more_cases_than_are_asked_for_at_once_are_all_advanced_the_longest_due_first() {
    let world = World::new();
    for n in (0..230).rev() {
        let id = format!("{n:03}");
        let due = Some(Timestamp::from_second(1_000 - n).expect("a valid second"));
        open::<Partner>(&world.memory, &id, &Order { due, ..Order::new(&id) }).await.expect("writable");
    }

    let worked = world.work().await;

    assert_eq!((worked.cases, worked.more), (230, false));
    let expected: Vec<String> = (0..230).rev().map(|n| format!("{n:03}")).collect();
    assert_eq!(world.made(), expected);
}
