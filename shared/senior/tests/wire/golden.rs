//! One file for each shape of a document, and what is read from it.

use senior::{
    Equipamento, Item, OrderRead, Pedido, SeniorOptions, ServiceOrderEvent, Situacao, Unreadable, event,
    masked,
};
use serde_json::Value;

use crate::erp::{Mishap, ORDER, answer, connected_with, credentials, options};

/// Name, document, and the events that are read from it.
macro_rules! golden {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_str!(concat!("../fixtures/", $name, ".json")),
            include_str!(concat!("../fixtures/", $name, ".golden.json")),
        )),*]
    };
}

pub(crate) const READABLE: &[(&str, &str, &str)] = golden![
    "event_documented",
    "event_flat_portuguese",
    "event_new_equipment",
    "event_equipment_both",
    "event_without_equipment",
    "event_equipment_unrecognised",
    "event_only_id",
    "delivery_with_metadata",
    "delivery_payload_as_text",
    "delivery_of_two_orders",
    "delivery_array_of_envelopes",
    "delivery_with_secrets",
];

pub(crate) fn read(body: &str) -> Result<Vec<ServiceOrderEvent>, Unreadable> {
    event::read(body.as_bytes(), &SeniorOptions::default())
}

#[test]
fn each_shape_gives_its_events() {
    for (name, body, golden) in READABLE {
        let events = read(body).expect("readable");

        let expected: Value = serde_json::from_str(golden).expect("JSON");
        assert_eq!(serde_json::to_value(&events).expect("JSON"), expected, "{name}");
        let kept: Vec<ServiceOrderEvent> = serde_json::from_value(expected).expect("events");
        assert_eq!(kept, events, "{name}: what is stored is what was read");
    }
}

