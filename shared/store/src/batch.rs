//! Many items at once: cut to what the service takes, repeated where it leaves some undone.

use std::collections::HashSet;
use std::time::Duration;

use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest};
use engine::StateError;

use crate::failure::{failed, malformed};
use crate::keys::{Address, item_of};
use crate::units::units_of;
use crate::{Item, Store};

/// The service's limits for one request.
const READS: usize = 100;
const WRITES: usize = 25;

/// How often what was left undone is sent again, after 50 ms, 100 ms and so on: 6.4 s in all.
const REPEATS: u32 = 7;
const FIRST_PAUSE: Duration = Duration::from_millis(50);

impl Store {
    /// The items at these addresses that exist, in any order.
    pub(crate) async fn get_many(
        &self,
        operation: &'static str,
        addresses: impl Iterator<Item = Address<'_>>,
    ) -> Result<Vec<Item>, StateError> {
        // The service refuses a request that names one key twice.
        let keys: HashSet<(String, String)> = addresses.map(|address| (address.pk(), address.sk())).collect();
        let keys: Vec<Item> = keys.into_iter().map(item_of).collect();
        let mut found = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(READS) {
            let mut rest = chunk.to_vec();
            let mut repeats = 0;
            while !rest.is_empty() {
                self.pause(operation, &mut repeats).await?;
                let wanted = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(rest));
                let wanted = wanted.build().map_err(|error| malformed(operation, error))?;
                let request = self.client.batch_get_item().request_items(&self.table, wanted);
                let answer = request.send().await.map_err(|error| failed(operation, error))?;
                found.extend(
                    answer.responses.and_then(|mut tables| tables.remove(&self.table)).into_iter().flatten(),
                );
                let left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.table));
                rest = left.map(|left| left.keys).unwrap_or_default();
            }
        }
        Ok(found)
    }

    /// Puts these items, whose keys are distinct.
    pub(crate) async fn put_many(
        &self,
        operation: &'static str,
        items: impl Iterator<Item = Item>,
    ) -> Result<(), StateError> {
        let requests = items.map(|item| {
            let put = PutRequest::builder().set_item(Some(item)).build();
            put.map(|put| WriteRequest::builder().put_request(put).build())
        });
        let requests =
            requests.collect::<Result<Vec<_>, _>>().map_err(|error| malformed(operation, error))?;
        self.write_many(operation, requests).await
    }

    /// Deletes the items at these addresses, where there are any.
    pub(crate) async fn delete_many(
        &self,
        operation: &'static str,
        addresses: impl Iterator<Item = Address<'_>>,
    ) -> Result<(), StateError> {
        let keys: HashSet<(String, String)> = addresses.map(|address| (address.pk(), address.sk())).collect();
        let requests = keys.into_iter().map(|key| {
            let delete = DeleteRequest::builder().set_key(Some(item_of(key))).build();
            delete.map(|delete| WriteRequest::builder().delete_request(delete).build())
        });
        let requests =
            requests.collect::<Result<Vec<_>, _>>().map_err(|error| malformed(operation, error))?;
        self.write_many(operation, requests).await
    }

    async fn write_many(
        &self,
        operation: &'static str,
        requests: Vec<WriteRequest>,
    ) -> Result<(), StateError> {
        for chunk in requests.chunks(WRITES) {
            // What is left undone costs nothing, so each item costs once however often it is sent.
            self.units.add(chunk.iter().map(units_to_write).sum());
            let mut rest = chunk.to_vec();
            let mut repeats = 0;
            while !rest.is_empty() {
                self.pause(operation, &mut repeats).await?;
                let request = self.client.batch_write_item().request_items(&self.table, rest);
                let answer = request.send().await.map_err(|error| failed(operation, error))?;
                let left = answer.unprocessed_items.and_then(|mut tables| tables.remove(&self.table));
                rest = left.unwrap_or_default();
            }
        }
        Ok(())
    }

    /// Nothing before the first try, then longer each time, then no more.
    pub(crate) async fn pause(&self, operation: &'static str, repeats: &mut u32) -> Result<(), StateError> {
        let before = *repeats;
        *repeats += 1;
        if before > REPEATS {
            return Err(StateError::Busy(format!("{operation}: the service leaves items undone").into()));
        }
        if before > 0 {
            self.clock.sleep(FIRST_PAUSE * 2_u32.pow(before - 1)).await;
        }
        Ok(())
    }
}

fn units_to_write(request: &WriteRequest) -> u64 {
    request.put_request().map_or(1, |put| units_of(put.item()))
}
