//! Carriers (`contracts/maxima.md` §5 `v3/Transportadoras`).

use serde::Serialize;

use super::SN;
use crate::{resource::Resource, rules::Rule};

/// A carrier. `Default` is empty with the constants of mapping §4.9; `bloqueio` has none. What the dictionary
/// asks for is required here, although the SDK would let it pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Transportadora {
    /// Carrier code, ≤ 50.
    pub codtransp: String,
    /// Legal name, ≤ 50, required by the dictionary.
    pub transportadora: String,
    /// Trade name, ≤ 60.
    pub fantasia: Option<String>,
    /// CNPJ or CPF, ≤ 50, required by the dictionary.
    pub cgc: String,
    /// Street and number, ≤ 50, required by the dictionary.
    pub endereco: String,
    /// District, ≤ 20, required by the dictionary.
    pub bairro: String,
    /// City, ≤ 50, required by the dictionary.
    pub cidade: String,
    /// State, 2 letters, required by the dictionary.
    pub uf: String,
    /// Phone, ≤ 50, required by the dictionary.
    pub telefone: String,
    /// `S` blocked or `N` active, required by the dictionary.
    pub bloqueio: &'static str,
    /// Is redispatch: `S` or `N` (default).
    pub eredespacho: &'static str,
    /// `N` or `T`. The SDK's default is `N`, the dictionary fixes `T` (default).
    pub revenda: &'static str,
}

impl Default for Transportadora {
    fn default() -> Self {
        Self {
            codtransp: String::new(),
            transportadora: String::new(),
            fantasia: None,
            cgc: String::new(),
            endereco: String::new(),
            bairro: String::new(),
            cidade: String::new(),
            uf: String::new(),
            telefone: String::new(),
            bloqueio: "",
            eredespacho: "N",
            revenda: "T",
        }
    }
}

impl Resource for Transportadora {
    const PATH: &'static str = "Transportadoras";
    const TABLE: &'static str = "MXSTRANSPORTADORA";
    const KEY: &'static str = "Codtransp";
    const RULES: &'static [Rule] = &[
        Rule::text("Codtransp", 50).required(),
        Rule::text("Transportadora", 50).required(),
        Rule::text("Fantasia", 60),
        Rule::text("Cgc", 50).required(),
        Rule::text("Endereco", 50).required(),
        Rule::text("Bairro", 20).required(),
        Rule::text("Cidade", 50).required(),
        Rule::text("Uf", 2).required(),
        Rule::text("Telefone", 50).required(),
        Rule::one_of("Bloqueio", SN).required(),
        Rule::one_of("Eredespacho", SN).required(),
        Rule::one_of("Revenda", &["T"]).required(),
    ];
}
