//! How long the console takes for a page over a table of 100,000 records, and what it reads for it: in this process,
//! over a table in memory, and over the embedded DynamoDB.

mod counted;
mod fill;
mod house;
#[path = "../../../../functions/console/examples/sample/mod.rs"]
mod sample;
mod table;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use clock::Clock;
use console::routes::{Handler, routes};
use console::web::href;
use engine::{FlowState, Memory};

use self::counted::Read;
use self::fill::Size;
use self::house::{Seat, Shown, Tenant};
use crate::table::{Goal, Line};

/// A table after a year.
const LARGE: u64 = 100_000;
/// One at its beginning, on which every list is longer than a page already.
const SMALL: u64 = 10_000;
/// What a page may take, 95 times of 100 (issue 6).
const TIME: Duration = Duration::from_millis(50);
/// Larger pages are slow on a phone.
const LARGEST: usize = 60_000;
/// What a page may look through of a table of any size: the limits of the desk's search and of the quarantine's causes.
const QUESTIONS: u64 = 160;
const RECORDS: u64 = 6_500;
/// Before anything counts.
const WARMING: usize = 3;

/// What a page came to.
struct Measured {
    spent: Vec<Duration>,
    took: Vec<Duration>,
    read: Read,
    bytes: usize,
}

pub(crate) async fn measure(is_brief: bool) -> Result<Vec<Line>> {
    let times = if is_brief { 5 } else { 60 };
    let (small, large) = (in_memory(SMALL, 1).await?, in_memory(LARGE, times).await?);
    let stored = if is_brief { Vec::new() } else { stored(times)? };
    let addresses = addresses()?;
    let mut lines = Vec::new();
    for (nth, address) in addresses.iter().enumerate() {
        let (before, now) = (&small[nth], &large[nth]);
        lines.push(time(format!("console {address}, table in memory"), &now.spent, true));
        if let Some(stored) = stored.get(nth) {
            lines.push(time(format!("console {address}, embedded DynamoDB"), &stored.took, false));
        }
        lines.push(reads(address, before.read, now.read));
        lines.push(bytes(address, now.bytes));
    }
    Ok(lines)
}

async fn in_memory(records: u64, times: usize) -> Result<Vec<Measured>> {
    let clock = Clock::paused(sample::noon());
    let state = Memory::new(clock.clone());
    fill::fill(&state, &clock, Size::of(records)).await?;
    over(Seat::take(state, clock).await?, times).await
}

/// The requests of the client take processor time of other threads: what counts is the time on the wall.
fn stored(times: usize) -> Result<Vec<Measured>> {
    let measured = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(async {
            let clock = Clock::paused(sample::noon());
            let tables = table::Tables::open(clock.clone()).await?;
            fill::fill(&tables.store, &clock, Size::of(LARGE)).await?;
            over(Seat::take(tables.store.clone(), clock).await?, times).await
        })
    });
    measured.join().ok().context("the measurement ended early")?
}

async fn over<S: FlowState>(seat: Seat<S>, times: usize) -> Result<Vec<Measured>> {
    let mut all = Vec::new();
    for address in addresses()? {
        let mut measured = Measured { spent: Vec::new(), took: Vec::new(), read: Read::default(), bytes: 0 };
        for nth in 0..WARMING + times {
            let Shown { spent, took, read, bytes } = seat.page(&address).await?;
            if nth >= WARMING {
                measured.spent.push(spent);
                measured.took.push(took);
            }
            (measured.read, measured.bytes) = (read, bytes);
        }
        measured.spent.sort_unstable();
        measured.took.sort_unstable();
        all.push(measured);
    }
    Ok(all)
}

/// What is asked for besides the bare pages: searches, filters, further pages.
const FURTHER: [&str; 20] = [
    "/console/pedidos?q=retidos",
    "/console/pedidos?q=faturados",
    "/console/pedidos?q=10512",
    "/console/pedidos?q=52998224000125",
    "/console/pedidos?q=enviando",
    "/console/quarentena/produtos",
    "/console/quarentena/produtos?p=10",
    "/console/auditoria?p=20",
    "/console/auditoria?q=manutencao",
    "/console/auditoria?q=ninguem",
    "/console/auditoria?resultado=recusado",
    "/console/jobs/produtos?q=ninguem",
    "/console/jobs/produtos?situacao=falhou",
    "/console/jobs/produtos?dia=2026-01-12",
    "/console/clientes?q=retidos",
    "/console/jobs/produtos?p=10",
    "/console/os?q=4410",
    "/console/os?estado=opened",
    "/console/os?estado=needs_attention",
    "/console?ver=saude",
];

/// Every page, with parts that the sample has.
fn addresses() -> Result<Vec<String>> {
    let all = routes::<Tenant<Memory>>();
    let shows = all.iter().filter(|route| matches!(route.handler, Handler::Show(_)));
    let pages: Result<Vec<String>> = shows.map(|route| address_of(route.pattern)).collect();
    Ok(pages?.into_iter().chain(FURTHER.map(str::to_owned)).collect())
}

fn address_of(pattern: &str) -> Result<String> {
    let run = href(&["x", &sample::before(3).to_string()]);
    let run = run.rsplit('/').next().unwrap_or_default();
    let id = match pattern.split('/').nth(1) {
        Some("pedidos") => "900100200",
        Some("clientes") => "88770",
        _ => "5b1f6f0e-0000",
    };
    let parts = [
        ("{job}", "produtos"),
        ("{schedule}", "sync-produtos"),
        ("{run}", run),
        ("{entidade}", "clientes"),
        ("{passo}", "de-para"),
        ("{id}", id),
    ];
    let filled = parts.iter().fold(pattern.to_owned(), |text, (name, value)| text.replace(name, value));
    if filled.contains('{') {
        bail!("{pattern}: say what its parts are in the sample");
    }
    Ok(format!("/console{filled}"))
}

fn time(what: String, sorted: &[Duration], binds: bool) -> Line {
    let of = |of_hundred: usize| {
        let nth = (sorted.len() * of_hundred).div_ceil(100).max(1) - 1;
        sorted.get(nth).copied().unwrap_or_default()
    };
    let ms = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1_000.0);
    let goal = Goal { text: format!("p95 ≤ {} ms", TIME.as_millis()), is_met: of(95) <= TIME, binds };
    Line { goal: Some(goal), ..Line::part(what, format!("p50 {} p95 {} ms", ms(of(50)), ms(of(95)))) }
}

/// A page reads as much of a table ten times as large, or so little that it does not matter how large that is: what it
/// looks through is bounded.
fn reads(address: &str, before: Read, now: Read) -> Line {
    let goal = Goal {
        text: format!(
            "≤ {} and {} as over a tenth, or {QUESTIONS} and {RECORDS}",
            before.times, before.records
        ),
        is_met: now.times <= before.times.max(QUESTIONS) && now.records <= before.records.max(RECORDS),
        binds: true,
    };
    let text = format!("{} questions, {} records", now.times, now.records);
    Line { goal: Some(goal), ..Line::part(format!("  console {address}: reads"), text) }
}

fn bytes(address: &str, bytes: usize) -> Line {
    let goal = Goal { text: format!("≤ {LARGEST}"), is_met: bytes <= LARGEST, binds: true };
    Line { goal: Some(goal), ..Line::part(format!("  console {address}: bytes"), bytes.to_string()) }
}
