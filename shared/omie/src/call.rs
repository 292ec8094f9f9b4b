//! A request is a value that knows its path, its effect and its reply.

use std::time::Duration;

use partner_http::{Effect, LanePolicy};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rows::{Rows, Unreadable};

/// Rows asked per page: the one size that every listing honours (`contracts/omie.md §3, §11.1`).
pub const PAGE_SIZE: u32 = 100;

/// Requests a minute per key and method. Omie allows 240; with the burst, 230 in any minute, and 235 across a
/// restart of the process (`contracts/omie.md §3`).
const PER_MINUTE: u32 = 225;
const BURST: u32 = 5;
/// Omie calls the same question inside 60 s redundant, and each repeat restarts the 60 s.
const REDUNDANCY: Duration = Duration::from_secs(61);
/// Omie blocks the method at the tenth failure (`contracts/omie.md §3.1`).
const FAILURES_ALLOWED: u32 = 5;
/// The tenth in any 60 s, "no rows" among them (mapping §13.6): less than half, for a second process that
/// follows.
const MISUSE_ALLOWED: u32 = 4;

/// One method of Omie. The value serialises to the single object of `param`.
///
/// Omie refuses members it does not know, so a request has the members of the contract and no other, and
/// leaves out those without a value.
pub trait Call: Serialize + Send + Sync {
    /// Service path with its trailing slash: `geral/clientes/`.
    const PATH: &'static str;
    /// Method name, the envelope's `call`.
    const METHOD: &'static str;
    /// What a repetition does.
    const EFFECT: Effect;
    /// What the method answers.
    type Reply: DeserializeOwned;

    /// The limits of this method's lane. A method with narrower ones (`contracts/omie.md §3.1`) says so here.
    fn policy() -> LanePolicy {
        usual(Self::EFFECT)
    }
}

/// The limits of a method that has none of its own.
pub(crate) fn usual(effect: Effect) -> LanePolicy {
    let (concurrency, redundancy) = match effect {
        Effect::Read => (2, Some(REDUNDANCY)),
        Effect::Repeatable | Effect::AskFirst => (1, None),
    };
    LanePolicy {
        per_minute: PER_MINUTE,
        burst: BURST,
        concurrency,
        redundancy,
        failures_allowed: FAILURES_ALLOWED,
        misuse_allowed: Some(MISUSE_ALLOWED),
    }
}

/// A call that answers with rows, page by page. A listing that Omie does not paginate has one page.
pub trait Listing: Call + Clone {
    /// One row.
    type Item: Send;

    /// The same question for page `page`, counted from 1.
    #[must_use]
    fn at(&self, page: u32) -> Self;

    /// What the reply says to this question, in the shape both pagination styles share.
    fn page(&self, reply: Self::Reply) -> Page<Self::Item>;
}

/// Rows of one page. A page shorter than asked is normal; only `total_pages` tells the end, and each page
/// tells it anew (`contracts/omie.md §5`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Which page this is, counted from 1.
    pub number: u32,
    /// Pages there are now; 0 when there is nothing.
    pub total_pages: u32,
    /// Rows there are now, on all pages.
    pub total_records: u64,
    /// The rows of this page, as sent: duplicates included.
    pub items: Vec<T>,
    /// The rows of this page that are not as agreed. They are counted in `total_records` too.
    pub unreadable: Vec<Unreadable>,
}

impl<T> Page<T> {
    /// The answer "no rows" (`Client-5113`) to the question for page `number`.
    pub fn empty(number: u32) -> Self {
        Self::of(number, 0, 0, Rows::default())
    }

    /// The only page of a listing that is not paginated.
    pub(crate) fn only(rows: Rows<T>) -> Self {
        let total_records = (rows.items.len() + rows.unreadable.len()) as u64;
        Self::of(1, 1, total_records, rows)
    }

    pub(crate) fn of(number: u32, total_pages: u32, total_records: u64, rows: Rows<T>) -> Self {
        let Rows { items, unreadable } = rows;
        Self { number, total_pages, total_records, items, unreadable }
    }
}
