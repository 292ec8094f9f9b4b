//! Canaries: credentials that must show up nowhere but where they open a door.

use sales::credentials::Credentials;
use serde_json::{Value, json};

/// What every canary begins with.
pub(crate) const CANARY: &str = "CANARIO";
/// Omie's `app_key`.
pub(crate) const OMIE_KEY: &str = "CANARIO-OMIE-CHAVE";
/// Omie's `app_secret`.
pub(crate) const OMIE_SECRET: &str = "CANARIO-OMIE-SEGREDO";
/// Omie's `app_secret` after somebody changed it.
pub(crate) const OMIE_SECRET_NEW: &str = "CANARIO-OMIE-SEGREDO-NOVO";
/// Máxima's login.
pub(crate) const MAXIMA_LOGIN: &str = "CANARIO-MAXIMA-USUARIO";
/// Máxima's password.
pub(crate) const MAXIMA_PASSWORD: &str = "CANARIO-MAXIMA-SENHA";
/// Máxima's password after somebody changed it.
pub(crate) const MAXIMA_PASSWORD_NEW: &str = "CANARIO-MAXIMA-SENHA-NOVA";
/// What every token of Máxima begins with.
pub(crate) const MAXIMA_TOKEN: &str = "CANARIO-MAXIMA-TOKEN";

/// What the secret store says.
pub(crate) fn credentials(omie_secret: &str, maxima_password: &str) -> Credentials {
    let text = json!({
        "omie": { "app_key": OMIE_KEY, "app_secret": omie_secret },
        "maxima": { "login": MAXIMA_LOGIN, "password": maxima_password },
        "webhook": "CANARIO-GANCHO",
    });
    Credentials::parse(&text.to_string()).expect("complete credentials")
}

/// Where a canary, or one of `hidden`, is in a document, if there is one.
pub(crate) fn found(value: &Value, hidden: &[String]) -> Option<String> {
    let is_secret =
        |text: &str| text.contains(CANARY) || hidden.iter().any(|hidden| text.contains(hidden.as_str()));
    match value {
        Value::String(text) => is_secret(text).then(String::new),
        Value::Array(items) => {
            items.iter().find_map(|item| found(item, hidden).map(|path| format!("[]{path}")))
        }
        Value::Object(members) => members.iter().find_map(|(name, item)| {
            if is_secret(name) {
                return Some(".(nome)".to_owned());
            }
            found(item, hidden).map(|path| format!(".{name}{path}"))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}
