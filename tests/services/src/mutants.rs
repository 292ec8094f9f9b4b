//! Bodies that went wrong, drawn: bits that flip, pieces that are missing, doubled or swapped for another kind, depths,
//! numbers and letters that nobody expects.

use fastrand::Rng;
use serde_json::{Value, json};

/// Texts that readers stumble over.
const LETTERS: [&str; 10] = [
    "\u{0}",
    "\u{1F600}",
    "\u{202e}",
    "\u{feff}",
    "\\ud800",
    "\\udc00\\ud800",
    "é\u{301}",
    "\\u0000",
    "'; --",
    "%00",
];
/// Numbers that readers stumble over.
const NUMBERS: [&str; 9] = [
    "1e999",
    "-1e999",
    "99999999999999999999999999999999999999999999",
    "-0",
    "0.1e-400",
    "9223372036854775808",
    "1.0000000000000000000000000001",
    "NaN",
    "0x10",
];

/// One of many ways in which `body` goes wrong; now and then several.
pub fn mutated(body: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut body = body.to_vec();
    for _ in 0..*rng.choice(&[1, 1, 1, 2, 4]).expect("some") {
        body = once(body, rng);
        if body.is_empty() {
            body.push(b'x');
        }
    }
    body
}

fn once(mut body: Vec<u8>, rng: &mut Rng) -> Vec<u8> {
    let at = rng.usize(..body.len());
    let end = (at + rng.usize(1..24)).min(body.len());
    match rng.u8(0..12) {
        0 => body[at] ^= 1 << rng.u8(0..8),
        1 => drop(body.drain(at..end)),
        2 => body.truncate(at),
        3 => body.insert(at, *rng.choice(b"{}[]\",:\\0e-\n\x00\xff").expect("some")),
        4 => body.extend_from_within(at..),
        5 => splice(&mut body, at, rng.choice(&LETTERS).expect("some").as_bytes()),
        6 => number(&mut body, at, rng),
        7 => double_a_name(&mut body, rng),
        8 => splice(&mut body, at, &vec![b'['; rng.usize(1..60)]),
        _ => return structured(&body, rng).unwrap_or(body),
    }
    body
}

fn splice(body: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    body.splice(at..at, bytes.iter().copied());
}

/// Instead of the digits behind `at`.
fn number(body: &mut Vec<u8>, at: usize, rng: &mut Rng) {
    let Some(start) = body[at..].iter().position(u8::is_ascii_digit).map(|from| at + from) else { return };
    let length = body[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let other = rng.choice(&NUMBERS).expect("some");
    body.splice(start..start + length, other.bytes());
}

/// A name that is there already, with another value.
fn double_a_name(body: &mut Vec<u8>, rng: &mut Rng) {
    let member = *rng
        .choice(&[
            r#""order":{"id":"another-order"},"#,
            r#""order":null,"#,
            r#""equipment":{"id":"1"},"#,
            r#""orderId":"5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10","#,
            r#""ss":1287001,"#,
            r#""event":"SS_COMPLETED","#,
            r#""items":[1,2],"#,
        ])
        .expect("some");
    let braces: Vec<usize> = (0..body.len()).filter(|at| body[*at] == b'{').collect();
    if let Some(at) = rng.choice(&braces) {
        splice(body, *at + 1, member.as_bytes());
    }
}

/// What is still JSON afterwards; nothing when it is none before.
fn structured(body: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut json: Value = serde_json::from_slice(body).ok()?;
    let count = nodes(&mut json);
    let mut left = rng.usize(..count);
    let chosen = find(&mut json, &mut left)?;
    let old = chosen.take();
    *chosen = match rng.u8(0..8) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => json!(rng.i64(..)),
        3 => json!(rng.choice(&LETTERS).expect("some").repeat(rng.usize(1..2_000))),
        4 => nested(old, rng.usize(1..45), rng.bool()),
        5 => Value::String(old.to_string()),
        6 => json!([old.clone(), old]),
        _ => json!({}),
    };
    Some(json.to_string().into_bytes())
}

fn nested(value: Value, levels: usize, is_list: bool) -> Value {
    (0..levels).fold(value, |inner, _| if is_list { json!([inner]) } else { json!({ "payload": inner }) })
}

fn nodes(value: &mut Value) -> usize {
    1 + children(value).map(nodes).sum::<usize>()
}

/// The node that so many come before.
fn find<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    children(value).find_map(|child| find(child, left))
}

fn children(value: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Object(members) => Box::new(members.values_mut()),
        _ => Box::new(std::iter::empty()),
    }
}
