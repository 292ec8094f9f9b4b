//! One login for all, renewed when it must be, and never shown.

use std::time::Duration;

use maxima::{Cidade, Maxima};
use partner_http::{CallError, Fault, Remedy};

use crate::cloud::{Mishap, connected};

async fn ask(maxima: &Maxima) -> Result<(), CallError> {
    maxima.get::<Cidade>("1").await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn ten_calls_at_once_log_in_once_and_two_travel_at_a_time() {
    let (maxima, cloud) = connected();
    let keys = ["1".to_owned()];

    // Two lanes, so that it is the client that holds back and not a lane.
    let two = || async {
        let (read, looked) = tokio::join!(ask(&maxima), maxima.existing("MXSCIDADE", "Codcidade", &keys));
        read.and(looked.map(drop))
    };
    let answers = tokio::join!(two(), two(), two(), two(), two());

    assert_eq!(answers, (Ok(()), Ok(()), Ok(()), Ok(()), Ok(())));
    assert_eq!((cloud.logins(), cloud.story().len()), (1, 10));
    assert_eq!(cloud.most_in_flight(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_renewed_once_for_all() {
    let (maxima, cloud) = connected();
    ask(&maxima).await.expect("the first login");
    cloud.expire_tokens();

    let answers = tokio::join!(ask(&maxima), ask(&maxima));

    assert_eq!(answers, (Ok(()), Ok(())));
    assert_eq!(cloud.logins(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_never_accepted_ends_the_call() {
    let (maxima, cloud) = connected();
    cloud.next("GET Cidades/1", Mishap::Answer(401, ""));
    cloud.next("GET Cidades/1", Mishap::Answer(401, ""));

    let error = ask(&maxima).await.expect_err("twice refused");

    assert_eq!((error.fault, cloud.logins()), (Fault::Expired, 2));
}

#[tokio::test(start_paused = true)]
async fn a_token_without_offset_lives_until_that_time_in_sao_paulo() {
    let (maxima, cloud) = connected();
    ask(&maxima).await.expect("the first login");

    // It expires at 23:00 UTC, eleven hours from the start, and is renewed five minutes before.
    tokio::time::advance(Duration::from_hours(10)).await;
    ask(&maxima).await.expect("the same token");
    assert_eq!(cloud.logins(), 1);

    tokio::time::advance(Duration::from_mins(56)).await;
    ask(&maxima).await.expect("a new token");
    assert_eq!(cloud.logins(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_names_no_secret_and_is_not_repeated() {
    let (maxima, cloud) = connected();
    cloud.next(
        "POST Login",
        Mishap::Answer(200, r#"{"success":false,"resposta":"canary-login/canary/password+= recusado"}"#),
    );

    let error = ask(&maxima).await.expect_err("refused");

    assert!(matches!(error.fault, Fault::Unauthorized { .. }), "{error:?}");
    assert_eq!(error.remedy(), Remedy::FixConfig);
    let shown = format!("{error} {error:?} {maxima:?}");
    assert!(shown.contains("recusado") && !shown.contains("canary"), "{shown}");
    assert_eq!(cloud.seen("POST Login").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_credentials_travel_in_the_login_only() {
    let (maxima, cloud) = connected();

    ask(&maxima).await.expect("an answer");

    let login = &cloud.seen("POST Login")[0];
    assert_eq!(login.body, r#"{"login":"canary-login","password":"canary/password+="}"#);
    assert_eq!((login.uri.as_str(), login.token.as_deref()), ("http://intext.test:81/api/v3/Login", None));
    assert_eq!(cloud.seen("GET Cidades/1")[0].token.as_deref(), Some("Bearer token-1"));
}
