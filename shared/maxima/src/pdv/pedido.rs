//! The order object (`contracts/maxima.md` §7.2): of some 330 members those that the mapping reads (§6).

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    cliente::ClientePedido,
    item::ProdutoPedido,
    reading::{Object, Unreadable},
    stored::{self, is_default},
};

/// An order as the seller typed it, `objeto_json` of a pending order (`contracts/maxima.md` §7.2).
///
/// Members that are absent, null or blank are `None`, `false`, or the default of their type. Its own JSON is how a
/// record keeps it: exact, compact, decimals as text.
#[expect(clippy::struct_excessive_bools, reason = "they are the flags of the app")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PedidoMaxima {
    /// Id of the cloud, up to 20 digits: the idempotency key towards the ERP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo_pedido_nuvem: Option<String>,
    /// Number in the app, of this seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_pedido: Option<String>,
    /// The client's purchase order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_pedido_cliente: Option<String>,
    /// Seller in the ERP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cod_usuario: Option<String>,
    /// Seller in the ERP, of the same family: the fallback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cod_usur: Option<String>,
    /// User of Máxima, echoed in every status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo_usuario_maxima: Option<String>,
    /// Order date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<DateTime>,
    /// When the seller opened it: the `Dtaberturapedpalm` of the history (§7.6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_abertura_pedido: Option<DateTime>,
    /// When the seller closed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_fechamento_pedido: Option<DateTime>,
    /// When it is to be invoiced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_previsao_faturamento: Option<DateTime>,
    /// It is a quotation.
    #[serde(skip_serializing_if = "is_default")]
    pub eh_orcamento: bool,
    /// It is cancelled.
    #[serde(skip_serializing_if = "is_default")]
    pub cancelado: bool,
    /// It must not go to the ERP yet.
    #[serde(skip_serializing_if = "is_default")]
    pub pedido_bloqueado_envio_erp: bool,
    /// `F` sales force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origem_pedido: Option<String>,
    /// Kind of sale (§9.5).
    #[serde(skip_serializing_if = "is_default")]
    pub tipo_venda: TipoVendaPedido,
    /// Who buys.
    #[serde(skip_serializing_if = "is_default")]
    pub cliente: ClientePedido,
    /// Branch.
    #[serde(skip_serializing_if = "is_default")]
    pub filial: FilialPedido,
    /// Issuing branch.
    #[serde(rename = "FilialNF", skip_serializing_if = "is_default")]
    pub filial_nf: FilialPedido,
    /// Payment means.
    #[serde(skip_serializing_if = "is_default")]
    pub cobranca: CobrancaPedido,
    /// Payment plan.
    #[serde(skip_serializing_if = "is_default")]
    pub plano_pagamento: PlanoPagamentoPedido,
    /// Total.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub valor_total: Option<Decimal>,
    /// Total at list price.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub valor_tabela: Option<Decimal>,
    /// Total of the products.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub valor_produtos: Option<Decimal>,
    /// Freight typed by the seller.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub valor_frete: Option<Decimal>,
    /// Who pays the freight: `C` the seller, `F` the buyer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frete_despacho: Option<String>,
    /// The freight is in the total already (mapping §6.4).
    #[serde(skip_serializing_if = "is_default")]
    pub frete_ja_incluso_no_valor_total: bool,
    /// Other expenses.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub valor_outras_despesas: Option<Decimal>,
    /// Discount of the header, %.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub perc_desconto_pedido: Option<Decimal>,
    /// Discount of the header, %, already in the items.
    #[serde(with = "stored", skip_serializing_if = "Option::is_none")]
    pub perc_desconto_cabecalho: Option<Decimal>,
    /// Note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observacao: Option<String>,
    /// Note for the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observacao_entrega: Option<String>,
    /// Carrier.
    #[serde(skip_serializing_if = "is_default")]
    pub transportadora_despacho: TransportadoraDespacho,
    /// Price table used, the `nCodTabPreco` of Omie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_regiao: Option<String>,
    /// Items.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub produtos: Vec<ProdutoPedido>,
}

