//! What is out of Máxima: said whole, released, and given back when a form is refused.

use std::collections::BTreeSet;

use engine::{Key, Quarantine as _, Quarantined, Shadow, Why};
use sales::load;

use super::*;
use crate::jobs;
use crate::ports::World as _;

/// Larger pages are slow on a phone.
const LARGEST: usize = 60_000;

/// A rule that ends in what to do, after so many letters.
fn rule(letters: usize, n: usize) -> String {
    let words = "o cadastro não é aceito porque ".repeat(letters / 31);
    format!("{words}corrija o cadastro número {n} no Omie até o fim")
}

fn held(why: Vec<Why>) -> Quarantined {
    let last = sample::before(5);
    Quarantined { why, fingerprint: None, refused: true, since: sample::before(90), last, attempts: 3 }
}

/// Of every entity so many records, each for reasons of its own.
async fn fill(browser: &Browser, entities: &[&str], number: usize, letters: usize) {
    let reasons = |n: usize| {
        ["", "inscricao_estadual", "cidade"].map(|field| Why::new(field, "x", rule(letters, n))).to_vec()
    };
    let all: Vec<_> = (0..number)
        .map(|n| (Key::from(format!("{}", 53_665_700_100_u64 + n as u64)), held(reasons(n))))
        .collect();
    for entity in entities {
        browser.app.world().state().quarantine(entity, &all).await.expect("stored");
    }
}

#[tokio::test(start_paused = true)]
async fn what_to_do_is_shown_to_its_end() {
    let mut browser = Browser::operator().await;
    fill(&browser, &["cidades"], 2, 400).await;
    let end = "corrija o cadastro número 1 no Omie até o fim<";

    for path in ["/console/quarentena", "/console/quarentena/cidades"] {
        let page = browser.get(path).await;
        assert!(page.text().contains(end), "{path}: {}", page.text());
    }
    let page = browser.get("/console/quarentena/cidades").await.text().into_owned();
    let tab = page.split("?causa=").nth(1).and_then(|rest| rest.split('>').nth(1)).expect("a tab");
    assert!(tab.starts_with("o cadastro não é aceito porque o cadastro não é aceito… (1)"), "{tab}");
    // Two reasons for one record are two sentences, and none is left out unsaid.
    assert_eq!(page.matches(end).count(), 3);

    let started = sample::before(6);
    let run = crate::web::href(&["jobs", "cidades", "runs", &started.to_string()]);
    sample::runs::put(browser.app.world().state(), &sample::runs::done("cidades", started, 800)).await;
    assert!(browser.get(&run).await.text().contains(end), "{run}");
}

#[tokio::test(start_paused = true)]
async fn the_dry_run_says_what_to_do_to_its_end() {
    let mut browser = Browser::operator().await;
    let state = browser.app.world().state();
    let latest = load::latest_rehearsal(state).await.expect("read").expect("there");
    let shadow = Shadow::new(state, state, &latest.id);
    let all = [(Key::from("7"), held(vec![Why::new("cidade", "", rule(400, 7))]))];
    shadow.quarantine("cidades", &all).await.expect("stored");

    for path in ["/console/configuracao/ensaio", "/console/configuracao/ensaio/cidades"] {
        let page = browser.get(path).await;
        assert!(page.text().contains("corrija o cadastro número 7 no Omie até o fim<"), "{path}");
    }
}

/// Partners' texts are kept to 600 letters (`partner_http::secret`).
#[tokio::test(start_paused = true)]
async fn many_long_reasons_fit_a_page() {
    let mut browser = Browser::operator().await;
    let entities: Vec<_> = jobs::all().into_iter().flat_map(|job| job.entities).copied().collect();
    fill(&browser, &entities, 60, 560).await;
    let state = browser.app.world().state();
    let latest = load::latest_rehearsal(state).await.expect("read").expect("there");
    let shadow = Shadow::new(state, state, &latest.id);
    for entity in &entities {
        let all = state.in_quarantine(entity, 60).await.expect("read");
        shadow.quarantine(entity, &all).await.expect("stored");
    }

    for path in [
        "/console/quarentena",
        "/console/quarentena/cidades",
        "/console/quarentena/cidades?p=1",
        "/console/configuracao/ensaio",
        "/console/configuracao/ensaio/cidades",
    ] {
        let page = browser.get(path).await;
        assert!(page.status.is_success() && page.body.len() <= LARGEST, "{path}: {} bytes", page.body.len());
        assert!(page.text().contains("no Omie até o fim<"), "{path}");
    }
    let list = browser.get("/console/quarentena").await;
    for entity in entities {
        let link = format!("href=\"/console/quarentena/{entity}?causa=");
        assert!(list.text().contains(&link), "{entity} is left out");
    }
}

