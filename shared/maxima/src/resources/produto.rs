//! Products (`contracts/maxima.md` §5 `v3/Produtos`).

use jiff::civil::{DateTime, date};
use rust_decimal::Decimal;
use serde::Serialize;

use super::{Departamento, Filial, Fornecedor, SN, Secao};
use crate::{
    number,
    range::Range,
    resource::Resource,
    rules::{Fk, Rule},
};

/// A product. `Default` is empty with the SDK's defaults; the weights have none that is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Produto {
    /// Product code, ≤ 50.
    pub codprod: String,
    /// Master product code, ≤ 50.
    pub codprodprinc: Option<String>,
    /// Description, ≤ 100, required.
    pub descricao: String,
    /// Secondary description, ≤ 4000.
    pub descricao2: Option<String>,
    /// Factory or SKU code, ≤ 4000.
    pub codfab: Option<String>,
    /// Barcode of the sales unit, ≤ 50.
    pub codauxiliar: Option<String>,
    /// Sales unit, ≤ 2, required.
    pub unidade: String,
    /// Purchase unit, ≤ 4000.
    pub unidademaster: Option<String>,
    /// Pack description, ≤ 4000.
    pub embalagem: Option<String>,
    /// NCM, ≤ 20.
    pub classificfiscal: Option<String>,
    /// Net weight, kg, 0.000001–999 999.999999: the dictionary refuses zero.
    #[serde(serialize_with = "number::exact")]
    pub pesoliq: Decimal,
    /// Gross weight, kg, 0.000001–999 999.999999: the dictionary refuses zero.
    #[serde(serialize_with = "number::exact")]
    pub pesobruto: Decimal,
    /// Units per sales pack, 0–9999.99 (default 1).
    #[serde(serialize_with = "number::exact")]
    pub qtunit: Decimal,
    /// Units per box, 0–999 999.99 (default 0).
    #[serde(serialize_with = "number::exact")]
    pub qtunitcx: Decimal,
    /// Sales multiple (default 1).
    #[serde(serialize_with = "number::exact")]
    pub multiplo: Decimal,
    /// Supplier, ≤ 50, required, must exist in Fornecedores.
    pub codfornec: String,
    /// Department, ≤ 50, required by the dictionary, must exist in Departamentos.
    pub codepto: String,
    /// Section, ≤ 50, required by the dictionary, must exist in Secoes.
    pub codsec: String,
    /// Branch, ≤ 50, required, must exist in Filiais.
    pub codfilial: String,
    /// Registration date. Never null in the SDK, whose value for none is 0001-01-01 (default).
    pub dtcadastro: DateTime,
    /// Date of the logical deletion.
    pub dtexclusao: Option<DateTime>,
    /// Resale: `S` (default) or `N`; required by the dictionary.
    pub revenda: &'static str,
    /// Sells fractions: `S` or `N` (default).
    pub aceitavendafracao: &'static str,
    /// `L` released (default), `PA` finished, `CB` basket, `MP` raw material.
    pub tipomerc: &'static str,
    /// `FR` cold or `PA` standard (default).
    pub tipoestoque: &'static str,
    /// Published to the app: `S` (default) or `N`; required by the dictionary.
    pub enviarforcavendas: &'static str,
    /// Height, 0–9999.999999.
    #[serde(serialize_with = "number::exact_or_null")]
    pub altura: Option<Decimal>,
    /// Volume, m³, 20 digits of which 8 are decimals.
    #[serde(serialize_with = "number::exact_or_null")]
    pub volume: Option<Decimal>,
}

impl Default for Produto {
    fn default() -> Self {
        Self {
            codprod: String::new(),
            codprodprinc: None,
            descricao: String::new(),
            descricao2: None,
            codfab: None,
            codauxiliar: None,
            unidade: String::new(),
            unidademaster: None,
            embalagem: None,
            classificfiscal: None,
            pesoliq: Decimal::ZERO,
            pesobruto: Decimal::ZERO,
            qtunit: Decimal::ONE,
            qtunitcx: Decimal::ZERO,
            multiplo: Decimal::ONE,
            codfornec: String::new(),
            codepto: String::new(),
            codsec: String::new(),
            codfilial: String::new(),
            dtcadastro: date(1, 1, 1).at(0, 0, 0, 0),
            dtexclusao: None,
            revenda: "S",
            aceitavendafracao: "N",
            tipomerc: "L",
            tipoestoque: "PA",
            enviarforcavendas: "S",
            altura: None,
            volume: None,
        }
    }
}

impl Resource for Produto {
    const PATH: &'static str = "Produtos";
    const TABLE: &'static str = "MXSPRODUT";
    const KEY: &'static str = "Codprod";
    const RULES: &'static [Rule] = &[
        Rule::text("Codprod", 50).required(),
        Rule::text("Codprodprinc", 50),
        Rule::text("Descricao", 100).required(),
        Rule::text("Descricao2", 4000),
        Rule::text("Codfab", 4000),
        Rule::text("Codauxiliar", 50),
        Rule::text("Unidade", 2).required(),
        Rule::text("Unidademaster", 4000),
        Rule::text("Embalagem", 4000),
        Rule::text("Classificfiscal", 20),
        Rule::number("Pesoliq", Range::above_zero("999999.999999")).required(),
        Rule::number("Pesobruto", Range::above_zero("999999.999999")).required(),
        Rule::number("Qtunit", Range::up_to("9999.99")).required(),
        Rule::number("Qtunitcx", Range::up_to("999999.99")).required(),
        Rule::number("Multiplo", Range::up_to("999999999999.999999")).required(),
        Rule::text("Codfornec", 50).required().refers_to(Fk::to::<Fornecedor>()),
        Rule::text("Codepto", 50).required().refers_to(Fk::to::<Departamento>()),
        Rule::text("Codsec", 50).required().refers_to(Fk::to::<Secao>()),
        Rule::text("Codfilial", 50).required().refers_to(Fk::to::<Filial>()),
        Rule::date("Dtcadastro").required(),
        Rule::date("Dtexclusao"),
        Rule::one_of("Revenda", SN).required(),
        Rule::one_of("Aceitavendafracao", SN).required(),
        Rule::one_of("Tipomerc", &["L", "PA", "CB", "MP"]).required(),
        Rule::one_of("Tipoestoque", &["FR", "PA"]).required(),
        Rule::one_of("Enviarforcavendas", SN).required(),
        Rule::number("Altura", Range::up_to("9999.999999")),
        Rule::number("Volume", Range::up_to("999999999999.99999999")),
    ];
}
