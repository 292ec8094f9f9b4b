//! What an operator changes, and what is written down of it.

use std::time::Duration;

use engine::{Harm, Moment, Quarantine as _};
use sales::desk::{Kind, Record};
use sales::history;
use serde_json::json;

use super::*;
use crate::audit::{Entry, Outcome, latest};
use crate::ports::{Jobs as _, World as _};

async fn last_entry(browser: &Browser) -> Entry {
    latest(browser.app.world().state(), 0, 1).await.expect("read").remove(0)
}

/// Without a reason the form comes back, with what was typed, the fields' errors, and nothing is changed.
pub(super) async fn needs_a_reason(path: &str, fields: &[(&str, &str)]) {
    let mut browser = Browser::operator().await;
    // So that there is something to resume.
    browser.app.world().jobs.pause("sync-cidades", "x", None).await.expect("paused");

    let again = browser.post(path, fields).await;

    let text = again.text();
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    assert!(text.contains("href=\"#f-motivo\"") && text.contains("id=\"e-motivo\""), "{path}");
    let entry = last_entry(&browser).await;
    assert_eq!(entry.result, Outcome::Refused, "{path}");
    assert!(browser.app.world().jobs.started().is_empty());
}

/// What works at this moment plans its continuation at its end, when it finds the word.
#[tokio::test(start_paused = true)]
async fn a_run_that_is_under_way_is_called_off() {
    let mut browser = Browser::operator().await;
    let reason = [("motivo", "estoque em inventário")];

    let done = browser.post("/console/jobs/precos/cancelar", &reason).await;

    assert!(
        browser.follow(&done).await.text().contains("a execução não continua depois da parte em andamento")
    );
    let (state, now) = (browser.app.world().state(), noon());
    assert!(history::is_called_off(state, "precos", sample::before(1)).await.expect("a table"));
    assert!(
        !history::is_called_off(state, "precos", clock::later(now, Duration::from_secs(1)))
            .await
            .expect("a table")
    );
    assert!(!history::is_called_off(state, "clientes", sample::before(1)).await.expect("a table"));
    let idle = browser.post("/console/jobs/clientes/cancelar", &reason).await;
    assert!(browser.follow(&idle).await.text().contains("não está rodando"));
}

