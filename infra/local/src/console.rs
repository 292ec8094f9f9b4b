//! The operator's console of the local tenant: where it is, and the keys that open it.

use std::io;

use serde::{Deserialize, Serialize};

use crate::folder::Tenancy;
use crate::secrets::Secrets;
use crate::template::Template;
use crate::vault::random_text;

/// The key of a demonstration that lets operate; a development value like the others.
pub const OPERATE: &str = "chave-de-operador-demo";
/// The one that lets only look.
pub const READ: &str = "chave-de-leitura-demo";
/// As long as those of a deployment.
const LENGTH: usize = 43;

/// The console of a running tenant.
#[derive(Clone)]
pub struct Console {
    /// `http://127.0.0.1:<port>/console`.
    pub address: String,
    /// The key that lets operate.
    pub operate: String,
    /// The key that lets only look.
    pub read: String,
}

#[derive(Deserialize, Serialize)]
struct Keys {
    #[serde(default)]
    operate: String,
    #[serde(default)]
    read: String,
}

impl Console {
    /// The console behind `gateway`, with its keys made if there are none yet; nothing when the template has no console.
    pub(crate) fn open(
        template: &Template,
        secrets: &Secrets,
        tenancy: Tenancy,
        gateway: &str,
    ) -> io::Result<Option<Self>> {
        let Some(secret) = template.console_secret() else { return Ok(None) };
        let first = match tenancy {
            Tenancy::Real => Keys { operate: random_text(LENGTH), read: random_text(LENGTH) },
            Tenancy::Demonstration | Tenancy::Wizard => {
                Keys { operate: OPERATE.to_owned(), read: READ.to_owned() }
            }
        };
        secrets.store_first(&secret.name, &serde_json::to_string(&first)?)?;
        // Somebody may have put others there since.
        let kept = secrets.text(&secret.name).and_then(|text| serde_json::from_str(&text).ok());
        let Keys { operate, read } = kept.unwrap_or(first);
        Ok(Some(Self { address: format!("{gateway}/console"), operate, read }))
    }

    /// What a person needs first.
    pub fn told(&self) -> String {
        let Self { address, operate, read } = self;
        format!("Console     {address}\n  operar    {operate}\n  só ver    {read}")
    }
}
