//! What is known of orders in Omie besides their listing (mapping §4.17): facts in the ledger, for their history.

use std::collections::HashMap;

use engine::{Entry, Key, Ledger, StateError};
use serde::{Deserialize, Serialize};

use super::fate::Posicao;

/// The ledger's entity, by `codigo_pedido`.
const ENTITY: &str = "pedidos-vistos";

/// What was seen of one order. A stored format: a new member must be optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visto {
    /// Its number in the app, when it is ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rca: Option<i64>,
    /// Its invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nota: Option<i64>,
    /// The branch that it names, when it is ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filial: Option<String>,
    /// Where its seller was told that it stands, when it is ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posicao: Option<Posicao>,
}

impl Visto {
    /// What is known of these orders, by `codigo_pedido`.
    pub async fn of(
        ledger: &impl Ledger,
        orders: impl IntoIterator<Item = i64>,
    ) -> Result<HashMap<i64, Self>, StateError> {
        let keys: Vec<Key> = orders.into_iter().map(Key::from).collect();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let known = ledger.known(ENTITY, &keys).await?;
        let seen = |(key, entry): (Key, Entry)| {
            Some((key.as_str().parse().ok()?, serde_json::from_value(entry.facts?).ok()?))
        };
        Ok(known.into_iter().filter_map(seen).collect())
    }

    /// Adds what was seen to what is known; what is not seen now stays. Writes only what is new.
    pub async fn remember(
        ledger: &impl Ledger,
        seen: impl IntoIterator<Item = (i64, Self)>,
    ) -> Result<(), StateError> {
        let seen: HashMap<i64, Self> = seen.into_iter().collect();
        let known = Self::of(ledger, seen.keys().copied()).await?;
        let changed = seen.into_iter().filter_map(|(order, seen)| {
            let before = known.get(&order).cloned().unwrap_or_default();
            let after = Self {
                rca: seen.rca.or(before.rca),
                nota: seen.nota.or(before.nota),
                filial: seen.filial.or_else(|| before.filial.clone()),
                posicao: seen.posicao.or(before.posicao),
            };
            let facts = serde_json::to_value(&after).ok().filter(|_| after != before)?;
            Some((Key::from(order), Entry { facts: Some(facts), ..Entry::default() }))
        });
        let changed: Vec<(Key, Entry)> = changed.collect();
        if changed.is_empty() { Ok(()) } else { ledger.record(ENTITY, &changed).await }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::testing::memory;

    #[tokio::test]
    async fn what_is_seen_later_does_not_take_away_what_was_seen_before() {
        let state = memory();
        let ours = Visto { rca: Some(416), filial: Some("2".to_owned()), ..Visto::default() };

        Visto::remember(&state, [(7, ours.clone())]).await.expect("remembered");
        let invoiced = Visto { nota: Some(12345), posicao: Some(Posicao::F), ..Visto::default() };
        Visto::remember(&state, [(7, invoiced)]).await.expect("remembered");

        let known = Visto::of(&state, [7, 8]).await.expect("known");
        assert_eq!(
            known,
            HashMap::from([(7, Visto { nota: Some(12345), posicao: Some(Posicao::F), ..ours })])
        );
    }
}
