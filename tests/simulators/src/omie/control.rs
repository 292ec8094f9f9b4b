//! The account's control interface and its page.

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::OmieSim;
use super::options::Change;
use super::person::OrderKey;
use crate::Registry;
use crate::answer::{page, value};
use crate::control::{Refused, body, common, done};
use crate::dataset::{UnknownRecord, text_of};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    registry: String,
    id: String,
    field: String,
    value: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Added {
    registry: String,
    record: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removed {
    registry: String,
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnOrder {
    /// Identity (a number) or integration code (a text).
    order: Value,
    #[serde(rename = "do")]
    deed: Deed,
    #[serde(default)]
    stage: String,
}

/// What a person does to an order.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Stage,
    Invoice,
    Cancel,
    GiveBack,
    Delete,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Webhook {
    url: String,
}

/// A million prices are more than a browser or a test should be sent.
const MOST_ROWS: u64 = 200_000;

impl OmieSim {
    /// The answer to a control request; nothing when it is one for Omie.
    pub(super) fn control(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let path = request.uri().path();
        if path == "/" && request.method() == Method::GET {
            return Some(page("Simulador da Omie", &self.0.preset, &self.verdict()));
        }
        if !path.starts_with("/_sim/") {
            return None;
        }
        let answer = common(request, self.faults(), || self.verdict());
        Some(answer.unwrap_or_else(|| self.command(request).unwrap_or_else(|refused| refused.answer())))
    }

    fn command(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Refused> {
        let path = request.uri().path();
        let unknown = |error: UnknownRecord| Refused(404, error.to_string());
        match (request.method(), path) {
            (&Method::POST, "/_sim/fix-branch") => {
                return Ok(value(&json!({ "filiais": self.fix_branch() })));
            }
            (&Method::POST, "/_sim/edit") => {
                let edit: Edit = body(request)?;
                self.set(registry(&edit.registry)?, &edit.id, &edit.field, edit.value).map_err(unknown)?;
            }
            (&Method::POST, "/_sim/add") => {
                let added: Added = body(request)?;
                self.add(registry(&added.registry)?, added.record);
            }
            (&Method::POST, "/_sim/remove") => {
                let removed: Removed = body(request)?;
                self.remove(registry(&removed.registry)?, &removed.id).map_err(unknown)?;
            }
            (&Method::POST, "/_sim/options") => {
                let change: Change = body(request)?;
                self.configure(|options| change.apply(options));
            }
            (&Method::POST, "/_sim/order") => self.on_order(&body(request)?).map_err(unknown)?,
            (&Method::POST, "/_sim/webhook") => {
                let webhook: Webhook = body(request)?;
                self.register_webhook(&webhook.url);
            }
            (&Method::GET, "/_sim/webhook") => {
                return Ok(value(&json!({ "url": self.webhook(), "waiting": self.deliveries().len() })));
            }
            (&Method::GET, "/_sim/log") => return Ok(value(&json!(self.log()))),
            (&Method::GET, path) => {
                let name = path.strip_prefix("/_sim/rows/").unwrap_or(path);
                let registry = registry(name)?;
                if self.count(registry) > MOST_ROWS {
                    return Err(Refused(413, format!("{registry} tem registros demais para uma resposta")));
                }
                return Ok(value(&Value::Array(self.records(registry))));
            }
            _ => return Err(Refused(404, "o simulador da Omie não tem este comando".to_owned())),
        }
        Ok(done())
    }
}

impl OmieSim {
    fn on_order(&self, on: &OnOrder) -> Result<(), UnknownRecord> {
        let key = match on.order.as_u64() {
            Some(id) => OrderKey::Id(id),
            None => OrderKey::Code(text_of(&on.order)),
        };
        match on.deed {
            Deed::Stage => self.set_stage(key, &on.stage),
            Deed::Invoice => self.invoice(key).map(|_| ()),
            Deed::Cancel => self.cancel(key),
            Deed::GiveBack => self.give_back(key),
            Deed::Delete => self.delete(key),
        }
    }
}

fn registry(name: &str) -> Result<Registry, Refused> {
    name.parse().map_err(|error: crate::dataset::UnknownRegistry| Refused(404, error.to_string()))
}
