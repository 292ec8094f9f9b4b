//! Opening (`contracts/sismetro.md` §5, §12).

use super::*;
use crate::ViolationKind;

#[tokio::test(start_paused = true)]
async fn the_four_replies_take_turns() {
    let both = both();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let (_, body) = event(&both);
        seen.push(both.sismetro.handle(open(&body)).await.expect("an answer"));
    }

    let text = |nth: usize| String::from_utf8_lossy(seen[nth].body()).into_owned();
    let value = |nth: usize| serde_json::from_str::<Value>(&text(nth)).expect("JSON");
    assert_eq!((&value(0)["valid"], &value(0)["ss"]), (&json!(true), &json!(1_287_001)));
    assert_eq!(value(1)["data"]["idSs"], "1287002");
    assert!(text(1).contains("https:\\/\\/br.sismetro.com\\/printSS.php"));
    let turned = value(2)["resultList"][0]["url"].as_str().expect("a link").to_owned();
    assert!(
        turned.starts_with("https://br.sismetro.com/printSS.php?token=") && turned.ends_with("&os=1287003")
    );
    assert!(text(3).starts_with("SS 1287004 aberta: https://br.sismetro.com/printSS.php?os=1287004&token="));
    assert_eq!(text(3).len(), "SS 1287004 aberta: ".len() + 149, "the link of the manual is 149 long");
    assert_eq!(seen[3].headers()["content-type"], "text/plain; charset=utf-8");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_opens_nothing() {
    let both = both();
    let (_, body) = event(&both);
    let mut wrong = open(&body);
    wrong.headers_mut().insert("key", http::HeaderValue::from_static("outra"));
    let mut unknown = open(&body);
    unknown.headers_mut().insert("unit", http::HeaderValue::from_static("999"));

    assert_eq!((ask(&both.sismetro, wrong).await.0, ask(&both.sismetro, unknown).await.0), (401, 401));
    assert!(both.sismetro.all_ss().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_arrived_is_kept_to_the_byte() {
    let both = both();
    let (id, body) = event(&both);

    ask(&both.sismetro, open(&body)).await;

    let opens = both.sismetro.opens();
    assert_eq!((&opens[0].order, &opens[0].body, opens[0].ss), (&id, &body, 1_287_001));
    assert_eq!(opens[0].idempotency_key.as_deref(), Some("so-acme-1-1"));
}

#[tokio::test(start_paused = true)]
async fn a_second_ss_for_an_order_is_a_violation_unless_it_is_refused() {
    let both = both();
    let (id, body) = event(&both);
    ask(&both.sismetro, open(&body)).await;
    both.sismetro.configure(|options| options.repeated = Repeated::Conflict);
    let conflict = ask(&both.sismetro, open(&body)).await;
    both.sismetro.configure(|options| options.repeated = Repeated::BareConflict);
    let bare = ask(&both.sismetro, open(&body)).await;
    assert!(both.violations().is_empty());
    both.sismetro.configure(|options| options.repeated = Repeated::Opens);
    ask(&both.sismetro, open(&body)).await;

    assert_eq!((conflict.0, &conflict.1["ss"]), (409, &json!(1_287_001)));
    assert_eq!((bare.0, bare.1.get("ss")), (409, None));
    assert_eq!(both.sismetro.ss_per_order()[&id], 2);
    assert_eq!(both.violations()[0].kind, ViolationKind::SecondSs);
}

#[tokio::test(start_paused = true)]
async fn a_body_of_several_orders_or_of_none_is_refused() {
    let both = both();
    let (first, second) = (event(&both).1, event(&both).1);
    let text = |body: &Bytes| String::from_utf8_lossy(body).into_owned();
    let several = format!("[{},{}]", text(&first), text(&second)).into();

    let refused = ask(&both.sismetro, open(&several)).await;
    let nothing = ask(&both.sismetro, open(&Bytes::from_static(b"{}"))).await;

    assert_eq!((refused.0, nothing.0), (422, 422));
    let kinds: Vec<ViolationKind> = both.violations().into_iter().map(|violation| violation.kind).collect();
    assert_eq!(kinds, [ViolationKind::NotOneOrder; 2]);
}

#[tokio::test(start_paused = true)]
async fn every_mixed_event_opens_exactly_its_order() {
    let both = both();
    both.sismetro.configure(|options| options.opens_per_minute = 1000);
    both.senior.configure(|options| options.events = crate::EventForm::mixed());
    for seed in 0..40 {
        let kind =
            [EquipmentKind::Existing, EquipmentKind::New, EquipmentKind::Both, EquipmentKind::Unrecognised];
        let id = both.close_sample(
            kind[usize::try_from(seed % 4).expect("small")],
            &mut fastrand::Rng::with_seed(seed),
        );
        let body = both.senior.hub().take_next().expect("one waits").body;
        assert_eq!(ask(&both.sismetro, open(&body)).await.0, 200, "{}", String::from_utf8_lossy(&body));
        assert_eq!(both.sismetro.numbers(&id).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn faults_open_or_do_not_open() {
    let both = both();
    let sim = &both.sismetro;
    let faults = [
        (Fault::LostAnswer, true),
        (Fault::LostRequest, false),
        (Fault::Reject { text: "erro interno".to_owned(), status: 500 }, false),
        (Fault::Answered { status: 500, body: "{}".to_owned() }, true),
        (Fault::Status429, false),
        (Fault::RetryAfter(12), false),
        (Fault::Reject { text: "Equipamento inativo".to_owned(), status: 200 }, false),
        (Fault::Answered { status: 200, body: "{\"valid\":true}".to_owned() }, true),
        (Fault::Truncated, true),
        (Fault::Html, false),
        (Fault::Slow(60_000), true),
    ];
    for (fault, opens) in faults {
        let (id, body) = event(&both);
        sim.faults().next("open", fault.clone(), 1);

        let answer = sim.handle(open(&body)).await;

        assert_eq!(sim.numbers(&id).len(), usize::from(opens), "{fault:?}");
        let lost = matches!(fault, Fault::LostAnswer | Fault::LostRequest);
        assert_eq!(answer.is_err(), lost, "{fault:?}");
        let seen = sim.log().pop().expect("it arrived");
        assert_eq!((seen.about, seen.outcome == Outcome::Done), (id, opens), "{fault:?}");
    }
    assert_eq!(sim.verdict().calls("open"), 11);
}

#[tokio::test(start_paused = true)]
async fn a_business_refusal_is_written_in_four_ways() {
    let both = both();
    let sim = &both.sismetro;
    let (_, body) = event(&both);
    let mut seen = Vec::new();
    for form in [RefusalForm::Valid, RefusalForm::Success, RefusalForm::Error, RefusalForm::Erro] {
        sim.configure(|options| options.refusal = form);
        sim.faults().next("open", Fault::Reject { text: "não".to_owned(), status: 200 }, 1);
        seen.push(ask(sim, open(&body)).await.1);
    }

    let wanted = [
        json!({ "valid": false, "message": "não" }),
        json!({ "success": false, "message": "não" }),
        json!({ "error": "não" }),
        json!({ "erro": "não" }),
    ];
    assert_eq!(seen, wanted);
}

#[tokio::test(start_paused = true)]
async fn an_ss_that_opens_late_is_not_there_when_its_caller_looks() {
    let both = both();
    let sim = &both.sismetro;
    let (id, body) = event(&both);
    sim.faults().next("open", Fault::Late(150_000), 1);
    let unanswered = sim.handle(open(&body)).await;

    let page = ask(sim, get("/SS/listAll?page=01")).await.1;
    sim.0.gate.clock.sleep(Duration::from_secs(150)).await;
    let later = ask(sim, get("/SS/listAll?page=01")).await.1;

    assert_eq!(unanswered.map(|_| ()), Err(AnswerLost));
    assert_eq!(page["resultList"], json!([]));
    assert_eq!(later["resultList"][0]["dataAbertura"], "2026-11-20T14:05:52");
    assert_eq!(sim.numbers(&id).len(), 1);
}
