//! The partners as one invocation reaches them, and a log of everything that was said.

use std::hash::{DefaultHasher, Hasher};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use partner_http::{Exchange, Lost, Transport};
use serde_json::json;
use simulators::{AnswerLost, Faults, MaximaSim, OmieSim};

use crate::chaos::{Life, Shared};
use crate::harm::{Harm, Place, Side};
use crate::secrets;

/// A request and what its sender saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exchanged {
    pub(crate) at: Timestamp,
    pub(crate) place: Place,
    pub(crate) name: String,
    /// The integration code it is about, or nothing.
    pub(crate) key: String,
    /// The same for the same question.
    pub(crate) digest: u64,
    pub(crate) seen: Seen,
    /// When the answer came.
    pub(crate) until: Option<Timestamp>,
}

/// What the sender of a request saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Nothing: it gave up, or is gone, or the answer was lost.
    Nothing,
    /// An answer that says nothing about what was done: HTML, half a body, a server's trouble, unknown words.
    Unclear,
    /// Words that nobody knows.
    Words,
    /// Done, or found.
    Done,
    /// Not there.
    NotFound,
    /// It is there already.
    Duplicate,
    /// Not now: limits, blocks, credentials.
    NotNow,
    /// A refusal.
    Refused,
}

/// A simulator behind its boundaries.
pub(crate) trait Partner: Send + Sync + 'static {
    const PLACE: Place;
    fn faults(&self) -> &Faults;
    fn handle(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, AnswerLost>> + Send;
}

impl Partner for OmieSim {
    const PLACE: Place = Place::Omie;
    fn faults(&self) -> &Faults {
        Self::faults(self)
    }
    async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        Self::handle(self, request).await
    }
}

impl Partner for MaximaSim {
    const PLACE: Place = Place::Maxima;
    fn faults(&self) -> &Faults {
        Self::faults(self)
    }
    async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        Self::handle(self, request).await
    }
}

struct Wire<P> {
    partner: P,
    shared: Arc<Shared>,
    life: Arc<Life>,
}

/// The transport of one invocation to `partner`.
pub(crate) fn transport(partner: impl Partner, shared: Arc<Shared>, life: Arc<Life>) -> Transport {
    Transport::in_process(Arc::new(Wire { partner, shared, life }))
}

impl<P: Partner> Exchange for Wire<P> {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(self.exchanged(request))
    }
}

impl<P: Partner> Wire<P> {
    async fn exchanged(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let asked = read(P::PLACE, &request, self.shared.now());
        self.look_for_secrets(&asked.name, request.body());
        let name = asked.name.clone();
        let harm = self.shared.cross(&self.life, P::PLACE, &name, Side::Before).await;
        if harm == Some(Harm::NotSent) {
            return Err(Lost::NotSent);
        }
        let (place, entry) = {
            let mut state = self.shared.state();
            state.trace.note(asked.at, format_args!("   {name} {} {:x}", asked.key, asked.digest));
            state.log.push(asked);
            (P::PLACE, state.log.len() - 1)
        };
        let secret = quoted(P::PLACE, request.body());
        if harm == Some(Harm::Words) {
            return Ok(self.seen(entry, unknown_words(secret)));
        }
        if let Some(fault) = harm.and_then(|harm| harm.fault(secret)) {
            self.partner.faults().next(&name, fault, 1);
        }
        let answer = self.partner.handle(request).await;
        match self.shared.cross(&self.life, place, &name, Side::After).await {
            Some(Harm::AnswerLost) => return Err(Lost::Unclear),
            Some(Harm::Words) => return Ok(self.seen(entry, unknown_words(secret))),
            _ => {}
        }
        match answer {
            Ok(answer) => Ok(self.seen(entry, answer)),
            Err(AnswerLost) => Err(Lost::Unclear),
        }
    }

    fn seen(&self, entry: usize, answer: Response<Bytes>) -> Response<Bytes> {
        let now = self.shared.now();
        let mut state = self.shared.state();
        let seen = meaning(P::PLACE, &answer);
        state.log[entry].seen = seen;
        state.log[entry].until = Some(now);
        state.trace.note(now, format_args!("   = {seen:?} {}", answer.status().as_u16()));
        answer
    }

