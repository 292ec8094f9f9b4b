//! Whole machines, with scripted Lambdas and paused time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clock::{Clock, until};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;

/// Each function answers from its own list, in order; the last answer is repeated.
struct Script {
    answers: HashMap<&'static str, Vec<Result<Value, Failure>>>,
    calls: Mutex<Vec<(String, Value)>>,
    takes: Duration,
    clock: Clock,
    running: AtomicUsize,
    most: AtomicUsize,
}

impl Lambdas for Script {
    async fn invoke(&self, function: &str, payload: Value) -> Result<Value, Failure> {
        let earlier = {
            let mut calls = self.calls.lock().expect("calls");
            calls.push((function.to_owned(), payload.clone()));
            calls.iter().filter(|(name, _)| name == function).count() - 1
        };
        let now = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.clock.sleep(self.takes).await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        match self.answers.get(function) {
            None => Ok(payload),
            Some(answers) => answers[earlier.min(answers.len() - 1)].clone(),
        }
    }
}

struct Bench {
    script: Arc<Script>,
    clock: Clock,
    start: Timestamp,
}

impl Bench {
    fn new(
        answers: impl IntoIterator<Item = (&'static str, Vec<Result<Value, Failure>>)>,
        takes: u64,
    ) -> Self {
        let start = Timestamp::from_second(1_000_000).expect("a second");
        let clock = Clock::paused(start);
        let script = Script {
            answers: answers.into_iter().collect(),
            calls: Mutex::default(),
            takes: Duration::from_secs(takes),
            clock: clock.clone(),
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        };
        Self { script: Arc::new(script), clock, start }
    }

    async fn run(&self, states: Value, input: Value) -> Ended {
        let start = states.as_object().and_then(|states| states.keys().next().cloned());
        self.run_definition(json!({ "StartAt": start, "States": states }), input).await
    }

    async fn run_definition(&self, definition: Value, input: Value) -> Ended {
        let machine = Arc::new(parse(&definition).expect("a machine"));
        let interpreter = Interpreter::new(Arc::clone(&self.script), self.clock.clone(), self.clock.clone());
        interpreter.run(machine, "one", input, Trail::default()).await
    }

    fn calls(&self) -> usize {
        self.script.calls.lock().expect("calls").len()
    }

    fn elapsed(&self) -> u64 {
        until(self.start, self.clock.now()).as_secs()
    }
}

fn error(ended: &Ended) -> &str {
    &ended.result.as_ref().expect_err("a failure").error
}

fn task(name: &str, extra: &Value) -> Value {
    let mut task = json!({
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": { "FunctionName": name, "Payload.$": "$" },
    });
    for (key, value) in extra.as_object().expect("an object") {
        task[key] = value.clone();
    }
    task
}

#[tokio::test(start_paused = true)]
async fn a_task_stores_its_shaped_result_beside_its_input() {
    let bench = Bench::new([("f", vec![Ok(json!({ "more": true }))])], 0);
    let shape = json!({ "ResultSelector": { "m.$": "$.Payload.more" }, "ResultPath": "$.r", "End": true });

    let ended = bench.run(json!({ "A": task("f", &shape) }), json!({ "x": 1 })).await;

    assert_eq!(ended.result, Ok(json!({ "x": 1, "r": { "m": true } })));
    assert_eq!(ended.trail.to_json(), json!(["A"]));
}

#[tokio::test(start_paused = true)]
async fn input_path_output_path_and_a_dropped_result_shape_the_data() {
    let bench = Bench::new([], 0);
    let shape = json!({ "InputPath": "$.in", "ResultPath": null, "OutputPath": "$.keep", "End": true });

    let ended = bench.run(json!({ "A": task("f", &shape) }), json!({ "in": { "y": 2 }, "keep": [3] })).await;

    assert_eq!(ended.result, Ok(json!([3])));
    assert_eq!(bench.script.calls.lock().expect("calls")[0].1, json!({ "y": 2 }));
}

#[tokio::test(start_paused = true)]
async fn a_loop_waits_as_long_as_the_lambda_says_and_goes_on_until_it_is_done() {
    let bench = Bench::new(
        [("f", vec![Ok(json!({ "more": true, "wait_seconds": 61 })), Ok(json!({ "more": false }))])],
        0,
    );
    let states = json!({
        "A": task("f", &json!({ "OutputPath": "$.Payload", "Next": "B" })),
        "B": { "Type": "Choice", "Choices": [
            { "Variable": "$.more", "BooleanEquals": true, "Next": "C" } ], "Default": "D" },
        "C": { "Type": "Wait", "SecondsPath": "$.wait_seconds", "Next": "A" },
        "D": { "Type": "Succeed" },
    });

    let ended = bench.run(states, json!({})).await;

    assert_eq!(ended.trail.to_json(), json!(["A", "B", "C", "A", "B", "D"]));
    assert_eq!(bench.elapsed(), 61);
}

#[tokio::test(start_paused = true)]
async fn each_retrier_counts_for_itself_and_then_the_catch_takes_over() {
    let bench = Bench::new(
        [(
            "f",
            vec![
                Err(Failure::new("Slow", "1")),
                Err(Failure::new("Busy", "2")),
                Err(Failure::new("Slow", "3")),
                Err(Failure::new("Slow", "4")),
            ],
        )],
        0,
    );
    let shape = json!({
        "Retry": [
            { "ErrorEquals": ["Busy"], "IntervalSeconds": 10, "MaxAttempts": 1 },
            { "ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 2 },
        ],
        "Catch": [
            { "ErrorEquals": ["Busy"], "Next": "Wrong" },
            { "ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Right" },
        ],
        "Next": "Wrong",
    });
    let states = json!({
        "A": task("f", &shape),
        "Right": { "Type": "Succeed" }, "Wrong": { "Type": "Fail", "Error": "Wrong" },
    });

    let ended = bench.run(states, json!({ "x": 1 })).await;

    assert_eq!(ended.result, Ok(json!({ "x": 1, "error": { "Error": "Slow", "Cause": "4" } })));
    assert_eq!(bench.calls(), 4, "one call and three repetitions");
    assert_eq!(bench.elapsed(), 2 + 10 + 6);
    assert_eq!(ended.trail.to_json(), json!(["A", "Right"]), "a repetition is the same visit");
}

#[tokio::test(start_paused = true)]
async fn a_retrier_with_no_attempts_leaves_the_error_to_the_catch() {
    let bench = Bench::new([("f", vec![Err(Failure::new("Gate", ""))])], 0);
    let shape = json!({
        "Retry": [{ "ErrorEquals": ["Gate"], "MaxAttempts": 0 }, { "ErrorEquals": ["States.ALL"] }], "End": true,
    });

    let ended = bench.run(json!({ "A": task("f", &shape) }), json!({})).await;

    assert_eq!((error(&ended), bench.calls()), ("Gate", 1));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_takes_too_long_times_out_and_task_failed_does_not_match_it() {
    let bench = Bench::new([], 10);
    let shape = json!({
        "TimeoutSeconds": 5,
        "Catch": [
            { "ErrorEquals": ["States.TaskFailed"], "Next": "Wrong" },
            { "ErrorEquals": ["States.Timeout"], "Next": "Right" },
        ],
        "End": true,
    });
    let states = json!({ "A": task("f", &shape),
        "Right": { "Type": "Succeed" }, "Wrong": { "Type": "Fail", "Error": "Wrong" } });

    let ended = bench.run(states, json!({})).await;

    assert_eq!((ended.status, bench.elapsed()), (Status::Succeeded, 5));
}

#[tokio::test(start_paused = true)]
async fn the_machine_has_its_own_limit() {
    let bench = Bench::new([], 0);
    let definition = json!({ "StartAt": "A", "TimeoutSeconds": 30,
        "States": { "A": { "Type": "Wait", "Seconds": 60, "End": true } } });

    let ended = bench.run_definition(definition, json!({})).await;

    assert_eq!((ended.status, error(&ended)), (Status::TimedOut, "States.Timeout"));
}

fn map(concurrency: u64, each: &Value, extra: &Value) -> Value {
    let mut map = json!({
        "Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": concurrency,
        "ItemSelector": { "n.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index", "all.$": "$.all" },
        "ItemProcessor": { "ProcessorConfig": { "Mode": "INLINE" }, "StartAt": "T", "States": { "T": each } },
    });
    for (key, value) in extra.as_object().expect("an object") {
        map[key] = value.clone();
    }
    map
}

#[tokio::test(start_paused = true)]
async fn a_map_keeps_the_order_of_its_items_and_its_concurrency() {
    let bench = Bench::new([], 7);
    let each = task("f", &json!({ "OutputPath": "$.Payload", "End": true }));
    let states = json!({ "M": map(2, &each, &json!({ "ResultPath": "$.out", "End": true })) });

    let ended = bench.run(states, json!({ "items": ["a", "b", "c"], "all": 9 })).await;

    let item = |n: &str, i: u8| json!({ "n": n, "i": i, "all": 9 });
    let out = ended.result.expect("succeeded")["out"].clone();
    assert_eq!(out, json!([item("a", 0), item("b", 1), item("c", 2)]));
    assert_eq!(bench.script.most.load(Ordering::SeqCst), 2);
    assert_eq!(bench.elapsed(), 14);
    assert_eq!(ended.trail.to_json(), json!([{ "state": "M", "iterations": [["T"], ["T"], ["T"]] }]));
}

#[tokio::test(start_paused = true)]
async fn a_failing_item_ends_the_map_and_its_catch_takes_over() {
    let bench =
        Bench::new([("f", vec![Ok(json!(1)), Err(Failure::new("FixData", "row 2")), Ok(json!(3))])], 1);
    let catch =
        json!({ "Catch": [{ "ErrorEquals": ["FixData"], "ResultPath": "$.e", "Next": "Z" }], "End": true });
    let each = task("f", &json!({ "End": true }));
    let fail = json!({ "Type": "Fail", "ErrorPath": "$.e.Error", "CausePath": "$.e.Cause" });
    let states = json!({ "M": map(1, &each, &catch), "Z": fail });

    let ended = bench.run(states, json!({ "items": [1, 2, 3], "all": 0 })).await;

    assert_eq!(ended.result, Err(Failure::new("FixData", "row 2")));
    assert_eq!(bench.calls(), 2, "the third item never started");
    let visited = json!([{ "state": "M", "iterations": [["T"], ["T"], []] }, "Z"]);
    assert_eq!(ended.trail.to_json(), visited);
}

#[tokio::test(start_paused = true)]
async fn an_empty_map_gives_an_empty_list() {
    let bench = Bench::new([], 0);
    let each = task("f", &json!({ "End": true }));

    let ended =
        bench.run(json!({ "M": map(0, &each, &json!({ "End": true })) }), json!({ "items": [] })).await;

    assert_eq!(ended.result, Ok(json!([])));
}

#[tokio::test(start_paused = true)]
async fn pass_gives_its_result_or_its_parameters() {
    let bench = Bench::new([], 0);
    let states = json!({
        "A": { "Type": "Pass", "Result": [["x"]], "ResultPath": "$.waves", "Next": "B" },
        "B": { "Type": "Pass", "Parameters": { "w.$": "$.waves[0][0]", "e.$": "$$.Execution.Name" }, "End": true },
    });

    let ended = bench.run(states, json!({})).await;

    assert_eq!(ended.result, Ok(json!({ "w": "x", "e": "one" })));
}

#[tokio::test(start_paused = true)]
async fn data_that_does_not_fit_fails_with_the_reserved_names() {
    let bench = Bench::new([("f", vec![Ok(json!("x".repeat(262_144)))])], 0);
    let all = json!({ "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Z" }], "End": true });
    let z = json!({ "Type": "Succeed" });
    let cases = [
        (json!({ "A": task("f", &all), "Z": z }), "States.DataLimitExceeded"),
        (json!({ "A": { "Type": "Pass", "InputPath": "$.none", "End": true } }), "States.Runtime"),
        (
            json!({ "A": { "Type": "Choice", "Choices": [
            { "Variable": "$.x", "NumericEquals": 2, "Next": "Z" } ] }, "Z": z }),
            "States.NoChoiceMatched",
        ),
        (
            json!({ "A": { "Type": "Pass", "ResultPath": "$.x.y", "End": true } }),
            "States.ResultPathMatchFailure",
        ),
        (json!({ "A": { "Type": "Fail", "ErrorPath": "$.none" } }), "States.Runtime"),
        (json!({ "A": { "Type": "Wait", "SecondsPath": "$.t", "End": true } }), "States.Runtime"),
        (
            json!({ "A": { "Type": "Map", "ItemsPath": "$.x", "End": true,
            "ItemProcessor": { "StartAt": "Z", "States": { "Z": z } } } }),
            "States.Runtime",
        ),
    ];
    for (states, name) in cases {
        let ended = bench.run(states.clone(), json!({ "x": 1, "t": "soon" })).await;
        assert_eq!(error(&ended), name, "{states}");
    }
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    let state = |state: Value| json!({ "StartAt": "A", "States": { "A": state } });
    let retry = |field: &str| {
        let mut retry = json!({ "ErrorEquals": ["X"] });
        retry[field] = json!(1);
        state(task("f", &json!({ "Retry": [retry], "End": true })))
    };
    let cases = [
        (state(json!({ "Type": "Parallel", "Branches": [], "End": true })), "Parallel"),
        (state(json!({ "Type": "Pass", "Assign": {}, "End": true })), "Assign"),
        (json!({ "StartAt": "A", "QueryLanguage": "JSONata", "States": {} }), "JSONata"),
        (state(task("f", &json!({ "HeartbeatSeconds": 5, "End": true }))), "HeartbeatSeconds"),
        (
            state(task("f", &json!({ "Resource": "arn:aws:states:::dynamodb:putItem", "End": true }))),
            "dynamodb:putItem",
        ),
        (retry("JitterStrategy"), "JitterStrategy"),
        (retry("MaxAttemps"), "MaxAttemps"),
        (state(json!({ "Type": "Map", "Iterator": {}, "ItemProcessor": {}, "End": true })), "StartAt"),
        (state(json!({ "Type": "Pass", "Next": "B" })), "\"B\""),
        (state(json!({ "Type": "Pass", "Next": "A", "End": true })), "Next ou de End"),
        (state(json!({ "Type": "Wait", "Timestamp": "x", "End": true })), "SecondsPath"),
        (state(json!({ "Type": "Pass", "ResultPath": "$.a[0]", "End": true })), "$.a[0]"),
    ];
    for (definition, name) in cases {
        let refused = parse(&definition).expect_err(name).to_string();
        assert!(refused.contains(name), "{refused:?} does not name {name}");
    }
}
