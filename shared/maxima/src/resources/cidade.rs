//! City registry, the first thing loaded (`contracts/maxima.md` §5 `v3/Cidades`).

use serde::Serialize;

use crate::{resource::Resource, rules::Rule};

/// A city.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cidade {
    /// City code of the integration, ≤ 50.
    pub codcidade: String,
    /// IBGE code, 7 digits, required.
    pub codibge: String,
    /// Name, ≤ 100, required.
    pub nomecidade: String,
    /// State, 2 letters, required.
    pub uf: String,
}

impl Resource for Cidade {
    const PATH: &'static str = "Cidades";
    const TABLE: &'static str = "MXSCIDADE";
    const KEY: &'static str = "Codcidade";
    const RULES: &'static [Rule] = &[
        Rule::text("Codcidade", 50).required(),
        Rule::text("Codibge", 50).required(),
        Rule::text("Nomecidade", 100).required(),
        Rule::text("Uf", 2).required(),
    ];
}
