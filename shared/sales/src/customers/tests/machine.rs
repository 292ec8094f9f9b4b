//! Every stage × every event, and the rules that the table cannot show.

use serde_json::json;

use super::super::case::{Answer, Stage};
use super::super::machine::{Posted, Rowed, Word};
use super::super::{Standing, standing_of};
use super::*;
use crate::orders::machine::{CLAIM, SETTLE};

fn answer(is_error: bool) -> Answer {
    let text = if is_error { "corrija" } else { "Cliente importado com sucesso." };
    Answer { is_error, text: text.into() }
}

fn accepted(is_error: bool) -> Event {
    Event::Posted(answer(is_error), Posted::Accepted)
}

fn owing() -> Customer {
    after(including(), &[wrote(What::Include, Written::Done(CODIGO))], at(0))
}

fn settled() -> Customer {
    after(owing(), &[accepted(false), Event::Rowed(CODIGO, Rowed::Done)], at(0))
}

fn rejected() -> Customer {
    let refused = Event::Prepared(Prepared::Refuse("corrija".into()));
    after(fresh(), &[refused, accepted(true)], at(0))
}

fn held() -> Customer {
    let mut other = included();
    other["cnpj_cpf"] = json!("99.888.777/0001-00");
    after(including(), &[by_key(here(&other))], at(0))
}

