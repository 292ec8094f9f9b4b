//! The console as a browser sees it, over a table that the libraries have filled.

mod changes;
mod door;
mod guide;
mod out;
#[path = "../../../examples/sample/mod.rs"]
mod sample;
mod services;
mod setup;
mod shown;
mod walk;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use clock::Clock;
use engine::{Faults, Memory};
use http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use sample::noon;

use super::App;
use crate::ports::memory::{House, OPERATE, READ};
use crate::web::{Request, Response, encoded};

/// A console over the sample, and a browser in front of it.
struct Browser {
    app: App<House>,
    cookies: BTreeMap<String, String>,
    source: String,
    faults: Faults,
}

static REQUESTS: AtomicU64 = AtomicU64::new(0);

impl Browser {
    /// Over an empty table, not signed in.
    fn empty() -> Self {
        let (clock, faults) = (Clock::paused(noon()), Faults::default());
        let state = Memory::with_faults(clock.clone(), faults.clone());
        let house = House::over(state, clock);
        Self { app: App::new(house), cookies: BTreeMap::new(), source: "203.0.113.7".to_owned(), faults }
    }

    /// Over the sample, not signed in.
    async fn outside() -> Self {
        let browser = Self::empty();
        sample::fill(&browser.app.world().state, &browser.app.world().clock).await;
        browser
    }

    /// Over the sample, as an operator.
    async fn operator() -> Self {
        let mut browser = Self::outside().await;
        browser.enter(OPERATE).await;
        browser
    }

    /// Over the sample, with the key that only reads.
    async fn reader() -> Self {
        let mut browser = Self::outside().await;
        browser.enter(READ).await;
        browser
    }

    async fn enter(&mut self, key: &str) -> Response {
        let form = [("nome", "Maria Souza"), ("chave", key)];
        self.send(Method::POST, "/console/entrar", &form, &[]).await
    }

    async fn get(&mut self, path: &str) -> Response {
        self.send(Method::GET, path, &[], &[]).await
    }

    /// Sends a form with the token of this session.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let token = self.token().await;
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", token.as_str())]).collect();
        self.send(Method::POST, path, &fields, &[]).await
    }

    /// The token, as a form of the page carries it.
    async fn token(&mut self) -> String {
        let page = self.get("/console/auditoria").await;
        let text = page.text();
        let (_, rest) = text.split_once("name=\"csrf\" value=\"").expect("a page has a form");
        rest.split('"').next().expect("the value ends").to_owned()
    }

    /// The page that a change leads to.
    async fn follow(&mut self, response: &Response) -> Response {
        assert_eq!(response.status, StatusCode::SEE_OTHER, "{}", response.text());
        let to = response.headers[LOCATION].to_str().expect("text").to_owned();
        self.get(&to).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&'static str, &str)],
    ) -> Response {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let request = Request {
            id: format!("r{:06}", REQUESTS.fetch_add(1, Ordering::Relaxed)),
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers: self.headers(headers),
            body: written(fields),
            source: self.source.clone(),
        };
        let response = self.app.answer(&request).await;
        for cookie in response.headers.get_all(SET_COOKIE) {
            let text = cookie.to_str().expect("text");
            let (name, rest) = text.split_once('=').expect("a cookie");
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
        }
        response
    }

    fn headers(&self, more: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("ponte.example"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let all: Vec<String> = self
            .cookies
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !all.is_empty() {
            headers.insert(COOKIE, HeaderValue::from_str(&all.join("; ")).expect("a header"));
        }
        for (name, value) in more {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header"));
        }
        headers
    }

    /// Everything that is stored, as text: state that did not change is the same text.
    fn stored(&self) -> String {
        let all = format!("{:?}", self.app.world().state);
        // What comes before counts the calls.
        all.split_once("data: Data").map(|(_, data)| data.to_owned()).expect("the table has data")
    }
}

fn written(fields: &[(&str, &str)]) -> Vec<u8> {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&").into_bytes()
}

/// The pages' addresses with ids that are in the sample, by the routes' patterns.
fn address_of(pattern: &str) -> String {
    let run = crate::web::href(&["x", &sample::before(3).to_string()]);
    let run = run.rsplit('/').next().expect("a segment");
    let start = pattern.split('/').nth(1).unwrap_or_default();
    let filled = pattern
        .replace("{job}", "produtos")
        .replace("{schedule}", "sync-produtos")
        .replace("{run}", run)
        .replace("{entidade}", "clientes")
        .replace("{passo}", "de-para")
        .replace("{palavra}", "tentar")
        .replace("{comando}", "retomar")
        .replace("{entrega}", "senior-x")
        .replace(
            "{id}",
            match start {
                "pedidos" => "900100200",
                "clientes" => "88770",
                _ => "5b1f6f0e-0000",
            },
        );
    assert!(!filled.contains('{'), "{pattern}: say what its parts are in the sample");
    format!("/console{filled}")
}
