//! Sellers (`contracts/maxima.md` §5 `v3/Usuaris`).

use rust_decimal::Decimal;
use serde::Serialize;

use super::SN;
use crate::{number, range::Range, resource::Resource, rules::Rule};

/// A seller (RCA). `Default` is empty with the SDK's defaults; `bloqueio` has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Usuari {
    /// Seller code, ≤ 50.
    pub codusur: String,
    /// Name, ≤ 100, required.
    pub nome: String,
    /// `I` internal, `E` external (default), `R` representative, `P` professional.
    pub tipovend: &'static str,
    /// `S` blocked or `N` active, required.
    pub bloqueio: &'static str,
    /// Branch code, ≤ 50; required by the dictionary, not a checked reference.
    pub codfilial: String,
    /// Supervisor code, ≤ 50. The dictionary requires it, but sellers come before supervisors
    /// (`contracts/maxima.md` §9.9): it is filled by a setting where the tenant enforces it (mapping §4.7).
    pub codsupervisor: Option<String>,
    /// Commission on cash sales, percent, 0–99.99.
    #[serde(serialize_with = "number::exact_or_null")]
    pub percent: Option<Decimal>,
    /// Commission on term sales, percent, 0–9999.99.
    #[serde(serialize_with = "number::exact_or_null")]
    pub percent2: Option<Decimal>,
    /// Next order number of the app (default 1). Travels on insertion only.
    pub proxnumpedforca: i64,
    /// Uses the RCA debit/credit account: `S` or `N` (default).
    pub usadebcredrca: &'static str,
    /// E-mail, ≤ 100.
    pub email: Option<String>,
}

impl Default for Usuari {
    fn default() -> Self {
        Self {
            codusur: String::new(),
            nome: String::new(),
            tipovend: "E",
            bloqueio: "",
            codfilial: String::new(),
            codsupervisor: None,
            percent: None,
            percent2: None,
            proxnumpedforca: 1,
            usadebcredrca: "N",
            email: None,
        }
    }
}

impl Resource for Usuari {
    const PATH: &'static str = "Usuaris";
    const TABLE: &'static str = "MXSUSUARI";
    const KEY: &'static str = "Codusur";
    const RULES: &'static [Rule] = &[
        Rule::text("Codusur", 50).required(),
        Rule::text("Nome", 100).required(),
        Rule::one_of("Tipovend", &["I", "E", "R", "P"]).required(),
        Rule::one_of("Bloqueio", SN).required(),
        Rule::text("Codfilial", 50).required(),
        Rule::text("Codsupervisor", 50),
        Rule::number("Percent", Range::up_to("99.99")),
        Rule::number("Percent2", Range::up_to("9999.99")),
        Rule::number("Proxnumpedforca", Range::up_to("2147483647")),
        Rule::one_of("Usadebcredrca", SN).required(),
        Rule::text("Email", 100),
    ];
    // Sent again, it would set the app's order counter back (mapping §4.7).
    const INSERT_ONLY: &'static [&'static str] = &["Proxnumpedforca"];
}
