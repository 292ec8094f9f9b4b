//! ConsultarPedido (`contracts/omie.md §8.24`).

use partner_http::Effect;
use serde::{Deserialize, Serialize};

use crate::{Call, Pedido};

/// One sales order: the proof that it exists, before anything is sent again.
///
/// An order that is not there is [`Fault::NotFound`](partner_http::Fault::NotFound), and no other fault is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsultarPedido {
    #[serde(skip_serializing_if = "Option::is_none")]
    codigo_pedido: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codigo_pedido_integracao: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    numero_pedido: Option<String>,
}

impl ConsultarPedido {
    /// The order with this id.
    pub fn by_codigo(codigo: i64) -> Self {
        Self { codigo_pedido: Some(codigo), codigo_pedido_integracao: None, numero_pedido: None }
    }

    /// The order that people know by this number.
    pub fn by_numero(numero: i64) -> Self {
        Self { codigo_pedido: None, codigo_pedido_integracao: None, numero_pedido: Some(numero.to_string()) }
    }

    /// The order with this key of the integrator's.
    pub fn by_integracao(codigo: &str) -> Self {
        Self { codigo_pedido: None, codigo_pedido_integracao: Some(codigo.to_owned()), numero_pedido: None }
    }
}

impl Call for ConsultarPedido {
    const PATH: &'static str = "produtos/pedido/";
    const METHOD: &'static str = "ConsultarPedido";
    const EFFECT: Effect = Effect::Read;
    type Reply = PedidoConsultado;
}

/// Answer of [`ConsultarPedido`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PedidoConsultado {
    /// The order; what is zero or empty in it is not sent.
    #[serde(rename = "pedido_venda_produto")]
    pub pedido: Pedido,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;
    use serde_json::json;

    use super::*;

    const EXAMPLE: &str = r#"{"pedido_venda_produto":{"cabecalho":{"codigo_pedido":5366599001,"codigo_pedido_integracao":"900100200","numero_pedido":"1507","etapa":"20","codigo_cliente":5366578425,"codigo_parcela":"A03","data_previsao":"05/02/2025"},
     "informacoes_adicionais":{"codVend":4567890123,"meio_pagamento":"15","codigo_categoria":"1.01.03","codigo_conta_corrente":5366579915},
     "total_pedido":{"valor_mercadorias":102.0,"valor_total_pedido":124.5},
     "infoCadastro":{"dInc":"02/02/2025","hInc":"10:00:00","uInc":"WEBSERVICE","cancelado":"N","faturado":"N"},
     "det":[{"ide":{"codigo_item":99001,"codigo_item_integracao":"1"},"produto":{"codigo_produto":5366578297,"quantidade":12,"valor_unitario":8.5,"valor_total":102.0}}]}}"#;

    #[test]
    fn the_requests_are_the_contracts() {
        let by_key = ConsultarPedido::by_integracao("900100200");
        let by_id = ConsultarPedido::by_codigo(5_366_599_001);
        let by_number = ConsultarPedido::by_numero(1507);

        assert_eq!(serde_json::to_value(by_key).unwrap(), json!({"codigo_pedido_integracao": "900100200"}));
        assert_eq!(serde_json::to_value(by_id).unwrap(), json!({"codigo_pedido": 5_366_599_001_i64}));
        assert_eq!(serde_json::to_value(by_number).unwrap(), json!({"numero_pedido": "1507"}));
    }

    #[test]
    fn the_answer_of_the_contract_decodes() {
        let reply: PedidoConsultado =
            partner_http::decode("omie", "ConsultarPedido", EXAMPLE.as_bytes()).unwrap();

        let Pedido { cabecalho, total_pedido, info_cadastro, det, .. } = reply.pedido;
        assert_eq!((cabecalho.codigo_pedido, cabecalho.codigo_cliente), (5_366_599_001, Some(5_366_578_425)));
        assert_eq!(cabecalho.data_previsao, Some(date(2025, 2, 5)));
        assert_eq!(total_pedido.unwrap().valor_total_pedido, Some(Decimal::new(1245, 1)));
        assert_eq!(info_cadastro.unwrap().cancelado, Some(false));
        assert_eq!(det[0].ide.as_ref().unwrap().codigo_item_integracao.as_deref(), Some("1"));
    }

    #[test]
    fn an_answer_without_the_order_is_no_answer() {
        for body in ["{}", r#"{"pedido_venda_produto":null}"#, r#"{"pedido_venda_produto":{"cabecalho":{}}}"#]
        {
            let read = partner_http::decode::<PedidoConsultado>("omie", "ConsultarPedido", body.as_bytes());
            assert!(read.is_err(), "{body}");
        }
    }

    #[test]
    fn the_same_order_is_not_asked_for_twice_in_a_minute() {
        assert!(ConsultarPedido::policy().redundancy.is_some());
    }
}
