//! What was said to Omie, in its order: nothing twice within a minute, and nothing that changes something once more
//! without knowing what became of it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::harm::Place;
use crate::wire::{Exchanged, Seen};
use crate::world::World;

/// Calls that change something, and the question whose answer says whether one was carried out. A record that has no key
/// of ours yet is asked for by Omie's id.
const WRITES: [(&str, &str, Of); 4] = [
    ("IncluirPedido", "ConsultarPedido", |said| &said.key),
    ("IncluirCliente", "ConsultarCliente", |said| &said.key),
    ("AssociarCodIntCliente", "ConsultarCliente", |said| &said.key),
    ("AlterarCliente", "ConsultarCliente", |said| &said.id),
];

const MINUTE: Duration = Duration::from_mins(1);

/// What a request is about.
type Of = fn(&Exchanged) -> &str;

pub(crate) fn all(world: &World, problems: &mut Vec<String>) {
    let state = world.shared.state();
    twice(world, &state.log, problems);
    let is_harmed = |by: u64| {
        let ended = world.lived(by, |lived| lived.ended);
        ended.is_none() || state.forgetful.contains(&by)
    };
    for (write, proof, of) in WRITES {
        let mut about: BTreeMap<&str, Vec<&Exchanged>> = BTreeMap::new();
        for said in state.log.iter().filter(|said| said.name == write || said.name == proof) {
            about.entry(of(said)).or_default().push(said);
        }
        for (what, said) in about.into_iter().filter(|(what, _)| !what.is_empty()) {
            if let Some(problem) = story(write, &said, is_harmed) {
                problems.push(format!("{write} {what}: {problem}"));
            }
        }
    }
}

/// Whether two that are the same came within a minute, by the clocks of those who sent them: to machines whose clocks are
/// minutes apart a minute has passed.
fn is_within_a_minute(world: &World, before: &Exchanged, said: &Exchanged) -> bool {
    let (then, now) = (world.said_to(before.by, before.at), world.said_to(said.by, said.at));
    clock::until(before.at, said.at) < MINUTE && clock::until(then, now) < MINUTE
}

/// The same question within a minute is redundant to Omie, and counts against us.
fn twice(world: &World, log: &[Exchanged], problems: &mut Vec<String>) {
    let mut last: HashMap<u64, &Exchanged> = HashMap::new();
    for said in log.iter().filter(|said| said.place == Place::Omie) {
        if let Some(before) = last.insert(said.digest, said)
            && before.seen != Seen::NotNow
            && is_within_a_minute(world, before, said)
        {
            problems.push(format!("{} {}{} was said twice within a minute", said.name, said.key, said.id));
        }
    }
}

/// Whether the clocks of our machines led to the same being said twice within a minute to this method.
pub(crate) fn is_misled(world: &World, method: &str) -> bool {
    let state = world.shared.state();
    let mut last: HashMap<u64, &Exchanged> = HashMap::new();
    state.log.iter().filter(|said| said.name == method).any(|said| {
        let before = last.insert(said.digest, said);
        before.is_some_and(|before| {
            clock::until(before.at, said.at) < MINUTE && !is_within_a_minute(world, before, said)
        })
    })
}

/// The writes of one record, with what was asked about it: none after an unclear one without proof, none of a payload
/// that was refused.
fn story(write: &str, said: &[&Exchanged], is_harmed: impl Fn(u64) -> bool) -> Option<&'static str> {
    // A change may be made again, and to a record that is there.
    let is_change = write == "AlterarCliente";
    let mut refused: HashMap<u64, u64> = HashMap::new();
    let mut before: Option<Seen> = None;
    for said in said {
        if said.name != write {
            let is_proof = said.seen == Seen::NotFound || (is_change && said.seen == Seen::Done);
            if is_proof && (is_change || before != Some(Seen::Done)) {
                // Who was harmed may not have written the refusal down.
                refused.retain(|_, by| !is_harmed(*by));
                before = None;
            }
            continue;
        }
        if refused.contains_key(&said.digest) {
            return Some("a payload that was refused was sent again");
        }
        match before {
            Some(Seen::Nothing | Seen::Unclear | Seen::Words) => return Some("sent again without proof"),
            Some(Seen::Duplicate) => return Some("sent again after a duplicate"),
            Some(Seen::Done) if !is_change => return Some("sent again after it was done"),
            Some(Seen::Done | Seen::Refused | Seen::NotFound | Seen::NotNow) | None => {}
        }
        if matches!(said.seen, Seen::Refused | Seen::NotFound | Seen::Words) {
            refused.insert(said.digest, said.by);
        }
        before = Some(said.seen);
    }
    None
}