#[test]
fn every_event_in_every_stage() {
    let failed = |written: Written| wrote(What::Include, written);
    let not_done = Written::NotDone { why: "limite".into(), after: minutes(1) };
    let duplicate = |codigo| Written::Duplicate { codigo, text: "já cadastrado".into() };
    let unknown = || Found::Unknown { why: "fora".into(), after: minutes(1) };
    let waits = Event::Prepared(Prepared::Wait { why: "x".into(), after: minutes(1) });
    let changed = Event::Listed(shown(&[("Fantasia", json!("OUTRA"))]));
    let unwritten = Rowed::Unwritten { why: "fora".into(), after: minutes(1) };
    let unread = Rowed::Unread { why: "fora".into(), after: minutes(1) };
    let unposted = Posted::Unclear { why: "fora".into(), after: minutes(1) };
    #[rustfmt::skip]
    let table: Vec<(Event, [&str; 8])> = vec![
        // new, held, including, altering, associating, owing, settled, rejected
        (Event::Due, ["new prepare", "held prepare", "sending look key", "sending prepare", "sending look key", "in-erp post", "-", "-"]),
        (Event::Listed(shown(&[])), ["-", "-", "-", "-", "-", "-", "-", "-"]),
        (changed, ["new prepare", "new prepare", "sending", "sending", "sending", "new prepare", "new prepare", "new prepare"]),
        (ready(|_| {}), ["new look document", "held look document", "-", "sending look codigo", "-", "-", "-", "-"]),
        (ready(|wish| wish.codigo = Some(7)), ["new look codigo", "held look codigo", "-", "sending look codigo", "-", "-", "-", "-"]),
        (Event::Prepared(Prepared::Refuse("corrija".into())), ["rejected post error", "rejected post error", "-", "sending", "-", "-", "-", "-"]),
        (waits, ["new", "held", "-", "sending", "-", "-", "-", "-"]),
        (by_document(Found::Nowhere), ["sending include", "sending include", "-", "-", "-", "-", "-", "-"]),
        (by_document(unknown()), ["new", "held", "-", "-", "-", "-", "-", "-"]),
        (by_document(Found::Unreadable("x".into())), ["held", "held", "-", "-", "-", "-", "-", "-"]),
        (by_document(listed(&without_key())), ["sending associate", "sending associate", "-", "-", "-", "-", "-", "-"]),
        (by_document(listed(&included())), ["new look codigo", "held look codigo", "-", "-", "-", "-", "-", "-"]),
        (by_codigo(Found::Nowhere), ["rejected post error", "rejected post error", "-", "rejected post error", "-", "-", "-", "-"]),
        (by_codigo(here(&included())), ["in-erp post", "in-erp post", "-", "in-erp post", "-", "-", "-", "-"]),
        (by_codigo(here(&untagged(included()))), ["sending alter", "sending alter", "-", "sending alter", "-", "-", "-", "-"]),
        (by_key(Found::Nowhere), ["-", "-", "new prepare", "-", "new prepare", "-", "-", "-"]),
        (by_key(here(&included())), ["-", "-", "in-erp post", "-", "in-erp post", "-", "-", "-"]),
        (by_key(unknown()), ["-", "-", "sending", "-", "sending", "-", "-", "-"]),
        (by_key(Found::Unreadable("x".into())), ["-", "-", "sending", "-", "sending", "-", "-", "-"]),
        (failed(Written::Done(CODIGO)), ["-", "-", "in-erp post", "-", "-", "-", "-", "-"]),
        (failed(Written::Refused("não".into())), ["-", "-", "rejected post error", "-", "-", "-", "-", "-"]),
        (failed(Written::Misfit("não".into())), ["-", "-", "held", "-", "-", "-", "-", "-"]),
        (failed(duplicate(Some(CODIGO))), ["-", "-", "new prepare", "-", "-", "-", "-", "-"]),
        (failed(duplicate(None)), ["-", "-", "sending look key", "-", "-", "-", "-", "-"]),
        (failed(unclear()), ["-", "-", "sending", "-", "-", "-", "-", "-"]),
        (failed(not_done.clone()), ["-", "-", "new", "-", "-", "-", "-", "-"]),
        (wrote(What::Alter, Written::Done(CODIGO)), ["-", "-", "-", "in-erp post", "-", "-", "-", "-"]),
        (wrote(What::Alter, Written::Refused("não".into())), ["-", "-", "-", "rejected post error", "-", "-", "-", "-"]),
        (wrote(What::Alter, duplicate(Some(9))), ["-", "-", "-", "rejected post error", "-", "-", "-", "-"]),
        (wrote(What::Alter, Written::Misfit("não".into())), ["-", "-", "-", "held", "-", "-", "-", "-"]),
        (wrote(What::Alter, unclear()), ["-", "-", "-", "sending", "-", "-", "-", "-"]),
        (wrote(What::Alter, not_done.clone()), ["-", "-", "-", "new", "-", "-", "-", "-"]),
        (wrote(What::Associate, Written::Done(CODIGO)), ["-", "-", "-", "-", "in-erp post", "-", "-", "-"]),
        (wrote(What::Associate, Written::Refused("não".into())), ["-", "-", "-", "-", "in-erp post", "-", "-", "-"]),
        (wrote(What::Associate, unclear()), ["-", "-", "-", "-", "sending", "-", "-", "-"]),
        (wrote(What::Associate, not_done), ["-", "-", "-", "-", "new", "-", "-", "-"]),
        (accepted(false), ["-", "-", "-", "-", "-", "in-erp row", "in-erp", "rejected"]),
        (Event::Posted(answer(false), Posted::Refused("não".into())), ["-", "-", "-", "-", "-", "in-erp row", "in-erp", "rejected"]),
        (Event::Posted(answer(false), unposted), ["-", "-", "-", "-", "-", "in-erp row", "in-erp", "rejected"]),
        (Event::Rowed(CODIGO, Rowed::Done), ["-", "-", "-", "-", "-", "in-erp post", "in-erp", "rejected"]),
        (Event::Rowed(CODIGO, Rowed::Left("x".into())), ["-", "-", "-", "-", "-", "in-erp post", "in-erp", "rejected"]),
        (Event::Rowed(CODIGO, unread), ["-", "-", "-", "-", "-", "in-erp", "in-erp", "rejected"]),
        (Event::Rowed(CODIGO, unwritten), ["-", "-", "-", "-", "-", "in-erp", "in-erp", "rejected"]),
        (Event::Told(Word::Retry), ["new prepare", "new prepare", "sending look key", "sending prepare", "sending look key", "in-erp post", "in-erp post", "new prepare"]),
        (Event::Told(Word::Refuse("não".into())), ["rejected post error", "rejected post error", "-", "-", "-", "-", "-", "-"]),
    ];
    let stages = [fresh(), held(), including(), altering(), associating(), owing(), settled(), rejected()];

    for (event, expected) in table {
        let found = stages.each_ref().map(|case| outcome(case, &event, at(300)));
        let texts = found.each_ref().map(|(_, text)| text.as_str());
        assert_eq!(texts, expected, "{event:?}");
        for (case, text) in found {
            let Some(case) = case else { continue };
            let has_effect = text.contains(' ');
            assert!(!has_effect || case.due == Some(clock::later(at(300), CLAIM)), "{event:?}: {text}");
            assert!(case.stage != Stage::Sending || case.due.is_some(), "a doubt is always due: {event:?}");
        }
    }
}

#[test]
fn nothing_is_sent_again_before_omie_was_asked_long_enough_after_it() {
    let mut case = including();

    story(&mut case, &[(&wrote(What::Include, unclear()), "sending")], at(1));
    assert_eq!(case.due, Some(clock::later(at(1), SETTLE)));
    story(&mut case, &[(&Event::Due, "sending look key"), (&by_key(Found::Nowhere), "sending")], at(60));
    assert_eq!(case.stage, Stage::Sending, "it may still be at work");
    story(&mut case, &[(&Event::Due, "sending look key"), (&by_key(Found::Nowhere), "new prepare")], at(300));
    story(
        &mut case,
        &[(&ready(|_| {}), "new look document"), (&by_document(Found::Nowhere), "sending include")],
        at(300),
    );
}

