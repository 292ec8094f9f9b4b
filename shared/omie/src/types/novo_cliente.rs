//! NovoCliente: a client as Omie takes it (`contracts/omie.md §8.10`).
//!
//! What Omie computes (`pessoa_fisica`, `exterior`, `importado_api`, `info`) or no longer wants (`logradouro`,
//! `bloqueado`) is not here: it must never be sent.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::formats;
use crate::types::{EnderecoEntrega, Recomendacoes, Tag};

/// A client to include, or the members of one that change: what is `None` is not sent.
///
/// Omie wants `codigo_cliente_integracao` and `razao_social` of a new one, and for invoicing also the document, the
/// trade name, the address, the e-mail, `contribuinte` and `optante_simples_nacional`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovoCliente {
    /// The integrator's key, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codigo_cliente_integracao: Option<String>,
    /// Registered name, up to 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub razao_social: Option<String>,
    /// Trade name, up to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nome_fantasia: Option<String>,
    /// Document, digits or masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnpj_cpf: Option<String>,
    /// State registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inscricao_estadual: Option<String>,
    /// City registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inscricao_municipal: Option<String>,
    /// Suframa registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inscricao_suframa: Option<String>,
    /// Area code of the first phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefone1_ddd: Option<String>,
    /// First phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefone1_numero: Option<String>,
    /// Area code of the second phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefone2_ddd: Option<String>,
    /// Second phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telefone2_numero: Option<String>,
    /// Area code of the fax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fax_ddd: Option<String>,
    /// Fax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fax_numero: Option<String>,
    /// Name of the contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contato: Option<String>,
    /// E-mail addresses, separated by comma.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Web site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// Street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endereco: Option<String>,
    /// House number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endereco_numero: Option<String>,
    /// Address complement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complemento: Option<String>,
    /// District.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bairro: Option<String>,
    /// City: IBGE code, `cCod` of [`Cidade`](crate::Cidade) or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidade: Option<String>,
    /// State, two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estado: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cep: Option<String>,
    /// Country, `1058` is Brazil.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codigo_pais: Option<String>,
    /// Line of business, `cCodigo` of [`TipoAtividade`](crate::TipoAtividade).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tipo_atividade: Option<String>,
    /// Pays ICMS.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub contribuinte: Option<bool>,
    /// Simples Nacional.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub optante_simples_nacional: Option<bool>,
    /// Rural producer.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub produtor_rural: Option<bool>,
    /// Inactive.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub inativo: Option<bool>,
    /// Invoicing is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub bloquear_faturamento: Option<bool>,
    /// Credit limit, in reais.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::decimal")]
    pub valor_limite_credito: Option<Decimal>,
    /// Notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observacao: Option<String>,
    /// Tags; left out when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Defaults for orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recomendacoes: Option<Recomendacoes>,
    /// Delivery address, where it is another.
    #[serde(rename = "enderecoEntrega", default, skip_serializing_if = "Option::is_none")]
    pub endereco_entrega: Option<EnderecoEntrega>,
    /// Complete what is missing of street, district and city from the postal code.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub pesquisar_cep: Option<bool>,
}
