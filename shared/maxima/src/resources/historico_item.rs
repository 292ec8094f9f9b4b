//! Items of past orders (`contracts/maxima.md` §5 `v3/HistoricosPedidosItens`).

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{HistoricoPedidoCapa, Produto};
use crate::{
    number,
    range::Range,
    resource::Resource,
    rules::{Fk, Rule},
};

/// An item of an order as it stands in the ERP. `Default` is empty with the SDK's zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HistoricoPedidoItem {
    /// Order, first part of the key, must exist in HistoricosPedidosCapas.
    pub numped: i64,
    /// Position of the item, second part of the key.
    pub numseq: i64,
    /// Product, ≤ 50, third part of the key, must exist in Produtos.
    pub codprod: String,
    /// Quantity (default 0).
    #[serde(serialize_with = "number::exact")]
    pub qt: Decimal,
    /// Sale price, 18 digits of which 6 are decimals (default 0).
    #[serde(serialize_with = "number::exact")]
    pub pvenda: Decimal,
    /// List price, 18 digits of which 6 are decimals (default 0).
    #[serde(serialize_with = "number::exact")]
    pub ptabela: Decimal,
    /// Returned quantity. `Qt_devolvida` on the wire.
    #[serde(rename = "Qt_devolvida", serialize_with = "number::exact_or_null")]
    pub qt_devolvida: Option<Decimal>,
    /// Order date.
    pub data: Option<DateTime>,
    /// Barcode, ≤ 50.
    pub codauxiliar: Option<String>,
    /// `F` invoiced, `M` assembled, `P` pending, `C` cancelled.
    pub posicao: Option<&'static str>,
}

const MONEY: Range = Range::within("999999999999.999999");

impl Resource for HistoricoPedidoItem {
    const PATH: &'static str = "HistoricosPedidosItens";
    const TABLE: &'static str = "MXSHISTORICOPEDI";
    const KEY: &'static str = "Numped";
    const KEYS: &'static [&'static str] = &["Numped", "Numseq", "Codprod"];
    const RULES: &'static [Rule] = &[
        Rule::number("Numped", Range::up_to("2147483647"))
            .required()
            .refers_to(Fk::to::<HistoricoPedidoCapa>()),
        Rule::number("Numseq", Range::up_to("9223372036854775807")).required(),
        Rule::text("Codprod", 50).required().refers_to(Fk::to::<Produto>()),
        Rule::number("Qt", MONEY).required(),
        Rule::number("Pvenda", MONEY).required(),
        Rule::number("Ptabela", MONEY).required(),
        Rule::number("Qt_devolvida", MONEY),
        Rule::date("Data"),
        Rule::text("Codauxiliar", 50),
        Rule::one_of("Posicao", &["F", "M", "P", "C"]),
    ];
}
