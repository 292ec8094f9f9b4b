//! TabelaPreco: price tables (`contracts/omie.md §8.15`).

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::formats;
use crate::types::Info;

/// A price table, without its items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct TabelaPreco {
    /// Identity.
    #[serde(rename = "nCodTabPreco", deserialize_with = "formats::id")]
    pub cod_tab_preco: i64,
    /// The integrator's key.
    #[serde(rename = "cCodIntTabPreco", default, deserialize_with = "formats::text")]
    pub cod_int_tab_preco: Option<String>,
    /// Name.
    #[serde(rename = "cNome", default, deserialize_with = "formats::text")]
    pub nome: Option<String>,
    /// Code on the screen.
    #[serde(rename = "cCodigo", default, deserialize_with = "formats::text")]
    pub codigo: Option<String>,
    /// Active.
    #[serde(rename = "cAtiva", default, deserialize_with = "formats::sn")]
    pub ativa: Option<bool>,
    /// `PRD` product price, `CMC` cost, `TBL` another table.
    #[serde(rename = "cOrigem", default, deserialize_with = "formats::text")]
    pub origem: Option<String>,
    /// Which products it prices.
    #[serde(default, deserialize_with = "formats::object")]
    pub produtos: Option<ProdutosTabela>,
    /// Which clients may use it.
    #[serde(default, deserialize_with = "formats::object")]
    pub clientes: Option<ClientesTabela>,
    /// How its prices derive from their origin.
    #[serde(rename = "outrasInfo", default, deserialize_with = "formats::object")]
    pub outras_info: Option<OutrasInfoTabela>,
    /// Validity and discount.
    #[serde(default, deserialize_with = "formats::object")]
    pub caracteristicas: Option<CaracteristicasTabela>,
    /// Change stamps.
    #[serde(default, deserialize_with = "formats::object")]
    pub info: Option<Info>,
}

/// Which products a table prices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ProdutosTabela {
    /// All of them.
    #[serde(rename = "cTodosProdutos", default, deserialize_with = "formats::sn")]
    pub todos_produtos: Option<bool>,
    /// Those of this family.
    #[serde(rename = "nCodFamilia", default, deserialize_with = "formats::integer")]
    pub cod_familia: Option<i64>,
    /// Those of this fiscal classification.
    #[serde(rename = "cNCM", default, deserialize_with = "formats::text")]
    pub ncm: Option<String>,
    /// Those with this characteristic.
    #[serde(rename = "nCodCaract", default, deserialize_with = "formats::integer")]
    pub cod_caract: Option<i64>,
    /// Those whose characteristic has this content.
    #[serde(rename = "cConteudo", default, deserialize_with = "formats::text")]
    pub conteudo: Option<String>,
    /// Those of this supplier.
    #[serde(rename = "nCodFornec", default, deserialize_with = "formats::integer")]
    pub cod_fornec: Option<i64>,
}

/// Which clients may use a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ClientesTabela {
    /// All of them.
    #[serde(rename = "cTodosClientes", default, deserialize_with = "formats::sn")]
    pub todos_clientes: Option<bool>,
    /// Those with this tag, by number.
    #[serde(rename = "nCodTag", default, deserialize_with = "formats::integer")]
    pub cod_tag: Option<i64>,
    /// Those with this tag, by text.
    #[serde(rename = "cTag", default, deserialize_with = "formats::text")]
    pub tag: Option<String>,
    /// Those of this state.
    #[serde(rename = "cUF", default, deserialize_with = "formats::text")]
    pub uf: Option<String>,
}

/// How the prices of a table derive from their origin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct OutrasInfoTabela {
    /// The table of origin.
    #[serde(rename = "nCodOrigTab", default, deserialize_with = "formats::integer")]
    pub cod_orig_tab: Option<i64>,
    /// Addition, per cent.
    #[serde(rename = "nPercAcrescimo", default, deserialize_with = "formats::decimal")]
    pub perc_acrescimo: Option<Decimal>,
    /// Discount, per cent.
    #[serde(rename = "nPercDesconto", default, deserialize_with = "formats::decimal")]
    pub perc_desconto: Option<Decimal>,
}

/// Validity and discount of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct CaracteristicasTabela {
    /// Valid only between the two dates.
    #[serde(rename = "cTemValidade", default, deserialize_with = "formats::sn")]
    pub tem_validade: Option<bool>,
    /// First day of validity.
    #[serde(rename = "dDtInicial", default, deserialize_with = "formats::date")]
    pub dt_inicial: Option<Date>,
    /// Last day of validity.
    #[serde(rename = "dDtFinal", default, deserialize_with = "formats::date")]
    pub dt_final: Option<Date>,
    /// Discount allowed.
    #[serde(rename = "cTemDesconto", default, deserialize_with = "formats::sn")]
    pub tem_desconto: Option<bool>,
    /// Suggested discount, per cent.
    #[serde(rename = "nDescSugerido", default, deserialize_with = "formats::decimal")]
    pub desc_sugerido: Option<Decimal>,
    /// Greatest discount, per cent.
    #[serde(rename = "nPercDescMax", default, deserialize_with = "formats::decimal")]
    pub perc_desc_max: Option<Decimal>,
    /// Rounding of prices.
    #[serde(rename = "cArredPreco", default, deserialize_with = "formats::text")]
    pub arred_preco: Option<String>,
}
