//! What arrived at the write methods, and at the reads that prove what became of a write.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

/// A call that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogEntry {
    /// When it arrived, virtual time.
    pub at: Timestamp,
    /// Name of the method.
    pub method: &'static str,
    /// The integration code it names; the identity when it names none; empty for a window.
    pub key: String,
    /// The same for the same parameters, members in any order.
    pub digest: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// When it was carried out; nothing when it was not (yet).
    pub done_at: Option<Timestamp>,
    /// Whether the whole answer left.
    pub answered: bool,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Neither done nor refused: held, late, or its caller gave up while it was held.
    Waiting,
    /// A write that was carried out.
    Done,
    /// A read that gave this many records.
    Found(usize),
    /// A read that gave none.
    NotFound,
    /// Refused, by the name the refusal has in the verdict; nothing was done.
    Refused(&'static str),
    /// The request never arrived whole; nothing was done.
    Lost,
}

/// The same for the same parameters.
pub(super) fn digest(param: &Map<String, Value>) -> u64 {
    let mut hasher = DefaultHasher::new();
    // Members are kept in the order of their names.
    for (name, value) in param {
        (name, value.to_string()).hash(&mut hasher);
    }
    hasher.finish()
}

/// What a call is about.
pub(super) fn key(param: &Map<String, Value>) -> String {
    let header = param.get("cabecalho").and_then(Value::as_object);
    let named = CODES.iter().find_map(|name| {
        let value = header.and_then(|header| header.get(*name)).or_else(|| param.get(*name))?;
        Some(crate::dataset::text_of(value)).filter(|text| !text.is_empty())
    });
    named.unwrap_or_default()
}

const CODES: &[&str] = &[
    "codigo_pedido_integracao",
    "codigo_cliente_integracao",
    "cCodIntPed",
    "codigo_pedido",
    "codigo_cliente_omie",
    "nCodPed",
    "numero_pedido",
];
