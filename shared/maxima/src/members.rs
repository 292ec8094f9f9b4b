//! The members of a JSON object as they came: names in their spelling, values as their text. Numbers keep their
//! digits, and what nobody reads is not looked into.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Name and value of every member, in the order of the document.
pub(crate) struct Members<'a>(pub(crate) Vec<(String, &'a RawValue)>);

/// The members of the object that `json` is; nothing when it is not an object.
pub(crate) fn members(json: &str) -> Option<Vec<(String, &RawValue)>> {
    serde_json::from_str::<Members<'_>>(json).ok().map(|members| members.0)
}

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
    fn members_keep_their_order_their_spelling_and_their_digits() {
        let json = r#" {"b":12345678901234567890 , "A":0.1000000000000000055,"\u00e7":{"x":[1.0]}} "#;

        let members = members(json).expect("an object");

        let shown: Vec<_> = members.iter().map(|(name, value)| (name.as_str(), value.get())).collect();
        assert_eq!(
            shown,
            [("b", "12345678901234567890"), ("A", "0.1000000000000000055"), ("ç", r#"{"x":[1.0]}"#)]
        );
    }

    #[test]
    fn what_is_not_one_object_has_no_members() {
        for json in ["", "[]", "1", "null", r#"{"a":1"#, "{} {}", r#"{"a"}"#] {
            assert!(members(json).is_none(), "{json}");
        }
    }
}
