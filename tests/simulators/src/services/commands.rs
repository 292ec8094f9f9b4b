//! The control commands both simulators of this integration have: what waits to be told, and where to.

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;
use serde_json::json;

use super::{Outbox, Push};
use crate::answer::value;
use crate::control::{Refused, body, done};

/// Where to post to, as a person registers it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registered {
    url: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    /// Secret of the signatures.
    sign: Option<String>,
}

/// Something to do to what waits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arranged {
    #[serde(rename = "do")]
    what: String,
    #[serde(default)]
    at: usize,
    #[serde(default)]
    with: usize,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    ms: u64,
}

/// A delivery that was taken.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Taken {
    id: String,
}

/// Answers `/_sim/webhook` and `/_sim/deliveries`; nothing for another path.
pub(crate) fn outbox(outbox: &Outbox, request: &Request<Bytes>) -> Option<Result<Response<Bytes>, Refused>> {
    let answer = match (request.method(), request.uri().path()) {
        (&Method::GET, "/_sim/webhook") => {
            Ok(value(&json!({ "url": outbox.registered(), "lost": outbox.lost() })))
        }
        (&Method::POST, "/_sim/webhook") => body(request).map(|registered| {
            let Registered { url, headers, sign } = registered;
            let headers: Vec<(&str, &str)> =
                headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            outbox.register(&url, &headers);
            outbox.sign_with(sign.as_deref());
            done()
        }),
        (&Method::GET, "/_sim/deliveries") => {
            let waiting: Vec<_> = outbox.waiting().iter().map(Push::shown).collect();
            Ok(value(&json!(waiting)))
        }
        (&Method::POST, "/_sim/deliveries") => body(request).and_then(|arranged| arrange(outbox, &arranged)),
        (&Method::POST, "/_sim/deliveries/take") => {
            Ok(value(&outbox.take_next().map_or(json!(null), |push| push.shown())))
        }
        (&Method::POST, "/_sim/deliveries/ack") => {
            body(request).and_then(|taken: Taken| there(outbox.ack(&taken.id)))
        }
        (&Method::POST, "/_sim/deliveries/put-back") => {
            body(request).and_then(|taken: Taken| there(outbox.put_back(&taken.id)))
        }
        _ => return None,
    };
    Some(answer)
}

fn arrange(outbox: &Outbox, arranged: &Arranged) -> Result<Response<Bytes>, Refused> {
    let Arranged { what, at, with, seed, ms } = arranged;
    match what.as_str() {
        "duplicate" => there(outbox.duplicate(*at)),
        "swap" => there(outbox.swap(*at, *with)),
        "drop" => there(outbox.drop_at(*at).is_some()),
        "delay" => there(outbox.delay(*at, std::time::Duration::from_millis(*ms))),
        "reorder" => {
            outbox.reorder(&mut fastrand::Rng::with_seed(*seed));
            Ok(done())
        }
        other => Err(Refused(400, format!("\"{other}\" não existe: duplicate, swap, drop, delay, reorder"))),
    }
}

fn there(found: bool) -> Result<Response<Bytes>, Refused> {
    if found { Ok(done()) } else { Err(Refused(404, "não há esta entrega".to_owned())) }
}
