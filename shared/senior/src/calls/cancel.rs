//! Cancelling an order (`contracts/senior-x.md` §10.7).

use http::Method;
use partner_http::{CallError, Effect, Fault};
use serde_json::json as value;

use crate::{
    client::{Ask, Senior},
    fold::squeezed,
    json::{self, Broken, Node, Tree},
    scalar,
    urls::Endpoint,
};

use super::checked;

const NAME: &str = "cancelOrders";

/// A member whose name has one of these tells what went wrong.
const BAD: &[&str] = &["error", "erro", "fail", "falha", "inval", "rejeit", "reject"];

impl Senior {
    /// Cancels one order. An answer of success that carries an error is [`Fault::Refused`] with its words; whether a
    /// refusal is because the order waits says [`is_waiting_refusal`](crate::is_waiting_refusal). A success is to be
    /// verified by reading the order: the fields of the answer are not documented.
    pub async fn cancel(&self, id: &str) -> Result<(), CallError> {
        checked(NAME, id)?;
        let ask = Ask {
            name: NAME,
            endpoint: Endpoint::Cancel,
            verb: Method::POST,
            id,
            query: Vec::new(),
            effect: Effect::AskFirst,
            body: value!({"ids": [id]}).to_string().into(),
            resource: "res://senior.com.br/erpx_com_ven/pedido/actions/cancelOrders (Processar)",
            inside: Some(inside),
        };
        self.send(&ask).await.map(drop)
    }
}

/// What a success holds. A body that is nothing, or a word such as OK, holds no refusal.
fn inside(_: &str, _: u16, body: &[u8]) -> Result<(), Fault> {
    match json::parse_bytes(body) {
        Ok(answer) => refusal(&answer).map_or(Ok(()), |text| Err(Fault::Refused { text })),
        // Nobody can say what it hides.
        Err(Broken::TooDeep) => Err(Fault::Unclear),
        Err(Broken::NotJson) => Ok(()),
    }
}

/// The words of an error inside a success. Only one order was sent, so that any error is about it, also one that names
/// no order.
fn refusal(tree: &Tree<'_>) -> Option<String> {
    match &tree.node {
        Node::Object(members) => members.iter().find_map(|(name, value)| {
            let name = squeezed(name);
            match name.as_str() {
                "message" | "mensagem" if !value.is_blank() => scalar::text(value),
                "success" | "sucesso" if matches!(value.node, Node::Flag(false)) => Some(without_words()),
                _ if BAD.iter().any(|bad| name.contains(bad)) && says_something(value) => {
                    Some(words(value).unwrap_or_else(without_words))
                }
                _ => refusal(value),
            }
        }),
        Node::List(items) => items.iter().find_map(refusal),
        Node::Null | Node::Flag(_) | Node::Number | Node::Text(_) => None,
    }
}

/// An empty list, zero and "no" under the name of an error tell that there was none.
fn says_something(value: &Tree<'_>) -> bool {
    match &value.node {
        Node::Flag(flag) => *flag,
        Node::Number => scalar::decimal(value).is_none_or(|number| !number.is_zero()),
        Node::Null | Node::Text(_) | Node::List(_) | Node::Object(_) => !value.is_blank(),
    }
}

/// What an error says: its message, or its first text.
fn words(value: &Tree<'_>) -> Option<String> {
    match &value.node {
        Node::Text(_) => scalar::text(value),
        Node::List(items) => items.iter().find_map(words),
        Node::Object(members) => {
            let message = ["message", "mensagem", "reason", "motivo", "error", "erro"];
            let spoken = message.iter().find_map(|name| words(value.member(name)?));
            spoken.or_else(|| members.iter().find_map(|(_, value)| words(value)))
        }
        Node::Null | Node::Flag(_) | Node::Number => None,
    }
}

fn without_words() -> String {
    "a Senior X respondeu com sucesso, mas recusou o cancelamento".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<String> {
        refusal(&json::parse(json).expect("JSON"))
    }

    #[test]
    fn a_success_without_an_error_is_one() {
        for json in [
            r#"{"result":{"canceledOrders":["5b1f"],"errors":[]}}"#,
            r#"{"result":null}"#,
            "{}",
            r#"{"result":{"message":"","errorCount":0,"invalid":false,"success":true,"failures":{}}}"#,
            "[]",
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn an_error_inside_a_success_is_found_with_its_words() {
        for (json, text) in [
            (r#"{"result":{"errors":[{"id":"5b1f","message":"Não permite"}]}}"#, "Não permite"),
            (r#"{"result":{"failedOrders":["5b1f"]}}"#, "5b1f"),
            (r#"{"result":{"message":"Pedido faturado"}}"#, "Pedido faturado"),
            (r#"{"result":[{"id":"5b1f","canceled":false,"mensagem":"Não"}]}"#, "Não"),
            (r#"{"rejeitados":[{"id":"5b1f","motivo":"Não"}]}"#, "Não"),
            (r#"{"result":{"invalidIds":[17]}}"#, "recusou o cancelamento"),
            (r#"{"result":{"errorCount":1}}"#, "recusou o cancelamento"),
            (r#"{"success":false}"#, "recusou o cancelamento"),
        ] {
            assert!(read(json).is_some_and(|found| found.contains(text)), "{json}");
        }
    }
}
