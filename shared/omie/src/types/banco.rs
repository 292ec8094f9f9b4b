//! Banco: banks and other keepers of money (`contracts/omie.md §8.4`).

use serde::Deserialize;

use crate::formats;

/// A bank, cash box, wallet or card administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Banco {
    /// Identity, three characters: `104`.
    #[serde(deserialize_with = "formats::text_id")]
    pub codigo: String,
    /// Name, up to 40 characters.
    #[serde(default, deserialize_with = "formats::text")]
    pub nome: Option<String>,
    /// `CB` bank account, `CX` cash box, `CV` virtual wallet, `AC` card administrator.
    #[serde(default, deserialize_with = "formats::text")]
    pub tipo: Option<String>,
}
