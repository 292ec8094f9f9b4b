//! Empresa: the companies of the account (`contracts/omie.md §8.1`).

use jiff::civil::{Date, Time};
use serde::Deserialize;

use crate::formats;

/// A company of the account; one per app key in practice, but the service is a list.
///
/// Omie sends about ninety more members, some of them secrets (certificates, `csc_*`): they are not read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Empresa {
    /// Identity.
    #[serde(deserialize_with = "formats::id")]
    pub codigo_empresa: i64,
    /// The integrator's key.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_empresa_integracao: Option<String>,
    /// Masked: `12.345.678/0001-95`.
    #[serde(default, deserialize_with = "formats::text")]
    pub cnpj: Option<String>,
    /// Registered name.
    #[serde(default, deserialize_with = "formats::text")]
    pub razao_social: Option<String>,
    /// Trade name.
    #[serde(default, deserialize_with = "formats::text")]
    pub nome_fantasia: Option<String>,
    /// Street, without its type (`logradouro`).
    #[serde(default, deserialize_with = "formats::text")]
    pub endereco: Option<String>,
    /// House number.
    #[serde(default, deserialize_with = "formats::text")]
    pub endereco_numero: Option<String>,
    /// Address complement.
    #[serde(default, deserialize_with = "formats::text")]
    pub complemento: Option<String>,
    /// District.
    #[serde(default, deserialize_with = "formats::text")]
    pub bairro: Option<String>,
    /// City **code**, `cCod` of [`Cidade`](crate::Cidade).
    #[serde(default, deserialize_with = "formats::text")]
    pub cidade: Option<String>,
    /// State, two letters.
    #[serde(default, deserialize_with = "formats::text")]
    pub estado: Option<String>,
    /// Postal code, masked: `74000-000`.
    #[serde(default, deserialize_with = "formats::text")]
    pub cep: Option<String>,
    /// Country, `1058` is Brazil.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_pais: Option<String>,
    /// Area code.
    #[serde(default, deserialize_with = "formats::text")]
    pub telefone1_ddd: Option<String>,
    /// Phone without area code.
    #[serde(default, deserialize_with = "formats::text")]
    pub telefone1_numero: Option<String>,
    /// E-mail.
    #[serde(default, deserialize_with = "formats::text")]
    pub email: Option<String>,
    /// Web site.
    #[serde(default, deserialize_with = "formats::text")]
    pub website: Option<String>,
    /// State registration; the branch gate needs it.
    #[serde(default, deserialize_with = "formats::text")]
    pub inscricao_estadual: Option<String>,
    /// City registration.
    #[serde(default, deserialize_with = "formats::text")]
    pub inscricao_municipal: Option<String>,
    /// Tax regime.
    #[serde(default, deserialize_with = "formats::text")]
    pub regime_tributario: Option<String>,
    /// Simples Nacional.
    #[serde(default, deserialize_with = "formats::sn")]
    pub optante_simples_nacional: Option<bool>,
    /// Business classification.
    #[serde(default, deserialize_with = "formats::text")]
    pub cnae: Option<String>,
    /// Inactive. Omie's note says the contrary; the name wins (`contracts/omie.md §8.1`).
    #[serde(default, deserialize_with = "formats::sn")]
    pub inativa: Option<bool>,
    /// Day of inclusion.
    #[serde(default, deserialize_with = "formats::date")]
    pub inclusao_data: Option<Date>,
    /// Time of inclusion, local.
    #[serde(default, deserialize_with = "formats::time")]
    pub inclusao_hora: Option<Time>,
    /// Day of the last change.
    #[serde(default, deserialize_with = "formats::date")]
    pub alteracao_data: Option<Date>,
    /// Time of the last change, local.
    #[serde(default, deserialize_with = "formats::time")]
    pub alteracao_hora: Option<Time>,
}
