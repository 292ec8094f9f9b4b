//! Signing in, being signed in, and out again.

use std::time::Duration;

use super::*;
use crate::audit::{Outcome, latest};
use crate::ports::World as _;

#[tokio::test(start_paused = true)]
async fn the_right_key_opens_and_the_page_asked_for_comes_next() {
    let mut browser = Browser::outside().await;
    let asked = browser.get("/console/pedidos?q=retidos").await;
    let door = asked.headers[LOCATION].to_str().expect("text").to_owned();
    let form = [("nome", "Maria Souza"), ("chave", OPERATE)];

    let entered = browser.send(Method::POST, &door, &form, &[]).await;

    assert_eq!(entered.headers[LOCATION], "/console/pedidos?q=retidos");
    let page = browser.follow(&entered).await;
    assert!(page.text().contains("Maria Souza") && page.text().contains("operador"));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_sent_elsewhere_from_the_door() {
    for back in [
        "https://evil.example",
        "//evil.example",
        "/console//evil.example",
        "/consolex",
        "/",
        "/console/\\evil",
    ] {
        let mut browser = Browser::outside().await;
        let path = format!("/console/entrar?volta={}", encoded(back));
        let entered = browser.send(Method::POST, &path, &[("nome", "M"), ("chave", READ)], &[]).await;
        assert_eq!(entered.headers[LOCATION], "/console", "{back}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_wrong_key_opens_nothing_and_is_not_shown_again() {
    let mut browser = Browser::outside().await;
    let refused = browser.enter("uma-chave-qualquer-123").await;

    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(browser.cookies.is_empty());
    let text = refused.text();
    assert!(text.contains("value=\"Maria Souza\"") && !text.contains("uma-chave-qualquer-123"));
    let tried = latest(browser.app.world().state(), 0, 1).await.expect("read").remove(0);
    assert_eq!((tried.action.as_str(), tried.result), ("tentou entrar", Outcome::Refused));
    assert!(!format!("{tried:?}").contains("uma-chave"));
}

#[tokio::test(start_paused = true)]
async fn after_five_wrong_keys_the_right_one_waits_too() {
    let mut browser = Browser::outside().await;
    for n in 0..5 {
        assert_eq!(browser.enter(&format!("errada-{n}")).await.status, StatusCode::UNAUTHORIZED);
    }

    let throttled = browser.enter(OPERATE).await;
    assert_eq!(throttled.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(throttled.headers["retry-after"], "60");
    tokio::time::advance(Duration::from_mins(1)).await;
    assert_eq!(browser.enter(OPERATE).await.status, StatusCode::SEE_OTHER);
}

/// Time is told by work: a wrong key of any length, and the start of a right one, cost the same calls of the store.
#[tokio::test(start_paused = true)]
async fn a_wrong_key_costs_the_same_whatever_it_is() {
    let mut sizes = Vec::new();
    for wrong in ["x", &OPERATE[..OPERATE.len() - 1], &READ[1..], &"x".repeat(4_000)] {
        let mut browser = Browser::empty();
        let refused = browser.enter(wrong).await;
        sizes.push((refused.status, refused.body.len(), browser.faults.calls()));
    }

    assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "{sizes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_after_an_hour_of_nothing_and_goes_on_while_it_is_used() {
    let mut browser = Browser::operator().await;
    for _ in 0..3 {
        tokio::time::advance(Duration::from_mins(50)).await;
        assert_eq!(browser.get("/console").await.status, StatusCode::OK);
    }
    tokio::time::advance(Duration::from_mins(61)).await;

    assert_eq!(browser.get("/console").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(start_paused = true)]
async fn who_has_left_cannot_come_back_with_a_copy_of_the_cookie() {
    let mut browser = Browser::operator().await;
    let copy = browser.cookies.clone();

    let left = browser.post("/console/sair", &[]).await;
    assert_eq!(left.headers[LOCATION], "/console/entrar");
    assert_eq!(browser.cookies["ponte_sessao"], "");
    browser.cookies = copy;

    assert_eq!(browser.get("/console").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(start_paused = true)]
async fn other_keys_end_all_sessions() {
    let browser = Browser::operator().await;
    let mut other = Browser { cookies: browser.cookies.clone(), ..Browser::empty() };
    assert_eq!(other.get("/console/auditoria").await.status, StatusCode::OK);
    other.app.world.keys = other.app.world.keys.replace(READ, "outra-chave-de-leitura");

    assert_eq!(other.get("/console/auditoria").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(start_paused = true)]
async fn without_access_keys_nobody_gets_in_and_the_page_says_why() {
    let mut browser = Browser::empty();
    browser.app.world.keys = "{}".to_owned();

    let page = browser.get("/console").await;

    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text().contains("não tem chave de acesso"));
}

/// Nobody looks at a page that fetches itself anew, with JavaScript or without.
#[tokio::test(start_paused = true)]
async fn a_page_that_refreshes_itself_keeps_no_session_alive() {
    let mut browser = Browser::operator().await;
    let run = crate::web::href(&["jobs", "precos", "runs", &sample::before(2).to_string()]);
    let page = browser.get(&run).await;
    let (_, rest) = page
        .text()
        .split_once("http-equiv=\"refresh\" content=\"5;url=")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .expect("it refreshes itself");
    let itself = rest.split('"').next().expect("its end").replace("&amp;", "&");
    for _ in 0..5 {
        tokio::time::advance(Duration::from_mins(11)).await;
        assert_eq!(browser.get(&itself).await.status, StatusCode::OK);
    }
    tokio::time::advance(Duration::from_mins(11)).await;

    assert_eq!(browser.get(&itself).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(start_paused = true)]
async fn whose_session_ended_over_a_form_comes_back_to_its_page() {
    let mut browser = Browser::empty();
    for (form, page) in [
        ("/console/jobs/clientes/rodar", "/console/jobs/clientes"),
        ("/console/quarentena/clientes/liberar", "/console/quarentena/clientes"),
        ("/console/configuracao/maxima", "/console/configuracao/maxima"),
        ("/console/de-para/gravar", "/console/de-para"),
    ] {
        let response = browser.send(Method::POST, form, &[("motivo", "x")], &[]).await;
        assert_eq!(response.headers[LOCATION], format!("/console/entrar?volta={}", encoded(page)), "{form}");
    }
}
