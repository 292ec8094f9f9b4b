//! What [`Cases`] promise.

use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Fresh, MANY};
use crate::ports::{Case, Cases, Filing, Mark, StateError};

/// The promises of [`Cases`].
pub async fn cases(state: &impl Cases, clock: &Clock) {
    let fresh = Fresh::new(clock);
    let now = clock.now();
    a_case_is_read_as_it_was_filed(state, &fresh.name("body"), now).await;
    a_case_is_opened_once(state, &fresh.name("open"), now).await;
    cases_are_opened_together_or_not_at_all(state, &fresh.name("together"), now).await;
    a_filing_at_an_old_version_changes_nothing(state, &fresh.name("stale"), now).await;
    of_many_at_once_one_files(state, &fresh.name("race"), now).await;
    the_longest_due_comes_first(state, &fresh.name("due"), now).await;
    a_moment_is_kept_to_the_nanosecond(state, &fresh.name("nanosecond"), now).await;
    what_is_due_moves_and_ends(state, &fresh.name("moves"), now).await;
    many_are_due_at_the_same_moment(state, &fresh.name("many"), now).await;
    marks_come_and_go_with_the_filing(state, &fresh.name("marks"), now).await;
    a_case_with_a_mark_is_found_page_by_page(state, &fresh.name("pages"), now).await;
    a_name_may_be_any_text(state, &fresh.name("text"), now).await;
    kinds_do_not_mix(state, &fresh.name("kinds"), now).await;
    all_marks_may_change_at_once_and_more_are_refused(state, &fresh.name("full"), now).await;
    an_expired_case_is_nowhere(state, &fresh.name("expired"), now).await;
}

async fn a_case_is_read_as_it_was_filed(state: &impl Cases, kind: &str, now: Timestamp) {
    let body = json!({"b": [1, -2, 9_007_199_254_740_993_i64], "a": {"vazio": "", "nada": null}, "s": "São"});
    let full = Filing {
        body,
        due: Some(clock::later(now, Duration::from_nanos(1_234_567))),
        marks: vec![mark("numero", "42"), mark("cliente", "7"), mark("cliente", "8")],
        expires: in_a_year(now),
    };
    let plain = Filing { due: None, marks: vec![], ..full.clone() };

    for (id, filing) in [("full", full), ("plain", plain)] {
        let filed = file(state, kind, id, None, filing.clone()).await;

        assert_eq!(filed.filing, filing);
        assert_eq!(read(state, kind, id).await, Some(filed));
    }
    assert_eq!(read(state, kind, "never").await, None);
}

async fn a_case_is_opened_once(state: &impl Cases, kind: &str, now: Timestamp) {
    let first = file(state, kind, "1", None, found_by("first", now)).await;

    let again = state.file(kind, "1", None, found_by("second", now)).await;

    is_a_conflict(&again, "it is there");
    assert_eq!(read(state, kind, "1").await, Some(first));
    assert_eq!(marked(state, kind, "first").await, ["1"]);
    assert!(marked(state, kind, "second").await.is_empty());
}

async fn cases_are_opened_together_or_not_at_all(state: &impl Cases, kind: &str, now: Timestamp) {
    let with = |id: &str, value: &str| (id.to_owned(), found_by(value, now));
    state.open_all(kind, &[with("1", "first"), with("2", "first"), with("3", "first")]).await.expect("new");
    assert_eq!(marked(state, kind, "first").await, ["1", "2", "3"]);

    let one_is_there =
        state.open_all(kind, &[with("4", "second"), with("2", "second"), with("5", "second")]).await;

    assert!(matches!(one_is_there, Err(StateError::Conflict { .. })), "{one_is_there:?}");
    assert!(marked(state, kind, "second").await.is_empty());
    assert_eq!(read(state, kind, "4").await, None);
    let items = found_by("third", now).items();
    let many = (0..Filing::AT_ONCE / items).map(|n| with(&format!("many {n:03}"), "third"));
    let many: Vec<_> = many.collect();
    state.open_all(kind, &many).await.expect("as many as there may be");
    assert_eq!(marked(state, kind, "third").await.len(), many.len());
    let more: Vec<_> =
        (0..=Filing::AT_ONCE / items).map(|n| with(&format!("more {n:03}"), "fourth")).collect();
    let refused = state.open_all(kind, &more).await;
    assert!(matches!(refused, Err(StateError::Malformed { .. })), "{refused:?}");
}

