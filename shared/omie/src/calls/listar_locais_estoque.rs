//! ListarLocaisEstoque (`contracts/omie.md §8.18`), of the Hungarian family.

use jiff::civil::{Date, Time};
use serde::Serialize;

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{LocalEstoque, formats};

/// Stock locations, inactive ones included.
///
/// Its window is of days and times, both ends; without a flag inclusions and changes both count
/// (`contracts/omie.md §7`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarLocaisEstoque {
    /// Page, counted from 1.
    #[serde(rename = "nPagina")]
    pub pagina: u32,
    /// Rows per page.
    #[serde(rename = "nRegPorPagina")]
    pub reg_por_pagina: u32,
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

impl Default for ListarLocaisEstoque {
    fn default() -> Self {
        Self {
            pagina: 1,
            reg_por_pagina: PAGE_SIZE,
            filtrar_por_data_de: None,
            filtrar_por_data_ate: None,
            filtrar_por_hora_de: None,
            filtrar_por_hora_ate: None,
            filtrar_apenas_inclusao: None,
            filtrar_apenas_alteracao: None,
        }
    }
}

listing!(ListarLocaisEstoque, "estoque/local/", hungarian "locaisEncontrados": LocalEstoque);

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use serde_json::json;

    use super::*;
    use crate::Listing;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"nPagina":1,"nTotPaginas":1,"nRegistros":1,"nTotRegistros":1,"locaisEncontrados":[{"codigo_local_estoque":4401,"codigo":"PADRAO","descricao":"Local Padrao","tipo":"1","padrao":"S","inativo":"N","dispVenda":"S"}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarLocaisEstoque::default().at(2)).unwrap();

        assert_eq!(sent, json!({"nPagina": 2, "nRegPorPagina": 100}));
    }

    #[test]
    fn a_window_travels_as_omie_writes_dates_and_times() {
        let request = ListarLocaisEstoque {
            filtrar_por_data_de: Some(date(2025, 2, 1)),
            filtrar_por_hora_de: Some(time(1, 2, 3, 0)),
            filtrar_por_data_ate: Some(date(2025, 2, 2)),
            filtrar_por_hora_ate: Some(time(4, 5, 6, 0)),
            ..Default::default()
        };

        let sent = serde_json::to_value(request).unwrap();

        assert_eq!(
            sent,
            json!({
                "nPagina": 1, "nRegPorPagina": 100,
                "filtrar_por_data_de": "01/02/2025", "filtrar_por_hora_de": "01:02:03",
                "filtrar_por_data_ate": "02/02/2025", "filtrar_por_hora_ate": "04:05:06",
            })
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarLocaisEstoque>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 1));
        assert_eq!(
            page.items,
            [LocalEstoque {
                codigo_local_estoque: 4401,
                codigo: Some("PADRAO".into()),
                descricao: Some("Local Padrao".into()),
                tipo: Some("1".into()),
                padrao: Some(true),
                inativo: Some(false),
                disp_venda: Some(true),
                ..Default::default()
            }]
        );
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarLocaisEstoque>(EXAMPLE, &example::HUNGARIAN);
        example::needs::<ListarLocaisEstoque>(EXAMPLE, &["locaisEncontrados"]);
    }
}
