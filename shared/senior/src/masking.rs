//! Secrets that partners put into bodies, removed before anything is stored (`contracts/senior-x.md` §7.2).

use std::{borrow::Cow, ops::Range};

use crate::{
    fold::squeezed,
    json::{self, Node, Tree},
};

/// Members that carry secrets; compared without case, `_` and `-`.
const NAMES: &[&str] = &[
    "authorization",
    "token",
    "accesstoken",
    "refreshtoken",
    "senha",
    "password",
    "xseniortoken",
    "xwebhooksecret",
];

const MASK: &str = "***";

/// JSON as text in JSON as text: this often.
const DEEPEST: usize = 4;

/// A body without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The received text byte for byte, when nothing was masked; else with `"***"` in place of each secret.
    pub body: String,
    /// Whether `body` differs from what was received.
    pub changed: bool,
}

/// Replaces the values of members named `authorization`, `token`, `access_token`, `refresh_token`, `senha` and
/// `password` at any depth, also in JSON that stands as text in a member, and as well as possible in a body that is
/// no JSON. Everything else keeps its bytes; what is not UTF-8 becomes replacement marks. Null and empty values hide
/// nothing and stay. Masking twice is the same as masking once.
pub fn masked(body: &[u8]) -> Masked {
    let text = String::from_utf8_lossy(body);
    let is_whole = matches!(text, Cow::Borrowed(_));
    let without = without_secrets(&text, DEEPEST);
    Masked { changed: without.is_some() || !is_whole, body: without.unwrap_or_else(|| text.into_owned()) }
}

/// `text` without secrets; nothing when it has none.
fn without_secrets(text: &str, levels: usize) -> Option<String> {
    let mut cuts = Vec::new();
    match json::parse(text) {
        Ok(tree) => by_structure(text, &tree, levels, &mut cuts),
        Err(_) => by_words(text, &mut cuts),
    }
    if cuts.is_empty() {
        return None;
    }
    let (mut masked, mut from) = (String::with_capacity(text.len()), 0);
    for (cut, instead) in cuts {
        masked.push_str(&text[from..cut.start]);
        masked.push_str(&instead);
        from = cut.end;
    }
    masked.push_str(&text[from..]);
    Some(masked)
}

/// What stands in place of a piece of the text.
type Cuts = Vec<(Range<usize>, String)>;

fn by_structure(whole: &str, tree: &Tree<'_>, levels: usize, cuts: &mut Cuts) {
    let here = || {
        let start = tree.raw.as_ptr().addr() - whole.as_ptr().addr();
        start..start + tree.raw.len()
    };
    match &tree.node {
        Node::List(items) => items.iter().for_each(|item| by_structure(whole, item, levels, cuts)),
        Node::Object(members) => {
            for (name, value) in members {
                if is_secret(name) {
                    hide(whole, value, cuts);
                } else {
                    by_structure(whole, value, levels, cuts);
                }
            }
        }
        Node::Text(text) if levels > 0 && text.trim_start().starts_with(['{', '[', '"']) => {
            if let Some(inner) = without_secrets(text, levels - 1) {
                cuts.push((here(), serde_json::Value::from(inner).to_string()));
            }
        }
        Node::Null | Node::Flag(_) | Node::Number | Node::Text(_) => {}
    }
}

fn hide(whole: &str, value: &Tree<'_>, cuts: &mut Cuts) {
    let hides_nothing = value.is_blank() || matches!(&value.node, Node::Text(text) if text == MASK);
    if !hides_nothing {
        let start = value.raw.as_ptr().addr() - whole.as_ptr().addr();
        cuts.push((start..start + value.raw.len(), format!("\"{MASK}\"")));
    }
}

/// In a text that is no JSON: whatever follows such a name and a colon or an equals sign.
fn by_words(text: &str, cuts: &mut Cuts) {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    let mut from = 0;
    while let Some(start) = text[from..].find(is_part).map(|at| from + at) {
        let end = text[start..].find(|letter| !is_part(letter)).map_or(text.len(), |at| start + at);
        from = end;
        if !is_secret(&text[start..end]) {
            continue;
        }
        if let Some(value) = value_after(text, end).filter(|value| !value.is_empty()) {
            from = value.end;
            if &text[value.clone()] != MASK {
                cuts.push((value, MASK.to_owned()));
            }
        }
    }
}

