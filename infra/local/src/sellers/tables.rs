//! The orders at their ends, and the way of one of them.

use clock::until;
use comfy_table::Table;
use sales::orders::Order;
use simulators::Simulators;

use super::Sold;
use super::case::{customer, shown, total};
use crate::report;
use crate::words::{duration, hour};

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
            (4, Some(letter), _) => (position(letter), reads),
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

/// What happened to an order, as its record tells it.
pub(super) fn timeline(order: &Order) -> String {
    let steps = order.history.steps().iter().map(|step| {
        let again = if step.times > 1 { format!(" ({} vezes)", step.times) } else { String::new() };
        let from = if step.from.is_empty() || step.from == step.to {
            String::new()
        } else {
            format!("{} → ", stage(&step.from))
        };
        format!("  {}  {from}{}: {}{again}", hour(step.at), stage(&step.to), step.cause)
    });
    steps.collect::<Vec<_>>().join("\n")
}

/// A stage of an order, or of what is owed to Máxima, in the operator's words.
fn stage(name: &str) -> &str {
    match name {
        "new" => "novo",
        "sending" => "enviando",
        "in-erp" => "no Omie",
        "rejected" => "recusado",
        "held" => "retido",
        "skipped" => "não vai ao Omie",
        other => other,
    }
}

/// What the app calls a letter.
pub(super) fn position(letter: &str) -> &str {
    match letter {
        "P" => "Pendente",
        "L" => "Liberado",
        "M" => "Montado",
        "F" => "Faturado",
        "C" => "Cancelado",
        other => other,
    }
}
