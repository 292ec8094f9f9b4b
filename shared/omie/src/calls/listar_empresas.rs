//! ListarEmpresas (`contracts/omie.md §8.1`).

use serde::Serialize;

use crate::Empresa;
use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;

/// The companies of the account. All other filters are deprecated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarEmpresas {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
}

impl Default for ListarEmpresas {
    fn default() -> Self {
        Self { pagina: 1, registros_por_pagina: PAGE_SIZE }
    }
}

listing!(ListarEmpresas, "geral/empresas/", snake "empresas_cadastro": Empresa);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Listing;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":1,"registros":1,"total_de_registros":1,
     "empresas_cadastro":[{"codigo_empresa":3456789012,"cnpj":"12.345.678/0001-95","razao_social":"DISTRIBUIDORA EXEMPLO LTDA",
     "nome_fantasia":"EXEMPLO","endereco":"DAS FLORES","endereco_numero":"100","bairro":"CENTRO","cidade":"GOIANIA (GO)",
     "estado":"GO","cep":"74000-000","telefone1_ddd":"62","telefone1_numero":"3000-0000","inscricao_estadual":"101234567","inativa":"N"}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarEmpresas::default().at(1)).unwrap();

        assert_eq!(sent, json!({"pagina": 1, "registros_por_pagina": 100}));
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarEmpresas>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 1));
        let empresa = &page.items[0];
        assert_eq!(empresa.codigo_empresa, 3_456_789_012);
        assert_eq!(empresa.cidade.as_deref(), Some("GOIANIA (GO)"));
        assert_eq!(empresa.inscricao_estadual.as_deref(), Some("101234567"));
        assert_eq!(empresa.inativa, Some(false));
    }

    #[test]
    fn secrets_of_the_company_are_not_read() {
        let body = EXAMPLE
            .replace(r#""inativa""#, r#""csc_codigo":"canary","certificado":{"senha":"canary"},"inativa""#);

        let page = example::page::<ListarEmpresas>(&body);

        assert!(!format!("{page:?}").contains("canary"));
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarEmpresas>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarEmpresas>(EXAMPLE, &["empresas_cadastro"]);
    }
}
