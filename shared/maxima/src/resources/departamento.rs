//! Product departments (`contracts/maxima.md` §5 `v3/Departamentos`).

use serde::Serialize;

use crate::{resource::Resource, rules::Rule};

/// A product department.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Departamento {
    /// Department code, ≤ 50.
    pub codepto: String,
    /// Description, ≤ 50, required. Upper-case on the wire.
    #[serde(rename = "DESCRICAO")]
    pub descricao: String,
}

impl Resource for Departamento {
    const PATH: &'static str = "Departamentos";
    const TABLE: &'static str = "MXSDEPTO";
    const KEY: &'static str = "Codepto";
    const RULES: &'static [Rule] =
        &[Rule::text("Codepto", 50).required(), Rule::text("DESCRICAO", 50).required()];
}
