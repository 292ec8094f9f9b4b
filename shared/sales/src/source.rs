//! Where the records of an entity come from: a listing of Omie, or what another entity left in the ledger.

use engine::{Key, Source, SourcePage, Why};
use jiff::civil::{Date, date};
use omie::{Omie, Unreadable};
use partner_http::CallError;

use crate::text::txt;

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
            unreadable: page.unreadable.into_iter().map(unreadable).collect(),
        })
    }
}

/// The longest key of an entity, in characters.
const LONGEST_KEY: usize = 50;

/// The key is empty when not even the identity can be read.
fn unreadable(row: Unreadable) -> (Key, Why) {
    let rule = format!("valor ilegível no Omie: {}; corrija no cadastro de origem", row.problem);
    (Key::from(txt(row.id.as_deref(), LONGEST_KEY).unwrap_or_default()), Why::new(row.path, "", rule))
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
            unreadable: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_row_is_named_by_its_key_its_place_and_what_to_do() {
        let path = "valor_limite_credito".to_owned();
        let row = Unreadable { id: Some("7".into()), path, problem: "não é um número decimal" };

        let (key, why) = unreadable(row);

        let rule = "valor ilegível no Omie: não é um número decimal; corrija no cadastro de origem";
        assert_eq!((key, why), ("7".into(), Why::new("valor_limite_credito", "", rule)));
    }

    #[test]
    fn a_row_without_identity_has_no_key() {
        let row = Unreadable { id: None, path: ".".into(), problem: "não é um registro" };

        assert_eq!(unreadable(row).0, "".into());
    }
}
