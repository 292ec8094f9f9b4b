//! Titulo: receivables with their payments (`contracts/omie.md §8.30`), and those that were deleted
//! (`§8.31`).

use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::formats;
use crate::types::Info;

/// A title to receive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "AsSent")]
pub struct Titulo {
    /// What it is.
    pub cabec: CabecTitulo,
    /// Its payments, in the order sent.
    pub lancamentos: Vec<Lancamento>,
    /// Its sums; prefer them over adding up the payments.
    pub resumo: Option<ResumoTitulo>,
    /// Change stamps; they come when `lDadosCad` is asked for.
    pub info: Option<Info>,
}

/// The contract does not say in which of the two places the stamps stand.
#[derive(Deserialize)]
#[serde(rename = "Titulo")]
struct AsSent {
    #[serde(rename = "cabecTitulo")]
    cabec: CabecTitulo,
    #[serde(default, deserialize_with = "formats::list")]
    lancamentos: Vec<Lancamento>,
    #[serde(default, deserialize_with = "formats::object")]
    resumo: Option<ResumoTitulo>,
    #[serde(default, deserialize_with = "formats::object")]
    info: Option<Info>,
}

impl From<AsSent> for Titulo {
    fn from(sent: AsSent) -> Self {
        let AsSent { mut cabec, lancamentos, resumo, info } = sent;
        let inside = cabec.info.take();
        Self { cabec, lancamentos, resumo, info: info.or(inside) }
    }
}

/// What a title is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct CabecTitulo {
    /// Identity.
    #[serde(rename = "nCodTitulo", deserialize_with = "formats::id")]
    pub cod_titulo: i64,
    /// The integrator's key.
    #[serde(rename = "cCodIntTitulo", default, deserialize_with = "formats::text")]
    pub cod_int_titulo: Option<String>,
    /// Number on the screen.
    #[serde(rename = "cNumTitulo", default, deserialize_with = "formats::text")]
    pub num_titulo: Option<String>,
    /// `codigo_cliente_omie` of [`Cliente`](crate::Cliente).
    #[serde(rename = "nCodCliente", default, deserialize_with = "formats::integer")]
    pub cod_cliente: Option<i64>,
    /// The order or service order behind it, by id.
    #[serde(rename = "nCodOS", default, deserialize_with = "formats::integer")]
    pub cod_os: Option<i64>,
    /// The order or service order behind it, by number.
    #[serde(rename = "cNumOS", default, deserialize_with = "formats::text")]
    pub num_os: Option<String>,
    /// Number of the invoice; absent before billing.
    #[serde(rename = "cNumDocFiscal", default, deserialize_with = "formats::text")]
    pub num_doc_fiscal: Option<String>,
    /// Instalment and how many: `001/003`.
    #[serde(rename = "cNumParcela", default, deserialize_with = "formats::text")]
    pub num_parcela: Option<String>,
    /// Day of issue.
    #[serde(rename = "dDtEmissao", default, deserialize_with = "formats::date")]
    pub dt_emissao: Option<Date>,
    /// Day it is due.
    #[serde(rename = "dDtVenc", default, deserialize_with = "formats::date")]
    pub dt_venc: Option<Date>,
    /// Day the payment is expected.
    #[serde(rename = "dDtPrevisao", default, deserialize_with = "formats::date")]
    pub dt_previsao: Option<Date>,
    /// Day it was paid.
    #[serde(rename = "dDtPagamento", default, deserialize_with = "formats::date")]
    pub dt_pagamento: Option<Date>,
    /// Day it was cancelled.
    #[serde(rename = "dDtCanc", default, deserialize_with = "formats::date")]
    pub dt_canc: Option<Date>,
    /// Day it was entered in the books.
    #[serde(rename = "dDtRegistro", default, deserialize_with = "formats::date")]
    pub dt_registro: Option<Date>,
    /// Its value, in reais.
    #[serde(rename = "nValorTitulo", default, deserialize_with = "formats::decimal")]
    pub valor_titulo: Option<Decimal>,
    /// `CANCELADO`, `RECEBIDO`, `LIQUIDADO`, `EMABERTO`, `PAGTO_PARCIAL`, `VENCEHOJE`, `AVENCER`, `ATRASADO`;
    /// with a boleto also `A VENCER (BOLETO GERADO)`.
    #[serde(rename = "cStatus", default, deserialize_with = "formats::text")]
    pub status: Option<String>,
    /// `BOL`, `CRT`, `CHQ`, …
    #[serde(rename = "cTipo", default, deserialize_with = "formats::text")]
    pub tipo: Option<String>,
    /// `11` product sale, `12` sale at the point of sale, `01` service, …
    #[serde(rename = "cOperacao", default, deserialize_with = "formats::text")]
    pub operacao: Option<String>,
    /// Which part of Omie made it.
    #[serde(rename = "cOrigem", default, deserialize_with = "formats::text")]
    pub origem: Option<String>,
    /// `R` to receive.
    #[serde(rename = "cNatureza", default, deserialize_with = "formats::text")]
    pub natureza: Option<String>,
    /// Seller; a number in spite of its name, and Omie also sends 0 for none.
    #[serde(rename = "cCodVendedor", default, deserialize_with = "formats::integer")]
    pub cod_vendedor: Option<i64>,
    /// Current account.
    #[serde(rename = "nCodCC", default, deserialize_with = "formats::integer")]
    pub cod_cc: Option<i64>,
    /// Category.
    #[serde(rename = "cCodCateg", default, deserialize_with = "formats::text")]
    pub cod_categ: Option<String>,
    /// Bar code of the boleto (44 digits) or the line to type in (47).
    #[serde(rename = "cCodigoBarras", default, deserialize_with = "formats::text")]
    pub codigo_barras: Option<String>,
    /// Number of the boleto.
    #[serde(rename = "cNumBoleto", default, deserialize_with = "formats::text")]
    pub num_boleto: Option<String>,
    /// Access key of the invoice.
    #[serde(rename = "cChaveNFe", default, deserialize_with = "formats::text")]
    pub chave_nfe: Option<String>,
    /// The invoice, by id.
    #[serde(rename = "nCodNF", default, deserialize_with = "formats::integer")]
    pub cod_nf: Option<i64>,
    /// Always moved to [`Titulo::info`].
    #[serde(default, deserialize_with = "formats::object")]
    pub info: Option<Info>,
}

