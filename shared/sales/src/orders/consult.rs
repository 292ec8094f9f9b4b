//! `ConsultarPedido` by our key: the proof of existence before anything is sent again (`contracts/omie.md` §8.24).

use engine::Documents;
use omie::{Call as _, ConsultarPedido, Pedido};
use partner_http::Fault;
use rust_decimal::Decimal;

use super::Orders;
use super::case::{InErp, Order};
use super::include::number;
use super::machine::Consulted;
use super::why;
use crate::patience::spared;
use crate::waiting::wait;

/// Two sums that differ by no more are the same: each side rounds its items.
const ROUNDING: Decimal = Decimal::ONE;

pub(super) async fn consult<S: Documents>(orders: &Orders<'_, S>, order: &Order) -> Consulted {
    let Orders { tenant, state, clock } = orders;
    let call = ConsultarPedido::by_integracao(&order.id);
    match spared(&tenant.omie, ConsultarPedido::METHOD, *state, clock, tenant.omie.call(&call)).await {
        Ok(found) => found_as(order, &found.pedido),
        Err(error) => match &error.fault {
            Fault::NotFound { .. } => Consulted::NotFound,
            _ => Consulted::Unknown { why: why(&error), after: wait(&error) },
        },
    }
}

fn found_as(order: &Order, found: &Pedido) -> Consulted {
    let Some(numero) = found.cabecalho.numero_pedido.as_deref().and_then(number) else {
        let why = "o pedido no Omie ainda não tem número".to_owned();
        return Consulted::Unknown { why, after: super::machine::SETTLE };
    };
    let erp = InErp { codigo_pedido: found.cabecalho.codigo_pedido, numero };
    Consulted::Found { erp, mismatch: mismatch(order, found) }
}

/// What does not fit: an order under our key that is for somebody else, or of another value.
fn mismatch(order: &Order, found: &Pedido) -> Option<String> {
    let theirs = found.cabecalho.codigo_cliente;
    if let (Some(ours), Some(theirs)) = (order.codigo_cliente, theirs)
        && ours != theirs
    {
        return Some(format!("é do cliente {theirs} e o nosso é do cliente {ours}"));
    }
    let ours = order.sent.as_ref()?.goods;
    // Whether Omie's goods are before or after the discount depends on how it was given (`contracts/omie.md` §8.25).
    let theirs = found.total_pedido.as_ref()?.valor_mercadorias?;
    let fits = [ours.gross, ours.net].iter().any(|ours| (theirs - ours).abs() <= ROUNDING);
    (!fits).then(|| format!("tem R$ {theirs} em mercadorias e o nosso R$ {}", ours.net))
}
