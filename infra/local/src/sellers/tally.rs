//! What must hold, counted: each order is in Omie exactly once, or stays out with a reason.

use std::fmt;

use engine::flow::Flow as _;
use engine::{Cases as _, StateError};
use sales::orders::{Order, Orders, Stage};
use simulators::OrderSeen;
use store::Store;

use super::Sold;
use crate::stack::Stack;

/// Where the orders are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Placed by sellers.
    pub placed: usize,
    /// In Omie, once.
    pub in_omie: usize,
    /// Refused, and the seller reads why.
    pub refused: usize,
    /// Held or left out, and our record says why.
    pub held: usize,
    /// On their way.
    pub under_way: usize,
    /// Copies too many in Omie.
    pub doubled: u64,
    /// Whose seller was told what is not so, or nothing at all.
    pub lost: usize,
    /// What Máxima's contract forbids and was done.
    pub forbidden: usize,
    /// What is wrong, a sentence each.
    pub wrong: Vec<String>,
}

/// Where one order is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    InOmie,
    Doubled(u64),
    Refused,
    Held,
    UnderWay,
    Lost(&'static str),
}

impl Tally {
    /// Counts.
    pub async fn count(stack: &Stack, sold: &[Sold]) -> Result<Self, StateError> {
        let simulators = &stack.partners.simulators;
        let created = simulators.omie.orders_created();
        let mut tally = Self { placed: sold.len(), ..Self::default() };
        for order in sold {
            let id = order.id();
            let Some(seen) = simulators.maxima.order(id) else {
                tally.add(id, &Place::Lost("não está mais na Máxima"));
                continue;
            };
            let copies = created.get(&id.to_string()).copied().unwrap_or_default();
            let place = match place(copies, &seen) {
                Place::UnderWay if held(&stack.store, id).await?.is_some() => Place::Held,
                place => place,
            };
            tally.add(id, &place);
        }
        let forbidden = simulators.maxima.violations();
        tally.forbidden = forbidden.len();
        tally.wrong.extend(forbidden);
        Ok(tally)
    }

    /// The same when nothing may be on its way any more.
    #[must_use]
    pub fn at_the_end(mut self) -> Self {
        if self.under_way > 0 {
            let text = format!("{} pedidos não estão no Omie nem têm motivo", self.under_way);
            self.wrong.push(text);
            (self.lost, self.under_way) = (self.lost + self.under_way, 0);
        }
        self
    }

    /// Whether something has happened that must never happen.
    pub fn is_violated(&self) -> bool {
        self.doubled > 0 || self.lost > 0 || self.forbidden > 0
    }

