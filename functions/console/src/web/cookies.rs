//! Cookies in and out.

use std::fmt;

use super::BASE;

/// The value of a cookie in a `Cookie` header.
pub fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').find_map(|pair| {
        let (known, value) = pair.trim().split_once('=')?;
        (known == name).then_some(value)
    })
}

/// A cookie of the console: HttpOnly, SameSite=Strict, for its pages only. The value must be base64url and dots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: &'static str,
    /// Its value; empty removes it.
    pub value: String,
    /// Seconds until the browser forgets it.
    pub seconds: u64,
    /// Whether it only goes over TLS.
    pub is_secure: bool,
}

impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, seconds, is_secure } = self;
        let secure = if *is_secure { "; Secure" } else { "" };
        write!(f, "{name}={value}; Path={BASE}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
    }
}
