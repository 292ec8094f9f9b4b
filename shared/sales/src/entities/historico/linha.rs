//! An order as two resources of Máxima: header and items (`contracts/maxima.md` §7.7).

use std::collections::HashSet;

use engine::{Delivery, Fingerprint, Retirement, Retiring, Why};
use maxima::{Hashed, HistoricoPedidoCapa, HistoricoPedidoItem, Maxima, Resource, Rule};
use partner_http::CallError;
use serde::Serialize;

use crate::target::{CloudRow, Planned};

/// An order with its items: one row, because the items are numbered by their place and replaced together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PedidoHistorico {
    /// The header.
    pub capa: HistoricoPedidoCapa,
    /// The items, in their order.
    pub itens: Vec<HistoricoPedidoItem>,
}

impl CloudRow for PedidoHistorico {
    /// The reasons of the header, then those of each item, which is named by its place.
    async fn check(maxima: &Maxima, rows: &[Self], planned: &Planned) -> Result<Vec<Vec<Why>>, CallError> {
        let headers: Vec<HistoricoPedidoCapa> = rows.iter().map(|row| row.capa.clone()).collect();
        let items: Vec<Child<'_>> = rows.iter().flat_map(|row| row.itens.iter().map(Child)).collect();
        let mut found = CloudRow::check(maxima, &headers, planned).await?;
        let mut of_items = CloudRow::check(maxima, &items, planned).await?.into_iter();
        for (row, reasons) in rows.iter().zip(&mut found) {
            for (item, of_item) in row.itens.iter().zip(of_items.by_ref()) {
                let named = |why: Why| Why { field: format!("item {}: {}", item.numseq, why.field), ..why };
                reasons.extend(of_item.into_iter().map(named));
            }
        }
        Ok(found)
    }

    /// Headers first, which the items refer to; then the items that the cloud may have are removed, because a new
    /// item among them would take another's place; then all of them are inserted. After a crash anywhere the same
    /// is done again.
    async fn write(maxima: &Maxima, rows: &[Delivery<'_, Self>]) -> Result<(), CallError> {
        let there = already_there(maxima, rows).await?;
        let is_there =
            |delivery: &Delivery<'_, Self>| delivery.known || there.contains(&name(&delivery.row.capa));
        let headers: Vec<Hashed<'_, HistoricoPedidoCapa>> = rows
            .iter()
            .map(|delivery| Hashed {
                row: &delivery.row.capa,
                hash: delivery.fingerprint.as_str(),
                known: is_there(delivery),
            })
            .collect();
        maxima.upsert(&headers).await?;
        for delivery in rows.iter().filter(|delivery| is_there(delivery)) {
            maxima.remover_itens(delivery.row.capa.numped).await?;
        }
        let items: Vec<(&HistoricoPedidoItem, Fingerprint)> = rows
            .iter()
            .flat_map(|delivery| &delivery.row.itens)
            .map(|item| (item, Fingerprint::of(item)))
            .collect();
        let items: Vec<Hashed<'_, HistoricoPedidoItem>> =
            items.iter().map(|(row, hash)| Hashed { row: *row, hash: hash.as_str(), known: false }).collect();
        maxima.upsert(&items).await
    }

    async fn retire(maxima: &Maxima, rows: &[Retiring<'_>]) -> Result<(), CallError> {
        let changes: Vec<_> = rows
            .iter()
            .filter_map(|row| match row.retirement {
                Retirement::Change(members) => Some(members.clone()),
                Retirement::Keep | Retirement::Delete(_) => None,
            })
            .collect();
        if changes.is_empty() { Ok(()) } else { maxima.change::<HistoricoPedidoCapa>(&changes).await }
    }
}

/// Of the orders that we do not know to be in the cloud, those that are: written just before a crash. Their items
/// may be in the way.
async fn already_there(
    maxima: &Maxima,
    rows: &[Delivery<'_, PedidoHistorico>],
) -> Result<HashSet<String>, CallError> {
    let new: Vec<String> =
        rows.iter().filter(|delivery| !delivery.known).map(|delivery| name(&delivery.row.capa)).collect();
    if new.is_empty() {
        return Ok(HashSet::new());
    }
    maxima.existing(HistoricoPedidoCapa::TABLE, HistoricoPedidoCapa::KEY, &new).await
}

fn name(capa: &HistoricoPedidoCapa) -> String {
    capa.numped.to_string()
}

/// An item whose header is written just before it: whether that is in the cloud needs no asking.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
struct Child<'a>(&'a HistoricoPedidoItem);

const RULES: [Rule; HistoricoPedidoItem::RULES.len()] = {
    let mut rules = [HistoricoPedidoItem::RULES[0]; HistoricoPedidoItem::RULES.len()];
    let mut at = 1;
    while at < rules.len() {
        rules[at] = HistoricoPedidoItem::RULES[at];
        at += 1;
    }
    // `Numped` is the first, as a test says.
    rules[0].fk = None;
    rules
};

impl Resource for Child<'_> {
    const PATH: &'static str = HistoricoPedidoItem::PATH;
    const TABLE: &'static str = HistoricoPedidoItem::TABLE;
    const KEY: &'static str = HistoricoPedidoItem::KEY;
    const KEYS: &'static [&'static str] = HistoricoPedidoItem::KEYS;
    const RULES: &'static [Rule] = &RULES;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use engine::Key;
    use serde_json::{Value, json};

