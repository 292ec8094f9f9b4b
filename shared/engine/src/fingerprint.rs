//! Whether two rows are the same, in 44 characters.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// Base64 of the SHA-256 of the row's canonical JSON: keys sorted, nulls removed, the member `Hash` excluded
/// (`contracts/omie-maxima-mapping.md` §0). Two rows with one fingerprint are the same to the target.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Fingerprint of a row as it would be sent.
    ///
    /// # Panics
    /// When the row is no JSON, which only a type with such a defect can cause, never a value from outside.
    pub fn of(row: &impl Serialize) -> Self {
        let json = serde_json::to_string(row).expect("a row is JSON by its type");
        Self(STANDARD.encode(Sha256::digest(canonical(&json))))
    }

    /// The 44 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text that is hashed. Numbers stay digits: a decimal never passes through a binary float.
fn canonical(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    write_value(json, &mut out);
    out
}

fn write_value(json: &str, out: &mut String) {
    const VALID: &str = "serde_json wrote it";
    match json.as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(json).expect(VALID);
            let members = members.iter().filter(|(name, value)| *name != "Hash" && value.get() != "null");
            write_list('{', '}', members, out, |(name, value), out| {
                out.push_str(&serde_json::Value::from(name.as_str()).to_string());
                out.push(':');
                write_value(value.get(), out);
            });
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json).expect(VALID);
            write_list('[', ']', items.iter(), out, |item, out| write_value(item.get(), out));
        }
        Some(b'-' | b'0'..=b'9') => out.push_str(number(json)),
        _ => out.push_str(json),
    }
}

fn write_list<T>(
    open: char,
    close: char,
    items: impl Iterator<Item = T>,
    out: &mut String,
    write: impl Fn(T, &mut String),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

/// 1.50 and 1.5 are one amount; the source is free to change how many zeros it prints.
fn number(digits: &str) -> &str {
    if !digits.contains('.') || digits.contains(['e', 'E']) {
        return digits;
    }
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    if digits == "-0" { "0" } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Row {
        #[serde(rename = "Nome")]
        nome: &'static str,
        #[serde(rename = "Codigo")]
        codigo: i64,
        #[serde(rename = "Fantasia")]
        fantasia: Option<&'static str>,
        #[serde(rename = "Hash")]
        hash: &'static str,
    }

    const ROW: Row = Row { nome: "São \"João\"", codigo: 7, fantasia: None, hash: "x" };

    #[test]
    fn the_canonical_text_is_sorted_and_has_no_nulls_and_no_hash() {
        let json = serde_json::to_string(&ROW).expect("JSON");

        assert_eq!(canonical(&json), r#"{"Codigo":7,"Nome":"São \"João\""}"#);
    }

    // Computed with Python: base64(sha256(json.dumps(row, sort_keys=True, separators=(",",":"), ensure_ascii=False))).
    #[test]
    fn the_fingerprint_stays_what_it_is() {
        assert_eq!(Fingerprint::of(&ROW).as_str(), "cFs/0o+3ZodsdCtP1ie8xU9vVeeNnweHJUIwLsXjvoY=");
        assert_eq!(
            Fingerprint::of(&serde_json::json!({})).as_str(),
            "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
        );
    }

    #[test]
    fn nested_members_are_sorted_too_and_lists_keep_their_order() {
        let nested = r#"{"b":[{"z":1,"a":null},2],"a":{"d":1,"c":2}}"#;

        assert_eq!(canonical(nested), r#"{"a":{"c":2,"d":1},"b":[{"z":1},2]}"#);
    }

    #[test]
    fn decimals_keep_their_digits_and_lose_only_empty_zeros() {
        for (written, meant) in [
            ("12345678901234567890.123456", "12345678901234567890.123456"),
            ("1.50", "1.5"),
            ("2.00", "2"),
            ("100", "100"),
            ("-0.0", "0"),
            ("1.0e10", "1.0e10"),
        ] {
            assert_eq!(canonical(written), meant);
        }
    }

    #[test]
    fn a_changed_member_changes_the_fingerprint_and_the_hash_does_not() {
        let renamed = Row { nome: "São José", ..ROW };
        let hashed = Row { hash: "y", ..ROW };

        assert_ne!(Fingerprint::of(&renamed), Fingerprint::of(&ROW));
        assert_eq!(Fingerprint::of(&hashed), Fingerprint::of(&ROW));
    }
}
