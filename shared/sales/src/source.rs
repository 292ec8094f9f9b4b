//! Where the records of an entity come from: a listing of Omie, or what another entity left in the ledger.

use engine::{Source, SourcePage};
use jiff::civil::{Date, date};
use omie::Omie;
use partner_http::CallError;

/// The window that holds every record. Some of Omie's listings show only the last weeks when no dates are given
/// (`contracts/omie.md §7`), so a whole reading says so; it starts after 1900, the year Omie refuses.
pub(crate) const EVER: (Date, Date) = (date(2000, 1, 1), date(2099, 12, 31));

/// The pages of one of Omie's listings.
#[derive(Debug)]
pub(crate) struct Listed<'a, L> {
    omie: &'a Omie,
    listing: L,
}

impl<'a, L: omie::Listing> Listed<'a, L> {
    /// Reads `listing` from `omie`.
    pub(crate) fn new(omie: &'a Omie, listing: L) -> Self {
        Self { omie, listing }
    }
}

impl<L: omie::Listing> Source<L::Item> for Listed<'_, L> {
    fn lane(&self) -> String {
        format!("{}/{}", self.omie.credential_id(), L::METHOD)
    }

    async fn page(&self, number: u32) -> Result<SourcePage<L::Item>, CallError> {
        let page = self.omie.list(&self.listing, number).await?;
        Ok(SourcePage {
            total_pages: page.total_pages,
            total_records: page.total_records,
            records: page.items,
        })
    }
}

/// Records that are already here: one page, no partner.
#[derive(Debug)]
pub(crate) struct Local<R> {
    name: &'static str,
    records: Vec<R>,
}

impl<R> Local<R> {
    /// Gives `records` as they are; `name` names the lane.
    pub(crate) fn new(name: &'static str, records: Vec<R>) -> Self {
        Self { name, records }
    }
}

impl<R: Clone + Send + Sync> Source<R> for Local<R> {
    fn lane(&self) -> String {
        format!("ponte/{}", self.name)
    }

    async fn page(&self, _number: u32) -> Result<SourcePage<R>, CallError> {
        Ok(SourcePage {
            total_pages: 1,
            total_records: self.records.len() as u64,
            records: self.records.clone(),
        })
    }
}
