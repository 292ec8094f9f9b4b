//! Who comes in, and what is answered (flow §10, §15.9; `contracts/senior-x.md` §7.4, `contracts/sismetro.md` §10.4).

use std::time::Duration;

use engine::Cases as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use service_orders::delivery::Delivery;
use service_orders::{Settings, State, notice};
use sha2::Sha256;

use super::world::{
    CALLBACK_KEY, HMAC_KEY, ORDER, PATH_SECRET, WEBHOOK, World, cancelled, completed, event, settings, stored,
};

const PLAIN: &str = "/webhooks/sismetro/service-order";

#[tokio::test(start_paused = true)]
async fn only_the_current_and_the_previous_secret_open_the_erps_door() {
    let world = World::new();
    let body = event(ORDER).to_string();
    for (headers, status) in [
        (vec![], 401),
        (vec![("x-webhook-secret", "")], 401),
        (vec![("x-webhook-secret", "wrong")], 401),
        (vec![("x-webhook-secret", "CANARY-webhook-secret-currenT")], 401),
        (vec![("X-WEBHOOK-SECRET", WEBHOOK)], 200),
        (vec![("x-webhook-secret", "CANARY-webhook-secret-previous")], 200),
    ] {
        let answer = world.hears_with(&headers, body.as_bytes()).await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert!(status == 200 || answer.body.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn size_comes_before_authentication_and_authentication_before_reading() {
    let world = World::new();
    let huge = vec![b'['; 256 * 1024 + 1];

    assert_eq!(world.hears_with(&[], &huge).await.status, 413);
    assert_eq!(world.hears_with(&[], b"not json").await.status, 401);
    assert_eq!(world.is_called_at(PLAIN, &[], &huge).await.status, 413);
    assert_eq!(world.is_called_at(PLAIN, &[], b"not json").await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_kept_and_can_be_replayed() {
    let mut world = World::new();
    let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
    let strange = json!({"documento": {"chave": ORDER}, "equipment": {"id": "88121"}}).to_string();
    for body in ["not json", deep.as_str(), strange.as_str()] {
        let answer = world.hears_with(&[("x-webhook-secret", WEBHOOK)], body.as_bytes()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body, json!({"accepted": false, "quarantined": true}).to_string());
    }
    let quarantined = Delivery::in_quarantine(&world.state, 10).await.expect("read");
    assert_eq!(quarantined.len(), 3);

    let pointers = vec!["/documento/chave".to_owned()];
    world.settings.senior.senior_event_map.insert("order_id".to_owned(), pointers);
    let (id, _) =
        quarantined.iter().find(|(_, delivery)| delivery.body.as_deref() == Some(&strange)).expect("kept");
    let replay =
        json!({"op": "replay_event", "delivery": id, "reason": "mapa corrigido", "command_id": "c-1"});
    world.told(replay).await.expect("obeyed");

    assert_eq!(world.state_of(ORDER).await, State::Received);
    assert_eq!(Delivery::in_quarantine(&world.state, 10).await.expect("read").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn another_tenant_and_another_event_are_kept_and_not_processed() {
    let world = World::new();
    for (name, value) in [("tenant", "outra"), ("eventName", "orderCreated")] {
        let mut body = json!({ "payload": event(ORDER) });
        body[name] = json!(value);
        let answer = world.hears(&body).await;
        assert_eq!((answer.status, answer.kind), (200, "quarantined"), "{name}");
    }
    assert!(service_orders::records::order(&world.state, ORDER).await.expect("read").is_none());
}

#[tokio::test(start_paused = true)]
async fn sismetro_shows_its_unit_and_our_key() {
    let world = World::new();
    let body = completed(1).to_string();
    for (headers, status) in [
        (vec![], 401),
        (vec![("key", CALLBACK_KEY)], 401),
        (vec![("unit", "418"), ("key", CALLBACK_KEY)], 401),
        (vec![("unit", "417"), ("key", "wrong")], 401),
        (vec![("unit", "417"), ("Authorization", "Bearer CANARY-callback-key-current")], 401),
        (vec![("unit", "417"), ("key", CALLBACK_KEY)], 202),
        (vec![("Unit", "417"), ("Key", "CANARY-callback-key-previous")], 200),
    ] {
        assert_eq!(world.is_called_at(PLAIN, &headers, body.as_bytes()).await.status, status, "{headers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_facade_answers_as_the_erp_does() {
    let world = World::new();
    let bearer = [("Authorization", "Bearer CANARY-callback-key-current")];
    let release = json!({ "id": ORDER }).to_string();
    let cancel = json!({ "ids": [ORDER, "other"] }).to_string();
    for (path, body, told) in [
        ("erpx_com_ven/pedido/updateOrderStatusIntegration", &release, json!({ "id": ORDER })),
        ("rest/erpx_com_ven/pedido/actions/updateOrderStatusIntegration", &release, json!({ "id": ORDER })),
        ("erpx_com_ven/pedido/cancelOrders", &cancel, json!({"result": {}})),
    ] {
        let path = format!("/webhooks/sismetro/{path}");
        let answer = world.is_called_at(&path, &bearer, body.as_bytes()).await;
        assert_eq!((answer.status, answer.body), (200, told.to_string()), "{path}");
    }
}

/// Flow §15.8: Sismetro may not repeat a call that was answered with an error.
#[tokio::test(start_paused = true)]
async fn a_call_about_several_orders_is_stored_whole_or_not_at_all() {
    let ids = ["order-1", "order-2", "order-3"];
    let body = json!({ "ids": ids }).to_string();
    let bearer = [("Authorization", "Bearer CANARY-callback-key-current")];
    let path = "/webhooks/sismetro/erpx_com_ven/pedido/cancelOrders";
    let told = async |world: &World| world.is_called_at(path, &bearer, body.as_bytes()).await.status;
    let stored = async |world: &World| {
        let mut found = 0;
        for id in ids {
            let mark = engine::Mark::new("pedido", id);
            found += world.state.marked(notice::KIND, &mark, None, 9).await.expect("read").len();
        }
        found
    };
    let calm = World::new();
    assert_eq!((told(&calm).await, stored(&calm).await), (200, ids.len()));
    let calls = calm.faults.calls().len();
    assert!(calls > ids.len(), "{calls}");

    for nth in 1..=calls {
        for moment in [engine::Moment::Before, engine::Moment::After] {
            let world = World::new();
            world.faults.strike(nth, moment, engine::Harm::Fail);
            let status = told(&world).await;
            world.faults.spare();

            let found = stored(&world).await;
            assert!(
                found == ids.len() || (found == 0 && status != 200),
                "{nth} {moment:?}: {status} {found}"
            );
            assert_eq!(
                (told(&world).await, stored(&world).await),
                (200, ids.len()),
                "{nth} {moment:?}: again"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_secret_address_is_the_last_resort() {
    let world = World::new();
    let body = completed(1).to_string();
    for (path, status) in [
        (format!("/webhooks/sismetro/{PATH_SECRET}/service-order"), 202),
        ("/webhooks/sismetro/CANARYpathsecret0001/service-order".to_owned(), 401),
        (format!("/webhooks/sismetro/{PATH_SECRET}/nonsense"), 404),
        ("/webhooks/sismetro/nonsense".to_owned(), 404),
    ] {
        assert_eq!(world.is_called_at(&path, &[], body.as_bytes()).await.status, status, "{path}");
    }
}

fn signed(seconds: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(HMAC_KEY.as_bytes()).expect("a key");
    mac.update(format!("{seconds}.{body}").as_bytes());
    let hex: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={}", hex.concat())
}

#[tokio::test(start_paused = true)]
async fn a_signature_is_right_and_recent() {
    let world = World::with(Settings { require_signature: true, ..settings() });
    let now = world.clock.now().as_second();
    let body = completed(1).to_string();
    for (seconds, signature, status) in [
        (now, signed(now, &body), 202),
        (now - 300, signed(now - 300, &body), 200),
        (now - 301, signed(now - 301, &body), 401),
        (now + 301, signed(now + 301, &body), 401),
        (now, signed(now - 1, &body), 401),
        (now, signed(now, "{}"), 401),
        (now, "sha256=".to_owned(), 401),
    ] {
        let seconds = seconds.to_string();
        let headers =
            [("unit", "417"), ("key", CALLBACK_KEY), ("x-timestamp", &seconds), ("x-signature", &signature)];
        assert_eq!(world.is_called_at(PLAIN, &headers, body.as_bytes()).await.status, status, "{signature}");
    }
    let unsigned = [("unit", "417"), ("key", CALLBACK_KEY)];
    assert_eq!(world.is_called_at(PLAIN, &unsigned, body.as_bytes()).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn a_callback_of_the_wrong_shape_is_told_so_and_kept() {
    let world = World::new();
    let headers = [("unit", "417"), ("key", CALLBACK_KEY)];
    for body in ["x", "[]", "{}", r#"{"event":"SS_COMPLETED"}"#] {
        let answer = world.is_called_at(PLAIN, &headers, body.as_bytes()).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.body.contains("invalid_callback"));
    }
    let progress = json!({"event": "SS_UPDATED", "ss": 7}).to_string();
    let answer = world.is_called_at(PLAIN, &headers, progress.as_bytes()).await;
    assert_eq!((answer.status, answer.kind), (200, "ignored"));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_stored_is_not_accepted() {
    let body = event(ORDER);
    let mut call = 1;
    loop {
        let world = World::new();
        world.faults.strike(call, engine::Moment::Before, engine::Harm::Fail);
        let answer = world.hears(&body).await;
        if answer.status == 200 {
            break;
        }
        assert_eq!((answer.status, answer.retry_after), (503, Some(30)), "call {call}");
        assert_eq!(world.hears(&body).await.status, 200, "the repetition");
        call += 1;
    }
    assert!(call > 3, "nothing was struck");
}

#[tokio::test(start_paused = true)]
async fn no_secret_of_a_body_or_header_is_kept() {
    let world = World::new();
    let mut body = event(ORDER);
    body["authorization"] = json!("CANARY-in-body");
    let headers = [("x-webhook-secret", WEBHOOK), ("authorization", "CANARY-header")];
    world.hears_with(&headers, body.to_string().as_bytes()).await;
    world.works().await;
    world.clock.sleep(Duration::from_secs(1)).await;

    let deliveries = Delivery::of_order(&world.state, ORDER, 10).await.expect("read");
    let id = deliveries[0].0.as_str();
    let text = stored(&world.state, &[("so", ORDER), (service_orders::delivery::KIND, id)]).await;

    assert!(text.contains(ORDER));
    let text = text.replace("CANARY0LINK0TOKEN0000", "");
    assert!(!text.contains("CANARY"), "{text}");
    let shown = world.told(json!({"op": "show", "order_id": ORDER})).await.expect("shown").to_string();
    assert!(!shown.contains("CANARY"), "the link's token too: {shown}");
}

/// One of many ways in which a body goes wrong.
fn mutated(body: &[u8], rng: &mut fastrand::Rng) -> Vec<u8> {
    let mut body = body.to_vec();
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(0..body.len().max(1)).min(body.len().saturating_sub(1));
        match rng.u8(0..6) {
            0 => body[at] = rng.u8(..),
            1 => body.truncate(at.max(1)),
            2 => body.insert(at, *rng.choice(b"{}[]\",:\\0e-").expect("some")),
            3 => drop(body.remove(at)),
            4 => body.extend_from_within(at..),
            _ => body.splice(at..at, "\u{0}\u{1F600}\"\\ud800\"".bytes()).for_each(drop),
        }
        if body.is_empty() {
            body.push(b'x');
        }
    }
    body
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_mutations_of_a_good_body_are_all_answered_and_none_is_lost() {
    let world = World::new();
    let mut rng = fastrand::Rng::with_seed(20_261_122);
    let good = event(ORDER).to_string();
    let said = json!({"event": "SS_COMPLETED", "eventId": "cb-1", "ss": 1, "orderId": ORDER, "items": [1]})
        .to_string();
    let headers = [("unit", "417"), ("key", CALLBACK_KEY)];
    for n in 0..10_000 {
        let body = mutated(good.as_bytes(), &mut rng);
        let answer = world.hears_with(&[("x-webhook-secret", WEBHOOK)], &body).await;
        assert_eq!(answer.status, 200, "{n}: {:?}", String::from_utf8_lossy(&body));

        let body = mutated(said.as_bytes(), &mut rng);
        let answer = world.is_called_at(PLAIN, &headers, &body).await;
        assert!([200, 202, 400].contains(&answer.status), "{n}: {:?}", String::from_utf8_lossy(&body));
    }
    let quarantined = Delivery::in_quarantine(&world.state, 20_000).await.expect("read").len();
    assert!(quarantined > 5_000, "{quarantined}");
}

#[tokio::test(start_paused = true)]
async fn r20_a_link_that_somebody_writes_into_a_reason_is_not_kept() {
    let world = World::new();
    let mut said = cancelled(1_287_001);
    said["reason"] = json!(format!("Desistiu, veja {}", super::partners::link(1_287_001)));

    assert_eq!(world.is_called(&said).await.status, 202);

    let text = stored(&world.state, &[(notice::KIND, "cb-2.1287001")]).await;
    assert!(text.contains("Desistiu, veja") && text.contains("os=1287001"), "{text}");
    assert!(!text.contains("CANARY"), "{text}");
}
