//! What the integration writes: observations, the release, the cancellation (`contracts/senior-x.md` §10).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::State;
use super::asked::{Asked, Operation};
use super::options::CancelMode;
use super::order::{Observation, Order, OrderSituation};
use super::tokens::members;
use crate::services::gate::{Answer, Refusal};
use crate::services::wire::{header, uuid};
use crate::{Violation, ViolationKind};

/// Characters of an observation (§10.4).
const LONGEST_OBSERVATION: usize = 250;
/// Characters of the order's own text (§9.1).
const LONGEST_TEXT: usize = 999;

impl Asked {
    /// The orders the request names.
    pub(super) fn about(&self) -> Vec<String> {
        if !self.id.is_empty() {
            return vec![self.id.clone()];
        }
        if self.operation == Operation::ListObservations {
            return self.filtered_order().into_iter().collect();
        }
        let members: Map<String, Value> = serde_json::from_slice(self.request.body()).unwrap_or_default();
        let id = |value: &Value| value.as_str().map(str::to_owned);
        let inside = |name: &str| members.get(name).and_then(|order| order.get("id")).and_then(id);
        match self.operation {
            Operation::Cancel => {
                let ids = members.get("ids").and_then(Value::as_array);
                ids.map(|ids| ids.iter().filter_map(id).collect()).unwrap_or_default()
            }
            Operation::AddToEntity => inside("e120ped").into_iter().collect(),
            Operation::AddToApi => inside("order").into_iter().collect(),
            _ => members.get("id").and_then(id).into_iter().collect(),
        }
    }
}

impl Order {
    /// Whether the observations (or, as a last resort, the order's own text) name one of the SS.
    pub(super) fn names_any_of(&self, numbers: &[u64]) -> bool {
        let texts = self.observations.iter().map(|observation| observation.text.as_str());
        texts.chain([self.said.observation.as_str()]).any(|text| {
            numbers.iter().any(|number| {
                let marker = format!("Sismetro SS {number}");
                text.match_indices(&marker).any(|(at, found)| {
                    !text[at + found.len()..].starts_with(|next: char| next.is_ascii_digit())
                })
            })
        })
    }

    /// Whether an observation names an SS with a link that is none of these.
    pub(super) fn has_strange_link(&self, links: &[String]) -> bool {
        let mut named = self.observations.iter().filter_map(|observation| {
            let (_, link) = observation.text.strip_prefix("Sismetro SS ")?.split_once(" | ")?;
            link.starts_with("https://").then_some(link)
        });
        named.any(|link| !links.iter().any(|known| known == link))
    }
}

impl State {
    pub(super) fn operate(&mut self, asked: &Asked, now: Timestamp) -> Result<Answer, Refusal> {
        let body = asked.request.body();
        match asked.operation {
            Operation::Login => self.tokens.login(body, &self.options, now),
            Operation::Refresh => {
                self.tokens.renew(header(&asked.request, "x-tenant"), body, &self.options, now)
            }
            Operation::OrderOfApi | Operation::OrderOfEntity | Operation::OrderOfShop => {
                self.read_order(asked)
            }
            Operation::ListOrders => self.list_orders(asked),
            Operation::ListObservations => self.list_observations(asked),
            Operation::AddToEntity => self.add_observation(asked, "e120ped", "obsPed", now),
            Operation::AddToApi => self.add_observation(asked, "order", "text", now),
            Operation::WriteOrder => self.write_order(asked),
            Operation::Release => self.release(asked),
            Operation::Cancel => self.cancel(asked),
        }
    }

