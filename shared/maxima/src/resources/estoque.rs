//! Stock (`contracts/maxima.md` §5 `v3/Estoques`).

use rust_decimal::Decimal;
use serde::Serialize;

use super::{Filial, Produto};
use crate::{
    number,
    range::Range,
    resource::Resource,
    rules::{Fk, Rule},
};

/// The stock of a product in a branch; `Default` is empty with the SDK's zeros. What can be sold is
/// `qtestger` − `qtreserv` − `qtbloqueada` − `qtpendente` (§9.4). Neither the SDK nor the dictionary forbids a
/// negative amount.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Estoque {
    /// Branch, ≤ 20, first part of the key, must exist in Filiais.
    pub codfilial: String,
    /// Product, ≤ 50, second part of the key, must exist in Produtos.
    pub codprod: String,
    /// Managed stock, 22 digits of which 8 are decimals.
    #[serde(serialize_with = "number::exact")]
    pub qtestger: Decimal,
    /// Reserved, 22 digits of which 8 are decimals.
    #[serde(serialize_with = "number::exact")]
    pub qtreserv: Decimal,
    /// Pending, 16 digits of which 3 are decimals.
    #[serde(serialize_with = "number::exact")]
    pub qtpendente: Decimal,
    /// Blocked, 20 digits of which 6 are decimals.
    #[serde(serialize_with = "number::exact")]
    pub qtbloqueada: Decimal,
    /// Financial cost, 18 digits of which 6 are decimals.
    #[serde(serialize_with = "number::exact")]
    pub custofin: Decimal,
    /// Real cost, 18 digits of which 6 are decimals.
    #[serde(serialize_with = "number::exact")]
    pub custoreal: Decimal,
    /// Replacement cost, 18 digits of which 6 are decimals.
    #[serde(serialize_with = "number::exact")]
    pub custorep: Decimal,
    /// Value of the last entry, 18 digits of which 6 are decimals.
    #[serde(serialize_with = "number::exact")]
    pub valorultent: Decimal,
}

const MONEY: Range = Range::within("999999999999.999999");

impl Resource for Estoque {
    const PATH: &'static str = "Estoques";
    const TABLE: &'static str = "MXSEST";
    const KEY: &'static str = "Codfilial";
    const KEYS: &'static [&'static str] = &["Codfilial", "Codprod"];
    const RULES: &'static [Rule] = &[
        Rule::text("Codfilial", 20).required().refers_to(Fk::to::<Filial>()),
        Rule::text("Codprod", 50).required().refers_to(Fk::to::<Produto>()),
        Rule::number("Qtestger", Range::within("99999999999999.99999999")).required(),
        Rule::number("Qtreserv", Range::within("99999999999999.99999999")).required(),
        Rule::number("Qtpendente", Range::within("9999999999999.999")).required(),
        Rule::number("Qtbloqueada", Range::within("99999999999999.999999")).required(),
        Rule::number("Custofin", MONEY).required(),
        Rule::number("Custoreal", MONEY).required(),
        Rule::number("Custorep", MONEY).required(),
        Rule::number("Valorultent", MONEY).required(),
    ];
}
