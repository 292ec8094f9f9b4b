//! Orders over HTTP, and the webhook they are told to.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use clock::Clock;
use http::Request;
use serde_json::{Value, json};
use simulators::{APP_KEY, APP_SECRET, Options, Preset, Simulators, deliver, post_http, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::port::{exchange, post};

/// The worked example of `contracts/omie.md` §8.23, of the account that has it.
fn order() -> Value {
    json!({ "call": "IncluirPedido", "app_key": APP_KEY, "app_secret": APP_SECRET, "param": [{
        "cabecalho": { "codigo_pedido_integracao": "900100200", "codigo_cliente": 5_366_578_425_u64,
            "data_previsao": "31/12/2099", "etapa": "10", "codigo_parcela": "A03" },
        "det": [{ "ide": { "codigo_item_integracao": "1" }, "produto": { "codigo_produto": 5_366_578_297_u64,
            "quantidade": 12, "valor_unitario": 8.5, "tipo_desconto": "P", "percentual_desconto": 0 },
            "inf_adic": { "codigo_local_estoque": 4_401 } }],
        "frete": { "modalidade": "0", "valor_frete": 15.0, "outras_despesas": 7.5 },
        "informacoes_adicionais": { "codigo_categoria": "1.01.03", "codigo_conta_corrente": 5_366_579_915_u64,
            "consumidor_final": "N", "enviar_email": "N", "codVend": 4_567_890_123_u64, "meio_pagamento": "15" },
        "observacoes": { "obs_venda": "Entregar pela manha" } }] })
}

/// Takes what is posted, one connection after the other, and answers 200.
async fn receive(listener: TcpListener, seen: Arc<Mutex<Vec<String>>>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let (mut text, mut part) = (String::new(), [0_u8; 4096]);
        while !text.ends_with('}') {
            let length = stream.read(&mut part).await.expect("it reads");
            text.push_str(&String::from_utf8_lossy(&part[..length]));
        }
        let body: Value = serde_json::from_str(text.split("\r\n\r\n").nth(1).expect("a body")).expect("JSON");
        let said = body["topic"].as_str().or(body["ping"].as_str()).expect("a topic or a ping");
        seen.lock().expect("no panic").push(said.to_owned());
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    }
}

#[tokio::test]
async fn an_order_sent_over_http_is_told_to_the_webhook() {
    let both = Simulators::open(Options::new(Preset::Tiny, 1, Clock::system())).expect("nothing to fail");
    let (api, hook) = (TcpListener::bind("127.0.0.1:0").await, TcpListener::bind("127.0.0.1:0").await);
    let (api, hook) = (api.expect("a free port"), hook.expect("a free port"));
    let port = api.local_addr().expect("an address").port();
    let url = format!("http://{}/webhooks/omie/x", hook.local_addr().expect("an address"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let router = both.omie.router();
    let tasks = [
        tokio::spawn(async move { serve(api, router).await.expect("it serves") }),
        tokio::spawn(receive(hook, seen.clone())),
        tokio::spawn({
            let omie = both.omie.clone();
            async move { deliver(&omie, post_http).await }
        }),
    ];

    let registered = exchange(port, &post("/_sim/webhook", &json!({ "url": url }).to_string())).await;
    assert!(registered.starts_with("HTTP/1.1 200"), "{registered}");
    let answer = exchange(port, &post("/api/v1/produtos/pedido/", &order().to_string())).await;
    assert!(answer.contains("Pedido cadastrado com sucesso!"), "{answer}");
    for deed in [json!({ "do": "stage", "stage": "50" }), json!({ "do": "invoice" })] {
        let mut deed = deed;
        deed["order"] = json!("900100200");
        assert!(exchange(port, &post("/_sim/order", &deed.to_string())).await.contains("\"ok\":true"));
    }
    let log = exchange(port, "GET /_sim/log HTTP/1.1\r\nhost: omie\r\nconnection: close\r\n\r\n").await;
    assert!(log.contains("\"outcome\":\"done\"") && log.contains("\"key\":\"900100200\""), "{log}");

    let wanted = [
        "omie",
        "VendaProduto.Incluida",
        "VendaProduto.EtapaAlterada",
        "VendaProduto.EtapaAlterada",
        "VendaProduto.Faturada",
        "NFe.NotaAutorizada",
    ];
    while seen.lock().expect("no panic").len() < wanted.len() {
        tokio::task::yield_now().await;
    }
    assert_eq!(*seen.lock().expect("no panic"), wanted);
    for task in tasks {
        task.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_and_its_stages_are_there_after_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let opened = |now: &str| {
        let clock = Clock::paused(now.parse().expect("an instant"));
        let journal = Some(folder.path().join("simulators.jsonl"));
        Simulators::open(Options { journal, ..Options::new(Preset::Tiny, 1, clock) }).expect("it opens")
    };
    let ask = |body: Value, path: &'static str| {
        let request = Request::post(format!("/api/v1/{path}")).header("content-type", "application/json");
        request.body(Bytes::from(body.to_string())).expect("a request")
    };
    let first = opened("2025-11-21T12:00:00Z");
    let answer = first.omie.handle(ask(order(), "produtos/pedido/")).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    first.omie.set_stage("900100200", "50").expect("it is there");
    drop(first);

    let second = opened("2025-11-22T12:00:00Z");

    assert_eq!(second.omie.order("900100200").expect("it is there")["cabecalho"]["etapa"], "50");
    let again = second.omie.handle(ask(order(), "produtos/pedido/")).await.expect("an answer");
    assert!(String::from_utf8_lossy(again.body()).contains("já cadastrado"));
    let stages = json!({ "call": "ListarEtapasPedido", "app_key": APP_KEY, "app_secret": APP_SECRET,
        "param": [{ "cCodIntPed": "900100200" }] });
    let stages = second.omie.handle(ask(stages, "produtos/pedidoetapas/")).await.expect("an answer");
    let stages: Value = serde_json::from_slice(stages.body()).expect("JSON");
    assert_eq!((&stages["nTotRegistros"], &stages["etapasPedido"][0]["cEtapa"]), (&json!(2), &json!("10")));
    let mut other = order();
    other["param"][0]["cabecalho"]["codigo_pedido_integracao"] = json!("900100201");
    let other = second.omie.handle(ask(other, "produtos/pedido/")).await.expect("an answer");
    assert!(String::from_utf8_lossy(other.body()).contains("\"numero_pedido\":\"000000000100002\""));
}
