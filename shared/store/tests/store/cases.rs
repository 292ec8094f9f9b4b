//! Cases in DynamoDB: what the service may do to a transaction, what one costs, and what it leaves behind.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use clock::{Clock, Scale, later};
use engine::{Case, Cases, Filing, Ledger, Mark, StateError};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Store;

use crate::server::Server;

const KIND: &str = "pedido";
const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn the_store_keeps_every_promise_of_the_cases() {
    let server = Server::start().await;

    Box::pin(engine::conformance::cases(&server.store().await, &Clock::system())).await;
}

/// A case of an hour, found by its customer.
fn filing(due: Option<Timestamp>, cliente: &str) -> Filing {
    let expires = later(Clock::system().now(), HOUR);
    Filing { body: json!({"numero": 7}), due, marks: vec![Mark::new("cliente", cliente)], expires }
}

async fn open(store: &Store) -> Result<Case, StateError> {
    store.file(KIND, "1", None, filing(Some(Timestamp::UNIX_EPOCH), "7")).await
}

/// Every item of the table, as its keys and its time to live.
async fn items(server: &Server) -> Vec<(String, String, Option<i64>)> {
    let answer = server.client.scan().table_name(&server.table).consistent_read(true);
    let items = answer.send().await.expect("readable").items.unwrap_or_default();
    let text = |value: &_| if let S(text) = value { text.clone() } else { panic!("not a text: {value:?}") };
    let number = |value: &_| if let N(number) = value { number.parse().ok() } else { None };
    let mut items: Vec<_> = items
        .iter()
        .map(|item| (text(&item["pk"]), text(&item["sk"]), item.get("ttl").and_then(number)))
        .collect();
    items.sort();
    items
}

#[tokio::test]
async fn a_case_leaves_nothing_behind_but_itself_and_its_pointers() {
    let server = Server::start().await;
    let store = server.store().await;
    let first = open(&store).await.expect("new");
    let expires = first.filing.expires;
    let at = |due| Filing { expires, ..filing(due, "8") };

    let second = store.file(KIND, "1", Some(&first), at(None)).await.expect("at its version");
    let due = Timestamp::from_second(5).expect("a valid second");
    store.file(KIND, "1", Some(&second), at(Some(due))).await.expect("at its version");

    let key = |pk: &str, sk: &str| (pk.to_owned(), sk.to_owned(), Some(expires.as_second()));
    assert_eq!(
        items(&server).await,
        [
            key("case#1", "k#pedido"),
            key("due#pedido", "000000000005000000000#1"),
            key("mark#pedido#cliente#8", "k#1")
        ]
    );
}

#[tokio::test]
async fn a_case_that_is_to_last_longer_takes_its_pointers_along() {
    let server = Server::start().await;
    let store = server.store().await;
    let first = open(&store).await.expect("new");
    let expires = later(first.filing.expires, HOUR);

    store
        .file(KIND, "1", Some(&first), Filing { expires, ..first.filing.clone() })
        .await
        .expect("its version");

    let ends: Vec<_> = items(&server).await.into_iter().map(|(_, _, ttl)| ttl).collect();
    assert_eq!(ends, [Some(expires.as_second()); 3]);
}

#[tokio::test]
async fn a_case_of_an_expiring_handle_is_forgotten_with_it() {
    let server = Server::start().await;
    let now = Clock::system().now();
    let end = later(now, HOUR / 2);

    let filed = open(&server.store().await.expiring(end)).await.expect("new");

    assert_eq!(filed.filing.expires.as_second(), end.as_second());
    let later = server.store_at(Clock::scaled(Scale::starting_now(later(now, HOUR), 1.0))).await;
    assert_eq!(later.case(KIND, "1").await.expect("readable"), None);
    assert!(later.due(KIND, Timestamp::MAX, 9).await.expect("readable").is_empty());
    assert!(later.marked(KIND, &Mark::new("cliente", "7"), None, 9).await.expect("readable").is_empty());
}

#[tokio::test]
async fn an_id_that_is_used_again_after_dynamodb_has_removed_it_has_a_higher_version() {
    let server = Server::start().await;
    let store = server.store().await;
    let first = open(&store).await.expect("new");
    let key = [("pk".to_owned(), S("case#1".to_owned())), ("sk".to_owned(), S("k#pedido".to_owned()))];
    let delete = server.client.delete_item().table_name(&server.table).set_key(Some(key.into()));
    delete.send().await.expect("writable");

    let again = open(&store).await.expect("absent");

    assert!(again.version > first.version);
}

