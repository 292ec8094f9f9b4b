//! What Omie's failures mean (`contracts/omie.md §4`): a table of patterns, read from the top.
//!
//! The body is looked at before the HTTP status, and the text before the code, because one code covers many
//! situations (`Client-102` is a duplicate and any other validation). Values in square brackets are what people
//! typed: they decide nothing. A `Server` fault is the receiver's trouble, and its outcome is not known.
//!
//! What no row knows is held, and never repeated:
//!
//! * to a read, and to a write that may be repeated, it is [`Fault::Refused`] with Omie's words;
//! * to a write that asks first it is [`Fault::Unclear`], with the words in [`unknown_words`]: the record is looked
//!   for at Omie, and when it is not there a person decides. It is not a refusal, since nobody knows what it says,
//!   and not a lost answer, since sending it again would bring the same words.
//!
//! `Client-101`, `-102`, `-104`, `-105` and `-1020` with any other text are refusals by the contract.

mod answer;
mod rows;
mod words;

use std::error::Error;

use partner_http::{CallError, Fault};

use self::answer::Answer;
use self::rows::{Means, known};
use self::words::{fold, id_in, readable, seconds_in, without_values};

/// Seconds of a block whose text does not say them (`contracts/omie.md §3.1`).
const BLOCK_SECONDS: u64 = 1800;
/// No block is believed to last longer than a day.
const LONGEST_BLOCK_SECONDS: u64 = 86_400;

/// What the answer to a read means, before anyone decodes it; also to a write that may be repeated.
pub fn classify(status: u16, body: &[u8]) -> Result<(), Fault> {
    judge(status, body).map_err(|verdict| match verdict {
        Verdict::Known(fault) => fault,
        Verdict::Nothing(_) => Fault::Empty,
        Verdict::Words(text) => Fault::Refused { text },
        Verdict::Status => Fault::Malformed { text: unexplained(status) },
    })
}

/// What the answer to a write that asks first means.
///
/// As [`classify`], but for what would be a wrong certainty about a write: words and statuses that nobody knows are
/// [`Fault::Malformed`] here, and [`Omie::call`](crate::Omie::call) makes them [`Fault::Unclear`]; a redundant request
/// says that the one before it arrived, so its outcome is to be asked for.
pub fn classify_write(status: u16, body: &[u8]) -> Result<(), Fault> {
    judge(status, body).map_err(|verdict| match verdict {
        Verdict::Known(Fault::Redundant) => Fault::Unclear,
        Verdict::Known(fault) => fault,
        // No write asks for a list: what the words are about, nobody knows.
        Verdict::Words(text) | Verdict::Nothing(text) => unknown(&text),
        Verdict::Status => unknown(&unexplained(status)),
    })
}

/// A status that no call of ours should get, for who reads it.
fn unexplained(status: u16) -> String {
    format!("HTTP {status} sem explicação")
}

/// What stands before words that no row knows, on their way through partner-http, which takes secrets out of them.
const UNKNOWN: &str = "resposta desconhecida: ";

fn unknown(words: &str) -> Fault {
    Fault::Malformed { text: format!("{UNKNOWN}{words}") }
}

/// The failure of a write that asks first, as its owner sees it: what is not known to be undone is
/// [`Fault::Unclear`]. So is a write that met another one in flight: that may be our own, of a process that has ended
/// (`contracts/omie-maxima-mapping.md` §6.1).
pub(crate) fn settled(mut error: CallError) -> CallError {
    // What waited here and never left met nobody.
    if error.fault == Fault::Busy && error.status.is_some() {
        error.fault = Fault::Unclear;
        return error;
    }
    let Fault::Malformed { text } = &error.fault else { return error };
    let words = text.starts_with(UNKNOWN).then(|| text.clone());
    // An answer that was too large to be read was an answer all the same.
    let unread = error.status.is_none() && error.attempts > 0;
    if words.is_none() && !unread {
        return error;
    }
    error.fault = Fault::Unclear;
    match words {
        Some(words) => error.because(words),
        None => error,
    }
}

/// An answer to a write that asks first, which says that it was done and cannot be read.
pub(crate) fn unreadable(mut error: CallError) -> CallError {
    if let Fault::Malformed { text } = &error.fault {
        error.fault = unknown(text);
    }
    settled(error)
}

