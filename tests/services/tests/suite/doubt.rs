//! R17 to R19: duplicates, lost answers and partners that are away.

use std::time::Duration;

use serde_json::json;
use service_orders::{Reason, State};
use services::World;
use simulators::{Copied, EquipmentKind, EventForm, Fault, Repeated, ViolationKind};

/// R17: no duplicate SS under duplicate, reordered and dropped deliveries. (Parallel ones: module `parallel`.)
#[tokio::test(start_paused = true)]
async fn r17_duplicated_and_reordered_events_are_one_ss_each() {
    for seed in 0..10 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let world = World::with(|options| options.senior.events = EventForm::mixed(), |_| {});
        let ids: Vec<String> = (0..5).map(|_| world.closes_a(EquipmentKind::Existing, rng.u64(..))).collect();
        let hub = world.partners.senior.hub();
        for at in 0..5 {
            hub.duplicate(at);
            hub.duplicate(at);
        }
        hub.reorder(&mut rng);
        while !hub.is_empty() {
            let part = rng.u64(1..4);
            for _ in 0..part {
                let Some(push) = hub.take_next() else { break };
                assert_eq!(world.event(&push).await.status, 200, "seed {seed}");
                hub.ack(&push.id);
            }
            world.works().await;
        }
        world.lives(Duration::from_mins(10)).await;

        for id in &ids {
            assert_eq!(world.seen(id).ss.len(), 1, "seed {seed}");
            assert_eq!(world.order(id).await.opening.calls, 1, "seed {seed}");
        }
        world.judge().await;
    }
}

/// R17, flow §4: an order that is closed again before we called is opened as it was closed last.
#[tokio::test(start_paused = true)]
async fn r17_the_newest_event_before_the_call_is_the_one_that_is_relayed() {
    let world = World::new();
    let id = world.closes_one();
    world.deliver().await;
    world.partners.senior.edit_and_close(&id, |order| order.observation = "À tarde".to_owned()).expect("may");
    world.deliver().await;
    world.lives(Duration::from_mins(3)).await;

    let opens = world.partners.sismetro.opens();
    assert_eq!(opens.len(), 1);
    assert!(String::from_utf8_lossy(&opens[0].body).contains("À tarde"));
    world.judge().await;
}

/// R17, flow §4: another event of an order whose SS was asked for is recorded, and changes nothing.
#[tokio::test(start_paused = true)]
async fn r17_an_order_that_is_closed_again_after_its_opening_has_one_ss() {
    let world = World::new();
    let (id, _) = world.opens().await;
    world.partners.senior.edit_and_close(&id, |order| order.observation = "À tarde".to_owned()).expect("may");
    let answers = world.deliver().await;
    assert_eq!((answers[0].status, answers[0].kind, answers[0].wake), (200, "duplicate", false));
    world.lives(Duration::from_hours(3)).await;

    assert_eq!(world.partners.sismetro.calls("open").len(), 1);
    assert_eq!(world.state_of(&id).await, State::AwaitingExecution);
    world.judge().await;
}

