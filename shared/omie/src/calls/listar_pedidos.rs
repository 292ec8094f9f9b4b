//! ListarPedidos (`contracts/omie.md §8.25`).

use jiff::civil::{Date, Time};
use serde::Serialize;

use crate::calls::listing::listing;
use crate::{Pedido, formats};

/// Rows asked per page: an order is large (`contracts/omie.md §8.25`).
const PAGE_SIZE: u32 = 50;

/// Sales orders, with their items.
///
/// Its window is of days and times, always both ends, and needs exactly one of the two flags: without one it
/// cuts by the expected day of billing, and `_ate` alone starts today (`contracts/omie.md §7, §8.25`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarPedidos {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
    /// First day of the window; both ends or neither (`contracts/omie.md §7`).
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_date")]
    pub filtrar_por_data_de: Option<Date>,
    /// Last day of the window.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_date")]
    pub filtrar_por_data_ate: Option<Date>,
    /// First instant of the first day.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_time")]
    pub filtrar_por_hora_de: Option<Time>,
    /// Last instant of the last day.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_time")]
    pub filtrar_por_hora_ate: Option<Time>,
    /// Only inclusions count for the window.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_sn")]
    pub filtrar_apenas_inclusao: Option<bool>,
    /// Only changes count for the window.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_sn")]
    pub filtrar_apenas_alteracao: Option<bool>,
}

impl Default for ListarPedidos {
    fn default() -> Self {
        Self {
            pagina: 1,
            registros_por_pagina: PAGE_SIZE,
            filtrar_por_data_de: None,
            filtrar_por_data_ate: None,
            filtrar_por_hora_de: None,
            filtrar_por_hora_ate: None,
            filtrar_apenas_inclusao: None,
            filtrar_apenas_alteracao: None,
        }
    }
}

