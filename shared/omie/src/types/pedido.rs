//! Pedido: sales orders (`contracts/omie.md §8.25`). What stands in their items is in `item_pedido`.

use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::formats;
use crate::types::{ItemPedido, stamp};

/// A sales order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Pedido {
    /// Who ordered, and where the order stands.
    pub cabecalho: CabecalhoPedido,
    /// Seller, payment means and accounting.
    #[serde(default, deserialize_with = "formats::object")]
    pub informacoes_adicionais: Option<InformacoesAdicionais>,
    /// Freight.
    #[serde(default, deserialize_with = "formats::object")]
    pub frete: Option<FretePedido>,
    /// Sums.
    #[serde(default, deserialize_with = "formats::object")]
    pub total_pedido: Option<TotalPedido>,
    /// What happened to it, and when.
    #[serde(rename = "infoCadastro", default, deserialize_with = "formats::object")]
    pub info_cadastro: Option<InfoCadastro>,
    /// Notes.
    #[serde(default, deserialize_with = "formats::object")]
    pub observacoes: Option<ObservacoesPedido>,
    /// Items, in the order sent.
    #[serde(default, deserialize_with = "formats::list")]
    pub det: Vec<ItemPedido>,
    /// Instalments.
    #[serde(default, deserialize_with = "formats::object")]
    pub lista_parcelas: Option<ListaParcelas>,
}

/// Who ordered, and where the order stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct CabecalhoPedido {
    /// Identity.
    #[serde(deserialize_with = "formats::id")]
    pub codigo_pedido: i64,
    /// The integrator's key; empty for orders typed in.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_pedido_integracao: Option<String>,
    /// Number on the screen: an integer in text, padded with zeros or not.
    #[serde(default, deserialize_with = "formats::text")]
    pub numero_pedido: Option<String>,
    /// Blocked.
    #[serde(default, deserialize_with = "formats::sn")]
    pub bloqueado: Option<bool>,
    /// Closed.
    #[serde(default, deserialize_with = "formats::sn")]
    pub encerrado: Option<bool>,
    /// Included through the API.
    #[serde(default, deserialize_with = "formats::sn")]
    pub importado_api: Option<bool>,
    /// `codigo_cliente_omie` of [`Cliente`](crate::Cliente).
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_cliente: Option<i64>,
    /// Stage, two characters. A cancelled order keeps its stage.
    #[serde(default, deserialize_with = "formats::text")]
    pub etapa: Option<String>,
    /// Payment term, `cCodigo` of [`FormaPagamento`](crate::FormaPagamento).
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_parcela: Option<String>,
    /// `API`, `MLV` or nothing.
    #[serde(default, deserialize_with = "formats::text")]
    pub origem_pedido: Option<String>,
    /// The company; deprecated by Omie, and may be absent.
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_empresa: Option<i64>,
    /// How many items it has.
    #[serde(default, deserialize_with = "formats::integer")]
    pub quantidade_itens: Option<i64>,
    /// Day it is expected to be billed.
    #[serde(default, deserialize_with = "formats::date")]
    pub data_previsao: Option<Date>,
}

/// Seller, payment means and accounting of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct InformacoesAdicionais {
    /// Seller; Omie also sends 0 for none.
    #[serde(rename = "codVend", default, deserialize_with = "formats::integer")]
    pub cod_vend: Option<i64>,
    /// Payment means, `codigo` of [`MeioPagamento`](crate::MeioPagamento).
    #[serde(default, deserialize_with = "formats::text")]
    pub meio_pagamento: Option<String>,
    /// Category.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_categoria: Option<String>,
    /// Current account.
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_conta_corrente: Option<i64>,
}

/// Freight of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct FretePedido {
    /// Who pays: the code of the invoice.
    #[serde(default, deserialize_with = "formats::text")]
    pub modalidade: Option<String>,
    /// Freight, in reais.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_frete: Option<Decimal>,
    /// Other charges, in reais.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub outras_despesas: Option<Decimal>,
    /// Carrier; Omie also sends 0 for none.
    #[serde(default, deserialize_with = "formats::integer")]
    pub codigo_transportadora: Option<i64>,
}

/// Sums of an order, in reais.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct TotalPedido {
    /// Goods, without the discount.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_mercadorias: Option<Decimal>,
    /// All of it.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_total_pedido: Option<Decimal>,
    /// Discounts.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_descontos: Option<Decimal>,
    /// IPI.
    #[serde(rename = "valor_IPI", default, deserialize_with = "formats::decimal")]
    pub valor_ipi: Option<Decimal>,
    /// ICMS paid in advance (substituição tributária).
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor_st: Option<Decimal>,
}

