//! Pages on their way: noted in the lease first, two at once, given in their order.

use std::collections::HashSet;
use std::time::Duration;

use partner_http::{CallError, Fault};
use tracing::warn;

use crate::Key;
use crate::entity::{Question, Source, SourcePage};
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
    /// Asks for these pages of one part, each with its running number, at most [`AT_ONCE`] and at the same time.
    /// What comes after one that failed is dropped: the cursor cannot say that it is settled.
    pub(crate) async fn pages<Record>(&self, questions: &[(Question, u32)]) -> Fetched<Record>
    where
        S: Source<Record>,
    {
        debug_assert!(questions.len() <= AT_ONCE as usize, "{questions:?}");
        let mut fetched = Fetched::default();
        let ([(first, _), ..], [.., (last, highest)]) = (questions, questions) else { return fetched };
        let highest = *highest;
        if let Err(lost) = self.hold.asking(highest).await {
            return Fetched { failed: Some(lost.into()), ..fetched };
        }
        let second = async { if questions.len() > 1 { Some(self.page(last).await) } else { None } };
        let (first, second) = tokio::join!(self.page(first), second);
        self.hold.answered(highest);
        for page in [Some(first), second].into_iter().flatten() {
            match page {
                Ok(page) => fetched.pages.push(page),
                Err(stop) => return Fetched { failed: Some(stop), ..fetched },
            }
        }
        fetched
    }

    async fn page<Record>(&self, question: &Question) -> Result<SourcePage<Record>, Stop>
    where
        S: Source<Record>,
    {
        let page = self.source.page(question).await;
        if let Err(CallError { fault: Fault::Blocked { seconds }, .. }) = &page {
            self.hold.blocked(Duration::from_secs(*seconds)).await?;
        }
        Ok(page?)
    }
}

/// The source as the end of a sweep sees it: what it is asked by key is noted in the lane like a page.
pub(crate) struct Witnessed<'a, 'j, S, L> {
    pub(crate) source: &'j S,
    pub(crate) hold: &'a Hold<'j, L>,
    /// Above all pages of the sweep.
    pub(crate) number: u32,
}

impl<Record, S: Source<Record>, L: Leases> Source<Record> for Witnessed<'_, '_, S, L> {
    fn lane(&self) -> String {
        self.source.lane()
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<Record>, CallError> {
        self.source.page(question).await
    }

    async fn present(&self, keys: &[Key]) -> Result<Option<HashSet<Key>>, CallError> {
        let there = self.source.present(keys).await;
        if !matches!(there, Ok(None)) {
            self.hold.answered(self.number);
        }
        if let Err(CallError { fault: Fault::Blocked { seconds }, .. }) = &there {
            let noted = self.hold.blocked(Duration::from_secs(*seconds)).await;
            if let Err(error) = noted {
                warn!(error = &error as &dyn std::error::Error, "the block was not noted");
            }
        }
        there
    }
}
