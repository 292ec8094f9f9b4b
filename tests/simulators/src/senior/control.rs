//! The ERP's control interface and its page.

use bytes::Bytes;
use fastrand::Rng;
use http::{Method, Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::options::Change;
use super::{NotAllowed, SeniorSim};
use crate::answer::{page, value};
use crate::control::{Refused, body, common, done};
use crate::services::{EquipmentKind, commands, sample_service_order, worked_service_order};

/// An order to place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Placed {
    /// Equipment case; nothing: the order of the contract.
    equipment: Option<String>,
    seed: Option<u64>,
    branch: Option<i64>,
    #[serde(default)]
    close: bool,
}

/// How many deliveries become one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merged {
    count: usize,
}

impl SeniorSim {
    /// The answer to a control request; nothing when it is one for Senior.
    pub(super) fn control(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let path = request.uri().path();
        if path == "/" && request.method() == Method::GET {
            return Some(page("Simulador do Senior X", "erpx_com_ven/pedido", &self.verdict()));
        }
        if !path.starts_with("/_sim/") {
            return None;
        }
        let answer = common(request, self.faults(), || self.verdict());
        Some(answer.unwrap_or_else(|| {
            let shared = commands::outbox(self.hub(), request);
            shared.unwrap_or_else(|| self.command(request)).unwrap_or_else(|refused| refused.answer())
        }))
    }

    fn command(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Refused> {
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/_sim/options") => {
                let change: Change = body(request)?;
                self.configure(|options| change.apply(options));
            }
            (&Method::POST, "/_sim/expire-tokens") => self.expire_tokens(),
            (&Method::POST, "/_sim/revoke-tokens") => self.revoke_tokens(),
            (&Method::POST, "/_sim/merge") => self.merge(body::<Merged>(request)?.count),
            (&Method::POST, "/_sim/order") => {
                return self.placed(body(request)?).map(|id| value(&json!({ "id": id })));
            }
            (&Method::POST, path) => self.done_to_one(path)?,
            (&Method::GET, path) => return self.shown(path).map(|shown| value(&shown)),
            _ => return Err(unknown()),
        }
        Ok(done())
    }

    fn shown(&self, path: &str) -> Result<Value, Refused> {
        match path {
            "/_sim/orders" | "/_sim/rows/pedidos" => Ok(json!(self.orders())),
            "/_sim/rows/observacoes" => {
                let notes = self.orders().into_iter().map(|order| (order.id, order.observations));
                Ok(json!(notes.collect::<std::collections::BTreeMap<_, _>>()))
            }
            "/_sim/violations" => Ok(json!(self.violations())),
            "/_sim/log" => Ok(json!(self.log())),
            _ => {
                let id = path.strip_prefix("/_sim/order/").ok_or_else(unknown)?;
                self.order(id).map(|order| json!(order)).ok_or_else(unknown)
            }
        }
    }

    fn placed(&self, placed: Placed) -> Result<String, Refused> {
        let Placed { equipment, seed, branch, close } = placed;
        let mut order = match equipment {
            None => worked_service_order(),
            Some(kind) => {
                let kind: EquipmentKind = kind.parse().map_err(|error| Refused(400, format!("{error}")))?;
                let seed = seed.unwrap_or(self.orders().len() as u64);
                sample_service_order(kind, &mut Rng::with_seed(seed))
            }
        };
        order.branch = branch.unwrap_or(order.branch);
        let id = self.place(order);
        if close {
            self.close(&id).map_err(impossible)?;
        }
        Ok(id)
    }

    /// `/_sim/order/{id}/close`, `bill`, `cancel`, `released-elsewhere`, `cancelled-elsewhere`.
    fn done_to_one(&self, path: &str) -> Result<(), Refused> {
        let rest = path.strip_prefix("/_sim/order/").ok_or_else(unknown)?;
        let (id, verb) = rest.split_once('/').ok_or_else(unknown)?;
        let done = match verb {
            "close" => self.close(id),
            "bill" => self.bill(id),
            "cancel" => self.cancel_by_person(id),
            "released-elsewhere" => self.released_elsewhere(id),
            "cancelled-elsewhere" => self.cancelled_elsewhere(id),
            _ => return Err(unknown()),
        };
        done.map_err(impossible)
    }
}

fn unknown() -> Refused {
    Refused(404, "o simulador do Senior não tem este comando".to_owned())
}

fn impossible(NotAllowed(why): NotAllowed) -> Refused {
    Refused(409, why)
}
