//! ListarEtapasPedido (`contracts/omie.md §8.29`), of the Hungarian family.

use jiff::civil::{Date, DateTime, Time};
use serde::Serialize;

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{EtapaPedido, formats};

/// Every change of stage of every order, with its moment: where the status of orders comes from.
///
/// Its window is of days and times, both ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarEtapasPedido {
    /// Page, counted from 1.
    #[serde(rename = "nPagina")]
    pub pagina: u32,
    /// Rows per page.
    #[serde(rename = "nRegPorPagina")]
    pub reg_por_pagina: u32,
    /// By what the rows are sorted.
    #[serde(rename = "cOrdenarPor")]
    pub ordenar_por: OrdemEtapas,
    /// The last first.
    #[serde(
        rename = "cOrdemDecrescente",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_sn"
    )]
    pub ordem_decrescente: Option<bool>,
    /// First day of the window.
    #[serde(
        rename = "dDtInicial",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_inicial: Option<Date>,
    /// First instant of the first day.
    #[serde(
        rename = "cHrInicial",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_time"
    )]
    pub hr_inicial: Option<Time>,
    /// Last day of the window.
    #[serde(
        rename = "dDtFinal",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_final: Option<Date>,
    /// Last instant of the last day.
    #[serde(
        rename = "cHrFinal",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_time"
    )]
    pub hr_final: Option<Time>,
    /// Only this order, by id.
    #[serde(rename = "nCodPed", skip_serializing_if = "Option::is_none")]
    pub cod_ped: Option<i64>,
    /// Only this order, by the integrator's key.
    #[serde(rename = "cCodIntPed", skip_serializing_if = "Option::is_none")]
    pub cod_int_ped: Option<String>,
    /// Only this stage.
    #[serde(rename = "cEtapa", skip_serializing_if = "Option::is_none")]
    pub etapa: Option<String>,
}

/// By what the rows of [`ListarEtapasPedido`] are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum OrdemEtapas {
    /// By order.
    #[serde(rename = "CODIGO")]
    Codigo,
    /// By moment.
    #[default]
    #[serde(rename = "DATAHORA")]
    DataHora,
}

impl Default for ListarEtapasPedido {
    fn default() -> Self {
        Self {
            pagina: 1,
            reg_por_pagina: PAGE_SIZE,
            ordenar_por: OrdemEtapas::default(),
            ordem_decrescente: None,
            dt_inicial: None,
            hr_inicial: None,
            dt_final: None,
            hr_final: None,
            cod_ped: None,
            cod_int_ped: None,
            etapa: None,
        }
    }
}

impl ListarEtapasPedido {
    /// What changed from `from` to `to`, both of them in the local time of the account and of the window.
    pub fn between(from: DateTime, to: DateTime) -> Self {
        Self {
            dt_inicial: Some(from.date()),
            hr_inicial: Some(from.time()),
            dt_final: Some(to.date()),
            hr_final: Some(to.time()),
            ..Self::default()
        }
    }

    /// All that happened to one order, by id.
    pub fn of_pedido(codigo: i64) -> Self {
        Self { cod_ped: Some(codigo), ..Self::default() }
    }
}

listing!(ListarEtapasPedido, "produtos/pedidoetapas/", hungarian "etapasPedido": EtapaPedido);

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use serde_json::json;

    use super::*;
    use crate::calls::example;
    use crate::{CancelamentoEtapa, DevolucaoEtapa, FaturamentoEtapa, Listing};

    const EXAMPLE: &str = r#"{"nPagina":1,"nTotPaginas":1,"nRegistros":1,"nTotRegistros":1,"etapasPedido":[{"nCodPed":5366599001,"cCodIntPed":"900100200","cNumero":"1507","cEtapa":"60","dDtEtapa":"02/02/2025","cHrEtapa":"08:03:11","cUsEtapa":"P000111","faturamento":{"cFaturado":"S","dDtFat":"02/02/2025","cNumNFE":"000012345","cAutorizado":"S"},"cancelamento":{"cCancelado":"N"},"devolucao":{"cDevolvido":"N"}}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let day = date(2025, 2, 2);
        let request = ListarEtapasPedido::between(day.at(8, 0, 0, 0), day.at(8, 15, 0, 0));

        let sent = serde_json::to_value(request.at(1)).unwrap();

        assert_eq!(
            sent,
            json!({
                "nPagina": 1, "nRegPorPagina": 100, "cOrdenarPor": "DATAHORA", "dDtInicial": "02/02/2025",
                "cHrInicial": "08:00:00", "dDtFinal": "02/02/2025", "cHrFinal": "08:15:00",
            })
        );
    }

    #[test]
    fn one_order_is_asked_for_by_its_id() {
        let sent = serde_json::to_value(ListarEtapasPedido::of_pedido(5_366_599_001).at(2)).unwrap();

        assert_eq!(
            sent,
            json!({
                "nPagina": 2, "nRegPorPagina": 100, "cOrdenarPor": "DATAHORA", "nCodPed": 5_366_599_001_i64,
            })
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarEtapasPedido>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 1));
        let row = EtapaPedido {
            cod_ped: 5_366_599_001,
            cod_int_ped: Some("900100200".into()),
            numero: Some("1507".into()),
            etapa: Some("60".into()),
            dt_etapa: Some(date(2025, 2, 2)),
            hr_etapa: Some(time(8, 3, 11, 0)),
            us_etapa: Some("P000111".into()),
            faturamento: Some(FaturamentoEtapa {
                faturado: Some(true),
                dt_fat: Some(date(2025, 2, 2)),
                num_nfe: Some("000012345".into()),
                autorizado: Some(true),
                ..Default::default()
            }),
            cancelamento: Some(CancelamentoEtapa { cancelado: Some(false), ..Default::default() }),
            devolucao: Some(DevolucaoEtapa { devolvido: Some(false), ..Default::default() }),
            info: None,
        };
        assert_eq!(row.latest(), Some(date(2025, 2, 2).at(8, 3, 11, 0)));
        assert_eq!(page.items, [row]);
    }

    #[test]
    fn an_order_that_only_moved_has_no_other_blocks() {
        let body = r#"{"nPagina":1,"nTotPaginas":1,"nTotRegistros":2,"etapasPedido":[
            {"nCodPed":"11489512176","cEtapa":10,"dDtEtapa":"00/00/0000","faturamento":{},"cancelamento":null,"devolucao":""},
            {"cEtapa":"20"}]}"#;

        let page = example::page::<ListarEtapasPedido>(body);

        let bare = EtapaPedido {
            cod_ped: 11_489_512_176,
            etapa: Some("10".into()),
            faturamento: Some(FaturamentoEtapa::default()),
            ..Default::default()
        };
        assert_eq!((page.items, page.unreadable.len()), (vec![bare], 1));
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarEtapasPedido>(EXAMPLE, &example::HUNGARIAN);
        example::needs::<ListarEtapasPedido>(EXAMPLE, &["etapasPedido"]);
    }
}
