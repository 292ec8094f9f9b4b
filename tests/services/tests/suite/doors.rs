//! Hostile requests at both doors (flow §10, §15.9; `contracts/senior-x.md` §7.4, `contracts/sismetro.md` §10.4).

use std::time::Duration;

use serde_json::{Value, json};
use service_orders::inbound::{self, Answer, Inbound, TRIAL};
use service_orders::{State, watch};
use services::{
    CALLBACK_PREVIOUS, HMAC_KEY, ORDER, PATH_SECRET, WEBHOOK, WEBHOOK_PREVIOUS, World, canaries, logged,
};
use simulators::{CALLBACK_KEY, UNIT, signed};

use crate::events::PATH;

const PLAIN: &str = "/webhooks/sismetro/service-order";
/// The largest body that is taken.
const LIMIT: usize = 256 * 1024;

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn knock(world: &World, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let headers = owned(headers);
    let inbound = Inbound { method, path, headers: &headers, body };
    let answer = if path.starts_with("/webhooks/senior") {
        world.at_senior(inbound).await
    } else {
        world.at_sismetro(inbound).await
    };
    for secret in canaries() {
        assert!(!answer.body.contains(&secret), "{answer:?}");
    }
    answer
}

fn event() -> Vec<u8> {
    json!({"order": {"id": ORDER, "number": 48_213}, "company": {"code": 1}, "branch": {"code": 3},
        "equipment": {"id": "88121"}, "newEquipment": null})
    .to_string()
    .into_bytes()
}

fn callback() -> Vec<u8> {
    br#"{"event":"SS_COMPLETED","eventId":"cb-1","ss":1287001}"#.to_vec()
}

/// The headers that let in.
type Shown = Vec<(&'static str, &'static str)>;

