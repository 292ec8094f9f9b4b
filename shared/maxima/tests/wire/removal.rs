//! Looking at a stored record and removing it.

use maxima::{Cidade, Deleted, Doomed, Hashed, Maxima, Selector};
use serde_json::json;

use crate::cloud::{Cloud, cidade, connected};

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
