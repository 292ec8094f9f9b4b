//! Rows of a listing of the outbound API. One that cannot be read does not hide the others.

use std::fmt;

use serde_json::value::RawValue;

use super::reading::{Object, Unreadable};
use crate::envelope::{self, Body};

/// A pending row that cannot be read; the cloud goes on listing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRow {
    /// Its `id_pedido` or `id_cliente`, where that much can be read.
    pub id: Option<String>,
    /// What cannot be read.
    pub why: Unreadable,
}

impl fmt::Display for UnreadableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "registro {} da Máxima ilegível: {}", self.id.as_deref().unwrap_or("sem id"), self.why)
    }
}

impl std::error::Error for UnreadableRow {}

/// The rows of an answer, each as `read` reads it; `id` is the member that names a row. The error says why the
/// answer is no listing.
pub(super) fn rows<T>(
    body: &[u8],
    id: &str,
    read: impl Fn(&Object<'_>) -> Result<T, Unreadable>,
) -> Result<Vec<Result<T, UnreadableRow>>, &'static str> {
    let Body::Envelope { success, .. } = envelope::read(body) else {
        return Err("a resposta não tem success e error");
    };
    let list: Option<Vec<&RawValue>> =
        serde_json::from_str(success).map_err(|_| "success não é uma lista")?;
    Ok(list.unwrap_or_default().into_iter().map(|row| one(row.get(), id, &read)).collect())
}

fn one<T>(
    json: &str,
    id: &str,
    read: impl Fn(&Object<'_>) -> Result<T, Unreadable>,
) -> Result<T, UnreadableRow> {
    let row = Object::document(json).map_err(|why| UnreadableRow { id: None, why })?;
    read(&row).map_err(|why| UnreadableRow { id: row.text(id).ok().flatten(), why })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(body: &str) -> Result<Vec<Result<String, UnreadableRow>>, &'static str> {
        rows(body.as_bytes(), "id_pedido", |row| row.inner("objeto_json"))
    }

    #[test]
    fn no_rows_are_an_empty_array_or_null() {
        assert_eq!(codes(r#"{"success":[],"error":null}"#), Ok(Vec::new()));
        assert_eq!(codes(r#"{"success":null,"error":null}"#), Ok(Vec::new()));
    }

    #[test]
    fn an_answer_that_is_no_listing_says_so() {
        assert_eq!(codes(r#"{"success":"ok"}"#), Err("success não é uma lista"));
        assert_eq!(codes("[1]"), Err("a resposta não tem success e error"));
    }

    #[test]
    fn a_row_that_cannot_be_read_keeps_its_id_and_the_others() {
        let body = r#"{"Success":[
            {"id_pedido":12345678901234567890,"objeto_json":""},
            "canary", {"ID_PEDIDO":"7","OBJETO_JSON":"{\"a\":\"\\ud83d\"}"},
            {"id_pedido":{"x":1},"objeto_json":null}]}"#;

        let read = codes(body).expect("a listing");

        let ids: Vec<_> = read.iter().map(|row| row.as_ref().map_err(|row| row.id.as_deref())).collect();
        let whole = r#"{"a":"\ud83d"}"#.to_owned();
        assert_eq!(ids, [Err(Some("12345678901234567890")), Err(None), Ok(&whole), Err(None)]);
        let told = read[0].as_ref().expect_err("unreadable").to_string();
        assert_eq!(told, "registro 12345678901234567890 da Máxima ilegível: objeto_json: está vazio");
        assert!(!format!("{read:?}").contains("canary"));
    }
}
