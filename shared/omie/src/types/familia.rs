//! Familia: families of products (`contracts/omie.md §8.12`).

use serde::Deserialize;

use crate::formats;

/// A family of products.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Familia {
    /// Identity.
    #[serde(deserialize_with = "formats::id")]
    pub codigo: i64,
    /// The integrator's key.
    #[serde(rename = "codInt", default, deserialize_with = "formats::text")]
    pub cod_int: Option<String>,
    /// Code on the screen.
    #[serde(rename = "codFamilia", default, deserialize_with = "formats::text")]
    pub cod_familia: Option<String>,
    /// Name.
    #[serde(rename = "nomeFamilia", default, deserialize_with = "formats::text")]
    pub nome_familia: Option<String>,
    /// Inactive.
    #[serde(default, deserialize_with = "formats::sn")]
    pub inativo: Option<bool>,
}
