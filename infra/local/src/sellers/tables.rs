//! The orders at their ends.

use clock::until;
use comfy_table::Table;
use sales::desk::words::letter;
use simulators::Simulators;

use super::Sold;
use super::case::{customer, shown, total};
use crate::report;
use crate::words::duration;

/// How much of a customer's name is shown.
const NAME: usize = 22;
/// Wide enough for the words of a refusal.
const WIDE: u16 = 150;

/// Per order: the seller's side, Omie's number, where it stands, what the seller reads, how long the answer took.
pub(super) fn orders(simulators: &Simulators, sold: &[Sold]) -> Table {
    let head = [
        "pedido",
        "o quê",
        "cliente",
        "nº no Omie",
        "posição",
        "o que o vendedor lê",
        "valor",
        "resposta em",
    ];
    let mut table = report::table(&head, 6);
    table.set_width(WIDE);
    for order in sold {
        let Some(seen) = simulators.maxima.order(order.id()) else { continue };
        let in_omie = simulators.omie.order(&order.id().to_string());
        let number = in_omie.map(|order| shown(&order["cabecalho"]["numero_pedido"])).unwrap_or_default();
        let answer = seen.critiques.first().map(|first| duration(until(order.when(), first.at)));
        let reads = seen.critiques.last().map(|last| last.text.clone()).unwrap_or_default();
        let (stands, reads) = match (seen.status, &seen.timeline, order.held()) {
            (5, ..) => ("recusado", reads),
            (4, Some(position), _) => (letter(position), reads),
            (.., Some(why)) => ("retido", format!("(o operador) {why}")),
            _ => ("a caminho", reads),
        };
        table.add_row([
            order.id().to_string(),
            order.what().to_owned(),
            customer(&seen).chars().take(NAME).collect(),
            number,
            stands.to_owned(),
            reads,
            total(&seen),
            answer.unwrap_or_default(),
        ]);
    }
    table
}
