mod fate;
mod telling;

use jiff::civil::{Date, date};
use maxima::PedidoMaxima;
use rust_decimal::Decimal;

use super::*;
use crate::orders::case::{Critique, Goods, Owed, Row};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_738_500_000 + second).expect("a valid second")
}

fn goods() -> Goods {
    Goods { gross: Decimal::ONE_HUNDRED, net: Decimal::ONE_HUNDRED }
}

fn erp() -> InErp {
    InErp { codigo_pedido: 5_366_599_001, numero: 1507 }
}

fn new_order() -> Order {
    let mut order = Order::new("900100200", Row::default(), "como veio".to_owned(), at(0));
    order.pedido = Some(PedidoMaxima::default());
    order
}

fn ready(digest: &str) -> Event {
    ready_for(digest, date(2025, 2, 4))
}

fn ready_for(digest: &str, day: Date) -> Event {
    let mut request = NovoPedido::default();
    request.cabecalho.data_previsao = day;
    Event::Prepared(Prepared::Ready {
        request: Box::new(request),
        digest: digest.to_owned(),
        goods: goods(),
        codigo_cliente: 7,
        warning: None,
    })
}

/// What the events make of the order, and the effect of the last.
fn after(mut order: Order, events: &[(Event, i64)]) -> (Order, Option<Effect>) {
    let mut effect = None;
    for (event, second) in events {
        let change = next(&order, event, at(*second)).unwrap_or_else(|| panic!("{event:?} made nothing"));
        (order, effect) = (change.case, change.effect);
    }
    (order, effect)
}

fn sending() -> Order {
    after(new_order(), &[(Event::Due, 0), (ready("a"), 1)]).0
}

fn in_erp() -> Order {
    after(sending(), &[(Event::Included(Included::Done(erp())), 2)]).0
}

/// In Omie, and Máxima knows.
fn settled() -> Order {
    let critique = in_erp().owed.critique.expect("a critique is owed");
    let events = [
        (Event::Posted(Post::Status(critique), Posted::Accepted), 3),
        (Event::Posted(Post::History, Posted::Accepted), 4),
    ];
    after(in_erp(), &events).0
}

fn listed(source: &str) -> Event {
    Event::Listed(Listed { pedido: Ok(Box::default()), source: source.to_owned() })
}

fn sighting(posicao: Option<Posicao>, text: &str, minute: i8) -> Event {
    Event::Seen(stamped(posicao, text, Some(minute)))
}

/// What is read at a minute of the eighth hour, or without a stamp.
fn stamped(posicao: Option<Posicao>, text: &str, minute: Option<i8>) -> Sighting {
    let moment = minute.map(|minute| date(2025, 2, 2).at(8, minute, 0, 0));
    Sighting { posicao, text: text.to_owned(), moment, denied: None }
}

#[test]
fn a_new_order_is_prepared_then_sent_and_says_so_before_it_leaves() {
    let (order, effect) = after(new_order(), &[(Event::Due, 0), (ready("a"), 1)]);

    assert!(matches!(effect, Some(Effect::Include(_))));
    assert_eq!(order.stage, Stage::Sending);
    assert_eq!(order.sent.as_ref().map(|sent| (sent.at, sent.digest.as_str())), Some((at(1), "a")));
    assert_eq!(order.due, Some(clock::later(at(1), CLAIM)), "whoever finds it due knows that we are gone");
}

#[test]
fn whoever_finds_an_order_on_its_way_asks_before_anything_else() {
    let (_, effect) = after(sending(), &[(Event::Due, 300)]);

    assert!(matches!(effect, Some(Effect::Consult)));
}

#[test]
fn the_seller_is_told_first_and_the_history_after() {
    let (order, effect) = after(sending(), &[(Event::Included(Included::Done(erp())), 2)]);

    let Some(Effect::Post(Post::Status(critique))) = effect else { panic!("{effect:?}") };
    assert!(!critique.is_error);
    assert_eq!(
        (critique.posicao, critique.text.as_str()),
        (Some(Posicao::P), "Pedido importado com sucesso!")
    );
    let (order, effect) = after(order, &[(Event::Posted(Post::Status(critique), Posted::Accepted), 3)]);
    assert!(matches!(effect, Some(Effect::Post(Post::History))));
    let (order, effect) = after(order, &[(Event::Posted(Post::History, Posted::Accepted), 4)]);
    assert!(effect.is_none());
    assert_eq!((order.stage, order.due), (Stage::InErp, None));
}

