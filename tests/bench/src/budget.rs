//! A million prices, read in one go and in invocations of thirty seconds: the same end, and nothing twice. Then the
//! same prices again, in invocations too: what a reading of what has not changed writes.

use std::time::Duration;

use anyhow::{Result, ensure};
use clock::{Clock, later, until};
use engine::{Ask, Budget, Entity, Job, Ledger as _, Only, Report, RunRef, Wanted};
use jiff::Timestamp;
use sales::entities::{Preco, PrecoRefs};

use crate::account::{Listings, PAGES, ROWS, Taken};
use crate::shelf::Shelf;
use crate::table::{Goal, Line};
use crate::{cpu, world};

/// What an invocation has, and what it keeps of it to deliver and to save, as in the template.
const INVOCATION: Duration = Duration::from_secs(30);
const RESERVE: Duration = Duration::from_secs(10);
/// Fewer would mean that the budget did not bind …
const LEAST_INVOCATIONS: u64 = 50;
/// … and more that nothing comes of it.
const MOST_INVOCATIONS: u64 = 1_000;
/// How long the table takes to answer.
const STORING: Duration = Duration::from_millis(10);
/// Write units per 1,000 unchanged rows.
const MOST_UNITS: u64 = 10;

pub(crate) async fn measure() -> Result<Vec<Line>> {
    let refs = world::price_refs().await?;
    // From here on waiting takes no time.
    tokio::time::pause();
    let lines = compare(&refs).await;
    tokio::time::resume();
    lines
}

async fn compare(refs: &PrecoRefs) -> Result<Vec<Line>> {
    let whole = Tenant::new();
    let at_once = whole.sync(refs, None).await?;
    let pieces = Tenant::new();
    let budgeted = pieces.sync(refs, Some(INVOCATION)).await?;
    let mut lines = vec![
        at_once.line("budget: 1,000,000 prices in one go"),
        budgeted.line("budget: the same in invocations of 30 s"),
    ];
    lines.extend(budgeted.lines(&pieces));
    lines.push(differences(&whole, &pieces, at_once.report == budgeted.report).await?);
    drop(whole);
    lines.extend(second(refs, &pieces).await?);
    Ok(lines)
}

/// One account, what Máxima has of it and what we know of both.
struct Tenant {
    clock: Clock,
    listings: Listings,
    taken: Taken,
    shelf: Shelf,
}

/// How a reading went.
struct Way {
    report: Report,
    invocations: u64,
    /// The longest invocation.
    longest: Duration,
    /// On the partner's clock.
    lasted: Duration,
    /// Nanoseconds of processor time.
    spent: u64,
    /// Write units.
    units: u64,
}

impl Tenant {
    fn new() -> Self {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let (listings, taken) = (Listings::new(clock.clone()), Taken::new(clock.clone()));
        Self { listings, taken, shelf: Shelf::keeping(clock.clone(), STORING), clock }
    }

    /// Reads everything, in one go or in as many invocations as it takes.
    async fn sync(&self, refs: &PrecoRefs, invocation: Option<Duration>) -> Result<Way> {
        let (began, before) = (self.clock.now(), cpu::spent());
        let (mut invocations, mut longest) = (0, Duration::ZERO);
        let report = loop {
            let start = self.clock.now();
            let limit = |time| Budget::new(later(start, time), RESERVE);
            let budget = invocation.map_or(Budget::unlimited(), limit);
            let report = self.invoke(refs, budget, invocations).await?;
            invocations += 1;
            longest = longest.max(until(start, self.clock.now()));
            if !report.more {
                break report;
            }
            ensure!(invocations < MOST_INVOCATIONS, "{invocations} invocations, and it goes on: {report:?}");
            self.clock.sleep(Duration::from_secs(report.wait_seconds)).await;
        };
        let is_complete = report.incomplete.is_none() && report.braked.is_none();
        ensure!(is_complete && report.counters.read == ROWS.unsigned_abs(), "not everything: {report:?}");
        let (lasted, spent) = (until(began, self.clock.now()), cpu::spent() - before);
        Ok(Way { report, invocations, longest, lasted, spent, units: self.shelf.units_written() })
    }

