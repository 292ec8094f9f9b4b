//! EtapaFaturamento: the columns an order moves through (`contracts/omie.md §8.22`).

use serde::Deserialize;

use crate::formats;

/// The operation whose stages are those of sales orders.
const SALE_OF_PRODUCT: &str = "11";

/// The stages of one kind of operation. The first of a listing may hold nothing at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct OperacaoEtapas {
    /// `11` is the sale of a product.
    #[serde(rename = "cCodOperacao", default, deserialize_with = "formats::text")]
    pub cod_operacao: Option<String>,
    /// Its stages.
    #[serde(default, deserialize_with = "formats::list")]
    pub etapas: Vec<EtapaFaturamento>,
}

/// A stage. Codes are fixed, descriptions are the tenant's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct EtapaFaturamento {
    /// Two digits: `50`.
    #[serde(rename = "cCodigo", deserialize_with = "formats::text_id")]
    pub codigo: String,
    /// What the tenant calls it.
    #[serde(rename = "cDescricao", default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
    /// What Omie calls it.
    #[serde(rename = "cDescrPadrao", default, deserialize_with = "formats::text")]
    pub descr_padrao: Option<String>,
    /// Not in use.
    #[serde(rename = "cInativo", default, deserialize_with = "formats::sn")]
    pub inativo: Option<bool>,
}

impl OperacaoEtapas {
    /// Whether these are the stages of sales orders.
    pub fn is_sale_of_product(&self) -> bool {
        self.cod_operacao.as_deref() == Some(SALE_OF_PRODUCT)
    }
}
