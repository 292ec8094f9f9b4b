//! One order on its way, as both sides show it.

use std::collections::VecDeque;

use jiff::Timestamp;
use sales::desk::words;
use serde_json::Value;
use simulators::{OrderSeen, Simulators};

use super::story::{Act, End};
use crate::words::{decimal, hour, money};

/// Taken by the ERP, and refused by it (`contracts/maxima.md` §7.4).
const TAKEN: u8 = 4;
const REFUSED: u8 = 5;

/// An order that was placed.
#[derive(Debug)]
pub struct Sold {
    id: u64,
    what: &'static str,
    at: Timestamp,
    /// What is still to be done to it in Omie, what was done last, and how many things were.
    acts: VecDeque<Act>,
    last: Option<Act>,
    done: usize,
    end: End,
    seen: Seen,
    /// Why it is held.
    held: Option<String>,
    has_ended: bool,
}

/// What was seen of it last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    number: Option<String>,
    status: u8,
    letter: Option<String>,
    says: String,
}

impl Seen {
    fn of(order: &OrderSeen, in_omie: Option<&Value>) -> Self {
        let number = in_omie.map(|order| shown(&order["cabecalho"]["numero_pedido"]));
        let says = order.critiques.last().map(|critique| critique.text.clone()).unwrap_or_default();
        // What the app shows of an order that the ERP has refused is no position of it.
        let letter = order.timeline.clone().filter(|_| order.status == TAKEN);
        Self { number, status: order.status, letter, says }
    }
}

impl Sold {
    pub(super) fn new(id: u64, what: &'static str, acts: VecDeque<Act>, end: End, at: Timestamp) -> Self {
        let seen = Seen::default();
        Self { id, what, at, acts, last: None, done: 0, end, seen, held: None, has_ended: false }
    }

    /// `CodigoPedidoNuvem`.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Whether it has come to its end.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// When it was placed.
    pub(super) fn when(&self) -> Timestamp {
        self.at
    }

    /// What is special about it.
    pub(super) fn what(&self) -> &'static str {
        self.what
    }

    /// How much was done to it in Omie.
    pub(super) fn steps(&self) -> usize {
        self.done
    }

    /// Why it is held, if it is.
    pub(super) fn held(&self) -> Option<&str> {
        self.held.as_deref()
    }

    /// Whether our record is to be asked if it is held.
    pub(super) fn may_be_held(&self) -> bool {
        !self.has_ended && matches!(self.end, End::Held | End::Any)
    }

    /// Our record says that it is held; what is new about that.
    pub(super) fn hold(&mut self, why: &str, now: Timestamp) -> Option<String> {
        self.has_ended |= self.end == End::Held;
        let is_news = self.held.as_deref() != Some(why);
        self.held = Some(why.to_owned());
        is_news.then(|| self.line(now, &format!("retido para o operador – {why}")))
    }

    /// That it was placed: `o vendedor enviou R$ 1.234,50, MERCADO CENTRAL LTDA`.
    pub(super) fn placed(&self, simulators: &Simulators) -> String {
        let order = simulators.maxima.order(self.id);
        let about = order.map(|order| format!(" R$ {}, {}", total(&order), customer(&order)));
        self.line(self.at, &format!("o vendedor enviou{}", about.unwrap_or_default()))
    }

    /// Looks at both sides, does what is next in Omie, and says what is new.
    pub(super) fn look(&mut self, simulators: &Simulators, now: Timestamp) -> Vec<String> {
        let Some(order) = simulators.maxima.order(self.id) else { return Vec::new() };
        let seen = Seen::of(&order, simulators.omie.order(&self.id.to_string()).as_ref());
        let mut said = Vec::new();
        said.extend(self.news(&seen).into_iter().map(|news| self.line(now, &news)));
        self.seen = seen;
        if !self.has_ended && self.is_refused() {
            self.has_ended = true;
        } else if !self.has_ended && self.stands_as_acted() {
            match self.acts.pop_front() {
                None => self.has_ended = matches!(self.end, End::AsActed | End::Any) && self.reads_as_acted(),
                Some(act) => {
                    let done = act.done(&simulators.omie, &self.id.to_string());
                    said.push(self.line(now, &format!("no ERP: {done}")));
                    (self.last, self.done) = (Some(act), self.done + 1);
                }
            }
        }
        said
    }

    /// Whether it stands for the seller where the last act has left it.
    fn stands_as_acted(&self) -> bool {
        self.seen.status == TAKEN && self.seen.letter.as_deref() == Some(self.last.map_or("P", Act::letter))
    }

    /// Whether the seller reads so, too.
    fn reads_as_acted(&self) -> bool {
        self.last.is_none_or(|act| self.seen.says.contains(act.reads()))
    }

    fn is_refused(&self) -> bool {
        let words = match self.end {
            End::AsActed | End::Held => return false,
            End::Refused(words) => words,
            End::Any => "",
        };
        self.seen.status == REFUSED && !self.seen.says.is_empty() && self.seen.says.contains(words)
    }

    fn news(&self, seen: &Seen) -> Vec<String> {
        let mut news = Vec::new();
        if let Some(number) = seen.number.as_ref().filter(|_| self.seen.number.is_none()) {
            news.push(format!("no Omie, nº {number}"));
        }
        if (seen.status, &seen.letter, &seen.says) == (self.seen.status, &self.seen.letter, &self.seen.says) {
            return news;
        }
        match (&seen.letter, seen.status) {
            (Some(letter), _) => {
                news.push(format!("o vendedor lê: {} – {}", words::letter(letter), seen.says));
            }
            (None, REFUSED) => news.push(format!("o vendedor lê: recusado – {}", seen.says)),
            _ => {}
        }
        news
    }

    fn line(&self, at: Timestamp, text: &str) -> String {
        format!("{}  pedido {} ({}): {text}", hour(at), self.id, self.what)
    }
}

