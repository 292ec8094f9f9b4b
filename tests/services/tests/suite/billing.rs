//! R9 to R13: what the ERP may bill, what it must not, and who says so.

use std::time::Duration;

use engine::{Harm, Moment};
use serde_json::json;
use service_orders::settings::CancelStrategy;
use service_orders::{Alarm, Reason, State};
use services::World;
use simulators::{
    CallbackForm, CallbackShape, CancelMode, EquipmentKind, FacadeKey, Fault, Names, OrderSituation, Told,
};

/// R9: billing is blocked until the service is concluded: no release leaves before it, whatever Sismetro tells on the way.
#[tokio::test(start_paused = true)]
async fn r09_nothing_is_released_before_the_service_is_concluded() {
    let form = CallbackForm { progress: true, ..CallbackForm::default() };
    let world = World::with(|options| options.sismetro.callbacks = Some(form), |_| {});
    let (id, ss) = world.opens().await;
    world.lives(Duration::from_hours(2)).await;
    world.partners.sismetro.start(ss).expect("it is there");
    world.lives(Duration::from_hours(2)).await;
    for words in [("NÃO CONCLUÍDA", "PENDENTE"), ("ABERTA", "AGUARDANDO AGENDAMENTO"), ("???", "???")] {
        world.partners.sismetro.advance(ss, words.0, words.1).expect("it is there");
        world.lives(Duration::from_hours(2)).await;
    }
    assert_eq!(world.state_of(&id).await, State::AwaitingExecution);
    assert!(world.seen(&id).order.releases.is_empty(), "not even a try");
    assert_eq!(world.seen(&id).order.situation, OrderSituation::AwaitingIntegration);

    world.partners.sismetro.conclude(ss).expect("it is there");
    world.lives(Duration::from_mins(3)).await;
    assert_eq!(world.seen(&id).order.situation, OrderSituation::OpenTotal);
    world.judge().await;
}

/// R9: a forged callback, in any shape, does not release; it is parked for a person after its repeated looks.
#[tokio::test(start_paused = true)]
async fn r09_a_forged_callback_releases_nothing() {
    for shape in SHAPES {
        let world = World::new();
        let (id, ss) = world.opens().await;
        let form = CallbackForm { shape, ..CallbackForm::default() };
        let mut push = world.partners.sismetro.callback(ss, &Told::Completed, &form).expect("it is there");
        if shape == CallbackShape::Record {
            let text =
                String::from_utf8(push.body.to_vec()).expect("text").replace("\"ABERTA\"", "\"CONCLUÍDA\"");
            push.body = text.into();
        }
        let answer = world.callback(&push).await;
        assert!((200..300).contains(&answer.status), "{shape:?}: it cannot be told from a true one");
        world.lives(Duration::from_hours(2)).await;

        let order = world.order(&id).await;
        let parked = (State::NeedsAttention, Some(Reason::CallbackNotConfirmed));
        assert_eq!((order.state, order.attention), parked, "{shape:?}");
        assert!(world.seen(&id).order.releases.is_empty(), "{shape:?}");
        assert_eq!(world.partners.sismetro.calls("findBySs").len(), 4, "{shape:?}: the look and three more");
        world.judge().await;
    }
}

const SHAPES: [CallbackShape; 4] =
    [CallbackShape::Canonical, CallbackShape::Path, CallbackShape::Facade, CallbackShape::Record];

/// R10: execution starts from Sismetro and the integration releases the order: callback shapes A, B and C each lead to
/// `released`, and a second callback causes no second release.
#[tokio::test(start_paused = true)]
async fn r10_every_shape_of_callback_releases_once() {
    for shape in SHAPES {
        for names in [Names::Both, Names::Ss, Names::Order] {
            for (event_id, facade_key) in
                [(true, FacadeKey::Headers), (false, FacadeKey::Bearer), (false, FacadeKey::BearerAlone)]
            {
                let form = CallbackForm { shape, names, event_id, facade_key, ..CallbackForm::default() };
                Box::pin(released_once(form)).await;
            }
        }
    }
}

