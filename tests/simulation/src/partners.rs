//! Omie and Máxima behind their boundaries.

use std::hash::{DefaultHasher, Hasher};

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use simulators::{AnswerLost, Fault, Faults, MaximaSim, OmieSim};

use crate::harm::{Harm, Place};
use crate::instead::{REFUSED_INSIDE, UNREADABLE, instead};
use crate::secrets;
use crate::wire::{Exchanged, Partner, Seen, retry_after, text, value_of};

impl Partner for OmieSim {
    const PLACE: Place = Place::Omie;

    fn faults(&self) -> &Faults {
        Self::faults(self)
    }

    async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        Self::handle(self, request).await
    }

    fn read(request: &Request<Bytes>, at: Timestamp) -> Exchanged {
        read(Place::Omie, request, at)
    }

    fn meaning(_: &str, answer: &Response<Bytes>) -> Seen {
        meaning(Place::Omie, answer)
    }

    /// What is said to one partner must not hold the other's secrets, and of its own only in the credentials.
    fn leaks(_: &str, request: &Request<Bytes>) -> bool {
        params(text(request.body())).contains(secrets::CANARY)
    }

    fn is_window(request: &Request<Bytes>) -> bool {
        let body = text(request.body());
        body.contains("ListarEtapasPedido") && body.contains("dDtInicial")
    }

    fn quoted(request: &Request<Bytes>) -> Option<String> {
        said(request.body(), [secrets::OMIE_SECRET_NEW, secrets::OMIE_SECRET])
    }

    fn fault(harm: Harm, _: &str, secret: &str) -> Option<Fault> {
        harm.fault(secret)
    }

    fn instead(
        harm: Harm,
        said: &Exchanged,
        answer: Option<&Response<Bytes>>,
        secret: &str,
    ) -> Option<Response<Bytes>> {
        instead(harm, said, answer, secret)
    }

    /// What Omie wants everybody to wait who calls the method (`contracts/omie.md` §3, §4). That the same question was
    /// asked a moment ago is no matter of the method.
    fn waits(answer: &Response<Bytes>) -> (Option<u64>, bool) {
        let body = text(answer.body());
        let is_block = answer.status().as_u16() == 425;
        let seconds = match answer.status().as_u16() {
            425 => Some(seconds_of(body).unwrap_or(BLOCK)),
            429 => Some(retry_after(answer).unwrap_or(SLOWER)),
            _ if body.contains("Client-1880") => Some(BUSY),
            _ => None,
        };
        (seconds, is_block)
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

    fn read(request: &Request<Bytes>, at: Timestamp) -> Exchanged {
        read(Place::Maxima, request, at)
    }

    fn meaning(_: &str, answer: &Response<Bytes>) -> Seen {
        meaning(Place::Maxima, answer)
    }

    /// What is said to one partner must not hold the other's secrets, and of its own only in the credentials.
    fn leaks(name: &str, request: &Request<Bytes>) -> bool {
        !name.ends_with("Login") && text(request.body()).contains(secrets::CANARY)
    }

    fn quoted(request: &Request<Bytes>) -> Option<String> {
        said(request.body(), [secrets::MAXIMA_PASSWORD_NEW, secrets::MAXIMA_PASSWORD])
    }

    /// Máxima says no number: a minute is what we have agreed on (`contracts/maxima.md` §10.7).
    fn waits(answer: &Response<Bytes>) -> (Option<u64>, bool) {
        let is_slower = answer.status().as_u16() == 429;
        (is_slower.then(|| retry_after(answer).unwrap_or(SLOWER)), false)
    }

    /// What the sellers ordered, as we were told.
    fn keeps(name: &str) -> bool {
        name == LISTING
    }

    fn fault(harm: Harm, _: &str, secret: &str) -> Option<Fault> {
        harm.fault(secret)
    }

    fn instead(
        harm: Harm,
        said: &Exchanged,
        answer: Option<&Response<Bytes>>,
        secret: &str,
    ) -> Option<Response<Bytes>> {
        instead(harm, said, answer, secret)
    }
}

/// Where the cloud shows what waits for the ERP.
pub(crate) const LISTING: &str = "GET StatusPedidos";

/// Seconds of a block that does not say them, after too many requests, and after one that met another.
const BLOCK: u64 = 1_800;
const SLOWER: u64 = 60;
const BUSY: u64 = 10;

/// The last number before "segundos".
fn seconds_of(text: &str) -> Option<u64> {
    let (before, _) = text.split_once(" segundos")?;
    before.rsplit(' ').next()?.parse().ok()
}

fn params(body: &str) -> &str {
    body.split_once("\"param\":").map_or("", |(_, params)| params)
}

fn read(place: Place, request: &Request<Bytes>, at: Timestamp) -> Exchanged {
    let body = text(request.body());
    let (name, key, id, said) = if place == Place::Omie {
        let params = params(body);
        let method = value_of(body, "\"call\":\"").unwrap_or_default();
        let key = ["\"codigo_pedido_integracao\":\"", "\"codigo_cliente_integracao\":\""];
        let key = key.iter().find_map(|member| value_of(params, member)).unwrap_or_default();
        (method.to_owned(), key.to_owned(), number_of(params, "\"codigo_cliente_omie\":"), params)
    } else {
        let path = request.uri().path().trim_start_matches("/api/");
        let endpoint = path.split('/').nth(1).unwrap_or_default();
        let name = match endpoint {
            "Login" => "Login".to_owned(),
            "ValidarChaves" => "Localizar".to_owned(),
            _ => format!("{} {endpoint}", request.method()),
        };
        (name, String::new(), String::new(), body)
    };
    let mut hasher = DefaultHasher::new();
    hasher.write(name.as_bytes());
    hasher.write(said.as_bytes());
    Exchanged { id, ..Exchanged::new(place, &name, key, hasher.finish(), at) }
}

/// The number of a member, from its first mention on.
fn number_of(text: &str, member: &str) -> String {
    let rest = text.split_once(member).map_or("", |(_, rest)| rest);
    rest.chars().take_while(char::is_ascii_digit).collect()
}

/// The first of the secrets that is in a body.
fn said(body: &Bytes, secrets: [&str; 2]) -> Option<String> {
    secrets.into_iter().find(|secret| text(body).contains(secret)).map(str::to_owned)
}

/// What an answer says, read apart from the client's own reading.
fn meaning(place: Place, answer: &Response<Bytes>) -> Seen {
    let status = answer.status().as_u16();
    let body = text(answer.body());
    let is_whole = body.trim_end().ends_with(['}', ']']);
    if place == Place::Maxima {
        return match status {
            200 if body.contains(UNREADABLE) => Seen::Unclear,
            200 if is_whole => Seen::Done,
            401 | 429 => Seen::NotNow,
            400 => Seen::Refused,
            _ => Seen::Unclear,
        };
    }
    let has = |words: &str| body.contains(words);
    match status {
        425 | 429 => Seen::NotNow,
        200 if has(UNREADABLE) => Seen::Unclear,
        200 if has(REFUSED_INSIDE) => Seen::Refused,
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
