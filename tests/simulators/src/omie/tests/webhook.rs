//! What the webhook is told, and how.

use std::sync::Mutex;

use super::orders::order;
use super::*;
use crate::{Deliveries, TopicCase, deliver};

fn listening() -> OmieSim {
    let sim = account();
    sim.configure(|options| options.webhooks = true);
    sim
}

fn topics(deliveries: &Deliveries) -> Vec<String> {
    deliveries.waiting().into_iter().map(|delivery| delivery.topic).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_to_nobody() {
    let sim = account();
    ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;

    assert!(sim.deliveries().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_life_of_an_order_is_told_in_its_order() {
    let sim = listening();
    ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;
    sim.set_stage("900100201", "50").expect("it is there");
    sim.invoice("900100201").expect("it is there");
    sim.cancel("900100201").expect("it is there");
    sim.give_back("900100201").expect("it is there");
    sim.delete("900100201").expect("it is there");

    let wanted = [
        "VendaProduto.Incluida",
        "VendaProduto.EtapaAlterada",
        "VendaProduto.EtapaAlterada",
        "VendaProduto.Faturada",
        "NFe.NotaAutorizada",
        "VendaProduto.Cancelada",
        "NFe.NotaCancelada",
        "VendaProduto.Devolvida",
        "NFe.NotaDevolucaoAutorizada",
        "VendaProduto.Excluida",
    ];
    assert_eq!(topics(&sim.deliveries()), wanted);
}

#[tokio::test(start_paused = true)]
async fn an_event_is_the_envelope_of_the_contract() {
    let sim = listening();
    ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;

    let delivery = sim.deliveries().take_next().expect("one waits");

    let body: Value = serde_json::from_slice(&delivery.body).expect("JSON");
    assert_eq!(body["messageId"], json!(delivery.message_id));
    assert_eq!((&body["appKey"], &body["origin"]), (&json!(APP_KEY), &json!("omie-connect-2.0")));
    let event = &body["event"];
    assert_eq!(
        (&event["codIntPedido"], &event["etapaDescr"]),
        (&json!("900100201"), &json!("Pedido de Venda"))
    );
    assert_eq!((&event["cancelada"], &event["valorPedido"]), (&json!("N"), &json!(124.5)));
}

#[tokio::test(start_paused = true)]
async fn edits_of_the_other_registries_are_told_too() {
    let sim = listening();
    let id = |registry: Registry| sim.ids(registry)[0].clone();
    sim.set(Registry::Clientes, &id(Registry::Clientes), "email", json!("x@y.z")).expect("it is there");
    sim.set(Registry::Produtos, &id(Registry::Produtos), "descricao", json!("X")).expect("it is there");
    sim.set(Registry::PosicoesEstoque, &id(Registry::PosicoesEstoque), "nSaldo", json!(3))
        .expect("it is there");
    sim.set(Registry::ItensTabela, &id(Registry::ItensTabela), "nValorTabela", json!(3))
        .expect("it is there");
    let title = sim.awkward()["titulo_sem_nota"].1.clone();
    sim.set(Registry::Titulos, &title, "cabecTitulo.cStatus", json!("LIQUIDADO")).expect("it is there");
    sim.remove(Registry::Vendedores, &id(Registry::Vendedores)).expect("it is there");

    let wanted = [
        "ClienteFornecedor.Alterado",
        "Produto.Alterado",
        "Produto.MovimentacaoEstoque",
        "TabelaPrecoItem.Alterado",
        "Financas.ContaReceber.BaixaRealizada",
        "Vendedor.Excluido",
    ];
    assert_eq!(topics(&sim.deliveries()), wanted);
}

#[tokio::test(start_paused = true)]
async fn a_test_decides_what_arrives_how_often_and_in_which_order() {
    let sim = listening();
    sim.configure(|options| options.topic_case = TopicCase::Mixed);
    for nth in 1..=4 {
        ask(&sim, "IncluirPedido", order(&sim, &format!("90010020{nth}"))).await;
    }
    let deliveries = sim.deliveries();
    let ids: Vec<String> = deliveries.waiting().into_iter().map(|delivery| delivery.message_id).collect();
    let cased =
        ["vendaproduto.incluida", "VENDAPRODUTO.INCLUIDA", "VendaProduto.Incluida", "vendaproduto.incluida"];
    assert_eq!(topics(&deliveries), cased);

    assert!(deliveries.duplicate(0) && deliveries.swap(1, 2) && !deliveries.swap(1, 9));
    assert_eq!(deliveries.drop_at(3).map(|dropped| dropped.message_id), Some(ids[3].clone()));
    let first = deliveries.take_next().expect("one waits");
    assert!(deliveries.put_back(&first.message_id) && !deliveries.ack(&first.message_id));
    let again = deliveries.take_next().expect("it waits again");
    assert_eq!((again.message_id.as_str(), again.attempts), (ids[0].as_str(), 2));
    assert!(deliveries.ack(&again.message_id));

    let left: Vec<String> = deliveries.waiting().into_iter().map(|delivery| delivery.message_id).collect();
    assert_eq!(left, [&ids[2], &ids[1], &ids[0]].map(Clone::clone));
    deliveries.reorder(&mut fastrand::Rng::with_seed(3));
    assert_eq!(deliveries.len(), 3);
}

/// What a receiver saw: when (seconds after the start) and what.
#[derive(Default)]
struct Receiver(Mutex<Vec<(u64, String)>>);

impl Receiver {
    fn seen(&self, sim: &OmieSim, body: &Bytes) {
        let start = START.parse().expect("an instant");
        let body: Value = serde_json::from_slice(body).expect("JSON");
        let said = body["topic"].as_str().or(body["ping"].as_str()).unwrap_or_default().to_owned();
        self.0.lock().expect("no panic").push((clock::until(start, sim.now()).as_secs(), said));
    }

    fn said(&self) -> Vec<(u64, String)> {
        self.0.lock().expect("no panic").clone()
    }
}

async fn posted(sim: &OmieSim, seconds: u64, answers: impl Fn(usize) -> bool) -> Vec<(u64, String)> {
    let receiver = Receiver::default();
    let post = |_: String, body: Bytes| {
        receiver.seen(sim, &body);
        let taken = answers(receiver.said().len());
        async move { taken }
    };
    tokio::select! {
        () = deliver(sim, post) => {}
        () = pass(sim, seconds) => {}
    }
    receiver.said()
}

#[tokio::test(start_paused = true)]
async fn a_webhook_is_pinged_and_then_told_one_event_after_the_other() {
    let sim = account();
    sim.register_webhook("http://localhost:1/x");
    let order = order(&sim, "900100201");
    let happen = async {
        pass(&sim, 5).await;
        ask(&sim, "IncluirPedido", order).await;
        sim.cancel("900100201").expect("it is there");
        std::future::pending::<()>().await;
    };

    let seen = tokio::select! {
        seen = posted(&sim, 60, |_| true) => seen,
        () = happen => unreachable!("it waits for ever"),
    };

    let said: Vec<&str> = seen.iter().map(|(_, said)| said.as_str()).collect();
    assert_eq!(said, ["omie", "VendaProduto.Incluida", "VendaProduto.Cancelada"]);
    assert_eq!((sim.webhook().as_deref(), sim.deliveries().len()), (Some("http://localhost:1/x"), 0));
}

#[tokio::test(start_paused = true)]
async fn an_event_nobody_takes_is_tried_three_times_and_again_after_ten_minutes() {
    let sim = account();
    sim.register_webhook("http://localhost:1/x");
    assert_eq!(posted(&sim, 1, |_| true).await.len(), 1, "the ping");
    sim.set_stage(11_u64, "50").expect_err("there is no such order");
    let (_, id) = sim.awkward()["pedido_do_aplicativo"].clone();
    sim.set_stage(id.parse::<u64>().expect("a number"), "50").expect("it is there");
    sim.cancel("900100200").expect("it is there");

    let seen = posted(&sim, 900, |nth| nth > 3).await;

    let stage = "VendaProduto.EtapaAlterada".to_owned();
    let wanted = [
        (1, stage.clone()),
        (2, stage.clone()),
        (6, stage.clone()),
        (6, "VendaProduto.Cancelada".to_owned()),
        (606, stage),
    ];
    assert_eq!(seen, wanted);
}

#[tokio::test(start_paused = true)]
async fn a_url_that_does_not_answer_the_ping_is_not_registered() {
    let sim = account();
    sim.register_webhook("http://localhost:1/x");

    let seen = posted(&sim, 60, |_| false).await;

    assert_eq!(seen.len(), 3);
    assert_eq!(sim.webhook(), None);
    sim.cancel("900100200").expect("it is there");
    assert!(sim.deliveries().is_empty());
}
