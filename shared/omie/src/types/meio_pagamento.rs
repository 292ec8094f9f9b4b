//! MeioPagamento: payment means, the `tPag` of the invoice (`contracts/omie.md §8.5`).

use serde::Deserialize;

use crate::formats;

/// A payment means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct MeioPagamento {
    /// Identity, two characters: `15`.
    #[serde(deserialize_with = "formats::text_id")]
    pub codigo: String,
    /// Description.
    #[serde(default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
}
