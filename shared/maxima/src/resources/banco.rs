//! Banks; the path is singular (`contracts/maxima.md` §5 `v3/Banco`).

use serde::Serialize;

use crate::{resource::Resource, rules::Rule};

/// A bank.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Banco {
    /// BACEN code, ≤ 10.
    pub codbanco: String,
    /// Name, ≤ 200, required.
    pub nome: String,
}

impl Resource for Banco {
    const PATH: &'static str = "Banco";
    const TABLE: &'static str = "MXSBANCO";
    const KEY: &'static str = "Codbanco";
    const RULES: &'static [Rule] =
        &[Rule::text("Codbanco", 10).required(), Rule::text("Nome", 200).required()];
}
