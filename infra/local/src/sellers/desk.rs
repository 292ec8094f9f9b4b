//! One order as an operator looks it up: by Omie's number, by its cloud code, by its customer.

use engine::{Cases, StateError};
use jiff::Timestamp;
use sales::desk::{Kind, Query, Record, search, timeline};
use sales::orders::Order;

/// Orders on one page of the search.
const PAGE: usize = 20;

/// What an operator would type to find it, and whether it was found so.
pub(super) async fn look_up(
    state: &impl Cases,
    order: &Order,
    now: Timestamp,
) -> Result<Vec<(String, bool)>, StateError> {
    let mut looked = Vec::new();
    for text in typed(order) {
        let is_found = is_found(state, order, &text, now).await?;
        looked.push((text, is_found));
    }
    Ok(looked)
}

/// The searches and the way of the order, as the screen shows them.
pub(super) fn told(looked: &[(String, bool)], order: &Order, now: Timestamp) -> String {
    let mut lines = vec![format!("O pedido {}, como o operador o encontra:", order.id)];
    lines.extend(looked.iter().map(|(text, is_found)| {
        let found = if *is_found { "encontrado" } else { "NÃO ENCONTRADO" };
        format!("  busca “{text}”: {found}")
    }));
    format!("{}\n\nLinha do tempo:\n{}", lines.join("\n"), timeline(order, now))
}

fn typed(order: &Order) -> Vec<String> {
    let number = order.erp.as_ref().map(|erp| format!("pedido {}", erp.numero));
    let customer = order.pedido.as_ref().and_then(|pedido| pedido.cliente.cnpj.clone());
    let customer = customer.or_else(|| Some(format!("cliente {}", order.codigo_cliente?)));
    [number, Some(order.id.clone()), customer].into_iter().flatten().collect()
}

async fn is_found(state: &impl Cases, order: &Order, text: &str, now: Timestamp) -> Result<bool, StateError> {
    let Ok(query) = Query::parse(text) else { return Ok(false) };
    let mut after = None;
    loop {
        let page = search(state, now, Some(Kind::Pedidos), &query, after.as_ref(), PAGE).await?;
        if page.found.iter().map(Record::id).any(|id| id == order.id) {
            return Ok(true);
        }
        if page.next.is_none() {
            return Ok(false);
        }
        after = page.next;
    }
}

#[cfg(test)]
mod tests {
    use clock::Clock;
    use engine::{Filing, Memory};
    use sales::orders::{InErp, Row, Stage};

    use super::*;

    fn in_omie(now: Timestamp) -> Order {
        let mut order = Order::new("900100300", Row::default(), "como veio".to_owned(), now);
        order.stage = Stage::InErp;
        order.erp = Some(InErp { codigo_pedido: 5_366_599_001, numero: 1507 });
        order.codigo_cliente = Some(55);
        order
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_is_found_by_three_names_and_one_that_is_not_filed_by_none() {
        let now = "2026-03-02T14:00:00Z".parse().expect("a moment");
        let (state, order) = (Memory::new(Clock::paused(now)), in_omie(now));
        let looked = async || look_up(&state, &order, now).await.expect("searched");
        let all = |found| ["pedido 1507", "900100300", "cliente 55"].map(|text| (text.to_owned(), found));

        assert_eq!(looked().await, all(false));
        let filing = order.filing();
        let body = serde_json::to_value(&order).expect("JSON");
        let filing = Filing { body, due: None, marks: filing.marks, expires: filing.expires };
        state.file(Kind::Pedidos.stored(), "900100300", None, filing).await.expect("filed");
        assert_eq!(looked().await, all(true));
        let text = told(&looked().await, &order, now);
        assert!(text.contains("busca “pedido 1507”: encontrado") && text.contains("nº 1507"), "{text}");
    }
}
