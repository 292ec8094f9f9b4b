//! ListarTags (`contracts/omie.md §8.11`).

use partner_http::Effect;
use serde::{Deserialize, Serialize};

use crate::{Call, Listing, Page, Rows, TagCliente};

/// The tags of one client with their numbers, all on one page: they tell which tag a price table means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarTags {
    /// The client.
    #[serde(rename = "nCodCliente")]
    pub cod_cliente: i64,
}

impl ListarTags {
    /// Those of the client with this id.
    pub fn of(codigo: i64) -> Self {
        Self { cod_cliente: codigo }
    }
}

impl Call for ListarTags {
    const PATH: &'static str = "geral/clientetag/";
    const METHOD: &'static str = "ListarTags";
    const EFFECT: Effect = Effect::Read;
    type Reply = TagsReply;
}

impl Listing for ListarTags {
    type Item = TagCliente;

    fn at(&self, _page: u32) -> Self {
        self.clone()
    }

    fn page(&self, reply: TagsReply) -> Page<TagCliente> {
        Page::only(reply.tags)
    }
}

/// Answer of `ListarTags`.
#[derive(Debug, Deserialize)]
pub struct TagsReply {
    #[serde(rename = "tagsLista")]
    tags: Rows<TagCliente>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"nCodCliente":5366578425,"cCodIntCliente":"","tagsLista":[{"tag":"Cliente","nCodTag":111},{"tag":"ATACADO","nCodTag":222}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarTags::of(5_366_578_425)).unwrap();

        assert_eq!(sent, json!({"nCodCliente": 5_366_578_425_i64}));
    }

    #[test]
    fn the_example_decodes() {
        let page = example::answer(&ListarTags::of(5_366_578_425), EXAMPLE);

        let tag = |cod_tag, text: &str| TagCliente { cod_tag, tag: Some(text.into()) };
        assert_eq!((page.number, page.total_pages), (1, 1));
        assert_eq!(page.items, [tag(111, "Cliente"), tag(222, "ATACADO")]);
    }

    #[test]
    fn an_answer_without_its_array_is_not_an_empty_page() {
        example::needs::<ListarTags>(EXAMPLE, &["tagsLista"]);
    }
}
