//! PlanoPagamento: payment terms (mapping §4.5).

use engine::{Entity, Key, Mapped, State};
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use super::reasons::Reasons;
use super::{BNF, BONIFICACAO, Refs};
use crate::settings::{Settings, SetupError};
use crate::synced::FromOmie;
use crate::text::{dec, txt};

/// A payment term.
pub struct PlanoPagamento;

/// Cash: the plan that always exists.
pub(super) const A_VISTA: &str = "000";
/// "Custom instalments": a form of entry in Omie, not a plan.
const CUSTOM: &str = "999";

/// Whether bonus orders are sold.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct PlanoPagamentoRefs {
    bonificacao: bool,
}

impl Refs for PlanoPagamentoRefs {
    async fn load(_: &impl State, settings: &Settings, _: Date) -> Result<Self, SetupError> {
        Ok(Self { bonificacao: settings.bonificacao })
    }
}

impl Entity for PlanoPagamento {
    const NAME: &'static str = "planos-pagamentos";
    const AFTER: &'static [&'static str] = &[];
    type Record = omie::FormaPagamento;
    type Row = maxima::PlanoPagamento;
    type Refs = PlanoPagamentoRefs;

    fn key(forma: &omie::FormaPagamento) -> Key {
        txt(forma.codigo.as_str(), 50).unwrap_or_default().into()
    }

    fn map(forma: omie::FormaPagamento, _: &PlanoPagamentoRefs) -> Mapped<maxima::PlanoPagamento> {
        if forma.codigo.trim() == CUSTOM {
            return Mapped::Skip("parcelas informadas à mão no Omie (999) não são um plano");
        }
        let mut reasons = Reasons::default();
        let list = forma.lista_parc.as_deref().unwrap_or_default();
        let days = days_of(list, forma.dias_parc.unwrap_or(0)).unwrap_or_else(|| {
            reasons.note("cListaParc", list, "os dias das parcelas não cabem: corrija a condição no Omie");
            vec![0]
        });
        let is_cash = days.iter().all(|days| *days == 0);
        let row = maxima::PlanoPagamento {
            codplpag: reasons.required("cCodigo", txt(forma.codigo.as_str(), 50), MEND),
            descricao: reasons.required("cDescricao", txt(forma.descricao.as_deref(), 40), MEND),
            numparcelas: forma.qtde_parc,
            numdias: mean(&days),
            prazo1: days[0],
            tipovenda: if is_cash { "VV" } else { "VP" },
            ..maxima::PlanoPagamento::default()
        };
        reasons.verdict(row)
    }

    /// That a client may name this plan, and its instalments: each costs a boleto (mapping §6.4).
    fn facts(forma: &omie::FormaPagamento) -> Option<serde_json::Value> {
        let is_plan = forma.codigo.trim() != CUSTOM && txt(forma.descricao.as_deref(), 40).is_some();
        is_plan.then(|| match forma.qtde_parc {
            Some(parcelas) => serde_json::json!({"parcelas": parcelas}),
            None => serde_json::json!({}),
        })
    }

    fn guaranteed(_: u64, refs: &PlanoPagamentoRefs) -> Vec<(Key, maxima::PlanoPagamento)> {
        let cash = |code: &str, descricao: &str, tipoprazo| maxima::PlanoPagamento {
            codplpag: code.to_owned(),
            descricao: descricao.to_owned(),
            numparcelas: Some(1),
            tipoprazo,
            tipovenda: "VV",
            ..maxima::PlanoPagamento::default()
        };
        let mut plans = vec![(A_VISTA.into(), cash(A_VISTA, "A VISTA", "N"))];
        if refs.bonificacao {
            plans.push((BNF.into(), cash(BNF, BONIFICACAO, "B")));
        }
        plans
    }

    // No retirement: Máxima's plans have no mark. Clients stop naming the plan once its facts are forgotten.
}

impl FromOmie for PlanoPagamento {
    type Listing = omie::ListarFormasPagVendas;
}

const MEND: &str = "preencha na condição de pagamento no Omie";

/// The days of each instalment, `shift` added. The separator is not documented, so every non-digit separates
/// (`contracts/omie.md` §8.6); a list without a number is one instalment after `shift` days (mapping §13.15).
/// None when a number is beyond any calendar.
fn days_of(list: &str, shift: i64) -> Option<Vec<i64>> {
    const CENTURY: i64 = 36_525;
    let within = |days: i64| (-CENTURY..=CENTURY).contains(&days).then_some(days);
    let shift = within(shift)?;
    let mut days = Vec::new();
    for number in list.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()) {
        days.push(within(number.parse().ok()?)? + shift);
    }
    if days.is_empty() {
        days.push(shift);
    }
    Some(days)
}