async fn released_once(form: CallbackForm) {
    let told = format!("{form:?}");
    let world = World::with(|options| options.sismetro.callbacks = Some(form.clone()), |_| {});
    let (id, ss) = world.opens().await;
    world.partners.sismetro.conclude(ss).expect("it is there");
    world.partners.sismetro.callbacks().duplicate(0);
    let answers = world.deliver().await;
    let expected = if form.shape == CallbackShape::Facade { [200, 200] } else { [202, 200] };
    assert_eq!([answers[0].status, answers[1].status], expected, "{told}: {answers:?}");
    assert_eq!(answers[1].kind, "duplicate", "{told}");
    world.works().await;
    assert_eq!(world.state_of(&id).await, State::Released, "{told}");

    let again = world.partners.sismetro.callback(ss, &Told::Completed, &form).expect("it is there");
    world.callback(&again).await;
    world.lives(Duration::from_hours(2)).await;
    assert_eq!(world.seen(&id).order.releases.len(), 1, "{told}");
    world.judge().await;
}

/// R11: cancellation starts from Sismetro and the integration cancels in the ERP: callback and poll both lead to one
/// `cancelOrders` with one id.
#[tokio::test(start_paused = true)]
async fn r11_a_callback_and_the_poll_each_cancel_once() {
    for callbacks in [None, Some(CallbackForm::default()), Some(CallbackForm::mixed())] {
        for is_deleted in [false, true] {
            let told = format!("{callbacks:?}");
            let form = callbacks.clone();
            let world = World::with(|options| options.sismetro.callbacks = form, |_| {});
            let (id, ss) = world.opens().await;
            if is_deleted {
                world.partners.sismetro.delete(ss).expect("it is there");
            } else {
                world.partners.sismetro.cancel(ss, "Cliente desistiu").expect("it is there");
            }
            world.lives(Duration::from_hours(2)).await;

            assert_eq!(world.state_of(&id).await, State::Cancelled, "{told}");
            let seen = world.seen(&id).order;
            assert_eq!((seen.cancels.len(), seen.situation), (1, OrderSituation::Cancelled), "{told}");
            assert!(seen.releases.is_empty(), "{told}");
            // One id and no more: several are a violation.
            world.judge().await;
        }
    }
}

/// R11: a refusal that hides in a 200 is detected, in every form that we have thought of.
#[tokio::test(start_paused = true)]
async fn r11_a_refusal_inside_a_yes_is_a_refusal() {
    let world = World::with(|options| options.senior.cancel = CancelMode::HiddenRefusal, |_| {});
    let ids: Vec<String> = (0..4).map(|seed| world.closes_a(EquipmentKind::New, seed)).collect();
    world.lives(Duration::from_mins(5)).await;
    for id in &ids {
        let ss = world.partners.sismetro.numbers(id)[0];
        world.partners.sismetro.cancel(ss, "Cliente desistiu").expect("it is there");
    }
    world.lives(Duration::from_hours(1)).await;

    for id in &ids {
        let order = world.order(id).await;
        assert_eq!(order.state, State::NeedsAttention);
        let refused = [Some(Reason::CancelRefusedWaiting), Some(Reason::CancelRefused)];
        assert!(refused.contains(&order.attention), "{:?}", order.attention);
        assert_eq!(world.seen(id).order.situation, OrderSituation::AwaitingIntegration);
    }
    world.judge().await;
}

/// A cancelled service whose order the ERP does not cancel while it waits.
async fn refused(cancel_strategy: CancelStrategy) -> (World, String) {
    let world = World::with(
        |options| {
            options.senior.cancel = CancelMode::Refuse;
            options.senior.release_of_cancelled = cancel_strategy == CancelStrategy::ReleaseThenCancel;
        },
        |settings| settings.cancel_strategy = cancel_strategy,
    );
    let (id, ss) = world.opens().await;
    world.partners.sismetro.cancel(ss, "Cliente desistiu").expect("it is there");
    (world, id)
}

