//! The credentials of the integration, as the secret store keeps them.

use std::collections::BTreeMap;
use std::fmt;

use partner_http::Secret;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Shorter secrets of ours can be guessed.
const SHORTEST: usize = 16;

/// The JSON text of the secret:
///
/// ```text
/// {"senior":   {"access_key": …, "secret": …, "client_id": …?},
///  "sismetro": {"<account>": {"unit": …, "key": …}, …},
///  "inbound":  {"senior": ["<current>", "<previous>"?], "sismetro": ["<current>", "<previous>"?],
///               "hmac": ["<current>", "<previous>"?]?, "path_secret": ["<current>", "<previous>"?]?}?,
///  "webhook":  "<generated at deployment>"?}
/// ```
///
/// `webhook` is what the deployment generates: its first half is what the ERP shows while `inbound.senior` is empty, its
/// second half what Sismetro shows while `inbound.sismetro` is. Neither partner learns the other's.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The application at the ERP.
    pub senior: SeniorKeys,
    /// The Sismetro accounts by the names that branches use.
    pub sismetro: BTreeMap<String, AccountKeys>,
    /// What callers show to be let in.
    #[serde(default)]
    pub inbound: Inbound,
    /// What the deployment has generated for the doors.
    #[serde(default)]
    pub webhook: Option<Secret>,
}

/// The application at the ERP (`contracts/senior-x.md` §2.1).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SeniorKeys {
    /// Key of the application.
    pub access_key: Secret,
    /// Its secret.
    pub secret: Secret,
    /// Id at the developer portal; required on the gateway.
    #[serde(default)]
    pub client_id: Option<Secret>,
}

/// One Sismetro account (`contracts/sismetro.md` §3).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct AccountKeys {
    /// The unit's number.
    pub unit: String,
    /// Its key.
    pub key: Secret,
}

/// What callers show to be let in (flow §10). Nobody is let in by a list that is empty.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Inbound {
    /// `x-webhook-secret` of the ERP: the current one, and the previous one while it is being replaced.
    pub senior: Vec<Secret>,
    /// `key` that we have issued to Sismetro: the current one, and the previous one while it is being replaced.
    pub sismetro: Vec<Secret>,
    /// The keys of Sismetro's signatures, where it can sign.
    pub hmac: Vec<Secret>,
    /// The secret segment of the address, where Sismetro can set no header: the current one, and the previous one while
    /// it is being replaced. One alone may stand without its list.
    #[serde(deserialize_with = "one_or_more")]
    pub path_secret: Vec<Secret>,
}

/// A text, `null`, or a list of texts.
fn one_or_more<'de, D: Deserializer<'de>>(member: D) -> Result<Vec<Secret>, D::Error> {
    struct OneOrMore;

    impl<'de> Visitor<'de> for OneOrMore {
        type Value = Vec<Secret>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a secret, or a list of secrets")
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(vec![Secret::new(text)])
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut secrets = Vec::new();
            while let Some(secret) = list.next_element()? {
                secrets.push(secret);
            }
            Ok(secrets)
        }
    }

    member.deserialize_any(OneOrMore)
}

/// The secret's text cannot be used. It names the field and never quotes the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("não está completo: corrija o campo {0}")]
pub struct Incomplete(String);

