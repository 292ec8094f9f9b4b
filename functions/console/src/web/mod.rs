//! Requests and answers, as far as pages care: no Lambda, no socket.

mod cookies;
mod form;
mod hex;
mod request;
mod response;

pub use cookies::{Cookie, cookie};
pub use form::{Form, TooMuch, encoded, listed};
pub(crate) use hex::hex;
pub(crate) use request::REFRESHED;
pub use request::Request;
pub use response::Response;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Where the console lives below the address of the tenant.
pub const BASE: &str = "/console";

/// The address of a page of the console: [`BASE`] and these segments, each written so that it survives every proxy.
pub fn href(segments: &[&str]) -> String {
    let mut path = BASE.to_owned();
    for segment in segments {
        path.push('/');
        path.push_str(&written(segment));
    }
    path
}

/// An id as one segment. What a proxy might decode, and so change, goes as base64.
fn written(id: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if !id.is_empty() && id.bytes().all(is_plain) && !id.bytes().all(|byte| byte == b'.') {
        return id.to_owned();
    }
    format!("~{}", URL_SAFE_NO_PAD.encode(id))
}

/// The id in a segment; none when nobody wrote it so.
pub fn read(segment: &str) -> Option<String> {
    match segment.strip_prefix('~') {
        Some(coded) => String::from_utf8(URL_SAFE_NO_PAD.decode(coded).ok()?).ok(),
        None => (!segment.is_empty() && !segment.contains('%')).then(|| segment.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_id_survives_being_a_segment() {
        for id in ["900100200", "2026-03-02T14:00:00Z", "1/*", "a b", "..", "<script>", "é", "%2F", "~x", ""]
        {
            let path = href(&["os", id]);
            let segment = path.rsplit('/').next().expect("there is one");

            assert!(segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:~".contains(&b)), "{segment}");
            assert_ne!(segment, "..");
            assert_eq!(read(segment).as_deref(), Some(id));
        }
        assert_eq!(read("~%"), None);
    }
}
