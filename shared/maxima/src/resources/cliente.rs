//! Clients (`contracts/maxima.md` §5 `v3/Clientes`).

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{Atividade, Cidade, Cobranca, PlanoPagamento, Praca, SN, Usuari};
use crate::{
    number,
    range::Range,
    resource::Resource,
    rules::{Fk, Rule},
};

/// A client. `Default` is empty with the SDK's defaults; `tipofj` and `bloqueiodefinitivo` have none.
///
/// The `…ent` address is the delivery address, `…com` and `…cob` the main one (§9.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cliente {
    /// Client code, ≤ 50, required.
    pub codcli: String,
    /// Legal name, ≤ 100, required.
    pub cliente: String,
    /// Trade name, ≤ 100, required.
    pub fantasia: String,
    /// CNPJ or CPF, ≤ 18, required.
    pub cgcent: String,
    /// `F` person or `J` company, required.
    pub tipofj: &'static str,
    /// State registration, ≤ 15, required (default `ISENTO`).
    pub ieent: String,
    /// Municipal registration, ≤ 4000.
    pub iment: Option<String>,
    /// E-mail, ≤ 100.
    pub email: Option<String>,
    /// E-mail of the invoice, ≤ 4000.
    pub emailnfe: Option<String>,
    /// Phone, ≤ 4000.
    pub telent: Option<String>,
    /// Second phone, ≤ 4000.
    pub telcom: Option<String>,
    /// Registration date.
    pub dtcadastro: Option<DateTime>,
    /// Credit limit, 0–9 999 999 999.99.
    #[serde(serialize_with = "number::exact_or_null")]
    pub limcred: Option<Decimal>,
    /// Notes, ≤ 4000.
    pub obs: Option<String>,
    /// Line of business, ≤ 50, required, must exist in Atividades.
    pub codatv1: String,
    /// Default payment plan, ≤ 50, required, must exist in PlanosPagamentos.
    pub codplpag: String,
    /// Default payment means, ≤ 50, required (default `01`), must exist in Cobrancas.
    pub codcob: String,
    /// Praça (price table), ≤ 50, required, must exist in Pracas.
    pub codpraca: String,
    /// Seller, ≤ 50, required, must exist in Usuaris.
    pub codusur1: String,
    /// City, ≤ 50, required, must exist in Cidades.
    pub codcidade: String,
    /// Last editor; the SDK always sends "1", ≤ 50, required (default `1`).
    pub codfuncultalter: String,
    /// Delivery street (§9.3), ≤ 40, required.
    pub enderent: String,
    /// Delivery house number, ≤ 4000, required.
    pub numeroent: String,
    /// Delivery complement, ≤ 80.
    pub complementoent: Option<String>,
    /// Delivery district, ≤ 40, required.
    pub bairroent: String,
    /// Delivery postal code, ≤ 9, required.
    pub cepent: String,
    /// Delivery city name (mapping §13.5), ≤ 15, required.
    pub municent: String,
    /// Delivery state, ≤ 2, required.
    pub estent: String,
    /// Country, ≤ 4000.
    pub paisent: Option<String>,
    /// Main street, ≤ 4000, required.
    pub endercom: String,
    /// Main house number, ≤ 4000, required.
    pub numerocom: String,
    /// Main complement, ≤ 4000.
    pub complementocom: Option<String>,
    /// Main district, ≤ 4000, required.
    pub bairrocom: String,
    /// Main postal code, ≤ 4000.
    pub cepcom: Option<String>,
    /// Main city name (mapping §13.5), ≤ 15, required.
    pub municcom: String,
    /// Main state, ≤ 4000, required.
    pub estcom: String,
    /// Billing street, ≤ 4000.
    pub endercob: Option<String>,
    /// Billing house number, ≤ 4000.
    pub numerocob: Option<String>,
    /// Billing complement, ≤ 4000.
    pub complementocob: Option<String>,
    /// Billing district, ≤ 4000.
    pub bairrocob: Option<String>,
    /// Billing postal code, ≤ 4000.
    pub cepcob: Option<String>,
    /// Billing city name (mapping §13.5), ≤ 15.
    pub municcob: Option<String>,
    /// Billing state, ≤ 4000.
    pub estcob: Option<String>,
    /// ICMS taxpayer: `S` or `N` (default).
    pub contribuinte: &'static str,
    /// Final consumer: `S` or `N` (default).
    pub consumidorfinal: &'static str,
    /// Simples Nacional: `S` or `N` (default).
    pub simplesnacional: &'static str,
    /// Blocks sales: `S` or `N` (default).
    pub bloqueio: &'static str,
    /// SEFAZ block: `S` or `N` (default).
    pub bloqueiosefaz: &'static str,
    /// Permanently blocked: `S` or `N`, required.
    pub bloqueiodefinitivo: &'static str,
    /// Computes ST: `S` or `N` (default).
    pub calculast: &'static str,
    /// Validates the sale multiple: `S` (default) or `N`.
    pub validarmultiplovenda: &'static str,
    /// Validates the gift campaign: `S` or `N` (default).
    pub validarcampanhabrinde: &'static str,
    /// Sells fractions: `S` or `N` (default).
    pub aceitavendafracao: &'static str,
    /// Uses the RCA account: `S` (default) or `N`.
    pub usadebcredrca: &'static str,
    /// Fixes the coordinates: 0 (default) or 1, a number that is never null.
    pub fixarcoordenada: i64,
    /// Normal sale: `S` (default) or `N`.
    pub condvenda1: &'static str,
    /// Bonus sale: `S` (default) or `N`.
    pub condvenda5: &'static str,
    /// Future delivery: `S` or `N` (default).
    pub condvenda7: &'static str,
    /// Simple delivery: `S` or `N` (default).
    pub condvenda8: &'static str,
    /// Normal sale with another CFOP: `S` or `N` (default).
    pub condvenda9: &'static str,
    /// Exchange: `S` or `N` (default).
    pub condvenda11: &'static str,
    /// Simple remittance: `S` or `N` (default).
    pub condvenda13: &'static str,
    /// Manifest: `S` or `N` (default).
    pub condvenda14: &'static str,
    /// Consignment: `S` or `N` (default).
    pub condvenda20: &'static str,
}

