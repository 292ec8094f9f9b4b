//! The orders at their ends, and the way of one of them.

use clock::until;
use comfy_table::Table;
use simulators::{ServiceSeen, ServiceSimulators};

use super::{Served, words};
use crate::report;
use crate::words::{duration, hour};

/// Wide enough for the link.
const WIDE: u16 = 150;
/// Nothing to show.
const NONE: &str = "–";

/// Per order: what it was about, both sides, our state, the SS and its link without the token, how long it took.
pub(super) fn orders(simulators: &ServiceSimulators, served: &[Served]) -> Table {
    let head = ["pedido", "o quê", "estado", "SS", "link da SS", "no Sismetro", "no ERP", "tempo"];
    let mut table = report::table(&head, 7);
    table.set_width(WIDE);
    for order in served {
        let Some(ServiceSeen { order: erp, ss }) = simulators.order(order.id()) else { continue };
        let of_ss = |shown: fn(&simulators::SsSeen) -> String| {
            let shown: Vec<_> = ss.iter().map(shown).collect();
            if shown.is_empty() { NONE.to_owned() } else { shown.join("\n") }
        };
        let took = order.ended().map(|ended| duration(until(order.when(), ended)));
        table.add_row([
            order.number().to_string(),
            order.what().to_owned(),
            order.record().map_or_else(|| "a caminho".to_owned(), words::state),
            of_ss(|ss| ss.number.to_string()),
            of_ss(|ss| sismetro::masked_link(&ss.link)),
            of_ss(|ss| ss.standing.to_string()),
            erp.situation.to_string(),
            took.unwrap_or_else(|| NONE.to_owned()),
        ]);
    }
    table
}

/// The way of an order, a step a line.
pub(super) fn timeline(order: &Served) -> String {
    let mut lines = vec![format!("O caminho do pedido {} ({}):", order.number(), order.what())];
    for step in order.record().into_iter().flat_map(|record| record.history.steps()) {
        let times = if step.times > 1 { format!(" ({} vezes)", step.times) } else { String::new() };
        lines.push(format!("  {}  {:<20} {}{times}", hour(step.at), words::named(&step.to), step.cause));
    }
    lines.join("\n")
}