#[test]
fn an_unclear_answer_is_consulted_and_never_sent_again_blindly() {
    let unclear = Event::Included(Included::Unclear { words: None });
    let (order, effect) = after(sending(), &[(unclear, 30)]);

    assert!(effect.is_none());
    assert_eq!((order.stage, order.due), (Stage::Sending, Some(clock::later(at(30), SETTLE))));
    let (order, effect) = after(order, &[(Event::Due, 110)]);
    assert!(matches!(effect, Some(Effect::Consult)));
    let found = Consulted::Found { erp: erp(), mismatch: None };
    let (order, effect) = after(order, &[(Event::Consulted(found), 111)]);
    assert_eq!((order.stage, order.erp), (Stage::InErp, Some(erp())));
    assert!(matches!(effect, Some(Effect::Post(Post::Status(_)))));
}

#[test]
fn not_there_counts_only_once_the_include_must_have_settled() {
    let not_found = || Event::Consulted(Consulted::NotFound);

    let (early, effect) = after(sending(), &[(not_found(), 20)]);
    assert!(effect.is_none());
    assert_eq!(early.stage, Stage::Sending);
    let (late, effect) = after(sending(), &[(not_found(), 100)]);
    assert!(matches!(effect, Some(Effect::Prepare)));
    assert_eq!(late.stage, Stage::New);
}

#[test]
fn unknown_words_are_held_when_omie_does_not_have_the_order() {
    let words = || Some("ERROR: algo novo".to_owned());
    let unclear = Event::Included(Included::Unclear { words: words() });
    let (order, effect) = after(sending(), &[(unclear, 2), (Event::Consulted(Consulted::NotFound), 100)]);

    assert!(effect.is_none());
    assert_eq!((order.stage, order.why.clone()), (Stage::Held, words()));
    let (order, effect) = after(order, &[(Event::Due, 900), (ready("a"), 901)]);
    assert!(effect.is_none(), "the same payload does not leave again");
    assert_eq!(order.stage, Stage::Held);
    let (_, effect) = after(order, &[(Event::Due, 1_800), (ready("b"), 1_801)]);
    assert!(matches!(effect, Some(Effect::Include(_))), "another one does");
}

fn duplicate() -> Included {
    Included::Duplicate { words: Some("Pedido já cadastrado".to_owned()) }
}

#[test]
fn an_order_that_omie_has_and_does_not_show_is_held_and_not_sent_for_ever() {
    let there = Consulted::Found { erp: erp(), mismatch: None };
    let shown_late = [(Event::Included(duplicate()), 2), (Event::Consulted(Consulted::NotFound), 3)];
    let (order, effect) = after(sending(), &shown_late);
    assert!(effect.is_none());
    assert_eq!(order.stage, Stage::Sending, "it may only be late");
    let (late, _) = after(order.clone(), &[(Event::Due, 100), (Event::Consulted(there), 101)]);
    assert_eq!(late.stage, Stage::InErp);

    let (order, effect) = after(order, &[(Event::Due, 100), (Event::Consulted(Consulted::NotFound), 101)]);

    assert!(effect.is_none());
    assert_eq!(order.stage, Stage::Held);
    assert!(order.why.as_deref().is_some_and(|why| why.ends_with("Pedido já cadastrado")), "{:?}", order.why);
    let (order, effect) = after(order, &[(Event::Due, 900), (ready("a"), 901)]);
    assert!(effect.is_none(), "the same payload does not leave again");
    assert_eq!(order.stage, Stage::Held);
}

#[test]
fn two_questions_about_one_order_lie_more_than_a_minute_apart() {
    let (order, effect) = after(sending(), &[(Event::Included(duplicate()), 2)]);
    assert!(matches!(effect, Some(Effect::Consult)));
    let unknown = Consulted::Unknown { why: "o Omie não respondeu".to_owned(), after: Duration::ZERO };

    let (order, _) = after(order, &[(Event::Consulted(unknown), 3)]);

    assert!(order.due >= Some(at(63)), "{:?}", order.due);
    let (order, effect) = after(order, &[(Event::Due, 10)]);
    assert!(effect.is_none(), "asked too early, it waits");
    assert_eq!(order.due, Some(clock::later(at(2), SETTLE)));
}

#[test]
fn an_order_of_somebody_else_under_our_key_waits_for_a_person_and_for_nothing_else() {
    let found = Consulted::Found { erp: erp(), mismatch: Some("é do cliente 9".to_owned()) };

    let (order, effect) = after(sending(), &[(Event::Consulted(found), 100)]);

    assert!(effect.is_none());
    assert_eq!((order.stage, order.due), (Stage::Held, None));
    assert!(order.why.is_some_and(|why| why.contains("é do cliente 9")));
}

