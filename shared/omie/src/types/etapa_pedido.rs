//! EtapaPedido: the stages that orders went through (`contracts/omie.md §8.29`).

use jiff::civil::{Date, DateTime, Time};
use serde::Deserialize;

use crate::formats;
use crate::types::{Info, stamp};

/// A stage that an order is in or was in, with what else had happened to the order. Days and times are those of
/// the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct EtapaPedido {
    /// Identity of the order, `codigo_pedido` of [`Pedido`](crate::Pedido).
    #[serde(rename = "nCodPed", deserialize_with = "formats::id")]
    pub cod_ped: i64,
    /// The integrator's key of the order; empty for orders typed in.
    #[serde(rename = "cCodIntPed", default, deserialize_with = "formats::text")]
    pub cod_int_ped: Option<String>,
    /// Number on the screen: an integer in text, padded with zeros or not.
    #[serde(rename = "cNumero", default, deserialize_with = "formats::text")]
    pub numero: Option<String>,
    /// Stage, two characters. A cancelled order keeps its stage.
    #[serde(rename = "cEtapa", default, deserialize_with = "formats::text")]
    pub etapa: Option<String>,
    /// Day it came into the stage.
    #[serde(rename = "dDtEtapa", default, deserialize_with = "formats::date")]
    pub dt_etapa: Option<Date>,
    /// Time it came into the stage.
    #[serde(rename = "cHrEtapa", default, deserialize_with = "formats::time")]
    pub hr_etapa: Option<Time>,
    /// Who brought it there.
    #[serde(rename = "cUsEtapa", default, deserialize_with = "formats::text")]
    pub us_etapa: Option<String>,
    /// Its invoice.
    #[serde(default, deserialize_with = "formats::object")]
    pub faturamento: Option<FaturamentoEtapa>,
    /// Its cancellation.
    #[serde(default, deserialize_with = "formats::object")]
    pub cancelamento: Option<CancelamentoEtapa>,
    /// Its return.
    #[serde(default, deserialize_with = "formats::object")]
    pub devolucao: Option<DevolucaoEtapa>,
    /// Change stamps.
    #[serde(default, deserialize_with = "formats::object")]
    pub info: Option<Info>,
}

/// The invoice of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct FaturamentoEtapa {
    /// Billed.
    #[serde(rename = "cFaturado", default, deserialize_with = "formats::sn")]
    pub faturado: Option<bool>,
    /// Day of billing.
    #[serde(rename = "dDtFat", default, deserialize_with = "formats::date")]
    pub dt_fat: Option<Date>,
    /// Time of billing.
    #[serde(rename = "cHrFat", default, deserialize_with = "formats::time")]
    pub hr_fat: Option<Time>,
    /// The invoice is authorised.
    #[serde(rename = "cAutorizado", default, deserialize_with = "formats::sn")]
    pub autorizado: Option<bool>,
    /// The invoice is denied.
    #[serde(rename = "cDenegado", default, deserialize_with = "formats::sn")]
    pub denegado: Option<bool>,
    /// `P` for a real invoice, `H` for a trial.
    #[serde(rename = "cAmbiente", default, deserialize_with = "formats::text")]
    pub ambiente: Option<String>,
    /// Access key of the invoice.
    #[serde(rename = "cChaveNFE", default, deserialize_with = "formats::text")]
    pub chave_nfe: Option<String>,
    /// Number of the invoice, padded with zeros.
    #[serde(rename = "cNumNFE", default, deserialize_with = "formats::text")]
    pub num_nfe: Option<String>,
    /// Series of the invoice.
    #[serde(rename = "cSerieNFE", default, deserialize_with = "formats::text")]
    pub serie_nfe: Option<String>,
    /// Day the goods leave. Omie spells it so.
    #[serde(rename = "dDtSainda", default, deserialize_with = "formats::date")]
    pub dt_saida: Option<Date>,
    /// Time the goods leave.
    #[serde(rename = "cHrSaida", default, deserialize_with = "formats::time")]
    pub hr_saida: Option<Time>,
}

