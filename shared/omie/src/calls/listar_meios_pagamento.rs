//! ListarMeiosPagamento (`contracts/omie.md §8.5`).

use partner_http::Effect;
use serde::{Deserialize, Serialize};

use crate::{Call, Listing, MeioPagamento, Page, Rows};

/// Payment means, all on one page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListarMeiosPagamento {
    /// Only the one with this code; empty for all.
    pub codigo: String,
}

impl Call for ListarMeiosPagamento {
    const PATH: &'static str = "geral/meiospagamento/";
    const METHOD: &'static str = "ListarMeiosPagamento";
    const EFFECT: Effect = Effect::Read;
    type Reply = MeiosPagamentoReply;
}

impl Listing for ListarMeiosPagamento {
    type Item = MeioPagamento;

    fn at(&self, _page: u32) -> Self {
        self.clone()
    }

    fn page(&self, reply: MeiosPagamentoReply) -> Page<MeioPagamento> {
        Page::only(reply.meios)
    }
}

/// Answer of `ListarMeiosPagamento`.
#[derive(Debug, Deserialize)]
pub struct MeiosPagamentoReply {
    // The service answers the first name, the reference reads the second (contracts/omie.md §8.5).
    #[serde(rename = "MeiosPagamentoLista", alias = "tipo_documento_cadastro")]
    meios: Rows<MeioPagamento>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"MeiosPagamentoLista":[{"codigo":"01","descricao":"Dinheiro"},{"codigo":"15","descricao":"Boleto Bancário"},{"codigo":"17","descricao":"Pagamento Instantâneo (PIX)"},{"codigo":"90","descricao":"Sem Pagamento"}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarMeiosPagamento::default().at(1)).unwrap();

        assert_eq!(sent, json!({"codigo": ""}));
    }

    #[test]
    fn the_example_is_one_page() {
        let page = example::page::<ListarMeiosPagamento>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 4));
        let boleto = MeioPagamento { codigo: "15".into(), descricao: Some("Boleto Bancário".into()) };
        assert_eq!(page.items[1], boleto);
    }

    #[test]
    fn both_names_of_the_array_are_read() {
        let body = EXAMPLE.replace("MeiosPagamentoLista", "tipo_documento_cadastro");

        assert_eq!(
            example::page::<ListarMeiosPagamento>(&body),
            example::page::<ListarMeiosPagamento>(EXAMPLE)
        );
    }

    #[test]
    fn an_answer_without_its_array_is_not_an_empty_page() {
        example::needs::<ListarMeiosPagamento>(EXAMPLE, &["MeiosPagamentoLista"]);
    }
}
