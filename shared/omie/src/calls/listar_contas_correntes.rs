//! ListarContasCorrentes (`contracts/omie.md §8.21`).

use serde::Serialize;

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{ContaCorrente, formats};

/// Accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarContasCorrentes {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
    /// Only those in use.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_sn")]
    pub filtrar_apenas_ativo: Option<bool>,
}

impl Default for ListarContasCorrentes {
    fn default() -> Self {
        Self { pagina: 1, registros_por_pagina: PAGE_SIZE, filtrar_apenas_ativo: None }
    }
}

listing!(ListarContasCorrentes, "geral/contacorrente/", snake "ListarContasCorrentes": ContaCorrente);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Listing;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":1,"registros":1,"total_de_registros":1,"ListarContasCorrentes":[{"nCodCC":5366579915,"cCodCCInt":"","tipo_conta_corrente":"CC","codigo_banco":"104","descricao":"Caixa Economica","inativo":"N","bol_sn":"S","pix_sn":"N"}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let active = ListarContasCorrentes { filtrar_apenas_ativo: Some(true), ..Default::default() };
        let sent = serde_json::to_value(active.at(2)).unwrap();

        assert_eq!(sent, json!({"pagina": 2, "registros_por_pagina": 100, "filtrar_apenas_ativo": "S"}));
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarContasCorrentes>(EXAMPLE);

        assert_eq!(
            page.items,
            [ContaCorrente {
                cod_cc: 5_366_579_915,
                descricao: Some("Caixa Economica".into()),
                tipo_conta_corrente: Some("CC".into()),
                inativo: Some(false),
            }]
        );
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarContasCorrentes>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarContasCorrentes>(EXAMPLE, &["ListarContasCorrentes"]);
    }
}
