//! The pair that opens an Omie company (`contracts/omie.md §2`).

use partner_http::Secret;
use sha2::{Digest, Sha256};

/// Static key and secret of one Omie company. It does not expire.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `app_key`. Travels in every body.
    pub app_key: Secret,
    /// `app_secret`. Travels in every body.
    pub app_secret: Secret,
}

impl Credentials {
    /// What names this pair where the key itself must not appear: eight hexadecimal digits of its SHA-256.
    ///
    /// Omie's limits are per key, so lanes and leases are named after it.
    pub fn id(&self) -> String {
        let digest: [u8; 32] = Sha256::digest(self.app_key.expose().as_bytes()).into();
        let [a, b, c, d, ..] = digest;
        format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(app_key: &str) -> Credentials {
        Credentials { app_key: Secret::new(app_key), app_secret: Secret::new("APPSECRET") }
    }

    #[test]
    fn the_id_is_the_start_of_the_keys_digest() {
        // printf abc | sha256sum
        assert_eq!(credentials("abc").id(), "ba7816bf");
    }

    #[test]
    fn debug_shows_neither_key_nor_secret() {
        let shown = format!("{:?}", credentials("APPKEY"));

        assert!(!shown.contains("APPKEY") && !shown.contains("APPSECRET"), "{shown}");
    }
}
