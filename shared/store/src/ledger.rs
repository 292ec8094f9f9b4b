//! The ledger's items.

use std::collections::HashMap;

use engine::{Entry, Fingerprint, Key, Ledger, StateError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::{malformed, of_our_format};
use crate::keys::{Address, key_of};
use crate::query::Range;
use crate::{FORMAT, Item, Store};

#[derive(Serialize, Deserialize)]
struct LedgerItem {
    pk: String,
    sk: String,
    v: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<Fingerprint>,
    guaranteed: bool,
    /// JSON text: what is read is what was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<String>,
}

impl Ledger for Store {
    async fn known(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Entry>, StateError> {
        let addresses = keys.iter().map(|key| Address::Ledger { entity, key: key.as_str() });
        let found = self.get_many("ledger.known", addresses).await?;
        found.into_iter().map(read).collect()
    }

    async fn record(&self, entity: &str, entries: &[(Key, Entry)]) -> Result<(), StateError> {
        let items: Vec<Item> =
            entries.iter().map(|(key, entry)| written(entity, key, entry)).collect::<Result<_, _>>()?;
        self.put_many("ledger.record", items.into_iter()).await
    }

    async fn all_facts(&self, entity: &str) -> Result<Vec<(Key, Value)>, StateError> {
        let with_facts = Some(("attribute_exists(facts)", HashMap::new(), Item::new()));
        let range =
            Range { from: Address::Ledger { entity, key: "" }, limit: usize::MAX, filter: with_facts };
        let found = self.query("ledger.all_facts", range).await?;
        let facts = found.into_iter().map(read);
        facts.filter_map(|read| read.map(|(key, entry)| Some((key, entry.facts?))).transpose()).collect()
    }
}

fn written(entity: &str, key: &Key, entry: &Entry) -> Result<Item, StateError> {
    let address = Address::Ledger { entity, key: key.as_str() };
    let item = LedgerItem {
        pk: address.pk(),
        sk: address.sk(),
        v: FORMAT,
        fingerprint: entry.fingerprint.clone(),
        guaranteed: entry.guaranteed,
        facts: entry.facts.as_ref().map(Value::to_string),
    };
    serde_dynamo::to_item(item).map_err(|error| malformed("a ledger item", error))
}

fn read(item: Item) -> Result<(Key, Entry), StateError> {
    let item: LedgerItem =
        serde_dynamo::from_item(item).map_err(|error| malformed("a ledger item", error))?;
    let what = format!("{} {}", item.pk, item.sk);
    of_our_format(&what, item.v)?;
    let key = key_of(&item.sk).ok_or_else(|| malformed(&what, "the sort key is not ours"))?;
    let facts = item.facts.map(|text| serde_json::from_str(&text)).transpose();
    let facts = facts.map_err(|error| malformed(&what, error))?;
    Ok((key, Entry { fingerprint: item.fingerprint, guaranteed: item.guaranteed, facts }))
}
