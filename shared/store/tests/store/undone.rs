//! A service that leaves parts of a batch undone, as DynamoDB may under load and no emulator does.

use std::error::Error;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use clock::{Clock, Scale};
use engine::{Entry, Fingerprint, Key, Ledger, StateError};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Store;

use crate::server::Server;

/// Says of the next so many batches that nothing of them was done. The store sends one request at a time.
#[derive(Debug)]
struct LeavesUndone {
    batches: AtomicUsize,
    asked: Mutex<Value>,
}

impl Intercept for LeavesUndone {
    fn name(&self) -> &'static str {
        "LeavesUndone"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let asked = serde_json::from_slice(context.request().body().bytes().unwrap_or_default())?;
        *self.asked.lock().expect("nobody panicked") = asked;
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let asked = self.asked.lock().expect("nobody panicked");
        let Some(items) = asked.get("RequestItems") else { return Ok(()) };
        let one_less = |left: usize| left.checked_sub(1);
        if self.batches.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
            // A reading and a writing each look only for their own name.
            let answer = json!({"Responses": {}, "UnprocessedKeys": items, "UnprocessedItems": items});
            *context.response_mut().body_mut() = answer.to_string().into();
        }
        Ok(())
    }
}

/// A store whose service leaves the next `batches` undone, counted from now.
async fn leaving_undone(server: &Server, batches: usize) -> Store {
    server.store().await;
    let config = server
        .client
        .config()
        .to_builder()
        .interceptor(LeavesUndone { batches: AtomicUsize::new(batches), asked: Mutex::default() });
    // The pauses between the tries are the store's; a fast clock makes them short.
    let fast = Clock::scaled(Scale::starting_now(Timestamp::UNIX_EPOCH, 1_000.0));
    Store::new(aws_sdk_dynamodb::Client::from_conf(config.build()), &server.table, fast)
}

#[tokio::test]
async fn what_the_service_leaves_undone_is_sent_again() {
    let server = Server::start().await;
    let store = leaving_undone(&server, 3).await;

    store.record("cidade", &entries()).await.expect("the fourth try is done");

    assert_eq!(store.units_written(), 130, "what is left undone costs nothing");
    assert_eq!(store.known("cidade", &keys()).await.expect("readable"), entries().into_iter().collect());
}

#[tokio::test]
async fn what_the_service_leaves_unread_is_read_again() {
    let server = Server::start().await;
    server.store().await.record("cidade", &entries()).await.expect("writable");
    let store = leaving_undone(&server, 3).await;

    let known = store.known("cidade", &keys()).await.expect("the fourth try is done");

    assert_eq!(known, entries().into_iter().collect());
}

#[tokio::test]
async fn a_service_that_does_nothing_for_long_is_busy() {
    let server = Server::start().await;
    let store = leaving_undone(&server, usize::MAX).await;

    let error = store.record("cidade", &entries()).await.expect_err("nothing is ever done");

    assert!(matches!(error, StateError::Busy(_)), "{error:?}");
}

fn entries() -> Vec<(Key, Entry)> {
    let entry = |n: i64| Entry { fingerprint: Some(Fingerprint::of(&n)), ..Entry::default() };
    (0..130).map(|n| (Key::from(n), entry(n))).collect()
}

fn keys() -> Vec<Key> {
    entries().into_iter().map(|(key, _)| key).collect()
}
