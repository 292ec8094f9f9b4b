//! ListarTipoAtiv (`contracts/omie.md §8.3`).

use partner_http::Effect;
use serde::{Deserialize, Serialize};

use crate::{Call, Listing, Page, Rows, TipoAtividade};

/// Lines of business, all on one page. The filters are sent empty, as the reference does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListarTipoAtiv {
    /// Only the one with this code; empty for all.
    pub filtrar_por_codigo: String,
    /// Only those with this description; empty for all.
    pub filtrar_por_descricao: String,
}

impl Call for ListarTipoAtiv {
    const PATH: &'static str = "geral/tpativ/";
    const METHOD: &'static str = "ListarTipoAtiv";
    const EFFECT: Effect = Effect::Read;
    type Reply = TipoAtivReply;
}

impl Listing for ListarTipoAtiv {
    type Item = TipoAtividade;

    fn at(&self, _page: u32) -> Self {
        self.clone()
    }

    fn page(&self, reply: TipoAtivReply) -> Page<TipoAtividade> {
        Page::only(reply.lista_tipos_atividade)
    }
}

/// Answer of `ListarTipoAtiv`.
#[derive(Debug, Deserialize)]
pub struct TipoAtivReply {
    lista_tipos_atividade: Rows<TipoAtividade>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"lista_tipos_atividade":[{"cCodigo":"0","cDescricao":"Industria"},{"cCodigo":"4","cDescricao":"Comercio"}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarTipoAtiv::default().at(1)).unwrap();

        assert_eq!(sent, json!({"filtrar_por_codigo": "", "filtrar_por_descricao": ""}));
    }

    #[test]
    fn the_example_is_one_page() {
        let page = example::page::<ListarTipoAtiv>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 2));
        assert_eq!(page.items[1], TipoAtividade { codigo: "4".into(), descricao: Some("Comercio".into()) });
    }

    #[test]
    fn an_answer_without_its_array_is_not_an_empty_page() {
        example::needs::<ListarTipoAtiv>(EXAMPLE, &["lista_tipos_atividade"]);
    }
}
