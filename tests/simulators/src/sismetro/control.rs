//! Sismetro's control interface and its page.

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::options::Change;
use super::{NoSuchSs, SismetroSim};
use crate::answer::{page, value};
use crate::control::{Refused, body, common, done};
use crate::services::{commands, equipment_register};

/// What becomes of an SS.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advanced {
    status: String,
    evolucao: String,
}

impl SismetroSim {
    /// The answer to a control request; nothing when it is one for Sismetro.
    pub(super) fn control(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let path = request.uri().path();
        if path == "/" && request.method() == Method::GET {
            return Some(page("Simulador da Sismetro", "integracaog7 e get", &self.verdict()));
        }
        if !path.starts_with("/_sim/") {
            return None;
        }
        let answer = common(request, self.faults(), || self.verdict());
        Some(answer.unwrap_or_else(|| {
            let shared = commands::outbox(self.callbacks(), request);
            shared.unwrap_or_else(|| self.command(request)).unwrap_or_else(|refused| refused.answer())
        }))
    }

    fn command(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Refused> {
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/_sim/options") => {
                let change: Change = body(request)?;
                self.configure(|options| change.apply(options));
            }
            (&Method::POST, path) => self.done_to_one(path, request)?,
            (&Method::GET, path) => return self.shown(path).map(|shown| value(&shown)),
            _ => return Err(unknown()),
        }
        Ok(done())
    }

    fn shown(&self, path: &str) -> Result<Value, Refused> {
        match path {
            "/_sim/ss" | "/_sim/rows/ss" => Ok(json!(self.all_ss())),
            "/_sim/rows/patrimonios" => {
                let register = equipment_register().iter();
                Ok(json!(register.map(|known| (known.id, &known.description)).collect::<Vec<_>>()))
            }
            "/_sim/violations" => Ok(json!(self.violations())),
            "/_sim/log" => Ok(json!(self.log())),
            _ => {
                let number = path.strip_prefix("/_sim/ss/").and_then(|number| number.parse().ok());
                self.record(number.ok_or_else(unknown)?).ok_or_else(unknown)
            }
        }
    }

    /// `/_sim/ss/{number}/start`, `conclude`, `cancel`, `delete`, `advance`.
    fn done_to_one(&self, path: &str, request: &Request<Bytes>) -> Result<(), Refused> {
        let rest = path.strip_prefix("/_sim/ss/").ok_or_else(unknown)?;
        let (number, verb) = rest.split_once('/').ok_or_else(unknown)?;
        let ss = number.parse().map_err(|_| unknown())?;
        let done = match verb {
            "start" => self.start(ss),
            "conclude" => self.conclude(ss),
            "cancel" => self.cancel(ss, "Cliente desistiu do atendimento"),
            "delete" => self.delete(ss),
            "advance" => {
                let Advanced { status, evolucao } = body(request)?;
                self.advance(ss, &status, &evolucao)
            }
            _ => return Err(unknown()),
        };
        done.map_err(|missing: NoSuchSs| Refused(404, missing.to_string()))
    }
}

fn unknown() -> Refused {
    Refused(404, "o simulador da Sismetro não tem este comando".to_owned())
}