#[test]
fn the_same_question_is_not_asked_twice_within_its_window() {
    let mut case = including();
    let asked = &[(&Event::Due, "sending look key")];
    story(&mut case, asked, at(100));
    let failed = by_key(Found::Unknown { why: "fora".into(), after: Duration::ZERO });
    story(&mut case, &[(&failed, "sending")], at(130));

    story(&mut case, &[(&Event::Due, "sending")], at(150));
    assert_eq!(case.due, Some(clock::later(at(130), SETTLE)), "counted from when its answer came");
    story(&mut case, asked, at(130 + 75));
}

#[test]
fn a_change_whose_answer_was_lost_is_done_when_the_record_says_so() {
    let mut case = altering();
    story(
        &mut case,
        &[(&wrote(What::Alter, unclear()), "sending"), (&Event::Due, "sending prepare")],
        at(200),
    );

    story(
        &mut case,
        &[(&ready(|_| {}), "sending look codigo"), (&by_codigo(here(&included())), "in-erp post")],
        at(200),
    );
}

#[test]
fn a_change_that_was_not_done_is_sent_again_once_it_had_its_time() {
    let mut other = included();
    other["nome_fantasia"] = json!("OUTRA");
    let mut case = altering();
    story(&mut case, &[(&wrote(What::Alter, unclear()), "sending")], at(0));

    story(&mut case, &[(&by_codigo(here(&other)), "sending")], at(30));
    story(&mut case, &[(&by_codigo(here(&other)), "sending alter")], at(200));
}

#[test]
fn a_refused_payload_is_tried_once() {
    let mut case = including();
    let refused = wrote(What::Include, Written::Refused("Vendedor não cadastrado".into()));
    let told = Answer { is_error: true, text: "Vendedor não cadastrado".into() };
    let told = Event::Posted(told, Posted::Accepted);
    story(&mut case, &[(&refused, "rejected post error"), (&told, "rejected")], at(1));
    assert_eq!(case.why.as_deref(), Some("Vendedor não cadastrado"));

    // Máxima goes on listing it: it lost our answer.
    story(&mut case, &[(&Event::Listed(shown(&[])), "-")], at(300));
    story(
        &mut case,
        &[(&Event::Listed(shown(&[])), "new prepare"), (&ready(|_| {}), "rejected post error")],
        at(700),
    );
    let other = ready(|wish| wish.digest = "d2".into());
    let changed = Event::Listed(shown(&[("CodigoRCA", json!("9"))]));
    story(&mut case, &[(&changed, "new prepare"), (&other, "new look document")], at(800));
}

#[test]
fn an_operator_may_have_a_refused_payload_tried_again() {
    let refused = wrote(What::Include, Written::Refused("não".into()));
    let mut case = after(including(), &[refused], at(0));

    let steps = [(&Event::Told(Word::Retry), "new prepare"), (&ready(|_| {}), "new look document")];
    story(&mut case, &steps, at(100));
}

#[test]
fn words_that_nobody_understands_hold_what_is_not_there() {
    let mut case = including();
    let words = Some("ERRO XYZ".to_owned());
    let unclear = wrote(What::Include, Written::Unclear { words });
    story(&mut case, &[(&unclear, "sending"), (&by_key(Found::Nowhere), "sending")], at(100));
    let steps = [(&by_key(Found::Nowhere), "held"), (&Event::Due, "held prepare"), (&ready(|_| {}), "held")];
    story(&mut case, &steps, at(200));

    assert_eq!(case.why.as_deref(), Some("ERRO XYZ"));
    assert!(case.due.is_some());
}

#[test]
fn what_the_seller_writes_while_a_write_is_in_doubt_gets_its_turn() {
    let changed = || shown(&[("Fantasia", json!("OUTRA"))]);
    let mut case = including();
    story(&mut case, &[(&Event::Listed(changed()), "sending"), (&Event::Listed(changed()), "-")], at(1));

    story(&mut case, &[(&wrote(What::Include, Written::Done(CODIGO)), "new prepare")], at(2));
    assert_eq!((case.codigo, &case.shown, &case.newer), (Some(CODIGO), &changed(), &None));
    story(&mut case, &[(&ready(|_| {}), "new look codigo")], at(2));
}