/// The addresses that a page leads to.
fn links(page: &Response) -> BTreeSet<String> {
    let text = page.text();
    let all = text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    all.filter(|link| link.starts_with("/console")).map(|link| link.replace("&amp;", "&")).collect()
}

#[tokio::test(start_paused = true)]
async fn a_page_that_a_refused_form_gives_back_leads_nowhere_that_is_not_there() {
    let mut browser = Browser::operator().await;
    let mut all = BTreeSet::new();
    for (path, fields) in [
        ("/console/jobs/clientes/rodar", &[][..]),
        ("/console/jobs/clientes/sync-clientes/pausar", &[("horas", "4")]),
        ("/console/jobs/clientes/sync-clientes/frequencia", &[("modo", "intervalo"), ("minutos", "45")]),
        ("/console/pedidos/900100200/tentar", &[]),
        ("/console/clientes/88771/tentar", &[]),
        ("/console/quarentena/clientes/liberar", &[("quais", "todos")]),
        ("/console/quarentena/clientes/liberar", &[("quais", "todos"), ("p", "1")]),
        ("/console/os/5b1f6f0e-0000/retomar", &[]),
        ("/console/os-avisos/reprocessar", &[]),
        ("/console/os-avisos/dispensar", &[]),
        ("/console/configuracao/carga/refazer", &[]),
    ] {
        // Enough runs for a second page of them.
        for n in 0..60 {
            let started = sample::before(3_000 + n * 15);
            let run = sample::runs::done("clientes", started, 80);
            sample::runs::put(browser.app.world().state(), &run).await;
        }
        let again = browser.post(path, fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        all.extend(links(&again));
    }
    assert!(all.iter().any(|link| link == "/console/jobs/clientes?p=1"), "{all:?}");
    assert!(all.iter().any(|link| link == "/console/quarentena/clientes?p=1"), "{all:?}");
    for link in all {
        let page = browser.get(&link).await;
        let is_there = page.status != StatusCode::METHOD_NOT_ALLOWED && page.status != StatusCode::NOT_FOUND;
        assert!(is_there, "{link}: {}", page.status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_release_without_a_reason_keeps_its_cause_its_page_and_its_ticks() {
    let mut browser = Browser::operator().await;
    let page = browser.get("/console/quarentena").await.text().into_owned();
    let cause = page.split("/console/quarentena/clientes?causa=").nth(1).expect("a link")[..16].to_owned();
    let second = browser.get(&format!("/console/quarentena/clientes?causa={cause}&p=1")).await;
    assert!(second.text().contains("name=\"p\" value=\"1\""));
    let key = second.text().split("name=\"chave\" value=\"").nth(1).expect("a box")[..10].to_owned();

    let fields = [("quais", "marcados"), ("chave", key.as_str()), ("causa", cause.as_str()), ("p", "1")];
    let again = browser.post("/console/quarentena/clientes/liberar", &fields).await;

    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = again.text();
    assert!(text.contains(&format!("name=\"chave\" value=\"{key}\" checked")), "{text}");
    let newer = format!("href=\"/console/quarentena/clientes?causa={cause}&amp;p=0\"");
    assert!(text.contains(&newer) && !text.contains("Mais antigos"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn before_the_load_has_ended_no_run_is_promised() {
    let mut browser = Browser::empty();
    browser.enter(OPERATE).await;
    sample::quarantine(browser.app.world().state()).await;

    let fields = [("quais", "todos"), ("motivo", "corrigido"), ("rodar", "sim")];
    let done = browser.post("/console/quarentena/clientes/liberar", &fields).await;

    let page = browser.follow(&done).await;
    assert!(
        page.text().contains("50 registros liberados. A carga inicial ainda não terminou"),
        "{}",
        page.text()
    );
    assert!(!page.text().contains("em até um minuto") && browser.app.world().jobs.started().is_empty());
}
