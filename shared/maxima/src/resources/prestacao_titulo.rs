//! Receivables (`contracts/maxima.md` §5 `v3/PrestacoesTitulos`).

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{Cliente, Cobranca, Filial, SN, Usuari};
use crate::{
    number,
    range::Range,
    resource::Resource,
    rules::{Fk, Rule},
};

/// An instalment of a receivable. `Default` is empty with the SDK's defaults and the constants of mapping §4.16;
/// `status` has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrestacaoTitulo {
    /// Sale transaction, 0–9 999 999 999, first part of the key.
    pub numtransvenda: i64,
    /// Instalment number, ≤ 4, second part of the key.
    pub prest: String,
    /// Duplicata number, 0–2 147 483 647; never null.
    pub duplic: i64,
    /// Client, ≤ 50, required, must exist in Clientes.
    pub codcli: String,
    /// Seller, ≤ 50, required by the dictionary, must exist in Usuaris.
    pub codusur: String,
    /// Branch, ≤ 20, required, must exist in Filiais.
    pub codfilial: String,
    /// Payment means, ≤ 50, required (default `15`), must exist in Cobrancas.
    pub codcob: String,
    /// Issue date, required.
    pub dtemissao: Option<DateTime>,
    /// Due date, required.
    pub dtvenc: Option<DateTime>,
    /// First due date, required.
    pub dtvencorig: Option<DateTime>,
    /// Amount, 18 digits of which 6 are decimals (default 0).
    #[serde(serialize_with = "number::exact")]
    pub valor: Decimal,
    /// First amount, 18 digits of which 6 are decimals (default 0).
    #[serde(serialize_with = "number::exact")]
    pub valororig: Decimal,
    /// Amount paid.
    #[serde(serialize_with = "number::exact_or_null")]
    pub vpago: Option<Decimal>,
    /// Payment date.
    pub dtpag: Option<DateTime>,
    /// Settlement date.
    pub dtbaixa: Option<DateTime>,
    /// `A` open, `P` paid, `C` cancelled; required by the dictionary, which does not know `C`.
    pub status: &'static str,
    /// Protested: `S` or `N` (default).
    pub protesto: &'static str,
    /// At the notary: `S` or `N` (default); required by the dictionary.
    pub cartorio: &'static str,
    /// Has a boleto: `S` or `N` (default).
    pub boleto: &'static str,
    /// Barcode of the boleto, ≤ 100.
    pub codbarra: Option<String>,
    /// Digitable line of the boleto, ≤ 100.
    pub linhadig: Option<String>,
}

impl Default for PrestacaoTitulo {
    fn default() -> Self {
        Self {
            numtransvenda: 0,
            prest: String::new(),
            duplic: 0,
            codcli: String::new(),
            codusur: String::new(),
            codfilial: String::new(),
            codcob: "15".to_owned(),
            dtemissao: None,
            dtvenc: None,
            dtvencorig: None,
            valor: Decimal::ZERO,
            valororig: Decimal::ZERO,
            vpago: None,
            dtpag: None,
            dtbaixa: None,
            status: "",
            protesto: "N",
            cartorio: "N",
            boleto: "N",
            codbarra: None,
            linhadig: None,
        }
    }
}

const MONEY: Range = Range::within("999999999999.999999");

impl Resource for PrestacaoTitulo {
    const PATH: &'static str = "PrestacoesTitulos";
    const TABLE: &'static str = "ERP_MXSPREST";
    const KEY: &'static str = "Numtransvenda";
    const KEYS: &'static [&'static str] = &["Numtransvenda", "Prest"];
    const RULES: &'static [Rule] = &[
        Rule::number("Numtransvenda", Range::up_to("9999999999")).required(),
        Rule::text("Prest", 4).required(),
        Rule::number("Duplic", Range::up_to("2147483647")).required(),
        Rule::text("Codcli", 50).required().refers_to(Fk::to::<Cliente>()),
        Rule::text("Codusur", 50).required().refers_to(Fk::to::<Usuari>()),
        Rule::text("Codfilial", 20).required().refers_to(Fk::to::<Filial>()),
        Rule::text("Codcob", 50).required().refers_to(Fk::to::<Cobranca>()),
        Rule::date("Dtemissao").required(),
        Rule::date("Dtvenc").required(),
        Rule::date("Dtvencorig").required(),
        Rule::number("Valor", MONEY).required(),
        Rule::number("Valororig", MONEY).required(),
        Rule::number("Vpago", MONEY),
        Rule::date("Dtpag"),
        Rule::date("Dtbaixa"),
        Rule::one_of("Status", &["A", "P", "C"]).required(),
        Rule::one_of("Protesto", SN),
        Rule::one_of("Cartorio", SN).required(),
        Rule::one_of("Boleto", SN),
        Rule::text("Codbarra", 100),
        Rule::text("Linhadig", 100),
    ];
}
