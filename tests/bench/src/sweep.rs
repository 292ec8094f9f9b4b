//! What a row costs the engine, from ten thousand rows to a million: a first load of prices, from a listing that is
//! made while it is read to a target that throws away what it is given.

use std::hint::black_box;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clock::Clock;
use engine::{
    Ask, Budget, Delivery, Entity, Job, Only, Question, Retiring, RunRef, Source, SourcePage, Target, Wanted,
    Why, WriteError,
};
use omie::ItemTabela;
use partner_http::CallError;
use sales::entities::Preco;
use serde::{Deserialize, Serialize};

use crate::account::checked;
use crate::shelf::Shelf;
use crate::table::{Goal, Line};
use crate::{cpu, records, world};

/// Rows of the runs that are compared, and how often each is repeated: as many rows in all.
const RUNS: [(i64, u32); 3] = [(10_000, 100), (100_000, 10), (1_000_000, 1)];
/// A row of the longest run may cost so many times what one of the shortest costs.
const MOST_RATIO: f64 = 1.5;
/// Mebibytes that the longest run may hold at once.
const MOST_MEMORY: u64 = 128;
/// Records of a page, as we ask for them.
const PAGE: i64 = 100;

/// What one process measured.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Run {
    /// Nanoseconds of processor time per row, of all repetitions together.
    per_row: u64,
    /// Kibibytes held at most.
    memory: u64,
}

/// Each run in a process of its own, so that its memory is its own.
pub(crate) fn measure() -> Result<Vec<Line>> {
    let runs: Vec<Run> = RUNS.iter().map(|(rows, times)| in_process(*rows, *times)).collect::<Result<_>>()?;
    let mut lines: Vec<Line> = RUNS.iter().zip(&runs).map(|((rows, _), run)| line(*rows, run)).collect();
    let [first, .., last] = runs.as_slice() else { anyhow::bail!("fewer than two runs") };
    #[expect(clippy::cast_precision_loss, reason = "nanoseconds of one row; a ratio for the reader")]
    let ratio = last.per_row as f64 / first.per_row.max(1) as f64;
    let mebibytes = last.memory / 1_024;
    lines.push(Line {
        goal: Some(Goal { text: format!("≤ {MOST_RATIO}"), is_met: ratio <= MOST_RATIO, binds: true }),
        ..Line::part("sweep: cost of a row, 1,000,000 rows to 10,000", format!("{ratio:.2}"))
    });
    lines.push(Line {
        goal: Some(Goal {
            text: format!("≤ {MOST_MEMORY} MiB"),
            is_met: mebibytes <= MOST_MEMORY,
            binds: true,
        }),
        ..Line::part("sweep: most memory, 1,000,000 rows", format!("{mebibytes} MiB"))
    });
    Ok(lines)
}

fn line(rows: i64, run: &Run) -> Line {
    let Run { per_row, memory } = run;
    Line::part(format!("  sweep: {rows} rows"), format!("{per_row} ns a row, {} MiB", memory / 1_024))
}

fn in_process(rows: i64, times: u32) -> Result<Run> {
    let bench = std::env::current_exe().context("where this program is")?;
    let output = Command::new(bench).args(["rows", &rows.to_string(), &times.to_string()]).output()?;
    let told = || String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "the run of {rows} rows failed: {}", told());
    serde_json::from_slice(&output.stdout).with_context(told)
}

/// What `bench rows` does in its process.
pub(crate) async fn run(rows: i64, times: u32) -> Result<Run> {
    let clock = Clock::system();
    let refs = world::price_refs().await?;
    let (all, mut spent) = (u64::try_from(rows)?, 0);
    for _ in 0..times {
        let state = Shelf::forgetful(clock.clone());
        let job = Job {
            name: Preco::NAME,
            intake: Only::<Preco> { refs: &refs },
            source: &Made { rows },
            target: &Nowhere,
            state: &state,
            clock: &clock,
            budget: Budget::unlimited(),
            holder: "bench".to_owned(),
            run: RunRef::new("run", "bench"),
            calls: &Vec::new,
            lanes_held: &|_| (),
            ask: Ask { wanted: Wanted::Full, ..Ask::default() },
        };
        let start = cpu::spent();
        let report = engine::sync(job).await?;
        spent += cpu::spent() - start;
        let counters = report.counters;
        ensure!((counters.read, counters.created) == (all, all), "not every row arrived: {report:?}");
    }
    let per_row = spent / (all * u64::from(times)).max(1);
    Ok(Run { per_row, memory: cpu::most_memory()? })
}

/// A listing of so many prices that exists only while it is read.
struct Made {
    rows: i64,
}

impl Source<ItemTabela> for Made {
    fn lane(&self) -> String {
        "bench/ListarTabelaItens".to_owned()
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<ItemTabela>, CallError> {
        let first = (i64::from(question.page) - 1) * PAGE;
        let records = (first..self.rows.min(first + PAGE)).map(records::price).collect();
        let total_pages =
            u32::try_from(self.rows.unsigned_abs().div_ceil(PAGE.unsigned_abs())).unwrap_or(u32::MAX);
        let total_records = self.rows.unsigned_abs();
        Ok(SourcePage { total_pages, total_records, records, ..SourcePage::default() })
    }
}

/// Checks the field rules and takes everything.
struct Nowhere;

impl Target<maxima::TabelaPreco> for Nowhere {
    const BATCH: usize = 1_000;

    async fn check(&self, rows: &[maxima::TabelaPreco]) -> Result<Vec<Vec<Why>>, CallError> {
        Ok(checked(rows))
    }

    async fn write(&self, rows: &[Delivery<'_, maxima::TabelaPreco>]) -> Result<(), WriteError> {
        black_box(rows);
        Ok(())
    }

    async fn retire(&self, rows: &[Retiring<'_>]) -> Result<(), WriteError> {
        black_box(rows);
        Ok(())
    }
}
