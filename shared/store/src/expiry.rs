//! When an item is no longer there. DynamoDB removes what has expired some time later; nobody sees it meanwhile.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::documents::number;
use crate::{Item, Store};

/// `ttl` is one of DynamoDB's reserved words.
pub(crate) const TTL: (&str, &str) = ("#ttl", "ttl");

/// What holds for an item that has not expired.
pub(crate) const CURRENT: &str = "(attribute_not_exists(#ttl) OR #ttl > :now)";

impl Store {
    /// The time to live of an item that may be forgotten after `expires`: Unix seconds, as DynamoDB wants them.
    pub(crate) fn ttl(&self, expires: Option<Timestamp>) -> Option<i64> {
        expires.into_iter().chain(self.until).min().map(Timestamp::as_second)
    }

    /// Whether an item with this time to live is still there.
    pub(crate) fn is_current(&self, ttl: Option<i64>) -> bool {
        ttl.is_none_or(|ttl| ttl > self.clock.now().as_second())
    }

    /// The names [`CURRENT`] uses.
    pub(crate) fn expiry_names() -> HashMap<String, String> {
        HashMap::from([(TTL.0.to_owned(), TTL.1.to_owned())])
    }

    /// The values [`CURRENT`] uses.
    pub(crate) fn expiry_values(&self) -> Item {
        Item::from([(":now".to_owned(), number(self.clock.now().as_second()))])
    }
}
