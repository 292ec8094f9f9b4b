//! The quarantine's items.

use std::collections::HashMap;

use engine::{Key, Quarantine, Quarantined, StateError};
use serde::{Deserialize, Serialize};

use crate::failure::{malformed, of_our_format};
use crate::keys::{Address, key_of};
use crate::query::{Range, Reach};
use crate::{FORMAT, Item, Store};

#[derive(Serialize, Deserialize)]
struct QuarantineItem {
    pk: String,
    sk: String,
    v: u32,
    /// The record as JSON text.
    body: String,
    /// Unix seconds, as DynamoDB's time to live wants them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

impl Quarantine for Store {
    async fn quarantine(&self, entity: &str, records: &[(Key, Quarantined)]) -> Result<(), StateError> {
        let items = records.iter().map(|(key, record)| self.quarantine_item(entity, key, record));
        let items: Vec<Item> = items.collect::<Result<_, _>>()?;
        self.put_many("quarantine.put", items.into_iter()).await
    }

    async fn quarantined(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Quarantined>, StateError> {
        let addresses = keys.iter().map(|key| Address::Quarantine { entity, key: key.as_str() });
        let found = self.get_many("quarantine.get", addresses).await?;
        let records = found.into_iter().map(|item| {
            let (key, record, ttl) = read(item)?;
            Ok(self.is_current(ttl).then_some((key, record)))
        });
        records.filter_map(Result::transpose).collect()
    }

    async fn clear(&self, entity: &str, keys: &[Key]) -> Result<(), StateError> {
        let addresses = keys.iter().map(|key| Address::Quarantine { entity, key: key.as_str() });
        self.delete_many("quarantine.clear", addresses).await
    }

    async fn in_quarantine(&self, entity: &str, limit: usize) -> Result<Vec<(Key, Quarantined)>, StateError> {
        let reach = Reach::Within(Address::Quarantine { entity, key: "" });
        let found = self.query("quarantine.list", Range::of(reach, limit)).await?;
        found.into_iter().map(|item| read(item).map(|(key, record, _)| (key, record))).collect()
    }
}

impl Store {
    fn quarantine_item(&self, entity: &str, key: &Key, record: &Quarantined) -> Result<Item, StateError> {
        let address = Address::Quarantine { entity, key: key.as_str() };
        let (pk, sk, ttl) = (address.pk(), address.sk(), self.ttl(None));
        let body = serde_json::to_string(record).map_err(|error| malformed("a quarantine record", error))?;
        let item = QuarantineItem { pk, sk, v: FORMAT, body, ttl };
        serde_dynamo::to_item(item).map_err(|error| malformed("a quarantine item", error))
    }
}

fn read(item: Item) -> Result<(Key, Quarantined, Option<i64>), StateError> {
    let item: QuarantineItem =
        serde_dynamo::from_item(item).map_err(|error| malformed("a quarantine item", error))?;
    let what = format!("{} {}", item.pk, item.sk);
    of_our_format(&what, item.v)?;
    let key = key_of(&item.sk).ok_or_else(|| malformed(&what, "the sort key is not ours"))?;
    let record = serde_json::from_str(&item.body).map_err(|error| malformed(&what, error))?;
    Ok((key, record, item.ttl))
}