    fn add_observation(
        &mut self,
        asked: &Asked,
        order_as: &str,
        text_as: &str,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        let members = members(asked.request.body())?;
        let known = [order_as, text_as, "tipObs", "sitObs"];
        if let Some(unknown) = members.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Refusal::new("unknown_member", 400, format!("campo desconhecido: {unknown}")));
        }
        let text = members.get(text_as).and_then(Value::as_str).unwrap_or_default().to_owned();
        if text.trim().is_empty() {
            return Err(Refusal::new("missing_member", 400, format!("{text_as} é obrigatório")));
        }
        if text.chars().count() > LONGEST_OBSERVATION {
            return Err(Refusal::new(
                "too_long",
                400,
                format!("{text_as} passa de {LONGEST_OBSERVATION} caracteres"),
            ));
        }
        self.turns += 1;
        let turn = self.turns;
        let id = asked.about().first().cloned().unwrap_or_default();
        let order = self.order_mut(&id)?;
        let again = order.observations.iter().any(|observation| observation.text == text);
        order.observations.push(Observation { id: uuid(turn ^ 0x0B5), text, at: now });
        let last = order.observations.len() - 1;
        // Some create calls answer the entity, some only its id (§5).
        let answer = match (asked.operation, turn % 2) {
            (Operation::AddToEntity, 0) => json!({ "ide120obs": order.observations[last].id }),
            _ => order.observation(last),
        };
        if again {
            let text = "a mesma observação foi gravada de novo";
            self.violations.push(Violation::new(&id, ViolationKind::SecondNote, text));
        }
        Ok(written(201, &answer))
    }

    /// The order's own text, which some tenants use for the note.
    fn write_order(&mut self, asked: &Asked) -> Result<Answer, Refusal> {
        let members = members(asked.request.body())?;
        let Some(text) = members.get("observation").and_then(Value::as_str) else {
            return Err(Refusal::new("missing_member", 400, "observation é obrigatório"));
        };
        if text.chars().count() > LONGEST_TEXT {
            return Err(Refusal::new(
                "too_long",
                400,
                format!("observation passa de {LONGEST_TEXT} caracteres"),
            ));
        }
        let words = self.options.situations;
        let order = self.order_mut(&asked.id)?;
        text.clone_into(&mut order.said.observation);
        let shown = order.shown(asked.operation, words);
        Ok(Answer::done(super::reads::ok(&shown)))
    }

    fn release(&mut self, asked: &Asked) -> Result<Answer, Refusal> {
        let members = members(asked.request.body())?;
        let id = match members.get("id").and_then(Value::as_str) {
            Some(id) if members.len() == 1 => id.to_owned(),
            _ => return Err(Refusal::new("invalid", 400, "informe somente id")),
        };
        let order = self.order_mut(&id)?;
        if order.situation != OrderSituation::AwaitingIntegration {
            let text = format!("Pedido em situação {} não aguarda integração.", order.situation);
            return Err(Refusal::new("not_waiting", 400, text));
        }
        order.situation = OrderSituation::OpenTotal;
        Ok(written(200, &json!({ "id": id })))
    }

    fn cancel(&mut self, asked: &Asked) -> Result<Answer, Refusal> {
        let ids = asked.about();
        let members = members(asked.request.body())?;
        if ids.is_empty() || members.len() != 1 {
            return Err(Refusal::new("invalid", 400, "informe somente ids"));
        }
        self.turns += 1;
        let turn = self.turns;
        let mode = self.options.cancel;
        let mut refused = Vec::new();
        for id in &ids {
            let order = self.order_mut(id)?;
            match order.situation {
                OrderSituation::AwaitingIntegration if mode == CancelMode::Refuse => {
                    let text = "Pedido em situação que não permite o cancelamento: Aguardando integração.";
                    return Err(Refusal::new("cancelOrdersResponse", 400, text));
                }
                OrderSituation::AwaitingIntegration if mode == CancelMode::HiddenRefusal => {
                    refused.push(id.clone());
                }
                OrderSituation::AwaitingIntegration
                | OrderSituation::OpenTotal
                | OrderSituation::OpenPartial
                | OrderSituation::NotClosed => order.situation = OrderSituation::Cancelled,
                other => {
                    let text = format!("Pedido em situação {other} não permite o cancelamento.");
                    return Err(Refusal::new("not_cancellable", 400, text));
                }
            }
        }
        if !refused.is_empty() {
            let body = hidden(&refused, "Pedido aguardando integração", turn);
            return Ok(Answer::refused(super::reads::ok(&body), "hidden_refusal"));
        }
        // The result is not required (§10.7).
        let answer = match turn % 3 {
            0 => json!({}),
            1 => json!({ "result": { "canceledOrders": ids, "errors": [] } }),
            _ => json!({ "result": {} }),
        };
        Ok(written(200, &answer))
    }

    pub(super) fn order_mut(&mut self, id: &str) -> Result<&mut Order, Refusal> {
        let missing = || Refusal::new("not_found", 404, format!("Pedido {id} não encontrado."));
        self.orders.get_mut(id).ok_or_else(missing)
    }
}

/// Ways to say no inside a yes, in turns (§10.7).
fn hidden(ids: &[String], text: &str, turn: u64) -> Value {
    match turn % 4 {
        0 => json!({ "result": { "canceledOrders": [], "message": text } }),
        1 => json!({ "result": { "canceledOrders": [], "errors": [{ "id": ids[0], "message": text }] } }),
        2 => json!({ "result": { "failedOrders": ids } }),
        _ => json!({ "result": { "pedidosRejeitados": [{ "pedido": ids[0], "motivo": text }] } }),
    }
}

fn written(status: u16, body: &Value) -> Answer {
    Answer::done(crate::answer::json(status, body.to_string()))
}
