use std::time::Duration;

use engine::Memory;

use super::super::query::Query;
use super::super::record::Kind;
use super::super::search::{Page, Position, search};
use super::*;

async fn page(state: &Memory, text: &str, after: Option<&Position>, limit: usize) -> Page {
    let query = Query::parse(text).unwrap_or_else(|why| panic!("{why}"));
    search(state, at(60), None, &query, after, limit).await.expect("searched")
}

/// The ids of all pages, and how many pages there were.
async fn all(state: &Memory, text: &str, limit: usize) -> (Vec<String>, usize) {
    let (mut ids, mut pages, mut after) = (Vec::new(), 0, None);
    loop {
        let page = page(state, text, after.as_ref(), limit).await;
        assert!(page.found.len() <= limit, "{} of {limit}", page.found.len());
        ids.extend(page.found.iter().map(Record::id));
        pages += 1;
        after = page.next.map(|next| next.to_string().parse().expect("what was written can be read"));
        if after.is_none() {
            return (ids, pages);
        }
    }
}

fn days_ago(days: u64) -> Timestamp {
    at(0).checked_sub(Duration::from_hours(days * 24)).expect("a moment")
}

#[tokio::test(start_paused = true)]
async fn one_order_is_found_by_each_of_its_names() {
    let (state, _) = shelf();
    put_order(&state, in_erp()).await;
    put_order(&state, new_order("900100300", at(5))).await;

    for text in
        ["900100200", "pedido 1507", "nº 000001507", "5366599001", "cliente 55", "omie 1507", "no omie"]
    {
        let found = page(&state, text, None, 10).await;
        let ids: Vec<_> = found.found.iter().map(Record::id).collect();
        assert_eq!((ids, found.next), (vec!["900100200".to_owned()], None), "{text}");
    }
    for text in ["52.998.224/0001-25", "416", "app 416", "pedidos", ""] {
        let (ids, _) = all(&state, text, 10).await;
        assert_eq!(ids, ["900100300", "900100200"], "the newest first: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_with_several_readings_gives_each_record_once() {
    let (state, _) = shelf();
    // 1507 is Omie's number of the one, and the cloud code and the app's number of the other.
    put_order(&state, in_erp()).await;
    let mut other = new_order("1507", at(9));
    other.pedido.as_mut().expect("read").num_pedido = Some("1507".into());
    put_order(&state, other).await;

    let (ids, pages) = all(&state, "1507", 10).await;

    assert_eq!((ids, pages), (vec!["900100200".to_owned(), "1507".to_owned()], 1));
}

#[tokio::test(start_paused = true)]
async fn states_and_days_narrow_what_is_found() {
    let (state, _) = shelf();
    put_order(&state, held()).await;
    put_order(&state, after(new_order("900100201", at(0)), &[(ready(), 1)])).await;
    put_order(&state, new_order("900100100", days_ago(1))).await;
    // Eleven in the evening of the day before, in São Paulo; in UTC it is the same day.
    put_order(&state, new_order("900100150", "2026-03-02T02:00:00Z".parse().expect("a moment"))).await;
    let invoiced =
        [(Event::Included(Included::Done(erp())), 2), (seen(Posicao::F, "Etapa: Faturado", 12), 3)];
    let mut order = after(sending(), &invoiced);
    order.id = "900100202".into();
    put_order(&state, order).await;

    for (text, expected) in [
        ("retido", vec!["900100200"]),
        ("enviando", vec!["900100201"]),
        ("faturados", vec!["900100202"]),
        ("02/03/2026", vec!["900100202", "900100201", "900100200"]),
        ("2026-03-01", vec!["900100150", "900100100"]),
        ("novos de 2026-03-01", vec!["900100150", "900100100"]),
        ("retidos de 2026-03-01", vec![]),
        ("416 faturado", vec!["900100202"]),
        ("2025-01-01", vec![]),
    ] {
        assert_eq!(all(&state, text, 10).await.0, expected, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let (state, _) = shelf();
    let mut expected = Vec::new();
    for day in [0, 1, 200, 399] {
        for n in (0..7).rev() {
            let id = (900_100_000 - day * 100 + n).to_string();
            put_order(&state, new_order(&id, days_ago(day))).await;
            expected.push(id);
        }
    }
    for limit in [1, 3, 10, 50] {
        // From day to day, by a mark that all have, and by one that is read whole.
        for text in ["", "416", "novo"] {
            assert_eq!(all(&state, text, limit).await.0, expected, "{text} by {limit}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_state_that_very_many_are_in_is_paged_all_the_same() {
    let (state, _) = shelf();
    let mut expected = Vec::new();
    for n in 0..350 {
        let id = (900_100_000 + n).to_string();
        put_order(&state, new_order(&id, at(0))).await;
        expected.insert(0, id);
    }
    let first = page(&state, "novo", None, 100).await;
    assert_eq!(first.found.len(), 100);
    let (ids, _) = all(&state, "novo", 100).await;
    assert_eq!(ids, expected);
}

#[tokio::test(start_paused = true)]
async fn orders_and_customers_are_found_together_or_apart() {
    let (state, _) = shelf();
    put_order(&state, in_erp()).await;
    put(&state, &Record::Cliente(Box::new(customer(88_771, at(3))))).await;
    put(&state, &Record::Cliente(Box::new(customer(88_772, days_ago(2))))).await;

    for limit in [1, 2, 10] {
        let (ids, _) = all(&state, "52998224000125", limit).await;
        assert_eq!(ids, ["900100200", "88771", "88772"]);
    }
    assert_eq!(all(&state, "clientes", 10).await.0, ["88771", "88772"]);
    assert_eq!(all(&state, "cliente 88771", 10).await.0, ["88771"]);
    let query = Query::parse("52998224000125").expect("understood");
    let only = search(&state, at(60), Some(Kind::Clientes), &query, None, 10).await.expect("searched");
    assert_eq!(only.found.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_read_hides_nobody_else() {
    let (state, _) = shelf();
    put_order(&state, new_order("900100200", at(0))).await;
    let filing = new_order("900100201", at(0)).filing();
    let broken = Filing { body: json!({"id": 7}), due: None, marks: filing.marks, expires: filing.expires };
    state.file(Kind::Pedidos.stored(), "900100201", None, broken).await.expect("filed");

    assert_eq!(all(&state, "416", 10).await.0, ["900100200"]);
}

#[test]
fn a_line_of_the_list_says_who_what_and_where() {
    let summary = Record::Pedido(Box::new(held())).summary();

    let line = serde_json::to_value(summary).expect("JSON");
    assert_eq!(
        line,
        json!({"kind": "pedidos", "id": "900100200", "since": "2026-03-02T11:00:00", "stage": "retido",
            "why": "falta a categoria nos parâmetros", "numped": "416", "cliente": "PADARIA NOVA LTDA",
            "documento": "52.998.224/0001-25", "total": "1234.50"})
    );
}
