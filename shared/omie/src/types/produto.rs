//! Produto: the registry of products (`contracts/omie.md §8.14`).

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::formats;
use crate::types::Info;

/// A product.
///
/// Stock and tax members are not read: the contract calls the first deprecated ("never use as stock"), and
/// the second belong to the point of sale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Produto {
    /// Identity.
    #[serde(deserialize_with = "formats::id")]
    pub codigo_produto: i64,
    /// The integrator's key, up to 60 characters.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_produto_integracao: Option<String>,
    /// Code on the screen (SKU), up to 60 characters.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo: Option<String>,
    /// Description, up to 120 characters.
    #[serde(default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
    /// Long description.
    #[serde(default, deserialize_with = "formats::text")]
    pub descr_detalhada: Option<String>,
    /// Unit, up to 6 characters: `UN`, `CX`.
    #[serde(default, deserialize_with = "formats::text")]
    pub unidade: Option<String>,
    /// Fiscal classification, masked: `2202.10.00`.
    #[serde(default, deserialize_with = "formats::text")]
    pub ncm: Option<String>,
    /// Bar code, up to 14 characters.
    #[serde(default, deserialize_with = "formats::text")]
    pub ean: Option<String>,
    /// List price, in reais.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_unitario: Option<Decimal>,
    /// Family, `codigo` of [`Familia`](crate::Familia); 0 when none.
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_familia: Option<i64>,
    /// Name of the family.
    #[serde(default, deserialize_with = "formats::text")]
    pub descricao_familia: Option<String>,
    /// `00` resale, `01` raw material, `02` packing, `03` in process, `04` finished, …
    #[serde(rename = "tipoItem", default, deserialize_with = "formats::text")]
    pub tipo_item: Option<String>,
    /// Net weight, kg; often 0.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub peso_liq: Option<Decimal>,
    /// Gross weight, kg; often 0.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub peso_bruto: Option<Decimal>,
    /// Height, cm.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub altura: Option<Decimal>,
    /// Width, cm.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub largura: Option<Decimal>,
    /// Depth, cm.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub profundidade: Option<Decimal>,
    /// Brand.
    #[serde(default, deserialize_with = "formats::text")]
    pub marca: Option<String>,
    /// Model.
    #[serde(default, deserialize_with = "formats::text")]
    pub modelo: Option<String>,
    /// Inactive.
    #[serde(default, deserialize_with = "formats::sn")]
    pub inativo: Option<bool>,
    /// Blocked.
    #[serde(default, deserialize_with = "formats::sn")]
    pub bloqueado: Option<bool>,
    /// Change stamps.
    #[serde(default, deserialize_with = "formats::object")]
    pub info: Option<Info>,
}
