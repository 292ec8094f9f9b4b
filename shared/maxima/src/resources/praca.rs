//! Praças, the bridge from a client to a region (`contracts/maxima.md` §5 `v3/Pracas`).

use serde::Serialize;

use super::{AI, Regiao};
use crate::{
    resource::Resource,
    rules::{Fk, Rule},
};

/// A praça.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Praca {
    /// Praça code, ≤ 50.
    pub codpraca: String,
    /// `A` or `I`, required.
    pub situacao: &'static str,
    /// Region, ≤ 50, required, must exist in Regioes.
    pub numregiao: String,
    /// Name, ≤ 50, required. Lower-case on the wire.
    #[serde(rename = "praca")]
    pub praca: String,
}

impl Resource for Praca {
    const PATH: &'static str = "Pracas";
    const TABLE: &'static str = "MXSPRACA";
    const KEY: &'static str = "Codpraca";
    const RULES: &'static [Rule] = &[
        Rule::text("Codpraca", 50).required(),
        Rule::one_of("Situacao", AI).required(),
        Rule::text("Numregiao", 50).required().refers_to(Fk::to::<Regiao>()),
        Rule::text("praca", 50).required(),
    ];
}