impl Default for Cliente {
    fn default() -> Self {
        Self {
            codcli: String::new(),
            cliente: String::new(),
            fantasia: String::new(),
            cgcent: String::new(),
            tipofj: "",
            ieent: "ISENTO".to_owned(),
            iment: None,
            email: None,
            emailnfe: None,
            telent: None,
            telcom: None,
            dtcadastro: None,
            limcred: None,
            obs: None,
            codatv1: String::new(),
            codplpag: String::new(),
            codcob: "01".to_owned(),
            codpraca: String::new(),
            codusur1: String::new(),
            codcidade: String::new(),
            codfuncultalter: "1".to_owned(),
            enderent: String::new(),
            numeroent: String::new(),
            complementoent: None,
            bairroent: String::new(),
            cepent: String::new(),
            municent: String::new(),
            estent: String::new(),
            paisent: None,
            endercom: String::new(),
            numerocom: String::new(),
            complementocom: None,
            bairrocom: String::new(),
            cepcom: None,
            municcom: String::new(),
            estcom: String::new(),
            endercob: None,
            numerocob: None,
            complementocob: None,
            bairrocob: None,
            cepcob: None,
            municcob: None,
            estcob: None,
            contribuinte: "N",
            consumidorfinal: "N",
            simplesnacional: "N",
            bloqueio: "N",
            bloqueiosefaz: "N",
            bloqueiodefinitivo: "",
            calculast: "N",
            validarmultiplovenda: "S",
            validarcampanhabrinde: "N",
            aceitavendafracao: "N",
            usadebcredrca: "S",
            fixarcoordenada: 0,
            condvenda1: "S",
            condvenda5: "S",
            condvenda7: "N",
            condvenda8: "N",
            condvenda9: "N",
            condvenda11: "N",
            condvenda13: "N",
            condvenda14: "N",
            condvenda20: "N",
        }
    }
}

