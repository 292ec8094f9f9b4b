//! A row as it travels: its members by JSON name, numbers still as digits.

use std::{collections::BTreeMap, str::FromStr};

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::value::RawValue;

/// The members of one row, by JSON name.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Record(BTreeMap<String, Box<RawValue>>);

/// One member, as text: a number by its digits, blank when null or missing.
pub(crate) struct Member(String);

/// The members of `row`.
pub(crate) fn record<R: Serialize>(row: &R) -> Record {
    let text = serde_json::to_string(row).expect("a row has text keys and finite numbers");
    Record(serde_json::from_str(&text).expect("a row is a JSON object"))
}

impl Record {
    pub(crate) fn member(&self, name: &str) -> Member {
        let raw = self.0.get(name).map_or("null", |raw| raw.get());
        // A JSON string is unquoted; a number is its own text; null is nothing.
        let text = serde_json::from_str::<Option<String>>(raw)
            .map_or_else(|_| raw.to_owned(), Option::unwrap_or_default);
        Member(text)
    }

    pub(crate) fn set(&mut self, name: &str, text: &str) {
        let raw = serde_json::value::to_raw_value(text).expect("text is JSON");
        self.0.insert(name.to_owned(), raw);
    }

    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string(&self.0).expect("raw members are JSON")
    }
}

impl Member {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn number(&self) -> Option<Decimal> {
        Decimal::from_str(&self.0).ok()
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}
