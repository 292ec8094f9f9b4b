//! A partner's document as it came: every value knows the text it was read from, numbers keep their digits, and
//! nothing in it can exhaust the stack.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Deepest nesting that is read (`contracts/service-order-flow.md` §10).
pub(crate) const DEEPEST: usize = 32;

/// A value and its text.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    pub(crate) raw: &'a str,
    pub(crate) node: Node<'a>,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    Null,
    Flag(bool),
    /// Its digits are the value's text.
    Number,
    Text(String),
    List(Vec<Tree<'a>>),
    /// In the order of the document; a name may come twice.
    Object(Vec<(String, Tree<'a>)>),
}

/// Why a document is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    TooDeep,
    NotJson,
}

/// Reads a whole document.
pub(crate) fn parse(text: &str) -> Result<Tree<'_>, Broken> {
    // A byte order mark is no JSON, but tools of Windows write it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if depth(text) > DEEPEST {
        return Err(Broken::TooDeep);
    }
    let raw: &RawValue = serde_json::from_str(text).map_err(|_| Broken::NotJson)?;
    tree(raw)
}

/// Reads the body of an answer.
pub(crate) fn parse_bytes(body: &[u8]) -> Result<Tree<'_>, Broken> {
    parse(std::str::from_utf8(body).map_err(|_| Broken::NotJson)?)
}

impl<'a> Tree<'a> {
    /// The member of this name; of several the last, as most readers do.
    pub(crate) fn member(&self, name: &str) -> Option<&Tree<'a>> {
        let Node::Object(members) = &self.node else { return None };
        members.iter().rfind(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// What a step of a JSON pointer leads to.
    pub(crate) fn step(&self, step: &str) -> Option<&Tree<'a>> {
        match &self.node {
            Node::Object(_) => self.member(&step.replace("~1", "/").replace("~0", "~")),
            Node::List(items) => items.get(step.parse::<usize>().ok()?),
            Node::Null | Node::Flag(_) | Node::Number | Node::Text(_) => None,
        }
    }

    /// What a JSON pointer leads to.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Tree<'a>> {
        pointer.split('/').skip(1).try_fold(self, |tree, step| tree.step(step))
    }

    /// Whether nothing is said here: null, blank text, or a structure in which nothing is said.
    pub(crate) fn is_blank(&self) -> bool {
        match &self.node {
            Node::Null => true,
            Node::Text(text) => text.trim().is_empty(),
            Node::Flag(_) | Node::Number => false,
            Node::List(items) => items.iter().all(Tree::is_blank),
            Node::Object(members) => members.iter().all(|(_, value)| value.is_blank()),
        }
    }
}

fn tree(raw: &RawValue) -> Result<Tree<'_>, Broken> {
    let raw = raw.get();
    let not_json = |_| Broken::NotJson;
    let node = match raw.as_bytes().first() {
        Some(b'n') => Node::Null,
        Some(b't') => Node::Flag(true),
        Some(b'f') => Node::Flag(false),
        Some(b'"') => Node::Text(text(raw).ok_or(Broken::NotJson)?),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(raw).map_err(not_json)?;
            Node::List(items.into_iter().map(tree).collect::<Result<_, _>>()?)
        }
        Some(b'{') => {
            let Members(members) = serde_json::from_str(raw).map_err(not_json)?;
            let read = |(name, value)| tree(value).map(|value| (name, value));
            Node::Object(members.into_iter().map(read).collect::<Result<_, _>>()?)
        }
        _ => Node::Number,
    };
    Ok(Tree { raw, node })
}

/// How deep brackets nest, whether or not the text is JSON.
fn depth(text: &str) -> usize {
    let (mut deep, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                deep += 1;
                deepest = deepest.max(deep);
            }
            b']' | b'}' if !quoted => deep = deep.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The text that a JSON string stands for. Half a letter, which is left when an emoji is cut, becomes a replacement
/// mark and does not lose the document.
fn text(json: &str) -> Option<String> {
    let whole = serde_json::from_str(json).ok();
    whole.or_else(|| serde_json::Deserializer::from_str(json).deserialize_byte_buf(Lossy).ok())
}

struct Lossy;

impl Visitor<'_> for Lossy {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<String, E> {
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Each)
    }
}

struct Each;

impl<'de> Visitor<'de> for Each {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry::<String, &'de RawValue>()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_through_members_and_places() {
        let tree = parse(r#"{"a":[{"b/c":1},{"b/c":0.10}],"a~":{},"a":[1,{"b/c":2.50}]}"#).expect("JSON");

        assert_eq!(tree.at("/a/1/b~1c").map(|found| found.raw), Some("2.50"));
        assert_eq!(tree.at("/a~0").map(|found| found.raw), Some("{}"));
        for nowhere in ["/a/9", "/a/x", "/b", "/a/1/b~1c/d", "/a/-1"] {
            assert!(tree.at(nowhere).is_none(), "{nowhere}");
        }
    }

    #[test]
    fn thirty_two_levels_are_read_and_thirty_three_are_not() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));

        assert!(parse(&nested(32)).is_ok());
        assert_eq!(parse(&nested(33)).map(drop), Err(Broken::TooDeep));
        assert_eq!(parse(&"[".repeat(1_000_000)).map(drop), Err(Broken::TooDeep));
        assert!(parse(r#"{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[["}"#).is_ok());
    }

    #[test]
    fn half_an_emoji_does_not_lose_the_document() {
        let tree = parse(r#"{"a":"x\ud83d"}"#).expect("JSON");

        assert!(matches!(&tree.at("/a").expect("a").node, Node::Text(text) if text.starts_with('x')));
    }

    #[test]
    fn blank_is_what_says_nothing_at_any_depth() {
        for blank in ["null", r#"" ""#, "{}", "[]", r#"{"id":"","description":null,"x":[{}]}"#] {
            assert!(parse(blank).expect("JSON").is_blank(), "{blank}");
        }
        for said in ["0", "false", r#"{"id":"","tag":"B"}"#] {
            assert!(!parse(said).expect("JSON").is_blank(), "{said}");
        }
    }
}
