//! The canonical text said slowly: the JSON is written, read again level by level, and written in order. The
//! serializer must give the same.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// The text that is hashed.
pub(super) fn canonical(json: &str) -> String {
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

/// Any value a row may hold, and some that none holds.
pub(super) enum Any {
    Null,
    Bool(bool),
    Whole(i64),
    Float(f64),
    Text(String),
    /// Digits, or JSON with white space in it.
    Raw(Box<RawValue>),
    List(Vec<Any>),
    /// Names may be there twice.
    Object(Vec<(String, Any)>),
}

impl Any {
    pub(super) fn random(rng: &mut fastrand::Rng, depth: usize) -> Self {
        match rng.usize(..if depth == 0 { 6 } else { 9 }) {
            0 => Self::Null,
            1 => Self::Bool(rng.bool()),
            2 => Self::Whole(if rng.bool() { rng.i64(-9..9) } else { rng.i64(..) }),
            3 => Self::Float(rng.f64() * [1.0, 1e-9, 1e30, -4.0][rng.usize(..4)]),
            4 => Self::Text(text(rng)),
            5 => Self::Raw(raw(digits(rng))),
            6 => {
                let value = serde_json::to_value(Self::random(rng, depth - 1)).expect("a value");
                Self::Raw(raw(serde_json::to_string_pretty(&value).expect("JSON")))
            }
            7 => Self::List((0..rng.usize(..4)).map(|_| Self::random(rng, depth - 1)).collect()),
            _ => {
                Self::Object((0..rng.usize(..8)).map(|_| (text(rng), Self::random(rng, depth - 1))).collect())
            }
        }
    }
}

fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json).expect("JSON")
}

fn digits(rng: &mut fastrand::Rng) -> String {
    let sign = if rng.bool() { "-" } else { "" };
    let whole = ["0", "7", "100", "12345678901234567890"][rng.usize(..4)];
    let rest = ["", ".0", ".00", ".50", ".123456000", ".0e10", "e3"][rng.usize(..7)];
    format!("{sign}{whole}{rest}")
}

fn text(rng: &mut fastrand::Rng) -> String {
    let texts =
        ["", "Hash", "hash", "a", "b", "aa", "Z", "São", "\"", "\\", "#", "\u{1}\n\t", "😀", "null", "1.50"];
    let mut text = texts[rng.usize(..texts.len())].to_owned();
    if rng.bool() {
        text.push_str(texts[rng.usize(..texts.len())]);
    }
    text
}

impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => value.serialize(serializer),
            Self::Whole(value) => value.serialize(serializer),
            Self::Float(value) => value.serialize(serializer),
            Self::Text(value) => value.serialize(serializer),
            Self::Raw(value) => value.serialize(serializer),
            Self::List(values) => values.serialize(serializer),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
