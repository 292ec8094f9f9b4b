//! IncluirCliente (`contracts/omie.md §8.10`).

use partner_http::Effect;
use serde::Serialize;

use crate::{Call, ClienteStatus, NovoCliente};

/// Includes a client.
///
/// A document or an integration code that is taken is [`Fault::Duplicate`](partner_http::Fault::Duplicate), with
/// the id of the client that has it where Omie names it. After an unclear answer the client is looked for first,
/// with [`ConsultarCliente`](crate::ConsultarCliente).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct IncluirCliente(pub NovoCliente);

impl Call for IncluirCliente {
    const PATH: &'static str = "geral/clientes/";
    const METHOD: &'static str = "IncluirCliente";
    const EFFECT: Effect = Effect::AskFirst;
    type Reply = ClienteStatus;
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{EnderecoEntrega, Recomendacoes, Tag};

    const EXAMPLE: &str = r#"{"codigo_cliente_integracao":"88771","razao_social":"PADARIA NOVA LTDA",
     "nome_fantasia":"PADARIA NOVA","cnpj_cpf":"11222333000181","inscricao_estadual":"ISENTO","telefone1_ddd":"62","telefone1_numero":"999998888",
     "email":"contato@padarianova.com.br","endereco":"AV BRASIL","endereco_numero":"1000","bairro":"SETOR SUL","cidade":"5208707","estado":"GO","cep":"74083010",
     "tipo_atividade":"4","tags":[{"tag":"Cliente"}],"recomendacoes":{"numero_parcelas":"A03","codigo_vendedor":4567890123},
     "enderecoEntrega":{"entEndereco":"AV BRASIL","entNumero":"1000","entBairro":"SETOR SUL","entCidade":"GOIANIA (GO)","entEstado":"GO","entCEP":"74083010"}}"#;

    fn example() -> NovoCliente {
        let some = |text: &str| Some(text.to_owned());
        NovoCliente {
            codigo_cliente_integracao: some("88771"),
            razao_social: some("PADARIA NOVA LTDA"),
            nome_fantasia: some("PADARIA NOVA"),
            cnpj_cpf: some("11222333000181"),
            inscricao_estadual: some("ISENTO"),
            telefone1_ddd: some("62"),
            telefone1_numero: some("999998888"),
            email: some("contato@padarianova.com.br"),
            endereco: some("AV BRASIL"),
            endereco_numero: some("1000"),
            bairro: some("SETOR SUL"),
            cidade: some("5208707"),
            estado: some("GO"),
            cep: some("74083010"),
            tipo_atividade: some("4"),
            tags: vec![Tag { tag: some("Cliente") }],
            recomendacoes: Some(Recomendacoes {
                numero_parcelas: some("A03"),
                codigo_vendedor: Some(4_567_890_123),
                ..Default::default()
            }),
            endereco_entrega: Some(EnderecoEntrega {
                endereco: some("AV BRASIL"),
                numero: some("1000"),
                bairro: some("SETOR SUL"),
                cidade: some("GOIANIA (GO)"),
                estado: some("GO"),
                cep: some("74083010"),
                ..Default::default()
            }),
            ..Default::default()
        }
    }

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(IncluirCliente(example())).unwrap();

        assert_eq!(sent, serde_json::from_str::<Value>(EXAMPLE).unwrap());
    }

    #[test]
    fn a_client_that_was_kept_is_sent_the_same() {
        let kept = serde_json::to_string(&example()).unwrap();

        assert_eq!(serde_json::from_str::<NovoCliente>(&kept).unwrap(), example());
    }

    #[test]
    fn the_answer_of_the_contract_decodes() {
        let body = r#"{"codigo_cliente_omie":5366578999,"codigo_cliente_integracao":"88771","codigo_status":"0","descricao_status":"Cliente cadastrado com sucesso!"}"#;

        let reply: ClienteStatus = partner_http::decode("omie", "IncluirCliente", body.as_bytes()).unwrap();

        assert_eq!(
            reply,
            ClienteStatus {
                codigo_cliente_omie: 5_366_578_999,
                codigo_cliente_integracao: Some("88771".into()),
                codigo_status: Some("0".into()),
                descricao_status: Some("Cliente cadastrado com sucesso!".into()),
            }
        );
    }
}
