//! The client: hosts, login, and one authorised request. What is asked is in `upsert`, `keys`, `remove` and `pdv`.

use bytes::Bytes;
use clock::Clock;
use http::{HeaderValue, Method, Request, header};
use partner_http::{
    CallError, Effect, Fault, Lane, LanePolicy, Outgoing, PartnerHttp, Secret, Token, TokenCache,
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::{
    auth::{self, Credentials},
    envelope::{self, Body},
    faults,
    known::Known,
    resource::Resource,
};

/// Where the tenant's cloud is; both bases are configuration, shards exist (`contracts/maxima.md` §1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    /// Base of the inbound API (catalogue, login).
    pub intext: String,
    /// Base of the outbound API (orders, new customers).
    pub intpdv: String,
    /// Version of the inbound paths, `v3`.
    pub version: String,
}

impl Default for Hosts {
    /// Production.
    fn default() -> Self {
        Self {
            intext: "https://intext.solucoesmaxima.com.br:81".to_owned(),
            intpdv: "https://intpdv.solucoesmaxima.com.br:81".to_owned(),
            version: "v3".to_owned(),
        }
    }
}

/// The cloud of one tenant, both its APIs. Logs in by itself: once for all callers, again shortly before the token
/// expires, and once when the cloud no longer accepts it.
///
/// Errors are [`CallError`]s of the partner `maxima`; a refused login is [`Fault::Unauthorized`] and names
/// neither login nor password.
#[derive(Debug)]
pub struct Maxima {
    http: PartnerHttp,
    hosts: Hosts,
    credentials: Credentials,
    credential_id: String,
    token: TokenCache,
    turns: Semaphore,
    pub(crate) known: Known,
}

/// Which API, and which version of its paths.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Door {
    /// The inbound API, in the configured version.
    Inbound,
    /// The outbound API, in this version: each of its endpoints has its own (`contracts/maxima.md` §4).
    Outbound(&'static str),
}

/// One request.
pub(crate) struct Ask {
    pub(crate) door: Door,
    pub(crate) verb: Method,
    /// Endpoint, the lane together with the verb.
    pub(crate) endpoint: String,
    /// What follows the endpoint: a key or a query, encoded.
    pub(crate) rest: String,
    pub(crate) effect: Effect,
    pub(crate) body: Bytes,
}

impl Ask {
    /// The partner's name of what is asked, e.g. `POST Cidades`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.verb, self.endpoint)
    }
}

/// The cloud documents no rate; at most two requests at a time is the agreed care (§10.7).
const AT_ONCE: usize = 2;

const PARTNER: &str = "maxima";

impl Maxima {
    /// A client of the tenant that `credentials` belong to. `clock` decides when the token is renewed.
    pub fn new(http: PartnerHttp, hosts: Hosts, credentials: Credentials, clock: Clock) -> Self {
        http.hide(&credentials.login);
        http.hide(&credentials.password);
        let credential_id = short_hash(credentials.login.expose());
        let (token, turns) = (TokenCache::new(clock), Semaphore::new(AT_ONCE));
        Self { http, hosts, credentials, credential_id, token, turns, known: Known::default() }
    }

    /// A name for the login that is not secret: the first 8 hex digits of its SHA-256.
    pub fn credential_id(&self) -> &str {
        &self.credential_id
    }

    /// Logs in, unless the last login still counts: shows that Máxima accepts the credentials.
    pub async fn log_in(&self) -> Result<(), CallError> {
        self.token().await.map(drop)
    }

    /// The stored record with this key, as [`find`](Self::find) finds it.
    pub async fn get<R: Resource>(&self, key: &str) -> Result<Option<Map<String, Value>>, CallError> {
        self.find::<R>(&[key]).await
    }

    /// The stored record with these values of its key members, in the order of [`Resource::KEYS`]; its member
    /// names are in lower case. Nothing when there is none. For looking, not for reckoning: numbers are binary.
    pub async fn find<R: Resource>(
        &self,
        key: &[impl AsRef<str> + Sync],
    ) -> Result<Option<Map<String, Value>>, CallError> {
        let ask = Ask {
            door: Door::Inbound,
            verb: Method::GET,
            endpoint: R::PATH.to_owned(),
            rest: key.iter().flat_map(|part| ["/".to_owned(), encoded(part.as_ref())]).collect(),
            effect: Effect::Read,
            body: Bytes::new(),
        };
        let records = match self.success(&ask).await {
            Err(error) if matches!(error.fault, Fault::NotFound { .. }) => return Ok(None),
            answer => answer?,
        };
        match records {
            Value::Null => Ok(None),
            Value::Object(record) => Ok(Some(envelope::lowercase(record))),
            Value::Array(records) => match records.into_iter().next() {
                None => Ok(None),
                Some(Value::Object(record)) => Ok(Some(envelope::lowercase(record))),
                Some(_) => Err(malformed(&ask, "success[0] não é um objeto")),
            },
            _ => Err(malformed(&ask, "success não é uma lista")),
        }
    }

