//! ListarBancos (`contracts/omie.md §8.4`).

use serde::Serialize;

use crate::Banco;
use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;

/// Banks and other keepers of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarBancos {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
    /// Only those of this kind: `CB`, `CX`, `CV` or `AC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tipo: Option<String>,
}

impl Default for ListarBancos {
    fn default() -> Self {
        Self { pagina: 1, registros_por_pagina: PAGE_SIZE, tipo: None }
    }
}

listing!(ListarBancos, "geral/bancos/", snake "fin_banco_cadastro": Banco);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Listing;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":2,"registros":100,"total_de_registros":158,
     "fin_banco_cadastro":[{"codigo":"104","nome":"CAIXA ECONOMICA FEDERAL","tipo":"CB"}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarBancos::default().at(2)).unwrap();

        assert_eq!(sent, json!({"pagina": 2, "registros_por_pagina": 100}));
    }

    #[test]
    fn the_kind_travels_only_when_asked_for() {
        let sent =
            serde_json::to_value(ListarBancos { tipo: Some("CB".into()), ..Default::default() }).unwrap();

        assert_eq!(sent, json!({"pagina": 1, "registros_por_pagina": 100, "tipo": "CB"}));
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarBancos>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 2, 158));
        assert_eq!(
            page.items,
            [Banco {
                codigo: "104".into(),
                nome: Some("CAIXA ECONOMICA FEDERAL".into()),
                tipo: Some("CB".into()),
            }]
        );
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarBancos>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarBancos>(EXAMPLE, &["fin_banco_cadastro"]);
    }
}
