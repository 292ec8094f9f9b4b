use super::super::CallbackPath::{Any, Cancel, Complete, FacadeCancel, FacadeRelease};
use super::*;

const ORDER: &str = "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10";

/// A fixture of a callback.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../tests/fixtures/callback/", $name, ".json"))
    };
}

fn read(path: CallbackPath, body: &str) -> Result<Vec<SsCallback>, Unreadable> {
    parse_callbacks(path, body.as_bytes(), &SismetroOptions::default())
}

/// The one callback in `body`.
fn one(path: CallbackPath, body: &str) -> SsCallback {
    let mut callbacks = read(path, body).expect(body);
    assert_eq!(callbacks.len(), 1, "{body}");
    callbacks.remove(0)
}

fn refused(path: CallbackPath, body: &str) -> String {
    read(path, body).expect_err(body).to_string()
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("an instant")
}

#[test]
fn the_proposed_events_are_read() {
    let completed = SsCallback {
        ss_number: Some("1287593".to_owned()),
        order_id: Some(ORDER.to_owned()),
        outcome: Outcome::Completed,
        occurred_at: Some(at("2026-11-24T19:40:00Z")),
        reason: None,
        delivery_id: Some("cb-000771".to_owned()),
        item_sequences: Vec::new(),
    };
    assert_eq!(one(Any, fixture!("a-completed")), completed);

    let cancelled = SsCallback {
        order_id: None,
        outcome: Outcome::Cancelled,
        occurred_at: Some(at("2026-11-22T12:12:00Z")),
        reason: Some("Cliente desistiu do atendimento".to_owned()),
        delivery_id: Some("cb-000790".to_owned()),
        ..completed
    };
    assert_eq!(one(Any, fixture!("a-cancelled")), cancelled);
    assert_eq!(one(Any, fixture!("a-updated")).outcome, Outcome::Progress);
}

#[test]
fn a_partial_cancellation_names_its_items() {
    let partial = one(Any, fixture!("a-partial"));

    assert_eq!((partial.outcome, partial.item_sequences), (Outcome::Cancelled, vec![2, 3]));
    assert_eq!(partial.order_id.as_deref(), Some(ORDER));
}

