//! The engine between a [`Shelf`] and a vault, for what only richer sources show: scopes, parts, removals, groups.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use clock::Clock;
use engine::{
    Absence, Ask, Both, Budget, Delivery, Documents, Entity, Entry, Faults, Job, Key, Ledger, Mapped, Memory,
    Only, Quarantine, Quarantined, Report, Retirement, Retiring, RunRecord, RunRef, State, SyncError, Target,
    Wanted, Watermark, Why, WriteError, sync, watermark,
};
use jiff::Timestamp;
use partner_http::{CallError, Fault};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::shelf::{Article, Shelf};
use crate::world::START;

/// The name of the job.
pub(crate) const JOB: &str = "artigos";

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Row {
    #[serde(rename = "Tabela")]
    pub(crate) tabela: &'static str,
    #[serde(rename = "Codigo")]
    pub(crate) codigo: String,
    #[serde(rename = "Nome")]
    pub(crate) nome: String,
}

/// What the entities do with a record that is gone, and what they guarantee.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) absence: Absence,
    pub(crate) way: Way,
    pub(crate) guaranteed: Vec<(&'static str, &'static str)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Keep,
    Change,
    Delete,
}

impl Terms {
    fn retirement(&self, table: &str, key: &Key) -> Retirement {
        let members = |more: &[(&str, &str)]| -> Map<String, Value> {
            let members =
                [("Tabela", table), ("Codigo", key.as_str())].into_iter().chain(more.iter().copied());
            members.map(|(name, value)| (name.to_owned(), value.into())).collect()
        };
        match self.way {
            Way::Keep => Retirement::Keep,
            Way::Change => Retirement::Change(members(&[("Situacao", "I")])),
            Way::Delete => Retirement::Delete(members(&[])),
        }
    }
}

/// Every article.
pub(crate) struct Artigo;

impl Entity for Artigo {
    const NAME: &'static str = "artigo";
    const AFTER: &'static [&'static str] = &[];
    type Record = Article;
    type Row = Row;
    type Refs = Terms;

    fn key(record: &Article) -> Key {
        record.key.as_str().into()
    }

    fn map(record: Article, _: &Terms) -> Mapped<Row> {
        match record.nome.as_str() {
            "" => Mapped::Reject(vec![Why::missing("nome")]),
            "fora" => Mapped::Skip("fora"),
            "saiu" => Mapped::Gone("saiu"),
            _ => Mapped::Row(Row { tabela: Self::NAME, codigo: record.key, nome: record.nome }),
        }
    }

    fn facts(record: &Article) -> Option<Value> {
        Some(json!({"nome": record.nome}))
    }

    fn guaranteed(_: u64, terms: &Terms) -> Vec<(Key, Row)> {
        let row = |(codigo, nome): &(&str, &str)| {
            let row = Row { tabela: Self::NAME, codigo: (*codigo).to_owned(), nome: (*nome).to_owned() };
            (Key::from(*codigo), row)
        };
        terms.guaranteed.iter().map(row).collect()
    }

    fn absence(_: &Key, _: Option<&Value>, terms: &Terms) -> Absence {
        terms.absence
    }

    fn retirement(key: &Key, _: Option<&Value>, terms: &Terms) -> Retirement {
        terms.retirement(Self::NAME, key)
    }
}

/// The articles whose name begins with "+" ; one that has it no longer is gone.
pub(crate) struct Oferta;

impl Entity for Oferta {
    const NAME: &'static str = "oferta";
    const AFTER: &'static [&'static str] = &[];
    type Record = Article;
    type Row = Row;
    type Refs = Terms;

    fn key(record: &Article) -> Key {
        record.key.as_str().into()
    }

    fn map(record: Article, _: &Terms) -> Mapped<Row> {
        match record.nome.strip_prefix('+') {
            None => Mapped::Gone("não é oferta"),
            Some("") => Mapped::Reject(vec![Why::missing("nome")]),
            Some(nome) => Mapped::Row(Row { tabela: Self::NAME, codigo: record.key, nome: nome.to_owned() }),
        }
    }

    fn retirement(key: &Key, _: Option<&Value>, terms: &Terms) -> Retirement {
        terms.retirement(Self::NAME, key)
    }
}

pub(crate) struct House {
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) memory: Memory,
    pub(crate) source: Shelf,
    pub(crate) target: Vault,
    pub(crate) terms: Terms,
    pub(crate) ask: Ask,
    /// Whether [`Oferta`] shares the listing.
    pub(crate) is_shared: bool,
}