/// R12: deleting or cancelling while the order waits is not permitted: we delete nothing, and `direct` parks a refused
/// cancellation.
#[tokio::test(start_paused = true)]
async fn r12_a_refused_cancellation_parks_where_the_strategy_is_direct() {
    let (world, id) = refused(CancelStrategy::Direct).await;
    world.lives(Duration::from_hours(1)).await;

    let order = world.order(&id).await;
    assert_eq!((order.state, order.attention), (State::NeedsAttention, Some(Reason::CancelRefusedWaiting)));
    let seen = world.seen(&id).order;
    assert_eq!((seen.cancels.len(), seen.releases.len()), (1, 0));
    assert!(!world.asked().iter().any(|asked| asked.starts_with("DELETE")), "nothing is ever deleted");
    world.judge().await;
}

/// R12: `release_then_cancel` releases, cancels and verifies.
#[tokio::test(start_paused = true)]
async fn r12_release_then_cancel_releases_cancels_and_verifies() {
    let (world, id) = refused(CancelStrategy::ReleaseThenCancel).await;
    world.deliver().await;
    let before = world.asked().len();
    world.works().await;

    assert_eq!(world.state_of(&id).await, State::Cancelled);
    let asked = world.asked()[before..].to_vec();
    let steps: Vec<&str> =
        asked.iter().filter_map(|asked| asked.split("/erpx_com_ven/pedido/").nth(1)).collect();
    let read = format!("apis/order/{id}");
    let wanted = [&read, "cancelOrders", &read, "updateOrderStatusIntegration", "cancelOrders", &read];
    assert_eq!(steps, wanted, "guard, refusal, guard, release, cancel, verification");
    assert_eq!(world.seen(&id).order.situation, OrderSituation::Cancelled);
    world.judge().await;
}

/// R12: billed in between is `billed_before_cancel`.
#[tokio::test(start_paused = true)]
async fn r12_an_order_that_was_billed_in_between_is_for_a_person() {
    let (calm, _) = refused(CancelStrategy::ReleaseThenCancel).await;
    let before = calm.faults().calls().len();
    calm.deliver().await;
    calm.works().await;
    let calls = calm.faults().calls();
    let at = calls[before..].iter().position(|call| *call == "release answered").expect("it is released");
    let (mut world, id) = refused(CancelStrategy::ReleaseThenCancel).await;
    world.faults().strike(at + 1, Moment::Before, Harm::Crash);
    let ended = world.until_killed(async { (world.deliver().await, world.works().await) }).await;
    assert!(ended.is_none(), "it was to die after the release");
    world.partners.senior.bill(&id).expect("a person may");
    world.faults().spare();
    world.restart();

    world.lives(Duration::from_hours(1)).await;

    let order = world.order(&id).await;
    assert_eq!((order.state, order.attention), (State::NeedsAttention, Some(Reason::BilledBeforeCancel)));
    assert_eq!(world.seen(&id).order.cancels.len(), 1, "none after the bill");
    world.judge().await;
}

/// R12: cancelling some lines is for a person; the order is not touched.
#[tokio::test(start_paused = true)]
async fn r12_a_cancellation_of_some_lines_is_for_a_person() {
    let world = World::new();
    let (id, ss) = world.opens().await;
    let told = Told::ItemsCancelled(vec![1, 2]);
    let push = world.partners.sismetro.callback(ss, &told, &CallbackForm::default()).expect("it is there");
    world.callback(&push).await;
    world.lives(Duration::from_mins(30)).await;

    let order = world.order(&id).await;
    assert_eq!((order.state, order.attention), (State::NeedsAttention, Some(Reason::PartialCancel)));
    let seen = world.seen(&id).order;
    assert_eq!((seen.cancels.len(), seen.situation), (0, OrderSituation::AwaitingIntegration));
    world.judge().await;
}

