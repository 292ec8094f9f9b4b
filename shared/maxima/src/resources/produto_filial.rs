//! Products by branch (`contracts/maxima.md` §5 `v3/ProdutosFiliais`).

use serde::Serialize;

use super::{Filial, Produto, SN};
use crate::{
    range::Range,
    resource::Resource,
    rules::{Fk, Rule},
};

/// What a branch does with a product. `Default` is empty with the SDK's defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProdutoFilial {
    /// Product, ≤ 50, first part of the key, must exist in Produtos.
    pub codprod: String,
    /// Branch, ≤ 20, second part of the key, must exist in Filiais.
    pub codfilial: String,
    /// Published to the app: `S` (default) or `N`.
    pub enviarforcavendas: &'static str,
    /// Sales multiple (default 1).
    pub multiplo: i64,
    /// `PV` forbids the sale, nothing allows it. The SDK's own `N` is outside its set.
    pub proibidavenda: Option<&'static str>,
}

impl Default for ProdutoFilial {
    fn default() -> Self {
        Self {
            codprod: String::new(),
            codfilial: String::new(),
            enviarforcavendas: "S",
            multiplo: 1,
            proibidavenda: None,
        }
    }
}

impl Resource for ProdutoFilial {
    const PATH: &'static str = "ProdutosFiliais";
    const TABLE: &'static str = "MXSPRODFILIAL";
    const KEY: &'static str = "Codprod";
    const KEYS: &'static [&'static str] = &["Codprod", "Codfilial"];
    const RULES: &'static [Rule] = &[
        Rule::text("Codprod", 50).required().refers_to(Fk::to::<Produto>()),
        Rule::text("Codfilial", 20).required().refers_to(Fk::to::<Filial>()),
        Rule::one_of("Enviarforcavendas", SN).required(),
        Rule::number("Multiplo", Range::up_to("2147483647")).required(),
        Rule::one_of("Proibidavenda", &["PV"]),
    ];
}
