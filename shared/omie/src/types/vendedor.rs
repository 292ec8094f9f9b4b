//! Vendedor: sellers (`contracts/omie.md §8.7`).

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::formats;

/// A seller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Vendedor {
    /// Identity.
    #[serde(deserialize_with = "formats::id")]
    pub codigo: i64,
    /// The integrator's key.
    #[serde(rename = "codInt", default, deserialize_with = "formats::text")]
    pub cod_int: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "formats::text")]
    pub nome: Option<String>,
    /// Inactive.
    #[serde(default, deserialize_with = "formats::sn")]
    pub inativo: Option<bool>,
    /// E-mail.
    #[serde(default, deserialize_with = "formats::text")]
    pub email: Option<String>,
    /// May invoice orders.
    #[serde(default, deserialize_with = "formats::sn")]
    pub fatura_pedido: Option<bool>,
    /// Sees orders.
    #[serde(default, deserialize_with = "formats::sn")]
    pub visualiza_pedido: Option<bool>,
    /// Commission, per cent.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub comissao: Option<Decimal>,
}
