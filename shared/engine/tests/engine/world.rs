//! A source, a target and the state between them. Both partners keep the contract's rules and note when ours
//! break them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use clock::Clock;
use engine::{
    Ask, Budget, Counters, Delivery, Documents, Entity, Faults, Job, Key, Mapped, Memory, Only, Question,
    Report, Retiring, RunRecord, RunRef, Source, SourcePage, SyncError, Target, Why, WriteError, sync,
};
use jiff::Timestamp;
use partner_http::{CallError, Fault};
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) const START: i64 = 1_790_000_000;
const PER_PAGE: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) codigo: i64,
    pub(crate) nome: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Row {
    #[serde(rename = "Codigo")]
    pub(crate) codigo: String,
    #[serde(rename = "Nome")]
    pub(crate) nome: String,
}

pub(crate) struct Item;

impl Entity for Item {
    const NAME: &'static str = "item";
    const AFTER: &'static [&'static str] = &[];
    type Record = Record;
    type Row = Row;
    type Refs = Option<Row>;

    /// Code 0 is no code.
    fn key(record: &Record) -> Key {
        if record.codigo == 0 { Key::from("") } else { record.codigo.into() }
    }

    fn map(record: Record, _: &Option<Row>) -> Mapped<Row> {
        match record.nome.as_str() {
            "" => Mapped::Reject(vec![Why::missing("nome")]),
            "inativo" => Mapped::Skip("inativo"),
            _ => Mapped::Row(Row { codigo: record.codigo.to_string(), nome: record.nome }),
        }
    }

    fn facts(record: &Record) -> Option<Value> {
        record.nome.starts_with('i').then(|| json!({"nome": record.nome}))
    }

    fn guaranteed(_: u64, refs: &Option<Row>) -> Vec<(Key, Row)> {
        refs.iter().map(|row| (Key::from(row.codigo.as_str()), row.clone())).collect()
    }
}

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) memory: Memory,
    pub(crate) source: Listing,
    pub(crate) target: Held,
    pub(crate) refs: Option<Row>,
    /// How many lanes the runs were told are held, and when.
    lanes: Mutex<Vec<(u64, usize)>>,
}

impl World {
    pub(crate) fn of(names: &[&str]) -> Self {
        let clock = Clock::paused(Timestamp::from_second(START).expect("a valid second"));
        let faults = Faults::default();
        let records = names.iter().zip(1..);
        let records = records.map(|(nome, codigo)| Record { codigo, nome: (*nome).to_owned() }).collect();
        Self {
            memory: Memory::with_faults(clock.clone(), faults.clone()),
            source: Listing {
                clock: clock.clone(),
                faults: faults.clone(),
                records: Mutex::new(records),
                asked: Mutex::default(),
                answer: Mutex::default(),
                fails: Mutex::default(),
                unreadable: Mutex::default(),
                flying: Mutex::default(),
                takes: Mutex::new(Duration::from_millis(300)),
                announced: Mutex::default(),
            },
            target: Held { faults: faults.clone(), rows: Mutex::default(), writes: Mutex::default() },
            refs: None,
            lanes: Mutex::default(),
            clock,
            faults,
        }
    }

    fn lanes_held(&self, lanes: usize) {
        let second = clock::until(Self::started(), self.clock.now()).as_secs();
        self.lanes.lock().expect("nobody panicked").push((second, lanes));
    }

    /// In which second a run was told how many lanes are held.
    pub(crate) fn told_lanes(&self) -> Vec<(u64, usize)> {
        self.lanes.lock().expect("nobody panicked").clone()
    }

    pub(crate) async fn run(&self) -> Result<Report, SyncError> {
        self.run_within(Budget::unlimited()).await
    }

    pub(crate) async fn run_within(&self, budget: Budget) -> Result<Report, SyncError> {
        self.run_as("one", budget).await
    }

    pub(crate) async fn run_as(&self, holder: &str, budget: Budget) -> Result<Report, SyncError> {
        let calls = || vec![("ListarItens".to_owned(), 1)];
        sync(Job {
            name: "itens",
            intake: Only::<Item> { refs: &self.refs },
            source: &self.source,
            target: &self.target,
            state: &self.memory,
            clock: &self.clock,
            budget,
            holder: holder.to_owned(),
            run: RunRef::new("run", "test"),
            calls: &calls,
            lanes_held: &|lanes| self.lanes_held(lanes),
            ask: Ask::default(),
        })
        .await
    }