impl PedidoMaxima {
    /// Reads the order object, whatever way its values are written (§7.2): numbers as text, text as numbers, flags
    /// as "S", names in any case. A date that is none is absent.
    ///
    /// [`Unreadable`] when the text is not a JSON object, or when a number, a flag or a structure that is used is
    /// something else.
    pub fn parse(objeto_json: &str) -> Result<Self, Unreadable> {
        Self::read(&Object::document(objeto_json)?)
    }

    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            codigo_pedido_nuvem: from.text("CodigoPedidoNuvem")?,
            num_pedido: from.text("NumPedido")?,
            num_pedido_cliente: from.text("NumPedidoCliente")?,
            cod_usuario: from.text("CodUsuario")?,
            cod_usur: from.text("CodUsur")?,
            codigo_usuario_maxima: from.text("CodigoUsuarioMaxima")?,
            data: from.moment("Data"),
            data_abertura_pedido: from.moment("DataAberturaPedido"),
            data_fechamento_pedido: from.moment("DataFechamentoPedido"),
            data_previsao_faturamento: from.moment("DataPrevisaoFaturamento"),
            eh_orcamento: from.is("EhOrcamento")?,
            cancelado: from.is("Cancelado")?,
            pedido_bloqueado_envio_erp: from.is("PedidoBloqueadoEnvioErp")?,
            origem_pedido: from.text("OrigemPedido")?,
            tipo_venda: from.part("TipoVenda", TipoVendaPedido::read)?,
            cliente: from.part("Cliente", ClientePedido::read)?,
            filial: from.part("Filial", FilialPedido::read)?,
            filial_nf: from.part("FilialNF", FilialPedido::read)?,
            cobranca: from.part("Cobranca", CobrancaPedido::read)?,
            plano_pagamento: from.part("PlanoPagamento", PlanoPagamentoPedido::read)?,
            valor_total: from.decimal("ValorTotal")?,
            valor_tabela: from.decimal("ValorTabela")?,
            valor_produtos: from.decimal("ValorProdutos")?,
            valor_frete: from.decimal("ValorFrete")?,
            frete_despacho: from.text("FreteDespacho")?,
            frete_ja_incluso_no_valor_total: from.is("FreteJaInclusoNoValorTotal")?,
            valor_outras_despesas: from.decimal("ValorOutrasDespesas")?,
            perc_desconto_pedido: from.decimal("PercDescontoPedido")?,
            perc_desconto_cabecalho: from.decimal("PercDescontoCabecalho")?,
            observacao: from.text("Observacao")?,
            observacao_entrega: from.text("ObservacaoEntrega")?,
            transportadora_despacho: from.part("TransportadoraDespacho", TransportadoraDespacho::read)?,
            num_regiao: from.text("NumRegiao")?,
            produtos: from.parts("Produtos", ProdutoPedido::read)?,
        })
    }
}

/// Kind of sale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TipoVendaPedido {
    /// 1 normal, 5 bonus, … (`contracts/maxima.md` §9.5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<i64>,
    /// The app calls it a bonus.
    #[serde(skip_serializing_if = "is_default")]
    pub is_bonificacao: bool,
    /// The app calls it an exchange.
    #[serde(skip_serializing_if = "is_default")]
    pub is_troca: bool,
}

impl TipoVendaPedido {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            codigo: from.integer("Codigo")?,
            is_bonificacao: from.is("IsBonificacao")?,
            is_troca: from.is("IsTroca")?,
        })
    }
}

/// A branch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FilialPedido {
    /// Code, as in Filiais.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<String>,
}

impl FilialPedido {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self { codigo: from.text("Codigo")? })
    }
}

/// A payment means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CobrancaPedido {
    /// Code, as in Cobrancas: the `meio_pagamento` of Omie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<String>,
    /// It is a boleto.
    #[serde(skip_serializing_if = "is_default")]
    pub boleto: bool,
    /// It is a card.
    #[serde(skip_serializing_if = "is_default")]
    pub cartao: bool,
}

impl CobrancaPedido {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self { codigo: from.text("Codigo")?, boleto: from.is("Boleto")?, cartao: from.is("Cartao")? })
    }
}

/// A payment plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PlanoPagamentoPedido {
    /// Code, as in PlanosPagamentos: the `codigo_parcela` of Omie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<String>,
    /// Number of instalments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numero_parcelas: Option<i64>,
    /// Instalments with dates of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vencimentos_variaveis: Vec<VencimentoVariavel>,
}

impl PlanoPagamentoPedido {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            codigo: from.text("Codigo")?,
            numero_parcelas: from.integer("NumeroParcelas")?,
            vencimentos_variaveis: from.parts("VencimentosVariaveis", VencimentoVariavel::read)?,
        })
    }
}

/// An instalment with a date of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VencimentoVariavel {
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_parcela: Option<i64>,
    /// When it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_vencimento: Option<DateTime>,
}

impl VencimentoVariavel {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self { num_parcela: from.integer("NumParcela")?, data_vencimento: from.moment("DataVencimento") })
    }
}

/// A carrier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransportadoraDespacho {
    /// Code, as in Transportadoras.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codigo: Option<String>,
}

impl TransportadoraDespacho {
    pub(super) fn read(from: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self { codigo: from.text("Codigo")? })
    }
}

#[cfg(test)]
pub(super) mod tests;
