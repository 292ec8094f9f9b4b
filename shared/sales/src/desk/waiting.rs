//! What a record waits for, in words.

use jiff::Timestamp;

use super::timeline::Waiting;
use super::words::local;
use crate::customers::{self, Customer};
use crate::orders::{self, Order};

/// Nothing goes on but by somebody's word.
const NOBODY: &str = "só anda com a decisão de um operador";

pub(super) fn order_waits(order: &Order) -> Option<Waiting> {
    use orders::Stage;
    let why = order.why.as_deref();
    let what = match order.stage {
        Stage::New => because("a vez de ser enviado ao Omie", why),
        Stage::Sending => {
            because("saber se está no Omie, que é consultado antes de qualquer novo envio", why)
        }
        Stage::Held if order.due.is_none() => because(NOBODY, why),
        Stage::Held => because("o que o retém, que é verificado de novo", why),
        Stage::Rejected | Stage::InErp => {
            let owed = order_owes(order)?;
            let refused = refused(order.owed.refused.as_deref(), order.due.is_none());
            because(&owed, refused.as_deref())
        }
        Stage::Skipped => return None,
    };
    Some(until(what, order.due))
}

/// What Máxima said against what it was to be told, and that it is not told again by itself.
fn refused(text: Option<&str>, is_over: bool) -> Option<String> {
    let over = if is_over { "; não será repetido sem a decisão de um operador" } else { "" };
    text.map(|text| format!("a Máxima recusou o retorno: {text}{over}"))
}

fn order_owes(order: &Order) -> Option<String> {
    let owed = [
        (order.owed.critique.is_some(), "o resultado"),
        (order.owed.history, "os dados do pedido"),
        (order.owed.posicao && !order.owed.history, "a posição"),
    ];
    told_to_maxima(&owed)
}

pub(super) fn customer_waits(customer: &Customer) -> Option<Waiting> {
    use customers::Stage;
    let why = customer.why.as_deref();
    let what = match customer.stage {
        Stage::New => because("a vez de ser enviado ao Omie", why),
        Stage::Sending => {
            because("saber se está no Omie, que é consultado antes de qualquer novo envio", why)
        }
        Stage::Held if customer.due.is_none() => because(NOBODY, why),
        Stage::Held => because("o que o retém, que é verificado de novo", why),
        Stage::Rejected | Stage::InErp => {
            let is_in_erp = customer.stage == Stage::InErp;
            let owed = [
                (customer.owed.answer.is_some(), "o resultado"),
                (is_in_erp && customer.owed.row, "a linha do catálogo"),
            ];
            let owed = told_to_maxima(&owed)?;
            let refused = refused(customer.owed.refused.as_deref(), customer.due.is_none());
            because(&owed, refused.as_deref().or(why.filter(|_| is_in_erp)))
        }
    };
    Some(until(what, customer.due))
}

/// "levar à Máxima o resultado e a posição"
fn told_to_maxima(owed: &[(bool, &str)]) -> Option<String> {
    let owed: Vec<&str> = owed.iter().filter(|(is_owed, _)| *is_owed).map(|(_, what)| *what).collect();
    if owed.is_empty() { None } else { Some(format!("levar à Máxima {}", owed.join(" e "))) }
}

pub(super) fn because(what: &str, why: Option<&str>) -> String {
    let why = why.map(|why| why.trim().trim_end_matches('.')).filter(|why| !why.is_empty());
    why.map_or_else(|| what.to_owned(), |why| format!("{what}: {why}"))
}

fn until(what: String, due: Option<Timestamp>) -> Waiting {
    Waiting { what, until: due.map(local) }
}