/// Where the value of a name that ends at `from` stands, without its quotes.
fn value_after(text: &str, from: usize) -> Option<Range<usize>> {
    let skip = |from: usize, letters: &[char]| {
        let rest = &text[from..];
        let blank = |letter: char| letter.is_whitespace() || letters.contains(&letter);
        rest.find(|letter| !blank(letter)).map_or(text.len(), |at| from + at)
    };
    let colon = skip(from, &['"', '\'', '\\']);
    let sign = text[colon..].chars().next().filter(|sign| matches!(sign, ':' | '='))?;
    let start = skip(colon + sign.len_utf8(), &[]);
    let escaped = text[start..].trim_start_matches('\\');
    let is_escaped = escaped.len() < text[start..].len();
    let quoted = escaped.strip_prefix('"');
    let (start, end) = match quoted {
        Some(value) => {
            let start = text.len() - value.len();
            (start, start + closing_quote(value, is_escaped))
        }
        // What such a value holds cannot be told from what follows it.
        None if text[start..].starts_with(['{', '[']) => (start, text.len()),
        None => {
            let value = &text[start..];
            (start, start + value.find([',', ';', '&', '}', ']', '"', '\n', '\r']).unwrap_or(value.len()))
        }
    };
    Some(start..end)
}

/// Where the text that begins here ends. Inside of a text that is itself quoted the first quote ends it.
fn closing_quote(value: &str, is_escaped: bool) -> usize {
    let mut after_backslash = false;
    for (at, letter) in value.char_indices() {
        match letter {
            '"' if is_escaped || !after_backslash => {
                return if is_escaped { value[..at].trim_end_matches('\\').len() } else { at };
            }
            '\\' => after_backslash = !after_backslash,
            _ => after_backslash = false,
        }
    }
    value.len()
}

fn is_secret(name: &str) -> bool {
    NAMES.contains(&squeezed(name).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(body: &str) -> String {
        masked(body.as_bytes()).body
    }

    #[test]
    fn a_body_without_secrets_keeps_its_bytes() {
        for body in [
            "{ \"a\" : 1.500 ,\r\n \"ç\":\"\\u00e7\", \"tokens\": 3, \"token\": null, \"senha\": \"\" }\n",
            "\u{feff}[]",
            "<html>",
            "",
            r#"{"payload":"{\"a\": 1}"}"#,
        ] {
            assert_eq!(masked(body.as_bytes()), Masked { body: body.to_owned(), changed: false }, "{body}");
        }
    }

    #[test]
    fn secrets_are_masked_at_any_depth_and_nothing_else_changes() {
        let body = "{ \"Authorization\" : \"Bearer canary\",\"x\":[{\"access_token\":\"canary\"},\n {\"senha\":12345,\
                    \"refreshToken\":{\"v\":\"canary\"}}], \"n\": 1.500, \"to\\u006ben\":\"canary\" }";

        let masked = masked(body.as_bytes());

        let expected = "{ \"Authorization\" : \"***\",\"x\":[{\"access_token\":\"***\"},\n {\"senha\":\"***\",\
                        \"refreshToken\":\"***\"}], \"n\": 1.500, \"to\\u006ben\":\"***\" }";
        assert_eq!(masked, Masked { body: expected.to_owned(), changed: true });
        assert!(!super::masked(expected.as_bytes()).changed);
    }

    #[test]
    fn a_secret_in_json_that_stands_as_text_is_masked() {
        let twice = serde_json::json!({"payload": r#"{"a":"{\"token\":\"canary\",\"b\":1}"}"#}).to_string();

        let masked = mask(&twice);

        assert!(!masked.contains("canary") && masked.contains("***"), "{masked}");
        let outer: serde_json::Value = serde_json::from_str(&masked).expect("JSON");
        assert_eq!(outer["payload"], r#"{"a":"{\"token\":\"***\",\"b\":1}"}"#);
    }

    #[test]
    fn a_body_that_is_no_json_keeps_no_secret_either() {
        for body in [
            r#"{"token":"canary","a":"#,
            r#"{"token" : "can\"canary"#,
            r#"{"a":"{\"token\":\"canary\"}"#,
            r#"{"password":["canary","canary"]"#,
            "token=canary&a=1",
            "Authorization: Bearer canary\nx",
            &format!("{}\"senha\":\"canary\"", "[".repeat(40)),
        ] {
            let once = masked(body.as_bytes());
            assert!(once.changed && !once.body.contains("canary"), "{}", once.body);
            assert_eq!(mask(&once.body), once.body, "{body}");
        }
        assert_eq!(mask("token=canary&a=1"), "token=***&a=1");
        assert_eq!(mask(r#"{"token":"canary","a":"#), r#"{"token":"***","a":"#);
    }

    #[test]
    fn what_is_not_text_is_told_as_changed() {
        let masked = masked(b"{\"a\":\"\xff\"}");

        assert_eq!(masked, Masked { body: "{\"a\":\"\u{fffd}\"}".to_owned(), changed: true });
    }
}
