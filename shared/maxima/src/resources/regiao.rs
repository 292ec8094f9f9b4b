//! Regions, the headers of price tables (`contracts/maxima.md` §5 `v3/Regioes`).

use serde::Serialize;

use super::{AI, Filial};
use crate::{
    resource::Resource,
    rules::{Fk, Rule},
};

/// A region (price table header).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Regiao {
    /// Region code, ≤ 50.
    pub numregiao: String,
    /// Name, ≤ 40, required. Lower-case on the wire.
    #[serde(rename = "regiao")]
    pub regiao: String,
    /// `A` or `I`; required by the dictionary.
    pub status: &'static str,
    /// Branch, ≤ 20, required, must exist in Filiais.
    pub codfilial: String,
}

impl Resource for Regiao {
    const PATH: &'static str = "Regioes";
    const TABLE: &'static str = "MXSREGIAO";
    const KEY: &'static str = "Numregiao";
    const RULES: &'static [Rule] = &[
        Rule::text("Numregiao", 50).required(),
        Rule::text("regiao", 40).required(),
        Rule::one_of("Status", AI).required(),
        Rule::text("Codfilial", 20).required().refers_to(Fk::to::<Filial>()),
    ];
}
