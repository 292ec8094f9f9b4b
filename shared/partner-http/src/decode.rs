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
        let text = format!("a resposta não é a combinada em {path}: {}", complaint(&error));
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
        Category::Eof => "acaba antes do fim".to_owned(),
        Category::Syntax | Category::Io => "não é JSON".to_owned(),
        Category::Data => expectation(&error.to_string()).unwrap_or_else(|| "valor inesperado".to_owned()),
    }
}

/// The part of a message of serde that our types wrote, as an operator reads it. A message of another origin gives
/// nothing.
fn expectation(message: &str) -> Option<String> {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if let Some(member) = message.strip_prefix("missing field ") {
        return Some(format!("falta {member}"));
    }
    let known = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `"];
    if !known.iter().any(|start| message.starts_with(start)) {
        return None;
    }
    let (_, expected) = message.rsplit_once(", expected ")?;
    Some(format!("não é {}", named(expected)?))
}

/// What a type of ours expects, in Portuguese. Not everything has a name there.
fn named(expected: &str) -> Option<&'static str> {
    let integers = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "usize", "a 64-bit integer"];
    Some(match expected {
        "a string" | "text" | "a borrowed string" => "um texto",
        "a boolean" => "verdadeiro ou falso",
        "f32" | "f64" | "a decimal" | "a decimal number" => "um número decimal",
        "one value" => "um valor só",
        "a date" => "uma data",
        "a time" => "um horário",
        "a sequence" | "a list" | "a list or nothing" | "the rows of a listing" => "uma lista",
        "a map" | "an object" | "an object or nothing" | "a structure" => "um objeto",
        _ if integers.contains(&expected) => "um número inteiro",
        _ if expected.starts_with("struct ") => "um objeto",
        _ => return None,
    })
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
        assert!(text.contains("não é um número inteiro"), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }

    #[test]
    fn a_missing_field_is_named() {
        let text = text(r#"{"clientes":[{}]}"#);

        assert!(text.contains("clientes[0]") && text.contains("falta `codigo`"), "{text}");
    }

    #[test]
    fn the_words_of_a_deserialiser_are_not_repeated() {
        let text = text(r#"{"clientes":[{"codigo":1,"cep":"canary"}]}"#);

        assert!(text.contains("clientes[0].cep") && !text.contains("canary"), "{text}");
    }

    #[test]
    fn text_after_the_document_is_refused() {
        let text = text(r#"{"clientes":[]} canary"#);

        assert!(text.contains("não é JSON") && !text.contains("canary"), "{text}");
    }

    #[test]
    fn an_answer_cut_short_is_told_from_one_that_is_not_json() {
        assert!(is_truncated(br#"{"clientes":[{"co"#));
        assert!(is_truncated(b""));
        assert!(!is_truncated(b"<html>"));
        assert!(!is_truncated(br#"{"clientes":[]}"#));
    }
}
