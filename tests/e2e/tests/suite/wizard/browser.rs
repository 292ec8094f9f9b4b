//! A browser that remembers every page it was shown.

use std::collections::BTreeMap;

use ::console::App;
use ::console::ports::memory::OPERATE;
use ::console::ports::{Integration, Jobs as _, Vault as _};
use ::console::web::{Request, encoded};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method};
use sales::setup::{List, stored};
use serde_json::Value;
use simulators::Simulators;

use super::tenancy::Tenancy;

pub(crate) struct Browser {
    pub(crate) app: App<Tenancy>,
    cookies: BTreeMap<String, String>,
    shown: Vec<String>,
    requests: u64,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) to: Option<String>,
    pub(crate) kept: Option<String>,
}

impl Browser {
    /// Signed in as an operator.
    pub(crate) async fn over_a_fresh_tenant() -> Self {
        let app = App::new(Tenancy::fresh().await);
        let mut browser = Self { app, cookies: BTreeMap::new(), shown: Vec::new(), requests: 0 };
        let fields = [("nome", "Maria Souza"), ("chave", OPERATE)];
        assert_eq!(browser.send(Method::POST, "/console/entrar", &fields).await.status, 303);
        browser
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[]).await
    }

    /// Sends the form of a step.
    pub(crate) async fn post(&mut self, step: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get("/console/auditoria").await;
        let token = hidden(&page.text, "csrf");
        let fields: Vec<_> = fields.iter().copied().chain([("csrf", token.as_str())]).collect();
        let path = match step.strip_prefix("../") {
            Some(outside) => format!("/console/{outside}"),
            None => format!("/console/configuracao/{step}"),
        };
        self.send(Method::POST, &path, &fields).await
    }

    /// Sends it, and is led on; where to.
    pub(crate) async fn sent(&mut self, step: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(step, fields).await;
        answer.to.unwrap_or_else(|| panic!("{step}: {} {}", answer.status, answer.text))
    }

    pub(crate) async fn sent_owned(&mut self, step: &str, fields: &[(String, String)]) -> String {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.sent(step, &fields).await
    }

    /// What the page of the schedules says that it has shown.
    pub(crate) async fn seen(&mut self) -> String {
        let page = self.get("/console/configuracao/agendas").await;
        hidden(&page.text, "visto")
    }

    pub(crate) async fn choices(&self, list: List) -> Vec<String> {
        let listed = stored(&self.app.world().world.state, list).await.expect("readable");
        listed.choices.into_iter().map(|choice| choice.code).collect()
    }

    /// A de-para without fault.
    pub(crate) async fn depara(&self) -> Vec<(String, String)> {
        let first = |all: Vec<String>| all.into_iter().next().expect("there is one");
        let mut fields = vec![
            ("categoria".to_owned(), first(self.choices(List::Categorias).await)),
            ("local_estoque".to_owned(), first(self.choices(List::LocaisEstoque).await)),
            ("valor_parcela_boleto".to_owned(), "2.5".to_owned()),
            ("valor_frete".to_owned(), "0".to_owned()),
        ];
        let stages = self.choices(List::Etapas).await;
        fields.extend(stages.into_iter().map(|stage| (format!("etapa-{stage}"), "P".to_owned())));
        fields
    }

    /// The defaults as they are proposed, and the table of clients that none serves.
    pub(crate) async fn defaults(&self) -> Vec<(String, String)> {
        let table = self.choices(List::TabelasPreco).await.remove(0);
        let all = [
            ("cobranca", "15"),
            ("plano", "000"),
            ("tabela_preco", table.as_str()),
            ("bonificacao", "sim"),
            ("regra_estoque", "saldo_menos_reservado"),
            ("etapa_inicial", "10"),
        ];
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    pub(crate) fn partners(&self) -> &Simulators {
        &self.app.world().world.partners
    }

    pub(crate) fn complete_the_branch(&self) {
        assert_eq!(self.partners().omie.fix_branch(), 1);
    }

    pub(crate) async fn rest(&self) {
        self.app.world().world.rest().await;
    }

    /// What the load's machine was asked.
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        self.app.world().machine.asked()
    }

    pub(crate) async fn vault(&self) -> Value {
        self.app.world().vault.read(Integration::OmieMaxima).await.expect("readable")
    }

    pub(crate) async fn expression(&self, schedule: &str) -> String {
        let all = self.app.world().jobs.schedules().await.expect("read");
        all.into_iter().find(|one| one.name == schedule).expect("there").expression
    }

    /// No page so far had any of these in it.
    pub(crate) fn has_shown_no(&self, secrets: &[&str]) {
        for page in &self.shown {
            for secret in secrets {
                assert!(!page.contains(secret), "{secret} was shown: {page}");
            }
        }
    }

    async fn send(&mut self, method: Method, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.requests += 1;
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let request = Request {
            id: format!("r{:06}", self.requests),
            method,
            path: path.to_owned(),
            query: String::new(),
            headers: self.headers(),
            body: pairs.join("&").into_bytes(),
            source: "203.0.113.7".to_owned(),
        };
        let response = self.app.answer(&request).await;
        for cookie in response.headers.get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().expect("text").split_once('=').expect("a cookie");
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
        }
        let header = |name| response.headers.get(name).map(|value| value.to_str().expect("text").to_owned());
        let text = response.text().into_owned();
        assert!(text.len() <= 60_000, "{path}: {} bytes", text.len());
        self.shown.push(text.clone());
        Answer { status: response.status.as_u16(), text, to: header(LOCATION), kept: header(CACHE_CONTROL) }
    }

    fn headers(&self) -> HeaderMap {
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
        headers
    }
}

/// A hidden field of a page.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("the field is there");
    rest.split('"').next().expect("the value ends").to_owned()
}
