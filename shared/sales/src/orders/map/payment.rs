//! Account, terms, freight and boleto fee (mapping §6.3, §6.4, §6.6).

use maxima::PedidoMaxima;
use omie::{NovaListaParcelas, NovaParcela, NovoFrete};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{A_VISTA, PedidoRefs, Problem, SEM_PAGAMENTO, Sale};
use crate::text::{code, txt};

/// "Custom instalments" (`contracts/omie.md` §8.6).
const CUSTOM: &str = "999";
/// Places of a share in per cent.
const SHARE: u32 = 4;

/// The account of the payment means: the operator's, or a clear no.
pub(super) fn account(sale: &Sale<'_>, refs: &PedidoRefs<'_>) -> Result<i64, Problem> {
    let accounts = &refs.settings.contas;
    if sale.is_bonus {
        let account = accounts.get(SEM_PAGAMENTO).copied().or(refs.settings.pedidos.conta_bonificacao);
        return account.ok_or_else(|| {
            let text = "bonificação sem conta corrente: o administrador da integração precisa informar a conta do \
                        meio 90 ou ContaBonificacao nos parâmetros";
            Problem::Refuse(text.to_owned())
        });
    }
    accounts.get(sale.means).copied().ok_or_else(|| {
        Problem::Refuse(format!(
            "meio de pagamento {} sem conta corrente: o administrador da integração precisa informá-la nos parâmetros",
            sale.means
        ))
    })
}

/// Codes of payment terms are no longer in Omie (`contracts/omie.md` §8.23).
const LONGEST_PLAN: usize = 3;

/// The plan, and the instalments when the seller has set their days.
pub(super) fn terms(
    pedido: &PedidoMaxima,
    sale: &Sale<'_>,
    total: Decimal,
    refs: &PedidoRefs<'_>,
) -> Result<(String, Option<NovaListaParcelas>), Problem> {
    if sale.is_bonus {
        return Ok((A_VISTA.to_owned(), None));
    }
    let days = &pedido.plano_pagamento.vencimentos_variaveis;
    if days.is_empty() {
        let plan = txt(pedido.plano_pagamento.codigo.as_deref(), LONGEST_PLAN + 1);
        return match plan.filter(|plan| plan != CUSTOM) {
            Some(plan) if plan.chars().count() > LONGEST_PLAN => Err(Problem::Refuse(
                "o plano de pagamento do pedido não é um do Omie: escolha outro".to_owned(),
            )),
            Some(plan) => Ok((plan, None)),
            None => Err(Problem::Refuse("o pedido não tem plano de pagamento".to_owned())),
        };
    }
    let count = Decimal::from(days.len());
    let share = |whole: Decimal, places: u32| {
        (whole / count).round_dp_with_strategy(places, RoundingStrategy::ToZero)
    };
    let (each, each_share) = (share(total, 2), share(Decimal::ONE_HUNDRED, SHARE));
    let others = count - Decimal::ONE;
    let mut parcela = Vec::with_capacity(days.len());
    for (day, numero_parcela) in days.iter().zip(1_i64..) {
        let Some(moment) = day.data_vencimento else {
            return Err(Problem::Refuse(format!("a parcela {numero_parcela} não tem vencimento")));
        };
        let is_last = parcela.len() + 1 == days.len();
        parcela.push(NovaParcela {
            numero_parcela,
            // The last takes the cents.
            valor: if is_last { total - each * others } else { each },
            percentual: if is_last { Decimal::ONE_HUNDRED - each_share * others } else { each_share },
            data_vencimento: moment.date().max(refs.today),
            ..NovaParcela::default()
        });
    }
    Ok((CUSTOM.to_owned(), Some(NovaListaParcelas { parcela })))
}

/// Instalments that would be due before today are due today: Omie takes no day that has passed.
pub(super) fn postponed(pedido: &PedidoMaxima, refs: &PedidoRefs<'_>) -> Option<String> {
    let days = pedido.plano_pagamento.vencimentos_variaveis.iter().zip(1..);
    let past = days.filter(|(day, _)| day.data_vencimento.is_some_and(|moment| moment.date() < refs.today));
    let numbers: Vec<String> = past.map(|(_, number)| number.to_string()).collect();
    let today = refs.today.strftime("%d/%m/%Y");
    (!numbers.is_empty()).then(|| format!("já vencida, a parcela {} ficou para {today}", numbers.join(", ")))
}

/// Freight and fee (mapping §6.4). A freight that is in the prices already is not charged again; one that is in the
/// total and not in the prices is, or Omie's total would not be the one that the seller saw.
pub(super) fn freight(
    pedido: &PedidoMaxima,
    is_freight_apart: bool,
    sale: &Sale<'_>,
    refs: &PedidoRefs<'_>,
) -> NovoFrete {
    let positive = |amount: Decimal| Some(amount).filter(|amount| *amount > Decimal::ZERO);
    let typed = pedido.valor_frete.and_then(positive);
    let valor_frete = match typed {
        Some(_) if pedido.frete_ja_incluso_no_valor_total && !is_freight_apart => None,
        Some(typed) => Some(typed),
        None => positive(refs.settings.pedidos.valor_frete_omie),
    };
    let is_paid_by_buyer =
        pedido.frete_despacho.as_deref().is_some_and(|who| who.trim().eq_ignore_ascii_case("F"));
    let modalidade = match valor_frete {
        None => "9",
        Some(_) if is_paid_by_buyer => "1",
        Some(_) => "0",
    };
    let carrier = pedido.transportadora_despacho.codigo.as_deref();
    NovoFrete {
        modalidade: modalidade.to_owned(),
        valor_frete,
        outras_despesas: fee(pedido, sale, refs).and_then(positive),
        codigo_transportadora: carrier.and_then(|id| id.trim().parse().ok()).filter(|id| code(*id).is_some()),
        ..NovoFrete::default()
    }
}

/// A fee for each instalment, only where a boleto is made.
fn fee(pedido: &PedidoMaxima, sale: &Sale<'_>, refs: &PedidoRefs<'_>) -> Option<Decimal> {
    if !sale.is_boleto || sale.is_bonus {
        return None;
    }
    let variable = pedido.plano_pagamento.vencimentos_variaveis.len();
    let count = match variable {
        0 => pedido.plano_pagamento.numero_parcelas.filter(|count| *count > 0).or(refs.parcelas)?,
        _ => i64::try_from(variable).ok()?,
    };
    Decimal::from(count).checked_mul(refs.settings.pedidos.valor_parcela_boleto_omie)
}

/// What the freight block adds to the goods.
pub(super) fn extras(freight: &NovoFrete) -> Decimal {
    freight.valor_frete.unwrap_or_default() + freight.outras_despesas.unwrap_or_default()
}
