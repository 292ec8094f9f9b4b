//! Cidade: municipalities (`contracts/omie.md §8.2`).

use serde::Deserialize;

use crate::formats;

/// A municipality, about 5 570 of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Cidade {
    /// Identity, up to 40 characters: `GOIANIA (GO)`. The value of `cidade` in companies and clients.
    #[serde(rename = "cCod", deserialize_with = "formats::text_id")]
    pub cod: String,
    /// Name, up to 40 characters.
    #[serde(rename = "cNome", default, deserialize_with = "formats::text")]
    pub nome: Option<String>,
    /// State, two letters.
    #[serde(rename = "cUF", default, deserialize_with = "formats::text")]
    pub uf: Option<String>,
    /// IBGE code, seven digits, sent as text.
    #[serde(rename = "nCodIBGE", default, deserialize_with = "formats::text")]
    pub cod_ibge: Option<String>,
    /// SIAFI code.
    #[serde(rename = "nCodSIAFI", default, deserialize_with = "formats::text")]
    pub cod_siafi: Option<String>,
}