impl Credentials {
    /// Reads the JSON text of the secret.
    pub fn parse(text: &str) -> Result<Self, Incomplete> {
        let mut json = serde_json::Deserializer::from_str(text);
        // The path says which field it is; serde's own message could quote the value.
        let mut credentials: Self = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            Incomplete(if path == "." { "senior ou sismetro".to_owned() } else { path })
        })?;
        credentials.drop_blanks();
        credentials.give_out()?;
        match credentials.unusable() {
            Some(field) => Err(Incomplete(field)),
            None => Ok(credentials),
        }
    }

    /// An installation begins with an account that has neither unit nor key, and with an empty client id: nobody has
    /// filled them in, which is no mistake in what somebody has.
    fn drop_blanks(&mut self) {
        let is_blank = |text: &str| text.trim().is_empty();
        self.sismetro.retain(|_, keys| !(is_blank(&keys.unit) && is_blank(keys.key.expose())));
        self.senior.client_id.take_if(|id| is_blank(id.expose()));
    }

    /// Gives each door that has no secret of its own its half of the generated one.
    fn give_out(&mut self) -> Result<(), Incomplete> {
        let Some(generated) = &self.webhook else { return Ok(()) };
        let generated = generated.expose();
        if !generated.is_ascii() || generated.len() < 2 * SHORTEST {
            return Err(Incomplete("webhook".to_owned()));
        }
        let (senior, sismetro) = generated.split_at(generated.len() / 2);
        for (door, half) in [(&mut self.inbound.senior, senior), (&mut self.inbound.sismetro, sismetro)] {
            if door.is_empty() {
                door.push(Secret::new(half));
            }
        }
        Ok(())
    }

    fn unusable(&self) -> Option<String> {
        let Self { senior, sismetro, inbound, webhook: _ } = self;
        let is_blank = |secret: &Secret| secret.expose().trim().is_empty();
        let ours = [("access_key", Some(&senior.access_key)), ("secret", Some(&senior.secret))];
        let ours = ours.into_iter().chain([("client_id", senior.client_id.as_ref())]);
        for (name, secret) in ours {
            if secret.is_some_and(is_blank) {
                return Some(format!("senior.{name}"));
            }
        }
        for (name, keys) in sismetro {
            let account = sismetro::Account { unit: keys.unit.clone(), key: keys.key.clone() };
            if let Err(bad) = account.check() {
                return Some(format!("sismetro.{name}.{}", bad.knob));
            }
        }
        // An empty secret would be shown by everybody who shows nothing.
        let lists = [("senior", &inbound.senior), ("sismetro", &inbound.sismetro), ("hmac", &inbound.hmac)];
        for (name, list) in lists {
            if list.len() > 2 || list.iter().any(|secret| secret.expose().trim().len() < SHORTEST) {
                return Some(format!("inbound.{name}"));
            }
        }
        let is_bad = |secret: &Secret| secret.expose().len() < SHORTEST || secret.expose().contains('/');
        let paths = &inbound.path_secret;
        (paths.len() > 2 || paths.iter().any(is_bad)).then(|| "inbound.path_secret".to_owned())
    }

    /// Every secret in it: what must not be found anywhere else.
    pub fn secrets(&self) -> Vec<&Secret> {
        let Self { senior, sismetro, inbound, webhook } = self;
        let lists = [&inbound.senior, &inbound.sismetro, &inbound.hmac, &inbound.path_secret];
        let own = [&senior.access_key, &senior.secret].into_iter().chain(&senior.client_id);
        let keys = sismetro.values().map(|keys| &keys.key);
        own.chain(keys).chain(lists.into_iter().flatten()).chain(webhook).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"senior": {"access_key": "K", "secret": "S"},
        "sismetro": {"principal": {"unit": "417", "key": "0123456789abcdef"}},
        "inbound": {"senior": ["0123456789abcdef-current"], "sismetro": ["0123456789abcdef-theirs"]}}"#;

    #[test]
    fn a_complete_secret_is_read() {
        let credentials = Credentials::parse(WHOLE).expect("nothing is missing");

        assert_eq!(credentials.sismetro["principal"].unit, "417");
        assert_eq!(credentials.secrets().len(), 5);
    }

    /// What the template makes, once the ERP's part is filled in.
    #[test]
    fn what_an_installation_begins_with_and_nobody_has_filled_in_is_not_there() {
        let text = r#"{"senior": {"access_key": "K", "secret": "S", "client_id": ""},
            "sismetro": {"principal": {"unit": "", "key": ""}, "sul": {"unit": "417", "key": "0123456789abcdef"}}}"#;

        let credentials = Credentials::parse(text).expect("nothing is missing");

        assert_eq!(credentials.sismetro.keys().collect::<Vec<_>>(), ["sul"]);
        assert_eq!(credentials.senior.client_id, None);
        let half = Credentials::parse(&text.replace("\"417\"", "\"\""));
        assert_eq!(half, Err(Incomplete("sismetro.sul.unit".to_owned())));
    }

    #[test]
    fn each_door_without_a_secret_of_its_own_has_its_half_of_the_generated_one() {
        let (first, second) = ("a".repeat(43), "b".repeat(43));
        let with = |inbound: &str| {
            let text = format!(
                r#"{{"senior": {{"access_key": "K", "secret": "S"}}, "sismetro": {{}},
                    "inbound": {inbound}, "webhook": "{first}{second}"}}"#
            );
            Credentials::parse(&text).expect("nothing is missing").inbound
        };

        let given = with("{}");
        assert_eq!((given.senior, given.sismetro), (vec![Secret::new(&*first)], vec![Secret::new(&*second)]));
        let own = with(r#"{"senior": ["0123456789abcdef-own"]}"#);
        assert_eq!(own.senior, [Secret::new("0123456789abcdef-own")]);
        assert_eq!(own.sismetro, [Secret::new(&*second)]);
        for weak in ["", "CANARY", "áááááááááááááááááááááááááááááááááá"] {
            let text = format!(
                r#"{{"senior": {{"access_key": "K", "secret": "S"}}, "sismetro": {{}}, "webhook": "{weak}"}}"#
            );
            assert_eq!(Credentials::parse(&text), Err(Incomplete("webhook".to_owned())), "{weak}");
        }
    }

    #[test]
    fn a_secret_address_may_stand_alone_or_with_the_one_that_it_replaces() {
        let with = |paths: &str| {
            let text = WHOLE.replace(r#""inbound": {"#, &format!(r#""inbound": {{"path_secret": {paths}, "#));
            Credentials::parse(&text).map(|credentials| credentials.inbound.path_secret.len())
        };

        assert_eq!(with(r#""CANARY-0123456789a""#), Ok(1));
        assert_eq!(with(r#"["CANARY-0123456789a", "CANARY-0123456789b"]"#), Ok(2));
        assert_eq!((with("null"), with("[]")), (Ok(0), Ok(0)));
        let three = r#"["CANARY-0123456789a", "CANARY-0123456789b", "CANARY-0123456789c"]"#;
        for bad in [three, r#"["CANARY-0123456789a", "short"]"#, "7", r#"{"a": "CANARY-0123456789a"}"#, "[7]"]
        {
            let refused = with(bad).expect_err(bad).to_string();
            assert!(refused.contains("inbound.path_secret") && !refused.contains("CANARY"), "{refused}");
        }
    }

    #[test]
    fn what_is_missing_or_weak_is_named_and_nothing_is_quoted() {
        let short = WHOLE.replace("0123456789abcdef-theirs", "canary");
        let many = WHOLE.replace(
            r#"["0123456789abcdef-current"]"#,
            r#"["canary0123456789a", "canary0123456789b", "canary0123456789c"]"#,
        );
        let path = WHOLE.replace(r#""inbound": {"#, r#""inbound": {"path_secret": "canary/0123456789", "#);
        for (text, field) in [
            (WHOLE.replace("\"S\"", "\"\""), "senior.secret"),
            (WHOLE.replace("417", "canary"), "sismetro.principal.unit"),
            (short, "inbound.sismetro"),
            (many, "inbound.senior"),
            (path, "inbound.path_secret"),
            (WHOLE.replace("\"inbound\"", "\"canary\""), "canary"),
            ("CANARY".to_owned(), "senior ou sismetro"),
        ] {
            let refused = Credentials::parse(&text).expect_err(field);
            assert_eq!(refused, Incomplete(field.to_owned()));
            assert!(field == "canary" || !refused.to_string().to_lowercase().contains("canary"));
        }
    }
}
