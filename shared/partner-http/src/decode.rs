//! From the bytes of an answer to a value, without telling anyone what the bytes were.

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{CallError, Fault};

/// Reads `body` as `T`. A failure is [`Fault::Malformed`] and names the JSON path and what was expected
/// there, never the value found.
pub fn decode<T: DeserializeOwned>(partner: &'static str, method: &str, body: &[u8]) -> Result<T, CallError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| (error.path().to_string(), error.into_inner()))
        .and_then(|value| json.end().map(|()| value).map_err(|error| (".".to_owned(), error)));
    read.map_err(|(path, error)| {
        let text = format!("the answer at {path} is not as agreed: {}", complaint(&error));
        CallError::new(partner, method, Fault::Malformed { text })
    })
}

/// Whether `body` is the beginning of a JSON document whose end is missing: an answer that was cut short,
/// which a classifier calls [`Fault::Unclear`].
pub fn is_truncated(body: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(body).is_err_and(|error| error.is_eof())
}

/// What serde complains about, in words that are ours: what it found is the partner's data.
fn complaint(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Eof => "it ends too early".to_owned(),
        Category::Syntax | Category::Io => "it is not JSON".to_owned(),
        Category::Data => expectation(&error.to_string()).unwrap_or("unexpected value").to_owned(),
    }
}

/// The part of a message of serde that our types wrote. A message of another origin gives nothing.
fn expectation(message: &str) -> Option<&str> {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if message.starts_with("missing field `") {
        return Some(message);
    }
    let known = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `"];
    if !known.iter().any(|start| message.starts_with(start)) {
        return None;
    }
    let at = message.rfind(", expected ")?;
    Some(&message[at + 2..])
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Reply {
        #[expect(dead_code, reason = "only its decoding is looked at")]
        clientes: Vec<Cliente>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its decoding is looked at")]
    struct Cliente {
        codigo: i64,
        #[serde(default, deserialize_with = "picky")]
        cep: (),
    }

    fn picky<'de, D: serde::Deserializer<'de>>(from: D) -> Result<(), D::Error> {
        let text = String::deserialize(from)?;
        Err(serde::de::Error::custom(format!("{text} is no postal code")))
    }

    fn text(body: &str) -> String {
        decode::<Reply>("omie", "ListarClientes", body.as_bytes()).expect_err("not a reply").to_string()
    }

    #[test]
    fn a_wrong_value_is_named_by_its_path_and_not_shown() {
        let text = text(r#"{"clientes":[{"codigo":1},{"codigo":"canary, expected canary"}]}"#);

        assert!(text.contains("clientes[1].codigo"), "{text}");
        assert!(text.contains("expected i64"), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }

    #[test]
    fn a_missing_field_is_named() {
        let text = text(r#"{"clientes":[{}]}"#);

        assert!(text.contains("clientes[0]") && text.contains("missing field `codigo`"), "{text}");
    }

    #[test]
    fn the_words_of_a_deserialiser_are_not_repeated() {
        let text = text(r#"{"clientes":[{"codigo":1,"cep":"canary"}]}"#);

        assert!(text.contains("clientes[0].cep") && !text.contains("canary"), "{text}");
    }

    #[test]
    fn text_after_the_document_is_refused() {
        let text = text(r#"{"clientes":[]} canary"#);

        assert!(text.contains("not JSON") && !text.contains("canary"), "{text}");
    }

    #[test]
    fn an_answer_cut_short_is_told_from_one_that_is_not_json() {
        assert!(is_truncated(br#"{"clientes":[{"co"#));
        assert!(is_truncated(b""));
        assert!(!is_truncated(b"<html>"));
        assert!(!is_truncated(br#"{"clientes":[]}"#));
    }
}