/// What it comes to.
pub(super) fn total(order: &OrderSeen) -> String {
    decimal(&order.object["ValorTotal"]).map(money).unwrap_or_default()
}

/// Who buys.
pub(super) fn customer(order: &OrderSeen) -> String {
    order.object["Cliente"]["Nome"].as_str().unwrap_or_default().to_owned()
}

/// A number without the zeros that Omie writes before it.
pub(super) fn shown(number: &Value) -> String {
    let text = number.as_str().map_or_else(|| number.to_string(), str::to_owned);
    text.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_that_stands_at_its_end_has_not_come_to_it_before_the_seller_reads_so() {
        let placed = |act| Sold {
            last: act,
            ..Sold::new(7, "", VecDeque::new(), End::AsActed, Timestamp::UNIX_EPOCH)
        };
        let seen = |letter: &str, says: &str| Seen {
            number: None,
            status: TAKEN,
            letter: Some(letter.to_owned()),
            says: says.to_owned(),
        };
        let imported = "Pedido importado com sucesso!";
        for (act, letter, says, stands, reads) in [
            (None, "P", imported, true, true),
            (Some(Act::Cancel), "L", imported, false, false),
            (Some(Act::Cancel), "C", imported, true, false),
            (Some(Act::Cancel), "C", "Pedido cancelado", true, true),
            (Some(Act::Release), "L", imported, true, false),
            (Some(Act::Release), "L", "Etapa: Separar Estoque", true, true),
            (Some(Act::Assemble), "M", "Etapa: Separar Estoque", true, false),
            (Some(Act::Assemble), "M", "Etapa: Faturar", true, true),
            (Some(Act::Invoice), "F", "Etapa: Faturar", true, false),
            (Some(Act::Invoice), "F", "Etapa: Faturado", true, false),
            (Some(Act::Invoice), "F", "Etapa: Faturado. NF 12345", true, true),
        ] {
            let order = Sold { seen: seen(letter, says), ..placed(act) };
            assert_eq!((order.stands_as_acted(), order.reads_as_acted()), (stands, reads), "{act:?} {says}");
        }
    }
}
