//! PosicaoEstoque: stock of a product at a location (`contracts/omie.md §8.19`).

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::formats;

/// Stock of one product at one location, on the day asked for. Its identity is location and product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PosicaoEstoque {
    /// `codigo_produto` of [`Produto`](crate::Produto).
    #[serde(rename = "nCodProd", deserialize_with = "formats::id")]
    pub cod_prod: i64,
    /// The integrator's key of the product.
    #[serde(rename = "cCodInt", default, deserialize_with = "formats::text")]
    pub cod_int: Option<String>,
    /// Code of the product on the screen.
    #[serde(rename = "cCodigo", default, deserialize_with = "formats::text")]
    pub codigo: Option<String>,
    /// Description of the product.
    #[serde(rename = "cDescricao", default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
    /// **Sale** price, in reais; never a cost.
    #[serde(rename = "nPrecoUnitario", default, deserialize_with = "formats::decimal")]
    pub preco_unitario: Option<Decimal>,
    /// Balance at the date, in the product's unit.
    #[serde(rename = "nSaldo", default, deserialize_with = "formats::decimal")]
    pub saldo: Option<Decimal>,
    /// Average cost, in reais.
    #[serde(rename = "nCMC", default, deserialize_with = "formats::decimal")]
    pub cmc: Option<Decimal>,
    /// Open sales orders that are not billed.
    #[serde(rename = "nPendente", default, deserialize_with = "formats::decimal")]
    pub pendente: Option<Decimal>,
    /// Reserved.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub reservado: Option<Decimal>,
    /// Physically there.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub fisico: Option<Decimal>,
    /// Minimum to keep.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub estoque_minimo: Option<Decimal>,
    /// `codigo_local_estoque` of [`LocalEstoque`](crate::LocalEstoque): the real one, also when 0 was asked
    /// for.
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_local_estoque: Option<i64>,
}
