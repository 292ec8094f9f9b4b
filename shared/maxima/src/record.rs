//! A row as it travels: its members by JSON name, numbers still as digits.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::flat;

/// The members of one row, by JSON name, in the order the row declares them.
#[derive(Debug, PartialEq)]
pub(crate) struct Record(Vec<(&'static str, Member)>);

/// One member.
#[derive(Debug, PartialEq)]
pub(crate) enum Member {
    /// Null, or no such member.
    Nothing,
    Text(String),
    /// The digits of a number.
    Number(String),
}

/// The members of `row`, which holds texts and numbers and nothing deeper.
pub(crate) fn record<R: Serialize>(row: &R) -> Record {
    Record(flat::members(row).expect("a row is a struct of texts, numbers and nulls"))
}

impl Record {
    pub(crate) fn member(&self, name: &str) -> &Member {
        self.0.iter().find(|(member, _)| *member == name).map_or(&Member::Nothing, |(_, member)| member)
    }

    /// Puts `member` in the place of the one with this name, or at the end.
    pub(crate) fn set(&mut self, name: &'static str, member: Member) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = member,
            None => self.0.push((name, member)),
        }
    }

    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| !names.contains(name));
        self
    }

    pub(crate) fn json(&self) -> String {
        let mut json = Vec::with_capacity(32 * self.0.len());
        json.push(b'{');
        for (at, (name, member)) in self.0.iter().enumerate() {
            if at > 0 {
                json.push(b',');
            }
            quoted(&mut json, name);
            json.push(b':');
            match member {
                Member::Nothing => json.extend_from_slice(b"null"),
                Member::Text(text) => quoted(&mut json, text),
                Member::Number(digits) => json.extend_from_slice(digits.as_bytes()),
            }
        }
        json.push(b'}');
        String::from_utf8(json).expect("JSON made of texts is text")
    }
}

fn quoted(json: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(json, text).expect("text is JSON, and memory takes it");
}

impl Member {
    /// A number by its digits; empty when there is none.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Nothing => "",
            Self::Text(text) | Self::Number(text) => text,
        }
    }

    pub(crate) fn number(&self) -> Option<Decimal> {
        Decimal::from_str(self.text()).ok()
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.text().trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date};

    use super::*;
    use crate::number;

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
    fn the_members_of_a_row_are_what_serde_writes() {
        let expected = serde_json::to_string(&row()).expect("a row");

        assert_eq!(record(&row()).json(), expected);
    }

    #[test]
    fn a_number_keeps_its_digits_and_a_text_is_no_number() {
        let record = record(&row());

        assert_eq!(*record.member("Preco"), Member::Number("9999999999999999.99".to_owned()));
        assert_eq!(*record.member("Prazo"), Member::Number("-7".to_owned()));
        assert_eq!(*record.member("Desde"), Member::Text("2024-01-10T09:10:11".to_owned()));
        assert!(record.member("Limite").is_blank() && record.member("Unknown").is_blank());
    }

    #[test]
    fn a_member_is_replaced_in_its_place_and_left_out_when_asked() {
        let mut record = record(&row());
        record.set("Tipo", Member::Text("J".to_owned()));
        record.set("Hash", Member::Text("h".to_owned()));

        let json = record.without(&["Codigo", "Preco", "Limite", "Prazo", "Desde"]).json();

        assert_eq!(json, r#"{"Tipo":"J","Email":null,"Hash":"h"}"#);
    }
}
