//! Tax figures (`contracts/maxima.md` §5 `v3/Tributos`): what the placeholder row needs (mapping §4.15).

use rust_decimal::Decimal;
use serde::Serialize;

use crate::{number, range::Range, resource::Resource, rules::Rule};

/// A tax figure. `Default` is empty and neutral: all rates 0, `sittribut` and `sittributpf` `00`
/// (`contracts/maxima.md` §9.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tributo {
    /// Tax figure code, ≤ 50. `CodSt` on the wire.
    #[serde(rename = "CodSt")]
    pub codst: String,
    /// Description, ≤ 100, required by the dictionary.
    pub obs: String,
    /// IVA, 0–9999.9999 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub iva: Decimal,
    /// ICMS 1, percent, 0–9999.9999 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub aliqicms1: Decimal,
    /// ICMS 2, percent, 0–9999.9999 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub aliqicms2: Decimal,
    /// Pauta value, 18 digits of which 6 are decimals (default 0).
    #[serde(serialize_with = "number::exact")]
    pub pauta: Decimal,
    /// ICMS 1 at the source, percent, 0–9999.9999 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub aliqicms1fonte: Decimal,
    /// ICMS 2 at the source, percent, 0–9999.9999 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub aliqicms2fonte: Decimal,
    /// IVA at the source, 0–9999.9999 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub ivafonte: Decimal,
    /// Tax situation, CST or CSOSN code (default `00`).
    pub sittribut: &'static str,
    /// Tax situation for a natural person (default `00`).
    pub sittributpf: &'static str,
}

impl Default for Tributo {
    fn default() -> Self {
        Self {
            codst: String::new(),
            obs: String::new(),
            iva: Decimal::ZERO,
            aliqicms1: Decimal::ZERO,
            aliqicms2: Decimal::ZERO,
            pauta: Decimal::ZERO,
            aliqicms1fonte: Decimal::ZERO,
            aliqicms2fonte: Decimal::ZERO,
            ivafonte: Decimal::ZERO,
            sittribut: "00",
            sittributpf: "00",
        }
    }
}

/// CST and CSOSN codes.
const SITUATIONS: &[&str] = &[
    "00", "10", "20", "30", "40", "41", "50", "51", "60", "70", "90", "101", "102", "103", "201", "202",
    "203", "300", "400", "500", "900",
];
const RATE: Range = Range::up_to("9999.9999");

impl Resource for Tributo {
    const PATH: &'static str = "Tributos";
    const TABLE: &'static str = "MXSTRIBUT";
    const KEY: &'static str = "CodSt";
    const RULES: &'static [Rule] = &[
        Rule::text("CodSt", 50).required(),
        Rule::text("Obs", 100).required(),
        Rule::number("Iva", RATE).required(),
        Rule::number("Aliqicms1", RATE).required(),
        Rule::number("Aliqicms2", RATE).required(),
        Rule::number("Pauta", Range::up_to("999999999999.999999")).required(),
        Rule::number("Aliqicms1fonte", RATE).required(),
        Rule::number("Aliqicms2fonte", RATE).required(),
        Rule::number("Ivafonte", RATE).required(),
        Rule::one_of("Sittribut", SITUATIONS).required(),
        Rule::one_of("Sittributpf", SITUATIONS).required(),
    ];
}
