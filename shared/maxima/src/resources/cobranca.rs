//! Payment means (`contracts/maxima.md` §5 `v3/Cobrancas`).

use rust_decimal::Decimal;
use serde::Serialize;

use super::SN;
use crate::{number, range::Range, resource::Resource, rules::Rule};

/// A payment means. `Default` is empty with the SDK's defaults; `tipovenda` and `tipocobranca` have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cobranca {
    /// Payment-means code, ≤ 50.
    pub codcob: String,
    /// Sale level, 0–99 (default 1; 99 = known but not to be chosen, mapping §13.15).
    pub nivelvenda: i64,
    /// Minimum order value, 0–9 999 999 999.99 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub vlminpedido: Decimal,
    /// Maximum term, days, 0–9999 (default 999).
    pub prazomaximovenda: i64,
    /// `VP` term sale or `VV` cash sale; required by the dictionary.
    pub tipovenda: &'static str,
    /// `B` boleto, `C` card, `CH` cheque, `D` cash, `DU` duplicata, `T` transfer; required by the dictionary.
    pub tipocobranca: &'static str,
    /// Description, ≤ 30, required. Lower-case on the wire.
    #[serde(rename = "cobranca")]
    pub cobranca: String,
    /// Is a card: `S` or `N` (default).
    pub cartao: &'static str,
    /// Is a boleto: `S` or `N` (default).
    pub boleto: &'static str,
    /// Broker operation: `S` or `N` (default).
    pub cobrancabroker: &'static str,
}

impl Default for Cobranca {
    fn default() -> Self {
        Self {
            codcob: String::new(),
            nivelvenda: 1,
            vlminpedido: Decimal::ZERO,
            prazomaximovenda: 999,
            tipovenda: "",
            tipocobranca: "",
            cobranca: String::new(),
            cartao: "N",
            boleto: "N",
            cobrancabroker: "N",
        }
    }
}

impl Resource for Cobranca {
    const PATH: &'static str = "Cobrancas";
    const TABLE: &'static str = "MXSCOB";
    const KEY: &'static str = "Codcob";
    const RULES: &'static [Rule] = &[
        Rule::text("Codcob", 50).required(),
        Rule::number("Nivelvenda", Range::up_to("99")).required(),
        Rule::number("Vlminpedido", Range::up_to("9999999999.99")).required(),
        Rule::number("Prazomaximovenda", Range::up_to("9999")).required(),
        Rule::one_of("Tipovenda", &["VP", "VV"]).required(),
        Rule::one_of("Tipocobranca", &["B", "C", "CH", "D", "DU", "T"]).required(),
        Rule::text("cobranca", 30).required(),
        Rule::one_of("Cartao", SN).required(),
        Rule::one_of("Boleto", SN).required(),
        Rule::one_of("Cobrancabroker", SN),
    ];
}
