//! ListarProdutoFornecedor (`contracts/omie.md §8.17`).

use serde::Serialize;

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{ProdutoFornecedor, formats};

/// Suppliers with the products they sell. It has no window: the list is always whole (`contracts/omie.md
/// §7`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarProdutoFornecedor {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
    /// Only records included through the API; the reference sends `N`.
    #[serde(serialize_with = "formats::write_sn")]
    pub apenas_importado_api: Option<bool>,
}

impl Default for ListarProdutoFornecedor {
    fn default() -> Self {
        Self { pagina: 1, registros_por_pagina: PAGE_SIZE, apenas_importado_api: Some(false) }
    }
}

listing!(ListarProdutoFornecedor, "estoque/produtofornecedor/", snake "cadastros": ProdutoFornecedor);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::example;
    use crate::{Listing, ProdutoDoFornecedor};

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":1,"registros":1,"total_de_registros":1,
     "cadastros":[{"nCodForn":5366570001,"cCpfCnpj":"22.333.444/0001-55","cRazaoSocial":"INDUSTRIA COLA SA","cNomeFantasia":"COLA","produtos":[{"nCodProd":5366578297,"cCodIntProd":"","cCodigo":"F-77","cDescricao":"REFRIGERANTE COLA 2L"}]}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarProdutoFornecedor::default().at(2)).unwrap();

        assert_eq!(sent, json!({"pagina": 2, "registros_por_pagina": 100, "apenas_importado_api": "N"}));
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarProdutoFornecedor>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 1));
        assert_eq!(
            page.items,
            [ProdutoFornecedor {
                cod_forn: 5_366_570_001,
                cod_int_forn: None,
                cpf_cnpj: Some("22.333.444/0001-55".into()),
                razao_social: Some("INDUSTRIA COLA SA".into()),
                nome_fantasia: Some("COLA".into()),
                produtos: vec![ProdutoDoFornecedor {
                    cod_prod: Some(5_366_578_297),
                    cod_int_prod: None,
                    codigo: Some("F-77".into()),
                    descricao: Some("REFRIGERANTE COLA 2L".into()),
                }],
            }]
        );
    }

    #[test]
    fn a_product_without_id_does_not_take_its_supplier_with_it() {
        let body = EXAMPLE.replace(r#""nCodProd":5366578297,"#, "");

        let page = example::page::<ListarProdutoFornecedor>(&body);

        assert_eq!(page.items[0].produtos[0].cod_prod, None);
    }

    #[test]
    fn a_supplier_may_have_no_products() {
        let body =
            r#"{"pagina":1,"total_de_paginas":1,"total_de_registros":1,"cadastros":[{"nCodForn":"0"}]}"#;

        let page = example::page::<ListarProdutoFornecedor>(body);

        assert_eq!(page.items, [ProdutoFornecedor::default()]);
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarProdutoFornecedor>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarProdutoFornecedor>(EXAMPLE, &["cadastros"]);
    }
}
