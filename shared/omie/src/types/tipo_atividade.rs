//! TipoAtividade: lines of business (`contracts/omie.md §8.3`).

use serde::Deserialize;

use crate::formats;

/// A line of business.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct TipoAtividade {
    /// Identity, one character.
    #[serde(rename = "cCodigo", deserialize_with = "formats::text_id")]
    pub codigo: String,
    /// Description, up to 30 characters.
    #[serde(rename = "cDescricao", default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
}
