//! On the wire: what leaves, and what comes of each answer.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use partner_http::{Exchange, Limits, Lost, Remedy, Secret, Transport};
use serde_json::{Value, json};

use super::*;
use crate::{
    AssociarCodIntCliente, ConsultarPedido, IncluirPedido, ListarClientes, ListarMeiosPagamento,
    ListarTipoAtiv, ListarVendedores, NovoPedido, PedidoIncluido, Vendedor,
};

type Answer = Result<http::Response<Bytes>, Lost>;

/// Answers in the order of the script and keeps what was asked.
struct Script {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Request<Bytes>>>,
}

impl Exchange for Script {
    fn exchange(&self, request: Request<Bytes>) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        self.asked.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front().expect("no more requests than the script has");
        Box::pin(std::future::ready(answer))
    }
}

impl Script {
    fn bodies(&self) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|request| serde_json::from_slice(request.body()).unwrap()).collect()
    }
}

struct Wire {
    omie: Omie,
    script: Arc<Script>,
    clock: Clock,
}

fn wire_at(base_url: &str, answers: Vec<Answer>) -> Wire {
    let script = Arc::new(Script { answers: Mutex::new(answers.into()), asked: Mutex::default() });
    let clock = Clock::paused(Timestamp::UNIX_EPOCH);
    let transport = Transport::in_process(script.clone());
    let http =
        PartnerHttp::new("omie", transport, clock.clone(), fastrand::Rng::with_seed(1), Limits::default());
    let credentials = Credentials { app_key: Secret::new("APPKEY"), app_secret: Secret::new("APPSECRET") };
    Wire { omie: Omie::new(http, base_url, credentials), script, clock }
}

fn wire(answers: Vec<Answer>) -> Wire {
    wire_at("https://app.omie.com.br/api/v1/", answers)
}

#[expect(clippy::unnecessary_wraps, reason = "a script may also lose an answer")]
fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
    Ok(http::Response::builder().status(status).body(body.into()).unwrap())
}

fn fault(code: &str, text: &str) -> Answer {
    answer(500, json!({ "faultstring": text, "faultcode": code }).to_string())
}

fn vendedores(page: u32, pages: u32, codigos: &[i64]) -> Answer {
    let rows: Vec<Value> = codigos.iter().map(|codigo| json!({ "codigo": codigo })).collect();
    let body = json!({
        "pagina": page, "total_de_paginas": pages, "registros": rows.len(), "total_de_registros": 3,
        "cadastro": rows,
    });
    answer(200, body.to_string())
}

async fn list_error(answers: Vec<Answer>) -> CallError {
    wire(answers).omie.list(&ListarVendedores::default(), 1).await.expect_err("a failure")
}

#[tokio::test(start_paused = true)]
async fn the_request_is_the_contracts_to_the_byte() {
    let wire = wire(vec![vendedores(1, 1, &[1])]);

    wire.omie.list(&ListarVendedores::default(), 1).await.unwrap();

    let asked = wire.script.asked.lock().unwrap();
    let request = &asked[0];
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://app.omie.com.br/api/v1/geral/vendedores/");
    assert_eq!(request.headers()[header::CONTENT_TYPE], "application/json");
    assert_eq!(
        std::str::from_utf8(request.body()).unwrap(),
        r#"{"call":"ListarVendedores","app_key":"APPKEY","app_secret":"APPSECRET","param":[{"pagina":1,"registros_por_pagina":100}]}"#
    );
}

#[tokio::test(start_paused = true)]
async fn the_filter_of_clients_travels_whole() {
    let empty = r#"{"pagina":1,"total_de_paginas":1,"total_de_registros":0,"clientes_cadastro":[]}"#;
    let wire = wire_at("http://127.0.0.1:9/omie", vec![answer(200, empty)]);

    wire.omie.list(&ListarClientes::with_tag("Cliente"), 1).await.unwrap();

    assert_eq!(wire.script.asked.lock().unwrap()[0].uri(), "http://127.0.0.1:9/omie/geral/clientes/");
    assert_eq!(
        wire.script.bodies()[0],
        json!({
            "call": "ListarClientes", "app_key": "APPKEY", "app_secret": "APPSECRET",
            "param": [{
                "pagina": 1, "registros_por_pagina": 100, "apenas_importado_api": "N", "exibir_obs": "S",
                "clientesFiltro": {"tags": [{"tag": "Cliente"}]},
            }],
        })
    );
}

