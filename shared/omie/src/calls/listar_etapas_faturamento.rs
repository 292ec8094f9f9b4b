//! ListarEtapasFaturamento (`contracts/omie.md §8.22`). Its totals count stages, its rows are operations
//! (`contracts/omie.md §5`).

use serde::Serialize;

use crate::OperacaoEtapas;
use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;

/// The stages of all operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarEtapasFaturamento {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
}

impl Default for ListarEtapasFaturamento {
    fn default() -> Self {
        Self { pagina: 1, registros_por_pagina: PAGE_SIZE }
    }
}

listing!(ListarEtapasFaturamento, "produtos/etapafat/", snake "cadastros": OperacaoEtapas);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Listing;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":1,"registros":6,"total_de_registros":6,
 "cadastros":[{},{"cCodOperacao":"11","cDescOperacao":"Venda de Produto","etapas":[{"cCodigo":"10","cDescricao":"Pedido de Venda","cDescrPadrao":"Pedido de Venda","cInativo":"N"},{"cCodigo":"20","cDescricao":"Separar Estoque","cDescrPadrao":"Separar Estoque","cInativo":"N"},{"cCodigo":"50","cDescricao":"Faturar","cDescrPadrao":"Faturar","cInativo":"N"},{"cCodigo":"60","cDescricao":"Faturado","cDescrPadrao":"Faturado","cInativo":"N"}]}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarEtapasFaturamento::default().at(2)).unwrap();

        assert_eq!(sent, json!({"pagina": 2, "registros_por_pagina": 100}));
    }

    #[test]
    fn the_example_decodes_with_its_empty_first_operation() {
        let page = example::page::<ListarEtapasFaturamento>(EXAMPLE);

        let sale = page.items.iter().find(|operation| operation.is_sale_of_product()).expect("it is there");
        let codes: Vec<&str> = sale.etapas.iter().map(|etapa| etapa.codigo.as_str()).collect();
        assert_eq!(codes, ["10", "20", "50", "60"]);
        assert_eq!(page.items.len(), 2);
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarEtapasFaturamento>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarEtapasFaturamento>(EXAMPLE, &["cadastros"]);
    }
}