impl House {
    pub(crate) fn new() -> Self {
        let clock = Clock::paused(Timestamp::from_second(START).expect("a valid second"));
        let faults = Faults::default();
        Self {
            memory: Memory::with_faults(clock.clone(), faults.clone()),
            source: Shelf::new(clock.clone(), faults.clone()),
            target: Vault { clock: clock.clone(), faults: faults.clone(), state: Mutex::default() },
            terms: Terms { absence: Absence::Gone, way: Way::Change, guaranteed: Vec::new() },
            ask: Ask { wanted: Wanted::Full, ..Ask::default() },
            is_shared: false,
            clock,
            faults,
        }
    }

    /// With that many articles, named by the numbers from 1 on.
    pub(crate) fn of(count: usize) -> Self {
        let house = Self::new();
        house.source.fill(0, count);
        house
    }

    /// A source that can list changes, with ten seconds of overlap.
    pub(crate) fn with_windows(count: usize) -> Self {
        let mut house = Self::of(count);
        house.source.overlap = Some(Duration::from_secs(10));
        house.ask.wanted = Wanted::Changes;
        house
    }

    pub(crate) async fn run(&self) -> Result<Report, SyncError> {
        self.run_within(Budget::unlimited()).await
    }

    pub(crate) async fn run_within(&self, budget: Budget) -> Result<Report, SyncError> {
        self.run_as("um", budget, &self.memory).await
    }

    pub(crate) async fn run_as(
        &self,
        holder: &str,
        budget: Budget,
        state: &impl State,
    ) -> Result<Report, SyncError> {
        let calls = || vec![("ListarArtigos".to_owned(), 1)];
        let only = Only::<Artigo> { refs: &self.terms };
        macro_rules! job {
            ($intake:expr) => {
                Job {
                    name: JOB,
                    intake: $intake,
                    source: &self.source,
                    target: &self.target,
                    state,
                    clock: &self.clock,
                    budget,
                    holder: holder.to_owned(),
                    run: RunRef::new("run", "test"),
                    calls: &calls,
                    lanes_held: &|_| (),
                    ask: self.ask.clone(),
                }
            };
        }
        if self.is_shared {
            Box::pin(sync(job!(Both(only, Only::<Oferta> { refs: &self.terms })))).await
        } else {
            Box::pin(sync(job!(only))).await
        }
    }

    /// Runs as a state machine would, until the sweep is over.
    pub(crate) async fn run_to_the_end(&self) -> Report {
        for _ in 0..50 {
            match self.run().await {
                Ok(report) if !report.more => return report,
                Ok(report) => self.clock.sleep(Duration::from_secs(report.wait_seconds)).await,
                Err(_) => {}
            }
        }
        panic!("fifty runs were not enough");
    }

    /// Runs of that length each, until the sweep is over. Gives how many.
    pub(crate) async fn run_by_and_by(&self, budget: Duration) -> (usize, Report) {
        for runs in 1..5_000 {
            let deadline = clock::later(self.clock.now(), budget);
            let report = self.run_within(Budget::new(deadline, Duration::ZERO)).await.expect("nothing fails");
            if !report.more {
                return (runs, report);
            }
            self.clock.sleep(Duration::from_secs(report.wait_seconds)).await;
        }
        panic!("it never ends");
    }

    pub(crate) async fn pause(&self, seconds: u64) {
        self.clock.sleep(Duration::from_secs(seconds)).await;
    }

    pub(crate) async fn record(&self) -> RunRecord {
        let document = self.memory.get("run", "test").await.expect("readable").expect("a run record");
        serde_json::from_value(document.body).expect("a run record")
    }

    pub(crate) async fn watermark(&self) -> Option<Watermark> {
        watermark(&self.memory, JOB).await.expect("readable")
    }

    pub(crate) async fn entry(&self, key: &str) -> Entry {
        let known = self.memory.known(Artigo::NAME, &[Key::from(key)]).await.expect("readable");
        known.into_values().next().unwrap_or_default()
    }

    pub(crate) async fn entries(&self, entity: &str) -> Vec<(Key, Entry)> {
        self.memory.scan(entity, None, usize::MAX).await.expect("readable")
    }

    pub(crate) async fn held(&self) -> BTreeMap<Key, Quarantined> {
        self.memory.in_quarantine(Artigo::NAME, 1_000).await.expect("readable").into_iter().collect()
    }

