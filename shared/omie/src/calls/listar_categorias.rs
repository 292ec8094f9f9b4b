//! ListarCategorias (`contracts/omie.md §8.20`).

use serde::Serialize;

use crate::Categoria;
use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;

/// Categories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarCategorias {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
    /// `R` revenue, which leaves out what cannot be chosen; `D` expense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filtrar_por_tipo: Option<&'static str>,
}

impl Default for ListarCategorias {
    fn default() -> Self {
        Self { pagina: 1, registros_por_pagina: PAGE_SIZE, filtrar_por_tipo: None }
    }
}

impl ListarCategorias {
    /// Those of revenue.
    pub fn of_revenue() -> Self {
        Self { filtrar_por_tipo: Some("R"), ..Self::default() }
    }
}

listing!(ListarCategorias, "geral/categorias/", snake "categoria_cadastro": Categoria);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Listing;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":1,"registros":1,"total_de_registros":1,"categoria_cadastro":[{"codigo":"1.01.03","descricao":"Clientes - Revenda de Mercadoria","conta_inativa":"N","conta_receita":"S","conta_despesa":"N","totalizadora":"N","transferencia":"N","nao_exibir":"N"}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarCategorias::of_revenue().at(2)).unwrap();

        assert_eq!(sent, json!({"pagina": 2, "registros_por_pagina": 100, "filtrar_por_tipo": "R"}));
        let sent = serde_json::to_value(ListarCategorias::default()).unwrap();
        assert_eq!(sent, json!({"pagina": 1, "registros_por_pagina": 100}));
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarCategorias>(EXAMPLE);

        let [categoria] = page.items.as_slice() else { panic!("{page:?}") };
        assert_eq!(categoria.codigo, "1.01.03");
        assert_eq!(categoria.descricao.as_deref(), Some("Clientes - Revenda de Mercadoria"));
        assert!(categoria.is_for_sales());
    }

    #[test]
    fn only_revenue_that_can_be_booked_is_for_sales() {
        let sales = example::page::<ListarCategorias>(EXAMPLE).items.remove(0);
        let unfit: [fn(&mut Categoria); 5] = [
            |it| it.conta_receita = Some(false),
            |it| it.conta_inativa = Some(true),
            |it| it.totalizadora = Some(true),
            |it| it.transferencia = Some(true),
            |it| it.nao_exibir = Some(true),
        ];
        for change in unfit {
            let mut categoria = sales.clone();
            change(&mut categoria);
            assert!(!categoria.is_for_sales(), "{categoria:?}");
        }
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarCategorias>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarCategorias>(EXAMPLE, &["categoria_cadastro"]);
    }
}
