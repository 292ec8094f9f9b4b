//! PesquisarLancamentos (`contracts/omie.md §8.30`), of the Hungarian family.

use jiff::civil::Date;
use serde::Serialize;

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{Titulo, formats};

/// Titles to receive, with their payments and change stamps.
///
/// Its windows are of whole days, both ends, one for each event; overlap them by a day (`contracts/omie.md
/// §7`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PesquisarLancamentos {
    /// Page, counted from 1.
    #[serde(rename = "nPagina")]
    pub pagina: u32,
    /// Rows per page.
    #[serde(rename = "nRegPorPagina")]
    pub reg_por_pagina: u32,
    /// `R` to receive, `P` to pay.
    #[serde(rename = "cNatureza")]
    pub natureza: &'static str,
    /// First day of inclusion; both ends or neither (`contracts/omie.md §7`).
    #[serde(
        rename = "dDtIncDe",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_inc_de: Option<Date>,
    /// Last day of inclusion.
    #[serde(
        rename = "dDtIncAte",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_inc_ate: Option<Date>,
    /// First day of change; both ends or neither (`contracts/omie.md §7`).
    #[serde(
        rename = "dDtAltDe",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_alt_de: Option<Date>,
    /// Last day of change.
    #[serde(
        rename = "dDtAltAte",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_alt_ate: Option<Date>,
    /// First day of cancellation; both ends or neither (`contracts/omie.md §7`).
    #[serde(
        rename = "dDtCancDe",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_canc_de: Option<Date>,
    /// Last day of cancellation.
    #[serde(
        rename = "dDtCancAte",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_canc_ate: Option<Date>,
    /// Only this title.
    #[serde(rename = "nCodTitulo", skip_serializing_if = "Option::is_none")]
    pub cod_titulo: Option<i64>,
    /// Answer with change stamps.
    #[serde(rename = "lDadosCad")]
    pub dados_cad: bool,
}

impl Default for PesquisarLancamentos {
    fn default() -> Self {
        Self {
            pagina: 1,
            reg_por_pagina: PAGE_SIZE,
            natureza: "R",
            dt_inc_de: None,
            dt_inc_ate: None,
            dt_alt_de: None,
            dt_alt_ate: None,
            dt_canc_de: None,
            dt_canc_ate: None,
            cod_titulo: None,
            dados_cad: true,
        }
    }
}

