//! Everything before the include: whether the order is for Omie at all, its customer, its request. Sends nothing that
//! changes anything.

use engine::{Entity as _, Fingerprint, FlowState, Key, Ledger};
use jiff::civil::Date;
use maxima::PedidoMaxima;
use omie::{NovoCabecalho, NovoPedido};

use super::case::Order;
use super::machine::Prepared;
use super::map::{self, PedidoRefs};
use super::{Orders, customer};
use crate::entities::{Filial, PlanoPagamento};
use crate::praca::day_in_sao_paulo;
use crate::settings::SetupError;
use crate::text::txt;
use crate::waiting::{BUSY, SOON};

pub(super) async fn prepare<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Prepared {
    let Some(pedido) = &order.pedido else {
        return Prepared::Refuse(order.why.clone().unwrap_or_else(|| "pedido ilegível".to_owned()));
    };
    if let Some(why) = not_for_omie(pedido) {
        return Prepared::Skip(why.to_owned());
    }
    match prepared(orders, order, pedido).await {
        Ok(prepared) | Err(prepared) => prepared,
    }
}

/// Why an order stays here (mapping §6.1.2). Each of them can change, and then Máxima shows another order.
fn not_for_omie(pedido: &PedidoMaxima) -> Option<&'static str> {
    if pedido.cancelado {
        return Some("cancelado pelo vendedor");
    }
    if pedido.eh_orcamento {
        return Some("é um orçamento");
    }
    if pedido.pedido_bloqueado_envio_erp {
        return Some("bloqueado na Máxima para envio ao ERP");
    }
    pedido.produtos.is_empty().then_some("não tem itens")
}

async fn prepared<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
    pedido: &PedidoMaxima,
) -> Result<Prepared, Prepared> {
    let settings = &orders.tenant.settings;
    let (filial, uf) = Filial::padrao_e_uf(orders.state, settings).await.map_err(|error| setup(&error))?;
    let parcelas = instalments(orders.state, pedido).await?;
    let today = day_in_sao_paulo(orders.clock.now());
    let age = clock::until(order.since, orders.clock.now());
    let comprador = customer::resolve(orders, &pedido.cliente, age).await?;
    let refs = PedidoRefs { settings, today, uf, parcelas };
    let mapped = map::map(&order.id, pedido, &comprador, &refs)?;
    Ok(Prepared::Ready {
        digest: digest(&mapped.request),
        request: Box::new(mapped.request),
        goods: mapped.goods,
        codigo_cliente: comprador.codigo,
        warning: join(mapped.warning, of_another_branch(pedido, &filial)),
    })
}

/// The branch that the order names.
pub(super) fn branch_named(pedido: &PedidoMaxima) -> Option<String> {
    txt(pedido.filial.codigo.as_deref(), 50)
}

/// Omie's key is of one company, and the order goes there, whatever branch it names.
fn of_another_branch(pedido: &PedidoMaxima, standard: &str) -> Option<String> {
    let named = branch_named(pedido).filter(|named| named != standard)?;
    Some(format!(
        "o pedido é da filial {named} e foi para a filial padrão {standard}: confira a empresa no Omie"
    ))
}

fn join(first: Option<String>, second: Option<String>) -> Option<String> {
    let all: Vec<String> = first.into_iter().chain(second).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// What makes two requests the same to Omie's rules: all but the day, which moves by itself.
fn digest(request: &NovoPedido) -> String {
    let cabecalho = NovoCabecalho { data_previsao: Date::default(), ..request.cabecalho.clone() };
    Fingerprint::of(&NovoPedido { cabecalho, ..request.clone() }).as_str().to_owned()
}

/// `nQtdeParc` of the order's plan.
async fn instalments(ledger: &impl Ledger, pedido: &PedidoMaxima) -> Result<Option<i64>, Prepared> {
    let Some(plan) = &pedido.plano_pagamento.codigo else { return Ok(None) };
    let known = ledger.known(PlanoPagamento::NAME, &[Key::from(plan.as_str())]).await;
    let known = known.map_err(|_| busy())?;
    let entry = known.into_values().next();
    Ok(entry.and_then(|entry| entry.facts?.get("parcelas")?.as_i64()))
}

fn setup(error: &SetupError) -> Prepared {
    match error {
        SetupError::State(_) => busy(),
        SetupError::Incomplete(problems) => {
            let texts: Vec<&str> = problems.iter().map(|problem| problem.text.as_str()).collect();
            Prepared::Hold(texts.join("; "))
        }
    }
}

/// The store did not answer.
pub(super) fn busy() -> Prepared {
    Prepared::Wait { why: BUSY.to_owned(), after: SOON }
}

#[cfg(test)]
mod tests {
    use maxima::FilialPedido;

    use super::*;

    #[test]
    fn an_order_of_another_branch_is_told_of_and_one_that_names_none_is_not() {
        let of = |codigo: Option<&str>| {
            let filial = FilialPedido { codigo: codigo.map(str::to_owned) };
            of_another_branch(&PedidoMaxima { filial, ..PedidoMaxima::default() }, "3456789012")
        };

        assert_eq!(
            [None, Some(" "), Some("3456789012"), Some(" 3456789012 ")].map(of),
            [None, None, None, None]
        );
        let told = of(Some("2")).expect("another branch");
        assert!(told.contains("filial 2") && told.contains("padrão 3456789012"), "{told}");
        assert_eq!(join(Some("a".to_owned()), Some("b".to_owned())).as_deref(), Some("a; b"));
    }
}
