use serde_json::Value;

use super::*;
use crate::services::{EquipmentKind, ServiceOptions, ServiceSimulators};
use crate::{Fault, Outcome};

mod callbacks;
mod opening;
mod reading;

const START: &str = "2026-11-20T17:03:22Z";

fn both() -> ServiceSimulators {
    ServiceSimulators::open(ServiceOptions::new(Clock::paused(START.parse().expect("an instant"))))
}

/// The body of an event, as the hub tells it.
fn event(both: &ServiceSimulators) -> (String, Bytes) {
    let id = both.close_sample(EquipmentKind::Existing, &mut fastrand::Rng::with_seed(4));
    (id, both.senior.hub().take_next().expect("one waits").body)
}

fn open(body: &Bytes) -> Request<Bytes> {
    Request::post("/serviceOrder/open")
        .header("unit", UNIT)
        .header("key", UNIT_KEY)
        .header("content-type", "application/json")
        .header("x-idempotency-key", "so-acme-1-1")
        .body(body.clone())
        .expect("a request")
}

fn get(path: &str) -> Request<Bytes> {
    Request::get(path).header("unit", UNIT).header("key", UNIT_KEY).body(Bytes::new()).expect("a request")
}

async fn ask(sim: &SismetroSim, request: Request<Bytes>) -> (u16, Value) {
    let answer = sim.handle(request).await.expect("an answer");
    let text = String::from_utf8_lossy(answer.body()).into_owned();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A number of SS, one per order.
async fn opened(both: &ServiceSimulators, count: usize) {
    both.sismetro.configure(|options| options.opens_per_minute = 1000);
    for _ in 0..count {
        let (_, body) = event(both);
        assert_eq!(ask(&both.sismetro, open(&body)).await.0, 200);
    }
}