#[test]
fn each_unreadable_shape_says_why_in_portuguese() {
    for (body, why) in [
        (include_str!("../fixtures/unreadable_only_the_envelopes_id.json"), Unreadable::NoOrder),
        (include_str!("../fixtures/unreadable_id_next_to_payload.json"), Unreadable::NoOrder),
        (include_str!("../fixtures/unreadable_forged_id.json"), Unreadable::BadOrderId),
        (include_str!("../fixtures/unreadable_one_of_two.json"), Unreadable::NoOrder),
        ("", Unreadable::NotJson),
        ("<html>", Unreadable::NotJson),
        (r#"{"orderId":"5b1f"#, Unreadable::NotJson),
        ("7", Unreadable::NoOrder),
        ("[]", Unreadable::NoOrder),
        ("null", Unreadable::NoOrder),
    ] {
        assert_eq!(read(body), Err(why), "{body}");
        assert!(why.to_string().contains(' '), "{}", why.name());
    }
    let deep = format!("{{\"orderId\":\"5b1f\",\"x\":{}{}}}", "[".repeat(32), "]".repeat(32));
    assert_eq!(read(&deep), Err(Unreadable::TooDeep));
}

/// Every envelope of `contracts/senior-x.md` §7.3 around `body`.
fn envelopes(body: &str) -> Vec<String> {
    let metadata =
        r#""tenant":"acme","eventId":"e-1","event":"erpx_com_ven/pedido/externalServiceOrderFinished""#;
    let text = Value::from(body).to_string();
    let mut all = vec![body.to_owned(), format!("[{body}]"), format!("\u{feff} {body}\r\n"), text.clone()];
    for name in ["payload", "eventPayload", "data", "content", "message"] {
        for inner in [body, &text, &format!("[{body}]"), &format!("[null,{body}]")] {
            all.push(format!("{{\"{name}\":{inner}}}"));
            all.push(format!("{{{metadata},\"{name}\":{inner}}}"));
            all.push(format!("[{{\"id\":\"not-the-order\",\"{name}\":{inner},\"name\":\"x\"}}]"));
        }
    }
    for inner in [body, &text] {
        all.push(format!("{{\"event\":{inner}}}"));
        all.push(format!(
            "{{\"event\":{{\"payload\":{inner},\"eventId\":\"e-1\",\"id\":\"not-the-order\"}}}}"
        ));
    }
    all
}

#[test]
fn every_envelope_gives_the_same_order() {
    for name in ["event_documented", "event_flat_portuguese", "event_new_equipment", "event_only_id"] {
        let (_, body, _) = READABLE.iter().find(|(known, ..)| *known == name).expect("a fixture");
        let plain = read(body).expect("readable").remove(0);
        for delivery in envelopes(body.trim()) {
            let events = read(&delivery).unwrap_or_else(|why| panic!("{why}: {delivery}"));

            let [event] = &events[..] else { panic!("{} events: {delivery}", events.len()) };
            assert_eq!(event.relay, delivery, "alone it is relayed byte for byte");
            assert_eq!(event.unwrapped, plain.unwrapped, "{delivery}");
            let bare = ServiceOrderEvent {
                tenant: None,
                event_id: None,
                event_name: None,
                relay: plain.relay.clone(),
                ..event.clone()
            };
            assert_eq!(bare, plain, "{delivery}");
        }
    }
}

#[test]
fn a_delivery_names_its_event_and_is_known_by_its_id_or_its_order() {
    let one = |body: &str| read(body).expect("readable").remove(0);
    let other = one(r#"{"event":"erpx_com_ven/pedido/orderClosed","payload":{"orderId":"5b1f"}}"#);
    let ours = one(r#"{"primitive":"externalServiceOrderFinished","payload":{"orderId":"5b1f"}}"#);
    let again = one(r#"{"data":{ "orderId" : "5b1f" }}"#);
    let changed = one(r#"{"data":{"orderId":"5b1f","number":1}}"#);
    let named = one(r#"{"messageId":"m-1","data":{"orderId":"5b1f"}}"#);
    let odd = one(r#"{"messageId":"m 1/é","data":{"orderId":"5b1f"}}"#);

    assert!(other.is_other_event() && !ours.is_other_event() && !again.is_other_event());
    assert_eq!(ours.delivery_key(), again.delivery_key());
    assert_ne!(again.delivery_key(), changed.delivery_key());
    assert_eq!(named.delivery_key(), "m-1");
    assert!(odd.delivery_key().len() == 64 && odd.delivery_key() != again.delivery_key());
}

#[test]
fn an_event_that_stands_as_text_under_event_is_not_its_name() {
    for inner in [r#"{"orderId":"5b1f"}"#, r#"[{"orderId":"5b1f"}]"#] {
        let body = serde_json::json!({ "event": inner, "eventName": "a/b/externalServiceOrderFinished" });
        let event = read(&body.to_string()).expect("readable").remove(0);

        assert_eq!(event.order_id, "5b1f");
        assert_eq!(event.event_name.as_deref(), Some("a/b/externalServiceOrderFinished"));
        let alone = serde_json::json!({ "event": inner });
        assert!(!read(&alone.to_string()).expect("readable")[0].is_other_event());
    }
}

#[test]
fn each_of_several_orders_is_relayed_alone() {
    let body = include_str!("../fixtures/delivery_of_two_orders.json");

    let events = read(body).expect("readable");

    assert_eq!(events[0].relay, r#"{"orderId":"5b1f-1","equipmentId":"88121"}"#);
    assert_eq!(events[1].relay, r#"{"order":{"id":"5b1f-2"}, "newEquipment":"Guincho"}"#);
    assert!(events.iter().all(|event| event.tenant.as_deref() == Some("acme")));
}

#[test]
fn a_masked_delivery_reads_like_the_received_one() {
    for (name, body, _) in READABLE {
        let masked = masked(body.as_bytes());

        assert_eq!(read(&masked.body), read(body), "{name}");
        assert!(!format!("{:?}", read(body)).contains("canary"), "{name}");
        assert_eq!(masked.changed, body.contains("canary"), "{name}");
    }
}

#[test]
fn a_tenant_may_put_the_order_anywhere() {
    let options = SeniorOptions::read(&serde_json::json!({
        "tenant_name": "acme",
        "envelope_candidates": ["corpo.doc"],
        "senior_event_map": {"order_id": ["/chaves/0/ped"], "branch_code": ["/filial~1cod"]},
    }))
    .expect("good knobs");
    let body = br#"{"orderId":"wrong","corpo":{"doc":{"chaves":[{"ped":48213}],"filial/cod":"003"}}}"#;

    let events = event::read(body, &options).expect("readable");

    assert_eq!((events[0].order_id.as_str(), events[0].branch_code), ("48213", Some(3)));
    assert_eq!(events[0].equipment, Equipamento::Unknown);
}

async fn order(order_read: OrderRead, mishap: Mishap) -> Pedido {
    let (senior, erp) = connected_with(SeniorOptions { order_read, ..options() }, credentials());
    let name = match order_read {
        OrderRead::Entity => "GET e120ped",
        OrderRead::Ecommerce => "POST getOrder",
        OrderRead::Apis | OrderRead::None => "GET order",
    };
    erp.next(name, [mishap]);
    senior.pedido(ORDER).await.expect("readable").expect("an order")
}

fn bare(id: &str) -> Pedido {
    Pedido {
        id: id.to_owned(),
        number: Some(48213),
        company_code: Some(1),
        branch_code: Some(3),
        customer_name: Some("Metalúrgica Rio Verde Ltda".to_owned()),
        situation: Situacao::AwaitingIntegration,
        observation: None,
        items: Vec::new(),
    }
}

#[tokio::test(start_paused = true)]
async fn each_shape_of_an_order_is_read() {
    let item = Item {
        sequence: Some(1),
        service_code: Some("SV-CALIB-01".to_owned()),
        description: Some("Calibração de balança".to_owned()),
        quantity: Some("1".parse().expect("a decimal")),
        price: Some("380.00".parse().expect("a decimal")),
        situation: Situacao::AwaitingIntegration,
        observation: None,
    };
    let apis = order(OrderRead::Apis, answer(200, include_str!("../fixtures/order_apis.json"))).await;
    assert_eq!(apis, Pedido { items: vec![item.clone()], ..bare(ORDER) });

    let entity = order(OrderRead::Entity, answer(200, include_str!("../fixtures/order_entity.json"))).await;
    let item = Item {
        description: Some("Calibração".to_owned()),
        quantity: Some("1.5".parse().expect("a decimal")),
        situation: Situacao::Settled,
        observation: Some("com certificado".to_owned()),
        ..item
    };
    assert_eq!(entity, Pedido { items: vec![item], ..bare(&ORDER.to_uppercase()) });

    let shop =
        order(OrderRead::Ecommerce, answer(200, include_str!("../fixtures/order_ecommerce.json"))).await;
    let expected = Pedido {
        company_code: None,
        branch_code: None,
        customer_name: None,
        situation: Situacao::OpenTotal,
        observation: Some("Atender pela manhã".to_owned()),
        ..bare(ORDER)
    };
    assert_eq!(shop, expected);

    let odd =
        order(OrderRead::Apis, answer(200, include_str!("../fixtures/order_without_situation.json"))).await;
    assert_eq!((odd.situation, odd.number, odd.items.len()), (Situacao::Unknown(String::new()), None, 0));
}

#[tokio::test(start_paused = true)]
async fn the_documented_login_and_list_of_observations_are_read() {
    let (senior, erp) = connected_with(options(), credentials());
    erp.next("POST loginWithKey", [answer(200, include_str!("../fixtures/login_reply.json"))]);
    erp.next("GET e120obs", [answer(200, include_str!("../fixtures/observations_page.json"))]);

    let texts = senior.observacoes(ORDER).await.expect("readable");

    assert_eq!(texts, ["Sismetro SS 1287593 | https://br.sismetro.com/x", "segunda", "terceira"]);
    assert_eq!(erp.seen("GET e120obs")[0].header("authorization"), Some("Bearer at-EXAMPLE-0001"));
}