listing!(PesquisarLancamentos, "financas/pesquisartitulos/", hungarian "titulosEncontrados": Titulo);

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use rust_decimal::Decimal;
    use serde_json::json;

    use super::*;
    use crate::calls::example;
    use crate::{CabecTitulo, Info, Lancamento, Listing, ResumoTitulo, Unreadable};

    const EXAMPLE: &str = r#"{"nPagina":1,"nTotPaginas":1,"nRegistros":1,"nTotRegistros":1,"titulosEncontrados":[{"cabecTitulo":{"nCodTitulo":5366610001,"nCodCliente":5366578425,"cNumOS":"1507","nCodOS":5366599001,"cNumDocFiscal":"00012345","cNumParcela":"001/003","dDtEmissao":"04/02/2025","dDtVenc":"06/03/2025","nValorTitulo":41.5,"cStatus":"AVENCER","cNatureza":"R","cTipo":"BOL","cOperacao":"11","cCodVendedor":4567890123},"lancamentos":[],"resumo":{"cLiquidado":"N","nValPago":0,"nValAberto":41.5}}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let request = PesquisarLancamentos {
            dt_alt_de: Some(date(2025, 2, 1)),
            dt_alt_ate: Some(date(2025, 2, 2)),
            ..Default::default()
        };

        let sent = serde_json::to_value(request).unwrap();

        assert_eq!(
            sent,
            json!({
                "nPagina": 1, "nRegPorPagina": 100, "cNatureza": "R", "dDtAltDe": "01/02/2025",
                "dDtAltAte": "02/02/2025", "lDadosCad": true,
            })
        );
    }

    #[test]
    fn inclusions_and_cancellations_have_windows_of_their_own() {
        let request = PesquisarLancamentos {
            dt_inc_de: Some(date(2025, 1, 1)),
            dt_inc_ate: Some(date(2025, 1, 2)),
            dt_canc_de: Some(date(2025, 1, 3)),
            dt_canc_ate: Some(date(2025, 1, 4)),
            cod_titulo: Some(5_366_610_001),
            ..Default::default()
        };

        let sent = serde_json::to_value(request.at(3)).unwrap();

        assert_eq!(
            sent,
            json!({
                "nPagina": 3, "nRegPorPagina": 100, "cNatureza": "R", "lDadosCad": true,
                "dDtIncDe": "01/01/2025", "dDtIncAte": "02/01/2025", "dDtCancDe": "03/01/2025",
                "dDtCancAte": "04/01/2025", "nCodTitulo": 5_366_610_001_i64,
            })
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<PesquisarLancamentos>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 1));
        let cabec = CabecTitulo {
            cod_titulo: 5_366_610_001,
            cod_cliente: Some(5_366_578_425),
            cod_os: Some(5_366_599_001),
            num_os: Some("1507".into()),
            num_doc_fiscal: Some("00012345".into()),
            num_parcela: Some("001/003".into()),
            dt_emissao: Some(date(2025, 2, 4)),
            dt_venc: Some(date(2025, 3, 6)),
            valor_titulo: Some(Decimal::new(415, 1)),
            status: Some("AVENCER".into()),
            tipo: Some("BOL".into()),
            operacao: Some("11".into()),
            natureza: Some("R".into()),
            cod_vendedor: Some(4_567_890_123),
            ..Default::default()
        };
        let resumo = ResumoTitulo {
            liquidado: Some(false),
            val_pago: Some(Decimal::ZERO),
            val_aberto: Some(Decimal::new(415, 1)),
            ..Default::default()
        };
        assert_eq!(page.items, [Titulo { cabec, lancamentos: vec![], resumo: Some(resumo), info: None }]);
    }

    #[test]
    fn payments_are_read_and_sub_objects_may_be_absent() {
        let body = r#"{"nPagina":1,"nTotPaginas":1,"nTotRegistros":2,"titulosEncontrados":[
            {"cabecTitulo":{"nCodTitulo":"1"},"lancamentos":[{"nCodLanc":9,"dDtLanc":"01/02/2025","nValLanc":"1.041,50","nJuros":0.1}]},
            {"cabecTitulo":{"nCodTitulo":2,"cNumOS":7949,"dDtPagamento":"00/00/0000"},"lancamentos":"","resumo":[]}]}"#;

        let page = example::page::<PesquisarLancamentos>(body);

        let payment = Lancamento {
            cod_lanc: Some(9),
            dt_lanc: Some(date(2025, 2, 1)),
            val_lanc: Some(Decimal::new(104_150, 2)),
            juros: Some(Decimal::new(1, 1)),
            ..Default::default()
        };
        assert_eq!(page.items[0].lancamentos, [payment]);
        let bare = CabecTitulo { cod_titulo: 2, num_os: Some("7949".into()), ..Default::default() };
        assert_eq!(page.items[1], Titulo { cabec: bare, ..Default::default() });
    }

    #[test]
    fn stamps_are_found_beside_the_header_and_inside_it() {
        let stamps = r#""info":{"dInc":"10/01/2024","hInc":"09:10:11"}"#;
        let expected = Info {
            data_inc: Some(date(2024, 1, 10)),
            hora_inc: Some(time(9, 10, 11, 0)),
            ..Default::default()
        };
        for title in [
            format!(r#"{{"cabecTitulo":{{"nCodTitulo":1}},{stamps}}}"#),
            format!(r#"{{"cabecTitulo":{{"nCodTitulo":1,{stamps}}}}}"#),
        ] {
            let body = format!(
                r#"{{"nPagina":1,"nTotPaginas":1,"nTotRegistros":1,"titulosEncontrados":[{title}]}}"#
            );

            let page = example::page::<PesquisarLancamentos>(&body);

            assert_eq!((&page.items[0].info, &page.items[0].cabec.info), (&Some(expected.clone()), &None));
        }
    }

    #[test]
    fn an_unreadable_title_is_named_by_its_header() {
        let unreadable = |body: String| example::page::<PesquisarLancamentos>(&body).unreadable;

        assert_eq!(
            unreadable(EXAMPLE.replace("41.5,", r#""caro","#)),
            [Unreadable {
                id: Some("5366610001".into()),
                path: "cabecTitulo.nValorTitulo".into(),
                problem: "não é um número decimal",
            }]
        );
        assert_eq!(
            unreadable(EXAMPLE.replace("cabecTitulo", "outro")),
            [Unreadable { id: None, path: "cabecTitulo".into(), problem: "não veio na resposta" }]
        );
        assert_eq!(
            unreadable(EXAMPLE.replace(r#"[{"cabecTitulo""#, r#"[7,{"cabecTitulo""#)),
            [Unreadable { id: None, path: ".".into(), problem: "não é um registro" }]
        );
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<PesquisarLancamentos>(EXAMPLE, &example::HUNGARIAN);
        example::needs::<PesquisarLancamentos>(EXAMPLE, &["titulosEncontrados"]);
    }
}
