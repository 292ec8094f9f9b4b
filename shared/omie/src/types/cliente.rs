//! Cliente: the one registry of clients, suppliers and carriers (`contracts/omie.md §8.8`).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::formats;
use crate::types::Info;

/// A client, supplier or carrier; its tags tell which.
///
/// `dadosBancarios` is not read: it must not be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Cliente {
    /// Identity.
    #[serde(deserialize_with = "formats::id")]
    pub codigo_cliente_omie: i64,
    /// The integrator's key, up to 60 characters.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_cliente_integracao: Option<String>,
    /// Registered name, up to 60 characters.
    #[serde(default, deserialize_with = "formats::text")]
    pub razao_social: Option<String>,
    /// Trade name, up to 100 characters.
    #[serde(default, deserialize_with = "formats::text")]
    pub nome_fantasia: Option<String>,
    /// Masked: `98.765.432/0001-98`.
    #[serde(default, deserialize_with = "formats::text")]
    pub cnpj_cpf: Option<String>,
    /// Area code of the first phone.
    #[serde(default, deserialize_with = "formats::text")]
    pub telefone1_ddd: Option<String>,
    /// First phone.
    #[serde(default, deserialize_with = "formats::text")]
    pub telefone1_numero: Option<String>,
    /// Area code of the second phone.
    #[serde(default, deserialize_with = "formats::text")]
    pub telefone2_ddd: Option<String>,
    /// Second phone.
    #[serde(default, deserialize_with = "formats::text")]
    pub telefone2_numero: Option<String>,
    /// Area code of the fax.
    #[serde(default, deserialize_with = "formats::text")]
    pub fax_ddd: Option<String>,
    /// Fax.
    #[serde(default, deserialize_with = "formats::text")]
    pub fax_numero: Option<String>,
    /// Name of the contact.
    #[serde(default, deserialize_with = "formats::text")]
    pub contato: Option<String>,
    /// Street.
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
    /// IBGE code of the city.
    #[serde(default, deserialize_with = "formats::text")]
    pub cidade_ibge: Option<String>,
    /// State, two letters.
    #[serde(default, deserialize_with = "formats::text")]
    pub estado: Option<String>,
    /// Postal code, masked.
    #[serde(default, deserialize_with = "formats::text")]
    pub cep: Option<String>,
    /// Country, `1058` is Brazil.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_pais: Option<String>,
    /// E-mail addresses, several separated by comma, up to 500 characters.
    #[serde(default, deserialize_with = "formats::text")]
    pub email: Option<String>,
    /// Web site.
    #[serde(default, deserialize_with = "formats::text")]
    pub homepage: Option<String>,
    /// State registration.
    #[serde(default, deserialize_with = "formats::text")]
    pub inscricao_estadual: Option<String>,
    /// City registration.
    #[serde(default, deserialize_with = "formats::text")]
    pub inscricao_municipal: Option<String>,
    /// Suframa registration.
    #[serde(default, deserialize_with = "formats::text")]
    pub inscricao_suframa: Option<String>,
    /// Simples Nacional.
    #[serde(default, deserialize_with = "formats::sn")]
    pub optante_simples_nacional: Option<bool>,
    /// Pays ICMS.
    #[serde(default, deserialize_with = "formats::sn")]
    pub contribuinte: Option<bool>,
    /// Rural producer.
    #[serde(default, deserialize_with = "formats::sn")]
    pub produtor_rural: Option<bool>,
    /// Line of business, `cCodigo` of [`TipoAtividade`](crate::TipoAtividade).
    #[serde(default, deserialize_with = "formats::text")]
    pub tipo_atividade: Option<String>,
    /// Business classification.
    #[serde(default, deserialize_with = "formats::text")]
    pub cnae: Option<String>,
    /// Notes; sent only when asked for with `exibir_obs`.
    #[serde(default, deserialize_with = "formats::text")]
    pub observacao: Option<String>,
    /// Detailed notes; sent only when asked for with `exibir_obs`.
    #[serde(default, deserialize_with = "formats::text")]
    pub obs_detalhadas: Option<String>,
    /// A natural person; computed by Omie.
    #[serde(default, deserialize_with = "formats::sn")]
    pub pessoa_fisica: Option<bool>,
    /// Abroad.
    #[serde(default, deserialize_with = "formats::sn")]
    pub exterior: Option<bool>,
    /// Inactive.
    #[serde(default, deserialize_with = "formats::sn")]
    pub inativo: Option<bool>,
    /// Invoicing is blocked (`bloqueado` is deprecated and not read).
    #[serde(default, deserialize_with = "formats::sn")]
    pub bloquear_faturamento: Option<bool>,
    /// Credit limit, in reais.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_limite_credito: Option<Decimal>,
    /// Tags, in the order sent.
    #[serde(default, deserialize_with = "formats::list")]
    pub tags: Vec<Tag>,
    /// Defaults for orders.
    #[serde(default, deserialize_with = "formats::object")]
    pub recomendacoes: Option<Recomendacoes>,
    /// Delivery address.
    #[serde(rename = "enderecoEntrega", default, deserialize_with = "formats::object")]
    pub endereco_entrega: Option<EnderecoEntrega>,
    /// Change stamps.
    #[serde(default, deserialize_with = "formats::object")]
    pub info: Option<Info>,
}

/// A tag of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its text: `Cliente`, `Fornecedor`, …
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "formats::text")]
    pub tag: Option<String>,
}

/// Defaults for the orders of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recomendacoes {
    /// Payment term, `cCodigo` of [`FormaPagamento`](crate::FormaPagamento).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "formats::text")]
    pub numero_parcelas: Option<String>,
    /// Seller; Omie also sends 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "formats::integer")]
    pub codigo_vendedor: Option<i64>,
    /// E-mail address for invoices.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "formats::text")]
    pub email_fatura: Option<String>,
    /// Make a boleto.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub gerar_boletos: Option<bool>,
    /// Carrier.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "formats::integer")]
    pub codigo_transportadora: Option<i64>,
    /// Kind of subscriber.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "formats::text")]
    pub tipo_assinante: Option<String>,
}

/// Delivery address of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnderecoEntrega {
    /// Receiver.
    #[serde(
        rename = "entRazaoSocial",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub razao_social: Option<String>,
    /// Document of the receiver.
    #[serde(
        rename = "entCnpjCpf",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub cnpj_cpf: Option<String>,
    /// Street.
    #[serde(
        rename = "entEndereco",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub endereco: Option<String>,
    /// House number.
    #[serde(
        rename = "entNumero",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub numero: Option<String>,
    /// Address complement.
    #[serde(
        rename = "entComplemento",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub complemento: Option<String>,
    /// District.
    #[serde(
        rename = "entBairro",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub bairro: Option<String>,
    /// Postal code.
    #[serde(
        rename = "entCEP",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub cep: Option<String>,
    /// State, two letters.
    #[serde(
        rename = "entEstado",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub estado: Option<String>,
    /// City **code**.
    #[serde(
        rename = "entCidade",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub cidade: Option<String>,
    /// Phone.
    #[serde(
        rename = "entTelefone",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub telefone: Option<String>,
    /// State registration.
    #[serde(
        rename = "entIE",
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "formats::text"
    )]
    pub ie: Option<String>,
}