async fn a_filing_at_an_old_version_changes_nothing(state: &impl Cases, kind: &str, now: Timestamp) {
    let first = file(state, kind, "1", None, found_by("first", now)).await;
    let second = file(state, kind, "1", Some(&first), found_by("second", now)).await;
    assert!(second.version > first.version);
    let wrong = Filing { due: None, ..found_by("wrong", now) };

    let made_up = Case { version: second.version + 1, ..second.clone() };
    for (before, id) in [(&first, "1"), (&made_up, "1"), (&first, "never")] {
        is_a_conflict(&state.file(kind, id, Some(before), wrong.clone()).await, id);
    }

    assert_eq!(read(state, kind, "1").await.as_ref(), Some(&second));
    assert_eq!(due(state, kind, now, 9).await, ["1"]);
    assert_eq!(marked(state, kind, "second").await, ["1"]);
    for value in ["first", "wrong"] {
        assert!(marked(state, kind, value).await.is_empty(), "{value}");
    }
    let third = file(state, kind, "1", Some(&second), found_by("third", now)).await;
    assert!(third.version > second.version);
}

async fn of_many_at_once_one_files(state: &impl Cases, kind: &str, now: Timestamp) {
    let race = async |before: Option<&Case>| {
        let file = |value: &'static str| state.file(kind, "1", before, found_by(value, now));
        let (a, b, c, d) = tokio::join!(file("a"), file("b"), file("c"), file("d"));
        let mut won: Vec<Case> = [a, b, c, d].into_iter().flatten().collect();
        assert_eq!(won.len(), 1);
        won.remove(0)
    };

    let opened = race(None).await;
    let changed = race(Some(&opened)).await;

    let mut left = vec![];
    for value in ["a", "b", "c", "d"] {
        left.extend(marked(state, kind, value).await);
    }
    assert_eq!(left, ["1"], "only the winner's mark is left");
    assert_eq!(marked(state, kind, &changed.filing.marks[0].value).await, ["1"]);
}

async fn the_longest_due_comes_first(state: &impl Cases, kind: &str, now: Timestamp) {
    // Times of different lengths in digits, and ids whose order is another.
    let early = Timestamp::UNIX_EPOCH;
    for (id, due) in [
        ("c", Some(early)),
        ("b", Some(earlier(now, 60))),
        ("d", Some(earlier(now, 1))),
        ("a", Some(now)),
        ("later", Some(clock::later(now, Duration::from_nanos(1)))),
        ("never", None),
    ] {
        file(state, kind, id, None, Filing { due, ..plain(now) }).await;
    }

    assert_eq!(due(state, kind, now, 9).await, ["c", "b", "d", "a"]);
    assert_eq!(due(state, kind, now, 2).await, ["c", "b"]);
    assert_eq!(due(state, kind, earlier(now, 30), 9).await, ["c", "b"]);
    assert!(due(state, kind, now, 0).await.is_empty());
    assert_eq!(due(state, kind, clock::later(now, Duration::from_secs(1)), 9).await.len(), 5);
}

async fn a_moment_is_kept_to_the_nanosecond(state: &impl Cases, kind: &str, now: Timestamp) {
    let at = |nanoseconds| clock::later(now, Duration::from_nanos(nanoseconds));
    file(state, kind, "1", None, Filing { due: Some(at(5)), ..plain(now) }).await;

    assert!(due(state, kind, at(4), 9).await.is_empty());
    assert_eq!(due(state, kind, at(5), 9).await, ["1"]);
}

async fn what_is_due_moves_and_ends(state: &impl Cases, kind: &str, now: Timestamp) {
    let later = clock::later(now, Duration::from_mins(2));
    let at = |due| Filing { due, ..plain(now) };
    let first = file(state, kind, "1", None, at(Some(now))).await;
    file(state, kind, "2", None, at(Some(now))).await;

    let moved = file(state, kind, "1", Some(&first), at(Some(later))).await;
    assert_eq!(due(state, kind, now, 9).await, ["2"]);
    assert_eq!(due(state, kind, later, 9).await, ["2", "1"]);

    let same = file(state, kind, "1", Some(&moved), at(Some(later))).await;
    assert_eq!(due(state, kind, later, 9).await, ["2", "1"], "it is due once");

    let ended = file(state, kind, "1", Some(&same), at(None)).await;
    assert_eq!(due(state, kind, later, 9).await, ["2"]);

    file(state, kind, "1", Some(&ended), at(Some(now))).await;
    assert_eq!(due(state, kind, now, 9).await, ["1", "2"]);
}

