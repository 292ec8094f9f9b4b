//! A source with several listings, with windows of changes and with questions by key. It notes when it is asked what
//! a partner would count against us.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use clock::Clock;
use engine::{Faults, Key, Question, Scope, Source, SourcePage, Why};
use jiff::Timestamp;
use partner_http::{CallError, Fault};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Article {
    /// Empty: no name.
    pub(crate) key: String,
    pub(crate) nome: String,
    pub(crate) changed: Timestamp,
}

/// What the source says when it is asked by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByKey {
    /// It cannot be asked so.
    Not,
    /// The truth.
    Truly,
    /// An empty list, whatever it has.
    Nothing,
}

pub(crate) struct Shelf {
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) overlap: Option<Duration>,
    pub(crate) per_page: usize,
    state: Mutex<Stock>,
}

struct Stock {
    parts: Vec<(String, Vec<Article>)>,
    by_key: ByKey,
    /// Told by the source itself, on the first page of the first part.
    gone: Vec<Key>,
    unreadable: Vec<(Key, Why)>,
    fails: Option<(u32, Fault)>,
    takes: Duration,
    announced: Option<u64>,
    asked: Vec<(Question, Timestamp)>,
    asked_by_key: Vec<(Vec<Key>, Timestamp)>,
    offences: Vec<String>,
}

impl Shelf {
    pub(crate) fn new(clock: Clock, faults: Faults) -> Self {
        let state = Stock {
            parts: vec![(String::new(), Vec::new())],
            by_key: ByKey::Not,
            gone: Vec::new(),
            unreadable: Vec::new(),
            fails: None,
            takes: Duration::from_millis(300),
            announced: None,
            asked: Vec::new(),
            asked_by_key: Vec::new(),
            offences: Vec::new(),
        };
        Self { clock, faults, overlap: None, per_page: 3, state: Mutex::new(state) }
    }

    pub(crate) fn has_parts(&self, names: &[&str]) {
        self.stock().parts = names.iter().map(|name| ((*name).to_owned(), Vec::new())).collect();
    }

    /// Includes or changes a record of the part, now.
    pub(crate) fn put(&self, part: usize, key: impl Into<Key>, nome: &str) {
        let article =
            Article { key: key.into().to_string(), nome: nome.to_owned(), changed: self.clock.now() };
        let mut stock = self.stock();
        let all = &mut stock.parts[part].1;
        match all.iter_mut().find(|there| there.key == article.key && !article.key.is_empty()) {
            Some(there) => *there = article,
            None => all.push(article),
        }
    }

    /// Includes that many records, named by the numbers from 1 on, of an hour ago.
    pub(crate) fn fill(&self, part: usize, count: usize) {
        let changed = self.clock.now().checked_sub(Duration::from_hours(1)).expect("a moment");
        let articles =
            (1..=count).map(|n| Article { key: n.to_string(), nome: format!("nome {n}"), changed });
        self.stock().parts[part].1.extend(articles);
    }

    pub(crate) fn take(&self, key: impl Into<Key>) {
        let key = key.into().to_string();
        self.stock().parts.iter_mut().for_each(|(_, shelf)| shelf.retain(|article| article.key != key));
    }

    /// Says itself that these were deleted.
    pub(crate) fn tells_gone(&self, keys: &[&str]) {
        self.stock().gone = keys.iter().map(|key| Key::from(*key)).collect();
    }

    pub(crate) fn answers_by_key(&self, by_key: ByKey) {
        self.stock().by_key = by_key;
    }

    pub(crate) fn unreadable(&self, keys: &[&str]) {
        let why = |key: &&str| (Key::from(*key), Why::new("nome", "", "ilegível"));
        self.stock().unreadable = keys.iter().map(why).collect();
    }

    /// This page of every part fails from now on.
    pub(crate) fn fails(&self, fault: Option<(u32, Fault)>) {
        self.stock().fails = fault;
    }

    pub(crate) fn takes(&self, duration: Duration) {
        self.stock().takes = duration;
    }

    pub(crate) fn announces(&self, total: Option<u64>) {
        self.stock().announced = total;
    }

    pub(crate) fn articles(&self) -> Vec<Article> {
        self.stock().parts.iter().flat_map(|(_, shelf)| shelf.clone()).collect()
    }

    pub(crate) fn asked(&self) -> Vec<Question> {
        self.stock().asked.iter().map(|(question, _)| question.clone()).collect()
    }

