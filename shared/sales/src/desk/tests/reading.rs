use super::super::timeline::{Progress, timeline, timeline_of_customer};
use super::super::{Verb, actions};
use super::*;
use crate::customers::machine as registry;
use crate::customers::{Question, What};
use crate::orders::machine::{Posted, SETTLE};
use crate::orders::{Critique, Post};

fn progress(order: &Order) -> [Progress; 4] {
    timeline(order, at(60)).stations.map(|station| station.progress)
}

fn verbs(order: &Order, second: i64) -> Vec<Verb> {
    actions(&Record::Pedido(Box::new(order.clone())), at(second))
        .into_iter()
        .map(|action| action.verb)
        .collect()
}

#[test]
fn an_invoiced_order_has_passed_four_stations_and_each_has_its_moment() {
    let order = after(in_erp(), &[(seen(Posicao::F, "Etapa: Faturado. NF 12345", 16), 3600)]);

    let way = timeline(&order, at(7200));

    let stations = way.stations.map(|station| {
        (
            station.name,
            station.progress,
            station.at.map(|at| at.to_string()),
            station.note.unwrap_or_default(),
        )
    });
    let reached =
        |name, at: &str, note: &str| (name, Progress::Reached, Some(at.to_owned()), note.to_owned());
    assert_eq!(
        stations,
        [
            reached("vendedor enviou", "2026-03-02T10:58:30", "pedido 416 do app"),
            reached("na nuvem", "2026-03-02T11:00:00", ""),
            reached("no Omie", "2026-03-02T11:00:02", "nº 1507, código 5366599001"),
            reached("faturado", "2026-03-02T16:30:00", "Etapa: Faturado. NF 12345"),
        ]
    );
}

#[test]
fn the_stations_say_where_an_order_stopped() {
    use Progress::{Ahead, Reached, Stopped, UnderWay};
    let new = new_order("900100200", at(0));
    let refused = after(sending(), &[(Event::Included(Included::Refused("cliente inativo".into())), 2)]);
    let skipped = after(new.clone(), &[(Event::Prepared(Prepared::Skip("é um orçamento".into())), 1)]);
    let cancelled = after(in_erp(), &[(seen(Posicao::C, "Pedido cancelado", 12), 9)]);
    let released = after(in_erp(), &[(seen(Posicao::L, "Etapa: Separar Estoque", 12), 9)]);

    for (order, third, fourth) in [
        (&new, UnderWay, Ahead),
        (&sending(), UnderWay, Ahead),
        (&refused, Stopped, Ahead),
        (&held(), Stopped, Ahead),
        (&skipped, Stopped, Ahead),
        (&in_erp(), Reached, UnderWay),
        (&released, Reached, UnderWay),
        (&cancelled, Reached, Stopped),
    ] {
        assert_eq!(progress(order), [Reached, Reached, third, fourth], "{:?}", order.stage);
    }
    let [.., in_omie, _] = timeline(&refused, at(60)).stations;
    assert_eq!(in_omie.note.as_deref(), Some("recusado: cliente inativo"));
    let [.., invoiced] = timeline(&released, at(60)).stations;
    assert_eq!(invoiced.note.as_deref(), Some("Liberado – Etapa: Separar Estoque"));
}

#[test]
fn what_waits_says_for_what_and_until_when() {
    let waits = |order: &Order| timeline(order, at(60)).waiting.map(|waiting| waiting.to_string());

    let held_for = waits(&held()).expect("it waits");
    assert!(held_for.contains("falta a categoria nos parâmetros"), "{held_for}");
    assert!(held_for.ends_with("(segue sozinho a partir de 02/03/2026 11:10)"), "{held_for}");
    let mistaken = waits(&mistaken()).expect("it waits");
    assert!(mistaken.starts_with("só anda com a decisão de um operador: o Omie já tem"), "{mistaken}");
    assert!(!mistaken.contains("sozinho"), "{mistaken}");
    let owed = waits(&in_erp()).expect("the seller is to be told");
    assert!(owed.starts_with("levar à Máxima o resultado e os dados do pedido"), "{owed}");
}

#[test]
fn an_order_that_is_settled_waits_for_nothing() {
    let critique: Critique = in_erp().owed.critique.expect("a critique is owed");
    let told = [
        (Event::Posted(Post::Status(critique), Posted::Accepted), 3),
        (Event::Posted(Post::History, Posted::Accepted), 4),
    ];

    assert_eq!(timeline(&after(in_erp(), &told), at(60)).waiting, None);
}

