//! What Sismetro tells (`contracts/sismetro.md` §10).

use std::collections::BTreeSet;

use super::*;

/// One SS, its order, and a form of its callbacks.
async fn with(form: Option<CallbackForm>) -> (ServiceSimulators, String) {
    let both = both();
    both.sismetro.configure(|options| options.callbacks = form);
    opened(&both, 1).await;
    let id = both.senior.orders()[0].id.clone();
    (both, id)
}

fn body(push: &Push) -> Value {
    serde_json::from_slice(&push.body).expect("JSON")
}

fn shaped(shape: CallbackShape) -> CallbackForm {
    CallbackForm { shape, ..CallbackForm::default() }
}

#[tokio::test(start_paused = true)]
async fn a_conclusion_is_told_in_shape_a() {
    let (both, id) = with(Some(CallbackForm::default())).await;

    both.sismetro.start(1_287_001).expect("it is there");
    assert!(both.sismetro.callbacks().is_empty(), "progress is not told unless asked");
    both.sismetro.conclude(1_287_001).expect("it is there");

    let push = both.sismetro.callbacks().take_next().expect("one waits");
    assert_eq!((push.path.as_str(), &body(&push)["event"]), ("/service-order", &json!("SS_COMPLETED")));
    assert_eq!(body(&push)["orderId"], json!(id));
    assert_eq!(
        push.headers,
        [("unit".to_owned(), UNIT.to_owned()), ("key".to_owned(), CALLBACK_KEY.to_owned())]
    );
    assert_eq!(both.sismetro.standing(&id), Standing::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_somebody_registered_stands_in_the_place_of_the_usual_one() {
    let (both, _) = with(Some(CallbackForm::default())).await;
    both.sismetro.callbacks().register("http://127.0.0.1:1", &[("Key", "ours")]);
    both.sismetro.conclude(1_287_001).expect("it is there");

    let push = both.sismetro.callbacks().take_next().expect("one waits");

    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(push.headers, [pair("Key", "ours"), pair("unit", UNIT)]);
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_brings_its_reason_and_the_facade_its_list() {
    let (both, id) = with(Some(CallbackForm::default())).await;
    both.sismetro.cancel(1_287_001, "Equipamento vendido").expect("it is there");
    both.sismetro.configure(|options| options.callbacks = Some(shaped(CallbackShape::Facade)));
    both.sismetro.delete(1_287_001).expect("it is there");

    let told = both.sismetro.callbacks().waiting();

    assert_eq!(body(&told[0])["reason"], "Equipamento vendido");
    assert!(told[1].path.ends_with("/cancelOrders"), "{}", told[1].path);
    assert_eq!(body(&told[1]), json!({ "ids": [id] }));
    assert_eq!(both.sismetro.standing(&id), Standing::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_record_and_a_path_say_it_without_an_event() {
    let (both, _) = with(Some(shaped(CallbackShape::Record))).await;
    both.sismetro.conclude(1_287_001).expect("it is there");
    both.sismetro.configure(|options| options.callbacks = Some(shaped(CallbackShape::Path)));
    both.sismetro.conclude(1_287_001).expect("it is there");

    let told = both.sismetro.callbacks().waiting();

    assert!(String::from_utf8_lossy(&told[0].body).contains("\"evolucao\":\"CONCLUÍDO\""));
    assert_eq!((told[1].path.as_str(), body(&told[1]).get("event")), ("/service-order/complete", None));
}

#[tokio::test(start_paused = true)]
async fn mixed_callbacks_come_in_every_form() {
    let (both, _) = with(Some(CallbackForm::mixed())).await;
    for _ in 0..40 {
        both.sismetro.start(1_287_001).expect("it is there");
        both.sismetro.conclude(1_287_001).expect("it is there");
    }

    let told = both.sismetro.callbacks().waiting();

    let paths: BTreeSet<&str> = told.iter().map(|push| push.path.as_str()).collect();
    assert_eq!((told.len(), paths.len()), (80, 4), "{paths:?}");
    let named = told.iter().filter(|push| {
        let body = body(push).to_string();
        push.path == "/service-order" && (body.contains("1287001") || body.contains("5b1f6f0e"))
    });
    assert_eq!(named.count(), told.iter().filter(|push| push.path == "/service-order").count());
}

#[tokio::test(start_paused = true)]
async fn never_is_never() {
    let (both, _) = with(None).await;

    both.sismetro.conclude(1_287_001).expect("it is there");

    assert!(both.sismetro.callbacks().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_late_callback_waits_for_its_time() {
    let form = CallbackForm { delay: Duration::from_mins(90), ..CallbackForm::default() };
    let (both, _) = with(Some(form)).await;
    both.sismetro.conclude(1_287_001).expect("it is there");

    assert_eq!(both.sismetro.callbacks().take_next(), None);
    both.sismetro.0.gate.clock.sleep(Duration::from_mins(90)).await;
    assert!(both.sismetro.callbacks().take_next().is_some());
}

#[tokio::test(start_paused = true)]
async fn an_early_callback_is_there_before_the_open_call_is_answered() {
    let both = both();
    both.sismetro.configure(|options| {
        (options.concluded_at_once, options.latency) = (true, Duration::ZERO);
    });
    let (_, body) = event(&both);
    both.sismetro.faults().next("open", Fault::HeldAnswer, 1);

    let mut call = std::pin::pin!(both.sismetro.handle(open(&body)));
    let unanswered =
        std::future::poll_fn(|context| std::task::Poll::Ready(call.as_mut().poll(context).is_pending()));
    assert!(unanswered.await);
    let early = both.sismetro.callbacks().take_next();
    assert_eq!(both.sismetro.faults().holding(), 1);
    both.sismetro.faults().release();

    assert!(early.is_some());
    assert_eq!(call.await.expect("an answer").status().as_u16(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_signature_is_of_the_moment_it_is_sent() {
    let (both, _) = with(Some(CallbackForm::default())).await;
    both.sismetro.callbacks().sign_with(Some("segredo"));
    both.sismetro.conclude(1_287_001).expect("it is there");
    both.sismetro.0.gate.clock.sleep(Duration::from_hours(1)).await;

    let push = both.sismetro.callbacks().take_next().expect("one waits");

    let now = both.sismetro.now();
    let signature = crate::signed("segredo", now, &push.body);
    assert_eq!(push.headers[2..], signature);
    assert_eq!(push.headers[2].1, now.as_second().to_string());
}

#[tokio::test(start_paused = true)]
async fn a_forged_callback_changes_nothing_in_sismetro() {
    let (both, id) = with(Some(CallbackForm::default())).await;

    let forged =
        both.sismetro.callback(1_287_001, &Told::Completed, &CallbackForm::default()).expect("it is there");
    let partial = both.sismetro.callback(1_287_001, &Told::ItemsCancelled(vec![2]), &CallbackForm::mixed());
    both.sismetro.callbacks().push(forged);

    assert_eq!((both.sismetro.callbacks().len(), both.sismetro.standing(&id)), (1, Standing::Open));
    assert_eq!(body(&partial.expect("it is there"))["items"], json!([2]));
}

#[tokio::test(start_paused = true)]
async fn a_test_decides_what_arrives_how_often_and_in_which_order() {
    let (both, _) = with(Some(CallbackForm::default())).await;
    for _ in 0..3 {
        both.sismetro.conclude(1_287_001).expect("it is there");
    }
    let callbacks = both.sismetro.callbacks();

    assert!(callbacks.duplicate(0) && callbacks.swap(0, 1) && !callbacks.swap(0, 9));
    assert_eq!(callbacks.drop_at(2).map(|dropped| dropped.id), Some("cb-000003".to_owned()));
    let first = callbacks.take_next().expect("one waits");
    assert!(callbacks.put_back(&first.id) && !callbacks.ack(&first.id));
    let again = callbacks.take_next().expect("it waits again");
    assert_eq!((again.id.as_str(), again.attempts), ("cb-000002", 2));
    assert!(callbacks.ack(&again.id));
    let left: Vec<String> = callbacks.waiting().into_iter().map(|push| push.id).collect();
    assert_eq!(left, ["cb-000001", "cb-000001"]);
}

#[test]
fn a_denied_conclusion_is_no_conclusion() {
    let both = ServiceSimulators::open(ServiceOptions::new(Clock::system()));
    let mut state = both.sismetro.state();
    state.all.push(Ss {
        number: FIRST_SS,
        unit: UNIT.to_owned(),
        order: "a".to_owned(),
        wanted: Wanted::default(),
        status: "ABERTA".to_owned(),
        evolucao: "PENDENTE".to_owned(),
        opened: Timestamp::UNIX_EPOCH,
        changed: Timestamp::UNIX_EPOCH,
        closed: None,
        conclusion: None,
    });
    let mut means =
        |status: &str, evolucao: &str| state.advanced(FIRST_SS, status, evolucao, Timestamp::UNIX_EPOCH);

    assert_eq!(means("ABERTA", "NÃO CONCLUÍDA"), Some(Standing::Open));
    assert_eq!(means("Concluída", "PENDENTE"), Some(Standing::Completed));
    assert_eq!(means("excluída", "CONCLUÍDO"), Some(Standing::Cancelled));
    assert_eq!(means("FINALIZADA", ""), Some(Standing::Completed));
}
