//! Looking at a stored record, marking it and removing it.

use maxima::{Cidade, Deleted, Doomed, Hashed, HistoricoPedidoItem, Maxima, Selector, TabelaPreco, Usuari};
use partner_http::Fault;
use serde_json::{Map, Value, json};

use crate::cloud::{Cloud, Mishap, cidade, connected};

const HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

async fn store(maxima: &Maxima) -> Vec<Doomed> {
    let row = cidade("1");
    maxima.upsert(&[Hashed { row: &row, hash: HASH, known: false }]).await.expect("stored");
    vec![Doomed { key: "1".to_owned(), hash: HASH.to_owned() }]
}

fn is_gone(cloud: &Cloud) -> bool {
    cloud.record("Cidades", "1").is_none()
}

#[tokio::test(start_paused = true)]
async fn a_stored_record_is_read_by_lower_case_names() {
    let (maxima, _cloud) = connected();
    store(&maxima).await;

    let record = maxima.get::<Cidade>("1").await.expect("an answer").expect("a record");

    assert_eq!((&record["codcidade"], &record["hash"]), (&json!("1"), &json!(HASH)));
    assert_eq!(maxima.get::<Cidade>("2").await, Ok(None));
}

#[tokio::test(start_paused = true)]
async fn a_row_is_deleted_by_its_key() {
    let (maxima, cloud) = connected();
    let doomed = store(&maxima).await;

    let deleted = maxima.delete::<Cidade>(Selector::Key, &doomed).await;

    assert_eq!(deleted, Ok(Deleted { by: Selector::Key, left: vec![] }));
    assert!(is_gone(&cloud));
    assert_eq!(cloud.seen("DELETE Cidades")[0].body, r#"["1"]"#);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_selector_is_found_out_and_reported() {
    let (maxima, cloud) = connected();
    cloud.deletes_by("hash");
    let doomed = store(&maxima).await;

    let deleted = maxima.delete::<Cidade>(Selector::Key, &doomed).await;

    assert_eq!(deleted, Ok(Deleted { by: Selector::Hash, left: vec![] }));
    assert!(is_gone(&cloud));
}

#[tokio::test(start_paused = true)]
async fn a_row_is_deleted_by_an_object_of_its_key() {
    let (maxima, cloud) = connected();
    store(&maxima).await;

    maxima.delete_records::<Cidade, _>(&[json!({"Codcidade": "1"})]).await.expect("deleted");

    assert!(is_gone(&cloud));
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other} has no members"),
    }
}

fn blocked(seller: &str) -> Map<String, Value> {
    members(json!({"Codusur": seller, "Bloqueio": "S"}))
}

fn price(product: u32) -> Map<String, Value> {
    members(json!({"Codprod": product.to_string(), "Numregiao": "9"}))
}

#[tokio::test(start_paused = true)]
async fn a_change_sends_what_is_different_and_nothing_else() {
    let (maxima, cloud) = connected();
    cloud.has("Usuaris", ["7", "8"]);

    maxima.change::<Usuari>(&[blocked("7"), blocked("8")]).await.expect("changed");

    assert_eq!(cloud.seen("PUT Usuaris")[0].json(), vec![json!(blocked("7")), json!(blocked("8"))]);
    assert_eq!(cloud.story(), ["PUT Usuaris"]);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_gone_does_not_keep_the_others_from_being_changed() {
    let (maxima, cloud) = connected();
    cloud.has("Usuaris", ["7", "9"]);

    maxima.change::<Usuari>(&[blocked("7"), blocked("8"), blocked("9")]).await.expect("changed");

    assert_eq!(cloud.story(), ["PUT Usuaris", "POST ValidarChaves/Localizar", "PUT Usuaris"]);
    for seller in ["7", "9"] {
        assert_eq!(cloud.record("Usuaris", seller).expect("stored")["Bloqueio"], "S");
    }
}

#[tokio::test(start_paused = true)]
async fn changing_only_what_is_gone_is_done() {
    let (maxima, cloud) = connected();

    maxima.change::<Usuari>(&[blocked("7")]).await.expect("gone already");

    assert_eq!(cloud.story(), ["PUT Usuaris", "POST ValidarChaves/Localizar"]);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_refused_for_another_reason_says_so() {
    let (maxima, cloud) = connected();
    cloud.has("Usuaris", ["7"]);
    cloud.refuses("Usuaris", "7", "Vendedor com pedido aberto");

    let error = maxima.change::<Usuari>(&[blocked("7"), blocked("8")]).await.expect_err("refused");

    assert_eq!(error.fault, Fault::Refused { text: "Vendedor com pedido aberto".to_owned() });
}

#[tokio::test(start_paused = true)]
async fn a_change_without_a_key_is_our_fault_and_asks_nothing() {
    let (maxima, cloud) = connected();

    let error =
        maxima.change::<TabelaPreco>(&[members(json!({"Codprod": "1"}))]).await.expect_err("malformed");

    assert!(matches!(error.fault, Fault::Malformed { .. }), "{error:?}");
    assert!(cloud.story().is_empty());
}

#[tokio::test(start_paused = true)]
async fn prices_are_deleted_although_some_are_gone() {
    let (maxima, cloud) = connected();
    cloud.misses_what_is_gone();
    cloud.has("TabelasPrecos", (0..40).filter(|product| *product != 7).map(|product| format!("{product}/9")));
    cloud.has("TabelasPrecos", ["5/10"]);

    let prices: Vec<_> = (0..40).map(price).collect();
    maxima.delete_records::<TabelaPreco, _>(&prices).await.expect("deleted");

    assert!((0..40).all(|product| cloud.record("TabelasPrecos", &format!("{product}/9")).is_none()));
    assert!(cloud.record("TabelasPrecos", "5/10").is_some(), "the price of another region stays");
}

#[tokio::test(start_paused = true)]
async fn a_deletion_whose_answer_was_lost_is_done() {
    let (maxima, cloud) = connected();
    cloud.misses_what_is_gone();
    cloud.has("TabelasPrecos", ["1/9"]);
    cloud.next("DELETE TabelasPrecos", Mishap::LoseAnswer);

    maxima.delete_records::<TabelaPreco, _>(&[price(1)]).await.expect("gone");

    assert!(cloud.record("TabelasPrecos", "1/9").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_is_refused_leaves_its_words() {
    let (maxima, cloud) = connected();
    cloud.has("TabelasPrecos", ["1/9"]);
    cloud.next("DELETE TabelasPrecos", Mishap::Answer(400, r#"{"success":null,"error":"Tabela em uso"}"#));

    let error = maxima.delete_records::<TabelaPreco, _>(&[price(1)]).await.expect_err("refused");

    assert_eq!(error.fault, Fault::Refused { text: "Tabela em uso".to_owned() });
}

#[tokio::test(start_paused = true)]
async fn the_items_of_an_order_go_together_and_none_is_no_error() {
    let (maxima, cloud) = connected();
    cloud.has("HistoricosPedidosItens", ["1507/1/55", "1507/2/66", "15/1/55"]);

    for _ in 0..2 {
        maxima.remover_itens(1_507).await.expect("gone");
    }

    assert_eq!(cloud.story(), vec!["DELETE HistoricosPedidosItens/RemoverItens/1507"; 2]);
    assert!(cloud.record("HistoricosPedidosItens", "1507/2/66").is_none());
    assert!(cloud.record("HistoricosPedidosItens", "15/1/55").is_some());
    assert_eq!(maxima.find::<HistoricoPedidoItem>(&["1507", "1", "55"]).await, Ok(None));
}