    fn add(&mut self, id: u64, place: &Place) {
        match place {
            Place::InOmie => self.in_omie += 1,
            Place::Refused => self.refused += 1,
            Place::Held => self.held += 1,
            Place::UnderWay => self.under_way += 1,
            Place::Doubled(copies) => {
                self.in_omie += 1;
                self.doubled += copies - 1;
                self.wrong.push(format!("pedido {id}: está {copies} vezes no Omie"));
            }
            Place::Lost(why) => {
                self.lost += 1;
                self.wrong.push(format!("pedido {id}: {why}"));
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { placed, in_omie, refused, held, under_way, doubled, lost, forbidden, .. } = self;
        write!(
            f,
            "pedidos feitos {placed} · no Omie exatamente uma vez {in_omie} · recusados com motivo {refused} · retidos \
             com motivo {held} · a caminho {under_way} · duplicados {doubled} · perdidos {lost} · regras da Máxima \
             violadas {forbidden}"
        )
    }
}

/// Where an order is that is so many times in Omie, by what its seller was told.
fn place(copies: u64, seen: &OrderSeen) -> Place {
    let reads_why = seen.critiques.last().is_some_and(|critique| !critique.text.is_empty());
    match (copies, seen.status) {
        (0, 4) => Place::Lost("o vendedor leu que foi importado, e não está no Omie"),
        (0, 5) if reads_why => Place::Refused,
        (0, 5) => Place::Lost("recusado sem motivo"),
        (0, _) => Place::UnderWay,
        (1, 5) => Place::Lost("o vendedor leu que foi recusado, e está no Omie"),
        (1, _) => Place::InOmie,
        (copies, _) => Place::Doubled(copies),
    }
}

/// Why our record says that an order stays out, if it does.
pub(super) async fn held(store: &Store, id: u64) -> Result<Option<String>, StateError> {
    let order = record(store, id).await?;
    let held = order.filter(|order| matches!(order.stage, Stage::Held | Stage::Skipped));
    Ok(held.and_then(|order| order.why).filter(|why| !why.is_empty()))
}

/// Our record of an order; nothing before it was seen first.
pub(super) async fn record(store: &Store, id: u64) -> Result<Option<Order>, StateError> {
    let case = store.case(Orders::<'_, Store>::KIND, &id.to_string()).await?;
    let malformed = |source: serde_json::Error| StateError::Malformed {
        what: format!("pedido {id}"),
        source: source.into(),
    };
    case.map(|case| serde_json::from_value(case.filing.body).map_err(malformed)).transpose()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use simulators::Critique;

    use super::super::judge;
    use super::*;

    fn seen(status: u8, text: &str) -> OrderSeen {
        let critique = |text: &str| Critique {
            at: jiff::Timestamp::UNIX_EPOCH,
            status: Some(status),
            tipo: String::new(),
            posicao: String::new(),
            text: text.to_owned(),
            numcritica: None,
        };
        OrderSeen {
            id: 1,
            numped: "416".to_owned(),
            kind: 1,
            status,
            object: json!({}),
            numpederp: None,
            critiques: Some(text).filter(|text| !text.is_empty()).map(critique).into_iter().collect(),
            position: None,
            timeline: None,
            in_transit: false,
            repeats: 0,
            unchanged: 0,
            violations: Vec::new(),
        }
    }

    fn counted(orders: &[(u64, u8, &str)]) -> Tally {
        let mut tally = Tally { placed: orders.len(), ..Tally::default() };
        for (copies, status, text) in orders {
            tally.add(1, &place(*copies, &seen(*status, text)));
        }
        tally
    }

    #[test]
    fn orders_in_omie_once_refused_with_a_reason_or_on_their_way_are_as_they_must_be() {
        let tally = counted(&[(1, 4, "ok"), (1, 2, ""), (0, 5, "cliente inativo"), (0, 1, ""), (0, 2, "")]);

        assert_eq!((tally.in_omie, tally.refused, tally.under_way), (2, 1, 2));
        assert!(!tally.is_violated());
        assert!(tally.at_the_end().is_violated(), "nothing may stay on its way");
    }

    #[test]
    fn whatever_must_never_happen_ends_the_program_with_1() {
        let fine = counted(&[(1, 4, "ok"), (0, 5, "cliente inativo")]);
        assert_eq!(judge(&fine, true, true).exit_code(), 0);

        for wrong in [(2, 4, "ok"), (0, 4, "ok"), (1, 5, "recusado"), (0, 5, "")] {
            let tally = counted(&[(1, 4, "ok"), wrong]).at_the_end();
            assert_eq!(judge(&tally, true, true).exit_code(), 1, "{wrong:?}");
        }
        let forbidden = Tally { forbidden: 1, ..fine.clone() };
        let unsettled = counted(&[(1, 4, "ok"), (0, 2, "")]).at_the_end();
        for tally in [forbidden, unsettled] {
            assert_eq!(judge(&tally, true, true).exit_code(), 1, "{tally}");
        }
        assert_eq!(
            judge(&fine, false, true).exit_code(),
            1,
            "an order that the nightly count cannot explain"
        );
        assert_eq!(judge(&fine, true, false).exit_code(), 1, "an order that has not come to its end");
    }

    #[test]
    fn an_order_that_is_twice_in_omie_or_not_where_its_seller_believes_it_is_wrong() {
        for (wrong, named) in [
            ((2, 4, "ok"), "2 vezes"),
            ((0, 4, "ok"), "não está no Omie"),
            ((1, 5, "recusado"), "está no Omie"),
            ((0, 5, ""), "sem motivo"),
        ] {
            let tally = counted(&[wrong]);
            assert!(tally.is_violated(), "{wrong:?}");
            assert!(tally.wrong[0].contains(named), "{:?}", tally.wrong);
        }
    }
}
