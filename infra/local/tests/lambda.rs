//! The pool with a puppet as its Lambda: a runtime is whatever speaks the Runtime API.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use local::lambda::{Answer, Launch, Pool, UnknownFunction, Usage};
use local::template::Function;
use serde_json::{Value, json};

struct Bench {
    pool: Pool,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(memory_mb: u32, timeout: Duration) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let puppet = Path::new(env!("CARGO_BIN_EXE_puppet"));
        let function = Function {
            name: "f".to_owned(),
            binary: "puppet".to_owned(),
            memory_mb,
            timeout,
            environment: BTreeMap::from([("FROM".to_owned(), "template".to_owned())]),
        };
        let launch = Launch {
            binaries: puppet.parent().expect("a folder").to_owned(),
            logs: folder.path().to_owned(),
            environment: BTreeMap::from([("AWS_ACCESS_KEY_ID".to_owned(), "local".to_owned())]),
        };
        Self { pool: Pool::new(&[function], &launch), folder }
    }

    pub(crate) async fn invoke(&self, event: Value) -> Answer {
        self.pool.invoke("f", event).await.expect("a known function")
    }

    fn usage(&self) -> Usage {
        self.pool.usage()["f"]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_invocation_is_warm_and_sees_only_the_environment_it_was_given() {
    let bench = Bench::new(256, Duration::from_secs(30));

    let first = bench.invoke(json!({})).await;
    let second = bench.invoke(json!({})).await;

    assert_eq!((&first.payload["served"], &second.payload["served"]), (&json!(1), &json!(2)));
    let environment = &second.payload["env"];
    assert_eq!(environment["FROM"], "template");
    assert_eq!(environment["AWS_ACCESS_KEY_ID"], "local");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "256");
    assert!(environment.get("HOME").is_none() && environment.get("CARGO_MANIFEST_DIR").is_none());
    let usage = bench.usage();
    assert_eq!((usage.cold, usage.warm, usage.failed), (1, 1, 0));
    assert!(usage.most_memory_mb > 0);
    let log = std::fs::read_to_string(bench.folder.path().join("f.log")).expect("a log");
    assert_eq!(log, "served 1\nserved 2\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_invocations_at_once_have_an_instance_each() {
    let bench = Bench::new(256, Duration::from_secs(30));

    let (one, two) = tokio::join!(bench.invoke(json!({ "sleep": 1 })), bench.invoke(json!({ "sleep": 1 })));

    assert_eq!((&one.payload["served"], &two.payload["served"]), (&json!(1), &json!(1)));
    assert_eq!(bench.usage().cold, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_error_is_the_answer_and_the_instance_stays() {
    let bench = Bench::new(256, Duration::from_secs(30));

    let failed = bench.invoke(json!({ "fail": "FixData" })).await;
    let next = bench.invoke(json!({})).await;

    assert_eq!(failed.error_type(), Some("FixData"));
    assert_eq!(failed.payload["errorMessage"], "as asked");
    assert_eq!(next.payload["served"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_killed_and_the_next_call_is_cold() {
    let bench = Bench::new(256, Duration::from_secs(1));

    let late = bench.invoke(json!({ "sleep": 60 })).await;
    let next = bench.invoke(json!({})).await;

    assert_eq!(late.error_type(), Some("Sandbox.Timedout"));
    let message = late.payload["errorMessage"].as_str().unwrap_or_default();
    assert!(message.ends_with("Task timed out after 1.00 seconds"), "{message}");
    assert_eq!(next.payload["served"], 1);
    assert_eq!((bench.usage().cold, bench.usage().killed), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_is_an_exit_error() {
    let bench = Bench::new(256, Duration::from_secs(30));

    let ended = bench.invoke(json!({ "exit": 7 })).await;

    assert_eq!(ended.error_type(), Some("Runtime.ExitError"));
    assert!(ended.payload["errorMessage"].as_str().unwrap_or_default().ends_with("exit status: 7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_memory_than_the_template_gives_fails_the_invocation() {
    let bench = Bench::new(64, Duration::from_secs(30));

    let fed = bench.invoke(json!({ "eat": 100 })).await;

    assert_eq!(fed.error_type(), Some("Runtime.OutOfMemory"));
    assert!(bench.usage().most_memory_mb > 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_function_fails_what_it_was_doing() {
    let bench = Bench::new(256, Duration::from_secs(30));
    // Warm, so that the invocation to be killed is surely under way once it is counted.
    bench.invoke(json!({})).await;

    let (killed, ()) = tokio::join!(bench.invoke(json!({ "sleep": 60 })), async {
        while bench.usage().warm == 0 {
            tokio::task::yield_now().await;
        }
        // The waiter registers a moment after it is counted.
        while bench.usage().killed == 0 {
            bench.pool.kill("f").await.expect("a known function");
            tokio::task::yield_now().await;
        }
    });

    assert_eq!(killed.error_type(), Some("Runtime.ExitError"));
}

#[tokio::test]
async fn an_unknown_function_is_named() {
    let bench = Bench::new(256, Duration::from_secs(1));

    let unknown = bench.pool.invoke("g", json!({})).await.expect_err("there is no g");

    assert_eq!(unknown, UnknownFunction("g".to_owned()));
}
