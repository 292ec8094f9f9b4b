//! "Wait N seconds" is obeyed: by the invocation that was told, and by every later one that could know.
//!
//! ```text
//!   invocation 1 ── asks ── "425, 1800 s" ── writes it down ──▶
//!   invocation 2        ── reads that nothing is blocked ── asks ──▶      it could not know
//!   invocation 3                                 ── must not ask ──▶
//! ```

use std::time::Duration;

use clock::{later, until};
use jiff::Timestamp;

use crate::chaos::{BlockNote, Noted, State};
use crate::wire::Exchanged;
use crate::world::{Lived, World};

/// What a block lasts that begins.
const BLOCK: u64 = 1_800;

pub(crate) fn all(world: &World, problems: &mut Vec<String>) {
    let state = world.shared.state();
    earned(world, &state, problems);
    let told = Told { world, state: &state };
    for (nth, said) in state.log.iter().enumerate() {
        let (Some(seconds), Some(at), Some(heard)) = (said.retry_after, said.until, said.heard) else {
            continue;
        };
        let wait = Wait { said, at, heard, open: later(at, Duration::from_secs(seconds)) };
        if said.is_block && told.written(&wait).is_none() && !told.could_not_write(&wait) {
            problems.push(format!("#{} did not write down that Omie blocks {}", said.by, said.name));
        }
        let same = |later: &&Exchanged| later.place == said.place && later.name == said.name;
        for later in state.log[nth + 1..].iter().filter(same) {
            if later.left > heard && told.should_have_waited(&wait, later) {
                problems.push(format!(
                    "{} {}: #{} was to wait {seconds} s at {at}, and #{} came after {} s",
                    said.name,
                    said.key,
                    said.by,
                    later.by,
                    until(at, later.at).as_secs()
                ));
            }
        }
    }
}

/// No block begins but those that were arranged: ten failures in a minute are our own fault.
fn earned(world: &World, state: &State, problems: &mut Vec<String>) {
    let verdict = world.omie.verdict();
    for (method, seen) in &verdict.methods {
        let arranged = seen.faults.get("injected_blocked").copied().unwrap_or_default();
        let begun = |said: &&Exchanged| said.name == *method && said.is_block;
        let begun = state.log.iter().filter(begun).filter(|said| said.retry_after == Some(BLOCK)).count();
        if begun as u64 > arranged {
            problems.push(format!("Omie has blocked {method} {begun} times, {arranged} of them arranged"));
        }
    }
}

/// Somebody was told to wait.
struct Wait<'a> {
    said: &'a Exchanged,
    at: Timestamp,
    /// The place of the answer among all that happened.
    heard: usize,
    /// When the method may be called again.
    open: Timestamp,
}

/// Who was told what.
struct Told<'a> {
    world: &'a World,
    state: &'a State,
}

impl Told<'_> {
    fn should_have_waited(&self, wait: &Wait<'_>, later: &Exchanged) -> bool {
        if later.by == wait.said.by {
            return later.at < wait.open;
        }
        // What was written down in the time of one clock is read in that of another, and forgotten in the table's.
        let open = self.world.said_to(wait.said.by, wait.open);
        if self.world.said_to(later.by, later.at).max(self.world.said_by(&self.world.ours, later.at)) >= open
        {
            return false;
        }
        if wait.said.is_block {
            self.written(wait).is_some_and(|written| self.could_read(written, later))
        } else {
            self.was_filed(wait, later)
        }
    }

    /// When what was heard was written down for the others.
    fn written(&self, wait: &Wait<'_>) -> Option<usize> {
        self.notes(wait.said.by, &wait.said.name)
            .find(|note| note.what == Noted::Written && note.order > wait.heard)
            .map(|note| note.order)
    }

    /// Whether harm came to the invocation between the answer and writing it down, which takes no time.
    fn could_not_write(&self, wait: &Wait<'_>) -> bool {
        let was_gone = self.lived(wait.said.by, |lived| lived.ended.is_none() && lived.gone == Some(wait.at));
        let unwritten = |note: &BlockNote| note.what == Noted::Unwritten && note.order > wait.heard;
        was_gone || self.notes(wait.said.by, &wait.said.name).any(unwritten)
    }

    /// Whether it could have read before it asked what was written then.
    fn could_read(&self, written: usize, later: &Exchanged) -> bool {
        let mut before = self.notes(later.by, &later.name).filter(|note| note.order < later.left);
        let read = |note: &&BlockNote| matches!(note.what, Noted::Read | Noted::Unread);
        match before.rfind(read) {
            Some(BlockNote { what: Noted::Unread, .. }) => false,
            Some(read) => read.order > written,
            None => true,
        }
    }

    /// Whether the wait was filed with the case, and the later one found it so: it is about the same case, in the same
    /// job, and began when the first had come to its end.
    fn was_filed(&self, wait: &Wait<'_>, later: &Exchanged) -> bool {
        // A question and a login are of no case.
        let is_write = ["PUT ", "POST "].iter().any(|verb| later.name.starts_with(verb));
        let is_same = is_write && later.digest == wait.said.digest;
        if !is_same && (later.key.is_empty() || later.key != wait.said.key) {
            return false;
        }
        let told = wait.said.by;
        let (job, ended) = self.lived(told, |lived| (lived.job, lived.ended));
        let (its, began) = self.lived(later.by, |lived| (lived.job, lived.began));
        job.is_some()
            && job == its
            && ended.is_some()
            && ended <= began
            && !self.state.forgetful.contains(&told)
    }

    fn notes(&self, by: u64, method: &str) -> impl DoubleEndedIterator<Item = &BlockNote> {
        let notes = self.state.blocks.iter();
        notes.filter(move |note| note.by == by && note.method == method)
    }

    fn lived<T>(&self, number: u64, with: impl FnOnce(&Lived) -> T) -> T {
        self.world.lived(number, |lived| with(lived))
    }
}
