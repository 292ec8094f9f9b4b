//! Items of the order object (`contracts/maxima.md` §7.2).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    reading::{Object, Unreadable},
    stored::{self, is_default},
};

/// An item of an order (`contracts/maxima.md` §7.2, `Produtos[]`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ProdutoPedido {
    /// Code, as in Produtos: the `codigo_produto` of Omie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<String>,
    /// Place in the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequencia: Option<i64>,
    /// Quantity; in packs when a packaging is selected.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub quantidade: Option<Decimal>,
    /// Unit price of the sale.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub preco_venda: Option<Decimal>,
    /// List price.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub preco_tabela: Option<Decimal>,
    /// Base price.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub preco_base: Option<Decimal>,
    /// Price before the seller changed it.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub preco_original: Option<Decimal>,
    /// Sale price typed in the app.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub preco_venda_informado: Option<Decimal>,
    /// List price typed in the app.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub preco_tabela_informado: Option<Decimal>,
    /// Discount between list and sale price, %.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub perc_desconto: Option<Decimal>,
    /// Discount typed in the app, %.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub perc_desconto_informado: Option<Decimal>,
    /// Unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unidade: Option<String>,
    /// Barcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo_barras: Option<String>,
    /// Name of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub descricao: Option<String>,
    /// A bonus inside a normal order.
    #[serde(skip_serializing_if = "is_default")]
    pub item_bonificado: bool,
    /// The packaging it is sold in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embalagem_selecionada: Option<EmbalagemSelecionada>,
    /// Branch whose stock it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filial_retira: Option<String>,
}

impl ProdutoPedido {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            codigo: from.text("Codigo")?,
            sequencia: from.integer("Sequencia")?,
            quantidade: from.decimal("Quantidade")?,
            preco_venda: from.decimal("PrecoVenda")?,
            preco_tabela: from.decimal("PrecoTabela")?,
            preco_base: from.decimal("PrecoBase")?,
            preco_original: from.decimal("PrecoOriginal")?,
            preco_venda_informado: from.decimal("PrecoVendaInformado")?,
            preco_tabela_informado: from.decimal("PrecoTabelaInformado")?,
            perc_desconto: from.decimal("PercDesconto")?,
            perc_desconto_informado: from.decimal("PercDescontoInformado")?,
            unidade: from.text("Unidade")?,
            codigo_barras: from.text("CodigoBarras")?,
            descricao: from.text("Descricao")?,
            item_bonificado: from.is("ItemBonificado")?,
            embalagem_selecionada: from.maybe("EmbalagemSelecionada", EmbalagemSelecionada::read)?,
            filial_retira: from.text("FilialRetira")?,
        })
    }
}

/// A packaging. The contract names the object and not its members: the factor is looked for by the catalogue's
/// name of it (`QtUnit`, §5 `v3/Produtos`), then as `Fator`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EmbalagemSelecionada {
    /// Units in one pack; nothing when the app does not say so in a way we know.
    // Kept also when it is not there: an empty object would be no packaging.
    #[serde(with = "stored")]
    pub fator: Option<Decimal>,
}

impl EmbalagemSelecionada {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        let fator = from.decimal("QtUnit")?;
        Ok(Self { fator: if fator.is_some() { fator } else { from.decimal("Fator")? } })
    }
}
