//! The sample events of `infra/events` are what the template's triggers really send.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use local::stack::{TENANT, project_template};
use local::template::Template;
use serde_json::Value;

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn event(name: &str) -> Value {
    let text = std::fs::read_to_string(events().join(name)).expect(name);
    serde_json::from_str(&text).expect(name)
}

fn template() -> Template {
    let parameters = BTreeMap::from([("Tenant".to_owned(), TENANT.to_owned())]);
    Template::read(&project_template(), &parameters).expect("the template")
}

#[test]
fn every_schedule_sends_the_sample_of_its_kind() {
    let (scheduled, nightly) = (event("schedule.json"), event("reconcile.json"));
    let mut kinds = BTreeSet::new();

    for schedule in template().schedules {
        // The second schedule of a job is named after what it does, not after the job.
        let is_nightly = schedule.name != schedule.function;
        let sample = if is_nightly { &nightly } else { &scheduled };
        assert_eq!(&schedule.input, sample, "{}", schedule.name);
        kinds.insert(is_nightly);
    }

    assert_eq!(kinds.len(), 2, "one kind is missing");
}

#[test]
fn every_rule_sends_the_sample_of_a_notice() {
    let all = template().rules;
    let rules: Vec<_> = all.iter().filter(|rule| rule.sources != ["aws.cloudwatch"]).collect();

    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0].input, Some(event("notice.json")));
    assert_eq!(
        (rules[0].sources.as_slice(), rules[0].kinds.as_slice()),
        (&["ponte.demo".to_owned()][..], &["omie-webhook".to_owned()][..])
    );
}

/// The names in an object, those of objects in it included.
fn names(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = format!("{at}.{name}");
        names(value, &path, found);
        found.insert(path);
    }
}

#[test]
fn the_sample_of_a_webhook_is_what_the_http_api_gives_its_function() {
    let sample = event("webhook.json");
    let text = |path: &str| sample.pointer(path).and_then(Value::as_str).expect(path);
    let uri: http::Uri = text("/rawPath").parse().expect("a path");
    let mut headers = http::HeaderMap::new();
    for name in ["content-type", "host", "user-agent"] {
        headers.insert(name, text(&format!("/headers/{name}")).parse().expect("a value"));
    }
    let routes = template().routes;
    let matched = local::http_api::find(&routes, &http::Method::POST, uri.path()).expect("a route");
    let asked = local::http_api::Asked {
        method: &http::Method::POST,
        uri: &uri,
        headers: &headers,
        body: text("/body").as_bytes(),
        request_id: text("/requestContext/requestId"),
        now: "2025-02-02T11:00:00Z".parse().expect("an instant"),
    };

    let made = local::http_api::event(&asked, &matched);

    let (mut ours, mut theirs) = (BTreeSet::new(), BTreeSet::new());
    names(&made, "", &mut ours);
    names(&sample, "", &mut theirs);
    assert_eq!(ours, theirs);
    for path in [
        "/routeKey",
        "/pathParameters",
        "/body",
        "/isBase64Encoded",
        "/requestContext/time",
        "/requestContext/timeEpoch",
    ] {
        assert_eq!(made.pointer(path), sample.pointer(path), "{path}");
    }
    assert_eq!(matched.route.function, format!("ponte-{TENANT}-omie-webhook"));
}

/// The names a task of the state machine gives to its payload, at any depth of its states.
fn payloads(value: &Value, found: &mut BTreeSet<Vec<String>>) {
    if let Some(payload) = value.pointer("/Parameters/Payload").and_then(Value::as_object) {
        // What comes from `input` is the caller's and not part of the event our functions know.
        let names = payload.keys().map(|name| name.trim_end_matches(".$").to_owned());
        found.insert(names.collect());
    }
    match value {
        Value::Object(fields) => fields.values().for_each(|value| payloads(value, found)),
        Value::Array(items) => items.iter().for_each(|value| payloads(value, found)),
        _ => {}
    }
}

#[test]
fn every_task_of_the_load_sends_one_of_the_samples() {
    let root = project_template();
    let root = root.parent().expect("a folder");
    let mut sent = BTreeSet::new();
    for machine in template().machines {
        payloads(&Template::definition(&machine, root).expect("a definition"), &mut sent);
    }

    let samples = ["load-open.json", "load-step.json", "load-finish.json", "load-close.json"];
    let named =
        |name: &str| -> Vec<String> { event(name).as_object().expect(name).keys().cloned().collect() };
    let samples: BTreeSet<_> = samples.into_iter().map(named).collect();

    assert_eq!(sent, samples);
}
