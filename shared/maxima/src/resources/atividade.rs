//! Lines of business (`contracts/maxima.md` §5 `v3/Atividades`).

use rust_decimal::Decimal;
use serde::Serialize;

use super::SN;
use crate::{number, range::Range, resource::Resource, rules::Rule};

/// A line of business. `Default` is empty with the SDK's defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Atividade {
    /// Activity code, ≤ 50.
    pub codativ: String,
    /// Price-table discount, percent, 0–999.99 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub percdesc: Decimal,
    /// Description, ≤ 100, required.
    pub ramo: String,
    /// Computes ST: `S` or `N` (default).
    pub calculast: &'static str,
}

impl Default for Atividade {
    fn default() -> Self {
        Self { codativ: String::new(), percdesc: Decimal::ZERO, ramo: String::new(), calculast: "N" }
    }
}

impl Resource for Atividade {
    const PATH: &'static str = "Atividades";
    const TABLE: &'static str = "MXSATIVI";
    const KEY: &'static str = "Codativ";
    const RULES: &'static [Rule] = &[
        Rule::text("Codativ", 50).required(),
        Rule::number("Percdesc", Range::up_to("999.99")).required(),
        Rule::text("Ramo", 100).required(),
        Rule::one_of("Calculast", SN).required(),
    ];
}
