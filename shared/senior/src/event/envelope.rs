//! Where in a delivery its orders stand (`contracts/senior-x.md` §7.3, `contracts/service-order-flow.md` §15.2–3).

use crate::{
    json::{self, Node, Tree},
    options::SeniorOptions,
    order::valid_order_id,
    scalar,
};

use super::{Unreadable, metadata::Metadata};

/// One order of a delivery.
pub(super) struct Found {
    pub(super) order_id: String,
    /// What was pushed for this order: the document, or its element of an array.
    pub(super) element: String,
    /// The object that names the order.
    pub(super) payload: String,
    pub(super) metadata: Metadata,
}

/// Members that only an envelope has: next to them `/id` is the event's (§15.2).
const METADATA: &[&str] = &["eventId", "event", "type", "domain", "service", "primitive", "timestamp"];

/// The one pointer that also fits an envelope.
const BARE: &str = "/id";

/// Arrays of events in arrays of events: nobody sends more.
const DEEPEST: usize = 3;

/// All orders of `document`, at least one.
pub(super) fn unwrap(document: &Tree<'_>, options: &SeniorOptions) -> Result<Vec<Found>, Unreadable> {
    Search { options }.orders(document, &[])
}

#[derive(Clone, Copy, PartialEq)]
enum Pass {
    /// Pointers that name an order.
    Named,
    /// `/id`, after nothing else hit.
    Bare,
}

struct Search<'o> {
    options: &'o SeniorOptions,
}

impl Search<'_> {
    /// The orders in `tree`, which stands inside of `around`.
    fn orders(&self, tree: &Tree<'_>, around: &[&Tree<'_>]) -> Result<Vec<Found>, Unreadable> {
        for pass in [Pass::Named, Pass::Bare] {
            for candidate in &self.options.envelope_candidates {
                match self.candidate(tree, candidate, around, pass) {
                    Ok(found) => return Ok(found),
                    Err(Unreadable::NoOrder) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        Err(Unreadable::NoOrder)
    }

    fn candidate(
        &self,
        tree: &Tree<'_>,
        candidate: &str,
        around: &[&Tree<'_>],
        pass: Pass,
    ) -> Result<Vec<Found>, Unreadable> {
        let mut around = around.to_vec();
        let mut at = tree;
        for name in candidate.split('.').filter(|name| !name.is_empty()) {
            around.push(at);
            at = at.member(name).ok_or(Unreadable::NoOrder)?;
        }
        opened(at, |payload| match &payload.node {
            Node::List(items) if pass == Pass::Named => self.list(items, &around),
            Node::Object(_) => self.object(payload, tree, &around, pass),
            _ => Err(Unreadable::NoOrder),
        })
        .unwrap_or(Err(Unreadable::NoOrder))
    }

    /// An array with one object is that object; each of several is an order of its own.
    fn list(&self, items: &[Tree<'_>], around: &[&Tree<'_>]) -> Result<Vec<Found>, Unreadable> {
        if around.len() > DEEPEST {
            return Err(Unreadable::NoOrder);
        }
        let mut found = Vec::new();
        let mut missed = false;
        for item in items {
            let orders = opened(item, |item| match item.node {
                Node::Object(_) => Some(self.orders(item, around)),
                _ => None,
            });
            match orders.flatten() {
                Some(Ok(orders)) => found.extend(orders),
                Some(Err(Unreadable::NoOrder)) => missed = true,
                Some(Err(other)) => return Err(other),
                None => {}
            }
        }
        if found.is_empty() || missed { Err(Unreadable::NoOrder) } else { Ok(found) }
    }

    fn object(
        &self,
        payload: &Tree<'_>,
        element: &Tree<'_>,
        around: &[&Tree<'_>],
        pass: Pass,
    ) -> Result<Vec<Found>, Unreadable> {
        let order_id = match pass {
            Pass::Named => self.named(payload),
            Pass::Bare if self.is_envelope(payload) => None,
            Pass::Bare => payload.at(BARE).filter(|_| self.ids().any(|id| id == BARE)).and_then(scalar::text),
        };
        let order_id = order_id.ok_or(Unreadable::NoOrder)?;
        if !valid_order_id(&order_id) {
            return Err(Unreadable::BadOrderId);
        }
        Ok(vec![Found {
            order_id,
            element: element.raw.to_owned(),
            payload: payload.raw.to_owned(),
            metadata: Metadata::read(around, payload),
        }])
    }

    fn named(&self, payload: &Tree<'_>) -> Option<String> {
        self.ids().filter(|pointer| *pointer != BARE).find_map(|pointer| scalar::text(payload.at(pointer)?))
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.options.pointers("order_id").iter().map(String::as_str)
    }

    /// Whether an `id` here may be the event's: there is metadata next to it, or a payload below.
    fn is_envelope(&self, object: &Tree<'_>) -> bool {
        let below = |candidate: &String| {
            let name = candidate.split('.').find(|name| !name.is_empty());
            let value = name.and_then(|name| object.member(name));
            value.is_some_and(|value| opened(value, |inner| !inner.is_blank()) == Some(true))
        };
        METADATA.iter().any(|name| object.member(name).is_some())
            || self.options.envelope_candidates.iter().any(below)
    }
}

/// Looks at a structure, also where it stands as text: that is read once.
fn opened<T>(tree: &Tree<'_>, look: impl FnOnce(&Tree<'_>) -> T) -> Option<T> {
    match &tree.node {
        Node::Object(_) | Node::List(_) => Some(look(tree)),
        Node::Text(text) => {
            let inner = json::parse(text.trim()).ok()?;
            matches!(inner.node, Node::Object(_) | Node::List(_)).then(|| look(&inner))
        }
        Node::Null | Node::Flag(_) | Node::Number => None,
    }
}