/// A payment of a title.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Lancamento {
    /// The payment, by id.
    #[serde(rename = "nCodLanc", default, deserialize_with = "formats::integer")]
    pub cod_lanc: Option<i64>,
    /// Its day.
    #[serde(rename = "dDtLanc", default, deserialize_with = "formats::date")]
    pub dt_lanc: Option<Date>,
    /// Its value, in reais.
    #[serde(rename = "nValLanc", default, deserialize_with = "formats::decimal")]
    pub val_lanc: Option<Decimal>,
    /// Interest, in reais.
    #[serde(rename = "nJuros", default, deserialize_with = "formats::decimal")]
    pub juros: Option<Decimal>,
    /// Fine, in reais.
    #[serde(rename = "nMulta", default, deserialize_with = "formats::decimal")]
    pub multa: Option<Decimal>,
    /// Discount, in reais.
    #[serde(rename = "nDesconto", default, deserialize_with = "formats::decimal")]
    pub desconto: Option<Decimal>,
    /// Current account.
    #[serde(rename = "nCodCC", default, deserialize_with = "formats::integer")]
    pub cod_cc: Option<i64>,
    /// `R` to receive.
    #[serde(rename = "cNatureza", default, deserialize_with = "formats::text")]
    pub natureza: Option<String>,
}

/// The sums of a title, in reais.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ResumoTitulo {
    /// Settled.
    #[serde(rename = "cLiquidado", default, deserialize_with = "formats::sn")]
    pub liquidado: Option<bool>,
    /// Paid.
    #[serde(rename = "nValPago", default, deserialize_with = "formats::decimal")]
    pub val_pago: Option<Decimal>,
    /// Still to pay.
    #[serde(rename = "nValAberto", default, deserialize_with = "formats::decimal")]
    pub val_aberto: Option<Decimal>,
    /// Discount.
    #[serde(rename = "nDesconto", default, deserialize_with = "formats::decimal")]
    pub desconto: Option<Decimal>,
    /// Interest.
    #[serde(rename = "nJuros", default, deserialize_with = "formats::decimal")]
    pub juros: Option<Decimal>,
    /// Fine.
    #[serde(rename = "nMulta", default, deserialize_with = "formats::decimal")]
    pub multa: Option<Decimal>,
    /// Net.
    #[serde(rename = "nValLiquido", default, deserialize_with = "formats::decimal")]
    pub val_liquido: Option<Decimal>,
}

/// A title that was deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct TituloExcluido {
    /// Identity of the title.
    #[serde(rename = "nCodTitulo", deserialize_with = "formats::id")]
    pub cod_titulo: i64,
    /// Day of the deletion.
    #[serde(rename = "dDataExc", default, deserialize_with = "formats::date")]
    pub data_exc: Option<Date>,
    /// Time of the deletion, local.
    #[serde(rename = "cHoraExc", default, deserialize_with = "formats::time")]
    pub hora_exc: Option<Time>,
    /// `E` deleted.
    #[serde(rename = "cAcao", default, deserialize_with = "formats::text")]
    pub acao: Option<String>,
}
