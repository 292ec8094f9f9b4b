#![doc = include_str!("../README.md")]

mod batch;
mod documents;
mod failure;
mod keys;
mod leases;
mod ledger;
mod quarantine;
mod query;
mod table;

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use clock::Clock;

pub use table::create_table;

/// An item as the SDK has it.
type Item = HashMap<String, AttributeValue>;

/// Version of the format of every item this program writes.
const FORMAT: u32 = 1;

/// State in one DynamoDB table. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
    clock: Clock,
}

impl Store {
    /// State in `table`, whose documents expire by `clock`.
    pub fn new(client: Client, table: impl Into<String>, clock: Clock) -> Self {
        Self { client, table: table.into(), clock }
    }
}
