//! The quarantine's items.

use std::collections::HashMap;

use engine::{Key, Quarantine, Quarantined, StateError};
use serde::{Deserialize, Serialize};

use crate::failure::{malformed, of_our_format};
use crate::keys::{Address, key_of};
use crate::query::Range;
use crate::{FORMAT, Item, Store};

#[derive(Serialize, Deserialize)]
struct QuarantineItem {
    pk: String,
    sk: String,
    v: u32,
    /// The record as JSON text.
    body: String,
}

impl Quarantine for Store {
    async fn quarantine(&self, entity: &str, records: &[(Key, Quarantined)]) -> Result<(), StateError> {
        let items: Vec<Item> =
            records.iter().map(|(key, record)| written(entity, key, record)).collect::<Result<_, _>>()?;
        self.put_many("quarantine.put", items.into_iter()).await
    }

    async fn quarantined(&self, entity: &str, keys: &[Key]) -> Result<HashMap<Key, Quarantined>, StateError> {
        let addresses = keys.iter().map(|key| Address::Quarantine { entity, key: key.as_str() });
        let found = self.get_many("quarantine.get", addresses).await?;
        found.into_iter().map(read).collect()
    }

    async fn clear(&self, entity: &str, keys: &[Key]) -> Result<(), StateError> {
        let addresses = keys.iter().map(|key| Address::Quarantine { entity, key: key.as_str() });
        self.delete_many("quarantine.clear", addresses).await
    }

    async fn in_quarantine(&self, entity: &str, limit: usize) -> Result<Vec<(Key, Quarantined)>, StateError> {
        let range = Range { from: Address::Quarantine { entity, key: "" }, limit, filter: None };
        self.query("quarantine.list", range).await?.into_iter().map(read).collect()
    }
}

fn written(entity: &str, key: &Key, record: &Quarantined) -> Result<Item, StateError> {
    let address = Address::Quarantine { entity, key: key.as_str() };
    let body = serde_json::to_string(record).map_err(|error| malformed("a quarantine record", error))?;
    let item = QuarantineItem { pk: address.pk(), sk: address.sk(), v: FORMAT, body };
    serde_dynamo::to_item(item).map_err(|error| malformed("a quarantine item", error))
}

fn read(item: Item) -> Result<(Key, Quarantined), StateError> {
    let item: QuarantineItem =
        serde_dynamo::from_item(item).map_err(|error| malformed("a quarantine item", error))?;
    let what = format!("{} {}", item.pk, item.sk);
    of_our_format(&what, item.v)?;
    let key = key_of(&item.sk).ok_or_else(|| malformed(&what, "the sort key is not ours"))?;
    let record = serde_json::from_str(&item.body).map_err(|error| malformed(&what, error))?;
    Ok((key, record))
}