    /// Runs as a state machine would: again after errors, and after the wait it is told, until it is over.
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

    pub(crate) fn started() -> Timestamp {
        Timestamp::from_second(START).expect("a valid second")
    }

    pub(crate) fn seconds(&self, seconds: u64) -> Budget {
        Budget::new(clock::later(self.clock.now(), Duration::from_secs(seconds)), Duration::ZERO)
    }

    pub(crate) async fn record(&self) -> RunRecord {
        let document = self.memory.get("run", "test").await.expect("readable").expect("a run record");
        serde_json::from_value(document.body).expect("a run record")
    }

    /// What the target should hold: the map of the source, without what cannot be there.
    pub(crate) fn model(&self) -> BTreeMap<Key, String> {
        let records = self.source.records();
        let mut rows: BTreeMap<Key, String> =
            self.refs.iter().map(|row| (row.codigo.as_str().into(), row.nome.clone())).collect();
        for record in records {
            if let (key, Mapped::Row(row)) = (Item::key(&record), Item::map(record, &None))
                && why(&row).is_none()
                && !is_bad(&row)
            {
                rows.insert(key, row.nome);
            }
        }
        rows
    }

    pub(crate) fn count(&self, call: &str) -> usize {
        self.faults.calls().into_iter().filter(|name| *name == call).count()
    }
}

/// Every row read is in exactly one counter.
pub(crate) fn add_up(counters: Counters) -> bool {
    let Counters { read, created, updated, unchanged, skipped, rejected, failed, repeated, .. } = counters;
    read == created + updated + unchanged + skipped + rejected + failed + repeated
}

pub(crate) struct Listing {
    clock: Clock,
    faults: Faults,
    records: Mutex<Vec<Record>>,
    asked: Mutex<Vec<(u32, Timestamp)>>,
    answer: Mutex<Option<CallError>>,
    fails: Mutex<BTreeMap<u32, CallError>>,
    unreadable: Mutex<BTreeMap<u32, Vec<(Key, Why)>>>,
    /// Questions without an answer yet, and the most there ever were.
    flying: Mutex<(usize, usize)>,
    takes: Mutex<Duration>,
    announced: Mutex<Option<u64>>,
}

impl Listing {
    pub(crate) fn records(&self) -> Vec<Record> {
        locked(&self.records).clone()
    }

    pub(crate) fn change(&self, codigo: i64, nome: &str) {
        let mut records = locked(&self.records);
        records.retain(|record| record.codigo != codigo);
        records.push(Record { codigo, nome: nome.to_owned() });
        records.sort_by_key(|record| record.codigo);
    }

    pub(crate) fn repeat(&self, codigo: i64, nome: &str) {
        locked(&self.records).push(Record { codigo, nome: nome.to_owned() });
    }

    /// Every page is answered with this error from now on.
    pub(crate) fn answer(&self, error: Option<CallError>) {
        *locked(&self.answer) = error;
    }

    /// This page alone is answered with this error from now on.
    pub(crate) fn fails(&self, page: u32, fault: Fault) {
        locked(&self.fails).insert(page, CallError::new("omie", "ListarItens", fault));
    }

    /// No page is answered with an error any more.
    pub(crate) fn recovers(&self) {
        locked(&self.fails).clear();
        self.answer(None);
    }

    pub(crate) fn keep(&self, records: usize) {
        locked(&self.records).truncate(records);
    }

    pub(crate) fn unreadable(&self, page: u32, rows: Vec<(Key, Why)>) {
        locked(&self.unreadable).insert(page, rows);
    }

    pub(crate) fn most_at_once(&self) -> usize {
        locked(&self.flying).1
    }

    pub(crate) fn takes(&self, duration: Duration) {
        *locked(&self.takes) = duration;
    }

    pub(crate) fn announce(&self, total: u64) {
        *locked(&self.announced) = Some(total);
    }

    pub(crate) fn asked(&self) -> Vec<u32> {
        locked(&self.asked).iter().map(|(page, _)| *page).collect()
    }

    /// The questions that Omie would count against us: past the end, or the same inside 60 s.
    pub(crate) fn offences(&self) -> Vec<String> {
        let asked = locked(&self.asked);
        let mut last: BTreeMap<u32, Timestamp> = BTreeMap::new();
        let mut offences = Vec::new();
        for (page, at) in asked.iter().copied() {
            if page > self.pages().max(1) {
                offences.push(format!("page {page} is past the end"));
            }
            let before = last.insert(page, at);
            if let Some(gap) = before.map(|before| clock::until(before, at))
                && gap < Duration::from_mins(1)
            {
                offences.push(format!("page {page} again after {gap:?}"));
            }
        }
        offences
    }

