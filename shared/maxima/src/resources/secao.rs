//! Product sections (`contracts/maxima.md` §5 `v3/Secoes`).

use serde::Serialize;

use super::Departamento;
use crate::{
    resource::Resource,
    rules::{Fk, Rule},
};

/// A section of a product department.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secao {
    /// Section code, ≤ 50.
    pub codsec: String,
    /// Department, ≤ 50, required, must exist in Departamentos.
    pub codepto: String,
    /// Description, ≤ 40, required.
    pub descricao: String,
}

impl Resource for Secao {
    const PATH: &'static str = "Secoes";
    const TABLE: &'static str = "MXSSECAO";
    const KEY: &'static str = "Codsec";
    const RULES: &'static [Rule] = &[
        Rule::text("Codsec", 50).required(),
        Rule::text("Codepto", 50).required().refers_to(Fk::to::<Departamento>()),
        Rule::text("Descricao", 40).required(),
    ];
}
