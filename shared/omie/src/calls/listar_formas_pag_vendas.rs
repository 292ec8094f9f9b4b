//! ListarFormasPagVendas (`contracts/omie.md §8.6`).

use serde::Serialize;

use crate::FormaPagamento;
use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;

/// Payment terms that sales orders accept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarFormasPagVendas {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
}

impl Default for ListarFormasPagVendas {
    fn default() -> Self {
        Self { pagina: 1, registros_por_pagina: PAGE_SIZE }
    }
}

listing!(ListarFormasPagVendas, "produtos/formaspagvendas/", snake "cadastros": FormaPagamento);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":1,"registros":2,"total_de_registros":2,
     "cadastros":[{"cCodigo":"000","cDescricao":"A Vista","nQtdeParc":1,"cListaParc":"0","nDiasParc":0},
                  {"cCodigo":"A03","cDescricao":"30/60/90","nQtdeParc":3,"cListaParc":"30/60/90","nDiasParc":0}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarFormasPagVendas::default()).unwrap();

        assert_eq!(sent, json!({"pagina": 1, "registros_por_pagina": 100}));
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarFormasPagVendas>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 2));
        assert_eq!(
            page.items[1],
            FormaPagamento {
                codigo: "A03".into(),
                descricao: Some("30/60/90".into()),
                qtde_parc: Some(3),
                lista_parc: Some("30/60/90".into()),
                dias_parc: Some(0),
            }
        );
    }

    #[test]
    fn a_list_of_one_instalment_may_come_as_a_number() {
        let body = EXAMPLE.replace(r#""cListaParc":"0""#, r#""cListaParc":30"#);

        assert_eq!(example::page::<ListarFormasPagVendas>(&body).items[0].lista_parc.as_deref(), Some("30"));
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarFormasPagVendas>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarFormasPagVendas>(EXAMPLE, &["cadastros"]);
    }
}
