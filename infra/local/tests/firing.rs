//! A schedule that fires once and starts a state machine, as the console asks for a load.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_smithy_http_client::{Builder, tls};
use clock::Clock;
use http::{Method, StatusCode};
use local::firing::{Firing, fire};
use local::lambda::{Launch, Pool};
use local::machines::Machines;
use local::scheduler::Scheduler;
use local::template::{Function, Machine, REGION, Template};
use serde_json::{Value, json};
use store::Store;
use tokio::sync::Notify;

const NAME: &str = "ponte-demo-one-step-e-continue";

async fn bench(folder: &Path) -> Firing {
    let puppet = Path::new(env!("CARGO_BIN_EXE_puppet"));
    let function = Function {
        name: "ponte-demo-f".to_owned(),
        binary: "puppet".to_owned(),
        memory_mb: 256,
        timeout: Duration::from_secs(30),
        environment: BTreeMap::new(),
    };
    let launch = Launch {
        binaries: puppet.parent().expect("a folder").to_owned(),
        logs: folder.to_owned(),
        environment: BTreeMap::new(),
    };
    let pool = Pool::new(&[function], &launch);
    let machine = Machine {
        name: "one-step".to_owned(),
        definition: "one-step.asl.json".to_owned(),
        substitutions: BTreeMap::from([("Prefix".to_owned(), "ponte-demo".to_owned())]),
    };
    let template = Template { machines: vec![machine], ..Template::default() };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let clock = Clock::system();
    Firing {
        scheduler: Arc::new(
            Scheduler::open(&folder.join("schedules.json"), &[], clock.clone()).expect("opened"),
        ),
        machines: Machines::read(&template, &root, pool.clone(), clock.clone()).expect("a machine"),
        pool,
        store: nowhere(&clock).await,
        clock,
    }
}

/// No run of a machine asks the table.
async fn nowhere(clock: &Clock) -> Store {
    let http = Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url("http://127.0.0.1:9")
        .http_client(http)
        .load()
        .await;
    Store::new(aws_sdk_dynamodb::Client::new(&config), "none", clock.clone())
}

fn asked(input: &Value) -> Value {
    json!({
        "ScheduleExpression": "at(2026-03-01T10:00:00)",
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": "arn:aws:states:sa-east-1:000000000000:stateMachine:one-step",
            "Input": input.to_string(),
        },
    })
}

/// The console asks for a load, learns what stopped it, and asks again: each time the machine runs once.
#[tokio::test(flavor = "multi_thread")]
async fn a_machine_is_started_each_time_it_is_asked_for_and_only_then() {
    let folder = tempfile::tempdir().expect("a folder");
    let firing = bench(folder.path()).await;
    let (scheduler, pool) = (Arc::clone(&firing.scheduler), firing.pool.clone());
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::new(Notify::new());
    let (lines, bell) = (Arc::clone(&said), Arc::clone(&heard));
    let _firing = tokio::spawn(fire(firing, move |line: &str| {
        lines.lock().expect("alone").push(line.to_owned());
        bell.notify_one();
    }));
    let ask = |input: Value| {
        let path = format!("/schedules/{NAME}");
        let (status, ..) = scheduler.answer(&Method::POST, &path, None, &asked(&input)).expect("a call");
        assert_eq!(status, StatusCode::OK);
    };

    ask(json!({ "fail": "FixConfig" }));
    heard.notified().await;
    assert!(scheduler.due().is_empty(), "it deletes itself");
    ask(json!({}));
    heard.notified().await;

    let said = said.lock().expect("alone").clone();
    assert!(said[0].contains(NAME) && said[0].contains("parou com FixConfig"), "{said:?}");
    assert!(said[1].ends_with("a execução acabou"), "{said:?}");
    let used = pool.usage()["ponte-demo-f"];
    assert_eq!((said.len(), used.cold + used.warm), (2, 2), "{said:?}");
}