/// R18: an ambiguous open never duplicates: Sismetro drops the reply after creating → adopted by looking.
#[tokio::test(start_paused = true)]
async fn r18_an_ss_whose_reply_was_lost_is_found_and_adopted() {
    let lost = [
        Fault::LostAnswer,
        Fault::Truncated,
        Fault::Slow(120_000),
        Fault::Late(30_000),
        Fault::Answered { status: 500, body: String::new() },
        Fault::Answered { status: 200, body: r#"{"valid":true}"#.to_owned() },
        Fault::Answered { status: 409, body: "{}".to_owned() },
        Fault::Answered { status: 504, body: "<html>".to_owned() },
    ];
    for fault in lost {
        for newest_first in [false, true] {
            for auto_resend in [false, true] {
                let told = format!("{fault:?}, newest first {newest_first}, resend {auto_resend}");
                let world = World::with(
                    |options| options.sismetro.newest_first = newest_first,
                    |settings| settings.auto_resend = auto_resend,
                );
                // A list of several pages, and other customers' orders with the same number of letters.
                for seed in 0..25 {
                    world.closes_a(EquipmentKind::New, seed);
                }
                world.lives(Duration::from_mins(3)).await;
                world.partners.sismetro.faults().next("open", fault.clone(), 1);
                let id = world.closes_one();
                world.lives(Duration::from_mins(50)).await;

                let order = world.order(&id).await;
                assert_eq!(order.state, State::AwaitingExecution, "{told}: {order:#?}");
                assert_eq!(world.seen(&id).ss.len(), 1, "{told}");
                world.judge().await;
            }
        }
    }
}

/// R18: Sismetro drops the call before creating: parked by default, one resend with `auto_resend = true`.
#[tokio::test(start_paused = true)]
async fn r18_an_open_call_that_left_no_trace_is_parked_or_sent_once_more() {
    for fault in [Fault::LostRequest, Fault::Html] {
        for auto_resend in [false, true] {
            let told = format!("{fault:?}, resend {auto_resend}");
            let world = World::decided(|settings| settings.auto_resend = auto_resend);
            world.partners.sismetro.faults().next("open", fault.clone(), 1);
            let id = world.closes_one();
            world.lives(Duration::from_mins(16)).await;
            assert_eq!(world.partners.sismetro.calls("open").len(), 1, "{told}: not before two looks");
            world.lives(Duration::from_mins(30)).await;

            let order = world.order(&id).await;
            let (attention, ss) = if auto_resend { (None, 1) } else { (Some(Reason::OpenAmbiguous), 0) };
            assert_eq!((order.attention, world.seen(&id).ss.len()), (attention, ss), "{told}");
            if !auto_resend {
                let resend =
                    json!({"op": "allow_resend", "order_id": id, "reason": "não há SS", "command_id": "c-1"});
                world.told(resend.clone()).await.expect("obeyed");
                world.told(resend).await.expect("a repeated command is no second one");
                world.lives(Duration::from_mins(5)).await;
            }
            assert_eq!(world.state_of(&id).await, State::AwaitingExecution, "{told}");
            assert_eq!(world.partners.sismetro.calls("open").len(), 2, "{told}");
            world.judge().await;
        }
    }
}

/// R18: a Sismetro that copies nothing of the order into the SS, and default: parked, still one SS; a person attaches it.
#[tokio::test(start_paused = true)]
async fn r18_an_ss_that_cannot_be_recognised_is_left_to_a_person() {
    let world = World::with(
        |options| {
            options.sismetro.copied = Copied::Nothing;
            options.sismetro.equipment_copied = false;
        },
        |_| {},
    );
    world.partners.sismetro.faults().next("open", Fault::LostAnswer, 1);
    let id = world.closes_one();
    world.lives(Duration::from_hours(2)).await;

    let order = world.order(&id).await;
    assert_eq!((order.state, order.attention), (State::NeedsAttention, Some(Reason::OpenAmbiguous)));
    assert_eq!(world.seen(&id).ss.len(), 1, "still one");
    let ss = world.partners.sismetro.all_ss()[0].clone();
    let attach = json!({"op": "attach_ss", "order_id": id, "ss_number": ss.number.to_string(), "ss_link": ss.link,
        "reason": "achada na tela", "command_id": "c-1"});
    world.told(attach).await.expect("obeyed");
    world.partners.sismetro.conclude(ss.number).expect("it is there");
    world.lives(Duration::from_mins(10)).await;
    assert_eq!(world.state_of(&id).await, State::Released);
    world.judge().await;
}

/// R18, R13: what the equipment alone says may be said of two orders: the SS of one is not adopted by the other, whose
/// call was lost before it did anything.
#[tokio::test(start_paused = true)]
async fn r18_the_ss_of_another_order_of_the_same_equipment_is_not_adopted() {
    for (copied, is_known) in [(Copied::Number, true), (Copied::NumberAndId, true), (Copied::Nothing, false)]
    {
        let world = World::with(|options| options.sismetro.copied = copied, |_| {});
        world.partners.sismetro.faults().next("open", Fault::LostRequest, 1);
        world.partners.sismetro.faults().next("open", Fault::LostAnswer, 1);
        let (first, second) = (world.closes_one(), world.closes_one());
        world.lives(Duration::from_hours(1)).await;

        assert_eq!((world.seen(&first).ss.len(), world.seen(&second).ss.len()), (0, 1));
        let (first, second) = (world.order(&first).await, world.order(&second).await);
        assert_eq!((first.attention, first.ss), (Some(Reason::OpenAmbiguous), None), "{copied:?}");
        assert_eq!(second.ss.is_some(), is_known, "{copied:?}");
        world.judge().await;
    }
}

/// R18: several that could be ours, a scan that is switched off, a 409 with the number: never a second SS.
#[tokio::test(start_paused = true)]
async fn r18_several_candidates_or_no_look_at_all_are_for_a_person() {
    // Two orders of the same equipment whose replies were both lost, and nothing else to tell them apart.
    let world = World::with(|options| options.sismetro.copied = Copied::Nothing, |_| {});
    world.partners.sismetro.faults().next("open", Fault::LostAnswer, 2);
    let ids = [world.closes_one(), world.closes_one()];
    world.lives(Duration::from_hours(1)).await;
    for id in &ids {
        assert_eq!(world.order(id).await.attention, Some(Reason::OpenAmbiguous));
        assert_eq!(world.seen(id).ss.len(), 1);
    }
    world.judge().await;

    let world = World::decided(|settings| settings.scan_pages = 0);
    world.partners.sismetro.faults().next("open", Fault::LostAnswer, 1);
    let id = world.closes_one();
    world.lives(Duration::from_mins(5)).await;
    assert_eq!(world.order(&id).await.attention, Some(Reason::OpenAmbiguous));
    assert!(world.partners.sismetro.calls("listAll").is_empty());
    world.judge().await;

    // A person allows a call that was not needed, and Sismetro knows the order.
    let world = World::with(
        |options| {
            options.sismetro.copied = Copied::Nothing;
            options.sismetro.equipment_copied = false;
            options.sismetro.repeated = Repeated::Conflict;
        },
        |_| {},
    );
    world.partners.sismetro.faults().next("open", Fault::LostAnswer, 1);
    let id = world.closes_one();
    world.lives(Duration::from_hours(1)).await;
    let resend = json!({"op": "allow_resend", "order_id": id, "reason": "não achei", "command_id": "c-1"});
    world.told(resend).await.expect("obeyed");
    world.lives(Duration::from_mins(5)).await;
    assert_eq!(world.state_of(&id).await, State::AwaitingExecution);
    world.judge().await;
}

/// Orders at every stage: one not opened, one opened and not noted, one to be released, one to be cancelled.
async fn at_every_stage(world: &World) -> Vec<(String, State)> {
    let (released, first) = world.opens().await;
    let (cancelled, second) = world.opens().await;
    let noted = world.closes_a(EquipmentKind::New, 1);
    world.partners.senior.faults().next("listObservations", Fault::Html, 4);
    world.deliver().await;
    world.works().await;
    world.partners.senior.faults().clear();
    assert_eq!(world.state_of(&noted).await, State::Opened);
    let fresh = world.closes_a(EquipmentKind::Existing, 2);
    world.partners.sismetro.conclude(first).expect("it is there");
    world.partners.sismetro.cancel(second, "Cliente desistiu").expect("it is there");
    world.deliver().await;
    vec![
        (released, State::Released),
        (cancelled, State::Cancelled),
        (noted, State::AwaitingExecution),
        (fresh, State::AwaitingExecution),
    ]
}

const SENIOR: [&str; 9] = [
    "loginWithKey",
    "refreshToken",
    "getOrder",
    "listOrders",
    "updateOrder",
    "listObservations",
    "addObservation",
    "updateOrderStatusIntegration",
    "cancelOrders",
];
const SISMETRO: [&str; 3] = ["open", "findBySs", "listAll"];

/// All that is asked from now on is answered with HTTP 503, or no longer.
fn out_of_order(world: &World, is_out: bool) {
    let (senior, sismetro) = (world.partners.senior.faults(), world.partners.sismetro.faults());
    if !is_out {
        senior.clear();
        sismetro.clear();
        return;
    }
    for method in SENIOR {
        senior.next(method, Fault::Html, 5_000);
    }
    for method in SISMETRO {
        sismetro.next(method, Fault::Html, 5_000);
    }
}

/// R19: six hours of HTTP 503, then recovery: all orders finish. (An open call behind a 503 is ambiguous; so the house is
/// one that may send it once more.)
#[tokio::test(start_paused = true)]
async fn r19_six_hours_of_503_delay_and_lose_nothing() {
    let world = World::decided(|settings| settings.auto_resend = true);
    let orders = at_every_stage(&world).await;
    out_of_order(&world, true);
    world.lives(Duration::from_hours(6)).await;
    for (id, end) in &orders {
        let order = world.order(id).await;
        assert!(order.state != *end && order.state != State::NeedsAttention, "{:?}", order.state);
    }
    out_of_order(&world, false);
    world.lives(Duration::from_hours(2)).await;

    for (id, end) in &orders {
        assert_eq!(world.state_of(id).await, *end);
    }
    // A release behind a 503 may have been carried out: it is asked about, and made once more.
    world.judge().await;
}

/// R19: six hours without any connection: nothing was sent, so nothing is in doubt, and all orders finish by themselves
/// also where nothing is ever sent again in doubt.
#[tokio::test(start_paused = true)]
async fn r19_six_hours_without_connection_leave_no_doubt() {
    let world = World::new();
    let orders = at_every_stage(&world).await;
    world.cut_off(true);
    world.lives(Duration::from_hours(6)).await;
    world.cut_off(false);
    world.lives(Duration::from_hours(1)).await;

    for (id, end) in &orders {
        assert_eq!(world.state_of(id).await, *end);
    }
    world.judge().await;
}

/// R19: more than 24 h → `needs_attention`, and `redrive` finishes.
#[tokio::test(start_paused = true)]
async fn r19_more_than_a_day_is_for_a_person_and_a_redrive_finishes() {
    let world = World::new();
    let orders = at_every_stage(&world).await;
    world.cut_off(true);
    world.lives(Duration::from_hours(25)).await;
    for (id, _) in &orders {
        let order = world.order(id).await;
        assert_eq!(
            (order.state, order.attention),
            (State::NeedsAttention, Some(Reason::RetryBudget)),
            "{id}"
        );
    }
    world.judge().await;
    world.cut_off(false);
    world.lives(Duration::from_hours(1)).await;
    for (n, (id, _)) in orders.iter().enumerate() {
        assert_eq!(world.state_of(id).await, State::NeedsAttention, "a person decides");
        let redrive =
            json!({"op": "redrive", "order_id": id, "reason": "voltou", "command_id": format!("c-{n}")});
        world.told(redrive).await.expect("obeyed");
    }
    world.lives(Duration::from_mins(30)).await;

    for (id, end) in &orders {
        assert_eq!(world.state_of(id).await, *end);
    }
    world.judge().await;
}

/// Twenty-five calls of each partner will.
fn go_wrong(world: &World, rng: &mut fastrand::Rng) {
    for _ in 0..25 {
        let fault = match rng.u8(0..7) {
            0 => Fault::Status429,
            1 => Fault::RetryAfter(40),
            2 => Fault::LostAnswer,
            3 => Fault::LostRequest,
            4 => Fault::Truncated,
            5 => Fault::Slow(rng.u64(1_000..40_000)),
            _ => Fault::Html,
        };
        world.partners.senior.faults().next(rng.choice(SENIOR).expect("some"), fault.clone(), 1);
        world.partners.sismetro.faults().next(rng.choice(SISMETRO).expect("some"), fault, 1);
    }
}

/// R19: limits, expired tokens and pages of HTML on the way cost time and nothing else.
#[tokio::test(start_paused = true)]
async fn r19_a_bad_day_costs_time_and_nothing_else() {
    for seed in 0..20 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let world = World::with(
            |options| {
                options.senior.token_calls = Some(7);
                options.senior.release_of_cancelled = false;
            },
            |settings| settings.auto_resend = true,
        );
        let ids: Vec<String> =
            (0..6).map(|n| world.closes_a(EquipmentKind::ALL[n % 3], rng.u64(..))).collect();
        go_wrong(&world, &mut rng);
        world.lives(Duration::from_hours(3)).await;
        for (n, id) in ids.iter().enumerate() {
            let Some(ss) = world.partners.sismetro.numbers(id).first().copied() else { continue };
            if n % 2 == 0 {
                world.partners.sismetro.conclude(ss).expect("it is there");
            } else {
                world.partners.sismetro.cancel(ss, "Cliente desistiu").expect("it is there");
            }
        }
        world.lives(Duration::from_hours(6)).await;
        for (n, id) in ids.iter().enumerate() {
            let order = world.order(id).await;
            let end = if n % 2 == 0 { State::Released } else { State::Cancelled };
            let is_held = matches!(
                order.attention,
                Some(Reason::OpenAmbiguous | Reason::ReleaseUnclear | Reason::CancelUnclear)
            );
            assert!(order.state == end || is_held, "seed {seed}: {:?} {:?}", order.state, order.attention);
        }
        world.judge_but(&[ViolationKind::SecondNote]).await;
    }
}
