//! `IncluirPedido`, and what its answer means to the machine (mapping §6.1.5).

use engine::Documents;
use omie::faults::unknown_words;
use omie::{Call as _, IncluirPedido, NovoPedido};
use partner_http::{CallError, Fault};

use super::Orders;
use super::case::InErp;
use super::machine::Included;
use super::why;
use crate::patience::spared;
use crate::waiting::{AFTER_A_PERSON, wait};

pub(super) async fn include<S: Documents>(orders: &Orders<'_, S>, request: &NovoPedido) -> Included {
    let Orders { tenant, state, clock } = orders;
    let call = IncluirPedido(request.clone());
    match spared(&tenant.omie, IncluirPedido::METHOD, *state, clock, tenant.omie.call(&call)).await {
        Ok(reply) => match number(&reply.numero_pedido) {
            Some(numero) => Included::Done(InErp { codigo_pedido: reply.codigo_pedido, numero }),
            // It is there; what it is called, the order itself says.
            None => Included::Duplicate { words: None },
        },
        Err(error) => failed(&error),
    }
}

/// A failed include: whether it may have been done decides everything.
fn failed(error: &CallError) -> Included {
    match &error.fault {
        Fault::Duplicate { text, .. } => Included::Duplicate { words: Some(text.clone()) },
        Fault::Refused { text } | Fault::NotFound { text } => Included::Refused(text.clone()),
        // A setting of ours, or our own request, is wrong: Omie says so, or it could not even be written. Nothing was
        // done.
        Fault::Misconfigured { text } | Fault::Malformed { text } => Included::Misfit(text.clone()),
        Fault::Unclear | Fault::Empty => Included::Unclear { words: unknown_words(error) },
        Fault::Unauthorized { .. } => Included::NotDone {
            why: "o Omie recusou as credenciais: confira AppKey e AppSecret".to_owned(),
            after: AFTER_A_PERSON,
        },
        // Busy, as the call sees it: it waited here for its turn and never left.
        Fault::Redundant
        | Fault::Busy
        | Fault::RateLimited
        | Fault::Blocked { .. }
        | Fault::Expired
        | Fault::Unavailable => Included::NotDone { why: why(error), after: wait(error) },
    }
}

/// The number on the screen: an integer in text, padded with zeros or not (`contracts/omie.md` §8.23).
pub(super) fn number(text: &str) -> Option<i64> {
    let digits = text.trim();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| is_number && *number > 0)
}
