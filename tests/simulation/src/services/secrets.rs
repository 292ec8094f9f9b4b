//! Canaries of these flows.

use serde_json::json;
use service_orders::Credentials;

pub(crate) const ACCESS_KEY: &str = "CANARIO-SENIOR-CHAVE";
pub(crate) const CLIENT_ID: &str = "CANARIO-SENIOR-CLIENTE";
pub(crate) const SECRET: &str = "CANARIO-SENIOR-SEGREDO";
pub(crate) const SECRET_NEW: &str = "CANARIO-SENIOR-SEGREDO-NOVO";
/// The unit of every branch that has none of its own.
pub(crate) const UNIT: &str = "101";
pub(crate) const UNIT_KEY: &str = "CANARIO-SISMETRO-CHAVE";
pub(crate) const UNIT_KEY_NEW: &str = "CANARIO-SISMETRO-CHAVE-NOVA";
/// The unit of another branch.
pub(crate) const SECOND: &str = "202";
pub(crate) const SECOND_KEY: &str = "CANARIO-SISMETRO-SEGUNDA";
pub(crate) const HUB: &str = "CANARIO-GANCHO-SENIOR-1";
pub(crate) const HUB_NEW: &str = "CANARIO-GANCHO-SENIOR-2";
pub(crate) const CALLBACK: &str = "CANARIO-GANCHO-SISMETRO-1";
pub(crate) const CALLBACK_NEW: &str = "CANARIO-GANCHO-SISMETRO-2";
pub(crate) const HMAC: &str = "CANARIO-ASSINATURA-001";
pub(crate) const PATH: &str = "CANARIO-CAMINHO-00001";

/// What our secret store says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) secret: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) hub: Vec<&'static str>,
    pub(crate) callback: Vec<&'static str>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { secret: SECRET, unit: UNIT_KEY, hub: vec![HUB], callback: vec![CALLBACK] }
    }
}

impl Keys {
    pub(crate) fn credentials(&self) -> Credentials {
        let text = json!({
            "senior": { "access_key": ACCESS_KEY, "secret": self.secret, "client_id": CLIENT_ID },
            "sismetro": {
                "principal": { "unit": UNIT, "key": self.unit },
                "segunda": { "unit": SECOND, "key": SECOND_KEY },
            },
            "inbound": { "senior": self.hub, "sismetro": self.callback, "hmac": [HMAC], "path_secret": PATH },
        });
        Credentials::parse(&text.to_string()).expect("complete credentials")
    }
}
