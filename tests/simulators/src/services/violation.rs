//! What must not happen, whatever is lost, doubled or late.

use std::fmt;

use serde::Serialize;

/// Something the integration must never do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Id of the order in the ERP; empty when there was none.
    pub order: String,
    /// What it is.
    pub kind: ViolationKind,
    /// What happened, in Portuguese.
    pub text: String,
}

/// What must never happen (`contracts/service-order-flow.md` §13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ViolationKind {
    /// A second SS for one order (R17, R18).
    SecondSs,
    /// An SS for an order without equipment (R5).
    SsWithoutEquipment,
    /// One request to open that names several orders, or none (§15.3).
    NotOneOrder,
    /// A release while Sismetro did not say that the SS is concluded (R9).
    ReleaseBeforeConclusion,
    /// A release before the number of the SS was on the order (§4, note before release).
    ReleaseWithoutNote,
    /// A link on the order that is not the one of its SS (`contracts/sismetro.md` §6).
    WrongLink,
    /// A cancellation while Sismetro did not say that the SS is cancelled (R12).
    CancelNotAsked,
    /// One cancellation of several orders (`contracts/senior-x.md` §10.7).
    SeveralIds,
    /// The same observation twice (R8).
    SecondNote,
}

impl Violation {
    pub(crate) fn new(order: &str, kind: ViolationKind, text: impl Into<String>) -> Self {
        Self { order: order.to_owned(), kind, text: text.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pedido {}: {}", self.order, self.text)
    }
}
