//! Suppliers (`contracts/maxima.md` §5 `v3/Fornecedores`).

use serde::Serialize;

use super::SN;
use crate::{resource::Resource, rules::Rule};

/// A supplier. What the dictionary asks for is required here, although the SDK would let it pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Fornecedor {
    /// Supplier code, ≤ 50.
    pub codfornec: String,
    /// Legal name, ≤ 60, required. Lower-case on the wire.
    #[serde(rename = "fornecedor")]
    pub fornecedor: String,
    /// Trade name, ≤ 60.
    pub fantasia: Option<String>,
    /// CNPJ or CPF, ≤ 18, required.
    pub cgc: String,
    /// Street and number, ≤ 40, required by the dictionary.
    pub ender: String,
    /// District, ≤ 20, required by the dictionary.
    pub bairro: String,
    /// City, ≤ 15, required by the dictionary.
    pub cidade: String,
    /// State, 2 letters, required by the dictionary.
    pub estado: String,
    /// Phone, ≤ 20, required by the dictionary.
    pub telfab: String,
    /// `S` blocked or `N` active, required.
    pub bloqueio: &'static str,
}

impl Resource for Fornecedor {
    const PATH: &'static str = "Fornecedores";
    const TABLE: &'static str = "MXSFORNEC";
    const KEY: &'static str = "Codfornec";
    const RULES: &'static [Rule] = &[
        Rule::text("Codfornec", 50).required(),
        Rule::text("fornecedor", 60).required(),
        Rule::text("Fantasia", 60),
        Rule::text("Cgc", 18).required(),
        Rule::text("Ender", 40).required(),
        Rule::text("Bairro", 20).required(),
        Rule::text("Cidade", 15).required(),
        Rule::text("Estado", 2).required(),
        Rule::text("Telfab", 20).required(),
        Rule::one_of("Bloqueio", SN).required(),
    ];
}