#[test]
fn items_that_cannot_be_read_do_not_become_a_whole_cancellation() {
    for items in ["\"2\"", "2", "{}", "[1.5]", "[null]", "[\"dois\"]", "true", "[[2]]"] {
        let body = format!(r#"{{"event":"SS_CANCELLED","ss":1,"items":{items}}}"#);
        assert!(refused(Any, &body).starts_with("items"), "{items}");
    }
    let lines = |count: usize| format!(r#"{{"event":"SS_CANCELLED","ss":1,"items":{:?}}}"#, vec![7; count]);
    assert!(refused(Any, &lines(1_001)).starts_with("items"), "no order has so many lines");
    assert_eq!(one(Any, &lines(1_000)).item_sequences.len(), 1_000);
    assert!(one(Any, r#"{"event":"SS_CANCELLED","ss":1,"items":null}"#).item_sequences.is_empty());
}

#[test]
fn every_name_of_an_event_means_what_it_says_and_others_nothing() {
    use Outcome::{Cancelled, Completed, Progress};
    for (event, outcome) in [
        ("SS_COMPLETED", Completed),
        (" ss_completed ", Completed),
        ("completed", Completed),
        ("Concluída", Completed),
        ("finished", Completed),
        ("SS_CANCELLED", Cancelled),
        ("canceled", Cancelled),
        ("CANCELADA", Cancelled),
        ("Excluída", Cancelled),
        ("SS_UPDATED", Progress),
        ("NÃO CONCLUÍDA", Progress),
        ("SS_COMPLETED_NOT", Progress),
        ("", Progress),
    ] {
        let body = format!(r#"{{"event":"{event}","ss":1}}"#);
        assert_eq!(one(Any, &body).outcome, outcome, "{event}");
    }
    assert!(refused(Any, r#"{"event":7,"ss":1}"#).starts_with("event"));
}

#[test]
fn event_names_are_configuration() {
    let aliases = serde_json::from_str(r#"{"completed":["os.encerrada"]}"#).expect("aliases");
    let options = SismetroOptions { callback_aliases: aliases, ..SismetroOptions::default() };
    let read = |event: &str| {
        let body = format!(r#"{{"event":"{event}","ss":1}}"#);
        parse_callbacks(Any, body.as_bytes(), &options).expect("a callback")[0].outcome
    };

    assert_eq!(read("OS.ENCERRADA"), Outcome::Completed);
    assert_eq!(read("SS_COMPLETED"), Outcome::Progress);
}

#[test]
fn the_number_and_the_order_go_by_several_names() {
    for name in ["ss", "idSs", "os", "ssNumber", "SSNUMBER"] {
        let callback = one(Any, &format!(r#"{{"event":"finished","{name}":"001"}}"#));
        assert_eq!((callback.ss_number.as_deref(), callback.order_id), (Some("1"), None), "{name}");
    }
    for name in ["orderId", "externalId"] {
        let callback = one(Any, &format!(r#"{{"event":"finished","{name}":"{ORDER}"}}"#));
        assert_eq!((callback.ss_number, callback.order_id.as_deref()), (None, Some(ORDER)), "{name}");
    }
    assert!(refused(Any, r#"{"event":"finished","ss":1,"os":2}"#).contains("contradizem"));
    assert_eq!(one(Any, r#"{"event":"finished","ss":1,"os":"1"}"#).ss_number.as_deref(), Some("1"));
    assert_eq!(one(Any, r#"{"event":"finished","data":{"idSs":5}}"#).ss_number.as_deref(), Some("5"));
}

#[test]
fn seniors_own_request_names_orders_and_the_path_the_outcome() {
    let released = one(FacadeRelease, fixture!("b-release"));
    assert_eq!((released.order_id.as_deref(), released.outcome), (Some(ORDER), Outcome::Completed));

    let cancelled = read(FacadeCancel, fixture!("b-cancel")).expect("two orders");
    let ids: Vec<_> = cancelled.iter().filter_map(|callback| callback.order_id.as_deref()).collect();
    assert_eq!(ids, [ORDER, "a0c4e1b2-0000-4000-8000-000000000001"]);
    assert!(cancelled.iter().all(|callback| callback.outcome == Outcome::Cancelled));

    let twice = format!(r#"{{"ids":["{ORDER}","{ORDER}"],"id":"{ORDER}"}}"#);
    assert_eq!(read(FacadeCancel, &twice).expect("one order").len(), 1);
    for path in [FacadeRelease, FacadeCancel] {
        for body in [r#"{"ids":[]}"#, "{}", r#"{"ids":null}"#] {
            assert_eq!(read(path, body), Err(Unreadable::Nameless), "{body}");
        }
        for body in
            [r#"{"ids":"a"}"#, r#"{"ids":[null]}"#, r#"{"id":{}}"#, r#"{"id":"../x"}"#, r#"{"ids":["a b"]}"#]
        {
            assert!(matches!(read(path, body), Err(Unreadable::Member { .. })), "{body}");
        }
    }
    assert!(matches!(read(Any, fixture!("b-release")), Err(Unreadable::Nameless)), "no outcome, no name");
}

#[test]
fn a_record_of_the_read_api_says_where_it_stands() {
    let done = one(Any, fixture!("c-bare"));
    assert_eq!((done.ss_number.as_deref(), done.outcome), (Some("1287593"), Outcome::Completed));
    assert_eq!(done.occurred_at, Some(at("2026-11-24T19:40:00Z")));

    let cancelled = one(Any, fixture!("c-data"));
    assert_eq!((cancelled.ss_number.as_deref(), cancelled.outcome), (Some("1287594"), Outcome::Cancelled));
    assert_eq!(cancelled.reason.as_deref(), Some("Aberta por engano ver 1287593"));

    let both = read(Any, fixture!("c-result-list")).expect("two");
    let outcomes: Vec<_> = both.iter().map(|callback| callback.outcome).collect();
    assert_eq!(outcomes, [Outcome::Progress, Outcome::Cancelled]);
}

#[test]
fn a_path_that_fixes_the_outcome_wins() {
    for (path, outcome) in [(Complete, Outcome::Completed), (Cancel, Outcome::Cancelled)] {
        for body in
            [r#"{"ss":1}"#, r#"{"event":"SS_UPDATED","ss":1}"#, fixture!("c-bare"), fixture!("b-release")]
        {
            assert_eq!(one(path, body).outcome, outcome, "{body}");
        }
    }
    assert_eq!(one(Any, r#"{"ss":1}"#).outcome, Outcome::Progress);
    assert_eq!(one(Complete, r#"{"ss":1,"data":"2026-11-20","id":"evt:1"}"#).ss_number.as_deref(), Some("1"));
}

#[test]
fn several_callbacks_are_read_whole_or_not_at_all() {
    let both = read(Any, r#"[{"event":"finished","ss":1},{"event":"canceled","ss":2}]"#).expect("two");
    assert_eq!(both.len(), 2);
    assert_eq!(read(Any, r#"[{"event":"finished","ss":1},{}]"#), Err(Unreadable::Nameless));
    assert_eq!(read(Any, r#"[{"event":"finished","ss":1},2]"#), Err(Unreadable::NotAnObject));
    assert_eq!(read(Any, "[]"), Err(Unreadable::Count(0)));
    let many = format!("[{}]", vec![r#"{"event":"finished","ss":1}"#; 101].join(","));
    assert_eq!(read(Any, &many), Err(Unreadable::Count(101)));
    let ids: Vec<_> = (0..101).map(|n| format!("\"o{n}\"")).collect();
    assert_eq!(read(FacadeCancel, &format!(r#"{{"ids":[{}]}}"#, ids.join(","))), Err(Unreadable::Count(101)));
}

#[test]
fn what_names_nothing_or_is_no_json_is_told_apart() {
    for body in ["", "SS 1 concluída", "{", "\u{feff}"] {
        assert_eq!(read(Any, body), Err(Unreadable::NotJson), "{body}");
    }
    for body in ["1", "null", "\"x\"", "true"] {
        assert_eq!(read(Any, body), Err(Unreadable::NotAnObject), "{body}");
    }
    for body in ["{}", r#"{"event":"SS_COMPLETED"}"#, r#"{"event":"finished","ss":null}"#, r#"{"data":{}}"#] {
        assert_eq!(read(Any, body), Err(Unreadable::Nameless), "{body}");
    }
    for ss in ["0", "-1", "1.5", "1e3", "\"x\"", "[1]", "{}", "true", "\"1 2\"", "99999999999999999999"] {
        let body = format!(r#"{{"event":"finished","ss":{ss}}}"#);
        assert!(refused(Any, &body).starts_with("ss"), "{ss}");
    }
    for order in ["\"\"", "\"a/b\"", "[]", "\"çã\"", "1.5"] {
        let body = format!(r#"{{"event":"finished","orderId":{order}}}"#);
        assert!(refused(Any, &body).starts_with("orderId"), "{order}");
    }
    let long = format!(r#"{{"event":"finished","orderId":"{}"}}"#, "a".repeat(65));
    assert!(refused(Any, &long).starts_with("orderId"));
}

#[test]
fn a_body_has_at_most_32_levels() {
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!(r#"{{"event":"finished","ss":1,"x":{open}{close}}}"#)
    };
    assert_eq!(one(Any, &nested(31)).outcome, Outcome::Completed);
    assert_eq!(read(Any, &nested(32)), Err(Unreadable::TooDeep));
    assert_eq!(read(Any, &nested(100_000)), Err(Unreadable::NotJson));
}

#[test]
fn what_is_only_told_is_read_leniently() {
    let body = format!(
        r#"{{"event":"canceled","ss":1,"occurredAt":"ontem","reason":"a\n{}","eventId":"a b"}}"#,
        "ç".repeat(600)
    );
    let callback = one(Any, &body);

    assert_eq!((callback.occurred_at, callback.delivery_id.as_ref()), (None, None));
    assert_eq!(callback.reason.as_ref().map(|reason| reason.chars().count()), Some(500));
    assert_eq!(callback.dedupe_key().len(), 64);
}

#[test]
fn a_callback_survives_being_stored() {
    let callback = one(Any, fixture!("a-completed"));
    let stored = serde_json::to_string(&callback).expect("JSON");

    assert_eq!(serde_json::from_str::<SsCallback>(&stored).expect("stored"), callback);
}
