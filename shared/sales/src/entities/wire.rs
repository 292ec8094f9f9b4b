//! A partner in process, for the tests of what goes over the wire: answers as it is told, remembers what was asked.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use clock::Clock;
use http::{Request, Response};
use jiff::Timestamp;
use maxima::{Hosts, Maxima};
use omie::Omie;
use partner_http::{Exchange, Limits, Lost, PartnerHttp, Transport};
use serde_json::{Value, json};

type Answer = fn(&str, &Value) -> (u16, Value);

/// One partner.
pub(super) struct Wire {
    answer: Answer,
    asked: Mutex<Vec<(String, Value)>>,
}

impl Wire {
    /// Answers a request, named like `POST Cidades` or by its Omie method, with a status and a body.
    pub(super) fn new(answer: Answer) -> Arc<Self> {
        Arc::new(Self { answer, asked: Mutex::default() })
    }

    /// A client of Máxima whose cloud this is; the login works.
    pub(super) fn maxima(self: &Arc<Self>) -> Maxima {
        let (http, clock) = self.http("maxima");
        let hosts = Hosts { intext: "http://intext.test/".into(), ..Hosts::default() };
        let credentials = maxima::Credentials { login: "login".into(), password: "password".into() };
        Maxima::new(http, hosts, credentials, clock)
    }

    /// A client of Omie that this is.
    pub(super) fn omie(self: &Arc<Self>) -> Omie {
        let credentials = omie::Credentials { app_key: "key".into(), app_secret: "secret".into() };
        Omie::new(self.http("omie").0, "http://omie.test/", credentials)
    }

    /// The requests so far, without logins.
    pub(super) fn asked(&self) -> Vec<(String, Value)> {
        self.asked.lock().expect("no test panics with it").clone()
    }

    /// Their names.
    pub(super) fn story(&self) -> Vec<String> {
        self.asked().into_iter().map(|(name, _)| name).collect()
    }

    fn http(self: &Arc<Self>, partner: &'static str) -> (PartnerHttp, Clock) {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let (transport, rng) = (Transport::in_process(self.clone()), fastrand::Rng::with_seed(7));
        (PartnerHttp::new(partner, transport, clock.clone(), rng, Limits::default()), clock)
    }
}

impl Exchange for Wire {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        let body: Value = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
        let (name, body) = match body.get("call").and_then(Value::as_str) {
            Some(method) => (method.to_owned(), body["param"][0].clone()),
            None => (named(&request), body),
        };
        let (status, reply) = if name == "POST Login" {
            let token =
                json!({"success": true, "data_Expiracao": "2099-01-01T00:00:00Z", "token_De_Acesso": "t"});
            (200, token)
        } else {
            self.asked.lock().expect("no test panics with it").push((name.clone(), body.clone()));
            (self.answer)(&name, &body)
        };
        let response = Response::builder().status(status).body(Bytes::from(reply.to_string()));
        Box::pin(std::future::ready(Ok(response.expect("a response"))))
    }
}

/// Verb and path behind the version: `POST ValidarChaves/Localizar`.
fn named(request: &Request<Bytes>) -> String {
    let path = request.uri().path();
    let path = path.split_once("/v3/").map_or(path, |(_, path)| path);
    format!("{} {}", request.method(), path.trim_start_matches('/'))
}
