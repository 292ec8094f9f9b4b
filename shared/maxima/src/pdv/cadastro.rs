//! The customer object (`contracts/maxima.md` §8).

use serde::{Deserialize, Serialize};

use super::{
    cliente::{ConfiguracoesCliente, EnderecoMaxima},
    reading::{Object, Unreadable},
    stored::is_default,
};

/// A customer registered or changed in the app, `objeto_json` of a pending customer (`contracts/maxima.md` §8).
///
/// Kept like [`PedidoMaxima`](super::PedidoMaxima). It is not what is posted back: that is the original text,
/// [`patched`](super::patched).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClienteMaximaCadastro {
    /// Id of the cloud: the integration key towards the ERP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo_cliente_nuvem: Option<i64>,
    /// Code in the ERP, empty for a new customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<String>,
    /// `I` inclusion, `A` alteration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tipo_operacao: Option<String>,
    /// Legal name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nome: Option<String>,
    /// Trade name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fantasia: Option<String>,
    /// CNPJ or CPF.
    #[serde(rename = "CNPJ", skip_serializing_if = "Option::is_none")]
    pub cnpj: Option<String>,
    /// State registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inscricao_estadual: Option<String>,
    /// City registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inscricao_municipal: Option<String>,
    /// Identity card.
    #[serde(rename = "RG", skip_serializing_if = "Option::is_none")]
    pub rg: Option<String>,
    /// Who issued the identity card.
    #[serde(rename = "OrgaoRG", skip_serializing_if = "Option::is_none")]
    pub orgao_rg: Option<String>,
    /// A natural person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pessoa_fisica: Option<bool>,
    /// Phone, DDD inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telefone: Option<String>,
    /// Second phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telefone2: Option<String>,
    /// Phone at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telefone_comercial: Option<String>,
    /// Phone for billing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telefone_cobranca: Option<String>,
    /// WhatsApp.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whatsapp_comercial: Option<String>,
    /// Fax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fax: Option<String>,
    /// E-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// E-mail for invoices.
    #[serde(rename = "EmailNFE", skip_serializing_if = "Option::is_none")]
    pub email_nfe: Option<String>,
    /// Home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Main address.
    #[serde(skip_serializing_if = "is_default")]
    pub endereco_comercial: EnderecoMaxima,
    /// Delivery address.
    #[serde(skip_serializing_if = "is_default")]
    pub endereco: EnderecoMaxima,
    /// Billing address.
    #[serde(skip_serializing_if = "is_default")]
    pub endereco_cobranca: EnderecoMaxima,
    /// Further delivery addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enderecos_entrega: Vec<EnderecoEntrega>,
    /// Line of business.
    #[serde(skip_serializing_if = "is_default")]
    pub ramo_atividade: Referencia,
    /// Praça.
    #[serde(skip_serializing_if = "is_default")]
    pub praca: PracaCadastro,
    /// Payment plan.
    #[serde(skip_serializing_if = "is_default")]
    pub plano_pagamento: Referencia,
    /// Payment means.
    #[serde(skip_serializing_if = "is_default")]
    pub cobranca: Referencia,
    /// Seller.
    #[serde(rename = "CodigoRCA", skip_serializing_if = "Option::is_none")]
    pub codigo_rca: Option<String>,
    /// Note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observacao: Option<String>,
    /// Note about credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observacao_credito: Option<String>,
    /// Note for the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observacao_entrega: Option<String>,
    /// What kind of taxpayer they are.
    #[serde(skip_serializing_if = "is_default")]
    pub configuracoes: ConfiguracoesCliente,
    /// 1 pending, 2 imported, 3 refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retorno_importacao: Option<i64>,
    /// What became of it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub critica_importacao: Option<String>,
}

