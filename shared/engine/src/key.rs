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