#[test]
fn the_words_that_apply_are_those_that_the_machine_hears() {
    let refused = after(sending(), &[(Event::Included(Included::Refused("inativo".into())), 2)]);
    let unclear = after(sending(), &[(Event::Included(Included::Unclear { words: None }), 2)]);

    assert_eq!(verbs(&new_order("1", at(0)), 1), [Verb::Retry, Verb::Refuse]);
    assert_eq!(verbs(&held(), 60), [Verb::Retry, Verb::Refuse, Verb::Adopt]);
    assert_eq!(verbs(&refused, 60), [Verb::Retry]);
    assert_eq!(verbs(&in_erp(), 60), [Verb::Retry]);
    assert_eq!(verbs(&unclear, 60), [Verb::Retry], "it may be in Omie: it cannot be refused");
}

#[test]
fn nothing_is_asked_about_a_write_that_is_leaving() {
    assert_eq!(verbs(&sending(), 100), [], "it may still wait at a limit of ours");
    assert_eq!(verbs(&sending(), 300), [Verb::Retry], "its holder is gone");
}

#[test]
fn the_text_is_one_that_a_person_reads() {
    let order = after(in_erp(), &[(seen(Posicao::L, "Etapa: Separar Estoque", 11), 600)]);

    let text = timeline(&order, at(700)).to_string();

    for line in [
        "  ✔ vendedor enviou  02/03/2026 10:58  pedido 416 do app",
        "  ✔ no Omie          02/03/2026 11:00  nº 1507, código 5366599001",
        "  … faturado         a caminho         Liberado – Etapa: Separar Estoque",
        "    02/03/2026 11:00  novo → enviando: enviado ao Omie",
        "    02/03/2026 11:00  enviando → no Omie: incluído no Omie",
        "    02/03/2026 11:10  no Omie: Etapa: Separar Estoque",
        "  Pode-se: Avisar a Máxima de novo",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\nin\n{text}");
    }
}

#[test]
fn a_customer_has_four_stations_too() {
    use Progress::{Ahead, Reached, UnderWay};
    let new = customer(88_771, at(0));
    let way = timeline_of_customer(&new, at(60));
    assert_eq!(way.stations.clone().map(|station| station.progress), [Reached, Reached, UnderWay, Ahead]);
    assert_eq!(way.stations[0].note.as_deref(), Some("cadastro: PADARIA NOVA LTDA"));

    let mut there = new;
    there.stage = crate::customers::Stage::InErp;
    (there.codigo, there.owed.row) = (Some(55), true);
    there.history.note(at(5), "sending", "in-erp", "Cliente importado com sucesso.");
    let way = timeline_of_customer(&there, at(60));
    assert_eq!(way.stations.map(|station| station.progress), [Reached, Reached, Reached, UnderWay]);
    let waits = way.waiting.expect("the row is owed").what;
    assert_eq!(waits, "levar à Máxima a linha do catálogo");

    (there.owed.row, there.seen) = (false, Some(at(30)));
    let way = timeline_of_customer(&there, at(60));
    assert_eq!(way.stations.map(|station| station.progress), [Reached; 4]);
}

#[test]
fn a_customer_s_write_that_is_leaving_is_left_alone_too() {
    let mut sending = customer(88_771, at(0));
    sending.stage = crate::customers::Stage::Sending;
    sending.sent =
        Some(crate::customers::Sent { at: at(1), what: What::Include, digest: "d".into(), words: None });
    sending.due = Some(clock::later(at(1), crate::orders::machine::CLAIM));
    let verbs = |second| {
        let record = Record::Cliente(Box::new(sending.clone()));
        actions(&record, at(second)).into_iter().map(|action| action.verb).collect::<Vec<_>>()
    };

    assert_eq!(verbs(100), []);
    assert_eq!(verbs(300), [Verb::Retry]);
    let asked = registry::next(&sending, &registry::Event::Due, at(300)).expect("due").case.asked;
    assert_eq!(asked.first().map(|asked| asked.question.clone()), Some(Question::Key));
    assert!(SETTLE < crate::orders::machine::CLAIM);
}
