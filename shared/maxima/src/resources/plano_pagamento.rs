//! Payment terms (`contracts/maxima.md` §5 `v3/PlanosPagamentos`).

use rust_decimal::Decimal;
use serde::Serialize;

use super::SN;
use crate::{number, range::Range, resource::Resource, rules::Rule};

/// A payment plan. `Default` is empty with the SDK's defaults; `tipovenda` has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PlanoPagamento {
    /// Plan code, ≤ 50.
    pub codplpag: String,
    /// Average term in days, 0–9999 (default 0).
    pub numdias: i64,
    /// Minimum order value, 0–9 999 999 999.99 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub vlminpedido: Decimal,
    /// Price column to use, 0–9999.99 (default 1).
    #[serde(serialize_with = "number::exact")]
    pub numpr: Decimal,
    /// Number of instalments, 0–99 999.
    pub numparcelas: Option<i64>,
    /// Description, ≤ 40, required.
    pub descricao: String,
    /// `N` normal (default) or `B` bonus.
    pub tipoprazo: &'static str,
    /// Sells with boleto: `S` (default) or `N`.
    pub vendabk: &'static str,
    /// Surcharge on the price table, percent, 0–9999.9999 (0).
    #[serde(serialize_with = "number::exact")]
    pub pertxfim: Decimal,
    /// Days to the first instalment, 0–9999 (0).
    pub prazo1: i64,
    /// 3 accepts a down payment (default), 10 receipt.
    pub tipoentrada: i64,
    /// `VP` term sale or `VV` cash sale; required by the dictionary.
    pub tipovenda: &'static str,
}

impl Default for PlanoPagamento {
    fn default() -> Self {
        Self {
            codplpag: String::new(),
            numdias: 0,
            vlminpedido: Decimal::ZERO,
            numpr: Decimal::ONE,
            numparcelas: None,
            descricao: String::new(),
            tipoprazo: "N",
            vendabk: "S",
            pertxfim: Decimal::ZERO,
            prazo1: 0,
            tipoentrada: 3,
            tipovenda: "",
        }
    }
}

impl Resource for PlanoPagamento {
    const PATH: &'static str = "PlanosPagamentos";
    const TABLE: &'static str = "MXSPLPAG";
    const KEY: &'static str = "Codplpag";
    const RULES: &'static [Rule] = &[
        Rule::text("Codplpag", 50).required(),
        Rule::number("Numdias", Range::up_to("9999")).required(),
        Rule::number("Vlminpedido", Range::up_to("9999999999.99")).required(),
        Rule::number("Numpr", Range::up_to("9999.99")).required(),
        Rule::number("Numparcelas", Range::up_to("99999")),
        Rule::text("Descricao", 40).required(),
        Rule::one_of("Tipoprazo", &["N", "B"]).required(),
        Rule::one_of("Vendabk", SN).required(),
        Rule::number("Pertxfim", Range::up_to("9999.9999")).required(),
        Rule::number("Prazo1", Range::up_to("9999")).required(),
        Rule::one_of("Tipoentrada", &["3", "10"]),
        Rule::one_of("Tipovenda", &["VP", "VV"]).required(),
    ];
}
