//! ListarPosEstoque (`contracts/omie.md §8.19`), of the Hungarian family.

use jiff::civil::Date;
use partner_http::{Effect, LanePolicy};
use serde::Serialize;

use crate::call::usual;
use crate::calls::listing::listing;
use crate::{PosicaoEstoque, formats};

/// Rows of a page with `cExibeTodos`, whatever is asked (`contracts/omie.md §3`).
const PAGE_SIZE: u32 = 50;

/// Stock at one location, products without movement included.
///
/// It has no window: each listing is the whole position of one day (`contracts/omie.md §7`). Omie takes one
/// such request at a time (`contracts/omie.md §3.1`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarPosEstoque {
    /// Page, counted from 1.
    #[serde(rename = "nPagina")]
    pub pagina: u32,
    /// Rows per page.
    #[serde(rename = "nRegPorPagina")]
    pub reg_por_pagina: u32,
    /// The day of the position; Omie takes today when it is absent.
    #[serde(
        rename = "dDataPosicao",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub data_posicao: Option<Date>,
    /// Also products without movement; then a page has 50 rows whatever is asked.
    #[serde(rename = "cExibeTodos", serialize_with = "formats::write_sn")]
    pub exibe_todos: Option<bool>,
    /// The location; 0 is the default one, and the rows tell which that is.
    pub codigo_local_estoque: i64,
}

impl ListarPosEstoque {
    /// The position of the location on that day.
    pub fn of(codigo_local_estoque: i64, data_posicao: Date) -> Self {
        Self {
            pagina: 1,
            reg_por_pagina: PAGE_SIZE,
            data_posicao: Some(data_posicao),
            exibe_todos: Some(true),
            codigo_local_estoque,
        }
    }
}

/// A second one in flight is refused.
fn one_at_a_time() -> LanePolicy {
    LanePolicy { concurrency: 1, ..usual(Effect::Read) }
}

listing!(ListarPosEstoque, "estoque/consulta/", hungarian "produtos": PosicaoEstoque, policy one_at_a_time());

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;
    use serde_json::json;

    use super::*;
    use crate::calls::example;
    use crate::{Call, Unreadable};

    const EXAMPLE: &str = r#"{"nPagina":1,"nTotPaginas":8,"nRegistros":50,"nTotRegistros":380,"dDataPosicao":"02/02/2025",
     "produtos":[{"nCodProd":5366578297,"cCodInt":"","cCodigo":"REF-001","cDescricao":"REFRIGERANTE COLA 2L","nPrecoUnitario":8.9,"nSaldo":120,"nCMC":5.3,"nPendente":12,"estoque_minimo":10,"codigo_local_estoque":4401,"reservado":6,"fisico":120}]}"#;

    fn of_location() -> ListarPosEstoque {
        ListarPosEstoque::of(4401, date(2025, 2, 2))
    }

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(of_location()).unwrap();

        assert_eq!(
            sent,
            json!({
                "nPagina": 1, "nRegPorPagina": 50, "dDataPosicao": "02/02/2025", "cExibeTodos": "S",
                "codigo_local_estoque": 4401,
            })
        );
    }

    #[test]
    fn one_request_is_in_flight_at_a_time() {
        assert_eq!(
            (ListarPosEstoque::policy().concurrency, crate::ListarProdutos::policy().concurrency),
            (1, 2)
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::answer(&of_location(), EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 8, 380));
        assert_eq!(
            page.items,
            [PosicaoEstoque {
                cod_prod: 5_366_578_297,
                cod_int: None,
                codigo: Some("REF-001".into()),
                descricao: Some("REFRIGERANTE COLA 2L".into()),
                preco_unitario: Some(Decimal::new(89, 1)),
                saldo: Some(Decimal::from(120)),
                cmc: Some(Decimal::new(53, 1)),
                pendente: Some(Decimal::from(12)),
                reservado: Some(Decimal::from(6)),
                fisico: Some(Decimal::from(120)),
                estoque_minimo: Some(Decimal::from(10)),
                codigo_local_estoque: Some(4401),
            }]
        );
    }

    #[test]
    fn an_unreadable_position_is_named_by_location_and_product() {
        let body = EXAMPLE.replace(r#""nSaldo":120"#, r#""nSaldo":"muito""#);

        let page = example::answer(&of_location(), &body);

        let id = Some("4401/5366578297".to_owned());
        let unreadable = Unreadable { id, path: "nSaldo".into(), problem: "não é um número decimal" };
        assert_eq!((page.items, page.unreadable), (vec![], vec![unreadable]));
    }

    #[test]
    fn a_position_that_lacks_half_of_its_identity_has_no_name() {
        let body = EXAMPLE.replace("120", r#""muito""#).replace(r#""codigo_local_estoque":4401,"#, "");

        assert_eq!(example::answer(&of_location(), &body).unreadable[0].id, None);
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarPosEstoque>(EXAMPLE, &example::HUNGARIAN);
        example::needs::<ListarPosEstoque>(EXAMPLE, &["produtos"]);
    }
}
