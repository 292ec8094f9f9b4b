//! Writing an observation (`contracts/senior-x.md` §10.4).

use bytes::Bytes;
use http::Method;
use partner_http::{CallError, Effect, Fault};
use serde_json::{Value, json};

use crate::{
    client::{Ask, Senior, failed, nothing_done},
    json::{Node, Tree},
    options::{NoteWriter, OrderFieldVerb},
    scalar,
    urls::Endpoint,
};

use super::{checked, order, parsed};

const NAME: &str = "addObservation";

/// Longest text of an order's own observation, in characters (§9.1).
const LONGEST_FIELD: usize = 999;

impl Senior {
    /// Adds one observation to the order. Twice is two: look for the text in [`observacoes`](Self::observacoes)
    /// first, and again after [`Fault::Unclear`]. With `note_writer = order_field` the text becomes one more line of
    /// the order's own; a line that would make it longer than 999 characters is [`Fault::Refused`] and nothing is sent.
    pub async fn add_observacao(&self, id: &str, text: &str) -> Result<(), CallError> {
        checked(NAME, id)?;
        let options = self.options();
        let (verb, body) = match options.note_writer {
            NoteWriter::OrderField => self.order_with_line(id, text).await?,
            NoteWriter::Entity | NoteWriter::Apis => {
                (Method::POST, note(options.note_writer, options.note_body.as_ref(), id, text).into())
            }
        };
        let ask = Ask {
            name: NAME,
            endpoint: Endpoint::AddObservation,
            verb,
            id,
            query: Vec::new(),
            effect: Effect::AskFirst,
            body,
            resource: "erpx_com_ven/pedido (Incluir observações)",
            inside: None,
        };
        self.send(&ask).await.map(drop)
    }

    async fn order_with_line(&self, id: &str, text: &str) -> Result<(Method, Bytes), CallError> {
        let missing = || failed(NAME, Fault::NotFound { text: "o pedido não existe na Senior X".to_owned() });
        let body = self.order_body(id).await.map_err(nothing_done)?.ok_or_else(missing)?;
        let answer = parsed(NAME, &body)?;
        let order = order::order_in(&answer, id)?;
        let line = with_line(order, text).map_err(|fault| failed(NAME, fault))?;
        Ok(match self.options().order_field_verb {
            OrderFieldVerb::Patch => (Method::PATCH, json!({"observation": line}).to_string().into()),
            OrderFieldVerb::Put => (Method::PUT, with_observation(order, &line).into()),
        })
    }
}

fn note(writer: NoteWriter, template: Option<&Value>, id: &str, text: &str) -> String {
    match (template, writer) {
        (Some(template), _) => filled(template, id, text).to_string(),
        (None, NoteWriter::Apis) => json!({"order": {"id": id}, "text": text}).to_string(),
        (None, _) => json!({"e120ped": {"id": id}, "obsPed": text}).to_string(),
    }
}

/// The template with `{id}` and `{text}` filled into its texts.
fn filled(template: &Value, id: &str, text: &str) -> Value {
    match template {
        // The id first: it cannot hold a place, the text could.
        Value::String(place) => Value::from(place.replace("{id}", id).replace("{text}", text)),
        Value::Array(items) => items.iter().map(|item| filled(item, id, text)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), filled(value, id, text))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => template.clone(),
    }
}

/// The order's text with one more line.
fn with_line(order: &Tree<'_>, text: &str) -> Result<String, Fault> {
    let before = order.member("observation").and_then(scalar::text).unwrap_or_default();
    let after = if before.is_empty() { text.to_owned() } else { format!("{before}\n{text}") };
    if after.chars().count() > LONGEST_FIELD {
        let text = format!(
            "a observação do pedido passaria de {LONGEST_FIELD} caracteres: encurte-a na Senior X ou mude \
             `note_writer`"
        );
        return Err(Fault::Refused { text });
    }
    Ok(after)
}

/// The order as it was read, digit by digit, with another observation.
fn with_observation(order: &Tree<'_>, observation: &str) -> String {
    let quoted = |text: &str| Value::from(text).to_string();
    let Node::Object(members) = &order.node else { return String::new() };
    let others = members.iter().filter(|(name, _)| name != "observation");
    let mut written: Vec<String> =
        others.map(|(name, value)| format!("{}:{}", quoted(name), value.raw)).collect();
    written.push(format!("\"observation\":{}", quoted(observation)));
    format!("{{{}}}", written.join(","))
}