    /// The keys of each question by key.
    pub(crate) fn asked_by_key(&self) -> Vec<Vec<Key>> {
        self.stock().asked_by_key.iter().map(|(keys, _)| keys.clone()).collect()
    }

    /// Questions past the end, and those that were put twice inside 60 s.
    pub(crate) fn offences(&self) -> Vec<String> {
        let stock = self.stock();
        let mut offences = stock.offences.clone();
        let mut last = BTreeMap::new();
        // Windows differ by seconds, which a partner that counts in days does not see.
        let pages = stock.asked.iter().map(|(question, at)| {
            (format!("{} {} {}", question.scope == Scope::Full, question.part, question.page), *at)
        });
        let by_key = stock.asked_by_key.iter().map(|(keys, at)| (format!("{keys:?}"), *at));
        for (question, at) in pages.chain(by_key) {
            if let Some(before) = last.insert(question.clone(), at)
                && clock::until(before, at) < Duration::from_mins(1)
            {
                offences.push(format!("{question} again after {:?}", clock::until(before, at)));
            }
        }
        offences
    }

    async fn fly(&self) {
        let takes = self.stock().takes;
        if !takes.is_zero() {
            self.clock.sleep(takes).await;
        }
    }

    fn stock(&self) -> MutexGuard<'_, Stock> {
        self.state.lock().expect("nobody panicked")
    }
}

impl Stock {
    fn page(&mut self, question: &Question, per_page: usize) -> SourcePage<Article> {
        let is_first = self.parts.first().is_some_and(|(name, _)| *name == question.part);
        let (_, all) = self.parts.iter().find(|(name, _)| *name == question.part).expect("a part");
        let is_meant = |article: &&Article| match question.scope {
            Scope::Full => true,
            Scope::Changed(window) => (window.from..=window.to).contains(&article.changed),
        };
        let meant: Vec<&Article> = all.iter().filter(is_meant).collect();
        let pages = u32::try_from(meant.len().div_ceil(per_page)).expect("a small number");
        if question.page > pages.max(1) {
            self.offences.push(format!("{question:?} is past the end"));
        }
        let skipped = usize::try_from(question.page - 1).expect("a small number") * per_page;
        let at_the_start = is_first && question.page == 1;
        let unreadable = if at_the_start { self.unreadable.clone() } else { Vec::new() };
        let rows = meant.len() + if is_first { self.unreadable.len() } else { 0 };
        SourcePage {
            total_pages: pages,
            total_records: self.announced.unwrap_or(rows.try_into().expect("a small number")),
            records: meant.into_iter().skip(skipped).take(per_page).cloned().collect(),
            unreadable,
            gone: if at_the_start { self.gone.clone() } else { Vec::new() },
        }
    }
}

impl Source<Article> for Shelf {
    fn lane(&self) -> String {
        "0a1b2c3d/ListarArtigos".to_owned()
    }

    fn overlap(&self) -> Option<Duration> {
        self.overlap
    }

    fn parts(&self, _: Scope) -> Vec<String> {
        self.stock().parts.iter().map(|(name, _)| name.clone()).collect()
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<Article>, CallError> {
        let asked = || self.stock().asked.push((question.clone(), self.clock.now()));
        let sent = self.faults.around("source.page", asked).await;
        sent.map_err(|_| CallError::new("omie", "ListarArtigos", Fault::Unavailable))?;
        self.fly().await;
        let mut stock = self.stock();
        if let Some((_, fault)) = stock.fails.clone().filter(|(page, _)| *page == question.page) {
            return Err(CallError::new("omie", "ListarArtigos", fault));
        }
        Ok(stock.page(question, self.per_page))
    }

    async fn present(&self, keys: &[Key]) -> Result<Option<HashSet<Key>>, CallError> {
        if self.stock().by_key == ByKey::Not {
            return Ok(None);
        }
        let asked = || self.stock().asked_by_key.push((keys.to_vec(), self.clock.now()));
        let sent = self.faults.around("source.present", asked).await;
        sent.map_err(|_| CallError::new("omie", "ConsultarArtigo", Fault::Unavailable))?;
        self.fly().await;
        let there: HashSet<Key> = self.articles().into_iter().map(|article| Key::from(article.key)).collect();
        let truly = self.stock().by_key == ByKey::Truly;
        Ok(Some(keys.iter().filter(|key| truly && there.contains(key)).cloned().collect()))
    }
}
