//! What Máxima is told, and what it says to that.

use super::*;

/// What is owed next is answered so, at its time; the second after.
fn told_in_vain(mut order: Order, answers: &[Posted], mut second: i64) -> (Order, i64) {
    for answer in answers {
        let post = order.owed.next().expect("something is owed");
        order = after(order, &[(Event::Posted(post, answer.clone()), second)]).0;
        if let Some(due) = order.due {
            second = due.as_second() - at(0).as_second();
            order = after(order, &[(Event::Due, second)]).0;
        }
    }
    (order, second)
}

#[test]
fn what_maxima_breaks_down_on_waits_for_a_person_in_the_end() {
    let broken = || Posted::BrokeDown("ORA-00600".into());

    let (order, second) = told_in_vain(in_erp(), &vec![broken(); 7], 3);
    assert!(order.due.is_some() && !order.owed.is_given_up(), "it may pass");
    let (order, _) = told_in_vain(order, &[broken()], second);

    assert_eq!((order.due, order.owed.is_given_up()), (None, true));
}

#[test]
fn a_header_that_is_refused_goes_again_once_what_it_names_is_there_and_no_more() {
    let told = |order: Order| {
        let post = order.owed.next().expect("the result is owed");
        after(order, &[(Event::Posted(post, Posted::Accepted), 3)]).0
    };
    let refused = || Posted::Refused("ORA-02291".into());
    let lacking = || Posted::Lacking("Codcli: o cliente não está na Máxima".into());

    let (order, second) = told_in_vain(told(in_erp()), &[refused(), lacking(), lacking()], 4);
    assert!(order.due.is_some() && !order.owed.is_given_up(), "asked for again");
    let (twice, _) = told_in_vain(order.clone(), &[refused()], second);
    let (never, _) = told_in_vain(order.clone(), &vec![lacking(); 5], second);
    let (taken, _) = told_in_vain(order, &[Posted::Accepted], second);

    for order in [twice, never] {
        assert_eq!((order.due, order.owed.is_given_up()), (None, true));
        assert!(order.owed.history, "until a person's word");
    }
    assert_eq!((taken.due, taken.owed.refused, taken.owed.history), (None, None, false));
}

#[test]
fn a_result_that_maxima_refuses_is_told_once_and_waits_for_a_person() {
    let (order, second) = (in_erp(), 3);
    let post = order.owed.next().expect("something is owed");
    let (order, effect) =
        after(order, &[(Event::Posted(post, Posted::Refused("usuário inativo".into())), second)]);

    assert!(effect.is_none());
    assert_eq!((order.due, order.owed.is_given_up()), (None, true));
    assert_eq!(order.owed.refused.as_deref(), Some("usuário inativo"));
    let (again, effect) = after(order.clone(), &[(Event::Told(Word::Retry), second + 1)]);
    assert!(matches!(effect, Some(Effect::Post(Post::Status(_)))), "by a person's word");
    assert!(!again.owed.is_given_up());
    let (_, effect) = after(order, &[(sighting(Some(Posicao::F), "Etapa: Faturado. NF 12", 30), second + 1)]);
    assert!(matches!(effect, Some(Effect::Post(Post::Status(_)))), "or with other news");
}

#[test]
fn a_number_that_is_taken_again_and_again_is_a_refusal() {
    let taken = |order: Order, second: i64| {
        let post = order.owed.next().expect("something is owed");
        after(order, &[(Event::Posted(post, Posted::NumberTaken), second)])
    };
    let (order, first) = taken(in_erp(), 3);
    let (order, second) = taken(order, 4);
    assert!(
        matches!((first, second), (Some(Effect::Post(_)), Some(Effect::Post(_)))),
        "under another number"
    );

    let (order, third) = taken(order, 5);

    assert!(third.is_none());
    assert!(order.due.is_some_and(|due| due > at(60)), "those behind it have their turn");
    assert!(order.owed.refused.is_some());
}

#[test]
fn what_maxima_did_not_take_is_owed_until_it_does() {
    let order = in_erp();
    let critique = order.owed.critique.clone().expect("owed");
    let unclear =
        Posted::Unclear { why: "a Máxima não respondeu".to_owned(), after: Duration::from_mins(1) };

    let (order, effect) = after(order, &[(Event::Posted(Post::Status(critique.clone()), unclear), 3)]);

    assert!(effect.is_none());
    let (_, effect) = after(order, &[(Event::Due, 63)]);
    let Some(Effect::Post(Post::Status(again))) = effect else { panic!("{effect:?}") };
    assert_eq!(again, critique, "the same words under the same number");
}

