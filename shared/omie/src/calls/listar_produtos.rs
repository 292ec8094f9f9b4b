//! ListarProdutos (`contracts/omie.md §8.14`).

use jiff::civil::{Date, Time};
use serde::Serialize;

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{Produto, formats};

/// Products, inactive ones included unless `inativo` says otherwise.
///
/// Its window is of days and times, both ends; without a flag inclusions and changes both count
/// (`contracts/omie.md §7`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarProdutos {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
    /// Only products of the point of sale. Omie takes `S` when it is absent, so it always travels.
    #[serde(serialize_with = "formats::write_sn")]
    pub filtrar_apenas_omiepdv: Option<bool>,
    /// Only products included through the API. Without `N` the listing is another, smaller one.
    #[serde(serialize_with = "formats::write_sn")]
    pub apenas_importado_api: Option<bool>,
    /// Only inactive ones, or only active ones; both when left out.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_sn")]
    pub inativo: Option<bool>,
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
    /// Only these; left out when empty.
    #[serde(rename = "produtosPorCodigo", skip_serializing_if = "Vec::is_empty")]
    pub produtos_por_codigo: Vec<ProdutoPorCodigo>,
}

impl Default for ListarProdutos {
    fn default() -> Self {
        Self {
            pagina: 1,
            registros_por_pagina: PAGE_SIZE,
            filtrar_apenas_omiepdv: Some(false),
            apenas_importado_api: Some(false),
            inativo: None,
            filtrar_por_data_de: None,
            filtrar_por_data_ate: None,
            filtrar_por_hora_de: None,
            filtrar_por_hora_ate: None,
            filtrar_apenas_inclusao: None,
            filtrar_apenas_alteracao: None,
            produtos_por_codigo: Vec::new(),
        }
    }
}

/// A product asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProdutoPorCodigo {
    /// Its id.
    pub codigo_produto: i64,
}

impl ListarProdutos {
    /// The products with these ids, as far as they are there. Never ask for none: that is all of them.
    pub fn by_ids(ids: impl IntoIterator<Item = i64>) -> Self {
        let produtos_por_codigo =
            ids.into_iter().map(|codigo_produto| ProdutoPorCodigo { codigo_produto }).collect();
        Self { produtos_por_codigo, ..Self::default() }
    }
}

listing!(ListarProdutos, "geral/produtos/", snake "produto_servico_cadastro": Produto);

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use rust_decimal::Decimal;
    use serde_json::json;

    use super::*;
    use crate::calls::example;
    use crate::{Info, Listing, Unreadable};

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":4,"registros":100,"total_de_registros":380,
     "produto_servico_cadastro":[{"codigo_produto":5366578297,"codigo_produto_integracao":"","codigo":"REF-001","descricao":"REFRIGERANTE COLA 2L",
     "descr_detalhada":"","unidade":"UN","ncm":"2202.10.00","ean":"7890000000017","valor_unitario":8.9,"codigo_familia":777001,"descricao_familia":"BEBIDAS",
     "tipoItem":"00","peso_liq":2.0,"peso_bruto":2.1,"inativo":"N","bloqueado":"N",
     "info":{"dInc":"05/01/2024","hInc":"08:00:00","dAlt":"20/01/2025","hAlt":"14:00:00","cImpAPI":"N"}}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarProdutos::default()).unwrap();

        assert_eq!(
            sent,
            json!({
                "pagina": 1, "registros_por_pagina": 100, "apenas_importado_api": "N",
                "filtrar_apenas_omiepdv": "N",
            })
        );
    }

    #[test]
    fn a_window_travels_as_omie_writes_dates_and_times() {
        let request = ListarProdutos {
            inativo: Some(false),
            filtrar_por_data_de: Some(date(2025, 2, 1)),
            filtrar_por_hora_de: Some(time(9, 55, 0, 0)),
            filtrar_por_data_ate: Some(date(2025, 2, 2)),
            filtrar_por_hora_ate: Some(time(23, 59, 59, 0)),
            ..Default::default()
        };

        let sent = serde_json::to_value(request.at(4)).unwrap();

        assert_eq!(
            sent,
            json!({
                "pagina": 4, "registros_por_pagina": 100, "apenas_importado_api": "N",
                "filtrar_apenas_omiepdv": "N", "inativo": "N",
                "filtrar_por_data_de": "01/02/2025", "filtrar_por_hora_de": "09:55:00",
                "filtrar_por_data_ate": "02/02/2025", "filtrar_por_hora_ate": "23:59:59",
            })
        );
    }

    #[test]
    fn products_are_asked_for_by_id() {
        let sent = serde_json::to_value(ListarProdutos::by_ids([5_366_578_297, 7])).unwrap();

        assert_eq!(
            sent["produtosPorCodigo"],
            json!([{"codigo_produto": 5_366_578_297_i64}, {"codigo_produto": 7}])
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarProdutos>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 4, 380));
        assert_eq!(
            page.items,
            [Produto {
                codigo_produto: 5_366_578_297,
                codigo: Some("REF-001".into()),
                descricao: Some("REFRIGERANTE COLA 2L".into()),
                unidade: Some("UN".into()),
                ncm: Some("2202.10.00".into()),
                ean: Some("7890000000017".into()),
                valor_unitario: Some(Decimal::new(89, 1)),
                codigo_familia: Some(777_001),
                descricao_familia: Some("BEBIDAS".into()),
                tipo_item: Some("00".into()),
                peso_liq: Some(Decimal::new(20, 1)),
                peso_bruto: Some(Decimal::new(21, 1)),
                inativo: Some(false),
                bloqueado: Some(false),
                info: Some(Info {
                    data_inc: Some(date(2024, 1, 5)),
                    hora_inc: Some(time(8, 0, 0, 0)),
                    data_alt: Some(date(2025, 1, 20)),
                    hora_alt: Some(time(14, 0, 0, 0)),
                    imp_api: Some(false),
                }),
                ..Default::default()
            }]
        );
    }

    #[test]
    fn a_product_may_be_nothing_but_its_identity_and_its_numbers_text() {
        let body = r#"{"pagina":"1","total_de_paginas":"1","total_de_registros":"2","produto_servico_cadastro":[
            {"codigo_produto":"11489512176","valor_unitario":"1.234,50","codigo_familia":0,"info":null},
            {"codigo_produto":11489512177}]}"#;

        let page = example::page::<ListarProdutos>(body);

        assert_eq!(page.items[0].codigo_produto, 11_489_512_176);
        assert_eq!(page.items[0].valor_unitario, Some(Decimal::new(123_450, 2)));
        assert_eq!(page.items[0].codigo_familia, Some(0));
        assert_eq!(page.items[1], Produto { codigo_produto: 11_489_512_177, ..Default::default() });
    }

    #[test]
    fn one_unreadable_product_leaves_the_others_readable() {
        let body = r#"{"pagina":1,"total_de_paginas":1,"total_de_registros":2,"produto_servico_cadastro":[
            {"codigo_produto":1,"altura":"alto"},{"codigo_produto":2}]}"#;

        let page = example::page::<ListarProdutos>(body);

        let unreadable =
            Unreadable { id: Some("1".into()), path: "altura".into(), problem: "não é um número decimal" };
        assert_eq!((page.items.len(), page.unreadable), (1, vec![unreadable]));
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarProdutos>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarProdutos>(EXAMPLE, &["produto_servico_cadastro"]);
    }
}
