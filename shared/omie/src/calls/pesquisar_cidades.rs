//! PesquisarCidades (`contracts/omie.md §8.2`).

use serde::Serialize;

use crate::Cidade;
use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;

/// Municipalities of the whole country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PesquisarCidades {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
    /// Only those of this state, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filtrar_por_uf: Option<String>,
}

impl Default for PesquisarCidades {
    fn default() -> Self {
        Self { pagina: 1, registros_por_pagina: PAGE_SIZE, filtrar_por_uf: None }
    }
}

listing!(PesquisarCidades, "geral/cidades/", snake "lista_cidades": Cidade);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Listing;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":3,"registros":100,"total_de_registros":246,
     "lista_cidades":[{"cCod":"GOIANIA (GO)","cNome":"GOIANIA","cUF":"GO","nCodIBGE":"5208707","nCodSIAFI":9373}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let request = PesquisarCidades { filtrar_por_uf: Some("GO".into()), ..Default::default() };

        let sent = serde_json::to_value(request).unwrap();

        assert_eq!(sent, json!({"pagina": 1, "registros_por_pagina": 100, "filtrar_por_uf": "GO"}));
    }

    #[test]
    fn a_filter_without_a_value_is_left_out() {
        let sent = serde_json::to_value(PesquisarCidades::default().at(56)).unwrap();

        assert_eq!(sent, json!({"pagina": 56, "registros_por_pagina": 100}));
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<PesquisarCidades>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 3, 246));
        assert_eq!(
            page.items,
            [Cidade {
                cod: "GOIANIA (GO)".into(),
                nome: Some("GOIANIA".into()),
                uf: Some("GO".into()),
                cod_ibge: Some("5208707".into()),
                cod_siafi: Some("9373".into()),
            }]
        );
    }

    #[test]
    fn an_ibge_code_sent_as_a_number_is_text() {
        let body = EXAMPLE.replace(r#""5208707""#, "5208707");

        assert_eq!(example::page::<PesquisarCidades>(&body), example::page::<PesquisarCidades>(EXAMPLE));
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<PesquisarCidades>(EXAMPLE, &example::SNAKE);
        example::needs::<PesquisarCidades>(EXAMPLE, &["lista_cidades"]);
    }
}
