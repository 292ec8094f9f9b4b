//! What a form or an address says, bounded.

use super::hex;

/// More is no form of ours: the largest is the de-para of a tenant with a few hundred payment means.
const LARGEST: usize = 256 * 1024;
const FIELDS: usize = 2_000;

/// Fields by name, in the order they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

/// It is too large, or is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("o formulário é grande demais ou está corrompido: recarregue a página e tente de novo")]
pub struct TooMuch;

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn read(text: &[u8]) -> Result<Self, TooMuch> {
        if text.len() > LARGEST {
            return Err(TooMuch);
        }
        let mut fields = Vec::new();
        for pair in text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if fields.len() == FIELDS {
                return Err(TooMuch);
            }
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let value = pair.get(at + 1..).unwrap_or_default();
            fields.push((decoded(&pair[..at])?, decoded(value)?));
        }
        Ok(Self(fields))
    }

    /// A form with these fields.
    pub fn of<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The field of this name without blanks at its ends; empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// The field, when something is in it.
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Whether a box is ticked.
    pub fn is_on(&self, name: &str) -> bool {
        self.filled(name).is_some()
    }

    /// All fields of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim())
    }

    /// `path` with these fields as its query, one of them changed; empty removes it.
    pub fn address(&self, path: &str, name: &str, value: &str) -> String {
        let kept = self.fields().filter(|(known, value)| *known != name && !value.is_empty());
        let all = kept.chain(Some((name, value)).filter(|(_, value)| !value.is_empty()));
        let pairs: Vec<String> =
            all.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }

    /// Every field, in the order they were sent.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// What stands between commas.
pub fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

/// A value as an address or a form carries it.
pub fn encoded(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => written.push(char::from(byte)),
            b' ' => written.push('+'),
            other => {
                written.push('%');
                written.push_str(&hex(&[other]).to_uppercase());
            }
        }
    }
    written
}

fn decoded(text: &[u8]) -> Result<String, TooMuch> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        bytes.push(match (first, after) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => {
                rest = after;
                let digit =
                    |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                digit(*high).zip(digit(*low)).map(|(high, low)| high * 16 + low).ok_or(TooMuch)?
            }
            (b'%', _) => return Err(TooMuch),
            (other, _) => *other,
        });
    }
    String::from_utf8(bytes).map_err(|_| TooMuch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let text = "a=1&b=São+Paulo%26&b=&vazio";
        let form = Form::read(text.replace('ã', "%C3%A3").as_bytes()).expect("a form");

        assert_eq!(form.text("a"), "1");
        assert_eq!(form.all("b").collect::<Vec<_>>(), ["São Paulo&", ""]);
        assert!(!form.is_on("vazio") && !form.is_on("outro"));
        let odd = "<b> & ç = '\"";
        let form = Form::read(format!("x={}", encoded(odd)).as_bytes()).expect("a form");
        assert_eq!(form.text("x"), odd);
    }

    #[test]
    fn what_is_too_large_or_broken_is_refused() {
        let long = "a=".to_owned() + &"x".repeat(LARGEST);
        let many = "a&".repeat(FIELDS + 1);
        for text in [long.as_str(), &many, "a=%", "a=%4", "a=%zz", "a=%FF"] {
            assert_eq!(Form::read(text.as_bytes()), Err(TooMuch), "{text:.20}");
        }
    }
}
