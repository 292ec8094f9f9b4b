//! The client: tokens, headers and one authorised request. What is asked is in `calls`.

use std::time::Duration;

use bytes::Bytes;
use clock::Clock;
use http::{HeaderValue, Method, Request, header, request::Builder};
use partner_http::{
    CallError, Effect, Fault, Lane, LanePolicy, Limits, Outgoing, PartnerHttp, Schedule, Secret, Timeouts,
};
use sha2::{Digest, Sha256};

use crate::{
    auth::{self, SeniorCredentials, Tokens},
    faults,
    options::{SeniorOptions, UrlStyle},
    session::Session,
    urls::{Endpoint, SeniorUrls},
};

/// Senior X of one tenant. Logs in by itself: once for all callers, again a minute before the token expires, and once
/// when it is no longer accepted. Keep one per process: the tokens live in it.
///
/// Errors are [`CallError`]s of the partner `senior`. Credentials that are refused, and a token that is refused right
/// after its renewal, are [`Fault::Unauthorized`]; no error names a secret.
#[derive(Debug)]
pub struct Senior {
    http: PartnerHttp,
    options: SeniorOptions,
    credentials: SeniorCredentials,
    credential_id: String,
    session: Session,
}

/// One request about orders.
pub(crate) struct Ask<'a> {
    /// What errors call it.
    pub(crate) name: &'static str,
    pub(crate) endpoint: Endpoint,
    pub(crate) verb: Method,
    /// The order.
    pub(crate) id: &'a str,
    /// Query parameters.
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) effect: Effect,
    pub(crate) body: Bytes,
    /// What the application must be permitted, where that is known (`contracts/senior-x.md` §8).
    pub(crate) resource: &'static str,
    /// What an answer of success means that may not be one, given the order, the status and the body.
    pub(crate) inside: Option<Inside>,
}

pub(crate) type Inside = fn(&str, u16, &[u8]) -> Result<(), Fault>;

const PARTNER: &str = "senior";
const AGENT: &str = concat!("so-bridge/", env!("CARGO_PKG_VERSION"));
/// Our own ceiling of requests in flight (§6).
const AT_ONCE: usize = 2;

/// What holds for the partner as a whole: reads are repeated after 0.5, 2 and 5 s, and what was too much is left to the
/// caller's own back-off (`contracts/senior-x.md` §6).
pub fn limits() -> Limits {
    let unavailable = [500, 2_000, 5_000].map(Duration::from_millis).to_vec();
    let schedule = Schedule { unavailable, rate_limited: Vec::new(), ..Schedule::default() };
    Limits { total_per_minute: 3_000, body_bytes: 4 * 1024 * 1024, schedule }
}

/// The network time limits of `contracts/senior-x.md` §6.
pub fn timeouts() -> Timeouts {
    let whole = Duration::from_secs(30);
    Timeouts { connect: Duration::from_secs(5), read: whole, whole }
}

impl Senior {
    /// A client of the tenant that `options` names. `options` are [checked](SeniorOptions::check) by whoever reads
    /// them; `http` is made with [`limits`] and [`timeouts`]; `clock` decides when a token is renewed.
    pub fn new(
        http: PartnerHttp,
        options: SeniorOptions,
        credentials: SeniorCredentials,
        clock: Clock,
    ) -> Self {
        http.hide(&credentials.access_key);
        http.hide(&credentials.secret);
        if let Some(client_id) = &credentials.client_id {
            http.hide(client_id);
        }
        let credential_id = short_hash(credentials.access_key.expose());
        Self { http, options, credentials, credential_id, session: Session::new(clock) }
    }

    /// A name for the access key that is not secret: the first 8 hex digits of its SHA-256.
    pub fn credential_id(&self) -> &str {
        &self.credential_id
    }

    /// The options that this client was made with.
    pub fn options(&self) -> &SeniorOptions {
        &self.options
    }

    /// Logs in, unless the last login still counts: shows that the ERP accepts the credentials for this tenant.
    pub async fn log_in(&self) -> Result<(), CallError> {
        self.token(None).await.map(drop)
    }

    /// Sends with the token at hand. When it is no longer accepted, renews it once and repeats once.
    pub(crate) async fn send(&self, ask: &Ask<'_>) -> Result<Bytes, CallError> {
        let token = self.token(None).await?;
        match self.send_with(&token, ask, faults::classify).await {
            Err(error) if error.fault == Fault::Expired => {
                let token = self.token(Some(&token)).await?;
                self.send_with(&token, ask, finally).await
            }
            answer => answer,
        }
    }

    async fn send_with(
        &self,
        token: &Secret,
        ask: &Ask<'_>,
        classify: fn(u16, &[u8], &str) -> Result<(), Fault>,
    ) -> Result<Bytes, CallError> {
        let url = SeniorUrls::new(&self.options).url(ask.endpoint, ask.id, &ask.query);
        let request = self
            .request(&ask.verb, &url)
            .and_then(|request| with_secret(request, "authorization", &format!("Bearer {}", token.expose())))
            .and_then(|request| with_body(request, ask.body.clone()))
            .map_err(|fault| failed(ask.name, fault))?;
        let classify = |status, body: &[u8]| {
            classify(status, body, ask.resource)?;
            ask.inside.map_or(Ok(()), |inside| inside(ask.id, status, body))
        };
        self.exchange(ask.name, ask.effect, request, classify).await
    }

    async fn token(&self, refused: Option<&Secret>) -> Result<Secret, CallError> {
        self.session.token(refused, |refresh| self.renew(refresh)).await
    }

