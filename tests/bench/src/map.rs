//! Map, field rules and fingerprint: what every row costs before anything is asked or sent.

use std::hint::black_box;

use anyhow::{Context, Result};
use engine::{Entity, Fingerprint, Mapped};
use sales::entities::{Preco, Produto};

use crate::table::{Goal, Line};
use crate::{cpu, records, world};

/// Rows per second on one core.
const GOAL: u64 = 200_000;
/// As many records as a page has would stay in the caches of the processor; as many as an account has do not.
const RECORDS: i64 = 20_000;
/// The best of so many rounds counts: the others were disturbed.
const ROUNDS: u32 = 15;

/// Nanoseconds per row.
#[derive(Clone, Copy, Default)]
struct Cost {
    map: u64,
    rules: u64,
    fingerprint: u64,
}

pub(crate) async fn measure() -> Result<Vec<Line>> {
    let products: Vec<_> = (0..RECORDS).map(records::product).collect();
    let prices: Vec<_> = (0..RECORDS).map(records::price).collect();
    let mut lines = lines(Produto::NAME, of::<Produto>(&products, &world::product_refs().await?)?);
    lines.extend(self::lines(Preco::NAME, of::<Preco>(&prices, &world::price_refs().await?)?));
    Ok(lines)
}

/// The cheapest round. The records are copied outside of what is measured: a page is decoded into records of its own.
fn of<E>(records: &[E::Record], refs: &E::Refs) -> Result<Cost>
where
    E: Entity,
    E::Record: Clone,
    E::Row: maxima::Resource,
{
    let mut best: Option<Cost> = None;
    for _ in 0..ROUNDS {
        let cost = round::<E>(records.to_vec(), refs)?;
        best = Some(best.filter(|best| best.sum() <= cost.sum()).unwrap_or(cost));
    }
    best.context("no round")
}

fn round<E>(records: Vec<E::Record>, refs: &E::Refs) -> Result<Cost>
where
    E: Entity,
    E::Row: maxima::Resource,
{
    /// Page by page, as the engine does it.
    const PAGE: usize = 100;
    let count = records.len() as u64;
    let (mut cost, mut records) = (Cost::default(), records.into_iter());
    while records.len() > 0 {
        let page: Vec<E::Record> = records.by_ref().take(PAGE).collect();
        let start = cpu::spent();
        let rows: Vec<Mapped<E::Row>> = page.into_iter().map(|record| E::map(record, refs)).collect();
        let mapped = cpu::spent();
        for row in &rows {
            let Mapped::Row(row) = row else { anyhow::bail!("{} made no row of a record", E::NAME) };
            let violations = maxima::check(row);
            anyhow::ensure!(violations.is_empty(), "{} made a bad row: {violations:?}", E::NAME);
        }
        let checked = cpu::spent();
        for row in &rows {
            if let Mapped::Row(row) = row {
                black_box(Fingerprint::of(row));
            }
        }
        let done = cpu::spent();
        cost.map += mapped - start;
        cost.rules += checked - mapped;
        cost.fingerprint += done - checked;
    }
    let per_row = |spent: u64| spent / count;
    Ok(Cost { map: per_row(cost.map), rules: per_row(cost.rules), fingerprint: per_row(cost.fingerprint) })
}

impl Cost {
    fn sum(self) -> u64 {
        self.map + self.rules + self.fingerprint
    }
}

fn lines(name: &str, cost: Cost) -> Vec<Line> {
    let per_second = 1_000_000_000 / cost.sum().max(1);
    let goal = Goal { text: format!("≥ {GOAL}/s"), is_met: per_second >= GOAL, binds: false };
    let part = |what: &str, spent: u64| Line::part(format!("  {name}: {what}"), format!("{spent} ns"));
    vec![
        Line {
            goal: Some(goal),
            ..Line::part(format!("{name}: map + rules + fingerprint"), format!("{per_second}/s"))
        },
        part("map", cost.map),
        part("rules", cost.rules),
        part("fingerprint", cost.fingerprint),
    ]
}
