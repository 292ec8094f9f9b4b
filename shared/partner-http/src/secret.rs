//! Text that must not be seen, and its removal from text that will be.

use std::fmt;
use std::sync::Mutex;

use serde::Deserialize;

use crate::held;

/// Text that must not reach a log, an error or a screen. It has no `Display`, and its `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes the text in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the request that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// The secrets that are removed from partner text.
#[derive(Default)]
pub(crate) struct Hidden(Mutex<Vec<String>>);

impl Hidden {
    /// Removes `secret` from now on, as it is and as JSON writes it.
    pub(crate) fn add(&self, secret: &Secret) {
        let text = secret.expose();
        let escaped = serde_json::Value::from(text).to_string();
        let mut forms = held(&self.0);
        for form in [text, escaped.trim_matches('"')] {
            // Hiding one or two letters would hide the message; nothing that short protects anything.
            if form.len() >= SHORTEST && !forms.iter().any(|known| known == form) {
                forms.push(form.to_owned());
            }
        }
        // Longest first: a secret inside another must not leave the other's rest behind.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    }

    /// `text` without secrets and cut to a length that fits a log line.
    pub(crate) fn clean(&self, text: &str) -> String {
        // Cleaned before it is cut: half a secret is not recognised any more.
        let clean = held(&self.0).iter().fold(text.to_owned(), |text, secret| text.replace(secret, "***"));
        match clean.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &clean[..end]),
            None => clean,
        }
    }
}

const SHORTEST: usize = 4;
const LONGEST: usize = 600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", Secret::new("canary-7")), "Secret(***)");
    }

    #[test]
    fn hidden_text_is_removed_wherever_it_stands() {
        let hidden = Hidden::default();
        hidden.add(&Secret::new("can\"ary"));
        hidden.add(&Secret::new("can\"ary-and-more"));

        let clean = hidden.clean(r#"raw can"ary, json "can\"ary", long can"ary-and-more"#);

        assert_eq!(clean, r#"raw ***, json "***", long ***"#);
    }

    #[test]
    fn a_long_text_is_cut_after_it_is_cleaned() {
        let hidden = Hidden::default();
        hidden.add(&Secret::new("canary"));

        let clean = hidden.clean(&format!("{}canary", "é".repeat(LONGEST - 3)));

        assert_eq!(clean, format!("{}***", "é".repeat(LONGEST - 3)));
        assert!(hidden.clean(&"é".repeat(LONGEST + 1)).ends_with("é…"));
    }
}
