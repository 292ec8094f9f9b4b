//! IncluirPedido (`contracts/omie.md §8.23`).

use partner_http::Effect;
use serde::Serialize;

use crate::{Call, NovoPedido, PedidoIncluido};

/// Includes a sales order.
///
/// Including it twice would make two orders wherever the integration code does not stop the second: after an
/// unclear answer the order is looked for with [`ConsultarPedido`](crate::ConsultarPedido), and only when it is not
/// there it is sent again. A code that is taken is [`Fault::Duplicate`](partner_http::Fault::Duplicate); a
/// [`Fault::NotFound`](partner_http::Fault::NotFound) is about something that the order names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct IncluirPedido(pub NovoPedido);

impl Call for IncluirPedido {
    const PATH: &'static str = "produtos/pedido/";
    const METHOD: &'static str = "IncluirPedido";
    const EFFECT: Effect = Effect::AskFirst;
    type Reply = PedidoIncluido;
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;
    use serde_json::Value;

    use super::*;
    use crate::{
        NovaIdeItem, NovaListaParcelas, NovaParcela, NovasInformacoes, NovasObservacoes, NovoCabecalho,
        NovoFrete, NovoInfAdic, NovoItem, NovoProduto,
    };

    /// The example of the contract; its 15.0 without the zero, as all our decimals.
    const EXAMPLE: &str = r#"{
     "cabecalho":{"codigo_pedido_integracao":"900100200","codigo_cliente":5366578425,"data_previsao":"05/02/2025","etapa":"10","codigo_parcela":"A03"},
     "det":[{"ide":{"codigo_item_integracao":"1"},"produto":{"codigo_produto":5366578297,"quantidade":12,"valor_unitario":8.5,"tipo_desconto":"P","percentual_desconto":0},"inf_adic":{"codigo_local_estoque":4401}}],
     "frete":{"modalidade":"0","valor_frete":15,"outras_despesas":7.5},
     "informacoes_adicionais":{"codigo_categoria":"1.01.03","codigo_conta_corrente":5366579915,"consumidor_final":"N","enviar_email":"N","codVend":4567890123,"meio_pagamento":"15"},
     "observacoes":{"obs_venda":"Entregar pela manha"}}"#;

    fn example() -> NovoPedido {
        NovoPedido {
            cabecalho: NovoCabecalho {
                codigo_pedido_integracao: "900100200".into(),
                codigo_cliente: 5_366_578_425,
                data_previsao: date(2025, 2, 5),
                etapa: "10".into(),
                codigo_parcela: "A03".into(),
                ..Default::default()
            },
            det: vec![NovoItem {
                ide: NovaIdeItem { codigo_item_integracao: "1".into() },
                produto: NovoProduto {
                    codigo_produto: 5_366_578_297,
                    quantidade: Decimal::new(120, 1),
                    valor_unitario: Decimal::new(850, 2),
                    tipo_desconto: Some("P".into()),
                    percentual_desconto: Some(Decimal::new(0, 2)),
                    ..Default::default()
                },
                inf_adic: Some(NovoInfAdic { codigo_local_estoque: Some(4401), ..Default::default() }),
                observacao: None,
            }],
            frete: Some(NovoFrete {
                modalidade: "0".into(),
                valor_frete: Some(Decimal::new(1500, 2)),
                outras_despesas: Some(Decimal::new(750, 2)),
                ..Default::default()
            }),
            informacoes_adicionais: NovasInformacoes {
                codigo_categoria: "1.01.03".into(),
                codigo_conta_corrente: 5_366_579_915,
                consumidor_final: false,
                enviar_email: Some(false),
                cod_vend: Some(4_567_890_123),
                meio_pagamento: Some("15".into()),
                ..Default::default()
            },
            lista_parcelas: None,
            observacoes: Some(NovasObservacoes { obs_venda: Some("Entregar pela manha".into()) }),
        }
    }

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_string(&IncluirPedido(example())).unwrap();

        let wanted: Value = serde_json::from_str(EXAMPLE).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&sent).unwrap(), wanted);
    }

    #[test]
    fn decimals_travel_with_their_digits_and_no_zeros_behind() {
        let sent = serde_json::to_string(&IncluirPedido(example())).unwrap();

        for digits in [
            r#""quantidade":12,"#,
            r#""valor_unitario":8.5,"#,
            r#""percentual_desconto":0}"#,
            r#""valor_frete":15,"#,
            r#""outras_despesas":7.5}"#,
        ] {
            assert!(sent.contains(digits), "{digits} in {sent}");
        }
    }

    #[test]
    fn an_order_that_was_kept_is_sent_the_same() {
        let mut order = example();
        order.lista_parcelas = Some(NovaListaParcelas {
            parcela: vec![NovaParcela {
                numero_parcela: 1,
                valor: Decimal::new(1245, 1),
                percentual: Decimal::ONE_HUNDRED,
                data_vencimento: date(2025, 3, 6),
                nao_gerar_boleto: Some(true),
                ..Default::default()
            }],
        });
        let kept = serde_json::to_string(&order).unwrap();

        let read: NovoPedido = serde_json::from_str(&kept).unwrap();

        assert_eq!(serde_json::to_string(&read).unwrap(), kept);
        assert_eq!(
            serde_json::from_value::<NovoPedido>(serde_json::to_value(&order).unwrap()).unwrap(),
            read
        );
    }

    #[test]
    fn the_answer_of_the_contract_decodes() {
        let body = r#"{"codigo_pedido":5366599001,"codigo_pedido_integracao":"900100200","codigo_status":"0","descricao_status":"Pedido cadastrado com sucesso!","numero_pedido":"000000000001507"}"#;

        let reply: PedidoIncluido = partner_http::decode("omie", "IncluirPedido", body.as_bytes()).unwrap();

        assert_eq!(
            reply,
            PedidoIncluido {
                codigo_pedido: 5_366_599_001,
                codigo_pedido_integracao: "900100200".into(),
                numero_pedido: "000000000001507".into(),
            }
        );
        assert_eq!(reply.numero(), Some(1507));
    }

    #[test]
    fn an_answer_without_the_orders_id_is_no_answer() {
        for body in ["{}", r#"{"codigo_pedido":null,"codigo_status":"0"}"#] {
            let read = partner_http::decode::<PedidoIncluido>("omie", "IncluirPedido", body.as_bytes());
            assert!(read.is_err(), "{body}");
        }
    }
}