    /// The `success` member of the answer.
    pub(crate) async fn success(&self, ask: &Ask) -> Result<Value, CallError> {
        match envelope::read(&self.send(ask).await?) {
            Body::Envelope { success, .. } => {
                serde_json::from_str(success).map_err(|_| malformed(ask, "success não pode ser lido"))
            }
            Body::Other | Body::Html | Body::Broken => {
                Err(malformed(ask, "a resposta não tem success e error"))
            }
        }
    }

    /// Sends with the shared token; when the cloud no longer accepts it, logs in once and repeats once.
    pub(crate) async fn send(&self, ask: &Ask) -> Result<Bytes, CallError> {
        let token = self.token().await?;
        match self.send_with(&token, ask).await {
            Err(error) if error.fault == Fault::Expired => {
                self.token.forget(&token).await;
                let token = self.token().await?;
                self.send_with(&token, ask).await
            }
            answer => answer,
        }
    }

    async fn send_with(&self, token: &Secret, ask: &Ask) -> Result<Bytes, CallError> {
        let url = self.url(ask.door, &format!("{}{}", ask.endpoint, ask.rest));
        let request = request(&ask.verb, &url, Some(token), ask.body.clone())
            .map_err(|fault| CallError::new(PARTNER, ask.name(), fault))?;
        match ask.effect {
            Effect::Read => self.exchange(ask.name(), ask.effect, request, faults::classify).await,
            Effect::Repeatable | Effect::AskFirst => {
                let write = faults::Write::default();
                let classify = |status, body: &[u8]| write.classify(status, body);
                self.exchange(ask.name(), ask.effect, request, classify).await
            }
        }
    }

    async fn token(&self) -> Result<Secret, CallError> {
        self.token.get(|| self.login()).await
    }

    async fn login(&self) -> Result<Token, CallError> {
        const NAME: &str = "POST Login";
        let failed = |fault| CallError::new(PARTNER, NAME, fault);
        let request =
            request(&Method::POST, &self.url(Door::Inbound, "Login"), None, self.credentials.body())
                .map_err(failed)?;
        // A login changes nothing that matters: a second one gives a second token.
        let body = self.exchange(NAME.to_owned(), Effect::Read, request, auth::classify).await?;
        let token = auth::token(&body).map_err(failed)?;
        self.http.hide(&token.value);
        Ok(token)
    }

    async fn exchange(
        &self,
        method: String,
        effect: Effect,
        request: Request<Bytes>,
        classify: impl Fn(u16, &[u8]) -> Result<(), Fault> + Send + Sync,
    ) -> Result<Bytes, CallError> {
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        let lane = Lane { credential: self.credential_id.clone(), method };
        let policy = policy();
        self.http.send(Outgoing { lane, policy, effect, request, repeat_key: None }, classify).await
    }

    fn url(&self, door: Door, path: &str) -> String {
        let (base, version) = match door {
            Door::Inbound => (&self.hosts.intext, self.hosts.version.trim_matches('/')),
            Door::Outbound(version) => (&self.hosts.intpdv, version),
        };
        format!("{}/api/{version}/{path}", base.trim_end_matches('/'))
    }
}

/// No documented rate and no documented punishment: a generous lane that refusals do not close, because
/// halving a bad batch is a row of refusals.
fn policy() -> LanePolicy {
    LanePolicy {
        per_minute: 600,
        burst: 20,
        concurrency: AT_ONCE,
        redundancy: None,
        failures_allowed: u32::MAX,
        misuse_allowed: None,
    }
}

fn request(verb: &Method, url: &str, token: Option<&Secret>, body: Bytes) -> Result<Request<Bytes>, Fault> {
    let mut request = Request::builder()
        .method(verb)
        .uri(url)
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header(header::ACCEPT, "application/json");
    if let Some(token) = token {
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose()))
            .map_err(|_| Fault::Malformed { text: "o token não pode ser enviado".to_owned() })?;
        value.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, value);
    }
    request
        .body(body)
        .map_err(|_| Fault::Misconfigured { text: "endereço da API da Máxima inválido".to_owned() })
}

pub(crate) fn malformed(ask: &Ask, text: &str) -> CallError {
    CallError::new(PARTNER, ask.name(), Fault::Malformed { text: text.to_owned() })
}

/// The first 8 hex digits of the SHA-256 of `text`.
fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    format!("{:08x}", u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]))
}

/// A path segment: everything but letters, digits and `-._~` as `%XX`.
fn encoded(segment: &str) -> String {
    let mut text = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.extend(['%', hex(byte >> 4), hex(byte & 0xF)]);
        }
    }
    text
}

fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_cannot_leave_its_segment() {
        assert_eq!(encoded("SITIO D'ABADIA (GO)/?#"), "SITIO%20D%27ABADIA%20%28GO%29%2F%3F%23");
        assert_eq!(encoded("São.1_2~3-4"), "S%C3%A3o.1_2~3-4");
    }

    #[test]
    fn a_credential_is_named_by_its_hash() {
        assert_eq!(short_hash("abc"), "ba7816bf");
    }
}
