//! One login for all, renewed when it must be, and never shown.

use std::time::Duration;

use partner_http::{CallError, Fault, Remedy};
use senior::{Senior, SeniorCredentials, UrlStyle};

use crate::erp::{ORDER, answer, connected, connected_with, credentials, options};

async fn ask(senior: &Senior) -> Result<(), CallError> {
    // Boxed: ten of them at once are a large future.
    Box::pin(senior.pedido(ORDER)).await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn the_login_and_the_token_travel_as_agreed() {
    let (senior, erp) = connected();

    ask(&senior).await.expect("an answer");

    let login = &erp.seen("POST loginWithKey")[0];
    assert_eq!(login.uri, "/platform/authentication/anonymous/loginWithKey");
    let expected = serde_json::json!({
        "accessKey": "canary-key", "secret": "canary-secret", "tenantName": "acme", "scope": "desktop",
    });
    assert_eq!(login.json(), expected);
    assert_eq!((login.header("authorization"), login.header("client_id")), (None, Some("canary-client")));
    let read = &erp.seen("GET order")[0];
    assert_eq!(read.header("authorization"), Some("Bearer canary-at-1"));
    assert_eq!(read.header("client_id"), Some("canary-client"));
    assert_eq!(read.header("accept"), Some("application/json"));
    assert!(read.header("user-agent").is_some_and(|agent| agent.starts_with("so-bridge/")));
    assert_eq!(read.header("x-tenant"), None);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_expires_on_the_way_is_refreshed_once_and_the_call_repeated() {
    let (senior, erp) = connected();
    ask(&senior).await.expect("the first login");
    erp.expire_tokens();

    senior.release(ORDER).await.expect("released after the refresh");

    assert_eq!(
        erp.story(),
        [
            "POST loginWithKey",
            "GET order",
            "POST updateOrderStatusIntegration",
            "POST refreshToken",
            "POST updateOrderStatusIntegration",
        ]
    );
    let refresh = &erp.seen("POST refreshToken")[0];
    assert_eq!(refresh.body, r#"{"refreshToken":"canary-rt-1"}"#);
    assert_eq!(
        (refresh.header("x-tenant"), refresh.header("client_id")),
        (Some("acme"), Some("canary-client"))
    );
    assert_eq!(refresh.header("authorization"), None);
}

#[tokio::test(start_paused = true)]
async fn a_refused_refresh_leads_to_one_login() {
    for status in [400, 401] {
        let (senior, erp) = connected();
        ask(&senior).await.expect("the first login");
        erp.expire_tokens();
        erp.next("POST refreshToken", [answer(status, r#"{"message":"refresh token inválido"}"#)]);

        ask(&senior).await.expect("answered after the login");

        let after: Vec<String> = erp.story().split_off(2);
        assert_eq!(after, ["GET order", "POST refreshToken", "POST loginWithKey", "GET order"], "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_fails_for_a_while_does_not_log_in() {
    let (senior, erp) = connected();
    ask(&senior).await.expect("the first login");
    erp.expire_tokens();
    erp.next("POST refreshToken", vec![answer(503, "<html>"); 4]);

    let error = ask(&senior).await.expect_err("no refresh");

    assert_eq!((error.fault.clone(), error.method.as_str()), (Fault::Unavailable, "refreshToken"));
    assert!(matches!(error.remedy(), Remedy::RetryLater { .. }));
    assert_eq!(erp.seen("POST loginWithKey").len(), 1);

    ask(&senior).await.expect("the refresh token is still good");
    assert_eq!(erp.seen("POST loginWithKey").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_right_after_its_renewal_ends_the_call() {
    let (senior, erp) = connected();
    let no = r#"{"message":"Usuário bloqueado"}"#;
    erp.next("POST cancelOrders", [answer(401, no), answer(401, no)]);

    let error = senior.cancel(ORDER).await.expect_err("twice refused");

    assert_eq!(error.fault, Fault::Unauthorized { text: "Usuário bloqueado".to_owned() });
    assert_eq!((error.remedy(), error.status), (Remedy::FixConfig, Some(401)));
    assert_eq!(erp.seen("POST cancelOrders").len(), 2);
    assert_eq!((erp.seen("POST loginWithKey").len(), erp.seen("POST refreshToken").len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn ten_calls_at_once_log_in_once_and_a_refused_token_is_renewed_once_for_all() {
    let (senior, erp) = connected();
    let five =
        || async { tokio::join!(ask(&senior), ask(&senior), ask(&senior), ask(&senior), ask(&senior)) };
    let all = (Ok(()), Ok(()), Ok(()), Ok(()), Ok(()));

    assert_eq!(tokio::join!(five(), five()), (all.clone(), all.clone()));
    assert_eq!((erp.seen("POST loginWithKey").len(), erp.most_in_flight()), (1, 2));

    erp.expire_tokens();
    assert_eq!(five().await, all);
    assert_eq!((erp.seen("POST loginWithKey").len(), erp.seen("POST refreshToken").len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_refreshed_a_minute_before_it_expires() {
    let (senior, erp) = connected();
    ask(&senior).await.expect("the first login");

    tokio::time::advance(Duration::from_mins(58)).await;
    ask(&senior).await.expect("the same token");
    assert_eq!(erp.seen("POST refreshToken").len(), 0);

    tokio::time::advance(Duration::from_mins(1)).await;
    ask(&senior).await.expect("a new token");
    assert_eq!((erp.seen("POST refreshToken").len(), erp.seen("POST loginWithKey").len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_names_no_secret_and_is_not_repeated() {
    let (senior, erp) = connected();
    let echo = r#"{"jsonToken":null,"reason":"UNAUTHORIZED","message":"canary-key/canary-secret recusado"}"#;
    erp.next("POST loginWithKey", [answer(200, echo)]);

    let error = ask(&senior).await.expect_err("refused");

    assert!(matches!(error.fault, Fault::Unauthorized { .. }), "{error:?}");
    let shown = format!("{error} {error:?} {senior:?}");
    assert!(shown.contains("recusado") && !shown.contains("canary"), "{shown}");
    assert_eq!(erp.story(), ["POST loginWithKey"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_an_error_repeats_is_not_shown() {
    let (senior, erp) = connected();
    erp.next("POST cancelOrders", [answer(200, r#"{"result":{"errors":["token canary-at-1 recusado"]}}"#)]);

    let error = senior.cancel(ORDER).await.expect_err("refused inside");

    assert_eq!(error.fault, Fault::Refused { text: "token *** recusado".to_owned() });
}

#[tokio::test(start_paused = true)]
async fn the_gateway_needs_a_client_id_and_the_bridge_does_not() {
    let without = || SeniorCredentials { client_id: None, ..credentials() };
    let (senior, erp) = connected_with(options(), without());

    let error = ask(&senior).await.expect_err("no client id");

    assert!(matches!(&error.fault, Fault::Misconfigured { text } if text.contains("client_id")), "{error}");
    assert!(erp.story().is_empty());

    let bridge = senior::SeniorOptions { url_style: UrlStyle::Bridge, ..options() };
    let (senior, erp) = connected_with(bridge, without());
    ask(&senior).await.expect("an answer");
    assert_eq!(erp.all()[0].uri, "/anonymous/rest/platform/authentication/actions/loginWithKey");
    assert!(erp.all().iter().all(|seen| seen.header("client_id").is_none()));
}
