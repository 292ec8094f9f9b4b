//! Pages of records.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;

use super::methods::{Method, Paging};
use super::refusal::Refusal;
use super::request::{Condition, Query};
use crate::Dataset;
use crate::dataset::{Marks, Shelf, parsed};

/// Which records a filter keeps, remembered until one of them changes.
#[derive(Debug, Default)]
pub(super) struct Selections(HashMap<String, (u64, Arc<[usize]>)>);

impl Selections {
    /// Positions of the records that meet every condition, in the order they are listed.
    pub(super) fn of(&mut self, method: &Method, held: &Shelf, conditions: &[Condition]) -> Arc<[usize]> {
        let name = format!("{} {conditions:?}", method.registry);
        if let Some((_, kept)) = self.0.get(&name).filter(|(version, _)| *version == held.version()) {
            return Arc::clone(kept);
        }
        let kept: Arc<[usize]> = held
            .live()
            .filter(|(index, marks)| conditions.iter().all(|condition| meets(condition, held, *index, marks)))
            .map(|(index, _)| index)
            .collect();
        if self.0.len() >= 64 {
            self.0.clear();
        }
        self.0.insert(name, (held.version(), Arc::clone(&kept)));
        kept
    }
}

fn meets(condition: &Condition, held: &Shelf, index: usize, marks: &Marks) -> bool {
    let text = |field: &str| match &parsed(&held.text(index))[field] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match condition {
        Condition::Tagged(tags) => tags.iter().any(|tag| marks.has_tag(tag)),
        Condition::Listed(ids) => ids.iter().any(|id| id == held.id_at(index)),
        Condition::Equals(field, wanted) => text(field) == *wanted,
        Condition::Contains(field, wanted) => text(field).to_lowercase().contains(wanted),
        Condition::Between { inclusion, change, from, to } => {
            let inside = |second: Option<i64>| second.is_some_and(|second| (*from..=*to).contains(&second));
            *inclusion && inside(marks.included) || *change && inside(marks.changed)
        }
    }
}

/// A page's text and how many rows it has.
pub(super) fn page(
    method: &Method,
    rows_name: &str,
    dataset: &Dataset,
    kept: &[usize],
    query: &Query,
    cap: usize,
) -> Result<(String, usize), Refusal> {
    let whole = method.paging == Paging::Whole;
    let size = if whole {
        kept.len().max(1)
    } else {
        cap.min(usize::try_from(query.per_page).unwrap_or(cap)).max(1)
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
    let _ = write!(text, "\"{rows_name}\":[");
    let held = dataset.shelf(method.registry);
    for (nth, index) in shown.iter().enumerate() {
        if nth > 0 {
            text.push(',');
        }
        text.push_str(&held.shown(*index, query.observations));
    }
    text.push_str("]}");
    Ok((text, shown.len()))
}
