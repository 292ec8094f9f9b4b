//! The control interface both simulators have under `/_sim/`.

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::answer::{sentence, value};
use crate::{Fault, Faults, Verdict};

/// What a fault on demand is asked for with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    method: String,
    fault: Fault,
    #[serde(default = "once")]
    count: usize,
}

fn once() -> usize {
    1
}

/// Answers what both simulators have in common: the state, the faults, the release.
pub(crate) fn common(
    request: &Request<Bytes>,
    faults: &Faults,
    verdict: impl FnOnce() -> Verdict,
) -> Option<Response<Bytes>> {
    let answer = match (request.method(), request.uri().path()) {
        (&Method::GET, "/_sim/state") => value(&serde_json::json!(verdict())),
        (&Method::POST, "/_sim/faults") => match body::<Wanted>(request) {
            Ok(wanted) => {
                faults.next(&wanted.method, wanted.fault, wanted.count);
                done()
            }
            Err(refused) => refused.answer(),
        },
        (&Method::POST, "/_sim/release") => {
            faults.release();
            done()
        }
        _ => return None,
    };
    Some(answer)
}

/// A command that is not carried out: status and why.
pub(crate) struct Refused(pub(crate) u16, pub(crate) String);

impl Refused {
    pub(crate) fn answer(&self) -> Response<Bytes> {
        sentence(self.0, &self.1)
    }
}

/// Reads the body of a control request.
pub(crate) fn body<T: DeserializeOwned>(request: &Request<Bytes>) -> Result<T, Refused> {
    serde_json::from_slice(request.body())
        .map_err(|error| Refused(400, format!("o corpo não serve para este comando: {error}")))
}

pub(crate) fn done() -> Response<Bytes> {
    value(&serde_json::json!({ "ok": true }))
}
