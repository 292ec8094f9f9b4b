//! Faults on demand.

use super::*;

#[tokio::test(start_paused = true)]
async fn faults_happen_as_often_as_asked_and_then_no_more() {
    let sim = account();
    sim.faults().next("ListarVendedores", Fault::Html, 2);

    for nth in 1..=2 {
        let answer =
            sim.handle(call("ListarVendedores", &json!({ "pagina": nth }))).await.expect("an answer");
        assert_eq!(answer.status(), 503);
        assert!(answer.body().starts_with(b"<html>"));
    }

    assert_eq!(distinct(&sim, 1).await.0, 200);
    assert_eq!(sim.faults().pending(), 0);
    assert_eq!(sim.verdict().faults("ListarVendedores", "injected_html"), 2);
}

#[tokio::test(start_paused = true)]
async fn each_refusing_fault_is_what_it_is_named_after() {
    let sim = account();
    let text = "ERROR: Aplicativo suspenso".to_owned();
    for (nth, (fault, status, wanted)) in [
        (Fault::Reject { text, status: 403 }, 403, "SOAP-ENV:Client-102"),
        (Fault::Status429, 429, ""),
        (Fault::Redundant, 500, "SOAP-ENV:Client-6"),
        (Fault::Busy, 500, "SOAP-ENV:Client-1880"),
        (Fault::Unauthorized, 500, "SOAP-ENV:Client-101"),
        (Fault::Blocked425, 425, "MISUSE_API_PROCESS"),
    ]
    .into_iter()
    .enumerate()
    {
        sim.faults().next("ListarVendedores", fault, 1);
        let (got, body) = distinct(&sim, nth).await;
        assert_eq!((got, code(&body)), (status, wanted));
    }
    assert_eq!(distinct(&sim, 9).await.0, 425, "an injected block is a real one");
    assert_eq!(sim.verdict().total("redundant"), 0, "what a test asked for has its own name");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_was_served_so_its_repeat_is_redundant() {
    let sim = account();
    let param = json!({ "pagina": 1, "registros_por_pagina": 10 });
    sim.faults().next("ListarVendedores", Fault::LostAnswer, 1);

    assert_eq!(sim.handle(call("ListarVendedores", &param)).await.err(), Some(AnswerLost));

    assert_eq!(code(&ask(&sim, "ListarVendedores", param).await.1), "SOAP-ENV:Client-6");
}

#[tokio::test(start_paused = true)]
async fn a_truncated_answer_is_half_an_answer() {
    let sim = account();
    sim.faults().next("ListarVendedores", Fault::Truncated, 1);

    let half = sim.handle(call("ListarVendedores", &json!({}))).await.expect("an answer");

    assert_eq!(half.status(), 200);
    assert!(serde_json::from_slice::<Value>(half.body()).is_err());
    assert!(half.body().starts_with(b"{\"pagina\":1"));
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_comes_late() {
    let sim = account();
    sim.faults().next("ListarVendedores", Fault::Slow(9_000), 1);

    let begun = sim.now();
    assert_eq!(distinct(&sim, 1).await.0, 200);

    assert_eq!(clock::until(begun, sim.now()), Duration::from_millis(9_350));
}

#[tokio::test(start_paused = true)]
async fn a_held_call_waits_for_its_release() {
    let sim = account();
    sim.faults().next("ListarVendedores", Fault::Held, 1);
    let held = tokio::spawn({
        let sim = sim.clone();
        async move { distinct(&sim, 1).await }
    });

    pass(&sim, 3_600).await;
    assert_eq!(sim.faults().holding(), 1);
    assert!(!held.is_finished());
    sim.faults().release();

    assert_eq!(held.await.expect("it ends").0, 200);
    assert_eq!(sim.faults().holding(), 0);
}
