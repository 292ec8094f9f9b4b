//! Tokens: given at login, accepted until they expire.

use std::collections::HashMap;
use std::fmt;

use clock::later;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Map, Value, json};

use super::options::MaximaOptions;

/// The tokens given and when each ends.
#[derive(Default)]
pub(super) struct Tokens {
    ends: HashMap<String, Timestamp>,
    given: u64,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("given", &self.given).finish_non_exhaustive()
    }
}

impl Tokens {
    /// Answers a login. A wrong one gets `success: false` and no token.
    pub(super) fn login(
        &mut self,
        body: &[u8],
        options: &MaximaOptions,
        now: Timestamp,
    ) -> Result<Value, Value> {
        let members: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        let member = |name: &str| {
            members
                .iter()
                .find(|(given, _)| given.eq_ignore_ascii_case(name))
                .and_then(|(_, value)| value.as_str())
        };
        let right = member("login") == Some(&options.login) && member("password") == Some(&options.password);
        if !right || members.len() != 2 {
            return Err(json!({ "success": false, "data_Criacao": null, "data_Expiracao": null,
                "token_De_Acesso": null, "resposta": "Login ou senha inválidos" }));
        }
        // A token of another process must not be good here.
        self.given += 1;
        let token = format!("{}.{:x}.{}", options.token_name, now.as_nanosecond(), self.given);
        let end = later(now, options.token_life);
        self.ends.insert(token.clone(), end);
        Ok(
            json!({ "success": true, "data_Criacao": written(now, options), "data_Expiracao": written(end, options),
            "token_De_Acesso": token, "resposta": "OK" }),
        )
    }

    /// Whether the `Authorization` header carries a token that is still good.
    pub(super) fn accepts(&self, header: Option<&str>, now: Timestamp) -> bool {
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        token.and_then(|token| self.ends.get(token)).is_some_and(|end| *end > now)
    }

    /// Ends every token now.
    pub(super) fn expire(&mut self) {
        self.ends.clear();
    }
}

/// Local time of America/Sao_Paulo, with its offset or without.
pub(super) fn written(at: Timestamp, options: &MaximaOptions) -> String {
    let local = Offset::constant(-3).to_datetime(at).round(jiff::Unit::Second);
    let offset = if options.offset_in_dates { "-03:00" } else { "" };
    local.map(|local| format!("{local}{offset}")).unwrap_or_default()
}
