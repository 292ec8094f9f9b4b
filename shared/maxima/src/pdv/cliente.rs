//! A customer as orders and registrations tell of them (`contracts/maxima.md` §7.2, §8).

use serde::{Deserialize, Serialize};

use super::{
    reading::{Object, Unreadable},
    stored::is_default,
};

/// Who buys, as the order knows them (`contracts/maxima.md` §7.2, `Cliente`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClientePedido {
    /// Id in the ERP; empty or negative while the customer is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<String>,
    /// Id of the cloud: the `id_cliente` of a new customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo_cliente_nuvem: Option<String>,
    /// CNPJ or CPF.
    #[serde(rename = "CNPJ", skip_serializing_if = "Option::is_none")]
    pub cnpj: Option<String>,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nome: Option<String>,
    /// A natural person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pessoa_fisica: Option<bool>,
    /// What kind of taxpayer they are.
    #[serde(skip_serializing_if = "is_default")]
    pub configuracoes: ConfiguracoesCliente,
    /// Main address.
    #[serde(skip_serializing_if = "is_default")]
    pub endereco_comercial: EnderecoMaxima,
    /// Delivery address.
    #[serde(skip_serializing_if = "is_default")]
    pub endereco: EnderecoMaxima,
}

impl ClientePedido {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            codigo: from.text("Codigo")?,
            codigo_cliente_nuvem: from.text("CodigoClienteNuvem")?,
            cnpj: from.text("CNPJ")?,
            nome: from.text("Nome")?,
            pessoa_fisica: from.flag("PessoaFisica")?,
            configuracoes: from.part("Configuracoes", ConfiguracoesCliente::read)?,
            endereco_comercial: from.part("EnderecoComercial", EnderecoMaxima::read)?,
            endereco: from.part("Endereco", EnderecoMaxima::read)?,
        })
    }
}

/// What kind of customer: `Configuracoes` of an order's client and of a registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ConfiguracoesCliente {
    /// Pays ICMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contribuinte: Option<bool>,
    /// Buys for their own use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumidor_final: Option<bool>,
    /// Is in the Simples Nacional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simples_nacional: Option<bool>,
    /// Was registered in the app and may not be in the ERP yet.
    #[serde(skip_serializing_if = "is_default")]
    pub cliente_recem_cadastrado: bool,
}

impl ConfiguracoesCliente {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            contribuinte: from.flag("Contribuinte")?,
            consumidor_final: from.flag("ConsumidorFinal")?,
            simples_nacional: from.flag("SimplesNacional")?,
            cliente_recem_cadastrado: from.is("ClienteRecemCadastrado")?,
        })
    }
}

/// An address (`contracts/maxima.md` §8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EnderecoMaxima {
    /// Street.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logradouro: Option<String>,
    /// Number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numero: Option<String>,
    /// Complement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complemento: Option<String>,
    /// District.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bairro: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidade: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cep: Option<String>,
    /// State.
    #[serde(rename = "UF", skip_serializing_if = "Option::is_none")]
    pub uf: Option<String>,
    /// Code of the country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cod_pais: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pais: Option<String>,
}

impl EnderecoMaxima {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            logradouro: from.text("Logradouro")?,
            numero: from.text("Numero")?,
            complemento: from.text("Complemento")?,
            bairro: from.text("Bairro")?,
            cidade: from.text("Cidade")?,
            cep: from.text("Cep")?,
            uf: from.text("UF")?,
            cod_pais: from.text("CodPais")?,
            pais: from.text("Pais")?,
        })
    }
}
