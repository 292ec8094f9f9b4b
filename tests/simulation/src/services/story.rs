//! What was said to the partners, in its order.

use std::collections::BTreeMap;
use std::time::Duration;

use clock::{later, until};
use senior::OrderRead;

use crate::services::world::World;
use crate::wire::{Exchanged, Seen};

/// Calls that change something, and the question that shows whether one was carried out.
const WRITES: [(&str, &[&str]); 5] = [
    ("open", &["listAll"]),
    ("addObservation", &["listObservations"]),
    ("updateOrder", &["getOrder"]),
    ("updateOrderStatusIntegration", &["getOrder"]),
    ("cancelOrders", &["getOrder"]),
];
/// Calls that count against the limit of the read API.
const READS: [&str; 3] = ["findBySs", "listAll", "Patrimonio"];
/// In a minute, by unit.
const MOST_READS: usize = 10;

/// Everything about what was said.
pub(crate) fn all(world: &World, problems: &mut Vec<String>) {
    let state = world.shared.state();
    let log = &state.log;
    for (write, looks) in WRITES {
        let is_blind =
            looks.contains(&"getOrder") && world.variety.settings.senior.order_read == OrderRead::None;
        if !is_blind {
            repeated(world, log, write, looks, problems);
        }
    }
    waited(log, problems);
    paced(log, problems);
}

/// No identical write after an unclear answer without a look at what became of it.
fn repeated(world: &World, log: &[Exchanged], write: &str, looks: &[&str], problems: &mut Vec<String>) {
    let mut before: BTreeMap<(&str, u64), &Exchanged> = BTreeMap::new();
    for (nth, said) in log.iter().enumerate().filter(|(_, said)| said.name == write) {
        let Some(first) = before.insert((&said.key, said.digest), said) else { continue };
        let is_unclear = matches!(first.seen, Seen::Nothing | Seen::Unclear | Seen::Done | Seen::Duplicate);
        let was_allowed = write == "open" && world.was_told(&said.key, &["allow_resend", "resend"]);
        if !is_unclear || was_allowed {
            continue;
        }
        let looked = log[..nth].iter().filter(|look| {
            let is_about = look.key == said.key || look.name == "listAll";
            looks.contains(&look.name.as_str()) && is_about && look.seen == Seen::Done && look.at >= first.at
        });
        let wanted = if write == "open" { 2 } else { 1 };
        if looked.count() < wanted {
            problems.push(format!(
                "{write} {}: said again at {} after {:?} at {}, and nobody had looked",
                said.key, said.at, first.seen, first.at
            ));
        }
    }
}

/// Who asks us to wait is not asked the same before.
fn waited(log: &[Exchanged], problems: &mut Vec<String>) {
    let mut until_then: BTreeMap<(&str, &str), &Exchanged> = BTreeMap::new();
    for said in log.iter().filter(|said| !said.key.is_empty()) {
        let about = (said.name.as_str(), said.key.as_str());
        if let Some(asked) = until_then.get(&about)
            && let (Some(at), Some(seconds)) = (asked.until, asked.retry_after)
            && said.at < later(at, Duration::from_secs(seconds))
        {
            let wait = until(at, said.at).as_secs();
            problems.push(format!(
                "{} {}: was to wait {seconds} s at {at}, and came after {wait} s",
                said.name, said.key
            ));
        }
        if said.retry_after.is_some() {
            until_then.insert(about, said);
        }
    }
}

/// The read API is not asked more often than it allows, whoever asks.
fn paced(log: &[Exchanged], problems: &mut Vec<String>) {
    let mut by_unit: BTreeMap<&str, Vec<&Exchanged>> = BTreeMap::new();
    for said in log.iter().filter(|said| READS.contains(&said.name.as_str())) {
        by_unit.entry(&said.lane).or_default().push(said);
    }
    for (unit, reads) in by_unit {
        for (nth, first) in reads.iter().enumerate() {
            let end = later(first.at, Duration::from_mins(1));
            let count = reads[nth..].iter().take_while(|read| read.at < end).count();
            if count > MOST_READS {
                problems.push(format!("unit {unit}: {count} reads in the minute after {}", first.at));
                return;
            }
        }
    }
}
