//! ListarTabelasPreco (`contracts/omie.md §8.15`), of the Hungarian family.

use jiff::civil::Date;
use serde::Serialize;

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{TabelaPreco, formats};

/// Price tables without their items, inactive ones included.
///
/// Its windows are of whole days, both ends, one for inclusions and one for changes (`contracts/omie.md §7`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarTabelasPreco {
    /// Page, counted from 1.
    #[serde(rename = "nPagina")]
    pub pagina: u32,
    /// Rows per page.
    #[serde(rename = "nRegPorPagina")]
    pub reg_por_pagina: u32,
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
    /// First day of change.
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
}

impl Default for ListarTabelasPreco {
    fn default() -> Self {
        Self {
            pagina: 1,
            reg_por_pagina: PAGE_SIZE,
            dt_inc_de: None,
            dt_inc_ate: None,
            dt_alt_de: None,
            dt_alt_ate: None,
        }
    }
}

listing!(ListarTabelasPreco, "produtos/tabelaprecos/", hungarian "listaTabelasPreco": TabelaPreco);

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;
    use serde_json::json;

    use super::*;
    use crate::calls::example;
    use crate::{CaracteristicasTabela, ClientesTabela, Listing};

    const EXAMPLE: &str = r#"{"nPagina":1,"nTotPaginas":1,"nRegistros":2,"nTotRegistros":2,
     "listaTabelasPreco":[{"nCodTabPreco":6001,"cNome":"PADRAO","cCodigo":"1","cAtiva":"S","cOrigem":"PRD","clientes":{"cTodosClientes":"S"},"caracteristicas":{"cTemValidade":"N","cTemDesconto":"S","nPercDescMax":10.0}},
     {"nCodTabPreco":6002,"cNome":"ATACADO","cCodigo":"2","cAtiva":"S","cOrigem":"TBL","clientes":{"cTodosClientes":"N","nCodTag":222,"cTag":"ATACADO","cUF":""}}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarTabelasPreco::default().at(2)).unwrap();

        assert_eq!(sent, json!({"nPagina": 2, "nRegPorPagina": 100}));
    }

    #[test]
    fn windows_travel_as_omie_writes_dates() {
        let request = ListarTabelasPreco {
            dt_inc_de: Some(date(2025, 1, 1)),
            dt_inc_ate: Some(date(2025, 1, 2)),
            dt_alt_de: Some(date(2025, 1, 3)),
            dt_alt_ate: Some(date(2025, 1, 4)),
            ..Default::default()
        };

        let sent = serde_json::to_value(request).unwrap();

        assert_eq!(
            sent,
            json!({
                "nPagina": 1, "nRegPorPagina": 100, "dDtIncDe": "01/01/2025", "dDtIncAte": "02/01/2025",
                "dDtAltDe": "03/01/2025", "dDtAltAte": "04/01/2025",
            })
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarTabelasPreco>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 2));
        let [padrao, atacado] = &page.items[..] else { panic!("two tables") };
        assert_eq!(
            (padrao.cod_tab_preco, padrao.nome.as_deref(), padrao.ativa),
            (6001, Some("PADRAO"), Some(true))
        );
        assert_eq!(
            padrao.caracteristicas,
            Some(CaracteristicasTabela {
                tem_validade: Some(false),
                tem_desconto: Some(true),
                perc_desc_max: Some(Decimal::new(100, 1)),
                ..Default::default()
            })
        );
        assert_eq!(
            atacado.clientes,
            Some(ClientesTabela {
                todos_clientes: Some(false),
                cod_tag: Some(222),
                tag: Some("ATACADO".into()),
                uf: None,
            })
        );
        assert_eq!(atacado.caracteristicas, None);
    }

    #[test]
    fn a_validity_of_zeros_has_no_dates() {
        let body = EXAMPLE.replace(
            r#""cTemValidade":"N""#,
            r#""cTemValidade":"S","dDtInicial":"00/00/0000","dDtFinal":"31/12/2025""#,
        );

        let page = example::page::<ListarTabelasPreco>(&body);

        let validity = page.items[0].caracteristicas.clone().unwrap();
        assert_eq!((validity.dt_inicial, validity.dt_final), (None, Some(date(2025, 12, 31))));
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarTabelasPreco>(EXAMPLE, &example::HUNGARIAN);
        example::needs::<ListarTabelasPreco>(EXAMPLE, &["listaTabelasPreco"]);
    }
}
