//! The crash matrix of `contracts/service-order-flow.md` §5, row by row: the process dies at that boundary, a new one
//! starts, everything settles, and the effect has happened exactly once. Where the boundary is a write of the store it is
//! struck before and after it is done.

use std::time::Duration;

use clock::Clock;
use engine::{Budget, Harm, Moment};
use serde_json::json;
use service_orders::settings::CancelStrategy;
use service_orders::{Orders, Reason, Settings, State};
use services::{ORDER, SS, World};
use simulators::{CancelMode, OrderSituation, ServiceOptions};

/// How the service ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Completed,
    Cancelled,
}

/// One kind of life, always the same to the last call.
struct Life {
    end: End,
    options: fn(&mut ServiceOptions),
    settings: fn(&mut Settings),
}

impl Life {
    fn of(end: End) -> Self {
        Self { end, options: |_| {}, settings: |_| {} }
    }

    fn world(&self) -> World {
        World::with(self.options, self.settings)
    }

    /// From the event to the end, without a poll: what comes, comes by the doors.
    async fn lived(&self, world: &World) {
        world.closes_one();
        world.deliver().await;
        world.works().await;
        self.ended(world);
        world.deliver().await;
        world.works().await;
    }

    fn ended(&self, world: &World) {
        let sismetro = &world.partners.sismetro;
        match self.end {
            End::Completed => sismetro.conclude(SS),
            End::Cancelled => sismetro.cancel(SS, "Cliente desistiu"),
        }
        .expect("the SS is there");
    }

    /// All calls of a life that nobody strikes.
    async fn calls(&self) -> Vec<&'static str> {
        let calm = self.world();
        self.lived(&calm).await;
        let end = if self.end == End::Completed { State::Released } else { State::Cancelled };
        assert_eq!(calm.state_of(ORDER).await, end, "a calm life comes to its end");
        calm.judge().await;
        calm.faults().calls()
    }

    /// A world whose process has died at the `call`-th call, and the next one, which has done nothing yet.
    async fn struck(&self, call: usize, moment: Moment) -> World {
        let mut world = self.world();
        world.faults().strike(call, moment, Harm::Crash);
        let ended = world.until_killed(self.lived(&world)).await;
        assert!(ended.is_none(), "it was to die at call {call}");
        world.faults().spare();
        world.restart();
        world
    }

    /// Time passes; the service ends where it has not.
    async fn settles(&self, world: &World) {
        world.lives(Duration::from_mins(30)).await;
        if world.partners.sismetro.ss(SS).is_some_and(|ss| ss.standing == simulators::Standing::Open) {
            self.ended(world);
        }
        world.lives(Duration::from_hours(2)).await;
        world.judge().await;
    }
}

