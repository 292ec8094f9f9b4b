//! Application logins: tokens that end by time or by use (`contracts/senior-x.md` §2).

use std::collections::HashMap;
use std::fmt;

use clock::later;
use http::Response;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::options::SeniorOptions;
use crate::answer;
use crate::services::gate::{Answer, Refusal};

/// The tokens given, when each ends and how many calls it is good for.
#[derive(Default)]
pub(super) struct Tokens {
    access: HashMap<String, (Timestamp, Option<u32>)>,
    refresh: HashMap<String, Timestamp>,
    given: u64,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("given", &self.given).finish_non_exhaustive()
    }
}

impl Tokens {
    pub(super) fn login(
        &mut self,
        body: &[u8],
        options: &SeniorOptions,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        let members = members(body)?;
        let known = ["accessKey", "secret", "tenantName", "scope"];
        if let Some(unknown) = members.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Refusal::new("unknown_member", 400, format!("campo desconhecido: {unknown}")));
        }
        let scope = members.get("scope").and_then(Value::as_str).unwrap_or("desktop");
        if !["phone", "desktop", "tablet", "iot", "wearable"].contains(&scope) {
            return Err(Refusal::new("invalid", 400, format!("escopo desconhecido: {scope}")));
        }
        let is = |name: &str, wanted: &str| members.get(name).and_then(Value::as_str) == Some(wanted);
        let right = is("accessKey", &options.access_key)
            && is("secret", &options.secret)
            && is("tenantName", &options.tenant);
        if right {
            return Ok(self.give(scope, options, now));
        }
        let text = "Usuário ou senha inválidos";
        if options.refuse_login_with_200 {
            let body = json!({ "jsonToken": null, "reason": "UNAUTHORIZED", "message": text });
            return Ok(Answer::refused(json200(&body), "unauthorized"));
        }
        Err(Refusal::new("unauthorized", 401, text))
    }

    pub(super) fn renew(
        &mut self,
        tenant: Option<&str>,
        body: &[u8],
        options: &SeniorOptions,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        if tenant != Some(&options.tenant) {
            return Err(Refusal::new("missing_member", 400, "o cabeçalho X-Tenant é obrigatório"));
        }
        let members = members(body)?;
        let token = members.get("refreshToken").and_then(Value::as_str).unwrap_or_default();
        if self.refresh.get(token).is_none_or(|end| *end <= now) {
            return Err(Refusal::new("unauthorized", 401, "O refresh token não é válido"));
        }
        Ok(self.give("desktop", options, now))
    }

    fn give(&mut self, scope: &str, options: &SeniorOptions, now: Timestamp) -> Answer {
        // A token of another process must not be good here.
        self.given += 1;
        let nth = format!("{:x}-{}", now.as_nanosecond(), self.given);
        let (access, refresh) = (format!("at-{nth}"), format!("rt-{nth}"));
        self.access.insert(access.clone(), (later(now, options.token_life), options.token_calls));
        self.refresh.insert(refresh.clone(), later(now, options.refresh_life));
        let token = json!({ "scope": scope, "expires_in": options.token_life.as_secs(), "token_type": "Bearer",
            "username": format!("integracao-os@{}", options.tenant), "access_token": access, "refresh_token": refresh });
        let body = if options.token_at_root { token } else { json!({ "jsonToken": token.to_string() }) };
        Answer::done(json200(&body))
    }

    /// Whether the `Authorization` header carries a token that is still good; uses one of its calls.
    pub(super) fn spend(&mut self, header: Option<&str>, now: Timestamp) -> bool {
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        let Some((end, left)) = token.and_then(|token| self.access.get_mut(token)) else { return false };
        let good = *end > now && *left != Some(0);
        *left = left.map(|left| left.saturating_sub(1));
        good
    }

    /// Ends every access token now; `renewable` says whether refresh tokens stay.
    pub(super) fn expire(&mut self, renewable: bool) {
        self.access.clear();
        if !renewable {
            self.refresh.clear();
        }
    }
}

fn json200(body: &Value) -> Response<bytes::Bytes> {
    answer::json(200, body.to_string())
}

/// The body as an object.
pub(super) fn members(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::new("invalid", 400, "o corpo não é um objeto JSON"))
}