    pub(crate) fn count(&self, call: &str) -> usize {
        self.faults.calls().into_iter().filter(|name| *name == call).count()
    }

    /// What the target should hold of the articles that are there.
    pub(crate) fn model(&self) -> BTreeMap<String, String> {
        let row = |article: Article| match Artigo::map(article, &self.terms) {
            Mapped::Row(row) => Some((format!("artigo {}", row.codigo), row.nome)),
            _ => None,
        };
        self.source.articles().into_iter().filter_map(row).collect()
    }
}

pub(crate) struct Vault {
    clock: Clock,
    faults: Faults,
    state: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// `"<table> <key>"` to the name; what is no longer used has `INATIVO`.
    rows: BTreeMap<String, String>,
    writes: Vec<Vec<String>>,
    retired: Vec<String>,
    refusing: BTreeSet<String>,
    takes: Duration,
}

pub(crate) const INATIVO: &str = "(inativo)";

impl Vault {
    pub(crate) fn rows(&self) -> BTreeMap<String, String> {
        self.held().rows.clone()
    }

    /// The rows that are in use.
    pub(crate) fn in_use(&self) -> BTreeMap<String, String> {
        self.rows().into_iter().filter(|(_, nome)| nome != INATIVO).collect()
    }

    /// The keys of the batches that were offered, `+` before a new one.
    pub(crate) fn writes(&self) -> Vec<Vec<String>> {
        self.held().writes.clone()
    }

    /// The keys of the rows it was to let go of, in order.
    pub(crate) fn retired(&self) -> Vec<String> {
        self.held().retired.clone()
    }

    /// Does not let go of these any more.
    pub(crate) fn refuses(&self, keys: &[&str]) {
        self.held().refusing = keys.iter().map(|key| (*key).to_owned()).collect();
    }

    /// How long a batch takes from now on.
    pub(crate) fn takes(&self, duration: Duration) {
        self.held().takes = duration;
    }

    async fn work(&self) {
        let takes = self.held().takes;
        if !takes.is_zero() {
            self.clock.sleep(takes).await;
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.state.lock().expect("nobody panicked")
    }

    fn let_go(&self, rows: &[Retiring<'_>]) -> Result<(), WriteError> {
        let mut held = self.held();
        held.retired.extend(rows.iter().map(|row| row.key.to_string()));
        if rows.iter().any(|row| held.refusing.contains(row.key.as_str())) {
            return Err(WriteError::Refused("há vendas em aberto".to_owned()));
        }
        for Retiring { retirement, .. } in rows {
            let name = |members: &Map<String, Value>| {
                let text = |member| members[member].as_str().expect("text").to_owned();
                format!("{} {}", text("Tabela"), text("Codigo"))
            };
            match retirement {
                Retirement::Keep => panic!("a row that is kept is not sent"),
                Retirement::Change(members) => drop(held.rows.insert(name(members), INATIVO.to_owned())),
                Retirement::Delete(members) => drop(held.rows.remove(&name(members))),
            }
        }
        Ok(())
    }
}

impl Target<Row> for Vault {
    const BATCH: usize = 10;

    async fn check(&self, rows: &[Row]) -> Result<Vec<Vec<Why>>, CallError> {
        let checked = self.faults.around("target.check", || vec![Vec::new(); rows.len()]).await;
        checked.map_err(|_| CallError::new("maxima", "existe", Fault::Unavailable))
    }

    async fn write(&self, rows: &[Delivery<'_, Row>]) -> Result<(), WriteError> {
        let write = || {
            let mut held = self.held();
            let names = rows.iter().map(|row| format!("{}{}", if row.known { "" } else { "+" }, row.key));
            held.writes.push(names.collect());
            let taken =
                rows.iter().map(|one| (format!("{} {}", one.row.tabela, one.key), one.row.nome.clone()));
            held.rows.extend(taken);
        };
        self.work().await;
        let written = self.faults.around("target.write", write).await;
        Ok(written.map_err(|_| CallError::new("maxima", "Artigos", Fault::Unclear))?)
    }

    async fn retire(&self, rows: &[Retiring<'_>]) -> Result<(), WriteError> {
        assert!(!rows.is_empty() && rows.len() <= Self::BATCH, "{} rows", rows.len());
        self.work().await;
        let retired = self.faults.around("target.retire", || self.let_go(rows)).await;
        retired.map_err(|_| CallError::new("maxima", "Artigos", Fault::Unclear))?
    }
}