/// Omie's words about a write, when no row of the table knows them; free of secrets.
///
/// The fault is [`Fault::Unclear`] then. The record is looked for: when it is there the write was done, and when it
/// is not there the write must wait for a person, with these words as the reason. It must not be sent again by
/// itself.
pub fn unknown_words(error: &CallError) -> Option<String> {
    if error.fault != Fault::Unclear {
        return None;
    }
    error.source()?.to_string().strip_prefix(UNKNOWN).map(str::to_owned)
}

/// What an answer means, and how far that is known.
enum Verdict {
    Known(Fault),
    /// "No rows", in these words.
    Nothing(String),
    /// A fault in words that no row knows.
    Words(String),
    /// Nothing but a status that no call of ours should get.
    Status,
}

fn judge(status: u16, body: &[u8]) -> Result<(), Verdict> {
    match Answer::read(body) {
        Answer::Fault { code, text } => Err(meaning(status, &code, &text)),
        Answer::Status(text) => Err(failed(&text)),
        Answer::Json => by_status(status, ""),
        Answer::Html(text) => Err(in_a_page(status, &text)),
        // It was served, and the rest of it was lost on the way.
        Answer::Cut => by_status(status, "").and(Err(Verdict::Known(Fault::Unclear))),
        Answer::Words(text) => Err(in_words(status, &text)),
    }
}

fn meaning(status: u16, code: &str, text: &str) -> Verdict {
    let folded = fold(text);
    match known(&fold(code), &without_values(&folded)) {
        Some(means) => verdict(means, text, &folded),
        None => status_alone(status, text).map_or_else(|| Verdict::Words(readable(text)), Verdict::Known),
    }
}

/// A write that says itself that it failed: as the same text in a fault, and a refusal in any other words.
fn failed(text: &str) -> Verdict {
    let folded = fold(text);
    let means = known("", &without_values(&folded)).unwrap_or(Means::Refused);
    verdict(means, text, &folded)
}

/// A page of the web server, or of what stands before it.
fn in_a_page(status: u16, text: &str) -> Verdict {
    let folded = fold(text);
    if let Some(means @ Means::Blocked) = known("", &folded) {
        return verdict(means, text, &folded);
    }
    by_status(status, text).err().unwrap_or(Verdict::Known(Fault::Unavailable))
}

/// A body that is neither JSON nor HTML: a fault in words, or something that is no answer.
fn in_words(status: u16, text: &str) -> Verdict {
    let folded = fold(text);
    match known("", &without_values(&folded)) {
        Some(means) => verdict(means, text, &folded),
        None => by_status(status, text).err().unwrap_or(Verdict::Known(Fault::Unclear)),
    }
}

fn verdict(means: Means, text: &str, folded: &str) -> Verdict {
    let text = readable(text);
    Verdict::Known(match means {
        Means::Empty => return Verdict::Nothing(text),
        Means::Redundant => Fault::Redundant,
        Means::Busy => Fault::Busy,
        Means::RateLimited => Fault::RateLimited,
        Means::Blocked => blocked(folded),
        Means::Unavailable => Fault::Unavailable,
        Means::Unclear => Fault::Unclear,
        Means::Unauthorized => Fault::Unauthorized { text },
        Means::NotFound => Fault::NotFound { text },
        Means::Duplicate => Fault::Duplicate { id: id_in(folded), text },
        Means::Refused => Fault::Refused { text },
        Means::Misconfigured => Fault::Misconfigured { text },
        Means::Malformed => Fault::Malformed { text },
    })
}

/// Statuses that Omie itself gives a meaning to.
fn status_alone(status: u16, text: &str) -> Option<Fault> {
    match status {
        425 => Some(blocked(&fold(text))),
        429 => Some(Fault::RateLimited),
        401 | 403 => Some(Fault::Unauthorized { text: format!("HTTP {status}") }),
        _ => None,
    }
}

/// What is left when the body says nothing we know.
fn by_status(status: u16, text: &str) -> Result<(), Verdict> {
    if let Some(fault) = status_alone(status, text) {
        return Err(Verdict::Known(fault));
    }
    match status {
        200..=299 => Ok(()),
        // The gateway passed the request on and gave up waiting; 524 is a content network that did.
        504 | 524 => Err(Verdict::Known(Fault::Unclear)),
        408 | 500..=599 => Err(Verdict::Known(Fault::Unavailable)),
        _ => Err(Verdict::Status),
    }
}

fn blocked(folded: &str) -> Fault {
    let seconds = seconds_in(folded).unwrap_or(BLOCK_SECONDS).min(LONGEST_BLOCK_SECONDS);
    Fault::Blocked { seconds }
}

#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;
