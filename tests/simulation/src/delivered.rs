//! What the cloud had delivered of an order when its include left: that, and nothing older, is what Omie holds.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use simulators::OrderSeen;

use crate::chaos::State;
use crate::content::{Ordered, day};
use crate::partners::LISTING;
use crate::wire::{Exchanged, Seen};
use crate::world::{Job, World};

const INCLUDE: &str = "IncluirPedido";
/// What a seller reads whose change came too late.
const TOO_LATE: &str = "depois da inclusão no Omie";

/// One delivery of an order.
#[derive(Clone, Copy)]
struct Delivery {
    /// Its place among all that was said.
    entry: usize,
    /// Which invocation was told.
    by: u64,
    /// When it asked, and when it knew.
    at: Timestamp,
    until: Timestamp,
    version: usize,
}

/// An order, whenever it was delivered.
#[derive(Default)]
struct Delivered {
    deliveries: Vec<Delivery>,
    /// What the seller had made of it, each once.
    versions: Vec<Value>,
    texts: Vec<String>,
}

/// An include as it left.
struct Sent {
    entry: usize,
    by: u64,
    at: Timestamp,
    seen: Seen,
    /// When it was decided.
    decided: Timestamp,
}

/// Checks every order.
pub(crate) fn all(world: &World, orders: &[OrderSeen], problems: &mut Vec<String>) {
    let state = world.shared.state();
    let mut delivered = read(&state.log);
    for order in orders {
        let Some(seen) = delivered.remove(&order.id) else { continue };
        let sent = includes(&state, &order.id.to_string());
        one(world, &state, order, &seen, &sent, &mut |text| {
            problems.push(format!("order {}: {text}", order.id));
        });
    }
}

fn one(
    world: &World,
    state: &State,
    order: &OrderSeen,
    seen: &Delivered,
    sent: &[Sent],
    wrong: &mut impl FnMut(String),
) {
    let lives = Lives { world, state };
    for include in sent {
        let valid = seen.valid(include, |life| lives.ended(life));
        if valid.is_empty() {
            wrong("an include left before it was delivered".to_owned());
        } else if valid.iter().all(|version| seen.versions[*version]["Cancelado"] == true) {
            let at = include.at;
            wrong(format!("an include left at {at} after it had been delivered as cancelled"));
        }
    }
    // What was said no to, or not now, made nothing.
    let is_no = |seen| matches!(seen, Seen::Refused | Seen::NotFound | Seen::NotNow | Seen::Duplicate);
    let Some(made) = sent.iter().rfind(|include| !is_no(include.seen)) else { return };
    let Some(erp) = world.omie.order(&order.id.to_string()) else { return };
    let terms = lives.terms_of(made.by);
    let today = day(world.said_by(world.clock_of(Job::Orders), made.decided));
    let ordered = |version: usize| Ordered { object: &seen.versions[version], terms: &terms, today };
    let valid = seen.valid(made, |life| lives.ended(life));
    let unlike: Vec<String> =
        valid.iter().filter_map(|version| ordered(*version).unlike(world, &erp)).collect();
    if unlike.len() == valid.len() {
        wrong(format!("in Omie it is another one: {}", unlike.join(" / ")));
    }
    // What came later, and was taken down, the seller must know to be only in the app.
    let is_later = |delivery: &&Delivery| delivery.until > made.decided && lives.ended(delivery.by).is_some();
    let last = seen.deliveries.iter().rfind(is_later);
    if let Some(last) = last.map(|delivery| ordered(delivery.version))
        && (last.is_cancelled() || last.unlike(world, &erp).is_some())
        && !order.critiques.iter().any(|critique| critique.text.contains(TOO_LATE))
    {
        let what = last.unlike(world, &erp).unwrap_or_else(|| "it is cancelled".to_owned());
        wrong(format!("its seller does not know that it was changed in vain: {what}"));
    }
}

impl Delivered {
    fn version(&mut self, object: &str) -> usize {
        self.texts.iter().position(|text| text == object).unwrap_or_else(|| {
            self.versions.push(serde_json::from_str(object).unwrap_or_default());
            self.texts.push(object.to_owned());
            self.texts.len() - 1
        })
    }

    /// What may be in an include: the last that its own invocation was told, and what was told meanwhile.
    fn valid(&self, include: &Sent, ended: impl Fn(u64) -> Option<Timestamp>) -> Vec<usize> {
        let by = include.by;
        let before = || {
            let earlier = self.deliveries.iter().take_while(|delivery| delivery.entry < include.entry);
            earlier.filter(|delivery| delivery.until <= include.decided)
        };
        // Who was killed, or could not write, may have told nobody; who is still at it may not have come to it yet.
        let is_known = |delivery: &&Delivery| {
            delivery.by == by || ended(delivery.by).is_some_and(|ended| ended < include.decided)
        };
        let last = before().filter(is_known).max_by_key(|delivery| (delivery.at, delivery.entry));
        let is_past = |delivery: &Delivery| {
            last.is_some_and(|last| delivery.until <= last.at && delivery.entry < last.entry)
        };
        let mut valid: Vec<usize> =
            before().filter(|delivery| !is_past(delivery)).map(|delivery| delivery.version).collect();
        valid.sort_unstable();
        valid.dedup();
        valid
    }
}

