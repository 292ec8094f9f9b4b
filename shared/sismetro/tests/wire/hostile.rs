//! Replies and callbacks, damaged in every way we can think of: nothing falls down, and nothing is believed that is
//! not there.

use sismetro::{
    CallbackPath, Outcome, SismetroOptions, SsCallback, extract_opened, masked_link, masked_text,
    parse_callbacks, valid_link,
};

/// What a body may be damaged with.
const DEBRIS: &[&str] = &[
    "null",
    "{}",
    "[]",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\\",
    "\\/",
    "\\ud800",
    "\\u0000",
    "\u{0}",
    "é",
    ",",
    ":",
    "-",
    "0",
    "-1",
    "1e999",
    "1.5",
    "99999999999999999999",
    "true",
    "false",
    "&amp;",
    "https://",
    "token=",
    "os=",
    "?",
    "&",
    "=",
    "\"SS_CANCELLED\"",
    "\"ss\":",
    "\"id\":",
    "\"ids\":[",
    "\"event\":",
    "\"data\":",
    "\"items\":",
    "[[[[[[[[",
    "https://br.sismetro.com.evil.example/printSS.php?os=1&token=x",
    "\u{feff}",
    "\u{202e}",
    "\r\n",
];

const REPLIES: &[&str] = &[
    include_str!("../fixtures/reply/valid-ss-link.json"),
    include_str!("../fixtures/reply/success-data.json"),
    include_str!("../fixtures/reply/result-list.json"),
    include_str!("../fixtures/reply/text.txt"),
    include_str!("../fixtures/reply/number-only.json"),
    include_str!("../fixtures/reply/mismatch.json"),
];

const CALLBACKS: &[&str] = &[
    include_str!("../fixtures/callback/a-completed.json"),
    include_str!("../fixtures/callback/a-cancelled.json"),
    include_str!("../fixtures/callback/a-updated.json"),
    include_str!("../fixtures/callback/a-partial.json"),
    include_str!("../fixtures/callback/b-release.json"),
    include_str!("../fixtures/callback/b-cancel.json"),
    include_str!("../fixtures/callback/c-bare.json"),
    include_str!("../fixtures/callback/c-result-list.json"),
    include_str!("../fixtures/callback/c-data.json"),
];

const PATHS: [CallbackPath; 5] = [
    CallbackPath::Any,
    CallbackPath::Complete,
    CallbackPath::Cancel,
    CallbackPath::FacadeRelease,
    CallbackPath::FacadeCancel,
];

fn damaged(text: &str, rng: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..rng.usize(1..5) {
        let at = rng.usize(..=bytes.len());
        let end = (at + rng.usize(..12)).min(bytes.len());
        match rng.u8(..5) {
            0 => drop(bytes.splice(at..end, DEBRIS[rng.usize(..DEBRIS.len())].bytes())),
            1 => drop(bytes.drain(at..end)),
            2 if at < bytes.len() => bytes[at] = rng.u8(..),
            3 => bytes.truncate(at.max(1)),
            _ => instead_of_a_value(&mut bytes, at, rng),
        }
    }
    bytes
}

/// Mostly still JSON: something else between a colon and the next comma.
fn instead_of_a_value(bytes: &mut Vec<u8>, from: usize, rng: &mut fastrand::Rng) {
    let find =
        |from: usize, byte: u8| Some(from + bytes.get(from..)?.iter().position(|other| *other == byte)?);
    let Some(colon) = find(from, b':') else { return };
    let Some(comma) = find(colon, b',') else { return };
    bytes.splice(colon + 1..comma, DEBRIS[rng.usize(..DEBRIS.len())].bytes());
}

