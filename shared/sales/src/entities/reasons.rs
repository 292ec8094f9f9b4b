//! All the reasons that keep one record out, so that the operator mends them in one go.

use engine::{Mapped, Why};
use rust_decimal::Decimal;

/// Collects reasons while a row is being built.
#[derive(Debug, Default)]
pub(super) struct Reasons(Vec<Why>);

impl Reasons {
    /// The value, or an empty text and a reason: `field` (Omie's name) is required by Máxima; `remedy` says in
    /// Portuguese what to do.
    pub(super) fn required(&mut self, field: &str, value: Option<String>, remedy: &str) -> String {
        value.unwrap_or_else(|| {
            self.note(field, "", format!("obrigatório na Máxima e vazio no Omie: {remedy}"));
            String::new()
        })
    }

    /// The amount, or zero and a reason, as for [`required`](Self::required).
    pub(super) fn amount(&mut self, field: &str, value: Option<Decimal>, remedy: &str) -> Decimal {
        if value.is_none() {
            self.required(field, None, remedy);
        }
        value.unwrap_or_default()
    }

    /// The code of an id, or an empty text and a reason.
    pub(super) fn code(&mut self, field: &str, id: i64) -> String {
        crate::text::code(id).unwrap_or_else(|| {
            self.note(field, &id.to_string(), "não é um código válido: recrie o cadastro no Omie");
            String::new()
        })
    }

    /// `field` holds `value`, which breaks `rule`. The first reason of a field is enough.
    pub(super) fn note(&mut self, field: &str, value: &str, rule: impl Into<String>) {
        if !self.0.iter().any(|why| why.field == field) {
            self.0.push(Why::new(field, value, rule));
        }
    }

    /// The row, unless there is a reason against it.
    pub(super) fn verdict<Row>(self, row: Row) -> Mapped<Row> {
        if self.0.is_empty() { Mapped::Row(row) } else { Mapped::Reject(self.0) }
    }
}