/// The invocations of a world.
struct Lives<'a> {
    world: &'a World,
    state: &'a State,
}

impl Lives<'_> {
    /// When it ended, for one that has certainly written down what it was told.
    fn ended(&self, number: u64) -> Option<Timestamp> {
        let ended = self.world.lived(number, |lived| lived.ended)?;
        (!self.state.forgetful.contains(&number)).then_some(ended)
    }

    fn terms_of(&self, number: u64) -> crate::content::Terms {
        self.world.lived(number, |lived| lived.terms.clone())
    }
}

/// The includes of an order. One whose decision was not seen left without: no delivery is too late for it.
fn includes(state: &State, id: &str) -> Vec<Sent> {
    let said = state.log.iter().enumerate().filter(|(_, said)| said.name == INCLUDE && said.key == id);
    said.map(|(entry, said)| {
        let decided = state
            .decided
            .iter()
            .rfind(|decided| decided.by == said.by && decided.id == id && decided.at <= said.at);
        let decided = decided.map_or(said.at, |decided| decided.at);
        Sent { entry, by: said.by, at: said.at, seen: said.seen, decided }
    })
    .collect()
}

/// Orders by their ids, as they are listed.
type Rows = Vec<(u64, String)>;

/// Every delivery of every order, in the order in which the cloud was asked.
fn read(log: &[Exchanged]) -> BTreeMap<u64, Delivered> {
    let mut all: BTreeMap<u64, Delivered> = BTreeMap::new();
    let heard = log.iter().enumerate().filter(|(_, said)| said.name == LISTING && said.seen == Seen::Done);
    let mut before: Option<(&[u8], Rows)> = None;
    for (entry, said) in heard {
        let (Some(answer), Some(until)) = (said.answer.as_deref(), said.until) else { continue };
        if before.as_ref().is_none_or(|(body, _)| *body != answer) {
            before = Some((answer, rows(answer)));
        }
        for (id, object) in before.iter().flat_map(|(_, rows)| rows) {
            let seen = all.entry(*id).or_default();
            let version = seen.version(object);
            seen.deliveries.push(Delivery { entry, by: said.by, at: said.at, until, version });
        }
    }
    all
}

/// The orders of a listing, whatever case the members are in and however the numbers are written.
fn rows(answer: &[u8]) -> Rows {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let member = |row: &Value, name: &str| row.get(name).or_else(|| row.get(name.to_uppercase())).cloned();
    let read = |row: &Value| {
        let id = member(row, "id_pedido")?;
        let id = id.as_u64().or_else(|| id.as_str()?.parse().ok())?;
        Some((id, member(row, "objeto_json")?.as_str()?.to_owned()))
    };
    answer["success"].as_array().into_iter().flatten().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a valid second")
    }

    /// Deliveries, each to which invocation and in which second; each is a version of its own.
    fn delivered(told: &[(u64, i64)]) -> Delivered {
        let of = |(version, (by, second)): (usize, &(u64, i64))| Delivery {
            entry: version,
            by: *by,
            at: at(*second),
            until: at(*second + 1),
            version,
        };
        Delivered { deliveries: told.iter().enumerate().map(of).collect(), ..Delivered::default() }
    }

    fn sent(by: u64, second: i64) -> Sent {
        Sent { entry: 99, by, at: at(second), seen: Seen::Done, decided: at(second) }
    }

    #[test]
    fn the_last_that_its_own_invocation_was_told_leaves_and_nothing_older() {
        let seen = delivered(&[(1, 0), (2, 60), (2, 120)]);

        assert_eq!(seen.valid(&sent(2, 130), |_| None), [2]);
    }

    #[test]
    fn what_an_invocation_that_has_ended_was_told_counts_for_the_next() {
        let seen = delivered(&[(1, 0), (2, 60)]);

        assert_eq!(seen.valid(&sent(3, 130), |_| Some(at(70))), [1]);
    }

    #[test]
    fn what_one_was_told_that_was_killed_may_be_known_or_not() {
        let seen = delivered(&[(1, 0), (2, 60)]);

        assert_eq!(seen.valid(&sent(3, 130), |life| (life == 1).then(|| at(10))), [0, 1]);
    }

    #[test]
    fn what_comes_after_the_decision_does_not_count() {
        let seen = delivered(&[(1, 0), (2, 60)]);

        assert_eq!(seen.valid(&sent(1, 30), |_| Some(at(70))), [0]);
    }

    #[test]
    fn two_who_ask_at_once_may_be_told_in_any_order() {
        let seen = delivered(&[(1, 0), (2, 0)]);

        assert_eq!(seen.valid(&sent(3, 130), |_| Some(at(70))), [0, 1]);
    }

    #[test]
    fn members_in_capitals_and_numbers_as_text_are_rows_too() {
        let plain = br#"{"success":[{"id_pedido":7,"objeto_json":"{}"}]}"#;
        let odd = br#"{"success":[{"ID_PEDIDO":"7","OBJETO_JSON":"{}"}]}"#;

        assert_eq!(rows(plain), [(7, "{}".to_owned())]);
        assert_eq!(rows(plain), rows(odd));
    }
}