#[test]
fn a_key_of_another_document_waits_for_a_person() {
    let held = held();

    assert_eq!((held.stage, held.due), (Stage::Held, None));
    assert!(held.why.is_some_and(|why| why.contains("que é de outro documento")));
}

#[test]
fn a_lost_answer_is_told_again_with_the_same_words() {
    let mut case = settled();
    story(&mut case, &[(&Event::Listed(shown(&[])), "in-erp post")], at(700));

    assert_eq!(case.owed.answer, Some(answer(false)));
}

#[test]
fn an_answer_that_maxima_broke_down_on_keeps_the_row_from_nobody_and_is_posted_again() {
    let mut case = owing();
    let broken = Event::Posted(answer(false), Posted::BrokeDown("não".into()));
    story(&mut case, &[(&broken, "in-erp row"), (&Event::Rowed(CODIGO, Rowed::Done), "in-erp")], at(1));
    assert!(case.why.as_deref().is_some_and(|why| why.contains("não")));

    story(&mut case, &[(&Event::Due, "in-erp post"), (&accepted(false), "in-erp")], at(2_000));
    assert_eq!((case.due, case.why), (None, None));
}

#[test]
fn an_answer_that_maxima_refuses_is_told_once_and_waits_for_a_person() {
    let mut case = owing();
    let refused = Event::Posted(answer(false), Posted::Refused("não".into()));

    story(&mut case, &[(&refused, "in-erp row"), (&Event::Rowed(CODIGO, Rowed::Done), "in-erp")], at(1));

    assert_eq!((case.due, case.owed.refused.as_deref()), (None, Some("não")));
    story(&mut case, &[(&Event::Told(Word::Retry), "in-erp post")], at(40_000));
    assert!(case.due.is_some());
}

#[test]
fn an_answer_that_maxima_always_breaks_down_on_waits_for_a_person_in_the_end() {
    let mut case = owing();
    let broken = Event::Posted(answer(false), Posted::BrokeDown("não".into()));
    story(&mut case, &[(&broken, "in-erp row"), (&Event::Rowed(CODIGO, Rowed::Done), "in-erp")], at(1));
    for n in 1..=7 {
        assert!(case.due.is_some());
        story(&mut case, &[(&Event::Due, "in-erp post"), (&broken, "in-erp")], at(n * 4_000));
    }

    assert_eq!((case.due, case.owed.refused.as_deref()), (None, Some("não")));
    story(&mut case, &[(&Event::Told(Word::Retry), "in-erp post")], at(40_000));
    assert!(case.due.is_some());
}

#[test]
fn a_row_that_cannot_be_written_is_left_to_the_catalogue_in_the_end() {
    let mut case = after(owing(), &[accepted(false)], at(0));
    for n in 1..=3 {
        let failed = Rowed::Unwritten { why: "fora".into(), after: minutes(1) };
        story(&mut case, &[(&Event::Rowed(CODIGO, failed), "in-erp")], at(n * 4_000));
        assert!(case.owed.row);
    }

    let failed = Rowed::Unwritten { why: "fora".into(), after: minutes(1) };
    story(&mut case, &[(&Event::Rowed(CODIGO, failed), "in-erp")], at(20_000));
    assert_eq!((case.owed.row, case.due), (false, None));
    assert!(case.warning.is_some_and(|warning| warning.contains("fica para a sincronização")));
}

#[test]
fn orders_go_on_once_the_record_was_read() {
    let read = after(owing(), &[accepted(false), Event::Rowed(CODIGO, Rowed::Left("x".into()))], at(0));
    let changing = after(settled(), &[Event::Listed(shown(&[("Fantasia", json!("X"))]))], at(0));
    for (case, standing) in [
        (fresh(), Standing::Pending),
        (including(), Standing::Pending),
        (held(), Standing::Held(held().why.expect("a reason"))),
        (owing(), Standing::Pending),
        (read, Standing::InErp(CODIGO)),
        (settled(), Standing::InErp(CODIGO)),
        (changing, Standing::InErp(CODIGO)),
        (rejected(), Standing::Rejected("corrija".into())),
    ] {
        assert_eq!(standing_of(&case), standing, "{:?}", case.stage);
    }
}

#[test]
fn a_case_survives_being_stored_and_is_found_by_its_marks() {
    let case = associating();
    let stored = serde_json::to_value(&case).expect("JSON");

    assert_eq!(serde_json::from_value::<Customer>(stored).expect("a case"), case);
    let marks: Vec<(String, String)> =
        case.filing().marks.into_iter().map(|mark| (mark.name.into_owned(), mark.value)).collect();
    let pairs = [("dia", "2025-02-19"), ("estado", "sending"), ("cnpj", CNPJ), ("codigo", "55")];
    assert_eq!(marks, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
}
