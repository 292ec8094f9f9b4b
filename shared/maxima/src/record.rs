//! A row as it travels: its members by JSON name, numbers still as digits.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::{flat, resource::Resource};

/// The value of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member<'a> {
    /// Null, or no such member.
    Nothing,
    Text(&'a str),
    /// The digits of a number.
    Number(&'a str),
}

/// Shows every member of `row`, which holds texts and numbers and nothing deeper, in the order it declares them.
pub(crate) fn each<R: Serialize>(row: &R, visit: impl FnMut(&'static str, Member<'_>)) {
    flat::each(row, visit).expect("a row is a struct of texts, numbers and nulls");
}

/// The JSON of `row` with its control hash and without the members `left_out`.
pub(crate) fn json<R: Serialize>(row: &R, hash: &str, left_out: &[&str]) -> String {
    let mut json = vec![b'{'];
    each(row, |name, member| {
        if !left_out.contains(&name) {
            written(&mut json, name, member);
        }
    });
    written(&mut json, "Hash", Member::Text(hash));
    json.push(b'}');
    String::from_utf8(json).expect("JSON made of texts is text")
}

/// The values of the key members of `row`, in the order of [`Resource::KEYS`].
pub(crate) fn key<R: Resource>(row: &R) -> Vec<String> {
    let mut key = vec![String::new(); R::KEYS.len()];
    each(row, |name, member| {
        if let Some(at) = R::KEYS.iter().position(|part| *part == name) {
            member.text().clone_into(&mut key[at]);
        }
    });
    key
}

fn written(json: &mut Vec<u8>, name: &str, member: Member<'_>) {
    if json.len() > 1 {
        json.push(b',');
    }
    quoted(json, name);
    json.push(b':');
    match member {
        Member::Nothing => json.extend_from_slice(b"null"),
        Member::Text(text) => quoted(json, text),
        Member::Number(digits) => json.extend_from_slice(digits.as_bytes()),
    }
}

fn quoted(json: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(json, text).expect("text is JSON, and memory takes it");
}

impl<'a> Member<'a> {
    /// A number by its digits; empty when there is none.
    pub(crate) fn text(self) -> &'a str {
        match self {
            Self::Nothing => "",
            Self::Text(text) | Self::Number(text) => text,
        }
    }

    pub(crate) fn number(self) -> Option<Decimal> {
        Decimal::from_str(self.text()).ok()
    }

    pub(crate) fn is_blank(self) -> bool {
        self.text().trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date};

    use super::*;
    use crate::{HistoricoPedidoItem, number};

    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Row {
        codigo: String,
        tipo: &'static str,
        #[serde(serialize_with = "number::exact")]
        preco: Decimal,
        #[serde(serialize_with = "number::exact_or_null")]
        limite: Option<Decimal>,
        prazo: i64,
        desde: Option<DateTime>,
        email: Option<String>,
    }

    fn row() -> Row {
        Row {
            codigo: "D'ÁGUA \"1\"\n".to_owned(),
            tipo: "F",
            preco: "9999999999999999.990".parse().expect("a decimal"),
            limite: None,
            prazo: -7,
            desde: Some(date(2024, 1, 10).at(9, 10, 11, 0)),
            email: None,
        }
    }

    #[test]
    fn the_members_of_a_row_are_what_serde_writes_and_the_hash() {
        let written = serde_json::to_string(&row()).expect("a row");
        let expected = format!(r#"{},"Hash":"h"}}"#, written.trim_end_matches('}'));

        assert_eq!(json(&row(), "h", &[]), expected);
    }

    #[test]
    fn a_number_keeps_its_digits_and_a_text_is_no_number() {
        let mut shown = Vec::new();
        each(&row(), |name, member| shown.push((name, format!("{member:?}"))));

        assert_eq!(shown[2], ("Preco", r#"Number("9999999999999999.99")"#.to_owned()));
        assert_eq!(shown[3], ("Limite", "Nothing".to_owned()));
        assert_eq!(shown[4], ("Prazo", r#"Number("-7")"#.to_owned()));
        assert_eq!(shown[5], ("Desde", r#"Text("2024-01-10T09:10:11")"#.to_owned()));
    }

    #[test]
    fn a_member_is_left_out_when_asked() {
        let json = json(&row(), "h", &["Codigo", "Preco", "Limite", "Prazo", "Desde"]);

        assert_eq!(json, r#"{"Tipo":"F","Email":null,"Hash":"h"}"#);
    }

    #[test]
    fn a_key_has_all_its_parts_as_text() {
        let item =
            HistoricoPedidoItem { numped: 1507, numseq: 2, codprod: "9".to_owned(), ..Default::default() };

        assert_eq!(key(&item), ["1507", "2", "9"]);
    }
}
