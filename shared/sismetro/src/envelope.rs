//! The envelope of the read API: `{valid, resultList, totalPages}` (`contracts/sismetro.md` §7), and the words in
//! which Sismetro refuses.

use serde_json::Value;

use crate::link::masked_text;
use crate::member::{self, Object};
use crate::plain::{cut, tidy};

/// An answer of the read API.
#[derive(Debug, PartialEq)]
pub(crate) struct Envelope {
    /// Sismetro found what was asked for.
    pub(crate) valid: bool,
    pub(crate) records: Vec<Value>,
    pub(crate) total_pages: Option<u32>,
    /// What it says about it.
    pub(crate) message: Option<String>,
}

impl Envelope {
    /// The envelope in `body`; nothing when it is no JSON object.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let Some(Value::Object(root)) = member::json(body) else { return None };
        let list = ["resultList", "data"].iter().find_map(|name| member::member(&root, name));
        let records = match list {
            Some(Value::Array(items)) => items.clone(),
            Some(object @ Value::Object(_)) => vec![object.clone()],
            _ => Vec::new(),
        };
        let total_pages = member::text_of(&root, "totalPages").and_then(|pages| pages.parse().ok());
        Some(Self { valid: !says_no(&root), records, total_pages, message: message(&root) })
    }
}

/// Whether the reply to an opening refuses, and with which words; nothing when it does not.
pub(crate) fn refusal(body: &[u8]) -> Option<String> {
    let json = member::json(body)?;
    let root = json.as_object()?;
    let complains =
        ["error", "erro"].iter().any(|name| member::member(root, name).is_some_and(says_something));
    (says_no(root) || complains).then(|| message(root).unwrap_or_else(|| "sem explicação".to_owned()))
}

/// What a failed answer says: the words of a JSON, the text of a short text, else nothing of it.
pub(crate) fn words(body: &[u8]) -> Option<String> {
    match member::json(body) {
        Some(Value::Object(root)) => message(&root),
        Some(other) => spoken(&other),
        None => {
            let text = String::from_utf8_lossy(body);
            (!text.trim_start().starts_with('<')).then(|| presentable(&text)).flatten()
        }
    }
}

/// What is in `body`, without a word of its content: it may speak of people.
pub(crate) fn shape(body: &[u8]) -> String {
    const SHOWN: usize = 20;
    match member::json(body) {
        Some(Value::Object(root)) if root.is_empty() => "um objeto JSON vazio".to_owned(),
        Some(Value::Object(root)) => {
            let names = root.keys().take(SHOWN).map(|name| cut(tidy(name), 30)).collect::<Vec<_>>();
            format!("um objeto JSON com {}", names.join(", "))
        }
        Some(Value::Array(items)) => format!("uma lista JSON de {} itens", items.len()),
        Some(_) => "um valor JSON".to_owned(),
        None if body.is_empty() => "nada".to_owned(),
        None if body.trim_ascii_start().starts_with(b"<") => "uma página HTML".to_owned(),
        None => format!("um texto de {} bytes", body.len()),
    }
}

/// `valid: false` or `success: false`, in any of the ways PHP writes it.
fn says_no(root: &Object) -> bool {
    ["valid", "success"].iter().any(|name| member::member(root, name).is_some_and(|value| !is_true(value)))
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_u64() != Some(0),
        Value::String(text) => {
            !["", "0", "false", "n", "nao", "não", "no"].contains(&text.trim().to_lowercase().as_str())
        }
        Value::Null => false,
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// Whether an `error` is one: PHP sends an empty one with a success too.
fn says_something(error: &Value) -> bool {
    match error {
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(members) => !members.is_empty(),
        other => is_true(other),
    }
}

fn message(root: &Object) -> Option<String> {
    const SPEAKS: [&str; 8] =
        ["message", "mensagem", "msg", "erro", "error", "errors", "detail", "descricao"];
    SPEAKS.iter().find_map(|name| spoken(member::member(root, name)?))
}

fn spoken(value: &Value) -> Option<String> {
    let mut texts = Vec::new();
    member::strings(value, &mut texts);
    presentable(&texts.join("; "))
}

fn presentable(text: &str) -> Option<String> {
    const MOST: usize = 400;
    let text = cut(masked_text(&tidy(text)), MOST);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_in_all_its_forms() {
        for (body, words) in [
            (r#"{"valid":false,"message":"Filial sem contrato"}"#, "Filial sem contrato"),
            (r#"{"valid":"false","mensagem":"Filial sem contrato"}"#, "Filial sem contrato"),
            (r#"{"success":false,"error":{"message":"Filial sem contrato"}}"#, "Filial sem contrato"),
            (r#"{"success":0,"ss":1287593}"#, "sem explicação"),
            (r#"{"error":"Filial sem contrato"}"#, "Filial sem contrato"),
            (r#"{"erro":["Filial sem","contrato"]}"#, "Filial sem; contrato"),
            (r#"{"error":true}"#, "sem explicação"),
        ] {
            assert_eq!(refusal(body.as_bytes()).as_deref(), Some(words), "{body}");
        }
    }

    #[test]
    fn an_empty_error_refuses_nothing() {
        for body in [
            r#"{"ss":1,"error":null}"#,
            r#"{"ss":1,"error":""}"#,
            r#"{"ss":1,"erro":[]}"#,
            r#"{"ss":1,"error":{}}"#,
            r#"{"ss":1,"error":false}"#,
            r#"{"ss":1,"erro":0}"#,
            r#"{"valid":true,"success":"true"}"#,
            r#"{"valid":null}"#,
            "[]",
            "texto",
            "",
        ] {
            assert_eq!(refusal(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn words_are_one_line_without_tokens_and_pages_have_none() {
        let body = "{\"message\":\"já existe:\\nhttps://br.sismetro.com/printSS.php?os=1&token=abcdef\"}";
        let spoken = words(body.as_bytes()).expect("words");
        assert_eq!(spoken, "já existe: https://br.sismetro.com/printSS.php?os=1&token=***");
        assert_eq!(words(b"campo obrigatorio\r\n").as_deref(), Some("campo obrigatorio"));
        assert_eq!(words(b" <html>502</html>"), None);
        assert_eq!(words(b""), None);
        assert_eq!(words("x".repeat(9_000).as_bytes()).map(|text| text.len()), Some(400));
    }

    #[test]
    fn a_shape_names_members_and_no_values() {
        assert_eq!(shape(br#"{"protocolo":"canary","ok":1}"#), "um objeto JSON com ok, protocolo");
        for body in ["{}", "[1]", "7", "", "<p>canary</p>", "canary"] {
            assert!(!shape(body.as_bytes()).contains("canary"), "{body}");
        }
    }

    #[test]
    fn pages_are_counted_in_numbers_and_in_text() {
        let pages = |json: &str| Envelope::read(json.as_bytes()).expect("an object").total_pages;
        assert_eq!(pages(r#"{"valid":true,"resultList":[],"totalPages":3}"#), Some(3));
        assert_eq!(pages(r#"{"totalPages":" 12 "}"#), Some(12));
        for strange in ["-1", "1.5", "99999999999", "\"x\"", "null", "[]"] {
            assert_eq!(pages(&format!(r#"{{"totalPages":{strange}}}"#)), None, "{strange}");
        }
    }
}
