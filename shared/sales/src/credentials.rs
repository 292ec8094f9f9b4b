//! The credentials of the integration, as the secret store keeps them.

use partner_http::Secret;
use serde::Deserialize;

/// The credentials of both partners: the JSON text
/// `{"omie":{"app_key":…,"app_secret":…},"maxima":{"login":…,"password":…},"webhook":…}`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Credentials {
    /// Omie's static pair.
    pub omie: OmieKeys,
    /// Máxima's login.
    pub maxima: MaximaLogin,
    /// What Omie's webhooks show to be let in: the last segment of their address. Made at deploy; without it no
    /// webhook is taken.
    #[serde(default)]
    pub webhook: Option<Secret>,
}

/// `app_key` and `app_secret` of one Omie company (`contracts/omie.md §2`).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct OmieKeys {
    /// Identifies the application; masked all the same.
    pub app_key: Secret,
    /// Proves it.
    pub app_secret: Secret,
}

/// The login that Máxima issues per customer (`contracts/maxima.md §2`).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct MaximaLogin {
    /// An opaque text.
    pub login: Secret,
    /// An opaque text.
    pub password: Secret,
}

/// The secret's text lacks a field. It names the field and never quotes the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret is not complete: fill in the credentials of Omie and Máxima (field {0})")]
pub struct Incomplete(String);

impl Credentials {
    /// Reads the JSON text of the secret.
    pub fn parse(text: &str) -> Result<Self, Incomplete> {
        let mut json = serde_json::Deserializer::from_str(text);
        // The path says which field is missing; serde's own message could quote the value.
        let credentials: Self =
            serde_path_to_error::deserialize(&mut json).map_err(|error| Incomplete(missing_field(&error)))?;
        let fields = [
            ("omie.app_key", &credentials.omie.app_key),
            ("omie.app_secret", &credentials.omie.app_secret),
            ("maxima.login", &credentials.maxima.login),
            ("maxima.password", &credentials.maxima.password),
        ];
        match fields.iter().find(|(_, secret)| secret.expose().trim().is_empty()) {
            Some((name, _)) => Err(Incomplete((*name).to_owned())),
            None => Ok(credentials),
        }
    }
}

fn missing_field(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    match error.path().to_string() {
        path if path == "." => "omie or maxima".to_owned(),
        path => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complete_secret_is_read() {
        let text = r#"{"omie":{"app_key":"K","app_secret":"S"},"maxima":{"login":"L","password":"P"}}"#;

        let credentials = Credentials::parse(text).expect("nothing is missing");

        assert_eq!(credentials.maxima.password.expose(), "P");
    }

    #[test]
    fn the_placeholder_names_what_to_fill_in_and_quotes_nothing() {
        let text = r#"{"omie":{"app_key":"CANARY","app_secret":""},"maxima":{"login":"L","password":"P"}}"#;

        let refused = Credentials::parse(text).expect_err("a field is empty");

        assert_eq!(refused, Incomplete("omie.app_secret".to_owned()));
        assert!(!refused.to_string().contains("CANARY"));
    }

    #[test]
    fn a_text_that_is_not_json_is_incomplete() {
        for text in ["CANARY", "{}", "[]", ""] {
            let refused = Credentials::parse(text).expect_err("there are no credentials in it");
            assert!(!refused.to_string().contains("CANARY"));
        }
    }
}
