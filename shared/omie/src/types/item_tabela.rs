//! ItemTabela: prices of a table (`contracts/omie.md §8.16`).

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::formats;
use crate::types::Info;

/// The price of one product in one table. Its identity is product and table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ItemTabela {
    /// The table, `nCodTabPreco`. Omie says it once, above the rows, or not at all:
    /// [`ListarTabelaItens`](crate::ListarTabelaItens) puts it here, and every row of a listing has it.
    #[serde(skip)]
    pub cod_tab_preco: Option<i64>,
    /// `codigo_produto` of [`Produto`](crate::Produto).
    #[serde(rename = "nCodProd", deserialize_with = "formats::id")]
    pub cod_prod: i64,
    /// The integrator's key of the product.
    #[serde(rename = "cCodIntProd", default, deserialize_with = "formats::text")]
    pub cod_int_prod: Option<String>,
    /// Code of the product on the screen.
    #[serde(rename = "cCodigoProduto", default, deserialize_with = "formats::text")]
    pub codigo_produto: Option<String>,
    /// Description of the product.
    #[serde(rename = "cDescricaoProduto", default, deserialize_with = "formats::text")]
    pub descricao_produto: Option<String>,
    /// Fiscal classification.
    #[serde(rename = "cNCM", default, deserialize_with = "formats::text")]
    pub ncm: Option<String>,
    /// Bar code.
    #[serde(rename = "cEAN", default, deserialize_with = "formats::text")]
    pub ean: Option<String>,
    /// Family of the product.
    #[serde(rename = "nCodFamilia", default, deserialize_with = "formats::integer")]
    pub cod_familia: Option<i64>,
    /// Price at the table's origin, in reais.
    #[serde(rename = "nValorOriginal", default, deserialize_with = "formats::decimal")]
    pub valor_original: Option<Decimal>,
    /// After the table's percentages, in reais.
    #[serde(rename = "nValorCalculado", default, deserialize_with = "formats::decimal")]
    pub valor_calculado: Option<Decimal>,
    /// **The price in effect**, in reais.
    #[serde(rename = "nValorTabela", default, deserialize_with = "formats::decimal")]
    pub valor_tabela: Option<Decimal>,
    /// Discount against the origin, per cent.
    #[serde(rename = "nPercDesconto", default, deserialize_with = "formats::decimal")]
    pub perc_desconto: Option<Decimal>,
    /// Addition to the origin, per cent.
    #[serde(rename = "nPercAcrescimo", default, deserialize_with = "formats::decimal")]
    pub perc_acrescimo: Option<Decimal>,
    /// The seller may give a discount.
    #[serde(rename = "cTemDesconto", default, deserialize_with = "formats::sn")]
    pub tem_desconto: Option<bool>,
    /// The greatest discount, per cent.
    #[serde(rename = "nDescMaximo", default, deserialize_with = "formats::decimal")]
    pub desc_maximo: Option<Decimal>,
    /// The suggested discount, per cent.
    #[serde(rename = "nDescSugerido", default, deserialize_with = "formats::decimal")]
    pub desc_sugerido: Option<Decimal>,
    /// The price was typed in.
    #[serde(rename = "cManual", default, deserialize_with = "formats::sn")]
    pub manual: Option<bool>,
    /// The price is rounded.
    #[serde(rename = "cArredPreco", default, deserialize_with = "formats::sn")]
    pub arred_preco: Option<bool>,
    /// Change stamps of the item.
    #[serde(rename = "itemInfo", default, deserialize_with = "formats::object")]
    pub item_info: Option<Info>,
}
