//! Login and renewal, and what their answers mean (`contracts/senior-x.md` §2).

use std::time::Duration;

use bytes::Bytes;
use clock::later;
use jiff::Timestamp;
use partner_http::{Fault, Secret};
use serde_json::json;

use crate::{
    faults,
    json::{self, Node, Tree},
    scalar,
};

/// What was issued to this tenant's application. All hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeniorCredentials {
    /// Key of the application.
    pub access_key: Secret,
    /// Secret of the application.
    pub secret: Secret,
    /// Id at the developer portal: a header of every request on the gateway, which refuses to do without.
    pub client_id: Option<Secret>,
}

/// What a login gives.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: Secret,
    pub(crate) refresh: Option<Secret>,
    pub(crate) expires: Timestamp,
}

/// Life of a token whose answer does not say; the first 401 tells anyway.
const ASSUMED_LIFE: Duration = Duration::from_hours(1);

pub(crate) fn login_body(credentials: &SeniorCredentials, tenant: &str) -> Bytes {
    let (key, secret) = (credentials.access_key.expose(), credentials.secret.expose());
    json!({"accessKey": key, "secret": secret, "tenantName": tenant, "scope": "desktop"}).to_string().into()
}

pub(crate) fn refresh_body(refresh: &Secret) -> Bytes {
    json!({"refreshToken": refresh.expose()}).to_string().into()
}

/// What the answer to a login or a renewal means. Here every refusal is about the credentials.
pub(crate) fn classify(status: u16, body: &[u8]) -> Result<(), Fault> {
    match faults::classify(status, body, "") {
        Ok(()) if tokens(body, Timestamp::UNIX_EPOCH).is_none() => match faults::words(body) {
            // "jsonToken": null, with the reason next to it.
            Some(text) => Err(Fault::Unauthorized { text }),
            None if body.is_empty() => Err(Fault::Unclear),
            None => Err(Fault::Malformed { text: "a resposta do login não tem token".to_owned() }),
        },
        Err(Fault::Expired) => Err(Fault::Unauthorized { text: faults::said(status, body) }),
        Err(Fault::Refused { text }) => Err(Fault::Unauthorized { text }),
        Err(Fault::NotFound { text }) => {
            Err(Fault::Misconfigured { text: format!("{text}: confira `base_url`, `url_style` e `paths`") })
        }
        other => other,
    }
}

/// Whether a renewal that ended so leaves only a new login.
pub(crate) fn needs_login(fault: &Fault) -> bool {
    match fault {
        Fault::Unauthorized { .. } | Fault::Misconfigured { .. } | Fault::Malformed { .. } => true,
        Fault::Empty
        | Fault::Redundant
        | Fault::Busy
        | Fault::RateLimited
        | Fault::Blocked { .. }
        | Fault::Expired
        | Fault::Unavailable
        | Fault::Unclear
        | Fault::NotFound { .. }
        | Fault::Duplicate { .. }
        | Fault::Refused { .. } => false,
    }
}

/// The tokens of an answer at `now`: `jsonToken` is JSON as text, or an object, or stands at the root.
pub(crate) fn tokens(body: &[u8], now: Timestamp) -> Option<Tokens> {
    let reply = json::parse_bytes(body).ok()?;
    match reply.member("jsonToken") {
        Some(Tree { node: Node::Text(inner), .. }) => read(&json::parse(inner).ok()?, now),
        Some(inner @ Tree { node: Node::Object(_), .. }) => read(inner, now),
        _ => read(&reply, now),
    }
}

fn read(reply: &Tree<'_>, now: Timestamp) -> Option<Tokens> {
    let secret = |name: &str| reply.member(name).and_then(scalar::text).map(Secret::new);
    let seconds = reply.member("expires_in").and_then(scalar::integer);
    let life = seconds.map_or(ASSUMED_LIFE, |seconds| Duration::from_secs(seconds.try_into().unwrap_or(0)));
    Some(Tokens {
        access: secret("access_token")?,
        refresh: secret("refresh_token"),
        expires: later(now, life),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    #[test]
    fn tokens_are_read_from_text_from_an_object_and_from_the_root() {
        let inner =
            r#"{"expires_in":604800,"access_token":"at-1","refresh_token":"rt-1","token_type":"Bearer"}"#;
        for body in [
            json!({"jsonToken": inner}).to_string(),
            format!("{{\"jsonToken\":{inner}}}"),
            inner.replace("604800", "\"604800\""),
        ] {
            let tokens = tokens(body.as_bytes(), at(10)).expect("tokens");

            assert_eq!(tokens.access.expose(), "at-1");
            assert_eq!(tokens.refresh.map(|token| token.expose().to_owned()).as_deref(), Some("rt-1"));
            assert_eq!(tokens.expires, at(604_810));
        }
    }

    #[test]
    fn an_absurd_life_is_the_end_of_time_or_none() {
        for (life, expires) in [
            ("9223372036854775807", Timestamp::MAX),
            ("-5", at(10)),
            ("null", at(3_610)),
            ("1e99", at(3_610)),
        ] {
            let body = format!(r#"{{"access_token":"at","expires_in":{life}}}"#);
            assert_eq!(tokens(body.as_bytes(), at(10)).expect("tokens").expires, expires, "{life}");
        }
    }

    #[test]
    fn each_answer_of_the_login_has_its_meaning() {
        let refused = |text: &str| Err(Fault::Unauthorized { text: text.to_owned() });
        let no =
            r#"{"jsonToken":null,"reason":"UNAUTHORIZED","message":"Usuário ou senha inválidos"}"#.as_bytes();
        for (status, body, meaning) in [
            (200, br#"{"access_token":"at"}"#.as_slice(), Ok(())),
            (200, no, refused("Usuário ou senha inválidos")),
            (401, no, refused("Usuário ou senha inválidos")),
            (400, no, refused("Usuário ou senha inválidos")),
            (401, b"", refused("HTTP 401")),
            (200, b"{\"jsonTo", Err(Fault::Unclear)),
            (200, b"", Err(Fault::Unclear)),
            (200, b"<html>", Err(Fault::Unavailable)),
            (503, no, Err(Fault::Unavailable)),
            (429, no, Err(Fault::RateLimited)),
        ] {
            assert_eq!(classify(status, body), meaning, "{status}");
        }
        assert!(matches!(classify(200, b"{}"), Err(Fault::Malformed { .. })));
        assert!(
            matches!(classify(404, b""), Err(Fault::Misconfigured { text }) if text.contains("base_url"))
        );
    }
}
