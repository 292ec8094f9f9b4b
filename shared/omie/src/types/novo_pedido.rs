//! NovoPedido: a sales order as Omie takes it (`contracts/omie.md §8.23`). Its items are in `novo_item`.
//!
//! Members that Omie numbers or computes itself (`numero_pedido`, `codigo_empresa`) are not here: it refuses
//! some of them. `Default` is there for `..Default::default()`; the members without `Option` are mandatory.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::formats;
use crate::types::NovoItem;

/// A sales order to include.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovoPedido {
    /// Who orders, when it is due and how it is paid.
    pub cabecalho: NovoCabecalho,
    /// Items; at most 199 (`contracts/omie-maxima-mapping.md §6.1`).
    pub det: Vec<NovoItem>,
    /// Freight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frete: Option<NovoFrete>,
    /// Category, account, seller and payment means.
    pub informacoes_adicionais: NovasInformacoes,
    /// Instalments; only with `codigo_parcela` 999.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lista_parcelas: Option<NovaListaParcelas>,
    /// Notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observacoes: Option<NovasObservacoes>,
}

/// Who orders, when it is due and how it is paid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovoCabecalho {
    /// The integrator's key, up to 60 characters: what makes a second include fail instead of doubling the order.
    pub codigo_pedido_integracao: String,
    /// `codigo_cliente_omie` of [`Cliente`](crate::Cliente).
    pub codigo_cliente: i64,
    /// Day it is expected to be billed: today or later.
    #[serde(with = "formats::both::date")]
    pub data_previsao: Date,
    /// Stage it starts in: 10, 20, 30, 40 or 50.
    pub etapa: String,
    /// Payment term, `cCodigo` of [`FormaPagamento`](crate::FormaPagamento); 999 needs `qtde_parcelas` and
    /// `lista_parcelas`, 000 is cash.
    pub codigo_parcela: String,
    /// How many instalments; only with 999.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qtde_parcelas: Option<i64>,
    /// How many items; Omie counts them itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantidade_itens: Option<i64>,
    /// Where the order comes from: `API`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origem_pedido: Option<String>,
    /// Tax scenario; the default one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codigo_cenario_impostos: Option<i64>,
    /// Kind of discount on the whole order: `V` or `P`. Refused when items have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tipo_desconto_pedido: Option<String>,
    /// Discount on the whole order, per cent.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::decimal")]
    pub perc_desconto_pedido: Option<Decimal>,
    /// Discount on the whole order, in reais.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::decimal")]
    pub valor_desconto_pedido: Option<Decimal>,
    /// Make no boleto.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub nao_gerar_boleto: Option<bool>,
}

/// Freight of an order to include.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovoFrete {
    /// Who pays: 0 sender, 1 receiver, 2 third party, 3 and 4 own transport, 9 none. Mandatory.
    pub modalidade: String,
    /// Freight, in reais.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::decimal")]
    pub valor_frete: Option<Decimal>,
    /// Insurance, in reais.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::decimal")]
    pub valor_seguro: Option<Decimal>,
    /// Other charges, in reais.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::decimal")]
    pub outras_despesas: Option<Decimal>,
    /// Carrier: the id of a client tagged as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codigo_transportadora: Option<i64>,
}

/// Category, account, seller and payment means of an order to include.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovasInformacoes {
    /// Category.
    pub codigo_categoria: String,
    /// Current account.
    pub codigo_conta_corrente: i64,
    /// The client is the final consumer.
    #[serde(with = "formats::both::sn")]
    pub consumidor_final: bool,
    /// Send the order by e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub enviar_email: Option<bool>,
    /// To whom, separated by comma.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utilizar_emails: Option<String>,
    /// Seller, `codigo` of [`Vendedor`](crate::Vendedor).
    #[serde(rename = "codVend", default, skip_serializing_if = "Option::is_none")]
    pub cod_vend: Option<i64>,
    /// The client's own number of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numero_pedido_cliente: Option<String>,
    /// Payment means of every instalment, `codigo` of [`MeioPagamento`](crate::MeioPagamento).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meio_pagamento: Option<String>,
    /// What 99 stands for; only with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descr_meio_pagamento: Option<String>,
    /// Text on the invoice; `|` parts its lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dados_adicionais_nf: Option<String>,
    /// Contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contato: Option<String>,
}

/// Instalments of an order to include.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovaListaParcelas {
    /// They add up to the order, and their shares to 100.
    pub parcela: Vec<NovaParcela>,
}

/// An instalment of an order to include.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovaParcela {
    /// Which one, from 1.
    pub numero_parcela: i64,
    /// Its value, in reais.
    #[serde(with = "formats::both::decimal")]
    pub valor: Decimal,
    /// Its share of the order, per cent.
    #[serde(with = "formats::both::decimal")]
    pub percentual: Decimal,
    /// Day it is due.
    #[serde(with = "formats::both::date")]
    pub data_vencimento: Date,
    /// Days from the order to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantidade_dias: Option<i64>,
    /// Payment means, where it is not that of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meio_pagamento: Option<String>,
    /// Make no boleto.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::sn")]
    pub nao_gerar_boleto: Option<bool>,
}

/// Notes of an order to include.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NovasObservacoes {
    /// Of the sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obs_venda: Option<String>,
}
