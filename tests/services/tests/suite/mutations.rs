//! Ten thousand bodies that went wrong, at each door: each is answered with a status that the contract names and that is
//! right for what the body is, nothing is lost, no secret gets out, and nobody is asked anything meanwhile.

use serde_json::{Value, json};
use service_orders::inbound::{Answer, Inbound};
use service_orders::records;
use services::{ORDER, WEBHOOK, World, canaries, logged};
use simulators::{CALLBACK_KEY, CallbackForm, EquipmentKind, EventForm, LEAKED_TOKEN, Told, UNIT};

use crate::events::PATH;

const BODIES: usize = 10_000;
/// A world is not filled with more: what a store in memory looks through grows with it.
const OF_A_WORLD: usize = 500;

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The body with a credential as its first member, where it has members: whatever else went wrong, that one is masked.
fn with_a_credential(body: Vec<u8>, name: &str) -> Vec<u8> {
    let Some(at) = body.iter().position(|byte| *byte == b'{') else { return body };
    let member = format!("\"{name}\":\"Bearer {LEAKED_TOKEN}\",");
    [&body[..=at], member.as_bytes(), &body[at + 1..]].concat()
}

/// Good events of every kind and form.
fn events(rng: &mut fastrand::Rng) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    for form in [EventForm::default(), EventForm::mixed()] {
        let world = World::with(|options| options.senior.events = form, |_| {});
        for n in 0..10 {
            world.closes_a(EquipmentKind::ALL[n % 5], rng.u64(..));
        }
        bodies.extend(world.partners.senior.hub().waiting().into_iter().map(|push| push.body.to_vec()));
    }
    bodies
}

/// Good callbacks of every shape, each with its address.
async fn callbacks() -> Vec<(String, Vec<u8>)> {
    let world = World::new();
    let (_, ss) = world.opens().await;
    let mut bodies = Vec::new();
    for n in 0..20 {
        let told = match n % 4 {
            0 => Told::Completed,
            1 => Told::Cancelled("Cliente desistiu".to_owned()),
            2 => Told::Progress,
            _ => Told::ItemsCancelled(vec![1, 2]),
        };
        let form = if n < 4 { CallbackForm::default() } else { CallbackForm::mixed() };
        let push = world.partners.sismetro.callback(ss, &told, &form).expect("it is there");
        bodies.push((format!("/webhooks/sismetro{}", push.path), push.body.to_vec()));
    }
    bodies
}

