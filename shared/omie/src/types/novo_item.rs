//! NovoItem: items of a sales order to include (`contracts/omie.md §8.23`, `det[]`).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::formats;

/// An item of a sales order to include. Taxes are left to Omie's own scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovoItem {
    /// Which item it is.
    pub ide: NovaIdeItem,
    /// What is sold.
    pub produto: NovoProduto,
    /// How it is billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inf_adic: Option<NovoInfAdic>,
    /// Notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observacao: Option<NovaObservacaoItem>,
}

/// Which item of the order it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovaIdeItem {
    /// 1 to 199, unique in the order.
    pub codigo_item_integracao: String,
}

/// What is sold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovoProduto {
    /// `codigo_produto` of [`Produto`](crate::Produto).
    pub codigo_produto: i64,
    /// Quantity, in the unit of the product.
    #[serde(with = "formats::both::decimal")]
    pub quantidade: Decimal,
    /// Price of one, in reais, without the discount.
    #[serde(with = "formats::both::decimal")]
    pub valor_unitario: Decimal,
    /// Kind of discount: `P` per cent, `V` reais.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tipo_desconto: Option<String>,
    /// Discount, per cent; with `P`.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::decimal")]
    pub percentual_desconto: Option<Decimal>,
    /// Discount, in reais; with `V`.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::decimal")]
    pub valor_desconto: Option<Decimal>,
    /// `nCodTabPreco` of [`TabelaPreco`](crate::TabelaPreco).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codigo_tabela_preco: Option<i64>,
    /// Fiscal operation, `d.ddd`: `5.910` is a bonus inside the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cfop: Option<String>,
    /// Reserve its stock.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub reservado: Option<bool>,
}

/// How an item to include is billed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovoInfAdic {
    /// `codigo_local_estoque` of [`LocalEstoque`](crate::LocalEstoque).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codigo_local_estoque: Option<i64>,
    /// Text on the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dados_adicionais_item: Option<String>,
    /// No receivable for this item.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub nao_gerar_financeiro: Option<bool>,
    /// Leave the stock as it is.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub nao_movimentar_estoque: Option<bool>,
    /// Leave it out of the total.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub nao_somar_total: Option<bool>,
    /// Category, where it is not that of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codigo_categoria_item: Option<String>,
    /// The client's purchase order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numero_pedido_compra: Option<String>,
    /// The item of the client's purchase order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_pedido_compra: Option<i64>,
}

/// Notes of an item to include.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovaObservacaoItem {
    /// Of the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obs_item: Option<String>,
}