    use super::super::super::wire::Wire;
    use super::*;

    #[test]
    fn an_item_is_judged_like_any_other_except_that_its_header_is_not_asked_for() {
        let asked: Vec<&str> = RULES.iter().filter(|rule| rule.fk.is_some()).map(|rule| rule.field).collect();
        let names = |rules: &[Rule]| rules.iter().map(|rule| rule.field).collect::<Vec<_>>();

        assert_eq!(names(&RULES), names(HistoricoPedidoItem::RULES));
        assert_eq!((RULES[0].field, asked), ("Numped", vec!["Codprod"]));
        let item = HistoricoPedidoItem { numped: -1, ..HistoricoPedidoItem::default() };
        let broken: Vec<&str> =
            maxima::check(&Child(&item)).iter().map(|violation| violation.field).collect();
        assert_eq!(broken, ["Numped", "Codprod"]);
    }

    fn order(numped: i64) -> PedidoHistorico {
        let item = |numseq| HistoricoPedidoItem {
            numped,
            numseq,
            codprod: "7".to_owned(),
            ..HistoricoPedidoItem::default()
        };
        let capa = HistoricoPedidoCapa { numped, ..HistoricoPedidoCapa::default() };
        PedidoHistorico { capa, itens: vec![item(1), item(2)] }
    }

    /// The cloud has order 1508 and no product.
    fn cloud() -> Arc<Wire> {
        Wire::new(|name, body| {
            let asked = body.as_array().filter(|_| name.ends_with("Localizar"));
            let found: Vec<Value> =
                asked.into_iter().flatten().filter(|item| item["Chave"] == json!("1508")).cloned().collect();
            (200, json!({"success": found, "error": null}))
        })
    }

    #[tokio::test(start_paused = true)]
    async fn items_follow_their_headers_and_replace_those_that_may_be_there() {
        let cloud = cloud();
        let orders = [(order(1507), true), (order(1508), false), (order(1509), false)];
        let keys: Vec<Key> = orders.iter().map(|(order, _)| order.capa.numped.into()).collect();
        let fingerprints: Vec<Fingerprint> = orders.iter().map(|(order, _)| Fingerprint::of(order)).collect();
        let deliveries: Vec<_> = orders
            .iter()
            .zip(&keys)
            .zip(&fingerprints)
            .map(|(((row, known), key), fingerprint)| Delivery { key, row, fingerprint, known: *known })
            .collect();

        PedidoHistorico::write(&cloud.maxima(), &deliveries).await.expect("written");

        assert_eq!(
            cloud.story(),
            [
                "POST ValidarChaves/Localizar",
                "PUT HistoricosPedidosCapas",
                "POST HistoricosPedidosCapas",
                "DELETE HistoricosPedidosItens/RemoverItens/1507",
                "DELETE HistoricosPedidosItens/RemoverItens/1508",
                "POST HistoricosPedidosItens",
            ]
        );
        let asked = cloud.asked();
        let numbers = |at: usize| {
            asked[at].1.as_array().expect("rows").iter().map(|row| row["Numped"].clone()).collect::<Vec<_>>()
        };
        assert_eq!([numbers(1), numbers(2)], [vec![json!(1507), json!(1508)], vec![json!(1509)]]);
        assert_eq!(numbers(5), [1507, 1507, 1508, 1508, 1509, 1509].map(Value::from));
        let hash = |at: usize, row: usize| asked[at].1[row]["Hash"].clone();
        assert_eq!(hash(1, 0), json!(fingerprints[0].as_str()));
        assert_ne!(hash(5, 0), hash(5, 1), "each item has its own");
    }

    #[tokio::test(start_paused = true)]
    async fn a_reason_against_an_item_says_which_item() {
        let cloud = cloud();

        let found = PedidoHistorico::check(&cloud.maxima(), &[order(1507)], &Planned::default()).await;

        let found = found.expect("checked");
        let of_items: Vec<&str> =
            found[0].iter().map(|why| why.field.as_str()).filter(|field| field.starts_with("item")).collect();
        assert_eq!(of_items, ["item 1: Codprod", "item 2: Codprod"]);
        assert!(found[0].iter().any(|why| why.field == "Codcli"), "the header's own reasons are there too");
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_that_is_let_go_changes_its_header_alone() {
        let cloud = cloud();
        let (key, members) = (Key::from(1507), json!({"Numped": 1507, "Posicao": "C"}));
        let Value::Object(members) = members else { panic!("members") };
        let retirement = Retirement::Change(members.clone());

        PedidoHistorico::retire(&cloud.maxima(), &[Retiring { key: &key, retirement: &retirement }])
            .await
            .expect("changed");

        assert_eq!(cloud.asked(), [("PUT HistoricosPedidosCapas".to_owned(), json!([members]))]);
    }
}
