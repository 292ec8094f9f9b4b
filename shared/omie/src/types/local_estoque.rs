//! LocalEstoque: places where stock is kept (`contracts/omie.md §8.18`).

use serde::Deserialize;

use crate::formats;

/// A stock location.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct LocalEstoque {
    /// Identity, used by every method that speaks of stock.
    #[serde(deserialize_with = "formats::id")]
    pub codigo_local_estoque: i64,
    /// Code on the screen.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo: Option<String>,
    /// Description.
    #[serde(default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
    /// `1` own, `2` own at a third party, `3` a third party's at the company.
    #[serde(default, deserialize_with = "formats::text")]
    pub tipo: Option<String>,
    /// The default location.
    #[serde(default, deserialize_with = "formats::sn")]
    pub padrao: Option<bool>,
    /// Inactive.
    #[serde(default, deserialize_with = "formats::sn")]
    pub inativo: Option<bool>,
    /// Its stock may be sold.
    #[serde(rename = "dispVenda", default, deserialize_with = "formats::sn")]
    pub disp_venda: Option<bool>,
    /// Its stock may be consigned.
    #[serde(rename = "dispRemessa", default, deserialize_with = "formats::sn")]
    pub disp_remessa: Option<bool>,
    /// Production orders may fill it.
    #[serde(rename = "dispOrdemProducao", default, deserialize_with = "formats::sn")]
    pub disp_ordem_producao: Option<bool>,
    /// Production orders may take from it.
    #[serde(rename = "dispConsumoOP", default, deserialize_with = "formats::sn")]
    pub disp_consumo_op: Option<bool>,
    /// The third party, `codigo_cliente_omie`.
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_cliente: Option<i64>,
}
