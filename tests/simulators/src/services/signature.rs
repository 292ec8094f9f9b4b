//! Signed callbacks (`contracts/sismetro.md` §10.5).

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// The two headers of a call that is signed at an instant: `x-timestamp` in unix seconds and
/// `x-signature: sha256=<hex HMAC-SHA256 of "{timestamp}.{raw body}">`.
pub fn signed(secret: &str, at: Timestamp, body: &[u8]) -> [(String, String); 2] {
    let timestamp = at.as_second().to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    let mut signature = "sha256=".to_owned();
    for byte in mac.finalize().into_bytes() {
        let _ = write!(signature, "{byte:02x}");
    }
    [("x-timestamp".to_owned(), timestamp), ("x-signature".to_owned(), signature)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_openssl_makes() {
        let at = Timestamp::from_second(1_763_985_600).expect("an instant");

        let [timestamp, signature] = signed("segredo", at, b"{\"ss\":1}");

        assert_eq!(timestamp.1, "1763985600");
        // printf '1763985600.{"ss":1}' | openssl dgst -sha256 -hmac segredo
        assert_eq!(signature.1, "sha256=776c350871a4786a77ba0b58775de420192d77dac86dfc3eabab0a28172de496");
    }
}