impl Resource for Cliente {
    const PATH: &'static str = "Clientes";
    const TABLE: &'static str = "MXSCLIENT";
    const KEY: &'static str = "Codcli";
    const RULES: &'static [Rule] = &[
        Rule::text("Codcli", 50).required(),
        Rule::text("Cliente", 100).required(),
        Rule::text("Fantasia", 100).required(),
        Rule::text("Cgcent", 18).required(),
        Rule::one_of("Tipofj", &["F", "J"]).required(),
        Rule::text("Ieent", 15).required(),
        Rule::text("Iment", 4000),
        Rule::text("Email", 100),
        Rule::text("Emailnfe", 4000),
        Rule::text("Telent", 4000),
        Rule::text("Telcom", 4000),
        Rule::number("Limcred", Range::up_to("9999999999.99")),
        Rule::text("Obs", 4000),
        Rule::text("Codatv1", 50).required().refers_to(Fk::to::<Atividade>()),
        Rule::text("Codplpag", 50).required().refers_to(Fk::to::<PlanoPagamento>()),
        Rule::text("Codcob", 50).required().refers_to(Fk::to::<Cobranca>()),
        Rule::text("Codpraca", 50).required().refers_to(Fk::to::<Praca>()),
        Rule::text("Codusur1", 50).required().refers_to(Fk::to::<Usuari>()),
        Rule::text("Codcidade", 50).required().refers_to(Fk::to::<Cidade>()),
        Rule::text("Codfuncultalter", 50).required(),
        Rule::text("Enderent", 40).required(),
        Rule::text("Numeroent", 4000).required(),
        Rule::text("Complementoent", 80),
        Rule::text("Bairroent", 40).required(),
        Rule::text("Cepent", 9).required(),
        Rule::text("Municent", 15).required(),
        Rule::text("Estent", 2).required(),
        Rule::text("Paisent", 4000),
        Rule::text("Endercom", 4000).required(),
        Rule::text("Numerocom", 4000).required(),
        Rule::text("Complementocom", 4000),
        Rule::text("Bairrocom", 4000).required(),
        Rule::text("Cepcom", 4000),
        Rule::text("Municcom", 15).required(),
        Rule::text("Estcom", 4000).required(),
        Rule::text("Endercob", 4000),
        Rule::text("Numerocob", 4000),
        Rule::text("Complementocob", 4000),
        Rule::text("Bairrocob", 4000),
        Rule::text("Cepcob", 4000),
        Rule::text("Municcob", 15),
        Rule::text("Estcob", 4000),
        Rule::one_of("Contribuinte", SN).required(),
        Rule::one_of("Consumidorfinal", SN).required(),
        Rule::one_of("Simplesnacional", SN).required(),
        Rule::one_of("Bloqueio", SN).required(),
        Rule::one_of("Bloqueiosefaz", SN).required(),
        Rule::one_of("Bloqueiodefinitivo", SN).required(),
        Rule::one_of("Calculast", SN).required(),
        Rule::one_of("Validarmultiplovenda", SN).required(),
        Rule::one_of("Validarcampanhabrinde", SN),
        Rule::one_of("Aceitavendafracao", SN),
        Rule::one_of("Usadebcredrca", SN).required(),
        Rule::one_of("Fixarcoordenada", &["0", "1"]).required(),
        Rule::one_of("Condvenda1", SN).required(),
        Rule::one_of("Condvenda5", SN).required(),
        Rule::one_of("Condvenda7", SN).required(),
        Rule::one_of("Condvenda8", SN).required(),
        Rule::one_of("Condvenda9", SN).required(),
        Rule::one_of("Condvenda11", SN).required(),
        Rule::one_of("Condvenda13", SN).required(),
        Rule::one_of("Condvenda14", SN).required(),
        Rule::one_of("Condvenda20", SN).required(),
    ];
}
