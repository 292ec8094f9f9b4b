//! Documents that are damaged in every way we can think of: read or refused, never a panic.

use partner_http::Fault;
use senior::{Unreadable, valid_order_id};

use crate::{
    erp::{ORDER, answer, connected},
    golden::{READABLE, read},
};

/// What a document may be damaged with.
const DEBRIS: &[&str] = &[
    "null",
    "{}",
    "[]",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\\",
    "\\ud800",
    "\\u0000",
    "\u{0}",
    "é",
    ",",
    ":",
    "-",
    "1e999",
    "-0.0",
    "99999999999999999999999999999999999999",
    "0.00000000000000000000000000000000001",
    "true",
    "\"\\\"\"",
    "\"{\\\"id\\\":1}\"",
    "\"[[\"",
    "[[[[[[[[",
    "{\"order\":",
    "\"token\":\"canary\",",
];

fn damaged(text: &str, rng: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(..=bytes.len());
        let end = (at + rng.usize(..12)).min(bytes.len());
        match rng.u8(..4) {
            0 => drop(bytes.splice(at..end, DEBRIS[rng.usize(..DEBRIS.len())].bytes())),
            1 => drop(bytes.drain(at..end)),
            2 if at < bytes.len() => bytes[at] = rng.u8(..),
            _ => instead_of_a_value(&mut bytes, at, rng),
        }
    }
    bytes
}

/// Mostly still JSON: something else between a colon and the next comma.
fn instead_of_a_value(bytes: &mut Vec<u8>, from: usize, rng: &mut fastrand::Rng) {
    let find =
        |from: usize, byte: u8| Some(from + bytes.get(from..)?.iter().position(|other| *other == byte)?);
    let Some(colon) = find(from, b':') else { return };
    let Some(comma) = find(colon, b',') else { return };
    bytes.splice(colon + 1..comma, DEBRIS[rng.usize(..DEBRIS.len())].bytes());
}

#[test]
fn a_damaged_delivery_is_read_or_refused_and_masking_twice_is_masking_once() {
    let mut rng = fastrand::Rng::with_seed(20_261_120);
    let (mut found, mut refused) = (0, 0);
    for round in 0..10_000 {
        let (_, body, _) = READABLE[round % READABLE.len()];
        let bytes = damaged(body, &mut rng);

        let masked = senior::masked(&bytes);
        let twice = senior::masked(masked.body.as_bytes());
        assert_eq!(twice.body, masked.body, "{}", String::from_utf8_lossy(&bytes));

        match senior::event::read(&bytes, &senior::SeniorOptions::default()) {
            Ok(events) => {
                found += 1;
                assert_eq!(read(&masked.body).as_ref(), Ok(&events));
                for event in events {
                    assert!(valid_order_id(&event.order_id));
                    assert!(valid_order_id(&event.delivery_key()));
                    assert!(masked.body.contains(&event.relay), "{}", event.relay);
                    let kept = serde_json::to_string(&event).expect("JSON");
                    assert_eq!(
                        serde_json::from_str::<senior::ServiceOrderEvent>(&kept).expect("kept"),
                        event
                    );
                }
            }
            Err(_) => refused += 1,
        }
    }
    assert!(found > 1_000 && refused > 1_000, "{found} read, {refused} refused");
}

#[tokio::test(start_paused = true)]
async fn a_damaged_answer_is_this_order_or_an_error() {
    let mut rng = fastrand::Rng::with_seed(20_261_121);
    let bodies =
        [include_str!("../fixtures/order_apis.json"), include_str!("../fixtures/cancel_refused_inside.json")];
    let (senior, erp) = connected();
    let (mut found, mut refused) = (0, 0);
    for _ in 0..1_000 {
        let [order, cancelled] =
            bodies.map(|body| String::from_utf8_lossy(&damaged(body, &mut rng)).into_owned());
        erp.next("GET order", vec![answer(200, order.clone()); 4]);
        match senior.pedido(ORDER).await {
            Ok(Some(read)) => {
                found += 1;
                assert!(read.id.eq_ignore_ascii_case(ORDER), "{order}");
            }
            Ok(None) => panic!("nothing: {order}"),
            Err(_) => refused += 1,
        }
        // Leftovers of what was repeated.
        while !erp.is_idle("GET order") {
            let _ = senior.pedido(ORDER).await;
        }
        erp.next("POST cancelOrders", [answer(200, cancelled)]);
        let _ = senior.cancel(ORDER).await;
    }
    assert!(found > 100 && refused > 100, "{found} read, {refused} refused");
}

#[test]
fn a_document_a_million_levels_deep_is_refused_without_falling_down() {
    for body in [
        "[".repeat(1_000_000),
        "{\"payload\":".repeat(200_000),
        format!("{{\"orderId\":\"5b1f\",\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{{\"token\":\"canary\",\"x\":{}", "[".repeat(100_000)),
    ] {
        assert_eq!(read(&body), Err(Unreadable::TooDeep));
        assert!(!senior::masked(body.as_bytes()).body.contains("canary"));
    }
}

#[test]
fn a_document_in_a_text_may_not_be_deeper_either() {
    let inner = format!("{{\"orderId\":\"5b1f\",\"x\":{}{}}}", "[".repeat(40), "]".repeat(40));
    let body = serde_json::json!({"payload": inner}).to_string();

    assert_eq!(read(&body), Err(Unreadable::NoOrder));
}

#[test]
fn absurd_values_are_no_values() {
    let body = r#"{"orderId":"5b1f","number":1e999,"companyCode":99999999999999999999,"branchCode":3.5,
        "customer":[1],"services":[{"sequence":-1e-5,"quantity":1e400,"unitPrice":"NaN"},7,null,[]],"observation":{"a":1},
        "equipment":{"id":{"a":1}}}"#;

    let event = read(body).expect("readable").remove(0);

    assert_eq!((event.company_code, event.branch_code, event.observation), (None, None, None));
    assert_eq!(event.services, [senior::Servico::default()]);
    assert_eq!(event.customer, senior::Cliente::default());
    assert_eq!(event.equipment, senior::Equipamento::Unknown);
}

#[tokio::test(start_paused = true)]
async fn a_login_of_any_form_gives_a_token_or_an_error() {
    let mut rng = fastrand::Rng::with_seed(7);
    for _ in 0..500 {
        let (senior, erp) = connected();
        let body = damaged(include_str!("../fixtures/login_reply.json"), &mut rng);
        erp.next("POST loginWithKey", vec![answer(200, String::from_utf8_lossy(&body)); 4]);
        erp.next("GET order", [answer(404, "")]);

        if let Err(error) = senior.pedido(ORDER).await {
            assert_ne!(error.fault, Fault::Expired, "{error}");
        }
    }
}