#[tokio::test(start_paused = true)]
async fn a_listing_is_read_page_by_page() {
    let wire = wire(vec![vendedores(1, 2, &[1, 2]), vendedores(2, 2, &[3])]);
    let listing = ListarVendedores::default();

    let first = wire.omie.list(&listing, 1).await.unwrap();
    let second = wire.omie.list(&listing, 2).await.unwrap();

    assert_eq!((first.number, first.total_pages, first.total_records), (1, 2, 3));
    assert_eq!((second.number, second.total_pages, second.total_records), (2, 2, 3));
    let codigos: Vec<i64> = first.items.iter().chain(&second.items).map(|row| row.codigo).collect();
    assert_eq!(codigos, [1, 2, 3]);
    assert_eq!(wire.script.bodies()[1]["param"][0]["pagina"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_is_not_paginated_has_one_page() {
    let wire = wire(vec![
        answer(200, r#"{"lista_tipos_atividade":[{"cCodigo":"4","cDescricao":"Comercio"}]}"#),
        answer(200, r#"{"tipo_documento_cadastro":[{"codigo":"15"},{"codigo":"17"}]}"#),
    ]);

    let ramos = wire.omie.list(&ListarTipoAtiv::default(), 1).await.unwrap();
    let meios = wire.omie.list(&ListarMeiosPagamento::default(), 1).await.unwrap();

    assert_eq!((ramos.number, ramos.total_pages, ramos.items.len()), (1, 1, 1));
    assert_eq!((meios.number, meios.total_pages, meios.items.len()), (1, 1, 2));
}

#[tokio::test(start_paused = true)]
async fn no_rows_is_an_empty_page() {
    let wire = wire(vec![fault("SOAP-ENV:Client-5113", "ERROR: Não existem registros para a página [4]!")]);

    let page = wire.omie.list(&ListarVendedores::default(), 4).await.unwrap();

    assert_eq!(page, Page::<Vendedor>::empty(4));
    assert_eq!(wire.script.bodies().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_fault_is_never_the_end_of_a_listing() {
    for body in ["{}", r#"{"pagina":1,"total_de_paginas":0,"total_de_registros":0}"#, "[]", "null"] {
        let error = list_error(vec![answer(200, body)]).await;

        assert!(matches!(error.fault, Fault::Malformed { .. }), "{body}: {error}");
        assert_eq!(error.remedy(), Remedy::Bug);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_for_another_page_is_malformed() {
    let wire = wire(vec![vendedores(1, 2, &[1])]);

    let error = wire.omie.list(&ListarVendedores::default(), 2).await.unwrap_err();

    assert!(matches!(error.fault, Fault::Malformed { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_comes_back_with_the_partners_words_and_is_not_repeated() {
    let error = list_error(vec![fault("SOAP-ENV:Client-102", "ERROR: não pode")]).await;

    assert_eq!(error.fault, Fault::Refused { text: "ERROR: não pode".into() });
    assert_eq!((error.partner, error.method.as_str(), error.status), ("omie", "ListarVendedores", Some(500)));
    assert_eq!(error.remedy(), Remedy::FixData);
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_is_configuration() {
    let text = "ERROR: A chave de acesso não está preenchida ou não é válida.";

    let error = list_error(vec![fault("SOAP-ENV:Client-101", text)]).await;

    assert_eq!(error.remedy(), Remedy::FixConfig);
}

#[tokio::test(start_paused = true)]
async fn a_block_is_not_waited_out() {
    let text = "ERROR: API bloqueada por consumo indevido. Tente novamente em 1678 segundos.";
    let body = json!({ "faultstring": text, "faultcode": "MISUSE_API_PROCESS" }).to_string();

    let error = list_error(vec![answer(425, body)]).await;

    let Remedy::RetryLater { after } = error.remedy() else { panic!("{error}") };
    assert!(after >= Duration::from_secs(1678), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_redundant_query_is_asked_again_after_the_window() {
    let redundant = fault("SOAP-ENV:Client-6", "ERROR: Consumo redundante detectado (REDUNDANT)");
    let wire = wire(vec![redundant, vendedores(1, 1, &[1])]);
    let start = wire.clock.now();

    let page = wire.omie.list(&ListarVendedores::default(), 1).await.unwrap();

    assert_eq!(page.items.len(), 1);
    assert!(clock::until(start, wire.clock.now()) >= Duration::from_secs(61));
}

#[tokio::test(start_paused = true)]
async fn a_lost_page_is_asked_again_after_the_window() {
    let wire = wire(vec![Err(Lost::Unclear), vendedores(1, 1, &[1])]);
    let start = wire.clock.now();

    let page = wire.omie.list(&ListarVendedores::default(), 1).await.unwrap();

    assert_eq!(page.items.len(), 1);
    assert!(clock::until(start, wire.clock.now()) >= Duration::from_secs(61));
}

#[tokio::test(start_paused = true)]
async fn the_same_question_waits_for_the_window_and_another_does_not() {
    let wire = wire(vec![vendedores(1, 2, &[1]), vendedores(2, 2, &[2]), vendedores(1, 2, &[1])]);
    let listing = ListarVendedores::default();
    let start = wire.clock.now();

    wire.omie.list(&listing, 1).await.unwrap();
    wire.omie.list(&listing, 2).await.unwrap();
    let between = clock::until(start, wire.clock.now());
    wire.omie.list(&listing, 1).await.unwrap();

    assert!(between < Duration::from_secs(5), "{between:?}");
    assert!(clock::until(start, wire.clock.now()) >= Duration::from_secs(61));
}

#[tokio::test(start_paused = true)]
async fn credentials_echoed_by_a_fault_are_hidden() {
    let error = list_error(vec![fault(
        "SOAP-ENV:Client-101",
        "ERROR: a chave de acesso APPKEY com APPSECRET não serve",
    )])
    .await;

    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("APPKEY") && !shown.contains("APPSECRET"), "{shown}");
    assert!(shown.contains("chave de acesso"), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn an_address_that_is_no_url_is_configuration() {
    let wire = wire_at("not a url", vec![]);

    let error = wire.omie.list(&ListarVendedores::default(), 1).await.unwrap_err();

    assert_eq!((error.remedy(), error.attempts), (Remedy::FixConfig, 0));
}

#[test]
fn the_repeat_key_tells_method_and_parameters_apart() {
    let key = repeat_key("ListarVendedores", br#"{"pagina":1}"#);

    assert_eq!(key, repeat_key("ListarVendedores", br#"{"pagina":1}"#));
    assert_ne!(key, repeat_key("ListarVendedores", br#"{"pagina":2}"#));
    assert_ne!(key, repeat_key("ListarClientes", br#"{"pagina":1}"#));
}

#[tokio::test(start_paused = true)]
async fn debug_shows_no_credential() {
    let shown = format!("{:?}", wire(vec![]).omie);

    assert!(!shown.contains("APPKEY") && !shown.contains("APPSECRET"), "{shown}");
}

#[test]
fn reads_run_two_at_a_time_below_the_partners_rate() {
    let policy = ListarVendedores::policy();

    assert_eq!((policy.per_minute, policy.burst, policy.concurrency), (225, 5, 2));
    assert_eq!((policy.redundancy, policy.failures_allowed), (Some(Duration::from_secs(61)), 5));
}

#[test]
fn writes_go_one_at_a_time_and_are_never_repeated_blindly() {
    let policy = IncluirPedido::policy();

    assert_eq!((policy.concurrency, policy.redundancy), (1, None));
    assert_eq!((IncluirPedido::EFFECT, AssociarCodIntCliente::EFFECT), (Effect::AskFirst, Effect::AskFirst));
}

async fn include_error(answers: Vec<Answer>) -> (CallError, usize) {
    let wire = wire(answers);
    let error = wire.omie.call(&IncluirPedido(NovoPedido::default())).await.expect_err("a failure");
    (error, wire.script.bodies().len())
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_taken_gives_its_ids() {
    let body = r#"{"codigo_pedido":5366599001,"codigo_pedido_integracao":"900100200","codigo_status":"0","numero_pedido":"000000000001507"}"#;
    let wire = wire(vec![answer(200, body)]);

    let taken = wire.omie.call(&IncluirPedido(NovoPedido::default())).await.unwrap();

    let wanted = PedidoIncluido {
        codigo_pedido: 5_366_599_001,
        codigo_pedido_integracao: "900100200".into(),
        numero_pedido: "000000000001507".into(),
    };
    assert_eq!(taken, wanted);
    assert_eq!(wire.script.asked.lock().unwrap()[0].uri(), "https://app.omie.com.br/api/v1/produtos/pedido/");
}

#[tokio::test(start_paused = true)]
async fn a_write_in_doubt_is_unclear_and_sent_once() {
    for in_doubt in [
        Err(Lost::Unclear),
        Err(Lost::TooLarge),
        answer(200, ""),
        answer(200, r#"{"codigo_pedido":53665"#),
        answer(504, "<html>"),
        answer(502, "<html>"),
        fault("SOAP-ENV:Client-1100", "ERROR: Esta requisição já foi processada"),
        fault("SOAP-ENV:Client-6", "ERROR: Consumo redundante detectado"),
        fault("SOAP-ENV:Client-1880", "ERROR: Já existe uma requisição desse método sendo executada"),
    ] {
        let shown = format!("{in_doubt:?}");
        let (error, sent) = include_error(vec![in_doubt]).await;

        assert_eq!((&error.fault, error.remedy(), sent), (&Fault::Unclear, Remedy::AskPartner, 1), "{shown}");
        assert_eq!(faults::unknown_words(&error), None, "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_answered_in_unknown_words_is_unclear_and_keeps_them() {
    let (error, sent) = include_error(vec![fault("SOAP-ENV:Client-9999", "ERROR: APPKEY é novidade")]).await;

    assert_eq!((&error.fault, error.remedy(), sent), (&Fault::Unclear, Remedy::AskPartner, 1));
    let words = faults::unknown_words(&error).expect("the words");
    assert!(words.contains("novidade") && !words.contains("APPKEY"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_is_not_as_agreed_may_have_been_done() {
    for body in ["{}", "[]", r#"{"codigo_pedido":"x","codigo_status":"0"}"#] {
        let (error, _) = include_error(vec![answer(200, body)]).await;

        assert_eq!(error.fault, Fault::Unclear, "{body}");
        assert!(faults::unknown_words(&error).is_some(), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_certainly_not_done_says_why() {
    let unknown_member = "ERROR: Tag [x] não faz parte da estrutura do tipo complexo [cabecalho]!";
    let failed = answer(200, r#"{"codigo_status":"5","descricao_status":"Cliente inativo"}"#);

    let (malformed, _) = include_error(vec![fault("SOAP-ENV:Client-5001", unknown_member)]).await;
    let (refused, _) = include_error(vec![failed]).await;

    assert_eq!(malformed.fault, Fault::Malformed { text: unknown_member.into() });
    assert_eq!(refused.fault, Fault::Refused { text: "Cliente inativo".into() });
}

#[tokio::test(start_paused = true)]
async fn the_proof_of_an_order_is_asked_for_once_a_minute() {
    let body = r#"{"pedido_venda_produto":{"cabecalho":{"codigo_pedido":5366599001}}}"#;
    let absent =
        fault("SOAP-ENV:Client-105", "ERROR: Pedido não cadastrado para o Código de Integração [1] !");
    let wire = wire(vec![absent, answer(200, body)]);
    let start = wire.clock.now();

    let before = wire.omie.call(&ConsultarPedido::by_integracao("1")).await.unwrap_err();
    let after = wire.omie.call(&ConsultarPedido::by_integracao("1")).await.unwrap();

    assert!(matches!(before.fault, Fault::NotFound { .. }), "{before}");
    assert_eq!(after.pedido.cabecalho.codigo_pedido, 5_366_599_001);
    assert!(clock::until(start, wire.clock.now()) >= Duration::from_secs(61));
}
