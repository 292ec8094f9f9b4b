//! Small things both partners' requests and answers need.

use bytes::Bytes;
use http::Request;
use rust_decimal::Decimal;
use serde_json::Value;

/// Marks text that is a number's digits until the JSON is written: no character of a partner's text.
const DIGITS: char = '\u{e000}';

/// A decimal to be written as its own digits by [`text`].
pub(crate) fn digits(number: Decimal) -> Value {
    Value::String(format!("{DIGITS}{number}{DIGITS}"))
}

/// The JSON text, with the decimals as their digits; over several lines when `pretty`.
pub(crate) fn text(value: &Value, pretty: bool) -> String {
    let written = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    let written = written.expect("a JSON value can be written");
    written.replace(&format!("\"{DIGITS}"), "").replace(&format!("{DIGITS}\""), "")
}

/// A header that is text.
pub(crate) fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// A parameter of the query, decoded.
pub(crate) fn parameter(request: &Request<Bytes>, name: &str) -> Option<String> {
    let pairs = request.uri().query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(given, _)| *given == name).map(|(_, value)| decoded(&value.replace('+', " ")))
}

/// Text with its `%XX` read.
pub(crate) fn decoded(text: &str) -> String {
    crate::maxima::decoded(text)
}

/// A number that looks drawn and is the same in every run.
pub(crate) fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// A UUID of version 4, the same for the same number.
pub(crate) fn uuid(number: u64) -> String {
    let (high, low) = (mixed(number), mixed(number ^ 0xA5A5_5A5A));
    format!(
        "{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}

/// A number whether it is written as one or as text.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_keeps_its_digits() {
        let value = serde_json::json!({ "price": digits(Decimal::new(38_000, 2)), "text": "380.00" });

        assert_eq!(text(&value, false), "{\"price\":380.00,\"text\":\"380.00\"}");
    }

    #[test]
    fn a_uuid_looks_like_one() {
        let id = uuid(7);

        assert_eq!((id.len(), &id[14..15]), (36, "4"));
        assert_ne!(id, uuid(8));
    }
}
