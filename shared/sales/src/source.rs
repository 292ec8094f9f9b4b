//! Where the records of an entity come from: a listing of Omie, or what another entity left in the ledger.

use std::collections::HashSet;
use std::time::Duration;

use engine::{Key, Question, Scope, Source, SourcePage, Why, Window};
use jiff::civil::{Date, DateTime, date};
use omie::{Omie, Unreadable};
use partner_http::CallError;

use crate::patience::OURS;
use crate::praca::in_sao_paulo;
use crate::synced::FromOmie;
use crate::text::txt;

/// The window that holds every record. Some of Omie's listings show only the last weeks when no dates are given
/// (`contracts/omie.md §7`), so a whole reading says so; it starts after 1900, the year Omie refuses.
pub(crate) const EVER: (Date, Date) = (date(2000, 1, 1), date(2099, 12, 31));

/// How far a window reaches back where the method filters by time (`contracts/omie.md §7`).
pub const MINUTES: Duration = Duration::from_mins(5);
/// And where it filters by day only.
pub const A_DAY: Duration = Duration::from_hours(24);

/// A window as Omie reads it: the account's local time.
pub(crate) fn local(window: Window) -> (DateTime, DateTime) {
    (in_sao_paulo(window.from), in_sao_paulo(window.to))
}

/// The days a reading covers.
pub(crate) fn days(scope: Scope) -> (Date, Date) {
    match scope {
        Scope::Full => EVER,
        Scope::Changed(window) => {
            let (from, to) = local(window);
            (from.date(), to.date())
        }
    }
}

/// The pages of one of Omie's listings.
pub(crate) struct Listed<'a, E: FromOmie> {
    omie: &'a Omie,
    refs: &'a E::Refs,
}

impl<'a, E: FromOmie> Listed<'a, E> {
    /// Reads what `E` lists from `omie`.
    pub(crate) fn new(omie: &'a Omie, refs: &'a E::Refs) -> Self {
        Self { omie, refs }
    }
}

impl<E: FromOmie> Source<E::Record> for Listed<'_, E> {
    fn lane(&self) -> String {
        format!("{}/{}", self.omie.credential_id(), <E::Listing as omie::Call>::METHOD)
    }

    fn overlap(&self) -> Option<Duration> {
        E::OVERLAP
    }

    fn parts(&self, scope: Scope) -> Vec<String> {
        E::parts(self.refs, scope)
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<E::Record>, CallError> {
        let listing = E::listing(self.refs, question.scope, &question.part);
        page(self.omie, &listing, question.page).await
    }

    async fn present(&self, keys: &[Key]) -> Result<Option<HashSet<Key>>, CallError> {
        let Some(listing) = E::by_keys(keys) else { return Ok(None) };
        let page = self.omie.list(&listing, 1).await?;
        Ok(Some(page.items.iter().map(E::key).collect()))
    }
}

/// One page of a listing, as the engine takes it.
pub(crate) async fn page<L: omie::Listing>(
    omie: &Omie,
    listing: &L,
    number: u32,
) -> Result<SourcePage<L::Item>, CallError> {
    let page = omie.list(listing, number).await?;
    Ok(SourcePage {
        total_pages: page.total_pages,
        total_records: page.total_records,
        records: page.items,
        unreadable: page.unreadable.into_iter().map(unreadable).collect(),
        gone: Vec::new(),
    })
}

/// The longest key of an entity, in characters.
const LONGEST_KEY: usize = 50;

/// Whether a page has no row at all, readable or not.
pub(crate) fn is_bare<R>(page: &SourcePage<R>) -> bool {
    page.records.is_empty() && page.unreadable.is_empty()
}

/// The key is empty when not even the identity can be read.
fn unreadable(row: Unreadable) -> (Key, Why) {
    let rule = format!("valor ilegível no Omie: {}; corrija no cadastro de origem", row.problem);
    (Key::from(txt(row.id.as_deref(), LONGEST_KEY).unwrap_or_default()), Why::new(row.path, "", rule))
}

/// Records on a page of what is already here: one write to Máxima.
const LOCAL_PAGE: usize = 1_000;

/// Records that are already here; no partner is asked.
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
        format!("{OURS}/{}", self.name)
    }

    /// Without records there is nothing to ask for. An empty answer of a partner may be a mistake; our own ledger is
    /// not, so what we know the end of may go.
    fn parts(&self, _: Scope) -> Vec<String> {
        if self.records.is_empty() { Vec::new() } else { vec![String::new()] }
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<R>, CallError> {
        Ok(paged(&self.records, question.page, R::clone))
    }
}

/// Page `number` of what is already here, each made a record.
pub(crate) fn paged<T, R>(all: &[T], number: u32, record: impl Fn(&T) -> R) -> SourcePage<R> {
    let skipped = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let page = all.chunks(LOCAL_PAGE).nth(skipped).unwrap_or_default();
    SourcePage {
        total_pages: u32::try_from(all.len().div_ceil(LOCAL_PAGE).max(1)).unwrap_or(u32::MAX),
        total_records: all.len() as u64,
        records: page.iter().map(record).collect(),
        ..SourcePage::default()
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
