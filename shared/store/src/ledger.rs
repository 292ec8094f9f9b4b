//! The ledger's items.

use std::collections::HashMap;

use engine::{Absent, Entry, Fingerprint, Key, Ledger, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::{malformed, of_our_format};
use crate::keys::{Address, key_of};
use crate::query::{Range, Reach};
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    absent: Option<Absent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    removed: Option<Timestamp>,
    /// Unix seconds, as DynamoDB's time to live wants them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

impl Ledger for Store {
    async fn known(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Entry>, StateError> {
        let addresses = keys.iter().map(|key| Address::Ledger { entity, key: key.as_str() });
        let found = self.get_many("ledger.known", addresses).await?;
        let entries = found.into_iter().map(|item| self.entry(item));
        entries.filter_map(Result::transpose).collect()
    }

    async fn record(&self, entity: &str, entries: &[(Key, Entry)]) -> Result<(), StateError> {
        let items: Vec<Item> = entries
            .iter()
            .map(|(key, entry)| self.entry_item(entity, key, entry))
            .collect::<Result<_, _>>()?;
        self.put_many("ledger.record", items.into_iter()).await
    }

    async fn all_facts(&self, entity: &str) -> Result<Vec<(Key, Value)>, StateError> {
        let reach = Reach::Within(Address::Ledger { entity, key: "" });
        let range = Range { filter: Some("attribute_exists(facts)"), ..Range::of(reach, usize::MAX) };
        let found = self.query("ledger.all_facts", range).await?;
        let facts = found.into_iter().map(read);
        facts.filter_map(|read| read.map(|(key, entry, _)| Some((key, entry.facts?))).transpose()).collect()
    }

    async fn scan(
        &self,
        entity: &str,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Entry)>, StateError> {
        let reach = match after {
            Some(after) => Reach::After(Address::Ledger { entity, key: after.as_str() }),
            None => Reach::Within(Address::Ledger { entity, key: "" }),
        };
        let found = self.query("ledger.scan", Range::of(reach, limit)).await?;
        found.into_iter().map(|item| read(item).map(|(key, entry, _)| (key, entry))).collect()
    }

    /// By this handle and all its clones: for each item put or updated its size in kilobytes, rounded up, and one for
    /// each item deleted. DynamoDB charges for the larger of the old and the new item, so it charges more where an
    /// item of over a kilobyte shrinks or is deleted. A write that failed counts too: it may have been done, and a
    /// condition that does not hold is charged for.
    fn units_written(&self) -> u64 {
        self.units.take()
    }
}

impl Store {
    fn entry_item(&self, entity: &str, key: &Key, entry: &Entry) -> Result<Item, StateError> {
        let address = Address::Ledger { entity, key: key.as_str() };
        let item = LedgerItem {
            pk: address.pk(),
            sk: address.sk(),
            v: FORMAT,
            fingerprint: entry.fingerprint.clone(),
            guaranteed: entry.guaranteed,
            facts: entry.facts.as_ref().map(Value::to_string),
            absent: entry.absent.clone(),
            removed: entry.removed,
            ttl: self.ttl(None),
        };
        serde_dynamo::to_item(item).map_err(|error| malformed("a ledger item", error))
    }

    /// The entry of an item that was read by its key; none when it has expired.
    fn entry(&self, item: Item) -> Result<Option<(Key, Entry)>, StateError> {
        let (key, entry, ttl) = read(item)?;
        Ok(self.is_current(ttl).then_some((key, entry)))
    }
}

fn read(item: Item) -> Result<(Key, Entry, Option<i64>), StateError> {
    let item: LedgerItem =
        serde_dynamo::from_item(item).map_err(|error| malformed("a ledger item", error))?;
    let what = format!("{} {}", item.pk, item.sk);
    of_our_format(&what, item.v)?;
    let key = key_of(&item.sk).ok_or_else(|| malformed(&what, "the sort key is not ours"))?;
    let facts = item.facts.map(|text| serde_json::from_str(&text)).transpose();
    let facts = facts.map_err(|error| malformed(&what, error))?;
    let LedgerItem { fingerprint, guaranteed, absent, removed, ttl, .. } = item;
    Ok((key, Entry { fingerprint, guaranteed, facts, absent, removed }, ttl))
}