#[test]
fn a_refusal_reaches_the_seller_in_omies_words_and_is_not_tried_again() {
    let refused = || Event::Included(Included::Refused("CFOP inválido".to_owned()));
    let (order, effect) = after(sending(), &[(refused(), 2)]);

    let Some(Effect::Post(Post::Status(critique))) = effect else { panic!("{effect:?}") };
    assert_eq!((critique.is_error, critique.text.as_str(), critique.posicao), (true, "CFOP inválido", None));
    let (order, effect) = after(order, &[(Event::Posted(Post::Status(critique), Posted::Accepted), 3)]);
    assert!(effect.is_none());
    assert_eq!((order.stage, order.due), (Stage::Rejected, None), "there is no history of what is not there");
    let soon = next(&order, &listed("como veio"), at(100));
    assert!(soon.is_none(), "Máxima may show it for a while after it was answered");
    // The seller sends the same again, then another one.
    let again = [(listed("como veio"), 200), (ready("a"), 201)];
    let (order, effect) = after(order, &again);
    assert!(matches!(effect, Some(Effect::Post(Post::Status(_)))), "told again, not sent again");
    let (_, effect) = after(order, &[(listed("mudado"), 4_000), (ready("b"), 4_001)]);
    assert!(matches!(effect, Some(Effect::Include(_))));
}

#[test]
fn what_omie_refused_on_another_day_it_is_asked_again() {
    let refused = || Event::Included(Included::Refused("A data de previsão é inválida".to_owned()));
    let (order, _) = after(sending(), &[(refused(), 2), (listed("mudado"), 4_000)]);

    let (same, effect) = after(order.clone(), &[(ready("a"), 4_001)]);
    assert!(same.stage == Stage::Rejected && !matches!(effect, Some(Effect::Include(_))), "the same day");
    let (other, effect) = after(order, &[(ready_for("a", date(2025, 2, 5)), 4_001)]);
    assert!(other.stage == Stage::Sending && matches!(effect, Some(Effect::Include(_))), "another day");
    // What waits for the operator waits for the operator, whatever the day.
    let misfit = Event::Included(Included::Misfit("Conta corrente inválida".to_owned()));
    let (held, _) = after(sending(), &[(misfit, 2), (Event::Due, 90_000)]);
    let (held, effect) = after(held, &[(ready_for("a", date(2025, 2, 5)), 90_001)]);
    assert!(held.stage == Stage::Held && effect.is_none());
}

#[test]
fn an_order_whose_day_has_passed_on_the_way_is_prepared_again_and_not_refused() {
    let prepared = [(Event::Due, 0), (ready_for("a", date(2025, 2, 2)), 1)];
    let (order, _) = after(new_order(), &prepared);
    let refused = || Event::Included(Included::Refused("A data de previsão é inválida".to_owned()));

    let (in_time, _) = after(order.clone(), &[(refused(), 2)]);
    assert_eq!(in_time.stage, Stage::Rejected);
    // 2025-02-03 00:00:01 in São Paulo.
    let (late, effect) = after(order, &[(refused(), 51_601)]);
    assert!(late.stage == Stage::New && late.owed.critique.is_none() && effect.is_none());
    let (late, effect) = after(late, &[(Event::Due, 51_700), (ready_for("a", date(2025, 2, 3)), 51_701)]);
    assert!(late.stage == Stage::Sending && matches!(effect, Some(Effect::Include(_))));
}

#[test]
fn a_wrong_setting_is_the_operators_and_the_seller_hears_nothing() {
    let misfit = Event::Included(Included::Misfit("Local de estoque não cadastrado".to_owned()));

    let (order, effect) = after(sending(), &[(misfit, 2)]);

    assert!(effect.is_none());
    assert_eq!(order.stage, Stage::Held);
    assert_eq!(order.owed, Owed::default());
}

#[test]
fn limits_and_outages_do_not_reach_the_seller() {
    let not_done =
        Included::NotDone { why: "o Omie pediu para esperar".to_owned(), after: Duration::from_mins(30) };

    let (order, effect) = after(sending(), &[(Event::Included(not_done), 2)]);

    assert!(effect.is_none());
    assert_eq!((order.stage, order.owed), (Stage::New, Owed::default()));
    assert!(order.due >= Some(at(1_802)), "the wait that Omie asks for is kept");
}

/// What the seller shows while the include is in doubt.
fn cancelled() -> Event {
    let pedido = PedidoMaxima { cancelado: true, ..PedidoMaxima::default() };
    Event::Listed(Listed { pedido: Ok(Box::new(pedido)), source: "cancelado".to_owned() })
}

