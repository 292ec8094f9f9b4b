//! FormaPagamento: payment terms of sales orders (`contracts/omie.md §8.6`).

use serde::Deserialize;

use crate::formats;

/// A payment term.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct FormaPagamento {
    /// Identity, three characters: `000` is cash, `999` custom instalments.
    #[serde(rename = "cCodigo", deserialize_with = "formats::text_id")]
    pub codigo: String,
    /// Description, up to 30 characters: `30/60/90`.
    #[serde(rename = "cDescricao", default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
    /// Number of instalments.
    #[serde(rename = "nQtdeParc", default, deserialize_with = "formats::integer")]
    pub qtde_parc: Option<i64>,
    /// Days of each instalment. The separator is not documented: split on every non-digit.
    #[serde(rename = "cListaParc", default, deserialize_with = "formats::text")]
    pub lista_parc: Option<String>,
    /// Shift of all instalments, in days.
    #[serde(rename = "nDiasParc", default, deserialize_with = "formats::integer")]
    pub dias_parc: Option<i64>,
}
