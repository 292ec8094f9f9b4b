//! The two access keys, and what is signed with them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use partner_http::Secret;
use serde::Deserialize;
use sha2::Sha256;

use super::Role;

/// Shorter ones could be guessed.
const SHORTEST: usize = 16;

/// The access keys of a tenant's console, and the key for signatures that follows from them: other access keys end all
/// sessions.
#[derive(Clone, Debug)]
pub struct Keys {
    operate: Option<Secret>,
    read: Option<Secret>,
    signing: Secret,
}

/// Nobody can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "o segredo do console não tem chave de acesso: grave {{\"operate\": …, \"read\": …}}, cada uma com 16 caracteres \
     ou mais"
)]
pub struct NoKeys;

#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    operate: Option<Secret>,
    #[serde(default)]
    read: Option<Secret>,
}

impl Keys {
    /// Reads the text of the console's secret: `{"operate":…,"read":…}`. One of them may be missing; one that is too
    /// short to be safe counts as missing.
    pub fn parse(text: &str) -> Result<Self, NoKeys> {
        let Stored { operate, read } = serde_json::from_str(text).map_err(|_| NoKeys)?;
        let long_enough = |key: &Secret| key.expose().trim().len() >= SHORTEST;
        let (operate, read) = (operate.filter(long_enough), read.filter(long_enough));
        if operate.is_none() && read.is_none() {
            return Err(NoKeys);
        }
        let mut mac = mac(b"ponte console: sessions");
        for key in [&operate, &read] {
            let text = key.as_ref().map(Secret::expose).unwrap_or_default();
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        }
        let signing = crate::web::hex(&mac.finalize().into_bytes());
        Ok(Self { operate, read, signing: Secret::new(signing) })
    }

    /// The role that this key opens. Takes as long for any text of the same length, right or wrong: digests are
    /// compared, all of them, to the end.
    pub fn role(&self, given: &str) -> Option<Role> {
        let given = self.digest("access key", given.trim());
        let is = |key: Option<&Secret>| {
            // A missing key is compared too, with what nothing matches.
            let ours = self.digest("access key", key.map(Secret::expose).unwrap_or_default().trim());
            let differs = given.iter().zip(ours).fold(0, |differs, (a, b)| differs | (a ^ b));
            (differs == 0) & key.is_some()
        };
        let (operates, reads) = (is(self.operate.as_ref()), is(self.read.as_ref()));
        match (operates, reads) {
            (true, _) => Some(Role::Operate),
            (false, true) => Some(Role::Read),
            (false, false) => None,
        }
    }

    /// The signature of `text` for one purpose.
    pub(super) fn digest(&self, purpose: &str, text: &str) -> [u8; 32] {
        let mut mac = mac(self.signing.expose().as_bytes());
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Whether `signature` is that of `text`, in constant time.
    pub(super) fn is_signed(&self, purpose: &str, text: &str, signature: &[u8]) -> bool {
        let mut mac = mac(self.signing.expose().as_bytes());
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.verify_slice(signature).is_ok()
    }
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATE: &str = "operate-0123456789";
    const READ: &str = "read-0123456789ab";

    fn keys(operate: &str, read: &str) -> Result<Keys, NoKeys> {
        Keys::parse(&serde_json::json!({ "operate": operate, "read": read }).to_string())
    }

    #[test]
    fn each_key_opens_its_role_and_nothing_else_opens_any() {
        let keys = keys(OPERATE, READ).expect("two keys");

        assert_eq!(keys.role(OPERATE), Some(Role::Operate));
        assert_eq!(keys.role(&format!(" {READ}\n")), Some(Role::Read));
        for wrong in ["", "operate", &OPERATE.to_uppercase(), &format!("{OPERATE}x"), &OPERATE[1..]] {
            assert_eq!(keys.role(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_missing_or_short_key_lets_nobody_in() {
        let only = keys(OPERATE, "short").expect("one key");

        assert_eq!((only.role("short"), only.role("")), (None, None));
        for text in ["", "{}", "[]", r#"{"operate":"short"}"#] {
            assert_eq!(Keys::parse(text).err(), Some(NoKeys), "{text}");
        }
    }

    #[test]
    fn other_keys_sign_otherwise() {
        let (one, other) =
            (keys(OPERATE, READ).expect("keys"), keys(OPERATE, "read-0123456789ac").expect("keys"));

        assert_ne!(one.digest("x", "y"), other.digest("x", "y"));
        assert_ne!(one.digest("x", "y"), one.digest("xy", ""));
        assert!(one.is_signed("x", "y", &one.digest("x", "y")) && !one.is_signed("x", "y", &[]));
    }

    #[test]
    fn nothing_of_a_key_is_shown() {
        let shown = format!("{:?}", keys(OPERATE, READ).expect("keys"));

        assert!(!shown.contains("0123456789"), "{shown}");
    }
}
