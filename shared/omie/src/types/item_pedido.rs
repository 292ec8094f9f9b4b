//! ItemPedido: items of sales orders (`contracts/omie.md §8.25`, `det[]`).

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::formats;

/// An item of a sales order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ItemPedido {
    /// Which item it is.
    #[serde(default, deserialize_with = "formats::object")]
    pub ide: Option<IdeItem>,
    /// What was sold.
    #[serde(default, deserialize_with = "formats::object")]
    pub produto: Option<ProdutoPedido>,
    /// How it is billed (`contracts/omie.md §8.23`).
    #[serde(default, deserialize_with = "formats::object")]
    pub inf_adic: Option<InfAdicItem>,
}

/// Which item of the order it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct IdeItem {
    /// Omie's id of the item.
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_item: Option<i64>,
    /// The integrator's key of the item.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_item_integracao: Option<String>,
}

/// What was sold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ProdutoPedido {
    /// `codigo_produto` of [`Produto`](crate::Produto).
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_produto: Option<i64>,
    /// Code on the screen.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo: Option<String>,
    /// Description.
    #[serde(default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
    /// Bar code.
    #[serde(default, deserialize_with = "formats::text")]
    pub ean: Option<String>,
    /// Unit.
    #[serde(default, deserialize_with = "formats::text")]
    pub unidade: Option<String>,
    /// Quantity, in the unit.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub quantidade: Option<Decimal>,
    /// Price of one, in reais, without the discount.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_unitario: Option<Decimal>,
    /// Discount, per cent.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub percentual_desconto: Option<Decimal>,
    /// Discount, in reais.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_desconto: Option<Decimal>,
    /// Goods, in reais, without the discount.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_mercadoria: Option<Decimal>,
    /// All of the item, in reais, with the discount.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_total: Option<Decimal>,
    /// Fiscal operation: `5.910` is a bonus.
    #[serde(default, deserialize_with = "formats::text")]
    pub cfop: Option<String>,
    /// `nCodTabPreco` of [`TabelaPreco`](crate::TabelaPreco).
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_tabela_preco: Option<i64>,
    /// Its stock is reserved.
    #[serde(default, deserialize_with = "formats::sn")]
    pub reservado: Option<bool>,
}

/// How an item is billed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct InfAdicItem {
    /// No receivable for this item.
    #[serde(default, deserialize_with = "formats::sn")]
    pub nao_gerar_financeiro: Option<bool>,
    /// `codigo_local_estoque` of [`LocalEstoque`](crate::LocalEstoque).
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_local_estoque: Option<i64>,
}
