use serde_json::json;

use super::*;
use crate::services::{EquipmentKind, sample_service_order, worked_service_order};
use crate::{Fault, Outcome};

mod calls;
mod events;
mod reading;
mod tokens;

const START: &str = "2026-11-20T17:03:00Z";

fn tenant() -> SeniorSim {
    SeniorSim::new(Clock::paused(START.parse().expect("an instant")), SeniorOptions::default())
}

/// A tenant with the contract's order, closed.
fn waiting() -> (SeniorSim, String) {
    let sim = tenant();
    let id = sim.place(worked_service_order());
    sim.close(&id).expect("it can be closed");
    (sim, id)
}

fn read(answer: &Response<Bytes>) -> (u16, Value) {
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
}

fn request(token: &str, verb: &str, path: &str, body: &Value) -> Request<Bytes> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Request::builder()
        .method(verb)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("client_id", CLIENT_ID)
        .header("content-type", "application/json")
        .header("x-tenant", TENANT)
        .body(body.into())
        .expect("a request")
}

async fn ask(sim: &SeniorSim, token: &str, verb: &str, path: &str, body: Value) -> (u16, Value) {
    read(&sim.handle(request(token, verb, path, &body)).await.expect("an answer"))
}

fn credentials() -> Value {
    json!({ "accessKey": ACCESS_KEY, "secret": ACCESS_SECRET, "tenantName": TENANT })
}

/// The token's members.
async fn login(sim: &SeniorSim) -> Value {
    let (status, answer) =
        ask(sim, "", "POST", "/platform/authentication/anonymous/loginWithKey", credentials()).await;
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str(answer["jsonToken"].as_str().expect("JSON inside a string")).expect("JSON")
}

/// A caller that has a token.
struct Caller {
    sim: SeniorSim,
    token: String,
}

impl Caller {
    async fn of(sim: &SeniorSim) -> Self {
        let token = login(sim).await["access_token"].as_str().expect("a token").to_owned();
        Self { sim: sim.clone(), token }
    }

    async fn ask(&self, verb: &str, path: &str, body: Value) -> (u16, Value) {
        ask(&self.sim, &self.token, verb, path, body).await
    }

    async fn release(&self, id: &str) -> (u16, Value) {
        self.ask("POST", "/erpx_com_ven/pedido/updateOrderStatusIntegration", json!({ "id": id })).await
    }

    async fn cancel(&self, id: &str) -> (u16, Value) {
        self.ask("POST", "/erpx_com_ven/pedido/cancelOrders", json!({ "ids": [id] })).await
    }

    async fn note(&self, id: &str, text: &str) -> (u16, Value) {
        let body = json!({ "e120ped": { "id": id }, "obsPed": text });
        self.ask("POST", "/erpx_com_ven/pedido/entities/e120obs", body).await
    }
}
