//! Prices (`contracts/maxima.md` §5 `v3/TabelasPrecos`).

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{Produto, Regiao, Tributo};
use crate::{
    number,
    range::Range,
    resource::Resource,
    rules::{Fk, Rule},
};

/// The price of a product in a region (price table). `Default` is empty with the SDK's defaults; `pvenda` and
/// `pvenda1` have none that is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TabelaPreco {
    /// Product, ≤ 50, first part of the key, must exist in Produtos.
    pub codprod: String,
    /// Region, ≤ 50, second part of the key, must exist in Regioes.
    pub numregiao: String,
    /// Price without taxes, above zero (mapping §4.15), 18 digits of which 6 are decimals.
    #[serde(serialize_with = "number::exact")]
    pub pvenda: Decimal,
    /// Gross price, above zero (mapping §4.15), 18 digits of which 6 are decimals.
    #[serde(serialize_with = "number::exact")]
    pub pvenda1: Decimal,
    /// List price, 18 digits of which 6 are decimals (default 0).
    #[serde(serialize_with = "number::exact")]
    pub ptabela: Decimal,
    /// Greatest discount, percent, 0–99 999 999.99 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub perdescmax: Decimal,
    /// Tax figure, ≤ 50, required (default `1`), must exist in Tributos.
    pub codst: String,
    /// Last change of the price.
    pub dtultaltpvenda: Option<DateTime>,
}

impl Default for TabelaPreco {
    fn default() -> Self {
        Self {
            codprod: String::new(),
            numregiao: String::new(),
            pvenda: Decimal::ZERO,
            pvenda1: Decimal::ZERO,
            ptabela: Decimal::ZERO,
            perdescmax: Decimal::ZERO,
            codst: "1".to_owned(),
            dtultaltpvenda: None,
        }
    }
}

impl Resource for TabelaPreco {
    const PATH: &'static str = "TabelasPrecos";
    const TABLE: &'static str = "MXSTABPR";
    const KEY: &'static str = "Codprod";
    const KEYS: &'static [&'static str] = &["Codprod", "Numregiao"];
    const RULES: &'static [Rule] = &[
        Rule::text("Codprod", 50).required().refers_to(Fk::to::<Produto>()),
        Rule::text("Numregiao", 50).required().refers_to(Fk::to::<Regiao>()),
        Rule::number("Pvenda", Range::above_zero("999999999999.999999")).required(),
        Rule::number("Pvenda1", Range::above_zero("999999999999.999999")).required(),
        Rule::number("Ptabela", Range::up_to("999999999999.999999")).required(),
        Rule::number("Perdescmax", Range::up_to("99999999.99")).required(),
        Rule::text("Codst", 50).required().refers_to(Fk::to::<Tributo>()),
        Rule::date("Dtultaltpvenda"),
    ];
}
