//! The cloud's control interface and its page.

use bytes::Bytes;
use fastrand::Rng;
use http::{Method, Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::options::Change;
use super::resources::resource;
use super::{CustomerKind, MaximaSim, NotPossible, OrderKind};
use crate::answer::{page, value};
use crate::control::{Refused, body, common, done};

/// An order or a customer to place: a sample of a kind, or the object itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Placed {
    kind: Option<String>,
    seed: Option<u64>,
    object: Option<Value>,
}

/// Members to write over those of an order or a customer that is sent again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    #[serde(default)]
    members: serde_json::Map<String, Value>,
}

impl MaximaSim {
    /// The answer to a control request; nothing when it is one for Máxima.
    pub(super) fn control(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let path = request.uri().path();
        if path == "/" && request.method() == Method::GET {
            return Some(page("Simulador da Máxima", "intext e intpdv", &self.verdict()));
        }
        if !path.starts_with("/_sim/") {
            return None;
        }
        let answer = common(request, self.faults(), || self.verdict());
        Some(answer.unwrap_or_else(|| self.command(request).unwrap_or_else(|refused| refused.answer())))
    }

    fn command(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Refused> {
        let unknown = || Refused(404, "o simulador da Máxima não tem este comando".to_owned());
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/_sim/expire-tokens") => self.expire_tokens(),
            (&Method::POST, "/_sim/options") => {
                let change: Change = body(request)?;
                self.configure(|options| change.apply(options));
            }
            (&Method::POST, "/_sim/order") => {
                return self.placed(body(request)?).map(|id| value(&json!({ "id_pedido": id })));
            }
            (&Method::POST, "/_sim/customer") => {
                return self.registered(body(request)?).map(|id| value(&json!({ "id_cliente": id })));
            }
            (&Method::POST, path) => self.sent_again(path, request)?.ok_or_else(unknown)?,
            (&Method::GET, "/_sim/orders") => return Ok(value(&json!(self.orders()))),
            (&Method::GET, "/_sim/customers") => return Ok(value(&json!(self.customers()))),
            (&Method::GET, "/_sim/violations") => return Ok(value(&json!(self.violations()))),
            (&Method::GET, path) => {
                if let Some(seen) = self.one(path) {
                    return Ok(value(&seen));
                }
                let name = path.strip_prefix("/_sim/rows/").ok_or_else(unknown)?;
                resource(name).ok_or_else(unknown)?;
                return Ok(value(&json!(self.rows(name))));
            }
            _ => return Err(unknown()),
        }
        Ok(done())
    }

    /// `/_sim/order/{id}`, `/_sim/customer/{id}`.
    fn one(&self, path: &str) -> Option<Value> {
        let id = |prefix: &str| path.strip_prefix(prefix)?.parse::<u64>().ok();
        let order = id("/_sim/order/").and_then(|id| self.order(id)).map(|seen| json!(seen));
        order.or_else(|| id("/_sim/customer/").and_then(|id| self.customer(id)).map(|seen| json!(seen)))
    }

    fn placed(&self, placed: Placed) -> Result<u64, Refused> {
        if let Some(object) = placed.object {
            return Ok(self.seller().place_order(object));
        }
        let kind = placed.kind.map_or(Ok(OrderKind::Boleto), |kind| kind.parse());
        let kind = kind.map_err(|unknown| Refused(400, unknown.to_string()))?;
        let seed = placed.seed.unwrap_or(self.orders().len() as u64);
        self.seller().place_sample(kind, &mut Rng::with_seed(seed)).map_err(impossible)
    }

    fn registered(&self, placed: Placed) -> Result<u64, Refused> {
        if let Some(object) = placed.object {
            return Ok(self.seller().register_customer(object));
        }
        let kind = placed.kind.map_or(Ok(CustomerKind::Company), |kind| kind.parse());
        let kind = kind.map_err(|unknown| Refused(400, unknown.to_string()))?;
        let seed = placed.seed.unwrap_or(self.customers().len() as u64);
        let sample = self.seller().sample_customer(kind, &mut Rng::with_seed(seed)).map_err(impossible)?;
        Ok(self.seller().register_customer(sample))
    }

    /// `/_sim/order/{id}/resend`, `/_sim/order/{id}/cancel`, `/_sim/customer/{id}/resend`.
    fn sent_again(&self, path: &str, request: &Request<Bytes>) -> Result<Option<()>, Refused> {
        let parts: Vec<&str> = path.split('/').skip(2).collect();
        let [what, id, verb] = parts[..] else { return Ok(None) };
        let Ok(id) = id.parse::<u64>() else { return Ok(None) };
        let seller = self.seller();
        let done = match (what, verb) {
            ("order", "cancel") => seller.cancel_order(id),
            ("order" | "customer", "resend") => {
                let Changed { members } = body(request)?;
                let change = |object: &mut Value| {
                    for (name, value) in members {
                        object[name] = value;
                    }
                };
                if what == "order" {
                    seller.edit_and_resend(id, change)
                } else {
                    seller.change_customer(id, change)
                }
            }
            _ => return Ok(None),
        };
        done.map(Some).map_err(impossible)
    }
}

fn impossible(NotPossible(why): NotPossible) -> Refused {
    Refused(409, why)
}
