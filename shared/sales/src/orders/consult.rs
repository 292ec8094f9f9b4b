//! `ConsultarPedido` by our key: the proof of existence before anything is sent again (`contracts/omie.md` §8.24).

use engine::Documents;
use omie::{Call as _, ConsultarPedido, Pedido};
use partner_http::Fault;
use rust_decimal::Decimal;

use super::Orders;
use super::case::{InErp, Order, Sent, Terms};
use super::include::number;
use super::machine::Consulted;
use super::why;
use crate::patience::spared;
use crate::waiting::wait;

/// A cent.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

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

/// What does not fit: an order under our key that is for somebody else, of another value, paid in another way or with
/// other items.
fn mismatch(order: &Order, found: &Pedido) -> Option<String> {
    let header = &found.cabecalho;
    if let (Some(ours), Some(theirs)) = (order.codigo_cliente, header.codigo_cliente)
        && ours != theirs
    {
        return Some(format!("é do cliente {theirs} e o nosso é do cliente {ours}"));
    }
    let sent = order.sent.as_ref()?;
    sent.terms
        .as_ref()
        .and_then(|terms| other_terms(terms, found))
        .or_else(|| other_goods(order, sent, found))
}

fn other_terms(ours: &Terms, found: &Pedido) -> Option<String> {
    if let Some(items) = items_of(found).filter(|items| *items != ours.itens) {
        return Some(format!("tem {items} itens e o nosso {}", ours.itens));
    }
    let said =
        |text: Option<&String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let parcela = said(found.cabecalho.codigo_parcela.as_ref());
    if let Some(theirs) = parcela.filter(|theirs| *theirs != ours.parcela) {
        return Some(format!("tem a parcela {theirs} e o nosso {}", ours.parcela));
    }
    let more = found.informacoes_adicionais.as_ref();
    let theirs = said(more.and_then(|more| more.meio_pagamento.as_ref()))?;
    let ours = ours.meio.as_ref()?;
    (theirs != *ours).then(|| format!("é pago pelo meio {theirs} e o nosso pelo {ours}"))
}

/// How many items the order at Omie has, as far as it says so.
fn items_of(found: &Pedido) -> Option<usize> {
    let stated = found.cabecalho.quantidade_itens.and_then(|items| usize::try_from(items).ok());
    let listed = Some(found.det.len()).filter(|items| *items > 0);
    listed.or(stated.filter(|items| *items > 0))
}

