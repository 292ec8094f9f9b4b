//! What can be done about a record: asked of its machine, so that the answer cannot go stale.

use jiff::Timestamp;
use serde::Serialize;

use super::record::Record;
use super::tell::Word;
use crate::customers::{self, Customer};
use crate::orders::machine::{self, CLAIM};
use crate::orders::{self, InErp, Order};

/// A word that applies to a record as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Action {
    /// Which.
    pub verb: Verb,
    /// What stands on the button.
    pub label: &'static str,
    /// What comes of it.
    pub means: &'static str,
}

/// A [`Word`] without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Try again now.
    Retry,
    /// Keep it out of Omie and tell the seller why.
    Refuse,
    /// It is this order of Omie.
    Adopt,
}

/// What can be done about it at `now`.
pub fn actions(record: &Record, now: Timestamp) -> Vec<Action> {
    [Verb::Retry, Verb::Refuse, Verb::Adopt]
        .into_iter()
        .filter(|verb| match record {
            Record::Pedido(order) => order_hears(order, &verb.example(), now),
            Record::Cliente(customer) => customer_hears(customer, &verb.example(), now),
        })
        .map(|verb| Action { verb, label: verb.label(record), means: verb.means(record) })
        .collect()
}

/// Whether the order's machine makes something of the word.
pub(super) fn order_hears(order: &Order, word: &Word, now: Timestamp) -> bool {
    !is_leaving(
        order.stage == orders::Stage::Sending,
        order.sent.as_ref().map(|sent| sent.at),
        order.due,
        now,
    ) && machine::next(order, &machine::Event::Told(word.of_order("x")), now).is_some()
}

/// The same for a customer.
pub(super) fn customer_hears(customer: &Customer, word: &Word, now: Timestamp) -> bool {
    let Some(word) = word.of_customer("x") else { return false };
    let is_sending = customer.stage == customers::Stage::Sending;
    !is_leaving(is_sending, customer.sent.as_ref().map(|sent| sent.at), customer.due, now)
        && customers::machine::next(customer, &customers::machine::Event::Told(word), now).is_some()
}

/// Whether the write is leaving at this very moment: it may wait at a limit of ours, and "not there" would be no answer
/// to rely on. It says by itself what came of it, within [`CLAIM`].
fn is_leaving(is_sending: bool, sent: Option<Timestamp>, due: Option<Timestamp>, now: Timestamp) -> bool {
    let claimed = sent.map(|sent| clock::later(sent, CLAIM));
    is_sending && claimed.is_some() && due == claimed && due.is_some_and(|due| due > now)
}

impl Verb {
    /// Such a word, with any content.
    fn example(self) -> Word {
        match self {
            Self::Retry => Word::Retry,
            Self::Refuse => Word::Refuse,
            Self::Adopt => Word::Adopt(InErp { codigo_pedido: 1, numero: 1 }),
        }
    }

    fn label(self, record: &Record) -> &'static str {
        match (self, record.stage()) {
            (Self::Retry, "sending") => "Consultar o Omie agora",
            (Self::Retry, "in-erp") => "Avisar a Máxima de novo",
            (Self::Retry, _) => "Tentar de novo",
            (Self::Refuse, _) => "Recusar",
            (Self::Adopt, _) => "Associar a um pedido do Omie",
        }
    }

    fn means(self, record: &Record) -> &'static str {
        match (self, record.stage()) {
            (Self::Retry, "sending") => "o Omie é consultado antes de qualquer novo envio",
            (Self::Retry, "in-erp") => "o resultado e os dados são enviados outra vez à Máxima",
            (Self::Retry, _) => {
                "é conferido e enviado ao Omie outra vez, mesmo que ele já o tenha recusado assim"
            }
            (Self::Refuse, _) => "não vai ao Omie; o vendedor lê o motivo",
            (Self::Adopt, _) => "o pedido indicado do Omie passa a ser este; nada é enviado ao Omie",
        }
    }
}