listing!(ListarPedidos, "produtos/pedido/", snake "pedido_venda_produto": Pedido);

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use rust_decimal::Decimal;
    use serde_json::json;

    use super::*;
    use crate::calls::example;
    use crate::{
        CabecalhoPedido, FretePedido, IdeItem, InfAdicItem, InfoCadastro, InformacoesAdicionais, ItemPedido,
        Listing, ObservacoesPedido, ParcelaPedido, ProdutoPedido, TotalPedido, Unreadable,
    };

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":9,"registros":50,"total_de_registros":431,
     "pedido_venda_produto":[{"cabecalho":{"codigo_pedido":5366599001,"codigo_pedido_integracao":"900100200","numero_pedido":"1507","etapa":"60","codigo_cliente":5366578425,"codigo_parcela":"A03","origem_pedido":"API","quantidade_itens":1},
     "informacoes_adicionais":{"codVend":4567890123,"meio_pagamento":"15"},
     "frete":{"modalidade":"0","valor_frete":15.0,"outras_despesas":7.5},
     "total_pedido":{"valor_mercadorias":102.0,"valor_total_pedido":124.5},
     "infoCadastro":{"dInc":"02/02/2025","hInc":"10:00:00","uInc":"WEBSERVICE","dFat":"04/02/2025","hFat":"09:00:00","faturado":"S","cancelado":"N"},
     "observacoes":{"obs_venda":"Entregar pela manha"},
     "det":[{"ide":{"codigo_item":99001},"produto":{"codigo_produto":5366578297,"ean":"7890000000017","quantidade":12,"valor_unitario":8.5,"valor_total":102.0}}]}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let request = ListarPedidos {
            filtrar_por_data_de: Some(date(2024, 12, 4)),
            filtrar_por_data_ate: Some(date(2025, 2, 2)),
            filtrar_apenas_inclusao: Some(true),
            ..Default::default()
        };

        let sent = serde_json::to_value(request).unwrap();

        assert_eq!(
            sent,
            json!({
                "pagina": 1, "registros_por_pagina": 50, "filtrar_por_data_de": "04/12/2024",
                "filtrar_por_data_ate": "02/02/2025", "filtrar_apenas_inclusao": "S",
            })
        );
    }

    #[test]
    fn a_window_of_changes_travels_with_its_times() {
        let request = ListarPedidos {
            filtrar_por_data_de: Some(date(2025, 2, 2)),
            filtrar_por_hora_de: Some(time(9, 55, 0, 0)),
            filtrar_por_data_ate: Some(date(2025, 2, 2)),
            filtrar_por_hora_ate: Some(time(10, 10, 0, 0)),
            filtrar_apenas_alteracao: Some(true),
            ..Default::default()
        };

        let sent = serde_json::to_value(request.at(2)).unwrap();

        assert_eq!(
            sent,
            json!({
                "pagina": 2, "registros_por_pagina": 50, "filtrar_por_data_de": "02/02/2025",
                "filtrar_por_hora_de": "09:55:00", "filtrar_por_data_ate": "02/02/2025",
                "filtrar_por_hora_ate": "10:10:00", "filtrar_apenas_alteracao": "S",
            })
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarPedidos>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 9, 431));
        assert_eq!(page.items, [order()]);
    }

    /// The order of the contract's example.
    fn order() -> Pedido {
        Pedido {
            cabecalho: CabecalhoPedido {
                codigo_pedido: 5_366_599_001,
                codigo_pedido_integracao: Some("900100200".into()),
                numero_pedido: Some("1507".into()),
                etapa: Some("60".into()),
                codigo_cliente: Some(5_366_578_425),
                codigo_parcela: Some("A03".into()),
                origem_pedido: Some("API".into()),
                quantidade_itens: Some(1),
                ..Default::default()
            },
            informacoes_adicionais: Some(InformacoesAdicionais {
                cod_vend: Some(4_567_890_123),
                meio_pagamento: Some("15".into()),
                ..Default::default()
            }),
            frete: Some(FretePedido {
                modalidade: Some("0".into()),
                valor_frete: Some(Decimal::new(150, 1)),
                outras_despesas: Some(Decimal::new(75, 1)),
                codigo_transportadora: None,
            }),
            total_pedido: Some(TotalPedido {
                valor_mercadorias: Some(Decimal::new(1020, 1)),
                valor_total_pedido: Some(Decimal::new(1245, 1)),
                ..Default::default()
            }),
            info_cadastro: Some(InfoCadastro {
                data_inc: Some(date(2025, 2, 2)),
                hora_inc: Some(time(10, 0, 0, 0)),
                usuario_inc: Some("WEBSERVICE".into()),
                cancelado: Some(false),
                faturado: Some(true),
                data_fat: Some(date(2025, 2, 4)),
                hora_fat: Some(time(9, 0, 0, 0)),
                ..Default::default()
            }),
            observacoes: Some(ObservacoesPedido { obs_venda: Some("Entregar pela manha".into()) }),
            det: vec![ItemPedido {
                ide: Some(IdeItem { codigo_item: Some(99_001), codigo_item_integracao: None }),
                produto: Some(ProdutoPedido {
                    codigo_produto: Some(5_366_578_297),
                    ean: Some("7890000000017".into()),
                    quantidade: Some(Decimal::from(12)),
                    valor_unitario: Some(Decimal::new(85, 1)),
                    valor_total: Some(Decimal::new(1020, 1)),
                    ..Default::default()
                }),
                inf_adic: None,
            }],
            lista_parcelas: None,
        }
    }

    #[test]
    fn what_decides_a_bonus_and_the_instalments_are_read() {
        let body = EXAMPLE.replace(
            r#""det":[{"#,
            r#""lista_parcelas":{"parcela":[{"numero_parcela":1,"valor":124.5,"data_vencimento":"06/03/2025","meio_pagamento":"15"}]},
               "det":[{"inf_adic":{"nao_gerar_financeiro":"S","codigo_local_estoque":4401},"#,
        );

        let order = example::page::<ListarPedidos>(&body).items.remove(0);

        assert_eq!(
            order.det[0].inf_adic,
            Some(InfAdicItem { nao_gerar_financeiro: Some(true), codigo_local_estoque: Some(4401) })
        );
        assert_eq!(
            order.lista_parcelas.unwrap().parcela,
            [ParcelaPedido {
                numero_parcela: Some(1),
                valor: Some(Decimal::new(1245, 1)),
                data_vencimento: Some(date(2025, 3, 6)),
                meio_pagamento: Some("15".into()),
            }]
        );
    }

    #[test]
    fn an_order_may_be_nothing_but_its_identity() {
        let body = r#"{"pagina":1,"total_de_paginas":1,"total_de_registros":1,"pedido_venda_produto":[
            {"cabecalho":{"codigo_pedido":"11489512176","numero_pedido":"000000000007949"},"frete":{},"det":[{}],"lista_parcelas":""}]}"#;

        let page = example::page::<ListarPedidos>(body);

        let cabecalho = CabecalhoPedido {
            codigo_pedido: 11_489_512_176,
            numero_pedido: Some("000000000007949".into()),
            ..Default::default()
        };
        assert_eq!(
            page.items,
            [Pedido {
                cabecalho,
                frete: Some(FretePedido::default()),
                det: vec![ItemPedido::default()],
                ..Default::default()
            }]
        );
    }

    #[test]
    fn an_unreadable_order_is_named_by_its_header() {
        let page =
            example::page::<ListarPedidos>(&EXAMPLE.replace(r#""quantidade":12"#, r#""quantidade":"dúzia""#));

        let unreadable = Unreadable {
            id: Some("5366599001".into()),
            path: "det[0].produto.quantidade".into(),
            problem: "não é um número decimal",
        };
        assert_eq!((page.items, page.unreadable), (vec![], vec![unreadable]));
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarPedidos>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarPedidos>(EXAMPLE, &["pedido_venda_produto"]);
    }
}