fn in_doubt() -> Order {
    let (order, effect) =
        after(sending(), &[(Event::Included(Included::Unclear { words: None }), 2), (cancelled(), 5)]);
    assert!(effect.is_none(), "what left is settled first");
    assert_eq!(
        (order.stage, order.pedido.as_ref().map(|pedido| pedido.cancelado)),
        (Stage::Sending, Some(false))
    );
    order
}

#[test]
fn what_the_seller_made_of_an_order_in_doubt_takes_its_place_when_omie_does_not_have_it() {
    let not_found = Event::Consulted(Consulted::NotFound);
    let (order, effect) = after(in_doubt(), &[(Event::Due, 90), (not_found, 91)]);

    assert!(matches!(effect, Some(Effect::Prepare)));
    assert!(order.pedido.is_some_and(|pedido| pedido.cancelado), "the old one is not sent");
    assert_eq!((order.source.as_str(), order.newer), ("cancelado", None));
}

#[test]
fn a_refused_or_unsent_order_gives_way_to_what_the_seller_made_of_it() {
    for settled in [
        Included::Refused("não".into()),
        Included::Misfit("não".into()),
        Included::NotDone { why: "fora".into(), after: Duration::from_mins(1) },
    ] {
        let order = after(sending(), &[(cancelled(), 2), (Event::Included(settled), 3)]).0;

        assert_eq!(order.stage, Stage::New);
        assert!(order.pedido.is_some_and(|pedido| pedido.cancelado));
    }
}

#[test]
fn an_order_shown_as_it_was_again_is_the_one_that_left() {
    let order = after(in_doubt(), &[(listed("como veio"), 6)]).0;

    assert_eq!(order.newer, None);
    assert!(next(&order, &listed("como veio"), at(7)).is_none(), "and nothing is written again");
}

#[test]
fn a_change_that_comes_too_late_is_told_to_seller_and_operator_and_never_lost() {
    let found = Event::Consulted(Consulted::Found { erp: erp(), mismatch: None });
    let in_doubt = after(in_doubt(), &[(Event::Due, 90), (found, 91)]);
    let settled = after(settled(), &[(cancelled(), 60)]);
    for (order, effect) in [in_doubt, settled] {
        let Some(Effect::Post(Post::Status(critique))) = effect else { panic!("{effect:?}") };
        assert!(
            critique.text.starts_with("O cancelamento chegou depois da inclusão no Omie"),
            "{critique:?}"
        );
        assert!(critique.text.contains("1507"));
        assert_eq!((critique.is_error, critique.posicao), (false, Some(Posicao::P)));
        assert_eq!(order.attention().as_deref(), Some(critique.text.as_str()));
        assert!(order.pedido.is_some_and(|pedido| !pedido.cancelado), "the history shows what Omie has");
    }
}

/// Seed 775: nobody had told it yet when the order moved on in Omie.
#[test]
fn that_a_change_came_too_late_is_not_lost_when_the_order_moves_on_before_it_is_told() {
    let moves_on = sighting(Some(Posicao::L), "Pedido liberado", 5);

    let order = after(settled(), &[(cancelled(), 60), (moves_on, 61)]).0;

    let owed = order.owed.critique.expect("it is owed");
    assert_eq!(owed.posicao, Some(Posicao::L));
    assert!(owed.text.starts_with("Pedido liberado"), "{}", owed.text);
    assert!(owed.text.contains("O cancelamento chegou depois da inclusão no Omie"), "{}", owed.text);
}

#[test]
fn the_same_order_in_other_words_is_no_change() {
    assert!(next(&settled(), &listed("em outra ordem"), at(60)).is_none());
}

#[test]
fn a_total_that_does_not_add_up_is_told_to_the_seller_and_stays_on_the_order() {
    let warned = Prepared::Ready {
        request: Box::default(),
        digest: "a".to_owned(),
        goods: goods(),
        codigo_cliente: 7,
        warning: Some("os itens somam R$ 90,00".to_owned()),
    };
    let included = Event::Included(Included::Done(erp()));
    let events = [(Event::Due, 0), (Event::Prepared(warned), 1), (included, 2)];

    let (order, effect) = after(new_order(), &events);

    assert!(
        matches!(effect, Some(Effect::Post(Post::Status(critique))) if critique.text.contains("R$ 90,00"))
    );
    let order = after(order, &[(sighting(Some(Posicao::L), "Etapa: Separar", 1), 10)]).0;
    assert_eq!(order.attention().as_deref(), Some("os itens somam R$ 90,00"));
    let order = after(order, &[(sighting(None, "Etapa: 30", 2), 11)]).0;
    assert!(order.attention().is_some_and(|text| text.contains("R$ 90,00") && text.contains("de-para")));
}