fn other_goods(order: &Order, sent: &Sent, found: &Pedido) -> Option<String> {
    let theirs = found.total_pedido.as_ref()?.valor_mercadorias?;
    let items = match (&sent.terms, &order.pedido) {
        (Some(terms), _) => terms.itens,
        (None, Some(pedido)) => pedido.produtos.len(),
        (None, None) => 1,
    };
    // Each side rounds its items.
    let rounding = CENT * Decimal::from(items.max(1));
    // Whether Omie's goods are before or after the discount depends on how it was given (`contracts/omie.md` §8.25).
    let fits = [sent.goods.gross, sent.goods.net].iter().any(|ours| (theirs - ours).abs() <= rounding);
    (!fits).then(|| format!("tem R$ {theirs} em mercadorias e o nosso R$ {}", sent.goods.net))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use omie::{CabecalhoPedido, InformacoesAdicionais, ItemPedido, TotalPedido};

    use super::super::case::{Goods, Row};
    use super::*;

    fn dec(digits: &str) -> Decimal {
        digits.parse().expect("a decimal")
    }

    /// Two items of 102.00, 15 % off, by boleto in three instalments.
    fn sent() -> Order {
        let mut order = Order::new("900100200", Row::default(), String::new(), Timestamp::UNIX_EPOCH);
        order.codigo_cliente = Some(7);
        order.sent = Some(Sent {
            at: Timestamp::UNIX_EPOCH,
            day: None,
            digest: "a".to_owned(),
            goods: Goods { gross: dec("120"), net: dec("102") },
            terms: Some(Terms { parcela: "A03".to_owned(), meio: Some("15".to_owned()), itens: 2 }),
            words: None,
        });
        order
    }

    fn found(change: impl FnOnce(&mut Pedido)) -> Pedido {
        let mut pedido = Pedido {
            cabecalho: CabecalhoPedido {
                codigo_pedido: 5_366_599_001,
                numero_pedido: Some("1507".to_owned()),
                codigo_cliente: Some(7),
                codigo_parcela: Some("A03".to_owned()),
                quantidade_itens: Some(2),
                ..CabecalhoPedido::default()
            },
            informacoes_adicionais: Some(InformacoesAdicionais {
                meio_pagamento: Some("15".to_owned()),
                ..InformacoesAdicionais::default()
            }),
            total_pedido: Some(TotalPedido { valor_mercadorias: Some(dec("120")), ..TotalPedido::default() }),
            det: vec![ItemPedido::default(), ItemPedido::default()],
            ..Pedido::default()
        };
        change(&mut pedido);
        pedido
    }

    fn differs(change: impl FnOnce(&mut Pedido)) -> Option<String> {
        mismatch(&sent(), &found(change))
    }

    fn worth(pedido: &mut Pedido, goods: &str) {
        pedido.total_pedido =
            Some(TotalPedido { valor_mercadorias: Some(dec(goods)), ..TotalPedido::default() });
    }

    fn paid(pedido: &mut Pedido, means: &str) {
        let info = InformacoesAdicionais { meio_pagamento: Some(means.to_owned()), ..Default::default() };
        pedido.informacoes_adicionais = Some(info);
    }

    #[test]
    fn what_omie_holds_is_ours_before_and_after_its_discount_and_to_a_cent_per_item() {
        for goods in ["120", "102", "120.02", "101.98"] {
            assert_eq!(differs(|pedido| worth(pedido, goods)), None, "{goods}");
        }
        // What Omie leaves out says nothing.
        let bare = |pedido: &mut Pedido| {
            (pedido.cabecalho.codigo_parcela, pedido.informacoes_adicionais) = (None, None);
            pedido.det.clear();
            pedido.cabecalho.quantidade_itens = None;
        };
        assert_eq!(differs(bare), None);
    }

    #[test]
    fn another_order_under_our_key_is_told_by_each_thing_that_differs() {
        type Change = fn(&mut Pedido);
        let differs_in: [(&str, Change); 7] = [
            ("cliente 8", |pedido| pedido.cabecalho.codigo_cliente = Some(8)),
            ("R$ 120.03", |pedido| worth(pedido, "120.03")),
            ("R$ 101.50", |pedido| worth(pedido, "101.50")),
            ("1 itens", |pedido| pedido.det.truncate(1)),
            ("3 itens", |pedido| {
                pedido.det.clear();
                pedido.cabecalho.quantidade_itens = Some(3);
            }),
            ("parcela 000", |pedido| pedido.cabecalho.codigo_parcela = Some("000".to_owned())),
            ("meio 17", |pedido| paid(pedido, "17")),
        ];
        for (what, change) in differs_in {
            let mismatch = differs(change).unwrap_or_else(|| panic!("{what} was not seen"));
            assert!(mismatch.contains(what), "{mismatch}");
        }
    }

    #[test]
    fn an_order_sent_before_its_terms_were_kept_is_read_and_compared_by_its_goods() {
        let mut order = sent();
        let mut stored = serde_json::to_value(&order.sent).expect("JSON");
        stored.as_object_mut().expect("an object").remove("terms");
        order.sent = serde_json::from_value(stored).expect("as it was stored before");

        assert_eq!(mismatch(&order, &found(|pedido| paid(pedido, "17"))), None);
        assert!(mismatch(&order, &found(|pedido| worth(pedido, "120.02"))).is_some());
    }
}
