//! ProdutoFornecedor: which supplier sells which products (`contracts/omie.md §8.17`).

use serde::Deserialize;

use crate::formats;

/// A supplier with its products. A product may appear under several suppliers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ProdutoFornecedor {
    /// Identity: `codigo_cliente_omie` of the supplier; Omie may send 0 for none.
    #[serde(rename = "nCodForn", deserialize_with = "formats::id")]
    pub cod_forn: i64,
    /// The integrator's key.
    #[serde(rename = "cCodIntForn", default, deserialize_with = "formats::text")]
    pub cod_int_forn: Option<String>,
    /// Masked: `22.333.444/0001-55`.
    #[serde(rename = "cCpfCnpj", default, deserialize_with = "formats::text")]
    pub cpf_cnpj: Option<String>,
    /// Registered name.
    #[serde(rename = "cRazaoSocial", default, deserialize_with = "formats::text")]
    pub razao_social: Option<String>,
    /// Trade name.
    #[serde(rename = "cNomeFantasia", default, deserialize_with = "formats::text")]
    pub nome_fantasia: Option<String>,
    /// What it sells.
    #[serde(default, deserialize_with = "formats::list")]
    pub produtos: Vec<ProdutoDoFornecedor>,
}

/// A product as its supplier knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ProdutoDoFornecedor {
    /// `codigo_produto` of [`Produto`](crate::Produto); Omie may send 0 for none.
    #[serde(rename = "nCodProd", default, deserialize_with = "formats::integer")]
    pub cod_prod: Option<i64>,
    /// The integrator's key.
    #[serde(rename = "cCodIntProd", default, deserialize_with = "formats::text")]
    pub cod_int_prod: Option<String>,
    /// The supplier's own code.
    #[serde(rename = "cCodigo", default, deserialize_with = "formats::text")]
    pub codigo: Option<String>,
    /// Description.
    #[serde(rename = "cDescricao", default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
}