    async fn invoke(&self, refs: &PrecoRefs, budget: Budget, number: u64) -> Result<Report> {
        let job = Job {
            name: Preco::NAME,
            intake: Only::<Preco> { refs },
            source: &self.listings,
            target: &self.taken,
            state: &self.shelf,
            clock: &self.clock,
            budget,
            holder: format!("bench, invocation {number}"),
            run: RunRef::new("run", "bench"),
            calls: &Vec::new,
            lanes_held: &|_| (),
            ask: Ask { wanted: Wanted::Full, mark: "bench".to_owned(), ..Ask::default() },
        };
        Ok(engine::sync(job).await?)
    }

    /// Rows that Máxima holds otherwise than the ledger says.
    fn misremembered(&self) -> Option<usize> {
        let (rows, ledger) = (self.taken.rows(), self.shelf.ledger()?);
        let ledger = ledger.get(Preco::NAME)?;
        let wrong = rows
            .iter()
            .filter(|(key, row)| ledger.get(key).and_then(|entry| entry.fingerprint.as_ref()) != Some(row));
        Some(wrong.count() + ledger.len().abs_diff(rows.len()))
    }
}

impl Way {
    fn line(&self, what: &str) -> Line {
        let per_second = self.report.counters.read * 1_000_000 / (self.spent / 1_000).max(1);
        let minutes = self.lasted.as_secs() / 60;
        Line::part(what, format!("{per_second}/s, {minutes} min"))
    }

    /// What the invocations must keep to.
    fn lines(&self, tenant: &Tenant) -> Vec<Line> {
        let (pages, again) = tenant.listings.asked();
        let rows = tenant.taken.rows().len() as u64;
        let longest = format!("{:.1} s", self.longest.as_secs_f64());
        vec![
            binding("invocations", &self.invocations, "> 50", self.invocations > LEAST_INVOCATIONS),
            binding("longest invocation", &longest, "< 30 s", self.longest < INVOCATION),
            binding("pages asked for", &pages, "10000", pages == PAGES),
            none("pages asked for again", again),
            binding("rows at Máxima", &rows, "1000000", rows == ROWS.unsigned_abs()),
            none("rows written again", tenant.taken.written() - rows),
        ]
    }
}

/// What the two ends do not have in common.
async fn differences(whole: &Tenant, pieces: &Tenant, is_same_report: bool) -> Result<Line> {
    let watermark = engine::watermark(&whole.shelf, Preco::NAME).await?;
    let is_same_watermark = watermark == engine::watermark(&pieces.shelf, Preco::NAME).await?;
    ensure!(watermark.is_some_and(|mark| mark.known == ROWS.unsigned_abs()), "the rows are not known");
    let is_remembered = [whole, pieces].iter().all(|tenant| tenant.misremembered() == Some(0));
    let found: Vec<&str> = [
        ("rows", *whole.taken.rows() == *pieces.taken.rows()),
        ("ledger", whole.shelf.ledger().as_deref() == pieces.shelf.ledger().as_deref()),
        ("ledger against rows", is_remembered),
        ("watermark", is_same_watermark),
        ("report", is_same_report),
    ]
    .into_iter()
    .filter_map(|(what, is_same)| (!is_same).then_some(what))
    .collect();
    let text = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
    Ok(binding("differs from one go", &text, "nothing", found.is_empty()))
}

/// Nothing has changed meanwhile. Each invocation saves once more than a run that is not stopped.
async fn second(refs: &PrecoRefs, tenant: &Tenant) -> Result<[Line; 3]> {
    let written = tenant.taken.written();
    let again = tenant.sync(refs, Some(INVOCATION)).await?;
    let (rows, tenths) = (ROWS.unsigned_abs(), again.units * 10_000 / ROWS.unsigned_abs());
    Ok([
        again.line("budget: the same again in invocations of 30 s, unchanged"),
        none("rows written", tenant.taken.written() - written),
        binding(
            "write units per 1,000 unchanged rows",
            &format!("{}.{}", tenths / 10, tenths % 10),
            "≤ 10",
            again.units * 1_000 <= MOST_UNITS * rows,
        ),
    ])
}

fn none(what: &str, count: u64) -> Line {
    binding(what, &count, "0", count == 0)
}

fn binding(what: &str, result: &impl ToString, goal: &str, is_met: bool) -> Line {
    let goal = Goal { text: goal.to_owned(), is_met, binds: true };
    Line { goal: Some(goal), ..Line::part(format!("  budget: {what}"), result.to_string()) }
}