    /// Renews with the refresh token; where that is refused, or there is none, logs in.
    async fn renew(&self, refresh: Option<Secret>) -> Result<Tokens, CallError> {
        if let Some(refresh) = refresh {
            match self.refresh(&refresh).await {
                Err(error) if auth::needs_login(&error.fault) => {}
                renewed => return renewed,
            }
        }
        self.login().await
    }

    async fn login(&self) -> Result<Tokens, CallError> {
        let body = auth::login_body(&self.credentials, &self.options.tenant_name);
        self.authenticate("loginWithKey", Endpoint::Login, body, Ok).await
    }

    async fn refresh(&self, refresh: &Secret) -> Result<Tokens, CallError> {
        let tenant = |request: Builder| {
            let value = HeaderValue::try_from(self.options.tenant_name.as_str()).map_err(|_| {
                Fault::Misconfigured { text: "`tenant_name` não cabe em um cabeçalho".to_owned() }
            })?;
            Ok(request.header("x-tenant", value))
        };
        let body = auth::refresh_body(refresh);
        let tokens = self.authenticate("refreshToken", Endpoint::Refresh, body, tenant).await?;
        Ok(Tokens { refresh: tokens.refresh.or_else(|| Some(refresh.clone())), ..tokens })
    }

    async fn authenticate(
        &self,
        name: &'static str,
        endpoint: Endpoint,
        body: Bytes,
        with_headers: impl FnOnce(Builder) -> Result<Builder, Fault>,
    ) -> Result<Tokens, CallError> {
        let url = SeniorUrls::new(&self.options).url(endpoint, "", &[]);
        let request = self
            .request(&Method::POST, &url)
            .and_then(with_headers)
            .and_then(|request| with_body(request, body))
            .map_err(|fault| failed(name, fault))?;
        // A second login changes nothing: it gives a second token.
        let answer =
            self.exchange(name, Effect::Read, request, auth::classify).await.map_err(nothing_done)?;
        let tokens = auth::tokens(&answer, self.session.now()).ok_or_else(|| {
            failed(name, Fault::Malformed { text: "a resposta do login não tem token".to_owned() })
        })?;
        self.http.hide(&tokens.access);
        if let Some(refresh) = &tokens.refresh {
            self.http.hide(refresh);
        }
        Ok(tokens)
    }

    fn request(&self, verb: &Method, url: &str) -> Result<Builder, Fault> {
        let request = Request::builder()
            .method(verb)
            .uri(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, AGENT);
        match &self.credentials.client_id {
            Some(client_id) => with_secret(request, "client_id", client_id.expose()),
            None if self.options.url_style == UrlStyle::Bridge => Ok(request),
            None => {
                let text = "falta o `client_id` da Senior X no segredo do tenant: o gateway o exige";
                Err(Fault::Misconfigured { text: text.to_owned() })
            }
        }
    }

    /// All requests share one lane: the ceiling is the tenant's, whatever is asked.
    async fn exchange(
        &self,
        name: &'static str,
        effect: Effect,
        request: Request<Bytes>,
        classify: impl Fn(u16, &[u8]) -> Result<(), Fault> + Send + Sync,
    ) -> Result<Bytes, CallError> {
        let lane = Lane { credential: self.credential_id.clone(), method: "pedido".to_owned() };
        let policy = LanePolicy {
            per_minute: self.options.rate_per_second.saturating_mul(60),
            // Two in the same instant are more than the rate says.
            burst: 1,
            concurrency: AT_ONCE,
            redundancy: None,
            // Each order is refused for itself.
            failures_allowed: u32::MAX,
            misuse_allowed: None,
        };
        let answer =
            self.http.send(Outgoing { lane, policy, effect, request, repeat_key: None }, classify).await;
        answer.map_err(|mut error| {
            name.clone_into(&mut error.method);
            error
        })
    }
}

/// The meaning of an answer to a token that is new: there is nothing left to renew.
fn finally(status: u16, body: &[u8], resource: &str) -> Result<(), Fault> {
    match faults::classify(status, body, resource) {
        Err(Fault::Expired) => Err(Fault::Unauthorized { text: faults::said(status, body) }),
        other => other,
    }
}

/// The same failure for a caller who had not come to what it wanted: that was certainly not done.
pub(crate) fn nothing_done(mut error: CallError) -> CallError {
    if error.fault == Fault::Unclear {
        error.fault = Fault::Unavailable;
    }
    error
}

/// A failure of which nothing was sent, or of an answer that was a success to the transport.
pub(crate) fn failed(name: &str, fault: Fault) -> CallError {
    let mut error = CallError::new(PARTNER, name, fault);
    error.attempts = 0;
    error
}

fn with_secret(request: Builder, name: &'static str, value: &str) -> Result<Builder, Fault> {
    let mut value = HeaderValue::try_from(value).map_err(|_| Fault::Misconfigured {
        text: format!("o valor de `{name}` não cabe em um cabeçalho"),
    })?;
    value.set_sensitive(true);
    Ok(request.header(name, value))
}

fn with_body(request: Builder, body: Bytes) -> Result<Request<Bytes>, Fault> {
    let bad = |_| Fault::Misconfigured { text: "`base_url` ou `paths` não formam um endereço".to_owned() };
    request.body(body).map_err(bad)
}

/// The first 8 hex digits of the SHA-256 of `text`.
fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    format!("{:08x}", u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_named_by_its_hash() {
        assert_eq!(short_hash("abc"), "ba7816bf");
    }
}