#[tokio::test(start_paused = true)]
async fn each_change_needs_a_reason() {
    for (path, fields) in [
        ("/console/jobs/clientes/rodar", &[][..]),
        ("/console/jobs/clientes/cancelar", &[]),
        ("/console/jobs/clientes/sync-clientes/pausar", &[("horas", "4")]),
        ("/console/jobs/cidades/sync-cidades/retomar", &[]),
        ("/console/jobs/clientes/sync-clientes/frequencia", &[("modo", "intervalo"), ("minutos", "45")]),
        ("/console/pedidos/900100200/tentar", &[]),
        ("/console/pedidos/900100200/recusar", &[]),
        ("/console/pedidos/900100203/associar", &[("numero", "1503")]),
        ("/console/clientes/88771/tentar", &[]),
        ("/console/quarentena/clientes/liberar", &[("quais", "todos")]),
        ("/console/os/5b1f6f0e-0000/retomar", &[]),
        ("/console/configuracao/carga/refazer", &[]),
    ] {
        needs_a_reason(path, fields).await;
        needs_a_reason(path, &[fields, &[("motivo", "   ")]].concat()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_is_started_with_its_event_and_written_down() {
    let mut browser = Browser::operator().await;
    let fields = [("motivo", "tabela nova"), ("completa", "sim")];

    let done = browser.post("/console/jobs/clientes/rodar", &fields).await;

    let page = browser.follow(&done).await;
    assert!(page.text().contains("a execução começa em até um minuto"));
    let event = json!({ "trigger": "manual", "full": true, "accept_removals": false });
    assert_eq!(browser.app.world().jobs.started(), [("sync-clientes".to_owned(), event)]);
    let entry = last_entry(&browser).await;
    assert_eq!((entry.name.as_str(), entry.action.as_str()), ("Maria Souza", "pediu uma execução"));
    assert_eq!((entry.target.as_str(), entry.reason.as_deref()), ("clientes", Some("tabela nova")));
    assert_eq!((entry.result, entry.source.as_str()), (Outcome::Done, "203.0.113.7"));
    let again = browser.get("/console/jobs/clientes").await;
    assert!(!again.text().contains("a execução começa"), "it is said once");
}

#[tokio::test(start_paused = true)]
async fn a_flow_is_started_without_what_only_listings_know() {
    let mut browser = Browser::operator().await;
    browser.post("/console/jobs/import-pedidos/rodar", &[("motivo", "x"), ("completa", "sim")]).await;

    assert_eq!(
        browser.app.world().jobs.started(),
        [("import-pedidos".to_owned(), json!({ "trigger": "manual" }))]
    );
}

#[tokio::test(start_paused = true)]
async fn a_schedule_is_paused_with_its_reason_and_resumed() {
    let mut browser = Browser::operator().await;
    let fields = [("motivo", "inventário"), ("horas", "4")];

    let done = browser.post("/console/jobs/clientes/sync-clientes/pausar", &fields).await;
    let page = browser.follow(&done).await;
    assert!(page.text().contains("inventário (Maria Souza)") && page.text().contains("volta sozinho em"));
    assert!(
        browser.get("/console").await.text().contains("Clientes, fornecedores e transportadoras: pausado.")
    );

    browser.post("/console/jobs/clientes/sync-clientes/retomar", &[("motivo", "acabou")]).await;
    let schedules = browser.app.world().jobs.schedules().await.expect("read");
    let one = schedules.into_iter().find(|one| one.name == "sync-clientes").expect("there");
    assert_eq!((one.is_on, one.starts, one.note), (true, None, None));
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_an_unknown_length_is_refused_at_its_field() {
    let mut browser = Browser::operator().await;
    let fields = [("motivo", "x"), ("horas", "5000")];

    let again = browser.post("/console/jobs/clientes/sync-clientes/pausar", &fields).await;

    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text().contains("id=\"e-horas\""));
}

#[tokio::test(start_paused = true)]
async fn a_frequency_is_shown_with_its_next_times_and_then_saved() {
    let mut browser = Browser::operator().await;
    let path = "/console/jobs/clientes/sync-clientes/frequencia";

    let preview = browser.get(&format!("{path}?modo=intervalo&minutos=45")).await;
    assert_eq!(preview.text().matches("<li><time").count(), 5);
    let uneven = browser.get(&format!("{path}?modo=expressao&expressao=cron(0/7+*+*+*+?+*)")).await;
    assert!(
        uneven.status == StatusCode::UNPROCESSABLE_ENTITY && uneven.text().contains("ora 4 min, ora 7 min")
    );
    let fields = [("modo", "intervalo"), ("minutos", "45"), ("motivo", "menos consultas")];
    let done = browser.post(path, &fields).await;

    assert!(browser.follow(&done).await.text().contains("agora a cada 45 min"));
    let bad = browser.post(path, &[("modo", "intervalo"), ("minutos", "0"), ("motivo", "x")]).await;
    assert!(bad.status == StatusCode::UNPROCESSABLE_ENTITY && bad.text().contains("id=\"e-minutos\""));
}

#[tokio::test(start_paused = true)]
async fn a_held_order_is_tried_again_by_a_word() {
    let mut browser = Browser::operator().await;

    let done = browser.post("/console/pedidos/900100200/tentar", &[("motivo", "categoria escolhida")]).await;

    let page = browser.follow(&done).await;
    assert!(page.text().contains("Maria Souza pediu nova tentativa: categoria escolhida"));
    let again = browser.post("/console/pedidos/900100204/recusar", &[("motivo", "x")]).await;
    assert!(browser.follow(&again).await.text().contains("Não se aplica"));
    assert_eq!(last_entry(&browser).await.result, Outcome::Refused);
}

#[tokio::test(start_paused = true)]
async fn an_order_is_adopted_only_when_omie_agrees() {
    let mut browser = Browser::operator().await;
    let path = "/console/pedidos/900100203/associar";
    let fields = [("motivo", "conferido"), ("numero", "1503")];
    refuse(&browser, "o Omie não tem pedido com o número 1503");

    let again = browser.post(path, &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text().contains("O Omie não tem pedido") && again.text().contains("value=\"1503\""));

    *browser.app.world().partners.refusal.lock().expect("nobody else") = None;
    browser.post(path, &fields).await;
    let record = Record::load(browser.app.world().state(), Kind::Pedidos, "900100203").await.expect("read");
    assert_eq!(record.expect("there").summary().numero, Some(1_503));
    for numero in ["mil", "-1", ""] {
        let again = browser.post(path, &[("motivo", "conferido"), ("numero", numero)]).await;
        assert!(again.text().contains("href=\"#f-numero\""), "{numero}");
    }
}

fn refuse(browser: &Browser, text: &str) {
    *browser.app.world().partners.refusal.lock().expect("nobody else") = Some(text.to_owned());
}

#[tokio::test(start_paused = true)]
async fn a_word_is_kept_when_the_partners_cannot_be_reached() {
    let mut browser = Browser::operator().await;
    refuse(&browser, "sem rede");

    let done = browser.post("/console/pedidos/900100200/tentar", &[("motivo", "x")]).await;

    assert!(browser.follow(&done).await.text().contains("o restante fica para o próximo turno: sem rede"));
}

#[tokio::test(start_paused = true)]
async fn records_are_released_one_by_cause_and_all() {
    let mut browser = Browser::operator().await;
    let path = "/console/quarentena/clientes/liberar";
    let page = browser.get("/console/quarentena").await;
    let cause =
        page.text().split("/console/quarentena/clientes?causa=").nth(1).expect("a link")[..16].to_owned();
    let rested = async |browser: &Browser| {
        let all = browser.app.world().state().in_quarantine("clientes", 1_000).await.expect("read");
        all.iter().filter(|(_, held)| held.last == jiff::Timestamp::UNIX_EPOCH).count()
    };

    let one = [("quais", "marcados"), ("chave", "5366000500"), ("chave", "nada"), ("motivo", "corrigido")];
    let done = browser.post(path, &one).await;
    assert!(browser.follow(&done).await.text().contains("Clientes: 1 registro liberado."));
    assert_eq!(rested(&browser).await, 1);
    assert!(browser.app.world().jobs.started().is_empty(), "nobody asked to run it");

    let by_cause = [("quais", "causa"), ("causa", cause.as_str()), ("motivo", "corrigido"), ("rodar", "sim")];
    let done = browser.post(path, &by_cause).await;
    assert!(
        browser.follow(&done).await.text().contains("37 registros liberados. São tentados em até um minuto.")
    );
    assert_eq!(rested(&browser).await, 38);

    browser.post(path, &[("quais", "todos"), ("motivo", "corrigido")]).await;
    assert_eq!(rested(&browser).await, 50);
    for fields in [&[("quais", "marcados")][..], &[], &[("quais", "causa"), ("causa", "nada")]] {
        let fields = [fields, &[("motivo", "x")]].concat();
        assert_eq!(browser.post(path, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test(start_paused = true)]
async fn a_parked_service_order_goes_on_by_a_word_that_is_obeyed_once() {
    let mut browser = Browser::operator().await;
    let path = "/console/os/5b1f6f0e-0000/retomar";
    let fields = [("motivo", "conta cadastrada"), ("comando_id", "c1")];

    let done = browser.post(path, &fields).await;
    let page = browser.follow(&done).await;
    assert!(page.text().contains("Maria Souza") && page.text().contains("conta cadastrada"));
    let woken: Vec<_> = browser.app.world().jobs.started().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(woken, ["so-open", "so-close"]);
    browser.post(path, &fields).await;
    assert_eq!(browser.app.world().jobs.started().len(), 2, "the same command again");
    let other = browser.post(path, &[("motivo", "x"), ("comando_id", "c2")]).await;
    assert!(browser.follow(&other).await.text().contains("isso não se aplica agora"));
    let bad = [("motivo", "x"), ("ss", "abc"), ("link", "https://evil.example/printSS.php")];
    let again = browser.post("/console/os/5b1f6f0e-0001/associar", &bad).await;
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.text().contains("id=\"e-ss\""));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_down_is_not_done() {
    let mut browser = Browser::operator().await;
    let token = browser.token().await;
    // The session is looked up, then the action is written down.
    browser.faults.strike(2, Moment::Before, Harm::Fail);

    let fields = [("motivo", "x"), ("csrf", token.as_str())];
    let response = browser.send(Method::POST, "/console/jobs/clientes/rodar", &fields, &[]).await;

    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(browser.app.world().jobs.started().is_empty());
}
