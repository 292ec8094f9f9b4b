//! Orders and customers as sellers write them, made from the rows the cloud holds.

mod customer;
mod kinds;
mod lines;
mod order;
mod worked;

use fastrand::Rng;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

pub(super) use customer::customer;
pub use kinds::{CustomerKind, OrderKind, UnknownKind};
pub(super) use order::{order, waiting};
pub use worked::worked_example;

use super::NotPossible;
use crate::dataset::local;
use crate::maxima::tables::Tables;

/// A row of the cloud.
type Row = Map<String, Value>;

/// Up to `most` rows that will do, from a place the randomness chooses on.
fn rows(
    tables: &Tables,
    path: &str,
    most: usize,
    rng: &mut Rng,
    will_do: impl Fn(&str, &Row) -> bool,
) -> Vec<Row> {
    let count = tables.count(path);
    let start = if count == 0 { 0 } else { rng.usize(..count) };
    let all = || tables.rows(path);
    let around = all().skip(start).chain(all().take(start));
    let good = around.filter_map(|(key, row)| {
        let row: Row = serde_json::from_str(row.get()).ok()?;
        will_do(key, &row).then_some(row)
    });
    good.take(most).collect()
}

/// One row that will do.
fn row(
    tables: &Tables,
    path: &str,
    rng: &mut Rng,
    will_do: impl Fn(&str, &Row) -> bool,
) -> Result<Row, NotPossible> {
    let found = rows(tables, path, 1, rng, will_do).pop();
    found.ok_or_else(|| NotPossible(format!("a Máxima não tem {path} que sirva: faça a carga antes")))
}

/// The text of a member, empty when it is absent.
fn text(row: &Row, name: &str) -> String {
    row.get(name).map(crate::dataset::text_of).unwrap_or_default()
}

/// A number of a row, exactly.
fn amount(row: &Row, name: &str) -> Decimal {
    text(row, name).parse().unwrap_or_default()
}

/// An exact number as JSON.
fn number(amount: Decimal) -> Value {
    serde_json::from_str(&amount.to_string()).unwrap_or_default()
}

/// Local date and time so many days from now.
fn moment(now: Timestamp, days: i64) -> String {
    let then = now.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(now);
    let then = local(then);
    then.round(jiff::Unit::Second).unwrap_or(then).to_string()
}

/// Local midnight so many days from now.
fn midnight(now: Timestamp, days: i64) -> String {
    format!("{}T00:00:00", moment(now, days).split('T').next().unwrap_or_default())
}