/// Both doors: where it is, who comes in, and what he brings.
fn both() -> [(&'static str, Shown, Vec<u8>); 2] {
    [
        (PATH, vec![("x-webhook-secret", WEBHOOK)], event()),
        (PLAIN, vec![("unit", UNIT), ("key", CALLBACK_KEY)], callback()),
    ]
}

#[tokio::test(start_paused = true)]
async fn who_shows_nothing_or_something_wrong_is_not_let_in_and_leaves_nothing_behind() {
    let (logs, _guard) = logged();
    let world = World::new();
    let almost = &format!("{WEBHOOK}x");
    let strange = "\u{0}\u{1F600}é".repeat(100);
    for (path, headers) in [
        (PATH, vec![]),
        (PATH, vec![("x-webhook-secret", "")]),
        (PATH, vec![("x-webhook-secret", almost.as_str())]),
        (PATH, vec![("x-webhook-secret", &WEBHOOK[..WEBHOOK.len() - 1])]),
        (PATH, vec![("x-webhook-secret", strange.as_str())]),
        (PATH, vec![("x-webhook-secret", "wrong"), ("x-webhook-secret", WEBHOOK)]),
        (PATH, vec![("authorization", WEBHOOK)]),
        (PATH, vec![("key", CALLBACK_KEY), ("unit", UNIT)]),
        (PLAIN, vec![]),
        (PLAIN, vec![("unit", UNIT)]),
        (PLAIN, vec![("key", CALLBACK_KEY)]),
        (PLAIN, vec![("unit", "102"), ("key", CALLBACK_KEY)]),
        (PLAIN, vec![("unit", UNIT), ("key", "")]),
        (PLAIN, vec![("unit", UNIT), ("key", strange.as_str())]),
        (PLAIN, vec![("unit", UNIT), ("authorization", "Bearer chave-emitida-para-a-sismetro")]),
        (PLAIN, vec![("x-webhook-secret", WEBHOOK)]),
        ("/webhooks/sismetro/CANARYpathsecret0002/service-order", vec![]),
        ("/webhooks/sismetro//service-order", vec![]),
    ] {
        for body in [event(), callback(), b"not json".to_vec(), vec![]] {
            let answer = knock(&world, "POST", path, &headers, &body).await;
            assert_eq!((answer.status, answer.body.as_str(), answer.wake), (401, "", false), "{path}");
        }
    }
    assert_eq!(world.deliveries().await, 0);
    assert!(world.asked().is_empty());
    assert!(!canaries().iter().any(|secret| logs.take().contains(secret.as_str())));
}

#[tokio::test(start_paused = true)]
async fn the_previous_secret_lets_in_until_it_is_dropped() {
    let mut world = World::new();
    let previous = [("unit", UNIT), ("key", CALLBACK_PREVIOUS)];
    assert_eq!(
        knock(&world, "POST", PATH, &[("x-webhook-secret", WEBHOOK_PREVIOUS)], &event()).await.status,
        200
    );
    assert_eq!(knock(&world, "POST", PLAIN, &previous, &callback()).await.status, 202);
    world.credentials.inbound.senior.truncate(1);
    world.credentials.inbound.sismetro.truncate(1);
    assert_eq!(
        knock(&world, "POST", PATH, &[("x-webhook-secret", WEBHOOK_PREVIOUS)], &event()).await.status,
        401
    );
    assert_eq!(knock(&world, "POST", PLAIN, &previous, &callback()).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn the_secret_address_and_the_facades_bearer_are_doors_too() {
    let world = World::new();
    let by_path = format!("/webhooks/sismetro/{PATH_SECRET}/service-order");
    assert_eq!(knock(&world, "POST", &by_path, &[], &callback()).await.status, 202);
    let bearer = format!("Bearer {CALLBACK_KEY}");
    let facade = "/webhooks/sismetro/erpx_com_ven/pedido/updateOrderStatusIntegration";
    let body = json!({ "id": ORDER }).to_string();
    let answer = knock(&world, "POST", facade, &[("authorization", &bearer)], body.as_bytes()).await;
    assert_eq!((answer.status, answer.body), (200, json!({ "id": ORDER }).to_string()));
    world.judge().await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_method_or_path_is_refused_before_anything_is_read() {
    let world = World::new();
    for (path, headers, body) in both() {
        for method in ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "", "POST "] {
            let answer = knock(&world, method, path, &headers, &body).await;
            assert_eq!((answer.status, answer.body.as_str()), (405, ""), "{method} {path}");
        }
        for wrong in ["/x", "/../service-order", "%00", "//x"] {
            let answer = knock(&world, "POST", &format!("{path}{wrong}"), &headers, &body).await;
            assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{path}{wrong}");
        }
        let answer = knock(&world, "POST", &format!("{path}/"), &headers, &body).await;
        assert!(answer.status < 300, "a slash at the end is nothing");
    }
    for path in
        ["", "/", "/webhooks/sismetro", "/webhooks/sismetro/", "/webhooks/sismetro/erpx_com_ven/pedido/x"]
    {
        assert_eq!(knock(&world, "POST", path, &both()[1].1, &callback()).await.status, 404, "{path}");
    }
    assert_eq!(world.deliveries().await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_huge_body_is_refused_before_its_secret_is_looked_at_and_the_largest_one_is_taken() {
    let world = World::new();
    for (path, headers, body) in both() {
        let padded = |length: usize| {
            let mut body = body.clone();
            body.resize(length, b' ');
            body
        };
        for shown in [vec![], headers.clone()] {
            let answer = knock(&world, "POST", path, &shown, &padded(LIMIT + 1)).await;
            assert_eq!((answer.status, answer.body.as_str()), (413, ""), "{path}");
        }
        assert!(knock(&world, "POST", path, &headers, &padded(LIMIT)).await.status < 300, "{path}");
    }
    world.works().await;
    assert_eq!(world.partners.sismetro.opens()[0].body.len(), LIMIT, "and relayed whole");
    world.judge_what_was_acknowledged().await;
    assert_eq!(world.state.leaks(), Vec::<String>::new());
}

fn strange_bodies() -> Vec<Vec<u8>> {
    let deep = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels)).into_bytes();
    let lists = format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000)).into_bytes();
    vec![
        vec![],
        b" ".to_vec(),
        b"not json".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        b"null".to_vec(),
        b"7".to_vec(),
        b"\"text\"".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"[[[]]]".to_vec(),
        br#"{"order":{"id":"has blanks and more"}}"#.to_vec(),
        br#"{"order":{"id":{"id":"x"}}}"#.to_vec(),
        br#"{"event":7,"ss":1}"#.to_vec(),
        br#"{"event":"SS_COMPLETED","ss":-1}"#.to_vec(),
        deep(33),
        deep(5_000),
        lists,
        "[".repeat(100_000).into_bytes(),
    ]
}

#[tokio::test(start_paused = true)]
async fn what_is_authenticated_and_not_understood_is_in_quarantine_and_listed() {
    let world = World::new();
    let mut bodies = strange_bodies();
    // Cut off in the middle: a sender that is slow or gone.
    for (_, _, body) in both() {
        bodies.extend((1..body.len()).step_by(7).map(|end| body[..end].to_vec()));
    }
    for body in &bodies {
        for (path, headers, _) in both() {
            let answer = knock(&world, "POST", path, &headers, body).await;
            let (status, told) = if path == PATH {
                (200, json!({"accepted": false, "quarantined": true}).to_string())
            } else {
                (400, "invalid_callback".to_owned())
            };
            let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
            assert_eq!((answer.status, answer.kind), (status, "quarantined"), "{path} {shown}");
            assert!(answer.body.contains(&told), "{path} {shown}: {}", answer.body);
        }
    }
    world.judge().await;
    assert!(world.asked().is_empty(), "nobody is asked about it");
    let summary = watch::summary(&world.state).await.expect("read");
    assert_eq!(summary.quarantined, world.deliveries().await as u64);
    let listed = world.told(json!({"op": "quarantine", "limit": 500})).await.expect("listed");
    assert_eq!(listed["deliveries"].as_array().map(Vec::len), Some(world.deliveries().await));
}

/// The same bytes are understood at one address and not at another: what was refused is listed all the same.
#[tokio::test(start_paused = true)]
async fn what_one_address_understands_and_another_does_not_is_listed() {
    let world = World::new();
    let headers = [("unit", UNIT), ("key", CALLBACK_KEY)];
    let body = json!({ "id": ORDER }).to_string();
    let facade = "/webhooks/sismetro/erpx_com_ven/pedido/updateOrderStatusIntegration";
    assert_eq!(knock(&world, "POST", facade, &headers, body.as_bytes()).await.status, 200);
    assert_eq!(knock(&world, "POST", PLAIN, &headers, body.as_bytes()).await.status, 400);
    world.judge().await;
    let listed = world.told(json!({"op": "quarantine"})).await.expect("listed");
    assert_eq!(listed["deliveries"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_signature_must_be_right_and_of_now() {
    let world = World::decided(|settings| settings.require_signature = true);
    let now = world.clock.now();
    let at = |seconds: i64, key: &str, body: &[u8]| {
        signed(key, now + jiff::SignedDuration::from_secs(seconds), body)
    };
    let body = callback();
    let with = async |signature: &[(String, String)], body: &[u8]| {
        let mut headers = vec![("unit", UNIT), ("key", CALLBACK_KEY)];
        headers.extend(signature.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        knock(&world, "POST", PLAIN, &headers, body).await.status
    };
    assert_eq!(with(&[], &body).await, 401, "none");
    assert_eq!(with(&at(0, "another-key-of-16+", &body), &body).await, 401, "another key");
    assert_eq!(with(&at(0, HMAC_KEY, b"{}"), &body).await, 401, "of another body");
    assert_eq!(with(&at(-301, HMAC_KEY, &body), &body).await, 401, "replayed");
    assert_eq!(with(&at(301, HMAC_KEY, &body), &body).await, 401, "of tomorrow");
    let [stamp, signature] = at(0, HMAC_KEY, &body);
    let [old, _] = at(-301, HMAC_KEY, &body);
    assert_eq!(with(&[old, signature.clone()], &body).await, 401, "its time is signed, too");
    assert_eq!(with(std::slice::from_ref(&signature), &body).await, 401, "without its time");
    assert_eq!(with(std::slice::from_ref(&stamp), &body).await, 401, "a time alone");
    for wrong in ["", "sha256=", "sha256=00", "md5=00"] {
        let wrong = (signature.0.clone(), wrong.to_owned());
        assert_eq!(with(&[stamp.clone(), wrong], &body).await, 401);
    }
    for strange in ["", "now", "99999999999999999999", "-9223372036854775808", "1e9"] {
        let strange = (stamp.0.clone(), strange.to_owned());
        assert_eq!(with(&[strange, signature.clone()], &body).await, 401);
    }
    assert_eq!(world.deliveries().await, 0);
    assert_eq!(with(&at(0, HMAC_KEY, &body), &body).await, 202, "the right one");
    assert_eq!(with(&at(-300, HMAC_KEY, &body), &body).await, 200, "repeated within the window: a duplicate");
    world.clock.sleep(Duration::from_mins(6)).await;
    assert_eq!(with(&[stamp, signature], &body).await, 401, "the very same request, later");
}

/// Values that fit the limit of a body and nothing else.
#[tokio::test(start_paused = true)]
async fn values_of_any_length_are_taken_and_make_no_record_that_cannot_be_stored() {
    let world = World::new();
    let long = "9".repeat(200_000);
    let bodies = [
        json!({"order": {"id": "long-1", "number": long}, "equipment": {"id": "1"}}),
        json!({"order": {"id": "long-2", "number": 1}, "equipment": {"id": long}}),
        json!({"order": {"id": "long-3", "number": 1}, "equipment": {"id": null}, "newEquipment": long}),
        json!({"order": {"id": "long-4", "number": 1}, "equipment": {"id": "1"}, "customer": {"name": long}}),
        json!({"order": {"id": "long-5"}, "equipment": {"id": "1"}, "eventId": long}),
    ];
    for body in bodies {
        let answer =
            knock(&world, "POST", PATH, &[("x-webhook-secret", WEBHOOK)], body.to_string().as_bytes()).await;
        assert_eq!((answer.status, answer.kind), (200, "stored"));
        let order = world.order(body["order"]["id"].as_str().expect("an id")).await;
        let text = serde_json::to_string(&order).expect("text");
        assert!(text.len() < 10_000, "{} has {} characters", order.id, text.len());
        // A key of a table takes 2048 bytes (`store::keys`).
        assert!(order.filing().marks.iter().all(|mark| mark.value.len() <= 200), "{}", order.id);
    }
    let items: Vec<i64> = (0..40_000).collect();
    let said = json!({"event": "SS_CANCELLED", "ss": 1, "orderId": "long-1", "items": items}).to_string();
    let headers = [("unit", UNIT), ("key", CALLBACK_KEY)];
    let answer = knock(&world, "POST", PLAIN, &headers, said.as_bytes()).await;
    assert_eq!((answer.status, answer.kind), (400, "quarantined"), "no order has so many lines");
    assert_eq!(world.state_of("long-1").await, State::Received);
    world.judge_what_was_acknowledged().await;
}

/// What marks a delivery of `body` as a trial.
fn proof(world: &World, secret: &str, body: &[u8]) -> String {
    inbound::trial(&partner_http::Secret::new(secret), body, world.clock.now())
}

/// A header that only looks like a trial's makes no real delivery one: it is stored.
#[tokio::test(start_paused = true)]
async fn a_delivery_with_the_header_of_a_trial_that_nobody_of_ours_made_is_stored() {
    for case in ["1", "", ".", "0.", "old", "other body", "other door"] {
        let world = World::new();
        let now = |secret, body: &[u8]| proof(&world, secret, body);
        let mark = match case {
            "old" => now(WEBHOOK, &event()),
            "other body" => now(WEBHOOK, b"{}"),
            "other door" => now(CALLBACK_KEY, &event()),
            invented => invented.to_owned(),
        };
        if case == "old" {
            world.clock.sleep(Duration::from_secs(301)).await;
        }
        let headers = [("x-webhook-secret", WEBHOOK), (TRIAL, mark.as_str())];
        let answer = knock(&world, "POST", PATH, &headers, &event()).await;
        assert_eq!((answer.status, answer.kind), (200, "stored"), "{case}");
        assert_eq!(world.state_of(ORDER).await, State::Received, "{case}");
    }
}

/// A delivery that only tries a door is let in and read like any other, and leaves nothing behind.
#[tokio::test(start_paused = true)]
async fn a_trial_is_read_and_answered_and_nothing_of_it_is_kept() {
    let world = World::new();
    for (path, plain, body) in both() {
        let secret = if path == PATH { WEBHOOK } else { CALLBACK_KEY };
        let proof = |body: &[u8]| proof(&world, secret, body);
        let mark = proof(&body);
        let headers = [&plain[..], &[(TRIAL, mark.as_str())]].concat();
        let answer = knock(&world, "POST", path, &headers, &body).await;
        assert_eq!((answer.status, answer.kind, answer.wake), (200, "trial", false), "{path}");
        let told: Value = serde_json::from_str(&answer.body).expect("JSON");
        let read = if path == PATH {
            json!({"accepted": true, "trial": true, "orders": [{"order_id": ORDER, "order_number": "48213",
                "company": 1, "branch": 3, "takes_part": true, "equipment": "existing"}]})
        } else {
            json!({"accepted": true, "trial": true,
                "callbacks": [{"ss": "1287001", "order_id": null, "outcome": "completed"}]})
        };
        assert_eq!(told, read);
        for body in strange_bodies() {
            let mark = proof(&body);
            let headers = [&plain[..], &[(TRIAL, mark.as_str())]].concat();
            let answer = knock(&world, "POST", path, &headers, &body).await;
            assert_eq!((answer.status, answer.kind, answer.wake), (200, "trial", false), "{path}");
            let told: Value = serde_json::from_str(&answer.body).expect("JSON");
            assert_eq!((&told["accepted"], &told["trial"]), (&json!(false), &json!(true)), "{told}");
            // A sentence, and no name of ours.
            assert!(told["reason"].as_str().is_some_and(|why| why.contains(' ')), "{told}");
        }
        for (shown, status) in [(vec![(TRIAL, mark.as_str())], 401), (headers.clone(), 413)] {
            let body = if status == 413 { vec![b' '; LIMIT + 1] } else { body.clone() };
            let answer = knock(&world, "POST", path, &shown, &body).await;
            assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{path}");
        }
    }
    world.works().await;
    assert_eq!(world.deliveries().await, 0);
    assert!(world.asked().is_empty());
    let summary = watch::summary(&world.state).await.expect("read");
    assert_eq!((summary.states.values().sum::<u64>(), summary.quarantined, summary.unmatched), (0, 0, 0));
    let answer = knock(&world, "POST", PATH, &[("x-webhook-secret", WEBHOOK)], &event()).await;
    assert_eq!(answer.kind, "stored", "the first that counts is the first");
    world.judge_what_was_acknowledged().await;
}

#[tokio::test(start_paused = true)]
async fn a_trial_tells_whether_its_order_would_take_part_and_how_a_callback_is_understood() {
    let world = World::decided(|settings| settings.default_branch_active = false);
    let tries = async |body: &[u8]| {
        let mark = proof(&world, WEBHOOK, body);
        knock(&world, "POST", PATH, &[("x-webhook-secret", WEBHOOK), (TRIAL, &mark)], body).await.body
    };
    let told = tries(&event()).await;
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(told["orders"][0]["takes_part"], json!(false));
    let foreign = json!({"tenant": "outra-com-br", "payload": {"order": {"id": ORDER}}}).to_string();
    let told = tries(foreign.as_bytes()).await;
    assert!(told.contains("regras gerais das OS"), "{told}");

    for (event, outcome) in
        [("SS_COMPLETED", "completed"), ("SS_CANCELLED", "cancelled"), ("SS_UPDATED", "progress")]
    {
        let body = json!({"event": event, "ss": 1, "orderId": ORDER}).to_string();
        let mark = proof(&world, CALLBACK_KEY, body.as_bytes());
        let headers = [("unit", UNIT), ("key", CALLBACK_KEY), (TRIAL, &mark)];
        let told = knock(&world, "POST", PLAIN, &headers, body.as_bytes()).await.body;
        let told: Value = serde_json::from_str(&told).expect("JSON");
        assert_eq!(told["callbacks"], json!([{"ss": "1", "order_id": ORDER, "outcome": outcome}]));
    }
    assert_eq!(world.deliveries().await, 0);
}

/// The credentials are tried by a real call before they are kept, and what the partner says is told in Portuguese.
#[tokio::test(start_paused = true)]
async fn credentials_are_tried_at_the_partner_itself() {
    let mut world = World::new();
    {
        let tenant = world.orders().tenant;
        let account = tenant.account("principal").expect("configured");
        assert_eq!(service_orders::check_senior(&tenant.senior).await, Ok(()));
        assert_eq!(service_orders::check_sismetro(account).await, Ok(()));
    }
    world.partners.senior.configure(|options| options.secret = "another".to_owned());
    world.partners.sismetro.configure(|options| {
        options.units.insert(UNIT.to_owned(), "another".to_owned());
    });
    world.restart();
    let tenant = world.orders().tenant;
    let account = tenant.account("principal").expect("configured");
    let senior = service_orders::check_senior(&tenant.senior).await.expect_err("refused");
    let sismetro = service_orders::check_sismetro(account).await.expect_err("refused");
    for (told, name) in [(senior, "Senior X"), (sismetro, "Sismetro")] {
        assert!(told.contains(name), "{told}");
        assert!(!canaries().iter().any(|secret| told.contains(secret.as_str())), "{told}");
    }
    world.cut_off(true);
    let told = service_orders::check_sismetro(account).await.expect_err("nobody answers");
    assert!(told.contains("Sismetro"), "{told}");
    assert_eq!(world.deliveries().await, 0);
}