impl ClienteMaximaCadastro {
    /// Reads the customer object as leniently as [`PedidoMaxima::parse`](super::PedidoMaxima::parse).
    pub fn parse(objeto_json: &str) -> Result<Self, Unreadable> {
        Self::read(&Object::document(objeto_json)?)
    }

    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            codigo_cliente_nuvem: from.integer("CodigoClienteNuvem")?,
            codigo: from.text("Codigo")?,
            tipo_operacao: from.text("TipoOperacao")?,
            nome: from.text("Nome")?,
            fantasia: from.text("Fantasia")?,
            cnpj: from.text("CNPJ")?,
            inscricao_estadual: from.text("InscricaoEstadual")?,
            inscricao_municipal: from.text("InscricaoMunicipal")?,
            rg: from.text("RG")?,
            orgao_rg: from.text("OrgaoRG")?,
            pessoa_fisica: from.flag("PessoaFisica")?,
            telefone: from.text("Telefone")?,
            telefone2: from.text("Telefone2")?,
            telefone_comercial: from.text("TelefoneComercial")?,
            telefone_cobranca: from.text("TelefoneCobranca")?,
            whatsapp_comercial: from.text("WhatsappComercial")?,
            fax: from.text("Fax")?,
            email: from.text("Email")?,
            email_nfe: from.text("EmailNFE")?,
            site: from.text("Site")?,
            endereco_comercial: from.part("EnderecoComercial", EnderecoMaxima::read)?,
            endereco: from.part("Endereco", EnderecoMaxima::read)?,
            endereco_cobranca: from.part("EnderecoCobranca", EnderecoMaxima::read)?,
            enderecos_entrega: from.parts("EnderecosEntrega", EnderecoEntrega::read)?,
            ramo_atividade: from.part("RamoAtividade", Referencia::read)?,
            praca: from.part("Praca", PracaCadastro::read)?,
            plano_pagamento: from.part("PlanoPagamento", Referencia::read)?,
            cobranca: from.part("Cobranca", Referencia::read)?,
            codigo_rca: from.text("CodigoRCA")?,
            observacao: from.text("Observacao")?,
            observacao_credito: from.text("ObservacaoCredito")?,
            observacao_entrega: from.text("ObservacaoEntrega")?,
            configuracoes: from.part("Configuracoes", ConfiguracoesCliente::read)?,
            retorno_importacao: from.integer("RetornoImportacao")?,
            critica_importacao: from.text("CriticaImportacao")?,
        })
    }
}

/// A further delivery address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EnderecoEntrega {
    /// Street.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endereco: Option<String>,
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
    pub municipio: Option<String>,
    /// State.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estado: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cep: Option<String>,
}

impl EnderecoEntrega {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            endereco: from.text("Endereco")?,
            numero: from.text("Numero")?,
            complemento: from.text("Complemento")?,
            bairro: from.text("Bairro")?,
            municipio: from.text("Municipio")?,
            estado: from.text("Estado")?,
            cep: from.text("Cep")?,
        })
    }
}

/// A row of a registry, by its code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Referencia {
    /// Code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<String>,
}

impl Referencia {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self { codigo: from.text("Codigo")? })
    }
}

/// A praça with its city.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PracaCadastro {
    /// Code, as in Pracas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<String>,
    /// City, as in Cidades.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo_cidade: Option<String>,
}

impl PracaCadastro {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self { codigo: from.text("Codigo")?, codigo_cidade: from.text("CodigoCidade")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_is_read_with_all_its_parts() {
        let json = r#"{"CodigoClienteNuvem":"88771","codigo":null,"TipoOperacao":"I","Nome":"PADARIA NOVA LTDA",
            "CNPJ":98765432000198,"RG":"12.3","PessoaFisica":"N","EmailNFE":"nfe@padaria.test",
            "EnderecoComercial":{"Logradouro":"RUA A","Numero":12,"Cep":"01000-000","UF":"SP","Cidade":"SAO PAULO"},
            "EnderecosEntrega":[{"Endereco":"RUA B","Municipio":"OSASCO","Estado":"SP"}],"EnderecoCobranca":{},
            "RamoAtividade":{"Codigo":5},"Praca":{"Codigo":"6001","CodigoCidade":"SAO PAULO (SP)"},
            "CodigoRCA":4567890123,"Configuracoes":{"Contribuinte":true,"ConsumidorFinal":"false"},
            "RetornoImportacao":1,"Contatos":[{"Nome":1}]}"#;

        let cadastro = ClienteMaximaCadastro::parse(json).expect("readable");

        assert_eq!(cadastro.codigo_cliente_nuvem, Some(88_771));
        assert_eq!((cadastro.codigo, cadastro.tipo_operacao.as_deref()), (None, Some("I")));
        assert_eq!(cadastro.cnpj.as_deref(), Some("98765432000198"));
        assert_eq!(cadastro.pessoa_fisica, Some(false));
        assert_eq!(cadastro.email_nfe.as_deref(), Some("nfe@padaria.test"));
        assert_eq!(cadastro.endereco_comercial.numero.as_deref(), Some("12"));
        assert_eq!(cadastro.endereco_comercial.uf.as_deref(), Some("SP"));
        assert_eq!(cadastro.endereco_cobranca, EnderecoMaxima::default());
        assert_eq!(cadastro.enderecos_entrega[0].municipio.as_deref(), Some("OSASCO"));
        assert_eq!(cadastro.ramo_atividade.codigo.as_deref(), Some("5"));
        assert_eq!(cadastro.praca.codigo_cidade.as_deref(), Some("SAO PAULO (SP)"));
        assert_eq!(cadastro.codigo_rca.as_deref(), Some("4567890123"));
        let configuracoes = cadastro.configuracoes;
        assert_eq!((configuracoes.contribuinte, configuracoes.consumidor_final), (Some(true), Some(false)));
    }
}
