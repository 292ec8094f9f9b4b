//! What names a record and what tells whether it changed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Names one record of an entity, on both sides and for ever. Taken from the *source record*, so that a record
/// that cannot be mapped still has a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    /// The key as text, as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the record has no name at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Stands for the name of a record that has none, by where it was seen: `"?p3-17"` is the 17th of page 3.
    pub(crate) fn of_place(page: u32, position: usize) -> Self {
        Self(format!("?p{page}-{position}"))
    }

    /// Whether this is a place and not a name. No record may be named like one: it would not be told apart.
    pub(crate) fn is_place(&self) -> bool {
        let number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let place = self.0.strip_prefix("?p").and_then(|place| place.split_once('-'));
        place.is_some_and(|(page, position)| number(page) && number(position))
    }
}

impl From<i64> for Key {
    fn from(code: i64) -> Self {
        Self(code.to_string())
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_from_every_name() {
        assert_eq!(Key::of_place(3, 17).as_str(), "?p3-17");
        assert!(Key::of_place(3, 17).is_place());
        for name in ["", "17", "?", "?p", "?p-", "?p3-", "?p-17", "?p3-17 (SP)", "p3-17", "?PARA-1", "-1"] {
            assert!(!Key::from(name).is_place(), "{name}");
        }
    }
}
