//! Logins (`contracts/senior-x.md` §2).

use super::*;

const ORDER: &str = "/erpx_com_ven/pedido/apis/order/5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10";

#[tokio::test(start_paused = true)]
async fn a_login_gives_a_token_inside_a_string() {
    let sim = tenant();

    let token = login(&sim).await;

    assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(604_800)));
    assert!(token["refresh_token"].as_str().is_some_and(|token| token.starts_with("rt-")));
}

#[tokio::test(start_paused = true)]
async fn both_styles_of_url_are_the_same_tenant() {
    let (sim, id) = waiting();
    let login = "/t/senior.com.br/bridge/1.0/anonymous/rest/platform/authentication/actions/loginWithKey";
    let (_, answer) = ask(&sim, "", "POST", login, credentials()).await;
    let token: Value = serde_json::from_str(answer["jsonToken"].as_str().expect("text")).expect("JSON");
    let token = token["access_token"].as_str().expect("a token");

    let release = "/rest/erpx_com_ven/pedido/actions/updateOrderStatusIntegration";
    let (status, answer) = ask(&sim, token, "POST", release, json!({ "id": id })).await;
    let shop = ask(&sim, token, "POST", "/rest/erpx/ecommerce/queries/getOrder", json!({ "id": id })).await;

    assert_eq!((status, answer), (200, json!({ "id": id })));
    assert_eq!((shop.0, &shop.1["orderStatus"]), (200, &json!("ABERTO_TOTAL")));
}

#[tokio::test(start_paused = true)]
async fn the_gateway_needs_its_client_id_and_the_bridge_does_not() {
    let (sim, id) = waiting();
    let token = Caller::of(&sim).await.token;
    let bare = |path: String| {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        request.body(Bytes::new()).expect("a request")
    };

    let gateway = sim.handle(bare(format!("/erpx_com_ven/pedido/apis/order/{id}"))).await.expect("an answer");
    let bridge =
        sim.handle(bare(format!("/rest/erpx_com_ven/pedido/apis/order/{id}"))).await.expect("an answer");

    assert_eq!((gateway.status().as_u16(), bridge.status().as_u16()), (400, 200));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_gets_no_token_in_either_form() {
    let sim = tenant();
    let path = "/platform/authentication/anonymous/loginWithKey";
    let wrong = || json!({ "accessKey": ACCESS_KEY, "secret": "outro", "tenantName": TENANT });

    let (status, answer) = ask(&sim, "", "POST", path, wrong()).await;
    sim.configure(|options| options.refuse_login_with_200 = true);
    let quiet = ask(&sim, "", "POST", path, wrong()).await;

    assert_eq!(
        (status, &answer["reason"], &answer["service"]),
        (401, &json!("UNAUTHORIZED"), &json!("pedido"))
    );
    assert_eq!((quiet.0, &quiet.1["jsonToken"]), (200, &Value::Null));
    assert_eq!(sim.verdict().faults("loginWithKey", "unauthorized"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_ends_after_its_calls_and_is_renewed() {
    let (sim, _) = waiting();
    sim.configure(|options| options.token_calls = Some(2));
    let token = login(&sim).await;
    let access = token["access_token"].as_str().expect("a token");
    let refresh = json!({ "refreshToken": token["refresh_token"] });

    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(ask(&sim, access, "GET", ORDER, Value::Null).await.0);
    }
    let (status, answer) = ask(&sim, "", "POST", "/platform/authentication/refreshToken", refresh).await;
    let renewed: Value = serde_json::from_str(answer["jsonToken"].as_str().expect("text")).expect("JSON");
    let renewed = renewed["access_token"].as_str().expect("a token");

    assert_eq!((seen, status), (vec![200, 200, 401], 200));
    assert_eq!(ask(&sim, renewed, "GET", ORDER, Value::Null).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_token_ends_with_its_time_and_a_revoked_one_is_not_renewed() {
    let (sim, _) = waiting();
    let token = login(&sim).await;
    let access = token["access_token"].as_str().expect("a token");
    let refresh = json!({ "refreshToken": token["refresh_token"] });
    sim.0.gate.clock.sleep(Duration::from_hours(7 * 24)).await;

    assert_eq!(ask(&sim, access, "GET", ORDER, Value::Null).await.0, 401);
    sim.revoke_tokens();
    let refused = ask(&sim, "", "POST", "/platform/authentication/refreshToken", refresh).await;

    assert_eq!(refused.0, 401);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_without_its_tenant_is_refused() {
    let sim = tenant();
    let token = login(&sim).await;
    let body = json!({ "refreshToken": token["refresh_token"] }).to_string();
    let request = Request::post("/platform/authentication/refreshToken")
        .header("client_id", CLIENT_ID)
        .header("content-type", "application/json");

    let answer = sim.handle(request.body(body.into()).expect("a request")).await.expect("an answer");

    assert_eq!(answer.status().as_u16(), 400);
}
