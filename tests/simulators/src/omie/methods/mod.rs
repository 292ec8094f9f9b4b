//! The methods the simulator knows, each with its path, its pagination and the members it accepts: the tables
//! of `contracts/omie.md` §8.

mod basic;
mod goods;
mod trade;

use super::operation;
use crate::Registry;
use crate::dataset::Traits;

pub(super) use basic::TAGS;

/// A listing.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) name: &'static str,
    /// What it lists.
    pub(super) registry: Registry,
    /// After `/api/v1/`, trailing slash included.
    pub(super) path: &'static str,
    /// Name of the request's complex type, which the fault about an unknown member states.
    pub(super) complex: &'static str,
    pub(super) paging: Paging,
    /// The array of the answer.
    pub(super) rows: &'static str,
    pub(super) members: &'static [Member],
}

/// How a listing is paged (`contracts/omie.md` §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paging {
    Snake,
    Hungarian,
    Whole,
}

impl Paging {
    /// Names of: page, page size, total pages, rows here, total rows. Requests use the first two.
    pub(super) fn names(self) -> [&'static str; 5] {
        match self {
            Self::Snake | Self::Whole => {
                ["pagina", "registros_por_pagina", "total_de_paginas", "registros", "total_de_registros"]
            }
            Self::Hungarian => ["nPagina", "nRegPorPagina", "nTotPaginas", "nRegistros", "nTotRegistros"],
        }
    }
}

/// A member of the request and what it does.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) does: Does,
}

/// What a member of the request does.
#[derive(Debug)]
pub(super) enum Does {
    /// Page number or page size, required where the contract says so.
    Page { required: bool },
    /// Keeps records whose field is this text.
    Equals(&'static str),
    /// Keeps records whose field contains this text, in any case; a `%` at either end says the same.
    Contains(&'static str),
    /// Keeps records whose field has these digits, masked or not.
    Digits(&'static str),
    /// Keeps, for each of these texts, the records whose field is "S".
    Choice(&'static [(&'static str, &'static str)]),
    /// Keeps records that have this trait for "S", that have it not for "N".
    Is(Traits),
    /// Keeps records that have this trait, unless it is "N": also when it is not sent.
    OnlyUnlessNo(Traits),
    /// "R" for titles to be received, "P" for titles to be paid.
    Nature,
    /// Part of the window of dates and hours: without one, a listing that has it may hide what is old.
    Window,
    /// First day of a window.
    From(Dated),
    /// Last day of a window.
    To(Dated),
    /// Keeps records that have one of these tags.
    Tags,
    /// Keeps records whose identities these objects state in this member.
    Ids(&'static str),
    /// Sub-object with members of its own.
    Nested(&'static str, &'static [Member]),
    /// Says which records the listing is about, before any filter: read by `scope.rs`.
    Scope,
    /// "S" or "N" that changes nothing here.
    Flag,
    /// Text that changes nothing here: ordering.
    Order,
    /// "S" or `true` shows what is left out otherwise.
    Whole,
    /// "S" leaves the items and the totals of an order out.
    Summary,
    /// Exists in Omie; the simulator does not do it and says so when it is filled, other than with "N".
    NotSimulated,
}

/// What a day or an instant is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dated {
    Included,
    Changed,
    Cancelled,
    /// `data_previsao` of an order.
    Expected,
    /// A day the record states.
    Stated(&'static str),
}

impl Method {
    /// Whether it lists only the last days when no dates are given, as third parties report of some
    /// (`contracts/omie.md` §7): here, all that take dates.
    pub(super) fn forgets_when_undated(&self) -> bool {
        let dates = |does: &Does| matches!(does, Does::Window | Does::From(_) | Does::To(_));
        self.members.iter().any(|member| dates(&member.does))
    }

    pub(super) fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// The method of that name.
pub(super) fn method(name: &str) -> Option<&'static Method> {
    let listings = [basic::METHODS, goods::METHODS, trade::METHODS].into_iter().flatten();
    listings.into_iter().find(|method| method.name == name).or_else(|| operation::method(name))
}

const fn m(name: &'static str, does: Does) -> Member {
    Member { name, does }
}
