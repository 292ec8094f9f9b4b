//! Writes whose answer says nothing.

use super::orders::order;
use super::*;
use crate::Outcome;

async fn send(sim: &OmieSim, code: &str) -> Result<Response<Bytes>, AnswerLost> {
    sim.handle(call("IncluirPedido", &order(sim, code))).await
}

fn outcomes(sim: &OmieSim) -> Vec<(Outcome, bool)> {
    sim.log().into_iter().map(|entry| (entry.outcome, entry.answered)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_is_lost_or_cut_short_was_carried_out() {
    let sim = account();
    sim.faults().next("IncluirPedido", Fault::LostAnswer, 1);
    sim.faults().next("IncluirPedido", Fault::Truncated, 1);

    assert!(send(&sim, "900100201").await.is_err());
    let cut = send(&sim, "900100202").await.expect("half an answer");

    assert!(serde_json::from_slice::<Value>(cut.body()).is_err());
    assert_eq!(sim.orders_created().values().sum::<u64>(), 2);
    assert_eq!(outcomes(&sim), [(Outcome::Done, false), (Outcome::Done, false)]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_request_did_nothing_and_may_be_sent_again() {
    let sim = account();
    sim.faults().next("IncluirPedido", Fault::LostRequest, 1);

    assert!(send(&sim, "900100201").await.is_err());
    assert!(sim.orders_created().is_empty());
    assert_eq!(send(&sim, "900100201").await.expect("an answer").status(), 200);

    assert_eq!(outcomes(&sim), [(Outcome::Lost, false), (Outcome::Done, true)]);
    assert_eq!(sim.verdict().faults("IncluirPedido", "injected_lost_request"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_held_write_is_not_done_before_its_release_and_never_when_its_caller_goes() {
    let sim = account();
    sim.faults().next("IncluirPedido", Fault::Held, 2);

    let gone = tokio::time::timeout(Duration::from_secs(30), send(&sim, "900100201")).await;
    assert!(gone.is_err() && sim.orders_created().is_empty());
    let held = tokio::spawn({
        let sim = sim.clone();
        async move { send(&sim, "900100201").await }
    });
    pass(&sim, 1).await;
    assert!(sim.orders_created().is_empty());
    let twin = send(&sim, "900100201").await.expect("an answer");
    assert_eq!(code(&read(&twin).1), "SOAP-ENV:Client-1100", "one like it is under way");
    sim.faults().release();

    assert_eq!(held.await.expect("no panic").expect("an answer").status(), 200);
    assert_eq!(sim.orders_created()["900100201"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_held_answer_belongs_to_a_write_that_was_done() {
    let sim = account();
    sim.faults().next("IncluirPedido", Fault::HeldAnswer, 1);

    let gone = tokio::time::timeout(Duration::from_secs(30), send(&sim, "900100201")).await;

    assert!(gone.is_err());
    assert_eq!(sim.orders_created()["900100201"], 1);
    assert_eq!(outcomes(&sim), [(Outcome::Done, false)]);
}

#[tokio::test(start_paused = true)]
async fn a_late_write_is_carried_out_after_its_caller_asked_and_was_told_it_is_not_there() {
    let sim = account();
    sim.faults().next("IncluirPedido", Fault::Late(45_000), 1);

    assert!(send(&sim, "900100201").await.is_err());
    pass(&sim, 30).await;
    let key = json!({ "codigo_pedido_integracao": "900100201" });
    assert_eq!(code(&ask(&sim, "ConsultarPedido", key.clone()).await.1), "SOAP-ENV:Client-105");
    let twin = send(&sim, "900100201").await.expect("an answer");
    assert_eq!(code(&read(&twin).1), "SOAP-ENV:Client-1100", "it is under way all the time");
    assert_eq!((sim.late(), sim.order("900100201")), (1, None));
    pass(&sim, 61).await;

    let (_, found) = ask(&sim, "ConsultarPedido", key).await;
    assert_eq!(found["pedido_venda_produto"]["infoCadastro"]["hInc"], "09:00:45", "at its own time");
    let log = sim.log();
    assert_eq!((log[0].outcome, log[0].answered), (Outcome::Done, false));
    assert_eq!(log[0].done_at, Some("2025-11-21T12:00:45Z".parse().expect("an instant")));
    let of_reads: Vec<Outcome> =
        log.iter().filter(|entry| entry.method == "ConsultarPedido").map(|entry| entry.outcome).collect();
    assert_eq!(of_reads, [Outcome::NotFound, Outcome::Found(1)]);
}

#[tokio::test(start_paused = true)]
async fn a_late_write_that_comes_second_is_refused_where_nobody_sees_it() {
    let sim = account();
    sim.faults().next("IncluirPedido", Fault::Late(90_000), 1);
    assert!(send(&sim, "900100201").await.is_err());
    let mut other = order(&sim, "900100201");
    other["observacoes"]["obs_venda"] = json!("De novo");

    assert_eq!(ask(&sim, "IncluirPedido", other).await.0, 200);
    pass(&sim, 90).await;

    assert_eq!(sim.orders_created()["900100201"], 1);
    assert_eq!(outcomes(&sim), [(Outcome::Refused("duplicate"), false), (Outcome::Done, true)]);
}

#[tokio::test(start_paused = true)]
async fn the_log_tells_identical_requests_and_what_became_of_each() {
    let sim = account();
    sim.faults().next("IncluirPedido", Fault::Html, 1);
    sim.faults().next(
        "IncluirPedido",
        Fault::Reject { text: "ERROR: Tente mais tarde".into(), status: 500 },
        1,
    );
    for _ in 0..3 {
        send(&sim, "900100201").await.expect("an answer");
    }
    send(&sim, "900100202").await.expect("an answer");

    let log = sim.log();

    let outcomes: Vec<Outcome> = log.iter().map(|entry| entry.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::Refused("injected_html"),
            Outcome::Refused("injected_reject"),
            Outcome::Done,
            Outcome::Done
        ]
    );
    assert!(log.iter().all(|entry| entry.answered && entry.method == "IncluirPedido"));
    assert_eq!((log[0].digest, log[0].key.as_str()), (log[2].digest, "900100201"));
    assert_ne!(log[0].digest, log[3].digest);
    assert_eq!(sim.log_since(3), log[3..]);
}

#[tokio::test(start_paused = true)]
async fn a_late_write_of_a_key_that_is_no_longer_valid_is_never_carried_out() {
    let sim = account();
    sim.faults().next("IncluirPedido", Fault::Late(5_000), 1);
    sim.configure(|options| options.app_secret = "outro".to_owned());

    assert!(send(&sim, "900100201").await.is_err());
    pass(&sim, 10).await;

    assert!(sim.orders_created().is_empty());
    assert_eq!(outcomes(&sim), [(Outcome::Refused("unauthorized"), false)]);
}

#[tokio::test(start_paused = true)]
async fn accounts_of_one_dataset_share_it_until_one_of_them_changes() {
    let now = START.parse().expect("an instant");
    let dataset = Arc::new(Dataset::generate(Preset::Tiny, 1, now));
    let open = || OmieSim::new(dataset.clone(), Clock::paused(now), OmieOptions::default());
    let (one, other) = (open(), open());

    let answer = one.handle(call("IncluirPedido", &order(&one, "900100201"))).await.expect("an answer");

    assert_eq!(answer.status(), 200);
    assert_eq!((one.count(Registry::Pedidos), other.count(Registry::Pedidos)), (1, 0));
    assert_eq!(Arc::strong_count(&dataset), 2, "ours and the other's");
}
