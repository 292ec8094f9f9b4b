//! The envelope of every answer, `{"success": …, "error": …}` (`contracts/maxima.md` §3.1). Member names
//! come in any case.

use serde_json::{Map, Value, value::RawValue};

use crate::members::members;

/// Longest error text that is kept, in characters.
const KEPT: usize = 500;

/// What a body is, before anyone asks what it means.
#[derive(Debug, PartialEq)]
pub(crate) enum Body<'a> {
    /// An envelope, or an object of the framework that carries an error. `success` is JSON as it came: a listing is
    /// taken apart row by row, and one bad row must not hide the others.
    Envelope { success: &'a str, error: Option<String> },
    /// JSON, but not an envelope.
    Other,
    /// A page for people: a proxy or a maintenance notice.
    Html,
    /// Neither: cut short, or empty.
    Broken,
}

/// Reads a body; never fails.
pub(crate) fn read(body: &[u8]) -> Body<'_> {
    let Ok(json) = serde_json::from_slice::<&RawValue>(body) else {
        let html = body.trim_ascii_start().starts_with(b"<");
        return if html { Body::Html } else { Body::Broken };
    };
    let members = members(json.get()).unwrap_or_default();
    let named = |wanted: &str| {
        let member = members.iter().rfind(|(name, _)| name.eq_ignore_ascii_case(wanted));
        member.map(|(_, value)| value.get())
    };
    match (named("success"), named("error")) {
        (None, None) => Body::Other,
        (success, error) => {
            let error = error.map(|json| serde_json::from_str(json).unwrap_or_else(|_| Value::from(json)));
            Body::Envelope { success: success.unwrap_or("null"), error: error.as_ref().and_then(error_text) }
        }
    }
}

/// The words of a body that is not an envelope, e.g. ASP.NET's `{"message": …}` or bare text with HTTP 400.
pub(crate) fn plain_text(body: &[u8]) -> Option<String> {
    if let Ok(value) = serde_json::from_slice(body) {
        return error_text(&value);
    }
    let text = str::from_utf8(body).ok().filter(|text| !text.trim_start().starts_with(['{', '[', '"']))?;
    error_text(&Value::from(text))
}

/// The object with its member names in lower case.
pub(crate) fn lowercase(members: Map<String, Value>) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect()
}

/// An error as text; nothing when it is empty. The shapes are not documented (§10.9): texts are taken as
/// they are, objects by the member that usually speaks, anything else as its JSON.
fn error_text(error: &Value) -> Option<String> {
    let text = match error {
        Value::Null | Value::Bool(false) => return None,
        Value::String(text) => text.trim().to_owned(),
        Value::Array(items) => items.iter().filter_map(error_text).collect::<Vec<_>>().join("; "),
        Value::Object(members) if members.is_empty() => return None,
        Value::Object(members) => {
            const SPEAKS: [&str; 6] = ["message", "mensagem", "erro", "error", "detail", "title"];
            let members = lowercase(members.clone());
            SPEAKS
                .iter()
                .find_map(|name| members.get(*name)?.as_str().map(|text| text.trim().to_owned()))
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| error.to_string())
        }
        Value::Bool(true) | Value::Number(_) => error.to_string(),
    };
    (!text.is_empty()).then(|| text.chars().take(KEPT).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error_of(body: &Value) -> Option<String> {
        match read(body.to_string().as_bytes()) {
            Body::Envelope { error, .. } => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_empty_error_is_none() {
        for empty in [json!(null), json!(""), json!("  "), json!([]), json!({}), json!([null, ""])] {
            assert_eq!(error_of(&json!({"success": "ok", "error": empty})), None, "{empty}");
        }
    }

    #[test]
    fn an_error_speaks_whatever_its_shape() {
        for error in [
            json!("campo inválido"),
            json!(["campo inválido"]),
            json!({"message": "campo inválido"}),
            json!({"Mensagem": " campo inválido ", "codigo": 7}),
        ] {
            assert_eq!(error_of(&json!({"error": error})).as_deref(), Some("campo inválido"), "{error}");
        }
        assert_eq!(error_of(&json!({"error": {"campo": 1}})).as_deref(), Some(r#"{"campo":1}"#));
    }

    #[test]
    fn member_names_come_in_any_case() {
        let body = read(br#"{"SUCCESS":[1],"Error":null}"#);

        assert_eq!(body, Body::Envelope { success: "[1]", error: None });
    }

    #[test]
    fn what_is_not_an_envelope_is_told_apart() {
        assert_eq!(read(b"[1,2]"), Body::Other);
        assert_eq!(read(br#"{"versao":1}"#), Body::Other);
        assert_eq!(read(b"\n<html><body>502</body></html>"), Body::Html);
        assert_eq!(read(br#"{"success":[{"Cha"#), Body::Broken);
        assert_eq!(read(b""), Body::Broken);
    }

    #[test]
    fn a_value_that_nobody_can_read_does_not_break_the_answer() {
        let body = r#"{"success":[{"a":"\ud83d","b":1e999}],"error":null}"#;

        let success = r#"[{"a":"\ud83d","b":1e999}]"#;
        assert_eq!(read(body.as_bytes()), Body::Envelope { success, error: None });
        let error = br#"{"error":"\ud83d"}"#;
        assert!(matches!(read(error), Body::Envelope { error: Some(_), .. }), "an error all the same");
    }

    #[test]
    fn a_long_error_is_cut() {
        assert_eq!(
            error_of(&json!({"error": "é".repeat(2_000)})).map(|text| text.chars().count()),
            Some(KEPT)
        );
    }
}