fn is_number(text: &str) -> bool {
    (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0')
}

#[test]
fn a_damaged_reply_never_gives_a_number_that_is_not_in_it() {
    let mut rng = fastrand::Rng::with_seed(20_261_120);
    let options = SismetroOptions::default();
    let (mut read, mut refused) = (0, 0);
    for round in 0..10_000 {
        let body = damaged(REPLIES[round % REPLIES.len()], &mut rng);
        let text = String::from_utf8_lossy(&body);
        let Some(opened) = extract_opened(&body, &options) else {
            refused += 1;
            continue;
        };
        read += 1;
        assert!(is_number(&opened.number) && text.contains(&opened.number), "{text} {opened:?}");
        if let Some(link) = &opened.link {
            assert!(link.starts_with("http") && link.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
            assert!(!link.contains(['"', '<', '>', '\\']), "{text} {link}");
            assert!(!masked_link(link).contains("EXAMPLE0TOKEN"), "{link}");
        }
    }
    assert!(read > 1_000 && refused > 1_000, "{read} read, {refused} refused");
}

#[test]
fn a_damaged_callback_is_refused_or_names_what_is_in_it() {
    let mut rng = fastrand::Rng::with_seed(20_261_121);
    let options = SismetroOptions::default();
    let (mut read, mut refused) = (0, 0);
    for round in 0..10_000 {
        let body = damaged(CALLBACKS[round % CALLBACKS.len()], &mut rng);
        let path = PATHS[rng.usize(..PATHS.len())];
        let Ok(callbacks) = parse_callbacks(path, &body, &options) else {
            refused += 1;
            continue;
        };
        read += 1;
        let text = String::from_utf8_lossy(&body);
        assert!((1..=100).contains(&callbacks.len()), "{text}");
        for callback in &callbacks {
            is_in(callback, path, &text);
        }
    }
    assert!(read > 1_000 && refused > 1_000, "{read} read, {refused} refused");
}

fn is_in(callback: &SsCallback, path: CallbackPath, text: &str) {
    let SsCallback { ss_number, order_id, outcome, .. } = callback;
    assert!(ss_number.is_some() || order_id.is_some(), "{text}");
    assert!(ss_number.as_ref().is_none_or(|ss| is_number(ss) && text.contains(ss.as_str())), "{text}");
    assert!(order_id.as_ref().is_none_or(|id| text.contains(id.as_str())), "{text}");
    assert!((1..=128).contains(&callback.dedupe_key().len()), "{text}");
    // Nothing is over unless the address or a word says so.
    let said = text.to_uppercase();
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    match (path, outcome) {
        (CallbackPath::Any, Outcome::Completed) => {
            assert!(says(&["SS_COMPLETED", "CONCLU", "FINISHED", "ENCERR", "FINALIZ", "FECHAD"]), "{text}");
        }
        (CallbackPath::Any, Outcome::Cancelled) => assert!(says(&["CANCEL", "EXCLU"]), "{text}"),
        (CallbackPath::Any, Outcome::Progress) => {}
        (CallbackPath::Complete | CallbackPath::FacadeRelease, outcome) => {
            assert_eq!(*outcome, Outcome::Completed, "{text}");
        }
        (CallbackPath::Cancel | CallbackPath::FacadeCancel, outcome) => {
            assert_eq!(*outcome, Outcome::Cancelled, "{text}");
        }
    }
}

#[test]
fn noise_is_no_reply_and_no_callback() {
    let mut rng = fastrand::Rng::with_seed(7);
    let options = SismetroOptions::default();
    for _ in 0..10_000 {
        let noise: Vec<u8> = (0..rng.usize(..200)).map(|_| rng.u8(..)).collect();
        let text = String::from_utf8_lossy(&noise);
        assert_eq!(extract_opened(&noise, &options), None, "{text}");
        assert!(parse_callbacks(CallbackPath::Complete, &noise, &options).is_err(), "{text}");
        assert!(!valid_link(&text) && masked_text(&text).len() <= text.len() + 3 * text.len(), "{text}");
    }
}

#[test]
fn a_document_a_million_levels_deep_does_not_fall_down() {
    let options = SismetroOptions::default();
    for deep in ["[".repeat(1_000_000), "{\"data\":".repeat(200_000)] {
        assert_eq!(extract_opened(deep.as_bytes(), &options), None);
        assert!(parse_callbacks(CallbackPath::Any, deep.as_bytes(), &options).is_err());
    }
}