async fn many_are_due_at_the_same_moment(state: &impl Cases, kind: &str, now: Timestamp) {
    for n in (0..MANY).rev() {
        file(state, kind, &format!("{n:03}"), None, Filing { due: Some(now), ..plain(now) }).await;
    }

    let ids: Vec<String> = (0..MANY).map(|n| format!("{n:03}")).collect();
    assert_eq!(due(state, kind, now, usize::MAX).await, ids);
    assert_eq!(due(state, kind, now, 100).await, ids[..100]);
}

async fn marks_come_and_go_with_the_filing(state: &impl Cases, kind: &str, now: Timestamp) {
    let with = |marks: &[(&'static str, &str)]| {
        let marks = marks.iter().map(|(name, value)| mark(name, value)).collect();
        Filing { marks, ..plain(now) }
    };
    let found = async |name: &'static str, value: &str| ids(state, kind, &mark(name, value), None, 9).await;

    let new = file(state, kind, "1", None, with(&[("cliente", "7")])).await;
    assert_eq!(found("cliente", "7").await, ["1"]);
    assert!(found("numero", "7").await.is_empty(), "another name");

    let sent = file(state, kind, "1", Some(&new), with(&[("numero", "42"), ("cliente", "7")])).await;
    assert_eq!((found("cliente", "7").await, found("numero", "42").await), (ids_of(["1"]), ids_of(["1"])));

    let moved = file(state, kind, "1", Some(&sent), with(&[("cliente", "8"), ("numero", "42")])).await;
    assert!(found("cliente", "7").await.is_empty());
    assert_eq!((found("cliente", "8").await, found("numero", "42").await), (ids_of(["1"]), ids_of(["1"])));

    file(state, kind, "1", Some(&moved), with(&[])).await;
    assert!(found("cliente", "8").await.is_empty());
    assert!(found("numero", "42").await.is_empty());
}

async fn a_case_with_a_mark_is_found_page_by_page(state: &impl Cases, kind: &str, now: Timestamp) {
    for n in (0..130).rev() {
        file(state, kind, &format!("{n:03}"), None, found_by("same", now)).await;
    }
    file(state, kind, "050x", None, found_by("other", now)).await;
    let all: Vec<String> = (0..130).map(|n| format!("{n:03}")).collect();
    let same = mark("valor", "same");

    assert_eq!(ids(state, kind, &same, None, usize::MAX).await, all);
    let mut paged: Vec<String> = vec![];
    loop {
        let page = ids(state, kind, &same, paged.last().map(String::as_str), 50).await;
        let is_last = page.len() < 50;
        paged.extend(page);
        if is_last {
            break;
        }
    }
    assert_eq!(paged, all);
    assert_eq!(ids(state, kind, &same, Some("050x"), 2).await, all[51..53], "after one that has another");
    assert!(ids(state, kind, &same, Some("129"), 9).await.is_empty());
    assert!(ids(state, kind, &same, None, 0).await.is_empty());
}

async fn a_name_may_be_any_text(state: &impl Cases, kind: &str, now: Timestamp) {
    let long = "Aviso de alteração de etapa do pedido de venda nº 000123/2026 #3 ".repeat(8);
    let texts = ["", "#", "k#1", "1#2", "a/b", "São João d'Aliança", "  ", "\u{10ffff}", long.as_str()];

    for text in texts {
        let filing = Filing { marks: vec![mark("valor", &format!("v{text}"))], due: Some(now), ..plain(now) };
        file(state, kind, text, None, filing).await;
    }

    let mut in_order = ids_of(texts);
    in_order.sort();
    assert_eq!(due(state, kind, now, 99).await, in_order);
    for text in texts {
        assert!(read(state, kind, text).await.is_some(), "{text}");
        assert_eq!(marked(state, kind, &format!("v{text}")).await, [text]);
    }
}

async fn kinds_do_not_mix(state: &impl Cases, kind: &str, now: Timestamp) {
    let other = &format!("{kind}x");
    let one = file(state, kind, "1", None, found_by("same", now)).await;
    let filing = Filing { body: json!("other"), due: None, ..found_by("same", now) };
    let two = file(state, other, "1", None, filing).await;

    assert_eq!(read(state, kind, "1").await, Some(one));
    assert_eq!(read(state, other, "1").await, Some(two));
    file(state, other, "2", None, found_by("same", now)).await;
    assert_eq!(
        (due(state, kind, now, 9).await, due(state, other, now, 9).await),
        (ids_of(["1"]), ids_of(["2"]))
    );
    assert_eq!(marked(state, kind, "same").await, ["1"]);
    assert_eq!(marked(state, other, "same").await, ["1", "2"]);
}

async fn all_marks_may_change_at_once_and_more_are_refused(state: &impl Cases, kind: &str, now: Timestamp) {
    let with = |count: usize, what: &str| {
        let marks = (0..count).map(|n| mark("valor", &format!("{what} {n}"))).collect();
        Filing { marks, due: Some(now), ..plain(now) }
    };
    let first = file(state, kind, "1", None, with(Filing::MARKS, "old")).await;
    let later = Some(clock::later(now, Duration::from_secs(1)));

    let all_new = Filing { due: later, ..with(Filing::MARKS, "new") };
    let second = file(state, kind, "1", Some(&first), all_new).await;

    for n in [0, Filing::MARKS - 1] {
        assert!(marked(state, kind, &format!("old {n}")).await.is_empty());
        assert_eq!(marked(state, kind, &format!("new {n}")).await, ["1"]);
    }
    let refused = state.file(kind, "1", Some(&second), with(Filing::MARKS + 1, "more")).await;
    assert!(matches!(refused, Err(StateError::Malformed { .. })), "{refused:?}");
    assert_eq!(read(state, kind, "1").await, Some(second));
}

async fn an_expired_case_is_nowhere(state: &impl Cases, kind: &str, now: Timestamp) {
    let past = Filing { expires: earlier(now, 1), ..found_by("past", now) };
    let expired = file(state, kind, "1", None, past).await;
    file(state, kind, "2", None, found_by("past", now)).await;

    assert_eq!(read(state, kind, "1").await, None);
    assert_eq!(due(state, kind, now, 1).await, ["2"]);
    assert_eq!(ids(state, kind, &mark("valor", "past"), None, 1).await, ["2"]);
    let at_its_version = state.file(kind, "1", Some(&expired), found_by("back", now)).await;
    is_a_conflict(&at_its_version, "it has no version any more");

    let again = file(state, kind, "1", None, found_by("anew", now)).await;
    assert!(again.version > expired.version, "{} after {}", again.version, expired.version);
    assert_eq!(read(state, kind, "1").await, Some(again));
    assert_eq!(due(state, kind, now, 9).await, ["1", "2"]);
    assert_eq!(marked(state, kind, "anew").await, ["1"]);
    assert_eq!(marked(state, kind, "past").await, ["2"], "what it was found by is over");
}

fn mark(name: &'static str, value: &str) -> Mark {
    Mark::new(name, value)
}

/// Due now, with one mark.
fn found_by(value: &str, now: Timestamp) -> Filing {
    Filing { due: Some(now), marks: vec![mark("valor", value)], ..plain(now) }
}

fn plain(now: Timestamp) -> Filing {
    Filing { body: Value::Null, due: None, marks: vec![], expires: in_a_year(now) }
}

/// Whole seconds: that is what DynamoDB's time to live counts in.
fn in_a_year(now: Timestamp) -> Timestamp {
    earlier(now, -365 * 24 * 3_600)
}

fn earlier(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(now.as_second() - seconds).expect("a valid second")
}

fn ids_of<const N: usize>(ids: [&str; N]) -> Vec<String> {
    ids.map(str::to_owned).into()
}

fn is_a_conflict(filed: &Result<Case, StateError>, why: &str) {
    assert!(matches!(filed, Err(StateError::Conflict { .. })), "{why}: {filed:?}");
}

async fn file(state: &impl Cases, kind: &str, id: &str, before: Option<&Case>, after: Filing) -> Case {
    state.file(kind, id, before, after).await.expect("writable")
}

async fn read(state: &impl Cases, kind: &str, id: &str) -> Option<Case> {
    state.case(kind, id).await.expect("readable")
}

async fn due(state: &impl Cases, kind: &str, now: Timestamp, limit: usize) -> Vec<String> {
    state.due(kind, now, limit).await.expect("readable")
}

async fn marked(state: &impl Cases, kind: &str, value: &str) -> Vec<String> {
    ids(state, kind, &mark("valor", value), None, 99).await
}

async fn ids(state: &impl Cases, kind: &str, mark: &Mark, after: Option<&str>, limit: usize) -> Vec<String> {
    state.marked(kind, mark, after, limit).await.expect("readable")
}
