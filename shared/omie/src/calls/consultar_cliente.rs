//! ConsultarCliente (`contracts/omie.md §8.9`).

use partner_http::Effect;
use serde::Serialize;

use crate::{Call, Cliente, ClienteInteiro};

/// One client. It is not asked by document: that is [`ListarClientes::by_document`](crate::ListarClientes).
///
/// A client that is not there is [`Fault::NotFound`](partner_http::Fault::NotFound).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsultarCliente {
    #[serde(skip_serializing_if = "Option::is_none")]
    codigo_cliente_omie: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codigo_cliente_integracao: Option<String>,
}

impl ConsultarCliente {
    /// The client with this id.
    pub fn by_codigo(codigo: i64) -> Self {
        Self { codigo_cliente_omie: Some(codigo), codigo_cliente_integracao: None }
    }

    /// The client with this key of the integrator's.
    pub fn by_integracao(codigo: &str) -> Self {
        Self { codigo_cliente_omie: None, codigo_cliente_integracao: Some(codigo.to_owned()) }
    }
}

impl Call for ConsultarCliente {
    const PATH: &'static str = "geral/clientes/";
    const METHOD: &'static str = "ConsultarCliente";
    const EFFECT: Effect = Effect::Read;
    type Reply = Cliente;
}

/// One client with every member that Omie sends, for [`AlterarCliente`](crate::AlterarCliente).
///
/// For Omie it is the same question as [`ConsultarCliente`]: asked after it, it waits for the 60 s of the redundancy
/// rule. Ask only this one where the record is going to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ConsultarClienteInteiro(pub ConsultarCliente);

impl Call for ConsultarClienteInteiro {
    const PATH: &'static str = ConsultarCliente::PATH;
    const METHOD: &'static str = ConsultarCliente::METHOD;
    const EFFECT: Effect = Effect::Read;
    type Reply = ClienteInteiro;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_requests_are_the_contracts() {
        let by_key = ConsultarCliente::by_integracao("88771");
        let by_id = ConsultarClienteInteiro(ConsultarCliente::by_codigo(5_366_578_999));

        assert_eq!(serde_json::to_value(by_key).unwrap(), json!({"codigo_cliente_integracao": "88771"}));
        assert_eq!(serde_json::to_value(by_id).unwrap(), json!({"codigo_cliente_omie": 5_366_578_999_i64}));
    }

    #[test]
    fn the_answer_of_the_contract_decodes() {
        let body = r#"{"codigo_cliente_omie":5366578999,"codigo_cliente_integracao":"88771","razao_social":"PADARIA NOVA LTDA","cnpj_cpf":"11.222.333/0001-81"}"#;

        let read: Cliente = partner_http::decode("omie", "ConsultarCliente", body.as_bytes()).unwrap();
        let whole: ClienteInteiro =
            partner_http::decode("omie", "ConsultarCliente", body.as_bytes()).unwrap();

        let cliente = Cliente {
            codigo_cliente_omie: 5_366_578_999,
            codigo_cliente_integracao: Some("88771".into()),
            razao_social: Some("PADARIA NOVA LTDA".into()),
            cnpj_cpf: Some("11.222.333/0001-81".into()),
            ..Default::default()
        };
        assert_eq!(whole.cliente().unwrap(), read);
        assert_eq!(read, cliente);
    }
}