#[test]
fn a_number_that_is_taken_is_replaced() {
    let order = in_erp();
    let critique = order.owed.critique.clone().expect("owed");

    let taken = Event::Posted(Post::Status(critique.clone()), Posted::NumberTaken);
    let (_, effect) = after(order, &[(taken, 3)]);

    let Some(Effect::Post(Post::Status(newer))) = effect else { panic!("{effect:?}") };
    assert!(newer.numcritica > critique.numcritica);
}

#[test]
fn every_message_has_a_higher_number() {
    let first = in_erp().numcritica.expect("a number");
    let order = settled();

    let (order, _) = after(order, &[(sighting(Some(Posicao::L), "Etapa: Separar Estoque", 1), 3)]);
    let second = order.numcritica.expect("a number");
    let (order, _) = after(order, &[(sighting(Some(Posicao::M), "Etapa: Faturar", 2), 3)]);

    assert!(first < second && Some(second) < order.numcritica, "in the same second too");
}

#[test]
fn what_follows_a_refusal_still_imports_the_order() {
    let mut owed = settled().owed;
    owed.imported = false;
    let refusal = Critique { is_error: true, ..in_erp().owed.critique.expect("owed") };

    owed.settle(&Post::Status(refusal.clone()), at(1));
    assert!(!owed.imported);
    owed.settle(&Post::Status(Critique { is_error: false, ..refusal }), at(2));
    assert!(owed.imported);
}

#[test]
fn a_result_that_maxima_still_asks_for_is_told_again_but_not_at_once() {
    assert!(next(&settled(), &listed("como veio"), at(60)).is_none(), "its answer may be on the way");

    let (_, effect) = after(settled(), &[(listed("como veio"), 3_600)]);

    assert!(matches!(effect, Some(Effect::Post(Post::Status(_)))));
}

fn refused() -> Order {
    after(sending(), &[(Event::Included(Included::Refused("CFOP inválido".to_owned())), 2)]).0
}

#[test]
fn a_refusal_that_may_have_been_told_is_told_again_only_of_what_the_seller_has_not_sent_again() {
    let claimed = 2 + i64::try_from(CLAIM.as_secs()).expect("minutes");

    let (order, effect) = after(refused(), &[(Event::Due, claimed)]);

    let Some(Effect::PostAgain(critique)) = effect else { panic!("{effect:?}") };
    assert_eq!(critique.text, "CFOP inválido");
    let Event::Listed(corrected) = listed("corrigido") else { panic!("a listing") };
    let (sent_again, effect) = after(order.clone(), &[(Event::SentAgain(corrected), claimed + 1)]);
    assert!(matches!(effect, Some(Effect::Prepare)));
    assert!(sent_again.source == "corrigido" && sent_again.owed.critique.is_none());
    let told = Event::Posted(Post::Status(critique), Posted::Accepted);
    let (told, effect) = after(order, &[(told, claimed + 1)]);
    assert!(told.stage == Stage::Rejected && told.due.is_none() && effect.is_none());
}

#[test]
fn what_the_seller_sends_while_a_refusal_is_told_comes_after_it() {
    let critique = refused().owed.critique.expect("a critique is owed");

    let (order, effect) = after(refused(), &[(listed("corrigido"), 10)]);

    assert!(order.stage == Stage::Rejected && order.newer.is_some() && effect.is_none());
    assert!(next(&order, &listed("corrigido"), at(11)).is_none(), "it is noted once");
    let told = [(Event::Posted(Post::Status(critique), Posted::Accepted), 12)];
    let (told, effect) = after(order.clone(), &told);
    assert!(told.source == "corrigido" && matches!(effect, Some(Effect::Prepare)));
    // Whoever was at it is gone.
    let due = order.due.expect("it is due").as_second() - at(0).as_second();
    let (gone, effect) = after(order.clone(), &[(Event::Due, due)]);
    assert!(gone.source == "corrigido" && matches!(effect, Some(Effect::Prepare)));
    let (retried, effect) = after(order, &[(Event::Told(Word::Retry), 20)]);
    assert!(
        retried.source == "corrigido" && matches!(effect, Some(Effect::Prepare)),
        "what counts is the last"
    );
}
