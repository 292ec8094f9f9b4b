//! Branches, the gate of the initial load (`contracts/maxima.md` §5 `v3/Filiais`).

use serde::Serialize;

use super::SN;
use crate::{resource::Resource, rules::Rule};

/// A branch (issuing company). `Default` is empty with the SDK's defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Filial {
    /// Branch code, ≤ 50.
    pub codigo: String,
    /// Legal name, ≤ 40, required.
    pub razaosocial: String,
    /// Trade name, ≤ 25.
    pub fantasia: Option<String>,
    /// CNPJ, digits only, ≤ 14, required.
    pub cgc: String,
    /// State registration, ≤ 20, required: the usual culprit of an incomplete branch.
    pub ie: String,
    /// Street, ≤ 40.
    pub endereco: Option<String>,
    /// District, ≤ 20.
    pub bairro: Option<String>,
    /// City, ≤ 30.
    pub cidade: Option<String>,
    /// State, 2 letters, required by the dictionary.
    pub uf: String,
    /// Postal code, ≤ 11.
    pub cep: Option<String>,
    /// Phone, ≤ 18.
    pub telefone: Option<String>,
    /// Sells by packaging: `S` or `N` (default).
    pub utilizavendaporembalagem: &'static str,
    /// Adds IPI on sale: `S` or `N` (default).
    pub calcularipivenda: &'static str,
    /// Uses WMS: `S` or `N` (default).
    pub usawms: &'static str,
    /// `A` wholesale (default) or `P` retail.
    pub tipoprecificacao: &'static str,
}

impl Default for Filial {
    fn default() -> Self {
        Self {
            codigo: String::new(),
            razaosocial: String::new(),
            fantasia: None,
            cgc: String::new(),
            ie: String::new(),
            endereco: None,
            bairro: None,
            cidade: None,
            uf: String::new(),
            cep: None,
            telefone: None,
            utilizavendaporembalagem: "N",
            calcularipivenda: "N",
            usawms: "N",
            tipoprecificacao: "A",
        }
    }
}

impl Resource for Filial {
    const PATH: &'static str = "Filiais";
    const TABLE: &'static str = "MXSFILIAL";
    const KEY: &'static str = "Codigo";
    const RULES: &'static [Rule] = &[
        Rule::text("Codigo", 50).required(),
        Rule::text("Razaosocial", 40).required(),
        Rule::text("Fantasia", 25),
        Rule::text("Cgc", 14).required(),
        Rule::text("Ie", 20).required(),
        Rule::text("Endereco", 40),
        Rule::text("Bairro", 20),
        Rule::text("Cidade", 30),
        Rule::text("Uf", 2).required(),
        Rule::text("Cep", 11),
        Rule::text("Telefone", 18),
        Rule::one_of("Utilizavendaporembalagem", SN).required(),
        Rule::one_of("Calcularipivenda", SN).required(),
        Rule::one_of("Usawms", SN),
        Rule::one_of("Tipoprecificacao", &["A", "P"]).required(),
    ];
}
