//! One form for all spellings of a document, and its digest.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::json::{self, Node, Tree};

/// The SHA-256 of the canonical form of `text`, or of the text itself where it is no JSON; 64 hex digits.
pub(super) fn digest(text: &str) -> String {
    let canonical = json::parse(text).map(|tree| canonical(&tree));
    let digest = Sha256::digest(canonical.as_deref().unwrap_or(text));
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Members by name, the last of a name; no blanks; numbers as written.
fn canonical(tree: &Tree<'_>) -> String {
    match &tree.node {
        Node::Null | Node::Flag(_) | Node::Number => tree.raw.to_owned(),
        Node::Text(text) => quoted(text),
        Node::List(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Node::Object(members) => {
            let members: std::collections::BTreeMap<&str, &Tree<'_>> =
                members.iter().map(|(name, value)| (name.as_str(), value)).collect();
            let members =
                members.iter().map(|(name, value)| format!("{}:{}", quoted(name), canonical(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_blanks_do_not_make_another_event_and_values_do() {
        let one = digest(r#"{"a":1.50,"b":[{"x":"\u00e7"}]}"#);

        assert_eq!(one, digest("{ \"b\": [ {\"x\": \"ç\"} ],\n \"a\": 1.50 }"));
        assert_ne!(one, digest(r#"{"a":1.51,"b":[{"x":"ç"}]}"#));
        assert_eq!(one.len(), 64);
    }
}
