//! What Omie has refused for good: the same is not sent again.

use serde::{Deserialize, Serialize};

/// Refused payloads that are remembered.
const KEPT: usize = 10;

/// A payload that Omie refused for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Digest of the payload.
    pub digest: String,
    /// Omie's words.
    pub text: String,
    /// Whether the operator must act, not the seller: a setting of ours, not the order, is wrong.
    #[serde(default)]
    pub is_setting: bool,
}

/// The last of them, each digest once, the latest last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refusals(Vec<Refusal>);

impl Refusals {
    /// What Omie said to this payload before.
    pub fn of(&self, digest: &str) -> Option<&Refusal> {
        self.0.iter().find(|refusal| refusal.digest == digest)
    }

    /// Whether nothing was refused, or all of it is forgotten.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn remember(&mut self, digest: impl Into<String>, text: &str, is_setting: bool) {
        let digest = digest.into();
        self.0.retain(|known| known.digest != digest);
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(Refusal { digest, text: text.to_owned(), is_setting });
    }

    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}
