//! An account with a million prices, from which they are read page by page in the partner's own time, and what Máxima
//! has taken of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::Clock;
use engine::{
    Delivery, Fingerprint, Key, Question, Retiring, Scope, Source, SourcePage, Target, Why, WriteError,
};
use jiff::Timestamp;
use maxima::TabelaPreco;
use omie::ItemTabela;
use partner_http::CallError;

use crate::records;

/// Price tables, each a listing of its own.
pub(crate) const TABLES: i64 = 100;
/// Items of a table.
const ITEMS: i64 = records::PRODUCTS;
/// Items of a page, as we ask for them.
const PAGE: i64 = 100;
/// How long a page takes.
const ANSWER: Duration = Duration::from_millis(350);
/// From one page to the next: not more than 225 leave in a minute (`contracts/omie.md` §3.1).
const APART: Duration = Duration::from_micros(60_000_000 / 225);
/// How long Máxima takes for a batch.
const ACCEPTING: Duration = Duration::from_millis(200);

/// Everything that is asked and written.
pub(crate) const ROWS: i64 = TABLES * ITEMS;
/// The same in pages.
pub(crate) const PAGES: u64 = (ROWS / PAGE).unsigned_abs();

/// The listings of Omie.
pub(crate) struct Listings {
    clock: Clock,
    /// When the next question may leave.
    free_at: Mutex<Timestamp>,
    /// How often each page was asked for.
    asked: Mutex<BTreeMap<(i64, u32), u64>>,
}

impl Listings {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, free_at: Mutex::new(Timestamp::MIN), asked: Mutex::default() }
    }

    /// Pages that were asked for, and questions that were put again.
    pub(crate) fn asked(&self) -> (u64, u64) {
        let asked = locked(&self.asked);
        let pages = asked.len() as u64;
        (pages, asked.values().sum::<u64>() - pages)
    }

    async fn take_time(&self) {
        let leaves = {
            let mut free_at = locked(&self.free_at);
            let leaves = self.clock.now().max(*free_at);
            *free_at = clock::later(leaves, APART);
            leaves
        };
        self.clock.sleep_until(clock::later(leaves, ANSWER)).await;
    }
}

impl Source<ItemTabela> for Listings {
    fn lane(&self) -> String {
        "bench/ListarTabelaItens".to_owned()
    }

    fn parts(&self, _: Scope) -> Vec<String> {
        (0..TABLES).map(|table| table.to_string()).collect()
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<ItemTabela>, CallError> {
        let page = question.page;
        let Ok(table) = question.part.parse::<i64>() else { return Ok(SourcePage::default()) };
        *locked(&self.asked).entry((table, page)).or_default() += 1;
        self.take_time().await;
        let from = table * ITEMS;
        let first = from + (i64::from(page) - 1) * PAGE;
        Ok(SourcePage {
            total_pages: u32::try_from(ITEMS.div_euclid(PAGE)).unwrap_or(u32::MAX),
            total_records: ITEMS.unsigned_abs(),
            records: (first..(first + PAGE).min(from + ITEMS)).map(records::price).collect(),
            ..SourcePage::default()
        })
    }
}

/// What Máxima holds.
pub(crate) struct Taken {
    clock: Clock,
    rows: Mutex<BTreeMap<Key, Fingerprint>>,
    written: Mutex<u64>,
}

impl Taken {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, rows: Mutex::default(), written: Mutex::default() }
    }

    /// Each row by its name.
    pub(crate) fn rows(&self) -> MutexGuard<'_, BTreeMap<Key, Fingerprint>> {
        locked(&self.rows)
    }

    /// Rows that were written, again or not.
    pub(crate) fn written(&self) -> u64 {
        *locked(&self.written)
    }
}

impl Target<TabelaPreco> for Taken {
    const BATCH: usize = 1_000;

    async fn check(&self, rows: &[TabelaPreco]) -> Result<Vec<Vec<Why>>, CallError> {
        Ok(checked(rows))
    }

    async fn write(&self, rows: &[Delivery<'_, TabelaPreco>]) -> Result<(), WriteError> {
        self.clock.sleep(ACCEPTING).await;
        *locked(&self.written) += rows.len() as u64;
        self.rows().extend(rows.iter().map(|row| (row.key.clone(), row.fingerprint.clone())));
        Ok(())
    }

    async fn retire(&self, rows: &[Retiring<'_>]) -> Result<(), WriteError> {
        self.clock.sleep(ACCEPTING).await;
        *locked(&self.written) += rows.len() as u64;
        for row in rows {
            self.rows().remove(row.key);
        }
        Ok(())
    }
}

/// The field rules of Máxima.
pub(crate) fn checked(rows: &[TabelaPreco]) -> Vec<Vec<Why>> {
    let why = |violation: maxima::Violation| Why::new(violation.field, violation.value, violation.rule);
    rows.iter().map(|row| maxima::check(row).into_iter().map(why).collect()).collect()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(page: u32) -> Question {
        Question { scope: Scope::Full, part: "7".to_owned(), page }
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_is_put_again_is_counted() {
        let listings = Listings::new(Clock::paused(Timestamp::UNIX_EPOCH));
        for page in [1, 2, 1] {
            listings.page(&question(page)).await.expect("a page");
        }

        assert_eq!(listings.asked(), (2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_waits_for_its_turn_and_then_for_its_answer() {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let listings = Listings::new(clock.clone());
        let all: Vec<u32> = (1..=100).collect();
        for two in all.chunks(2) {
            let (first, second) = (question(two[0]), question(two[1]));
            let (one, other) = tokio::join!(listings.page(&first), listings.page(&second));
            assert_eq!(one.expect("a page").records.len() + other.expect("a page").records.len(), 200);
        }

        let took = clock::until(Timestamp::UNIX_EPOCH, clock.now());
        assert!(took >= ANSWER + APART * 99, "{took:?}");
    }

    #[test]
    fn every_item_of_every_table_has_a_name_of_its_own() {
        use engine::Entity as _;
        let names = (0..2 * ITEMS).map(|number| sales::entities::Preco::key(&records::price(number)));

        assert_eq!(
            names.collect::<std::collections::HashSet<_>>().len(),
            usize::try_from(2 * ITEMS).unwrap()
        );
    }
}
