//! Pages of records.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use super::customers::digits;
use super::methods::{Dated, Method, Paging};
use super::refusal::Refusal;
use super::request::{Condition, Query};
use super::scope::Frame;
use crate::Dataset;
use crate::dataset::{Marks, Shelf, at, day, parsed, text_of, without};

/// Which records a filter keeps, remembered until one of them changes.
#[derive(Debug, Default)]
pub(super) struct Selections(HashMap<String, (u64, Arc<[usize]>)>);

impl Selections {
    /// Positions of the records that meet every condition, in the order they are listed.
    pub(super) fn of(&mut self, method: &Method, held: &Shelf, conditions: &mut [Condition]) -> Arc<[usize]> {
        // A record is read only when nothing cheaper has left it out.
        conditions.sort_by_key(Condition::reads);
        let name = format!("{} {conditions:?}", method.registry);
        if let Some((_, kept)) = self.0.get(&name).filter(|(version, _)| *version == held.version()) {
            return Arc::clone(kept);
        }
        let meets = |(index, marks): &(usize, Marks)| {
            conditions.iter().all(|condition| meets(condition, held, *index, marks))
        };
        let kept: Arc<[usize]> = candidates(held, conditions).filter(meets).map(|(index, _)| index).collect();
        if self.0.len() >= 64 {
            self.0.clear();
        }
        self.0.insert(name, (held.version(), Arc::clone(&kept)));
        kept
    }
}

/// The records among which those that meet the conditions are: not a million when it is about one table.
fn candidates<'a>(
    held: &'a Shelf,
    conditions: &[Condition],
) -> Box<dyn Iterator<Item = (usize, Marks)> + 'a> {
    for condition in conditions {
        match condition {
            Condition::Listed(ids) => {
                let positions: BTreeSet<usize> = ids.iter().filter_map(|id| held.position(id).ok()).collect();
                return Box::new(positions.into_iter().map(|index| (index, held.marks(index))));
            }
            Condition::Within(groups) if groups.len() == 1 => return Box::new(held.live_in(groups[0])),
            _ => {}
        }
    }
    Box::new(held.live())
}

fn meets(condition: &Condition, held: &Shelf, index: usize, marks: &Marks) -> bool {
    let record = || parsed(&held.text(index));
    match condition {
        Condition::Tagged(tags) => tags.iter().any(|tag| marks.has_tag(tag)),
        // The candidates are these and no others.
        Condition::Listed(_) => true,
        Condition::Within(groups) => groups.contains(&marks.group),
        Condition::Is(traits, wanted) => marks.traits.has(*traits) == *wanted,
        Condition::Equals(field, wanted) => text_of(at(&record(), field)) == *wanted,
        Condition::Digits(field, wanted) => digits(&text_of(at(&record(), field))) == *wanted,
        Condition::Contains(field, wanted) => text_of(at(&record(), field)).to_lowercase().contains(wanted),
        Condition::During { of, from, to } => {
            let when = |of: &Dated| match of {
                Dated::Included => marks.included,
                Dated::Changed => marks.changed,
                Dated::Cancelled => marks.cancelled,
                Dated::Expected => marks.expected,
                Dated::Stated(field) => day(&record(), field),
            };
            of.iter().any(|of| when(of).is_some_and(|second| (*from..=*to).contains(&second)))
        }
    }
}

/// What an order has only when it is not summed up.
const DETAILS: &[&str] = &["det", "total_pedido", "lista_parcelas", "departamentos"];

/// A page's text and how many rows it has.
pub(super) fn page(
    method: &Method,
    rows_name: &str,
    dataset: &Dataset,
    kept: &[usize],
    query: &Query,
    frame: &Frame,
    cap: usize,
) -> Result<(String, usize), Refusal> {
    let whole = method.paging == Paging::Whole;
    let size = if whole {
        kept.len().max(1)
    } else {
        let wanted = frame.size.unwrap_or(usize::try_from(query.per_page).unwrap_or(cap));
        cap.min(wanted).max(1)
    };
    let number = if whole { 1 } else { query.page };
    let skipped = usize::try_from(number - 1).unwrap_or(usize::MAX).saturating_mul(size);
    let shown: Vec<usize> = kept.iter().skip(skipped).take(size).copied().collect();
    if shown.is_empty() {
        return Err(Refusal::empty(number));
    }
    let mut text = String::from("{");
    if !whole {
        let [page, _, pages, here, total] = method.paging.names();
        let counts = [
            (page, number),
            (pages, kept.len().div_ceil(size) as u64),
            (here, shown.len() as u64),
            (total, kept.len() as u64),
        ];
        for (name, count) in counts {
            let _ = write!(text, "\"{name}\":{count},");
        }
    }
    let _ = write!(text, "{}\"{rows_name}\":[", frame.before);
    let held = dataset.shelf(method.registry);
    for (nth, index) in shown.iter().enumerate() {
        if nth > 0 {
            text.push(',');
        }
        let row = held.shown(*index, query.whole);
        if query.summary {
            text.push_str(&without(parsed(&row), DETAILS).to_string());
        } else {
            text.push_str(&row);
        }
    }
    let _ = write!(text, "]{}}}", frame.after);
    Ok((text, shown.len()))
}
