//! ContaCorrente: where money goes (`contracts/omie.md §8.21`).

use serde::Deserialize;

use crate::formats;

/// An account: of a bank, a cash box, a card administrator. Its agency and number are not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ContaCorrente {
    /// Identity, which an order names.
    #[serde(rename = "nCodCC", deserialize_with = "formats::id")]
    pub cod_cc: i64,
    /// Description.
    #[serde(default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
    /// `CC` current, `CX` cash, `CP` savings, `CR` credit card, `AC` card administrator, `AD` advance.
    #[serde(default, deserialize_with = "formats::text")]
    pub tipo_conta_corrente: Option<String>,
    /// Inactive.
    #[serde(default, deserialize_with = "formats::sn")]
    pub inativo: Option<bool>,
}