/// The cancellation of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct CancelamentoEtapa {
    /// Cancelled.
    #[serde(rename = "cCancelado", default, deserialize_with = "formats::sn")]
    pub cancelado: Option<bool>,
    /// Day of the cancellation.
    #[serde(rename = "dDtCanc", default, deserialize_with = "formats::date")]
    pub dt_canc: Option<Date>,
    /// Time of the cancellation.
    #[serde(rename = "cHrCanc", default, deserialize_with = "formats::time")]
    pub hr_canc: Option<Time>,
    /// Who cancelled it.
    #[serde(rename = "cUsCanc", default, deserialize_with = "formats::text")]
    pub us_canc: Option<String>,
}

/// The return of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct DevolucaoEtapa {
    /// Returned.
    #[serde(rename = "cDevolvido", default, deserialize_with = "formats::sn")]
    pub devolvido: Option<bool>,
    /// Day of the return.
    #[serde(rename = "dDtDev", default, deserialize_with = "formats::date")]
    pub dt_dev: Option<Date>,
    /// Time of the return.
    #[serde(rename = "cHrDev", default, deserialize_with = "formats::time")]
    pub hr_dev: Option<Time>,
    /// Who entered it.
    #[serde(rename = "cUsDev", default, deserialize_with = "formats::text")]
    pub us_dev: Option<String>,
}

impl EtapaPedido {
    /// The latest moment that this row tells of: the stage, the invoice, the cancellation or the return. An event
    /// without its time counts from the start of its day, so that it is never taken for later than it was.
    pub fn latest(&self) -> Option<DateTime> {
        let stamps = [
            stamp(self.dt_etapa, self.hr_etapa),
            self.faturamento.as_ref().and_then(|invoice| stamp(invoice.dt_fat, invoice.hr_fat)),
            self.cancelamento.as_ref().and_then(|end| stamp(end.dt_canc, end.hr_canc)),
            self.devolucao.as_ref().and_then(|end| stamp(end.dt_dev, end.hr_dev)),
        ];
        stamps.into_iter().flatten().max()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn row() -> EtapaPedido {
        EtapaPedido {
            dt_etapa: Some(date(2025, 2, 2)),
            hr_etapa: Some(time(8, 3, 11, 0)),
            ..Default::default()
        }
    }

    #[test]
    fn each_kind_of_event_can_be_the_latest() {
        let later = date(2025, 2, 3);
        let billed = FaturamentoEtapa { dt_fat: Some(later), ..Default::default() };
        let cancelled =
            CancelamentoEtapa { dt_canc: Some(later), hr_canc: Some(time(7, 0, 0, 0)), ..Default::default() };
        let returned =
            DevolucaoEtapa { dt_dev: Some(later), hr_dev: Some(time(9, 0, 0, 0)), ..Default::default() };

        assert_eq!(row().latest(), Some(date(2025, 2, 2).at(8, 3, 11, 0)));
        let row = EtapaPedido { faturamento: Some(billed), ..row() };
        assert_eq!(row.latest(), Some(later.at(0, 0, 0, 0)));
        let row = EtapaPedido { cancelamento: Some(cancelled), ..row };
        assert_eq!(row.latest(), Some(later.at(7, 0, 0, 0)));
        let row = EtapaPedido { devolucao: Some(returned), ..row };
        assert_eq!(row.latest(), Some(later.at(9, 0, 0, 0)));
    }

    #[test]
    fn a_day_without_its_time_is_not_later_than_a_time_of_that_day() {
        let billed = FaturamentoEtapa { dt_fat: Some(date(2025, 2, 2)), ..Default::default() };
        let row = EtapaPedido { faturamento: Some(billed), ..row() };

        assert_eq!(row.latest(), Some(date(2025, 2, 2).at(8, 3, 11, 0)));
    }

    #[test]
    fn a_row_without_days_has_no_moment() {
        assert_eq!(EtapaPedido { hr_etapa: Some(time(8, 0, 0, 0)), ..Default::default() }.latest(), None);
    }
}
