//! TagCliente: tags with their numbers (`contracts/omie.md §8.11`).

use serde::Deserialize;

use crate::formats;

/// A tag of a client, with the number that price tables name it by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct TagCliente {
    /// Identity, `nCodTag` of [`ClientesTabela`](crate::ClientesTabela).
    #[serde(rename = "nCodTag", deserialize_with = "formats::id")]
    pub cod_tag: i64,
    /// Its text.
    #[serde(default, deserialize_with = "formats::text")]
    pub tag: Option<String>,
}