/// R13: integrity: of a mixed crowd every order that ended resolves order → SS and SS → order, and tells its history.
#[tokio::test(start_paused = true)]
async fn r13_every_order_that_ended_leads_to_its_ss_and_back() {
    let world = World::with(
        |options| {
            options.senior.events = simulators::EventForm::mixed();
            options.sismetro.callbacks = Some(CallbackForm::mixed());
        },
        |_| {},
    );
    let mut rng = fastrand::Rng::with_seed(13);
    let ids: Vec<String> =
        (0..15).map(|seed| world.closes_a(EquipmentKind::ALL[seed % 5], rng.u64(..))).collect();
    world.lives(Duration::from_mins(10)).await;
    for (n, id) in ids.iter().enumerate() {
        let Some(ss) = world.partners.sismetro.numbers(id).first().copied() else { continue };
        if n % 2 == 0 {
            world.partners.sismetro.conclude(ss).expect("it is there");
        } else {
            world.partners.sismetro.cancel(ss, "Cliente desistiu").expect("it is there");
        }
    }
    world.lives(Duration::from_hours(3)).await;

    for (n, id) in ids.iter().enumerate() {
        let order = world.order(id).await;
        let wanted = match (n % 5, n % 2) {
            (3, _) => State::Skipped,
            (_, 0) => State::Released,
            _ => State::Cancelled,
        };
        assert_eq!(order.state, wanted, "{id}");
        assert_eq!(order.ss.is_some(), wanted != State::Skipped, "{id}");
        let steps = order.history.steps();
        assert_eq!(steps.first().map(|step| step.to.as_str()), Some("received"));
        assert_eq!(steps.last().map(|step| step.to.as_str()), Some(wanted.name()));
        for pair in steps.windows(2) {
            assert_eq!(pair[0].to, pair[1].from, "{id}: a step is missing");
        }
    }
    world.judge().await;
}

/// R9, flow §4: an outcome that contradicts the first after its end is no ERP call, but somebody is told.
#[tokio::test(start_paused = true)]
async fn r09_the_opposite_after_the_end_is_an_alarm_and_no_call() {
    for is_done in [true, false] {
        let world = World::new();
        let (id, ss) = world.opens().await;
        let end = |done: bool| {
            let sismetro = &world.partners.sismetro;
            if done { sismetro.conclude(ss) } else { sismetro.cancel(ss, "engano") }
        };
        end(is_done).expect("it is there");
        world.lives(Duration::from_mins(5)).await;
        let before = world.seen(&id).order;
        end(!is_done).expect("it is there");
        world.lives(Duration::from_hours(2)).await;

        let (order, after) = (world.order(&id).await, world.seen(&id).order);
        assert!(order.alarms.contains(&Alarm::LateConflictingOutcome));
        assert_eq!((after.releases, after.cancels), (before.releases, before.cancels));
        world.judge().await;
    }
}

/// R10, §15.4: an unclear release is asked about after a minute, repeated once, and then for a person.
#[tokio::test(start_paused = true)]
async fn r10_an_unclear_release_is_repeated_once_and_then_for_a_person() {
    for (lost, calls, end) in [
        (vec![Fault::LostAnswer], 1, State::Released),
        (vec![Fault::LostRequest], 2, State::Released),
        (vec![Fault::Late(20_000)], 1, State::Released),
        (vec![Fault::LostRequest, Fault::LostRequest], 2, State::NeedsAttention),
    ] {
        let told = format!("{lost:?}");
        let world = World::new();
        let (id, ss) = world.opens().await;
        for fault in lost {
            world.partners.senior.faults().next("updateOrderStatusIntegration", fault, 1);
        }
        world.partners.sismetro.conclude(ss).expect("it is there");
        world.lives(Duration::from_hours(1)).await;

        let order = world.order(&id).await;
        assert_eq!(order.state, end, "{told}");
        assert_eq!(world.seen(&id).order.releases.len(), calls, "{told}");
        if end == State::NeedsAttention {
            assert_eq!(order.attention, Some(Reason::ReleaseUnclear), "{told}");
            let redrive = json!({"op": "redrive", "order_id": id, "reason": "visto", "command_id": "c-1"});
            world.told(redrive).await.expect("obeyed");
            world.lives(Duration::from_mins(10)).await;
            assert_eq!(world.state_of(&id).await, State::Released, "{told}");
        }
        world.judge().await;
    }
}
