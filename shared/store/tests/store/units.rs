//! What the store says it has written, against what the service says.

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextMut, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItemInput, BatchWriteItemOutput};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use clock::Clock;
use engine::{
    Absent, Asked, Cases, Documents, Entry, Expected, Filing, Fingerprint, Key, Leases, Ledger, Mark, Noted,
    Quarantine, Quarantined, Why,
};
use jiff::Timestamp;
use serde_json::json;
use store::Store;

use crate::server::Server;

/// Asks the service for the capacity of each write and adds it up.
#[derive(Clone, Debug, Default)]
struct Meter(Arc<Mutex<f64>>);

impl Meter {
    fn take(&self) -> f64 {
        std::mem::take(&mut *self.0.lock().expect("nobody panicked"))
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let (input, total) = (context.input_mut(), Some(ReturnConsumedCapacity::Total));
        if let Some(input) = input.downcast_mut::<BatchWriteItemInput>() {
            input.return_consumed_capacity = total;
        } else if let Some(input) = input.downcast_mut::<UpdateItemInput>() {
            input.return_consumed_capacity = total;
        } else if let Some(input) = input.downcast_mut::<DeleteItemInput>() {
            input.return_consumed_capacity = total;
        } else if let Some(input) = input.downcast_mut::<TransactWriteItemsInput>() {
            input.return_consumed_capacity = total;
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let Some(Ok(output)) = context.output_or_error() else { return Ok(()) };
        let of_batch =
            output.downcast_ref::<BatchWriteItemOutput>().map(BatchWriteItemOutput::consumed_capacity);
        let of_update =
            output.downcast_ref::<UpdateItemOutput>().and_then(UpdateItemOutput::consumed_capacity);
        let of_delete =
            output.downcast_ref::<DeleteItemOutput>().and_then(DeleteItemOutput::consumed_capacity);
        let of_transaction = output
            .downcast_ref::<TransactWriteItemsOutput>()
            .map(TransactWriteItemsOutput::consumed_capacity);
        let many = of_batch.unwrap_or_default().iter().chain(of_transaction.unwrap_or_default());
        let all = many.chain(of_update).chain(of_delete);
        let units: f64 = all.filter_map(ConsumedCapacity::capacity_units).sum();
        *self.0.lock().expect("nobody panicked") += units;
        Ok(())
    }
}

/// A store and the service's own count.
async fn metered(server: &Server) -> (Store, Meter) {
    server.store().await;
    let meter = Meter::default();
    let config = server.client.config().to_builder().interceptor(meter.clone());
    let client = aws_sdk_dynamodb::Client::from_conf(config.build());
    (Store::new(client, &server.table, Clock::system()), meter)
}

/// Holds both counts against each other and gives ours.
fn agreed(store: &Store, meter: &Meter, what: &str) -> u64 {
    let (ours, theirs) = (store.units_written(), meter.take());
    assert!(theirs > 0.0, "{what}: the service does not count");
    assert_eq!(ours.to_string(), theirs.to_string(), "{what}");
    ours
}

fn kept_out(text: &str) -> Quarantined {
    let now = "2026-10-01T03:00:00.123Z".parse().expect("a moment");
    let why = vec![Why::refused(text)];
    Quarantined { why, fingerprint: None, refused: true, since: now, last: now, attempts: 1 }
}

#[tokio::test]
async fn an_entry_of_any_size_costs_what_the_service_says() {
    let server = Server::start().await;
    let (store, meter) = metered(&server).await;
    let absent = Some(Absent { sweep: "2026-10-01T03:00:00Z-7".to_owned(), sure: false });
    let full = Entry { guaranteed: true, absent, removed: Some(Timestamp::UNIX_EPOCH), ..Entry::default() };

    // The kilobyte ends somewhere among these.
    for letters in (780..980).chain(1_960..1_980) {
        let facts = json!("ã".repeat(letters / 2) + &"a".repeat(letters % 2));
        let entry =
            Entry { facts: Some(facts), fingerprint: Some(Fingerprint::of(&letters)), ..full.clone() };
        store.record("produtos", &[(Key::from(letters.to_string()), entry)]).await.expect("writable");

        let units = agreed(&store, &meter, &format!("facts of {letters} bytes"));
        assert!(units >= 1 && (letters != 780 || units == 1) && (letters != 979 || units == 2), "{letters}");
    }
}

#[tokio::test]
async fn every_kind_of_write_costs_what_the_service_says() {
    let server = Server::start().await;
    let (store, meter) = metered(&server).await;
    let now = Clock::system().now();

    let entries: Vec<_> = (0..130).map(|n| (Key::from(n), Entry::default())).collect();
    store.record("produtos", &entries).await.expect("writable");
    assert_eq!(agreed(&store, &meter, "ledger.record"), 130);

    let records = [("1", "curto".to_owned()), ("2", "longo ".repeat(1_000))];
    let records = records.map(|(key, text)| (Key::from(key), kept_out(&text)));
    store.quarantine("produtos", &records).await.expect("writable");
    assert_eq!(agreed(&store, &meter, "quarantine.put"), 1 + 7);
    store.clear("produtos", &["1".into(), "never there".into()]).await.expect("writable");
    assert_eq!(agreed(&store, &meter, "quarantine.clear"), 2);

    let body = json!("x".repeat(5_000));
    store.put("checkpoint", "produtos", &body, Expected::Absent, Some(now)).await.expect("writable");
    assert_eq!(agreed(&store, &meter, "document.put"), 5);
    store.put("load", "1", &json!(1), Expected::Any, None).await.expect("writable");
    assert_eq!(agreed(&store, &meter, "a small document.put"), 1);
    store.delete("load", "1", Expected::Any).await.expect("writable");
    assert_eq!(agreed(&store, &meter, "document.delete"), 1);

    let asked = Noted { asked: Some(Asked { at: now, page: 3 }), blocked_until: Some(now) };
    let lease = store.acquire("c/M", "execução", now, Duration::from_mins(2)).await.expect("free");
    store.renew(&lease, now, Duration::from_mins(2), asked).await.expect("ours");
    store.release(&lease, asked).await.expect("ours");
    assert_eq!(agreed(&store, &meter, "a lease"), 3);
}

#[tokio::test]
async fn readings_cost_no_write_unit() {
    let server = Server::start().await;
    let (store, _) = metered(&server).await;

    store.known("produtos", &["1".into()]).await.expect("readable");
    store.scan("produtos", None, 9).await.expect("readable");
    store.list("load", "", 9).await.expect("readable");

    assert_eq!(store.units_written(), 0);
}

#[tokio::test]
async fn all_handles_of_a_store_share_one_count_and_it_is_taken_once() {
    let server = Server::start().await;
    let store = server.store().await;
    let expiring = store.expiring(Clock::system().now());
    let entry = [(Key::from(1), Entry::default())];

    store.clone().record("produtos", &entry).await.expect("writable");
    expiring.record("produtos", &entry).await.expect("writable");

    assert_eq!(expiring.units_written(), 2);
    assert_eq!(store.units_written(), 0);
}

#[tokio::test]
async fn a_write_that_is_refused_counts_too() {
    let server = Server::start().await;
    let store = server.store().await;

    store.put("load", "1", &json!(1), Expected::Version(7), None).await.expect_err("there is none");

    assert_eq!(store.units_written(), 1);
}

#[tokio::test]
async fn a_case_costs_what_the_service_says() {
    let server = Server::start().await;
    let (store, meter) = metered(&server).await;
    let now = Clock::system().now();
    let expires = clock::later(now, Duration::from_hours(1));
    let filing = |bytes, due, cliente: &str| {
        let marks = vec![Mark::new("cliente", cliente), Mark::new("dia", "2026-10-01")];
        Filing { body: json!("x".repeat(bytes)), due, marks, expires }
    };

    let new = store.file("pedido", "1", None, filing(10, Some(now), "7")).await.expect("new");
    assert_eq!(agreed(&store, &meter, "opening"), 2 * 4);
    let large =
        store.file("pedido", "1", Some(&new), filing(5_500, Some(now), "7")).await.expect("its version");
    assert_eq!(agreed(&store, &meter, "only the case itself has changed"), 2 * 6);
    let moved = store.file("pedido", "1", Some(&large), filing(5_500, None, "8")).await.expect("its version");
    assert_eq!(agreed(&store, &meter, "one pointer goes, another makes way"), 2 * (6 + 1 + 2));

    store.case("pedido", "1").await.expect("readable");
    store.due("pedido", now, 9).await.expect("readable");
    store.marked("pedido", &moved.filing.marks[0], None, 9).await.expect("readable");
    assert_eq!(store.units_written(), 0);
}
