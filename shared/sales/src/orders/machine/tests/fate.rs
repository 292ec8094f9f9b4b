//! What becomes of an order in Omie.

use super::*;

#[test]
fn what_happens_in_omie_is_told_once_and_never_backwards() {
    let (order, effect) = after(settled(), &[(sighting(Some(Posicao::F), "Etapa: Faturado. NF 1", 30), 10)]);
    assert!(matches!(effect, Some(Effect::Post(Post::Status(_)))));

    assert!(
        next(&order, &sighting(Some(Posicao::F), "Etapa: Faturado. NF 1", 30), at(11)).is_none(),
        "known"
    );
    let (order, effect) = after(order, &[(sighting(Some(Posicao::F), "Etapa: Faturado. NF 1", 35), 11)]);
    assert!(effect.is_none(), "known, and only its moment is later");
    assert!(
        next(&order, &sighting(Some(Posicao::L), "Etapa: Separar Estoque", 33), at(11)).is_none(),
        "older"
    );
    let (order, _) = after(order, &[(sighting(Some(Posicao::C), "Pedido cancelado", 40), 12)]);
    assert_eq!(order.fate.map(|fate| fate.posicao), Some(Posicao::C));
}

#[test]
fn what_has_no_stamp_is_news_only_where_nothing_has_one() {
    let bare = |letter, text| Event::Seen(stamped(Some(letter), text, None));
    let (order, effect) = after(settled(), &[(bare(Posicao::L, "Etapa: Separar Estoque"), 10)]);
    assert!(matches!(effect, Some(Effect::Post(Post::Status(_)))));

    // Whatever Omie stamps is later than what nobody has stamped.
    let (order, effect) = after(order, &[(sighting(Some(Posicao::M), "Etapa: Faturar", 1), 11)]);
    assert!(order.fate.as_ref().is_some_and(|fate| fate.posicao == Posicao::M) && effect.is_none());
    assert!(next(&order, &bare(Posicao::L, "Etapa: Separar Estoque"), at(12)).is_none());
}

#[test]
fn an_older_reading_adds_the_invoice_and_takes_nothing_back() {
    let (order, _) = after(settled(), &[(sighting(Some(Posicao::F), "Etapa: Faturado", 30), 10)]);

    let (order, _) = after(order, &[(sighting(Some(Posicao::F), "Etapa: Faturado. NF 12", 29), 11)]);

    let fate = order.fate.clone().expect("it stands somewhere");
    assert_eq!((fate.text.as_str(), order.owed.critique.is_some()), ("Etapa: Faturado. NF 12", true));
    assert_eq!(fate.moment, stamped(None, "", Some(30)).moment, "what came between stays between");
    assert!(next(&order, &sighting(Some(Posicao::F), "Etapa: Faturado 2", 29), at(12)).is_none());
}

#[test]
fn a_denied_cancellation_is_remembered_although_it_is_no_news() {
    let (order, _) = after(settled(), &[(sighting(Some(Posicao::F), "Etapa: Faturado. NF 1", 30), 10)]);
    let denied = stamped(None, "", Some(20)).moment;
    let reading = Sighting { denied, ..stamped(Some(Posicao::F), "Etapa: Faturado. NF 1", Some(20)) };

    let before = order.owed.clone();
    let (order, effect) = after(order, &[(Event::Seen(reading.clone()), 11)]);

    assert!(effect.is_none());
    assert_eq!((order.fate.as_ref().and_then(|fate| fate.denied), &order.owed), (denied, &before));
    assert!(next(&order, &Event::Seen(reading), at(12)).is_none());
}

#[test]
fn a_fate_of_before_denials_were_kept_is_read() {
    let stored =
        serde_json::json!({ "posicao": "L", "text": "Etapa: Separar", "moment": "2025-02-02T08:01:00" });

    let fate: Fate = serde_json::from_value(stored.clone()).expect("a stored fate");

    assert_eq!((fate.denied, serde_json::to_value(&fate).expect("JSON")), (None, stored));
}

#[test]
fn news_waits_while_something_is_being_told() {
    let (order, effect) = after(settled(), &[(sighting(Some(Posicao::L), "Etapa: Separar Estoque", 1), 10)]);
    let Some(Effect::Post(Post::Status(first))) = effect else { panic!("{effect:?}") };

    let (order, effect) = after(order, &[(sighting(Some(Posicao::F), "Etapa: Faturado", 2), 11)]);

    assert!(effect.is_none(), "the older message may still be on its way");
    assert_eq!(order.due, Some(clock::later(at(10), CLAIM)));
    assert!(order.owed.critique.is_some_and(|newer| newer.numcritica > first.numcritica));
}

#[test]
fn a_stage_that_nobody_placed_leaves_the_order_where_it_was_and_warns() {
    let (order, _) = after(
        settled(),
        &[
            (sighting(Some(Posicao::L), "Etapa: Separar Estoque", 1), 10),
            (sighting(None, "Etapa: 30", 2), 11),
        ],
    );

    assert_eq!(order.fate.as_ref().map(|fate| fate.posicao), Some(Posicao::L));
    assert!(order.warning.is_some_and(|warning| warning.contains("de-para")));
}

#[test]
fn a_header_that_is_not_there_is_written_whole() {
    let order = after(settled(), &[(sighting(Some(Posicao::L), "Etapa: Separar", 1), 10)]).0;

    let (order, effect) = after(order, &[(Event::Posted(Post::Posicao, Posted::NotThere), 11)]);

    assert!(order.owed.history);
    assert!(matches!(effect, Some(Effect::Post(_))));
}
