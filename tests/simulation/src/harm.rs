//! What can go wrong at one boundary between us and the world.

use std::fmt;

use simulators::Fault;

use crate::services;

/// A boundary: just before something outside of us happens, or just after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// It has not happened yet.
    Before,
    /// It has happened, and we do not know it yet.
    After,
}

/// What is on the other side of a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The table.
    Store,
    /// The ERP.
    Omie,
    /// The cloud of the sellers.
    Maxima,
    /// The ERP of the service orders.
    Senior,
    /// The field service.
    Sismetro,
}

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Harm {
    /// The invocation is gone, from one instruction to the next.
    Kill,
    /// The table throttles; nothing is done.
    StoreBusy,
    /// The table does not answer: before, nothing was done; after, everything was.
    StoreSilent,
    /// The request never leaves.
    NotSent,
    /// The answer is lost on our side.
    AnswerLost,
    /// The partner answers words that nobody knows, quoting a secret; before, nothing was done; after, everything was.
    Words,
    /// The partner's own fault.
    Html,
    /// See [`Fault::Truncated`].
    Truncated,
    /// See [`Fault::LostAnswer`].
    LostAnswer,
    /// See [`Fault::LostRequest`].
    LostRequest,
    /// See [`Fault::Held`].
    Held,
    /// See [`Fault::HeldAnswer`].
    HeldAnswer,
    /// Carried out after its caller has gone (40 s).
    Late,
    /// Answered 20 s late.
    Slow,
    /// HTTP 429.
    Status429,
    /// The misuse block, 1800 s.
    Blocked425,
    /// The same query a moment ago.
    Redundant,
    /// One is in flight.
    PartnerBusy,
    /// The credential or token is not accepted.
    Unauthorized,
    /// A refusal by a business rule, in words that quote a secret.
    Reject,
    /// The same, as a success with a refusal inside.
    RejectInside,
    /// HTTP 429 with `Retry-After`.
    RetryAfter,
    /// HTTP 409; nothing is said of what was done, and it was.
    Conflict,
    /// HTTP 500; nothing was done.
    ErrorBefore,
    /// HTTP 500; everything was done.
    ErrorAfter,
    /// Done, and answered with a success that says nothing.
    Empty,
    /// Done, and answered after the caller has given up.
    TooSlow,
    /// Something that was decided for us does not fit the account (`Client-1070`); nothing was done.
    Misconfigured,
    /// The request has a member that the partner does not know (`Client-5001`); nothing was done.
    Malformed,
    /// Done, and answered with a success that nobody can read.
    Garbled,
    /// Done, and answered that it was there already.
    AlreadyThere,
}

impl Harm {
    /// What can go wrong between Senior X and Sismetro.
    pub const SERVICES: [Self; 23] = [
        Self::Kill,
        Self::StoreBusy,
        Self::StoreSilent,
        Self::NotSent,
        Self::AnswerLost,
        Self::Html,
        Self::Truncated,
        Self::LostAnswer,
        Self::LostRequest,
        Self::Held,
        Self::HeldAnswer,
        Self::Late,
        Self::Slow,
        Self::TooSlow,
        Self::Status429,
        Self::RetryAfter,
        Self::Unauthorized,
        Self::Reject,
        Self::RejectInside,
        Self::Conflict,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::Empty,
    ];

    /// What can go wrong between Omie and Máxima.
    pub const ALL: [Self; 20] = [
        Self::Kill,
        Self::StoreBusy,
        Self::StoreSilent,
        Self::NotSent,
        Self::AnswerLost,
        Self::Words,
        Self::Html,
        Self::Truncated,
        Self::LostAnswer,
        Self::LostRequest,
        Self::Held,
        Self::HeldAnswer,
        Self::Late,
        Self::Slow,
        Self::Status429,
        Self::Blocked425,
        Self::Redundant,
        Self::PartnerBusy,
        Self::Unauthorized,
        Self::Reject,
    ];

    /// What else can go wrong between Omie and Máxima. Drawn by itself, so that the first seeds stay the runs they were.
    pub const MORE: [Self; 6] = [
        Self::Misconfigured,
        Self::Malformed,
        Self::RejectInside,
        Self::ErrorAfter,
        Self::Garbled,
        Self::AlreadyThere,
    ];

    /// Whether it can happen there, at a call of this name.
    pub fn fits(self, place: Place, side: Side, name: &str) -> bool {
        match (self, place, side) {
            (Self::Kill, ..)
            | (Self::StoreBusy, Place::Store, Side::Before)
            | (Self::StoreSilent, Place::Store, _)
            | (Self::NotSent, Place::Omie | Place::Maxima | Place::Senior | Place::Sismetro, Side::Before)
            | (
                Self::AnswerLost,
                Place::Omie | Place::Maxima | Place::Senior | Place::Sismetro,
                Side::After,
            )
            | (Self::Words, Place::Omie, _)
            | (
                Self::HeldAnswer
                | Self::Late
                | Self::Blocked425
                | Self::Redundant
                | Self::PartnerBusy
                | Self::Misconfigured
                | Self::Malformed,
                Place::Omie,
                Side::Before,
            )
            | (Self::ErrorAfter | Self::Garbled, Place::Omie | Place::Maxima, Side::After) => true,
            (Self::RejectInside, Place::Omie, Side::Before) => {
                ["Incluir", "Alterar", "Associar"].iter().any(|verb| name.starts_with(verb))
            }
            (Self::AlreadyThere, Place::Omie, Side::After) => name.starts_with("Incluir"),
            (_, Place::Omie | Place::Maxima, Side::Before) => self.fault("").is_some(),
            (_, Place::Senior | Place::Sismetro, Side::Before) => {
                services::fault(self, place, name, "").is_some()
            }
            _ => false,
        }
    }

    /// The simulators' name of it; none for what happens on our side. A refusal quotes `secret`, as partners do.
    pub(crate) fn fault(self, secret: &str) -> Option<Fault> {
        Some(match self {
            Self::Html => Fault::Html,
            Self::Truncated => Fault::Truncated,
            Self::LostAnswer => Fault::LostAnswer,
            Self::LostRequest => Fault::LostRequest,
            Self::Held => Fault::Held,
            Self::HeldAnswer => Fault::HeldAnswer,
            Self::Late => Fault::Late(40_000),
            Self::Slow => Fault::Slow(20_000),
            Self::Status429 => Fault::Status429,
            Self::Blocked425 => Fault::Blocked425,
            Self::Redundant => Fault::Redundant,
            Self::PartnerBusy => Fault::Busy,
            Self::Unauthorized => Fault::Unauthorized,
            Self::Reject => Fault::Reject {
                text: format!("ERROR: O cadastro não pode ser usado ({secret})!"),
                status: 500,
            },
            Self::Kill
            | Self::StoreBusy
            | Self::StoreSilent
            | Self::NotSent
            | Self::AnswerLost
            | Self::Words
            | Self::RejectInside
            | Self::RetryAfter
            | Self::Conflict
            | Self::ErrorBefore
            | Self::ErrorAfter
            | Self::Empty
            | Self::TooSlow
            | Self::Misconfigured
            | Self::Malformed
            | Self::Garbled
            | Self::AlreadyThere => {
                return None;
            }
        })
    }
}

impl fmt::Display for Harm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