/// What it is for a reader that we did not write; letters that are no UTF-8 are replaced, as the ERP's door does.
fn json_of(body: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(body);
    serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text)).ok()
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn has_no_secret(text: &str, place: &str) {
    for (number, secret) in canaries().iter().enumerate() {
        assert!(!text.contains(secret.as_str()), "secret {number} in {place}");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_mutations_of_an_event_are_answered_rightly_and_none_is_lost() {
    let (logs, _guard) = logged();
    let mut rng = fastrand::Rng::with_seed(20_261_122);
    let good = events(&mut rng);
    let mut kinds = std::collections::BTreeMap::<&str, usize>::new();
    for _ in 0..BODIES / OF_A_WORLD {
        let world = World::new();
        for _ in 0..OF_A_WORLD {
            let body = services::mutants::mutated(rng.choice(&good).expect("some"), &mut rng);
            let body = if rng.bool() { body } else { with_a_credential(body, "authorization") };
            let headers = owned(&[("x-webhook-secret", WEBHOOK), ("x-senior-token", LEAKED_TOKEN)]);
            let inbound = Inbound { method: "POST", path: PATH, headers: &headers, body: &body };
            let answer = world.at_senior(inbound).await;
            event_is_answered(&world, &body, &answer).await;
            has_no_secret(&logs.take(), "the logs");
            *kinds.entry(answer.kind).or_default() += 1;
        }
        assert!(world.asked().is_empty(), "a door asks nobody");
        world.judge_what_was_acknowledged().await;
        assert_eq!(world.state.leaks(), Vec::<String>::new());
    }
    assert_eq!(kinds.keys().copied().collect::<Vec<_>>(), ["duplicate", "quarantined", "skipped", "stored"]);
    assert!(kinds.values().all(|count| *count > 100), "{kinds:?}");
}

async fn event_is_answered(world: &World, body: &[u8], answer: &Answer) {
    let shown = || String::from_utf8_lossy(&body[..body.len().min(1_500)]).into_owned();
    assert_eq!((answer.status, answer.retry_after), (200, None), "{}", shown());
    has_no_secret(&answer.body, "an answer");
    let told: Value = serde_json::from_str(&answer.body).expect("an answer is JSON");
    assert_eq!(told["accepted"] == json!(true), answer.kind != "quarantined", "{}", shown());
    // What another reader makes of it: no JSON is never accepted, and an order where the contract has it always is.
    let json = json_of(body);
    match json {
        None if answer.kind != "quarantined" => {
            // Ours reads numbers that a float cannot hold: they are digits.
            let text = String::from_utf8_lossy(body);
            assert!(serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok(), "{}", shown());
        }
        Some(json) if depth(&json) > 32 => assert_eq!(answer.kind, "quarantined", "{}", shown()),
        Some(json) => {
            let id = json.pointer("/order/id").and_then(Value::as_str).map(str::trim);
            let is_plain = id.is_some_and(|id| {
                (1..=64).contains(&id.len())
                    && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
            });
            if let (true, Some(id)) = (is_plain, id)
                && ["tenant", "tenantName", "tenantDomain", "event", "eventName", "name", "primitive"]
                    .iter()
                    .all(|name| json.get(name).is_none())
            {
                assert_ne!(answer.kind, "quarantined", "{}", shown());
                let order = records::order(&world.state, id).await.expect("read");
                assert!(order.is_some(), "{}", shown());
            }
        }
        None => {}
    }
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_mutations_of_a_callback_are_answered_rightly_and_none_is_lost() {
    let (logs, _guard) = logged();
    let mut rng = fastrand::Rng::with_seed(20_261_123);
    let good = callbacks().await;
    let mut kinds = std::collections::BTreeMap::<&str, usize>::new();
    for _ in 0..BODIES / OF_A_WORLD {
        let world = World::new();
        world.opens().await;
        let asked = world.asked().len();
        for _ in 0..OF_A_WORLD {
            let (path, body) = rng.choice(&good).expect("some");
            let body = services::mutants::mutated(body, &mut rng);
            let body = if rng.bool() { body } else { with_a_credential(body, "token") };
            let headers = owned(&[("unit", UNIT), ("key", CALLBACK_KEY), ("x-senior-token", LEAKED_TOKEN)]);
            let inbound = Inbound { method: "POST", path, headers: &headers, body: &body };
            let answer = world.at_sismetro(inbound).await;
            callback_is_answered(path, &body, &answer);
            has_no_secret(&logs.take(), "the logs");
            *kinds.entry(answer.kind).or_default() += 1;
        }
        assert_eq!(world.asked().len(), asked, "a door asks nobody");
        world.judge_what_was_acknowledged().await;
        assert_eq!(world.state.leaks(), Vec::<String>::new());
        // What the mutants say of the service is believed by nobody.
        world.lives(std::time::Duration::from_hours(1)).await;
        let seen = world.seen(ORDER).order;
        assert_eq!((seen.releases.len(), seen.cancels.len()), (0, 0));
        world.judge_violations(&[]);
    }
    let named: Vec<&str> = kinds.keys().copied().collect();
    assert_eq!(named, ["duplicate", "ignored", "quarantined", "stored", "unmatched"]);
    assert!(kinds.values().all(|count| *count > 100), "{kinds:?}");
}

fn callback_is_answered(path: &str, body: &[u8], answer: &Answer) {
    let shown = || String::from_utf8_lossy(&body[..body.len().min(1_500)]).into_owned();
    let is_facade = path.contains("erpx_com_ven");
    let statuses: &[u16] = match answer.kind {
        "quarantined" => &[400],
        "duplicate" | "ignored" => &[200],
        _ if is_facade => &[200],
        _ => &[202],
    };
    assert!(statuses.contains(&answer.status), "{} {}: {}", answer.kind, answer.status, shown());
    has_no_secret(&answer.body, "an answer");
    let json = json_of(body);
    let is_readable =
        json.as_ref().is_some_and(|json| depth(json) <= 32 && (json.is_object() || json.is_array()));
    if !is_readable {
        assert_eq!(answer.kind, "quarantined", "{}", shown());
    }
    let Some(json) = json.filter(|_| is_readable && !is_facade) else { return };
    // The plainest form: it names its SS as the contract has it, and an event that it knows.
    let named = |name: &str| json.get(name).and_then(Value::as_str);
    let known = matches!(named("event"), Some("SS_COMPLETED" | "SS_CANCELLED" | "SS_UPDATED"));
    let is_plain = json.get("ss") == Some(&json!(services::SS))
        && ["idSs", "os", "ssNumber", "externalId", "orderId", "items", "IDSS"]
            .iter()
            .all(|name| json.get(name).is_none());
    if known && is_plain {
        assert_ne!(answer.kind, "quarantined", "{}", shown());
    }
}
