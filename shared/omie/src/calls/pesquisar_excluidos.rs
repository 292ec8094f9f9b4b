//! PesquisarExcluidos (`contracts/omie.md §8.31`), of the Hungarian family.

use jiff::civil::Date;
use serde::Serialize;

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{TituloExcluido, formats};

/// Titles that were deleted.
///
/// Its window is of whole days, both ends (`contracts/omie.md §7`). Omie calls the method deprecated: the day
/// it is gone the answer is [`Fault::Malformed`](partner_http::Fault::Malformed), or
/// [`Fault::Refused`](partner_http::Fault::Refused) in words that nobody knows yet; then reconcile instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PesquisarExcluidos {
    /// Page, counted from 1.
    #[serde(rename = "nPagina")]
    pub pagina: u32,
    /// Rows per page.
    #[serde(rename = "nRegPorPagina")]
    pub reg_por_pagina: u32,
    /// First day of deletion; both ends or neither (`contracts/omie.md §7`).
    #[serde(
        rename = "dDtInicial",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_inicial: Option<Date>,
    /// Last day of deletion.
    #[serde(
        rename = "dDtFinal",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_final: Option<Date>,
}

impl Default for PesquisarExcluidos {
    fn default() -> Self {
        Self { pagina: 1, reg_por_pagina: PAGE_SIZE, dt_inicial: None, dt_final: None }
    }
}

listing!(PesquisarExcluidos, "financas/pesquisartitulos/", hungarian "titulosExcluidos": TituloExcluido);

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use serde_json::json;

    use super::*;
    use crate::Listing;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"nPagina":1,"nTotPaginas":1,"nRegistros":1,"nTotRegistros":1,"titulosExcluidos":[{"nCodTitulo":5366610002,"dDataExc":"02/02/2025","cHoraExc":"11:00:00","cUsuarioExc":"P000111","cAcao":"E"}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let request = PesquisarExcluidos {
            dt_inicial: Some(date(2025, 2, 1)),
            dt_final: Some(date(2025, 2, 2)),
            ..Default::default()
        };

        let sent = serde_json::to_value(request.at(2)).unwrap();

        assert_eq!(
            sent,
            json!({"nPagina": 2, "nRegPorPagina": 100, "dDtInicial": "01/02/2025", "dDtFinal": "02/02/2025"})
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<PesquisarExcluidos>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 1));
        assert_eq!(
            page.items,
            [TituloExcluido {
                cod_titulo: 5_366_610_002,
                data_exc: Some(date(2025, 2, 2)),
                hora_exc: Some(time(11, 0, 0, 0)),
                acao: Some("E".into()),
            }]
        );
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<PesquisarExcluidos>(EXAMPLE, &example::HUNGARIAN);
        example::needs::<PesquisarExcluidos>(EXAMPLE, &["titulosExcluidos"]);
    }
}
