//! Secrets Manager, as much of it as a tenant uses: get, put, describe.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::template::{ACCOUNT, REGION};
use crate::vault::Vault;

/// The secrets of the tenant, kept in a file between runs.
pub struct Secrets {
    keeping: Keeping,
    values: Mutex<BTreeMap<String, String>>,
}

/// Where they are kept.
enum Keeping {
    /// As they are: development values.
    Plain(PathBuf),
    /// Sealed: those of real partners.
    Sealed(Box<Vault>),
}

/// Nothing of a secret is shown.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.values().keys()).finish()
    }
}

/// An answer of the JSON 1.1 protocol: the HTTP status and the body.
pub type Reply = (u16, Value);

impl Secrets {
    /// The development secrets of `file`; none when it does not exist.
    pub fn open(file: &Path) -> std::io::Result<Self> {
        let values = match std::fs::read(file) {
            Ok(text) => serde_json::from_slice(&text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { keeping: Keeping::Plain(file.to_owned()), values: Mutex::new(values) })
    }

    /// The secrets that were in a vault, and are kept there.
    pub fn sealed((vault, values): (Vault, BTreeMap<String, String>)) -> Self {
        Self { keeping: Keeping::Sealed(Box::new(vault)), values: Mutex::new(values) }
    }

    /// Stores a secret, whether it exists or not. One that could not be kept does not count.
    pub fn store(&self, name: &str, text: &str) -> std::io::Result<()> {
        let mut values = self.values();
        let mut changed = values.clone();
        changed.insert(name.to_owned(), text.to_owned());
        match &self.keeping {
            Keeping::Plain(file) => std::fs::write(file, serde_json::to_vec(&changed)?)?,
            Keeping::Sealed(vault) => vault.write(&changed)?,
        }
        *values = changed;
        Ok(())
    }

    /// Stores a secret unless it is there already.
    pub fn store_first(&self, name: &str, text: &str) -> std::io::Result<()> {
        if self.values().contains_key(name) {
            return Ok(());
        }
        self.store(name, text)
    }

    /// The text of a secret.
    pub fn text(&self, name: &str) -> Option<String> {
        self.values().get(name).cloned()
    }

    /// Answers one call. `target` is the `X-Amz-Target` header: `secretsmanager.GetSecretValue`.
    pub fn answer(&self, target: &str, body: &Value) -> Reply {
        let operation = target.trim_start_matches("secretsmanager.");
        if !["GetSecretValue", "PutSecretValue", "DescribeSecret"].contains(&operation) {
            return refused(
                "UnknownOperationException",
                &format!("{target} is not supported by the local runner"),
            );
        }
        let id = body["SecretId"].as_str().unwrap_or_default();
        let name = id.rsplit_once(":secret:").map_or(id, |(_, name)| name);
        let Some(text) = self.text(name) else {
            let message = "Secrets Manager can't find the specified secret.";
            return refused("ResourceNotFoundException", message);
        };
        match operation {
            "GetSecretValue" => (200, described(name, &json!({ "SecretString": text }))),
            "DescribeSecret" => (200, described(name, &json!({}))),
            _ => match body["SecretString"].as_str().map(|text| self.store(name, text)) {
                Some(Ok(())) => (200, described(name, &json!({}))),
                Some(Err(error)) => {
                    (500, json!({ "__type": "InternalServiceError", "Message": error.to_string() }))
                }
                None => refused("InvalidParameterException", "You must provide SecretString."),
            },
        }
    }

    fn values(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn described(name: &str, more: &Value) -> Value {
    let mut body = json!({
        "ARN": format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}"),
        "Name": name,
        "VersionId": "00000000-0000-0000-0000-000000000001",
        "VersionStages": ["AWSCURRENT"],
    });
    for (field, value) in more.as_object().into_iter().flatten() {
        body[field] = value.clone();
    }
    body
}

fn refused(kind: &str, message: &str) -> Reply {
    (400, json!({ "__type": kind, "Message": message }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_secret_is_read_by_name_and_by_arn_and_survives_reopening() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secrets.json");
        let secrets = Secrets::open(&file).expect("opened");
        secrets.store("ponte/demo", "one").expect("stored");
        let put = json!({ "SecretId": "ponte/demo", "SecretString": "two" });
        assert_eq!(secrets.answer("secretsmanager.PutSecretValue", &put).0, 200);

        let again = Secrets::open(&file).expect("opened again");

        let arn = "arn:aws:secretsmanager:sa-east-1:000000000000:secret:ponte/demo";
        for id in ["ponte/demo", arn] {
            let (status, body) = again.answer("secretsmanager.GetSecretValue", &json!({ "SecretId": id }));
            assert_eq!((status, &body["SecretString"], &body["ARN"]), (200, &json!("two"), &json!(arn)));
        }
    }

    #[test]
    fn a_sealed_secret_put_by_a_function_survives_and_what_cannot_be_kept_does_not_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, key) = (folder.path().join("segredos"), folder.path().join("chave"));
        let open = || Secrets::sealed(Vault::open(&file, &key, None).expect("opened"));
        let secrets = open();
        secrets.store("ponte/demo", "one").expect("stored");
        let put = json!({ "SecretId": "ponte/demo", "SecretString": "two" });
        assert_eq!(secrets.answer("secretsmanager.PutSecretValue", &put).0, 200);
        assert_eq!(open().text("ponte/demo").as_deref(), Some("two"));
        assert_eq!(format!("{secrets:?}"), r#"["ponte/demo"]"#);

        // The temporary file of a writing has this name: a folder in its place fails it.
        std::fs::create_dir(file.with_extension("new")).expect("a folder");
        let put = json!({ "SecretId": "ponte/demo", "SecretString": "three" });
        assert_eq!(secrets.answer("secretsmanager.PutSecretValue", &put).0, 500);
        assert_eq!(secrets.text("ponte/demo").as_deref(), Some("two"));
    }

    #[test]
    fn an_unknown_secret_and_an_unknown_operation_are_refused_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let secrets = Secrets::open(&folder.path().join("secrets.json")).expect("opened");

        let (status, body) = secrets.answer("secretsmanager.GetSecretValue", &json!({ "SecretId": "x" }));
        assert_eq!((status, &body["__type"]), (400, &json!("ResourceNotFoundException")));

        let (status, body) = secrets.answer("secretsmanager.RotateSecret", &json!({}));
        assert_eq!(status, 400);
        assert!(body["Message"].as_str().unwrap_or_default().contains("RotateSecret"));
    }
}
