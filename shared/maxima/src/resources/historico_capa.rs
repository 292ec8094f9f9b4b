//! Headers of past orders (`contracts/maxima.md` §5 `v3/HistoricosPedidosCapas`).

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{Cliente, Cobranca, Filial, PlanoPagamento, Usuari};
use crate::{
    number,
    range::Range,
    resource::Resource,
    rules::{Fk, Rule},
};

/// The header of an order as it stands in the ERP. `Default` is empty with the SDK's defaults; `posicao` and
/// `origemped` have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HistoricoPedidoCapa {
    /// Order number of the ERP, 0–2 147 483 647, a whole number on the wire.
    pub numped: i64,
    /// Transaction, 0–2 147 483 647: the order number again (mapping §4.17).
    pub numtransvenda: i64,
    /// Order date, required.
    pub data: Option<DateTime>,
    /// Same as `data`: the timeline of the app needs it (§7.6).
    pub dtaberturapedpalm: Option<DateTime>,
    /// Invoicing date.
    pub dtfat: Option<DateTime>,
    /// Total (default 0).
    #[serde(serialize_with = "number::exact")]
    pub vltotal: Decimal,
    /// Total at list price (default 0).
    #[serde(serialize_with = "number::exact")]
    pub vltabela: Decimal,
    /// Fulfilled value (default 0).
    #[serde(serialize_with = "number::exact")]
    pub vlatend: Decimal,
    /// Freight (default 0).
    #[serde(serialize_with = "number::exact")]
    pub vlfrete: Decimal,
    /// Client, ≤ 50, required, must exist in Clientes.
    pub codcli: String,
    /// Seller, ≤ 50, required, must exist in Usuaris.
    pub codusur: String,
    /// Branch, ≤ 50, required, must exist in Filiais.
    pub codfilial: String,
    /// Sale type: 1 normal (default), 5 bonus, 7, 11, 13, 14, 24 (§9.5).
    pub condvenda: i64,
    /// Payment means, ≤ 50, required, must exist in Cobrancas.
    pub codcob: String,
    /// Payment plan, ≤ 50, required, must exist in PlanosPagamentos.
    pub codplpag: String,
    /// `T` telemarketing, `F` sales force, `W` web, `R` counter reserve, `B` counter; required.
    pub origemped: &'static str,
    /// Order number of the app, 0–2 147 483 647.
    pub numpedrca: Option<i64>,
    /// `P` pending, `L` released, `M` assembled, `F` invoiced, `C` cancelled, `B` blocked, `R` routing; required.
    pub posicao: &'static str,
    /// Number of items, 0–999 999.
    pub numitens: Option<i64>,
    /// Invoice number, 0–2 147 483 647.
    pub numnota: Option<i64>,
    /// Notes, ≤ 600.
    pub obs: Option<String>,
}

impl Default for HistoricoPedidoCapa {
    fn default() -> Self {
        Self {
            numped: 0,
            numtransvenda: 0,
            data: None,
            dtaberturapedpalm: None,
            dtfat: None,
            vltotal: Decimal::ZERO,
            vltabela: Decimal::ZERO,
            vlatend: Decimal::ZERO,
            vlfrete: Decimal::ZERO,
            codcli: String::new(),
            codusur: String::new(),
            codfilial: String::new(),
            condvenda: 1,
            codcob: String::new(),
            codplpag: String::new(),
            origemped: "",
            numpedrca: None,
            posicao: "",
            numitens: None,
            numnota: None,
            obs: None,
        }
    }
}

const MONEY: Range = Range::within("999999999999.999999");
const INT32: Range = Range::up_to("2147483647");

impl Resource for HistoricoPedidoCapa {
    const PATH: &'static str = "HistoricosPedidosCapas";
    const TABLE: &'static str = "MXSHISTORICOPEDC";
    const KEY: &'static str = "Numped";
    const RULES: &'static [Rule] = &[
        Rule::number("Numped", INT32).required(),
        Rule::number("Numtransvenda", INT32),
        Rule::date("Data").required(),
        Rule::date("Dtaberturapedpalm"),
        Rule::date("Dtfat"),
        Rule::number("Vltotal", MONEY).required(),
        Rule::number("Vltabela", MONEY).required(),
        Rule::number("Vlatend", MONEY).required(),
        Rule::number("Vlfrete", MONEY).required(),
        Rule::text("Codcli", 50).required().refers_to(Fk::to::<Cliente>()),
        Rule::text("Codusur", 50).required().refers_to(Fk::to::<Usuari>()),
        Rule::text("Codfilial", 50).required().refers_to(Fk::to::<Filial>()),
        Rule::one_of("Condvenda", &["1", "5", "7", "11", "13", "14", "24"]).required(),
        Rule::text("Codcob", 50).required().refers_to(Fk::to::<Cobranca>()),
        Rule::text("Codplpag", 50).required().refers_to(Fk::to::<PlanoPagamento>()),
        Rule::one_of("Origemped", &["T", "F", "W", "R", "B"]).required(),
        Rule::number("Numpedrca", INT32),
        Rule::one_of("Posicao", &["P", "L", "M", "F", "C", "B", "R"]).required(),
        Rule::number("Numitens", Range::up_to("999999")),
        Rule::number("Numnota", INT32),
        Rule::text("Obs", 600),
    ];
}
