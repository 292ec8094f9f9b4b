//! What the body of an open call wants, wherever it says so: it is Senior's event, in whatever envelope, or the
//! mapped object (`contracts/sismetro.md` §5.1, §5.2). Read without our integration's pointer lists.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::services::wire::integer;

/// What is to be serviced, for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Ids of the orders it names: one is right.
    pub(super) orders: BTreeSet<String>,
    pub(super) number: Option<String>,
    pub(super) customer: String,
    /// The register's id.
    pub(super) equipment: Option<i64>,
    pub(super) services: Vec<String>,
}

impl Wanted {
    pub(super) fn read(body: &[u8]) -> Self {
        let mut wanted = Self::default();
        if let Ok(value) = serde_json::from_slice::<Value>(body) {
            wanted.walk(&value, "", 0);
        }
        wanted
    }

    /// `named` is the member the value stands under.
    fn walk(&mut self, value: &Value, named: &str, depth: usize) {
        if depth > 32 {
            return;
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    self.member(named, name, member);
                    self.walk(member, name, depth + 1);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.walk(value, named, depth + 1)),
            // An envelope may carry its content as text.
            Value::String(text) if text.starts_with(['{', '[']) => {
                if let Ok(inner) = serde_json::from_str(text) {
                    self.walk(&inner, named, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, parent: &str, name: &str, value: &Value) {
        let text = || match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        match (parent, name) {
            ("order" | "pedido", "id") | (_, "orderId" | "idOrder" | "idPedido" | "externalId") => {
                self.orders.extend(text());
            }
            ("order" | "pedido", "number") | (_, "orderNumber" | "numeroPedido" | "numPed") => {
                self.number = text();
            }
            ("customer", "name") | ("cliente", "nome") => self.customer = text().unwrap_or_default(),
            ("equipment" | "equipamento" | "patrimonio", "id") | (_, "equipmentId" | "idPatrimonio") => {
                self.equipment = integer(value);
            }
            ("ativo", "codigo") => self.equipment = integer(value),
            ("services" | "items" | "orderItems" | "itens", "description" | "descricao") => {
                self.services.extend(text());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_found_at_any_depth_and_inside_text() {
        let inner =
            r#"{"order":{"id":"a-1","number":48213},"customer":{"name":"Usina"},"equipment":{"id":"88121"}}"#;
        let body = serde_json::json!({ "event": { "payload": inner } }).to_string();

        let wanted = Wanted::read(body.as_bytes());

        assert_eq!(wanted.orders, BTreeSet::from(["a-1".to_owned()]));
        assert_eq!((wanted.number.as_deref(), wanted.equipment), (Some("48213"), Some(88_121)));
        assert_eq!(wanted.customer, "Usina");
    }

    #[test]
    fn several_orders_are_seen() {
        let wanted = Wanted::read(br#"[{"idPedido":"a"},{"idPedido":"b"}]"#);

        assert_eq!(wanted.orders.len(), 2);
    }
}