/// What happened to an order, and when, in the local time of the account. The day and time of an event come
/// only after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct InfoCadastro {
    /// Day of inclusion.
    #[serde(rename = "dInc", default, deserialize_with = "formats::date")]
    pub data_inc: Option<Date>,
    /// Time of inclusion.
    #[serde(rename = "hInc", default, deserialize_with = "formats::time")]
    pub hora_inc: Option<Time>,
    /// Who included it; `WEBSERVICE` for orders of the API.
    #[serde(rename = "uInc", default, deserialize_with = "formats::text")]
    pub usuario_inc: Option<String>,
    /// Day of the last change.
    #[serde(rename = "dAlt", default, deserialize_with = "formats::date")]
    pub data_alt: Option<Date>,
    /// Time of the last change.
    #[serde(rename = "hAlt", default, deserialize_with = "formats::time")]
    pub hora_alt: Option<Time>,
    /// Cancelled.
    #[serde(default, deserialize_with = "formats::sn")]
    pub cancelado: Option<bool>,
    /// Day of the cancellation.
    #[serde(rename = "dCan", default, deserialize_with = "formats::date")]
    pub data_can: Option<Date>,
    /// Time of the cancellation.
    #[serde(rename = "hCan", default, deserialize_with = "formats::time")]
    pub hora_can: Option<Time>,
    /// Billed.
    #[serde(default, deserialize_with = "formats::sn")]
    pub faturado: Option<bool>,
    /// Day of billing.
    #[serde(rename = "dFat", default, deserialize_with = "formats::date")]
    pub data_fat: Option<Date>,
    /// Time of billing.
    #[serde(rename = "hFat", default, deserialize_with = "formats::time")]
    pub hora_fat: Option<Time>,
    /// The invoice is authorised.
    #[serde(default, deserialize_with = "formats::sn")]
    pub autorizado: Option<bool>,
    /// The invoice is denied.
    #[serde(default, deserialize_with = "formats::sn")]
    pub denegado: Option<bool>,
    /// Returned, all of it.
    #[serde(default, deserialize_with = "formats::sn")]
    pub devolvido: Option<bool>,
    /// Returned in part.
    #[serde(default, deserialize_with = "formats::sn")]
    pub devolvido_parcial: Option<bool>,
    /// Included through the API.
    #[serde(rename = "cImpAPI", default, deserialize_with = "formats::sn")]
    pub imp_api: Option<bool>,
}

impl InfoCadastro {
    /// The latest moment that it tells of. An event without its time counts from the start of its day, so that it is
    /// never taken for later than it was.
    pub fn latest(&self) -> Option<DateTime> {
        let stamps = [
            stamp(self.data_inc, self.hora_inc),
            stamp(self.data_alt, self.hora_alt),
            stamp(self.data_fat, self.hora_fat),
            stamp(self.data_can, self.hora_can),
        ];
        stamps.into_iter().flatten().max()
    }
}

/// Notes of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ObservacoesPedido {
    /// Of the sale.
    #[serde(default, deserialize_with = "formats::text")]
    pub obs_venda: Option<String>,
}

/// Instalments of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ListaParcelas {
    /// In the order sent.
    #[serde(default, deserialize_with = "formats::list")]
    pub parcela: Vec<ParcelaPedido>,
}

/// An instalment of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ParcelaPedido {
    /// Which one, from 1.
    #[serde(default, deserialize_with = "formats::integer")]
    pub numero_parcela: Option<i64>,
    /// Its value, in reais.
    #[serde(default, deserialize_with = "formats::decimal")]
    pub valor: Option<Decimal>,
    /// Day it is due.
    #[serde(default, deserialize_with = "formats::date")]
    pub data_vencimento: Option<Date>,
    /// Payment means, `codigo` of [`MeioPagamento`](crate::MeioPagamento).
    #[serde(default, deserialize_with = "formats::text")]
    pub meio_pagamento: Option<String>,
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn the_latest_of_its_events_is_what_an_order_is_as_late_as() {
        let included = InfoCadastro {
            data_inc: Some(date(2025, 2, 2)),
            hora_inc: Some(time(8, 3, 11, 0)),
            ..InfoCadastro::default()
        };
        let day = Some(date(2025, 2, 3));

        assert_eq!(included.latest(), Some(date(2025, 2, 2).at(8, 3, 11, 0)));
        let billed = InfoCadastro { data_fat: day, hora_fat: Some(time(9, 0, 0, 0)), ..included.clone() };
        assert_eq!(billed.latest(), Some(date(2025, 2, 3).at(9, 0, 0, 0)));
        let cancelled = InfoCadastro { data_can: day, hora_can: Some(time(9, 1, 0, 0)), ..billed.clone() };
        assert_eq!(cancelled.latest(), Some(date(2025, 2, 3).at(9, 1, 0, 0)));
        let changed = InfoCadastro { data_alt: day, ..billed };
        assert_eq!(changed.latest(), Some(date(2025, 2, 3).at(9, 0, 0, 0)), "a day alone is no later");
        assert_eq!(InfoCadastro::default().latest(), None);
    }
}