/// The place of the first call of this name, counted from 1.
fn first(calls: &[&'static str], name: &str) -> usize {
    1 + calls.iter().position(|call| *call == name).unwrap_or_else(|| panic!("no {name} in {calls:?}"))
}

/// The place of the last call of this name before `place`.
fn last_before(calls: &[&'static str], name: &str, place: usize) -> usize {
    1 + calls[..place - 1].iter().rposition(|call| *call == name).expect("there is one")
}

/// The place of the first call of this name after `place`.
fn next_after(calls: &[&'static str], name: &str, place: usize) -> usize {
    place + 1 + calls[place..].iter().position(|call| *call == name).expect("there is one")
}

const COMPLETED: Life = Life { end: End::Completed, options: |_| {}, settings: |_| {} };
const FILE: &str = "case.file";

/// Request received → T1 written: nothing is durable and no 200 was sent. Repeated, it is one order; not repeated, the
/// order stays visibly blocked in the ERP, and the lost-event sweep names it where it is on.
#[tokio::test(start_paused = true)]
async fn crash_between_the_request_and_t1() {
    let calls = COMPLETED.calls().await;
    let world = COMPLETED.struck(first(&calls, FILE), Moment::Before).await;
    COMPLETED.settles(&world).await;
    assert_eq!(world.state_of(ORDER).await, State::Released);

    let life = Life { settings: |settings| settings.find_lost_events = true, ..COMPLETED };
    let calls = life.calls().await;
    let world = life.struck(first(&calls, FILE), Moment::Before).await;
    world.partners.senior.hub().drop_at(0);
    world.lives(Duration::from_hours(1)).await;
    let look =
        async || service_orders::watch::without_event(&world.orders()).await.expect("it can be listed");
    assert_eq!(look().await, Vec::<String>::new(), "its event may still come");
    world.clock.sleep(Duration::from_mins(31)).await;
    assert_eq!(look().await, [ORDER], "order_without_event");
    assert_eq!(world.seen(ORDER).order.situation, OrderSituation::AwaitingIntegration, "visibly blocked");
    assert!(world.seen(ORDER).ss.is_empty(), "no automatic opening: the body is missing");
    world.judge().await;
}

/// T1 written → bus event: the sweep finds the record; opened, once.
#[tokio::test(start_paused = true)]
async fn crash_between_t1_and_the_bus_event() {
    let calls = COMPLETED.calls().await;
    let world = COMPLETED.struck(first(&calls, FILE), Moment::After).await;
    // It is not sent again: the sweep of the next minute must do.
    world.partners.senior.hub().drop_at(0);
    world.works().await;
    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
    COMPLETED.ended(&world);
    world.lives(Duration::from_hours(2)).await;
    assert_eq!(world.state_of(ORDER).await, State::Released);
    assert_eq!(world.partners.sismetro.calls("open").len(), 1);
    world.judge().await;
}

/// T1 written → HTTP 200 lost: the duplicate is recognised, 200.
#[tokio::test(start_paused = true)]
async fn crash_between_t1_and_the_200() {
    let calls = COMPLETED.calls().await;
    // The delivery is stored last, right before the answer.
    let stored = next_after(&calls, FILE, first(&calls, FILE));
    for (place, moment) in
        [(first(&calls, FILE), Moment::After), (stored, Moment::Before), (stored, Moment::After)]
    {
        let world = COMPLETED.struck(place, moment).await;
        let answers = world.deliver().await;
        assert_eq!((answers[0].status, answers[0].kind), (200, "duplicate"), "{moment:?} {place}");
        COMPLETED.settles(&world).await;
        assert_eq!(world.state_of(ORDER).await, State::Released);
        assert_eq!(world.partners.sismetro.calls("open").len(), 1);
    }
}

/// T3 written → call not yet sent: after the lease T6; two looks find nothing; `auto_resend` sends it once more after
/// ≥ 17 min, else it is parked `open_ambiguous` and a person allows it.
#[tokio::test(start_paused = true)]
async fn crash_between_t3_and_the_open_call() {
    for auto_resend in [false, true] {
        let life = if auto_resend {
            Life { settings: |settings| settings.auto_resend = true, ..COMPLETED }
        } else {
            COMPLETED
        };
        let calls = life.calls().await;
        let sent = first(&calls, "open");
        let t3 = last_before(&calls, FILE, sent);
        for (place, moment) in [(t3, Moment::After), (sent, Moment::Before)] {
            let world = life.struck(place, moment).await;
            assert_eq!(world.state_of(ORDER).await, State::Opening);
            let died = world.clock.now();
            world.lives(Duration::from_mins(16)).await;
            assert!(world.partners.sismetro.calls("open").is_empty(), "too early");
            world.lives(Duration::from_mins(20)).await;
            if auto_resend {
                let again = world.partners.sismetro.calls("open");
                assert!(again.len() == 1 && again[0] >= clock::later(died, Duration::from_mins(17)));
            } else {
                let order = world.order(ORDER).await;
                assert_eq!(order.attention, Some(Reason::OpenAmbiguous));
                let resend = json!({"op": "allow_resend", "order_id": ORDER, "reason": "não há SS", "command_id": "c-1"});
                world.told(resend).await.expect("obeyed");
            }
            life.settles(&world).await;
            assert_eq!(world.state_of(ORDER).await, State::Released);
            assert_eq!(world.partners.sismetro.calls("open").len(), 1);
        }
    }
}

/// Call sent → reply lost, and reply read → T4 written: the scan finds it, T7.
#[tokio::test(start_paused = true)]
async fn crash_between_the_open_call_and_t4() {
    let calls = COMPLETED.calls().await;
    let answered = first(&calls, "open answered");
    let t4 = next_after(&calls, FILE, answered);
    for (place, moment) in [
        (answered - 1, Moment::After),
        (answered, Moment::Before),
        (answered, Moment::After),
        (t4, Moment::Before),
    ] {
        let world = COMPLETED.struck(place, moment).await;
        assert_eq!(world.state_of(ORDER).await, State::Opening);
        let is_opened = usize::from(place != answered - 1);
        assert_eq!(world.seen(ORDER).ss.len(), is_opened);
        if is_opened == 0 {
            continue;
        }
        COMPLETED.settles(&world).await;
        assert_eq!(world.state_of(ORDER).await, State::Released);
        assert_eq!(world.partners.sismetro.calls("open").len(), 1);
        assert!(!world.partners.sismetro.calls("listAll").is_empty(), "it has looked");
    }
}

/// T4 written → note POST: the list has none → POST, once.
#[tokio::test(start_paused = true)]
async fn crash_between_t4_and_the_note() {
    let calls = COMPLETED.calls().await;
    let t4 = next_after(&calls, FILE, first(&calls, "open answered"));
    let note = first(&calls, "note");
    for (place, moment) in [(t4, Moment::After), (note, Moment::Before)] {
        let world = COMPLETED.struck(place, moment).await;
        assert_eq!(
            (world.state_of(ORDER).await, world.seen(ORDER).order.observations.len()),
            (State::Opened, 0)
        );
        COMPLETED.settles(&world).await;
        assert_eq!(world.state_of(ORDER).await, State::Released);
        assert_eq!(world.partners.senior.calls("addObservation").len(), 1);
    }
}

/// Note POST applied → T10 written: the marker is found → T10 without POST.
#[tokio::test(start_paused = true)]
async fn crash_between_the_note_and_t10() {
    let calls = COMPLETED.calls().await;
    let noted = first(&calls, "note answered");
    let t10 = next_after(&calls, FILE, noted);
    for (place, moment) in [(noted, Moment::Before), (t10, Moment::Before), (t10, Moment::After)] {
        let world = COMPLETED.struck(place, moment).await;
        assert_eq!(world.seen(ORDER).order.observations.len(), 1);
        COMPLETED.settles(&world).await;
        assert_eq!(world.state_of(ORDER).await, State::Released);
        assert_eq!(world.partners.senior.calls("addObservation").len(), 1);
    }
}

/// Callback stored → 202 lost: the repeated callback is a duplicate, 200.
#[tokio::test(start_paused = true)]
async fn crash_between_a_stored_callback_and_its_202() {
    let calls = COMPLETED.calls().await;
    let t10 = next_after(&calls, FILE, first(&calls, "note answered"));
    let stored = next_after(&calls, FILE, t10);
    let delivery = next_after(&calls, FILE, stored);
    for (place, moment, kind) in [
        (stored, Moment::Before, "stored"),
        (stored, Moment::After, "duplicate"),
        (delivery, Moment::Before, "duplicate"),
        (delivery, Moment::After, "duplicate"),
    ] {
        let world = COMPLETED.struck(place, moment).await;
        let answers = world.deliver().await;
        let status = if kind == "stored" { 202 } else { 200 };
        assert_eq!((answers[0].status, answers[0].kind), (status, kind));
        COMPLETED.settles(&world).await;
        assert_eq!(world.seen(ORDER).order.releases.len(), 1);
    }
}

/// Callback persisted → release call: verified, guarded, released.
#[tokio::test(start_paused = true)]
async fn crash_between_a_callback_and_the_release() {
    let calls = COMPLETED.calls().await;
    let sent = first(&calls, "release");
    let asked = last_before(&calls, FILE, sent);
    for (place, moment) in [(asked, Moment::Before), (asked, Moment::After), (sent, Moment::Before)] {
        let world = COMPLETED.struck(place, moment).await;
        assert_eq!(world.state_of(ORDER).await, State::Releasing);
        COMPLETED.settles(&world).await;
        assert_eq!(
            (world.state_of(ORDER).await, world.seen(ORDER).order.releases.len()),
            (State::Released, 1)
        );
    }
}

/// Release applied → T12 written: the situation no longer waits → T12 without call.
#[tokio::test(start_paused = true)]
async fn crash_between_the_release_and_t12() {
    let calls = COMPLETED.calls().await;
    let answered = first(&calls, "release answered");
    let t12 = next_after(&calls, FILE, answered);
    for (place, moment) in [(answered, Moment::Before), (t12, Moment::Before), (t12, Moment::After)] {
        let world = COMPLETED.struck(place, moment).await;
        assert_eq!(world.seen(ORDER).order.released(), 1);
        COMPLETED.settles(&world).await;
        assert_eq!(
            (world.state_of(ORDER).await, world.seen(ORDER).order.releases.len()),
            (State::Released, 1)
        );
    }
}

/// Cancel applied → T14 written: situation `Cancelled` → T14 without call.
#[tokio::test(start_paused = true)]
async fn crash_between_the_cancel_and_t14() {
    let life = Life::of(End::Cancelled);
    let calls = life.calls().await;
    let answered = first(&calls, "cancel answered");
    let yes = next_after(&calls, FILE, answered);
    let t14 = next_after(&calls, FILE, yes);
    for (place, moment) in [
        (answered, Moment::Before),
        (yes, Moment::Before),
        (yes, Moment::After),
        (t14, Moment::Before),
        (t14, Moment::After),
    ] {
        let world = life.struck(place, moment).await;
        assert_eq!(world.seen(ORDER).order.cancelled(), 1);
        life.settles(&world).await;
        assert_eq!(
            (world.state_of(ORDER).await, world.seen(ORDER).order.cancels.len()),
            (State::Cancelled, 1)
        );
    }
}

/// `release_then_cancel`: released, cancel not yet done: only the cancel is repeated.
#[tokio::test(start_paused = true)]
async fn crash_between_the_release_and_the_cancel_of_release_then_cancel() {
    let life = Life {
        end: End::Cancelled,
        options: |options| {
            options.senior.cancel = CancelMode::Refuse;
            options.senior.release_of_cancelled = true;
        },
        settings: |settings| settings.cancel_strategy = CancelStrategy::ReleaseThenCancel,
    };
    let calls = life.calls().await;
    let answered = first(&calls, "release answered");
    let lifted = next_after(&calls, FILE, answered);
    let again = next_after(&calls, "cancel", answered);
    for (place, moment) in [
        (answered, Moment::Before),
        (lifted, Moment::Before),
        (lifted, Moment::After),
        (again, Moment::Before),
    ] {
        let world = life.struck(place, moment).await;
        assert_eq!(world.seen(ORDER).order.situation, OrderSituation::OpenTotal);
        life.settles(&world).await;
        let seen = world.seen(ORDER).order;
        assert_eq!(
            (world.state_of(ORDER).await, seen.situation),
            (State::Cancelled, OrderSituation::Cancelled)
        );
        assert_eq!(
            (seen.releases.len(), seen.cancels.len()),
            (1, 2),
            "the refused one and the one that did it"
        );
    }
}

/// Two workers pick the same record: one conditional write fails, the loser stops before any partner call.
#[tokio::test(start_paused = true)]
async fn crash_two_workers_at_the_same_record_are_one() {
    for seed in 0..60 {
        for end in [End::Completed, End::Cancelled] {
            let life = Life::of(end);
            let world = life.world();
            world.state.shake(seed);
            world.closes_one();
            world.deliver().await;
            let other = world.process(7);
            let second = Orders::new(&other, &world.state, &world.clock);
            let first = world.orders();
            tokio::join!(world.work_of(&first), world.work_of(&second));
            life.ended(&world);
            world.deliver().await;
            tokio::join!(world.work_of(&first), world.work_of(&second));
            world.lives(Duration::from_mins(30)).await;

            assert_eq!(world.partners.sismetro.calls("open").len(), 1, "seed {seed}");
            assert_eq!(world.partners.senior.calls("addObservation").len(), 1, "seed {seed}");
            let seen = world.seen(ORDER).order;
            assert_eq!(seen.releases.len() + seen.cancels.len(), 1, "seed {seed}");
            world.judge().await;
        }
    }
}

/// Clock skew between workers ≤ 60 s: no overlap. The other worker's clock is a minute ahead, or behind, and every call
/// takes as long as a call may.
#[tokio::test(start_paused = true)]
async fn crash_workers_whose_clocks_differ_by_a_minute_do_not_overlap() {
    for ahead in [60, -60] {
        for end in [End::Completed, End::Cancelled] {
            let slow = |options: &mut ServiceOptions| {
                (options.senior.latency, options.sismetro.latency) =
                    (Duration::from_secs(25), Duration::from_secs(18));
            };
            let life = Life { end, options: slow, settings: |_| {} };
            let world = life.world();
            let skewed = world.clock.now() + jiff::SignedDuration::from_secs(ahead);
            let theirs = Clock::paused(skewed);
            let other = world.process(7);
            world.closes_one();
            world.deliver().await;
            let work = async |orders: Orders<'_, _>| {
                for _ in 0..40 {
                    drop(Box::pin(orders.work(Budget::unlimited())).await);
                    orders.clock.sleep(Duration::from_secs(20)).await;
                }
            };
            let second = Orders::new(&other, &world.state, &theirs);
            tokio::join!(work(world.orders()), work(second));
            life.ended(&world);
            world.deliver().await;
            tokio::join!(work(world.orders()), work(second));

            assert_eq!(world.partners.sismetro.calls("open").len(), 1, "{ahead} s");
            assert_eq!(world.partners.senior.calls("addObservation").len(), 1, "{ahead} s");
            let seen = world.seen(ORDER).order;
            assert_eq!(seen.releases.len() + seen.cancels.len(), 1, "{ahead} s");
            world.judge().await;
        }
    }
}