    async fn fly(&self) {
        let takes = *locked(&self.takes);
        {
            let mut flying = locked(&self.flying);
            flying.0 += 1;
            flying.1 = flying.1.max(flying.0);
        }
        self.clock.sleep(takes).await;
        locked(&self.flying).0 -= 1;
    }

    fn pages(&self) -> u32 {
        u32::try_from(locked(&self.records).len().div_ceil(PER_PAGE)).expect("a small number")
    }
}

impl Source<Record> for Listing {
    fn lane(&self) -> String {
        "0a1b2c3d/ListarItens".to_owned()
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<Record>, CallError> {
        let number = question.page;
        let asked = || locked(&self.asked).push((number, self.clock.now()));
        let sent = self.faults.around("source.page", asked).await;
        sent.map_err(|_| CallError::new("omie", "ListarItens", Fault::Unavailable))?;
        self.fly().await;
        let failure = locked(&self.answer).clone().or_else(|| locked(&self.fails).get(&number).cloned());
        if let Some(error) = failure {
            return Err(error);
        }
        let records = locked(&self.records);
        let skipped = usize::try_from(number - 1).expect("a small number") * PER_PAGE;
        let unreadable = locked(&self.unreadable);
        let total = records.len() + unreadable.values().map(Vec::len).sum::<usize>();
        let total = u64::try_from(total).expect("a small number");
        Ok(SourcePage {
            total_pages: u32::try_from(records.len().div_ceil(PER_PAGE)).expect("a small number"),
            total_records: locked(&self.announced).unwrap_or(total),
            records: records.iter().skip(skipped).take(PER_PAGE).cloned().collect(),
            unreadable: unreadable.get(&number).cloned().unwrap_or_default(),
            gone: Vec::new(),
        })
    }
}

pub(crate) struct Held {
    faults: Faults,
    rows: Mutex<BTreeMap<Key, String>>,
    writes: Mutex<Vec<Vec<String>>>,
}

impl Held {
    pub(crate) fn rows(&self) -> BTreeMap<Key, String> {
        locked(&self.rows).clone()
    }

    /// The batches that were offered, as keys, `+` before a new one.
    pub(crate) fn writes(&self) -> Vec<Vec<String>> {
        locked(&self.writes).clone()
    }

    fn take(&self, rows: &[Delivery<'_, Row>]) -> Result<(), WriteError> {
        let names = rows.iter().map(|row| format!("{}{}", if row.known { "" } else { "+" }, row.key));
        locked(&self.writes).push(names.collect());
        if rows.iter().any(|delivery| is_bad(delivery.row)) {
            return Err(WriteError::Refused("nome não aceito".to_owned()));
        }
        let taken = rows.iter().map(|delivery| (delivery.key.clone(), delivery.row.nome.clone()));
        locked(&self.rows).extend(taken);
        Ok(())
    }
}

impl Target<Row> for Held {
    const BATCH: usize = 2;

    async fn check(&self, rows: &[Row]) -> Result<Vec<Vec<Why>>, CallError> {
        let whys = || rows.iter().map(|row| why(row).into_iter().collect()).collect();
        let checked = self.faults.around("target.check", whys).await;
        checked.map_err(|_| CallError::new("maxima", "existe", Fault::Unavailable))
    }

    async fn write(&self, rows: &[Delivery<'_, Row>]) -> Result<(), WriteError> {
        let written = self.faults.around("target.write", || self.take(rows)).await;
        written.map_err(|_| CallError::new("maxima", "Itens", Fault::Unclear))?
    }

    async fn retire(&self, rows: &[Retiring<'_>]) -> Result<(), WriteError> {
        let gone = || rows.iter().for_each(|row| drop(locked(&self.rows).remove(row.key)));
        let retired = self.faults.around("target.retire", gone).await;
        Ok(retired.map_err(|_| CallError::new("maxima", "Itens", Fault::Unclear))?)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panicked")
}

/// Our own rule.
fn why(row: &Row) -> Option<Why> {
    (row.nome.len() > 10).then(|| Why::new("Nome", row.nome.as_str(), "no máximo 10 caracteres"))
}

/// The partner's rule.
fn is_bad(row: &Row) -> bool {
    row.nome.contains('!')
}
