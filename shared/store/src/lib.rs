#![doc = include_str!("../README.md")]

mod batch;
mod cases;
mod documents;
mod expiry;
mod failure;
mod keys;
mod leases;
mod ledger;
mod quarantine;
mod query;
mod table;
mod units;

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use clock::Clock;
use jiff::Timestamp;

pub use table::create_table;

use crate::units::Units;

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
    /// Nothing this handle writes is there afterwards.
    until: Option<Timestamp>,
    units: Units,
}

impl Store {
    /// State in `table`, whose items expire by `clock`.
    pub fn new(client: Client, table: impl Into<String>, clock: Clock) -> Self {
        Self { client, table: table.into(), clock, until: None, units: Units::default() }
    }

    /// The same state, but whatever this handle writes into the ledger, the quarantine, the documents or the cases is
    /// absent after `until` (whole seconds) for everybody, and earlier where it was to expire earlier. Leases are as ever.
    #[must_use]
    pub fn expiring(&self, until: Timestamp) -> Self {
        let until = self.until.map_or(until, |earlier| earlier.min(until));
        Self { until: Some(until), ..self.clone() }
    }
}
