//! Who may come in (flow §10, `contracts/sismetro.md` §10.5). Nothing here says which part did not fit.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use partner_http::Secret;
use sha2::{Digest as _, Sha256};

use crate::credentials::Credentials;
use crate::delivery::hex;
use crate::settings::Settings;

/// A signature's time may be off by so many seconds.
const SKEW: u64 = 300;

/// The value of a header, by its name in any case.
pub(super) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut named = headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| value.trim())
}

/// Whether `shown` is one of `secrets`. Takes the same time whichever byte differs, and whichever secret it is.
pub(super) fn is_one_of(shown: Option<&str>, secrets: &[Secret]) -> bool {
    let Some(shown) = shown else { return false };
    secrets.iter().fold(false, |found, secret| found | is_same(shown, secret.expose()))
}

/// Digests of equal length are compared whole, so that neither length nor content shows in the time.
pub(super) fn is_same(shown: &str, secret: &str) -> bool {
    let (shown, secret) = (Sha256::digest(shown), Sha256::digest(secret));
    shown.iter().zip(secret).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// The ERP's Events hub: the header that we gave it to send.
pub(crate) fn is_senior(headers: &[(String, String)], credentials: &Credentials) -> bool {
    is_one_of(header(headers, "x-webhook-secret"), &credentials.inbound.senior)
}

/// A request of Sismetro's.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) headers: &'a [(String, String)],
    pub(super) body: &'a [u8],
    /// It came by the secret address.
    pub(super) by_path: bool,
    /// It came by an address of the ERP's: a client of the ERP may only know `Authorization`.
    pub(super) is_facade: bool,
}

impl Shown<'_> {
    pub(super) fn is_sismetro(&self, settings: &Settings, credentials: &Credentials, now: Timestamp) -> bool {
        // All are looked at, so that the time does not tell which one failed.
        let is_known = self.by_path | self.has_key(credentials);
        is_known & self.is_of_our_unit(credentials) & self.is_signed(settings, credentials, now)
    }

    fn has_key(&self, credentials: &Credentials) -> bool {
        let bearer = header(self.headers, "authorization").and_then(|value| value.strip_prefix("Bearer "));
        let bearer = bearer.filter(|_| self.is_facade);
        is_one_of(header(self.headers, "key").or(bearer.map(str::trim)), &credentials.inbound.sismetro)
    }

    /// A unit that is named must be ours; only those who can set no header need not name one.
    fn is_of_our_unit(&self, credentials: &Credentials) -> bool {
        match header(self.headers, "unit") {
            Some(unit) => credentials.sismetro.values().any(|account| account.unit == unit),
            None => self.by_path || self.is_facade,
        }
    }

    /// `x-signature: sha256=<hex HMAC-SHA256 of "{timestamp}.{raw body}">`. One that is there must be right.
    fn is_signed(&self, settings: &Settings, credentials: &Credentials, now: Timestamp) -> bool {
        let keys = &credentials.inbound.hmac;
        let Some(signature) = header(self.headers, "x-signature") else {
            return !settings.require_signature;
        };
        if keys.is_empty() {
            return !settings.require_signature;
        }
        let Some(timestamp) = header(self.headers, "x-timestamp") else { return false };
        let Ok(seconds) = timestamp.parse::<i64>() else { return false };
        let is_now = now.as_second().abs_diff(seconds) <= SKEW;
        let given = signature.strip_prefix("sha256=").unwrap_or_default().to_ascii_lowercase();
        let fits = keys.iter().fold(false, |fits, key| {
            let right = signed(key.expose(), timestamp, self.body);
            fits | is_same(&given, &right)
        });
        is_now & fits
    }
}

/// The right signature, as hex.
pub(crate) fn signed(key: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key of any length");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}