#[tokio::test]
async fn a_case_that_is_too_large_is_refused_by_name() {
    let server = Server::start().await;
    let store = server.store().await;
    let of = |bytes| Filing { body: Value::String("x".repeat(bytes)), ..filing(None, "7") };

    store.file(KIND, "large", None, of(400_000)).await.expect("an item takes that");
    let refused = store.file(KIND, "larger", None, of(410_000)).await.expect_err("no item takes that");

    assert!(matches!(refused, StateError::Malformed { .. }), "{refused:?}");
    assert_eq!(refused.to_string(), "case#larger k#pedido não pode ser lido");
    let reason = refused.source().expect("a reason").to_string();
    assert!(reason.contains("an item takes 409600") && !reason.contains("xx"), "{reason}");
}

#[tokio::test]
async fn a_case_of_another_format_is_an_error_and_not_a_guess() {
    let server = Server::start().await;
    let store = server.store().await;
    let put = server.client.put_item().table_name(&server.table).item("pk", S("case#1".into()));
    let put = put.item("sk", S("k#pedido".into())).item("version", N("1".into())).item("v", N("2".into()));
    put.item("body", S("1".into())).item("ttl", N("9999999999".into())).send().await.expect("writable");

    let error = store.case(KIND, "1").await.expect_err("format 2");

    assert_eq!(error.to_string(), "case#1 k#pedido não pode ser lido");
}

/// Spoils the next so many answers, and counts all.
#[derive(Clone, Debug)]
struct Spoils {
    with: Spoiled,
    left: Arc<AtomicUsize>,
    answers: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, Debug)]
enum Spoiled {
    /// It was done, and the answer is lost.
    Lost,
    /// It was not done for this reason: so says the answer, which is all the store has.
    Canceled(&'static str),
}

impl Spoils {
    fn answers(&self) -> usize {
        self.answers.load(Ordering::SeqCst)
    }
}

impl Intercept for Spoils {
    fn name(&self) -> &'static str {
        "Spoils"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.answers.fetch_add(1, Ordering::SeqCst);
        let one_less = |left: usize| left.checked_sub(1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_err() {
            return Ok(());
        }
        let (status, body) = match self.with {
            Spoiled::Lost => (500, json!({"__type": "InternalServerError"})),
            Spoiled::Canceled(code) => {
                let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
                (400, json!({"__type": kind, "CancellationReasons": [{"Code": "None"}, {"Code": code}]}))
            }
        };
        *context.response_mut() = HttpResponse::new(status.try_into()?, body.to_string().into());
        Ok(())
    }
}

/// A store the first `left` answers to which are spoiled.
async fn spoiled(server: &Server, with: Spoiled, left: usize) -> (Store, Spoils) {
    server.store().await;
    let spoils = Spoils { with, left: Arc::new(AtomicUsize::new(left)), answers: Arc::default() };
    let config = server.client.config().to_builder().interceptor(spoils.clone());
    // The pauses between the tries are the store's; a fast clock makes them short.
    let fast = Clock::scaled(Scale::starting_now(Clock::system().now(), 1_000.0));
    (Store::new(aws_sdk_dynamodb::Client::from_conf(config.build()), &server.table, fast), spoils)
}

#[tokio::test]
async fn a_filing_whose_answer_was_lost_is_repeated_by_the_client_and_is_no_conflict() {
    let server = Server::start().await;
    let (store, spoils) = spoiled(&server, Spoiled::Lost, 1).await;

    let filed = open(&store).await.expect("the repetition has the token of what was done");

    assert_eq!(spoils.answers(), 2);
    assert_eq!(store.case(KIND, "1").await.expect("readable"), Some(filed));
}

#[tokio::test]
async fn a_filing_whose_answers_are_all_lost_may_have_been_done() {
    let server = Server::start().await;
    let (store, _) = spoiled(&server, Spoiled::Lost, 9).await;

    let error = open(&store).await.expect_err("no answer");

    assert!(matches!(error, StateError::Unavailable { operation: "case.file", .. }), "{error:?}");
}

#[tokio::test]
async fn a_store_that_is_in_the_way_of_itself_for_long_is_busy() {
    for reason in ["TransactionConflict", "ThrottlingError"] {
        let server = Server::start().await;
        let (store, spoils) = spoiled(&server, Spoiled::Canceled(reason), usize::MAX).await;

        let error = open(&store).await.expect_err("never done");

        assert!(matches!(error, StateError::Busy(_)), "{reason}: {error:?}");
        assert_eq!(spoils.answers(), 8, "{reason}");
        assert_eq!(store.units_written(), 8 * 6, "what is canceled is charged for");
    }
}

#[tokio::test]
async fn a_changed_case_is_a_conflict_at_once() {
    let server = Server::start().await;
    let (store, spoils) = spoiled(&server, Spoiled::Canceled("ConditionalCheckFailed"), usize::MAX).await;

    let error = open(&store).await.expect_err("changed");

    assert!(matches!(&error, StateError::Conflict { what } if what == "pedido 1"), "{error:?}");
    assert_eq!(spoils.answers(), 1);
}
