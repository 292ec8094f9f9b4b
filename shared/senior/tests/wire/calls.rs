//! Orders: reading, releasing, cancelling, listing.

use partner_http::{Fault, Remedy};
use senior::{OrderRead, SeniorOptions, Situacao, UrlStyle};
use serde_json::json;

use crate::erp::{ORDER, answer, connected, connected_with, credentials, options};

fn reading(order_read: OrderRead, url_style: UrlStyle) -> SeniorOptions {
    SeniorOptions { order_read, url_style, ..options() }
}

#[tokio::test(start_paused = true)]
async fn each_variant_reads_an_order_from_its_path() {
    for (order_read, url_style, path, body) in [
        (OrderRead::Apis, UrlStyle::Gateway, format!("/erpx_com_ven/pedido/apis/order/{ORDER}"), ""),
        (OrderRead::Apis, UrlStyle::Bridge, format!("/rest/erpx_com_ven/pedido/apis/order/{ORDER}"), ""),
        (OrderRead::Entity, UrlStyle::Gateway, format!("/erpx_com_ven/pedido/entities/e120ped/{ORDER}"), ""),
        (OrderRead::Ecommerce, UrlStyle::Gateway, "/erpx/ecommerce/getOrder".to_owned(), "id"),
        (OrderRead::Ecommerce, UrlStyle::Bridge, "/rest/erpx/ecommerce/queries/getOrder".to_owned(), "id"),
    ] {
        let (senior, erp) = connected_with(reading(order_read, url_style), credentials());

        let order = senior.pedido(ORDER).await.expect("an answer").expect("an order");

        assert_eq!((order.situation, order.number), (Situacao::AwaitingIntegration, Some(48213)));
        let seen = &erp.all()[1];
        assert_eq!(seen.uri, path, "{order_read:?}");
        let expected = if body.is_empty() { String::new() } else { json!({"id": ORDER}).to_string() };
        assert_eq!(seen.body, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_not_there_is_nothing() {
    for (status, body) in [(404, "{}"), (404, ""), (404, "<html>"), (204, ""), (200, "null")] {
        let (senior, erp) = connected();
        erp.next("GET order", [answer(status, body)]);

        assert_eq!(senior.pedido(ORDER).await, Ok(None), "{status} {body}");
        assert_eq!(erp.seen("GET order").len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_a_body_is_not_an_order_that_is_not_there() {
    let (senior, erp) = connected();
    erp.next("GET order", vec![answer(200, " "); 4]);

    let error = senior.pedido(ORDER).await.expect_err("cut short");

    assert_eq!(error.fault, Fault::Unclear);
    assert!(matches!(error.remedy(), Remedy::RetryLater { .. }));
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_order_is_not_believed() {
    for body in [r#"{"id":"other","situation":1}"#, "{}", "[]", r#""x""#, "OK", r#"{"situation":5}"#] {
        let (senior, erp) = connected();
        erp.next("GET order", [answer(200, body)]);

        let error = senior.pedido(ORDER).await.expect_err("not this order");

        assert!(matches!(error.fault, Fault::Malformed { .. }), "{body}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_reading_nothing_is_sent() {
    let (senior, erp) = connected_with(reading(OrderRead::None, UrlStyle::Gateway), credentials());

    assert!(!senior.reads());
    let error = senior.pedido(ORDER).await.expect_err("switched off");
    assert!(matches!(&error.fault, Fault::Misconfigured { text } if text.contains("order_read")));
    assert!(erp.story().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_id_that_can_be_none_goes_nowhere() {
    let (senior, erp) = connected();
    for id in ["", "../x", "a b", "a'b", &"9".repeat(65), "é"] {
        for error in [
            senior.pedido(id).await.map(drop),
            senior.observacoes(id).await.map(drop),
            senior.add_observacao(id, "x").await,
            senior.release(id).await,
            senior.cancel(id).await,
        ] {
            assert!(matches!(error.expect_err("refused").fault, Fault::Malformed { .. }), "{id}");
        }
    }
    assert!(erp.story().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_release_and_a_cancel_name_one_order() {
    let (senior, erp) = connected();

    senior.release(ORDER).await.expect("released");
    senior.cancel(ORDER).await.expect("cancelled");

    let release = &erp.seen("POST updateOrderStatusIntegration")[0];
    assert_eq!(release.uri, "/erpx_com_ven/pedido/updateOrderStatusIntegration");
    assert_eq!(release.json(), json!({"id": ORDER}));
    let cancel = &erp.seen("POST cancelOrders")[0];
    assert_eq!(cancel.uri, "/erpx_com_ven/pedido/cancelOrders");
    assert_eq!(cancel.json(), json!({"ids": [ORDER]}));
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_may_be_answered_with_nothing_and_a_release_names_its_order() {
    let (senior, erp) = connected();
    let done = include_str!("../fixtures/cancel_done.json");
    let bodies = [answer(204, ""), answer(200, ""), answer(200, "OK"), answer(200, done)];
    erp.next("POST cancelOrders", bodies.clone());
    erp.next("POST updateOrderStatusIntegration", bodies);
    erp.next("POST updateOrderStatusIntegration", [answer(200, r#"{"id":"other"}"#)]);
    for _ in 0..4 {
        assert_eq!(senior.cancel(ORDER).await, Ok(()));
    }
    for _ in 0..5 {
        assert_eq!(senior.release(ORDER).await.expect_err("not about it").fault, Fault::Unclear);
    }
    let named = serde_json::json!({ "id": ORDER.to_uppercase() }).to_string();
    erp.next("POST updateOrderStatusIntegration", [answer(200, &named)]);
    assert_eq!(senior.release(ORDER).await, Ok(()));
    erp.next(
        "POST cancelOrders",
        [answer(200, r#"{"result":{"#), answer(200, "[".repeat(50) + &"]".repeat(50))],
    );

    assert_eq!(senior.cancel(ORDER).await.expect_err("cut short").fault, Fault::Unclear);
    assert_eq!(senior.cancel(ORDER).await.expect_err("too deep").fault, Fault::Unclear);
}

#[tokio::test(start_paused = true)]
async fn waiting_orders_come_by_the_page_and_a_bad_row_does_not_hide_the_others() {
    let (senior, erp) = connected();
    erp.next("GET e120ped", [answer(200, include_str!("../fixtures/waiting_page.json"))]);

    let listed = senior.waiting(2).await.expect("a page");

    assert_eq!((listed.page, listed.total_pages, listed.total, listed.unreadable), (2, 3, Some(201), 1));
    let ids: Vec<&str> = listed.items.iter().map(|order| order.id.as_str()).collect();
    assert_eq!(ids, ["5b1f-1", "5b1f-3"]);
    assert!(listed.items.iter().all(|order| order.situation == Situacao::AwaitingIntegration));
    let query = "filter=sitPed%20eq%206&orderby=numPed&offset=2&size=100";
    assert_eq!(erp.all()[1].uri, format!("/erpx_com_ven/pedido/entities/e120ped?{query}"));

    erp.next("GET e120ped", [answer(200, r#"{"content":[]}"#)]);
    let error = senior.waiting(0).await.expect_err("no list");
    assert!(matches!(error.fault, Fault::Malformed { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_knob_moves_a_path_without_a_change_of_code() {
    let mut options = options();
    options.paths.release = Some("/other/{id}/cancelOrders".to_owned());
    options.paths.login = Some("/elsewhere/loginWithKey?realm=a b".to_owned());
    let (senior, erp) = connected_with(options, credentials());

    erp.next("POST cancelOrders", [answer(200, json!({ "id": ORDER }).to_string())]);
    senior.release(ORDER).await.expect("released");

    let uris: Vec<String> = erp.all().into_iter().map(|seen| seen.uri).collect();
    assert_eq!(uris, ["/elsewhere/loginWithKey?realm=a%20b", &format!("/other/{ORDER}/cancelOrders")]);
}
