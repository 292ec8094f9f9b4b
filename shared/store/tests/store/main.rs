//! The store against a real DynamoDB API: one in this process, or the one PONTE_TEST_DYNAMODB names
//! (`http://127.0.0.1:4566`, for example), so that a second, independent implementation can judge it.

mod cases;
mod expiring;
mod server;
mod undone;
mod units;

use clock::Clock;
use engine::{Documents, Entry, Expected, Ledger, Quarantine, StateError};
use serde_json::json;
use store::{Store, create_table};

use crate::server::Server;

#[tokio::test]
async fn the_store_keeps_every_promise_of_the_state() {
    let server = Server::start().await;

    engine::conformance::suite(&server.store().await, &Clock::system()).await;
}

#[tokio::test]
async fn what_one_store_wrote_another_reads() {
    let server = Server::start().await;
    let (one, other) = (server.store().await, server.store().await);
    let body = json!({"preco": "12.345678901234567890"});

    one.put("settings", "omie-maxima", &body, Expected::Absent, None).await.expect("writable");

    let read = other.get("settings", "omie-maxima").await.expect("readable").expect("present");
    assert_eq!(read.body, body);
}

#[tokio::test]
async fn a_table_is_made_once() {
    let server = Server::start().await;
    server.store().await;

    create_table(&server.client, &server.table).await.expect("an existing table is no error");
}

#[tokio::test]
async fn a_missing_table_is_a_refusal_that_names_the_operation() {
    let server = Server::start().await;
    let store = Store::new(server.client.clone(), "no-such-table", Clock::system());

    for error in [
        store.get("settings", "x").await.expect_err("no table"),
        store.all_facts("cidade").await.expect_err("no table"),
        store.clear("cidade", &["1".into()]).await.expect_err("no table"),
    ] {
        assert!(matches!(error, StateError::Denied { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_entry_takes_no_room_for_what_it_has_not() {
    use aws_sdk_dynamodb::types::AttributeValue::S;
    let server = Server::start().await;
    server.store().await.record("cidade", &[("1".into(), Entry::default())]).await.expect("writable");

    let get = server.client.get_item().table_name(&server.table).key("pk", S("ledger#cidade".into()));
    let item = get.key("sk", S("k#1".into())).send().await.expect("readable").item.expect("present");

    let mut names: Vec<&str> = item.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["guaranteed", "pk", "sk", "v"]);
}

#[tokio::test]
async fn an_item_of_another_format_is_an_error_and_not_a_guess() {
    use aws_sdk_dynamodb::types::AttributeValue::{Bool, N, S};
    let server = Server::start().await;
    let store = server.store().await;
    let put = server.client.put_item().table_name(&server.table);
    let put = put.item("pk", S("ledger#cidade".into())).item("sk", S("k#1".into()));
    put.item("v", N("2".into())).item("guaranteed", Bool(false)).send().await.expect("writable");

    let error = store.known("cidade", &["1".into()]).await.expect_err("format 2");

    assert!(matches!(error, StateError::Malformed { .. }), "{error:?}");
    assert_eq!(error.to_string(), "ledger#cidade k#1 não pode ser lido");
}