    /// What is said to one partner must not hold the other's secrets, and of its own only in the credentials.
    fn look_for_secrets(&self, name: &str, body: &Bytes) {
        let body = std::str::from_utf8(body).unwrap_or_default();
        let leak = match P::PLACE {
            Place::Omie => params(body).contains(secrets::CANARY),
            _ => !name.ends_with("Login") && body.contains(secrets::CANARY),
        };
        if leak {
            self.shared.state().leaks.push(format!("a secret in a message to {name}"));
        }
    }
}

fn params(body: &str) -> &str {
    body.split_once("\"param\":").map_or("", |(_, params)| params)
}

fn read(place: Place, request: &Request<Bytes>, at: Timestamp) -> Exchanged {
    let body = std::str::from_utf8(request.body()).unwrap_or_default();
    let (name, key, said) = if place == Place::Omie {
        let params = params(body);
        let method = value_of(body, "\"call\":\"").unwrap_or_default();
        let key = ["\"codigo_pedido_integracao\":\"", "\"codigo_cliente_integracao\":\""];
        let key = key.iter().find_map(|member| value_of(params, member)).unwrap_or_default();
        (method.to_owned(), key.to_owned(), params)
    } else {
        let path = request.uri().path().trim_start_matches("/api/");
        let endpoint = path.split('/').nth(1).unwrap_or_default();
        let name = match endpoint {
            "Login" => "Login".to_owned(),
            "ValidarChaves" => "Localizar".to_owned(),
            _ => format!("{} {endpoint}", request.method()),
        };
        (name, String::new(), body)
    };
    let mut hasher = DefaultHasher::new();
    hasher.write(name.as_bytes());
    hasher.write(without_day(said).as_bytes());
    Exchanged { at, place, name, key, digest: hasher.finish(), seen: Seen::Nothing, until: None }
}

fn value_of<'a>(text: &'a str, member: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(member)?;
    rest.split_once('"').map(|(value, _)| value)
}

/// The expected day of billing moves by itself; a payload that differs in nothing else is the same.
fn without_day(said: &str) -> String {
    match said.split_once("\"data_previsao\":\"") {
        Some((before, rest)) => format!("{before}{}", rest.split_once('"').map_or("", |(_, rest)| rest)),
        None => said.to_owned(),
    }
}

/// A secret that the sender of the request knows.
fn quoted(place: Place, body: &Bytes) -> &'static str {
    let body = std::str::from_utf8(body).unwrap_or_default();
    match place {
        Place::Omie if body.contains(secrets::OMIE_SECRET_NEW) => secrets::OMIE_SECRET_NEW,
        Place::Omie => secrets::OMIE_SECRET,
        Place::Maxima | Place::Store => secrets::MAXIMA_PASSWORD,
    }
}

/// Nobody knows these words; they quote a secret, as partners do.
fn unknown_words(secret: &str) -> Response<Bytes> {
    let text = format!("ERROR: Situação inesperada no conector {secret} (XK-77)");
    let body = json!({ "faultstring": text, "faultcode": "SOAP-ENV:Client-9977" }).to_string();
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
    answer
}

/// What an answer says, read apart from the client's own reading.
fn meaning(place: Place, answer: &Response<Bytes>) -> Seen {
    let status = answer.status().as_u16();
    let body = std::str::from_utf8(answer.body()).unwrap_or_default();
    let is_whole = body.trim_end().ends_with(['}', ']']);
    if place == Place::Maxima {
        return match status {
            200 if is_whole => Seen::Done,
            401 | 429 => Seen::NotNow,
            400 => Seen::Refused,
            _ => Seen::Unclear,
        };
    }
    let has = |words: &str| body.contains(words);
    match status {
        425 | 429 => Seen::NotNow,
        200 if is_whole => Seen::Done,
        _ if !is_whole || !has("faultstring") => Seen::Unclear,
        _ if has("Client-9977") => Seen::Words,
        _ if has("Client-1880") || has("Client-101\"") => Seen::NotNow,
        _ if has("Client-6\"") || has("Client-1100") => Seen::Unclear,
        _ if has("Client-5113") => Seen::NotFound,
        _ if has("já cadastrad") => Seen::Duplicate,
        _ if has("não cadastrado para o Código") => Seen::NotFound,
        _ => Seen::Refused,
    }
}