#[test]
fn waiting_for_a_customer_makes_nothing_slower() {
    let waits = |minute: i64| {
        let waits = Prepared::Await { why: "espera o cliente".into(), after: Duration::from_mins(1) };
        (Event::Prepared(waits), minute * 60)
    };
    let (order, _) = after(new_order(), &[waits(0), waits(1), waits(2), waits(3)]);
    assert_eq!(order.due, Some(at(240)));

    let events =
        [(Event::Due, 240), (ready("a"), 241), (Event::Included(Included::Unclear { words: None }), 242)];
    let (order, _) = after(order, &events);

    assert_eq!(order.due, Some(clock::later(at(242), SETTLE)), "its own doubts take their own time");
}

#[test]
fn what_is_not_for_omie_waits_until_the_seller_changes_it() {
    let (order, effect) =
        after(new_order(), &[(Event::Prepared(Prepared::Skip("é um orçamento".into())), 1)]);

    assert!(effect.is_none());
    assert_eq!((order.stage, order.due), (Stage::Skipped, None));
    assert!(next(&order, &listed("como veio"), at(100)).is_none());
    let (order, effect) = after(order, &[(listed("mudado"), 100)]);
    assert_eq!(order.stage, Stage::New);
    assert!(matches!(effect, Some(Effect::Prepare)));
}

#[test]
fn an_unreadable_change_is_answered_to_the_seller() {
    let order = after(new_order(), &[(Event::Prepared(Prepared::Skip("é um orçamento".into())), 1)]).0;
    let broken =
        Event::Listed(Listed { pedido: Err("Produtos: não é uma lista".into()), source: "x".into() });

    let (order, effect) = after(order, &[(broken, 2)]);

    assert_eq!(order.stage, Stage::Rejected);
    assert!(matches!(effect, Some(Effect::Post(Post::Status(critique))) if critique.is_error));
}

#[test]
fn the_operators_word_tries_again_refuses_or_adopts() {
    let held = || after(new_order(), &[(Event::Prepared(Prepared::Hold("falta a categoria".into())), 1)]).0;

    let (order, effect) = after(held(), &[(Event::Told(Word::Retry), 2)]);
    assert_eq!(order.stage, Stage::New);
    assert!(matches!(effect, Some(Effect::Prepare)));
    let (order, effect) = after(held(), &[(Event::Told(Word::Refuse("cliente inadimplente".into())), 2)]);
    assert_eq!(order.stage, Stage::Rejected);
    assert!(
        matches!(effect, Some(Effect::Post(Post::Status(critique))) if critique.text == "cliente inadimplente")
    );
    let (order, _) = after(held(), &[(Event::Told(Word::Adopt(erp())), 2)]);
    assert_eq!((order.stage, order.erp), (Stage::InErp, Some(erp())));
    assert!(next(&sending(), &Event::Told(Word::Refuse("x".into())), at(2)).is_none(), "it may be in Omie");
}

#[test]
fn an_answer_that_comes_after_somebody_else_went_on_changes_nothing() {
    for event in [
        Event::Included(Included::Done(erp())),
        Event::Included(Included::Refused("não".into())),
        Event::Consulted(Consulted::NotFound),
        ready("z"),
    ] {
        assert!(next(&settled(), &event, at(100)).is_none(), "{event:?}");
    }
}

#[test]
fn every_effect_leaves_a_case_that_is_found_again() {
    let starts = [new_order(), sending(), in_erp()];
    for order in starts {
        let change = next(&order, &Event::Due, at(1_000)).expect("it is due");
        assert!(change.effect.is_some());
        assert_eq!(change.case.due, Some(clock::later(at(1_000), CLAIM)));
    }
}

#[test]
fn waits_grow_and_stay_below_an_hour() {
    let busy = || Event::Prepared(Prepared::Wait { why: "ocupado".into(), after: Duration::from_mins(1) });
    let mut order = new_order();
    let mut longest = Duration::ZERO;

    for _ in 0..20 {
        order = after(order, &[(busy(), 0)]).0;
        longest = clock::until(at(0), order.due.expect("it is due again"));
    }

    assert_eq!(longest, Duration::from_hours(1));
}

#[test]
fn an_order_in_omie_that_cannot_be_read_any_more_has_not_been_changed() {
    let unreadable =
        Event::Listed(Listed { pedido: Err("tipopedido: não é um número".into()), source: "x".into() });

    assert!(next(&settled(), &unreadable, at(60)).is_none());
}
