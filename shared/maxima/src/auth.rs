//! The login and what its reply means (`contracts/maxima.md` §2).

use bytes::Bytes;
use jiff::{Timestamp, civil::DateTime, tz};
use partner_http::{Fault, Secret, Token};
use serde_json::{Map, Value, json};

use crate::envelope;

/// What Máxima issued to this customer; opaque texts, both hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The `login` member.
    pub login: Secret,
    /// The `password` member.
    pub password: Secret,
}

impl Credentials {
    pub(crate) fn body(&self) -> Bytes {
        json!({"login": self.login.expose(), "password": self.password.expose()}).to_string().into()
    }
}

/// What the answer to a login means. Here 401 is about the credentials, not about a token.
pub(crate) fn classify(status: u16, body: &[u8]) -> Result<(), Fault> {
    let Some(reply) = object(body) else {
        return Err(not_a_reply(status, body));
    };
    match (status, reply.get("success")) {
        (500.. | 408, _) => Err(Fault::Unavailable),
        (429, _) => Err(Fault::RateLimited),
        (404, _) => Err(not_a_reply(status, body)),
        (200..300, Some(Value::Bool(true))) => Ok(()),
        (200..300, Some(Value::Bool(false))) | (400.., _) => Err(Fault::Unauthorized { text: words(&reply) }),
        _ => Err(Fault::Malformed { text: "a resposta do login não tem success".to_owned() }),
    }
}

/// The token of a successful reply.
pub(crate) fn token(body: &[u8]) -> Result<Token, Fault> {
    let missing =
        |name: &str| Fault::Malformed { text: format!("a resposta do login não tem {name} válido") };
    let reply = object(body).ok_or_else(|| missing("objeto"))?;
    let text =
        |name: &str| reply.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let value = text("token_de_acesso").ok_or_else(|| missing("token_De_Acesso"))?;
    let expires = text("data_expiracao").and_then(instant).ok_or_else(|| missing("data_Expiracao"))?;
    Ok(Token { value: value.into(), expires })
}

fn object(body: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Some(envelope::lowercase(members)),
        _ => None,
    }
}

fn not_a_reply(status: u16, body: &[u8]) -> Fault {
    match status {
        200..300 if body.trim_ascii_start().starts_with(b"<") => Fault::Unavailable,
        200..300 => Fault::Unclear,
        401 | 403 => Fault::Unauthorized { text: format!("HTTP {status}") },
        404 => Fault::Misconfigured { text: "HTTP 404: endereço ou versão da API da Máxima".to_owned() },
        429 => Fault::RateLimited,
        408 | 500.. => Fault::Unavailable,
        _ => Fault::Malformed { text: format!("HTTP {status} sem resposta") },
    }
}

fn words(reply: &Map<String, Value>) -> String {
    let spoken =
        ["resposta", "error", "message", "mensagem"].iter().find_map(|name| reply.get(*name)?.as_str());
    spoken.map_or_else(|| "login recusado".to_owned(), |text| text.chars().take(500).collect())
}

/// An instant of the cloud. Without an offset it is the time of São Paulo, −03:00 since 2019 (§2).
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        tz::offset(-3).to_timestamp(local).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(expires: &str) -> Vec<u8> {
        json!({"success": true, "data_Expiracao": expires, "token_De_Acesso": "jwt", "resposta": "OK"})
            .to_string()
            .into_bytes()
    }

    #[test]
    fn an_expiry_without_offset_is_in_sao_paulo() {
        let utc: Timestamp = "2025-02-02T23:00:00Z".parse().expect("an instant");
        for text in [
            "2025-02-02T20:00:00",
            "2025-02-02T20:00:00.0000000",
            "2025-02-02T20:00:00-03:00",
            "2025-02-02T23:00:00Z",
        ] {
            assert_eq!(token(&reply(text)).map(|token| token.expires), Ok(utc), "{text}");
        }
    }

    #[test]
    fn a_reply_without_token_or_expiry_is_malformed() {
        let no_token = br#"{"success":true,"data_Expiracao":"2025-02-02T20:00:00"}"#;

        assert!(
            matches!(token(no_token), Err(Fault::Malformed { text }) if text.contains("token_De_Acesso"))
        );
        assert!(
            matches!(token(&reply("amanhã")), Err(Fault::Malformed { text }) if text.contains("data_Expiracao"))
        );
    }

    #[test]
    fn each_answer_of_the_login_has_its_meaning() {
        let refused = |text: &str| Err(Fault::Unauthorized { text: text.to_owned() });
        let no = br#"{"Success":false,"Resposta":"Senha incorreta"}"#.as_slice();
        for (status, body, meaning) in [
            (200, br#"{"success":true}"#.as_slice(), Ok(())),
            (200, no, refused("Senha incorreta")),
            (400, no, refused("Senha incorreta")),
            (401, no, refused("Senha incorreta")),
            (401, b"", refused("HTTP 401")),
            (400, b"{}", refused("login recusado")),
            (200, b"{\"success\":tr", Err(Fault::Unclear)),
            (200, b"<html>", Err(Fault::Unavailable)),
            (503, b"<html>", Err(Fault::Unavailable)),
            (500, no, Err(Fault::Unavailable)),
            (429, b"", Err(Fault::RateLimited)),
        ] {
            assert_eq!(classify(status, body), meaning, "{status}");
        }
        assert!(matches!(classify(200, b"{}"), Err(Fault::Malformed { .. })));
        assert!(matches!(classify(404, b"{}"), Err(Fault::Misconfigured { .. })));
    }

    #[test]
    fn credentials_show_nothing_of_themselves() {
        let credentials = Credentials { login: "canary-login".into(), password: "canary-password".into() };

        assert!(!format!("{credentials:?}").contains("canary"));
    }
}
