//! The client: puts a call into Omie's envelope and gives its reply.

use std::fmt;

use bytes::Bytes;
use http::{Method, Request, header};
use partner_http::{CallError, Effect, Fault, Lane, Outgoing, PartnerHttp};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Call, Credentials, Listing, Page, faults};

/// The partner's name in errors and logs.
const PARTNER: &str = "omie";

/// One Omie company, through its key. Cheap to clone.
#[derive(Clone)]
pub struct Omie {
    http: PartnerHttp,
    base_url: String,
    credentials: Credentials,
    credential_id: String,
}

/// What every request looks like (`contracts/omie.md §1`).
#[derive(Serialize)]
struct Envelope<'a, C> {
    call: &'static str,
    app_key: &'a str,
    app_secret: &'a str,
    /// Exactly one object.
    param: [&'a C; 1],
}

impl Omie {
    /// A client of the company that `credentials` open, at `base_url` (`https://app.omie.com.br/api/v1/`).
    ///
    /// `http` takes both credentials out of every text from now on: Omie's faults may repeat the request.
    pub fn new(http: PartnerHttp, base_url: impl Into<String>, credentials: Credentials) -> Self {
        http.hide(&credentials.app_key);
        http.hide(&credentials.app_secret);
        let credential_id = credentials.id();
        Self { http, base_url: base_url.into(), credentials, credential_id }
    }

    /// What names the credentials without showing them: see [`Credentials::id`].
    pub fn credential_id(&self) -> &str {
        &self.credential_id
    }

    /// Makes the call. The error's fault says what a failure means (`contracts/omie.md §4`).
    ///
    /// A write that asks first and whose answer nobody understands is [`Fault::Unclear`]:
    /// [`unknown_words`](crate::faults::unknown_words).
    pub async fn call<C: Call>(&self, call: &C) -> Result<C::Reply, CallError> {
        let out = self.outgoing(call)?;
        if C::EFFECT == Effect::AskFirst {
            let body = self.http.send(out, faults::classify_write).await.map_err(faults::settled)?;
            return partner_http::decode(PARTNER, C::METHOD, &body).map_err(faults::unreadable);
        }
        let body = self.http.send(out, faults::classify).await?;
        partner_http::decode(PARTNER, C::METHOD, &body)
    }

    /// Page `page` of a listing, counted from 1. "No rows" is an empty page, not a failure; it counts towards
    /// Omie's block all the same, so never ask past [`Page::total_pages`] (`contracts/omie.md §3.1`).
    ///
    /// An answer for another page than the one asked is malformed: rows would be skipped unseen.
    pub async fn list<L: Listing>(&self, listing: &L, page: u32) -> Result<Page<L::Item>, CallError> {
        let got = match self.call(&listing.at(page)).await {
            Ok(reply) => listing.page(reply),
            Err(error) if error.fault == Fault::Empty => Page::empty(page),
            Err(error) => return Err(error),
        };
        if got.number == page {
            return Ok(got);
        }
        let text = format!("foi pedida a página {page} e a resposta diz ser a página {}", got.number);
        Err(CallError::new(PARTNER, L::METHOD, Fault::Malformed { text }))
    }

    fn outgoing<C: Call>(&self, call: &C) -> Result<Outgoing, CallError> {
        let envelope = Envelope {
            call: C::METHOD,
            app_key: self.credentials.app_key.expose(),
            app_secret: self.credentials.app_secret.expose(),
            param: [call],
        };
        let json = |written: serde_json::Result<Vec<u8>>| {
            let text = "o pedido não pode ser escrito em JSON".to_owned();
            written.map_err(|_| unsent::<C>(Fault::Malformed { text }))
        };
        let body = json(serde_json::to_vec(&envelope))?;
        let param = json(serde_json::to_vec(call))?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/{}", self.base_url.trim_end_matches('/'), C::PATH))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(body))
            .map_err(|_| {
                let text = "o endereço do Omie nos parâmetros não é uma URL".to_owned();
                unsent::<C>(Fault::Misconfigured { text })
            })?;
        Ok(Outgoing {
            lane: Lane { credential: self.credential_id.clone(), method: C::METHOD.to_owned() },
            policy: C::policy(),
            effect: C::EFFECT,
            request,
            repeat_key: Some(repeat_key(C::METHOD, &param)),
        })
    }
}

/// A failure before anything left.
fn unsent<C: Call>(fault: Fault) -> CallError {
    let mut error = CallError::new(PARTNER, C::METHOD, fault);
    error.attempts = 0;
    error
}

impl fmt::Debug for Omie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Omie")
            .field("base_url", &self.base_url)
            .field("credential_id", &self.credential_id)
            .finish_non_exhaustive()
    }
}

/// What makes two queries the same for Omie: method and parameters (`contracts/omie.md §3`). The lane tells
/// the keys apart; the credentials have no place in a digest that may be kept.
fn repeat_key(method: &str, param: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(method);
    digest.update([0]);
    digest.update(param);
    digest.finalize().to_vec()
}

#[cfg(test)]
mod tests;