/// The mean, rounded half up.
fn mean(days: &[i64]) -> i64 {
    let sum: i64 = days.iter().sum();
    let count = i64::try_from(days.len()).unwrap_or(i64::MAX);
    dec(Decimal::from(sum) / Decimal::from(count), 0).to_i64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{reasons, record, rejected_fields, row};
    use super::*;

    const BONUS: PlanoPagamentoRefs = PlanoPagamentoRefs { bonificacao: true };

    fn terms(list: &str, shift: i64) -> maxima::PlanoPagamento {
        let json = format!(
            r#"{{"cCodigo":"A03","cDescricao":"x","nQtdeParc":3,"cListaParc":"{list}","nDiasParc":{shift}}}"#
        );
        row(PlanoPagamento::map(record(&json), &BONUS))
    }

    #[test]
    fn three_instalments_are_a_term_sale_of_their_mean() {
        let forma: omie::FormaPagamento = record(
            r#"{"cCodigo":"A03","cDescricao":"30/60/90","nQtdeParc":3,"cListaParc":"30/60/90","nDiasParc":0}"#,
        );

        assert_eq!(PlanoPagamento::key(&forma), "A03".into());
        assert_eq!(
            row(PlanoPagamento::map(forma, &BONUS)),
            maxima::PlanoPagamento {
                codplpag: "A03".into(),
                numdias: 60,
                vlminpedido: Decimal::ZERO,
                numpr: Decimal::ONE,
                numparcelas: Some(3),
                descricao: "30/60/90".into(),
                tipoprazo: "N",
                vendabk: "S",
                pertxfim: Decimal::ZERO,
                prazo1: 30,
                tipoentrada: 3,
                tipovenda: "VP",
            }
        );
    }

    #[test]
    fn days_are_split_on_every_non_digit_and_shifted() {
        for list in ["10,21", "10 / 21", "D10;D21", "10-21"] {
            let plan = terms(list, 5);
            assert_eq!((plan.prazo1, plan.numdias), (15, 21), "{list}: 20.5 rounds up");
        }
    }

    #[test]
    fn only_zero_days_are_a_cash_sale() {
        assert_eq!(terms("0", 0).tipovenda, "VV");
        assert_eq!(terms("0/0", 0).tipovenda, "VV");
        assert_eq!(terms("0/30", 0).tipovenda, "VP");
        assert_eq!(terms("0", 7).tipovenda, "VP", "the shift makes it a term sale");
    }

    #[test]
    fn a_missing_list_is_one_instalment_after_the_shift() {
        let without: omie::FormaPagamento = record(r#"{"cCodigo":"S07","cDescricao":"x","nDiasParc":7}"#);
        let plan = row(PlanoPagamento::map(without, &BONUS));

        assert_eq!((plan.prazo1, plan.numdias, plan.numparcelas), (7, 7, None));
        assert_eq!((terms("A Vista", 0).numdias, terms("", 0).tipovenda), (0, "VV"));
    }

    #[test]
    fn days_beyond_any_calendar_are_rejected_with_their_text() {
        let forma = record(r#"{"cCodigo":"X","cDescricao":"x","cListaParc":"99999999999999999999"}"#);
        let why = reasons(PlanoPagamento::map(forma, &BONUS));

        assert_eq!((why[0].field.as_str(), why[0].value.as_str()), ("cListaParc", "99999999999999999999"));
    }

    #[test]
    fn a_plan_without_description_is_rejected_and_unknown_to_clients() {
        let forma: omie::FormaPagamento = record(r#"{"cCodigo":"A01","cListaParc":"30"}"#);

        assert_eq!(PlanoPagamento::facts(&forma), None);
        assert_eq!(rejected_fields(PlanoPagamento::map(forma, &BONUS)), ["cDescricao"]);
    }

    #[test]
    fn custom_instalments_are_skipped_and_unknown_to_clients() {
        let forma: omie::FormaPagamento = record(r#"{"cCodigo":"999","cDescricao":"Informar"}"#);

        assert_eq!(PlanoPagamento::facts(&forma), None);
        assert!(matches!(PlanoPagamento::map(forma, &BONUS), Mapped::Skip(_)));
    }

    #[test]
    fn cash_always_exists_and_bonus_when_it_is_sold() {
        let plans = PlanoPagamento::guaranteed(5, &BONUS);
        let kinds: Vec<_> = plans
            .iter()
            .map(|(key, plan)| (key.as_str(), plan.codplpag.as_str(), plan.tipoprazo, plan.tipovenda))
            .collect();

        assert_eq!(kinds, [("000", "000", "N", "VV"), ("BNF", "BNF", "B", "VV")]);
        assert_eq!(PlanoPagamento::guaranteed(5, &PlanoPagamentoRefs::default()).len(), 1);
    }
}
