//! Pages on their way: noted in the lease first, two at once, given in their order.

use std::ops::Range;
use std::time::Duration;

use partner_http::{CallError, Fault};

use crate::entity::{Source, SourcePage};
use crate::hold::Hold;
use crate::ports::Leases;
use crate::stop::Stop;

/// How many questions may be in flight in one lane (`contracts/omie.md` §3.1.2).
pub(crate) const AT_ONCE: u32 = 2;

/// Who asks, and in which lane.
pub(crate) struct Fetch<'a, 'j, S, L> {
    pub(crate) source: &'j S,
    pub(crate) hold: &'a Hold<'j, L>,
}

/// Pages that follow each other without a gap.
pub(crate) struct Fetched<Record> {
    pub(crate) pages: Vec<SourcePage<Record>>,
    /// Why the page after them is not among them, if it was asked.
    pub(crate) failed: Option<Stop>,
}

impl<Record> Fetched<Record> {
    /// Whether nothing was asked.
    pub(crate) fn is_nothing(&self) -> bool {
        self.pages.is_empty() && self.failed.is_none()
    }
}

impl<Record> Default for Fetched<Record> {
    fn default() -> Self {
        Self { pages: Vec::new(), failed: None }
    }
}

impl<S, L: Leases> Fetch<'_, '_, S, L> {
    /// Asks for these pages, at most [`AT_ONCE`], all at the same time. What comes after one that failed is
    /// dropped: the cursor cannot say that it is settled.
    pub(crate) async fn pages<Record>(&self, numbers: Range<u32>) -> Fetched<Record>
    where
        S: Source<Record>,
    {
        debug_assert!(numbers.len() <= AT_ONCE as usize, "{numbers:?}");
        let mut fetched = Fetched::default();
        let Some(highest) = numbers.clone().last() else { return fetched };
        if let Err(lost) = self.hold.asking(highest).await {
            return Fetched { failed: Some(lost.into()), ..fetched };
        }
        let second = async { if numbers.len() > 1 { Some(self.page(highest).await) } else { None } };
        let (first, second) = tokio::join!(self.page(numbers.start), second);
        self.hold.answered(highest);
        for page in [Some(first), second].into_iter().flatten() {
            match page {
                Ok(page) => fetched.pages.push(page),
                Err(stop) => return Fetched { failed: Some(stop), ..fetched },
            }
        }
        fetched
    }

    async fn page<Record>(&self, number: u32) -> Result<SourcePage<Record>, Stop>
    where
        S: Source<Record>,
    {
        let page = self.source.page(number).await;
        if let Err(CallError { fault: Fault::Blocked { seconds }, .. }) = &page {
            self.hold.blocked(Duration::from_secs(*seconds)).await?;
        }
        Ok(page?)
    }
}
