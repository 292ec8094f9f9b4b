//! Every route, from outside, from a read-only session, without token, with a script in every field.

use std::collections::BTreeSet;

use http::header::{CONTENT_SECURITY_POLICY, LOCATION};

use super::*;
use crate::routes::{Handler, routes};

/// Larger pages are slow on a phone.
const LARGEST: usize = 60_000;

fn pages() -> Vec<String> {
    let all = routes::<House>();
    let shows = all.iter().filter(|route| matches!(route.handler, Handler::Show(_)));
    shows.map(|route| address_of(route.pattern)).collect()
}

fn changes() -> Vec<String> {
    let all = routes::<House>();
    let changes = all.iter().filter(|route| matches!(route.handler, Handler::Change { .. }));
    changes.map(|route| address_of(route.pattern)).chain(["/console/sair".to_owned()]).collect()
}

#[tokio::test(start_paused = true)]
async fn without_a_session_every_address_leads_to_the_door() {
    let mut browser = Browser::outside().await;
    let before = browser.stored();
    for (method, path) in pages()
        .into_iter()
        .map(|path| (Method::GET, path))
        .chain(changes().into_iter().map(|path| (Method::POST, path)))
        .chain([(Method::GET, "/console/nada".to_owned())])
    {
        let response = browser.send(method.clone(), &path, &[("motivo", "x")], &[]).await;
        assert_eq!(response.status, StatusCode::SEE_OTHER, "{method} {path}");
        let to = response.headers[LOCATION].to_str().expect("text");
        assert!(to.starts_with("/console/entrar"), "{to}");
        let live = browser.send(method.clone(), &path, &[], &[("hx-request", "true")]).await;
        assert_eq!((live.status, live.body.len()), (StatusCode::UNAUTHORIZED, 0), "{method} {path}");
    }
    assert!(browser.stored() == before, "something was changed");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_only_reads_sees_everything_and_changes_nothing() {
    let mut browser = Browser::reader().await;
    let token = browser.token().await;
    let before = browser.stored();
    for path in pages() {
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        // The one form with POST that a reader has is the way out.
        assert_eq!(page.text().matches("method=\"post\"").count(), 1, "{path}");
    }
    let all = fields(&mut browser).await;
    assert!(all.len() > 60, "{all:?}");
    for path in changes().into_iter().filter(|path| path != "/console/sair") {
        let fields = [("motivo", "x"), ("csrf", token.as_str())];
        let response = browser.send(Method::POST, &path, &fields, &[]).await;
        assert_eq!(response.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(browser.stored() == before, "something was changed");
}

#[tokio::test(start_paused = true)]
async fn without_its_token_or_from_elsewhere_no_form_is_taken() {
    let mut browser = Browser::operator().await;
    let token = browser.token().await;
    let mut other = Browser::outside().await;
    other.source = "198.51.100.1".to_owned();
    other.enter(OPERATE).await;
    let foreign = other.token().await;
    let before = browser.stored();
    for path in changes() {
        for (token, header) in [
            ("", ("x-nothing", "x")),
            ("x", ("x-nothing", "x")),
            (foreign.as_str(), ("x-nothing", "x")),
            (token.as_str(), ("origin", "https://evil.example")),
            (token.as_str(), ("origin", "null")),
            (token.as_str(), ("sec-fetch-site", "cross-site")),
            (token.as_str(), ("sec-fetch-site", "same-site")),
        ] {
            let fields = [("motivo", "x"), ("csrf", token)];
            let response = browser.send(Method::POST, &path, &fields, &[header]).await;
            assert_eq!(response.status, StatusCode::FORBIDDEN, "{path} {header:?}");
        }
        let fields = [("motivo", "x"), ("csrf", token.as_str())];
        let response = browser.send(Method::POST, &path, &fields, &[("content-type", "text/plain")]).await;
        assert!(response.status.is_client_error(), "{path}");
    }
    assert!(browser.stored() == before, "something was changed");
}

#[tokio::test(start_paused = true)]
async fn looking_changes_nothing() {
    let mut browser = Browser::operator().await;
    let before = browser.stored();
    for path in pages().into_iter().chain(["/console/entrar".to_owned(), "/console/sair".to_owned()]) {
        for method in [Method::GET, Method::HEAD] {
            browser
                .send(method, &format!("{path}?q=1&estado=opened&p=1&modo=diario&hora=02:00"), &[], &[])
                .await;
        }
    }
    for path in changes() {
        let response = browser.get(&format!("{path}?motivo=x")).await;
        // The page of a form has the form's address.
        assert!(!response.status.is_success() || pages().contains(&path), "{path}");
    }
    assert!(browser.stored() == before, "something was changed");
    assert!(browser.app.world().jobs.started().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_or_typed_comes_out_escaped() {
    let mut browser = Browser::operator().await;
    let hostile = sample::HOSTILE;
    let query = [
        "q",
        "estado",
        "p",
        "dia",
        "situacao",
        "causa",
        "depois",
        "modo",
        "hora",
        "minutos",
        "expressao",
        "volta",
    ]
    .map(|name| format!("{name}={}", encoded(hostile)))
    .join("&");
    for path in pages() {
        for path in [
            path.clone(),
            format!("{path}?{query}"),
            format!("{path}?modo=expressao&expressao={}", encoded(hostile)),
        ] {
            assert_harmless(&browser.get(&path).await, &path);
        }
    }
    let all = fields(&mut browser).await;
    assert!(all.len() > 60, "{all:?}");
    for path in changes().into_iter().filter(|path| path != "/console/sair") {
        for left_out in ["", "motivo"] {
            let fields: Vec<_> =
                all.iter().filter(|name| *name != left_out).map(|name| (name.as_str(), hostile)).collect();
            let response = browser.post(&path, &fields).await;
            assert_harmless(&response, &path);
            if response.status == StatusCode::SEE_OTHER {
                assert_harmless(&browser.follow(&response).await, &path);
            }
        }
    }
    let at_the_door = [("nome", hostile), ("chave", hostile)];
    let refused = browser.send(Method::POST, "/console/entrar", &at_the_door, &[]).await;
    assert_harmless(&refused, "/console/entrar");
    for path in [
        "/console",
        "/console/auditoria",
        "/console/jobs/produtos",
        "/console/pedidos/900100207",
        "/console/quarentena",
    ] {
        assert_harmless(&browser.get(path).await, path);
    }
    let seen = browser.get("/console/auditoria").await;
    assert!(seen.text().contains("&lt;script&gt;alert"), "the reason is there, as text");
}

/// The name of every field of every form, the door's too.
async fn fields(browser: &mut Browser) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in pages().into_iter().chain(["/console/entrar".to_owned()]) {
        let page = browser.get(&path).await;
        let text = page.text();
        let of_it = text.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next());
        names.extend(of_it.filter(|name| *name != "csrf").map(str::to_owned));
    }
    names
}

fn assert_harmless(response: &Response, path: &str) {
    let text = response.text();
    assert!(!text.contains("<script>alert"), "{path}");
    assert_eq!(
        text.matches("<script").count(),
        text.matches("<script src=\"/console/assets/htmx.").count(),
        "{path}"
    );
    assert!(!text.contains("&quot;Cia\"") && !text.contains("\"Cia\""), "{path}");
}

#[tokio::test(start_paused = true)]
async fn every_answer_has_the_headers_of_the_house() {
    let mut browser = Browser::operator().await;
    let assets = ["console.css", "htmx.js", "icon.svg"].map(|name| crate::assets::address(name).to_owned());
    for path in pages()
        .into_iter()
        .chain(["/console/nada".to_owned(), "/console/entrar".to_owned()])
        .chain(assets.clone())
    {
        let response = browser.get(&path).await;
        let policy = response.headers[CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        for name in
            ["strict-transport-security", "x-content-type-options", "referrer-policy", "x-frame-options"]
        {
            assert!(response.headers.contains_key(name), "{path}: {name}");
        }
        let kept = response.headers["cache-control"].to_str().expect("text");
        assert_eq!(kept.contains("immutable"), assets.contains(&path), "{path}: {kept}");
        let text = response.text();
        if !assets.contains(&path) {
            assert!(!text.contains(" style=") && !text.contains(" onclick="), "{path}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_page_is_large_and_each_has_one_heading() {
    let mut browser = Browser::operator().await;
    for path in pages() {
        let page = browser.get(&path).await;
        let text = page.text();
        assert!(page.body.len() <= LARGEST, "{path}: {} bytes", page.body.len());
        assert_eq!(text.matches("<h1").count(), 1, "{path}");
        assert!(text.contains("<html lang=\"pt-BR\">") && text.contains("id=\"conteudo\""), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_field_has_a_label_and_every_form_its_token() {
    let mut browser = Browser::operator().await;
    for path in pages() {
        let page = browser.get(&path).await;
        let text = page.text();
        assert_eq!(text.matches("method=\"post\"").count(), text.matches("name=\"csrf\"").count(), "{path}");
        for input in text
            .split("<input ")
            .skip(1)
            .chain(text.split("<select ").skip(1))
            .chain(text.split("<textarea ").skip(1))
        {
            let input = input.split('>').next().unwrap_or_default();
            if input.contains("type=\"hidden\"") {
                continue;
            }
            let (_, id) = input.split_once("id=\"").unwrap_or_else(|| panic!("{path}: {input}"));
            let id = id.split('"').next().unwrap_or_default();
            assert!(text.contains(&format!("for=\"{id}\"")), "{path}: {id} has no label");
        }
        let mut ids = BTreeSet::new();
        for id in text.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.insert(id), "{path}: {id} is there twice");
        }
    }
}
