//! Physical removal, for link rows and tests; logical removal by PUT comes first (`contracts/maxima.md` §3.5).

use std::collections::HashSet;

use bytes::Bytes;
use http::Method;
use partner_http::{CallError, Effect, Fault};
use serde::Serialize;
use serde_json::Value;

use crate::{
    batch,
    client::{Ask, Maxima},
    resource::Resource,
    rules::Fk,
};

/// What the strings of a deletion are. Not documented, so it is a setting of the tenant (§3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Selector {
    /// Keys.
    #[default]
    Key,
    /// Control hashes.
    Hash,
}

/// A stored row that is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doomed {
    /// Value of its key member.
    pub key: String,
    /// The `Hash` it was last sent with.
    pub hash: String,
}

/// What a deletion came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The selector that was used last: another than asked for says that the setting is wrong.
    pub by: Selector,
    /// Keys that are still there after both forms.
    pub left: Vec<String>,
}

impl Maxima {
    /// Deletes rows by strings and looks whether they are gone; for those that are not, tries the other
    /// selector once (§3.5).
    pub async fn delete<R: Resource>(
        &self,
        selector: Selector,
        rows: &[Doomed],
    ) -> Result<Deleted, CallError> {
        let left = self.delete_by::<R>(selector, rows).await?;
        if left.is_empty() {
            return Ok(Deleted { by: selector, left: Vec::new() });
        }
        let by = selector.other();
        let left = self.delete_by::<R>(by, &left).await?;
        Ok(Deleted { by, left: left.into_iter().map(|row| row.key).collect() })
    }

    /// Deletes rows by objects of their key members, for keys of more than one part (mapping §13.4).
    pub async fn delete_records<R: Resource, K: Serialize + Sync>(
        &self,
        keys: &[K],
    ) -> Result<(), CallError> {
        let records: Vec<String> =
            keys.iter().map(|key| serde_json::to_string(key).expect("key members are JSON")).collect();
        self.delete_all::<R>(&records).await
    }

    /// Deletes and gives the rows that are still there.
    async fn delete_by<R: Resource>(
        &self,
        selector: Selector,
        rows: &[Doomed],
    ) -> Result<Vec<Doomed>, CallError> {
        let strings: Vec<String> = rows.iter().map(|row| Value::from(selector.of(row)).to_string()).collect();
        match self.delete_all::<R>(&strings).await {
            // Nothing matched: gone already, or the other selector. The look-up tells which.
            Err(error) if matches!(error.fault, Fault::NotFound { .. }) => {}
            done => done?,
        }
        let keys: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
        let there: HashSet<String> = self.existing(R::TABLE, R::KEY, &keys).await?;
        Ok(rows.iter().filter(|row| there.contains(&row.key)).cloned().collect())
    }

    async fn delete_all<R: Resource>(&self, items: &[String]) -> Result<(), CallError> {
        self.known.forget(Fk::to::<R>());
        for batch in batch::pack(items, batch::LIMITS) {
            self.send(&deletion::<R>(batch.body)).await?;
        }
        Ok(())
    }
}

fn deletion<R: Resource>(body: Bytes) -> Ask {
    Ask {
        verb: Method::DELETE,
        endpoint: R::PATH.to_owned(),
        rest: String::new(),
        // Deleting what is gone leaves it gone.
        effect: Effect::Repeatable,
        body,
    }
}

impl Selector {
    fn other(self) -> Self {
        match self {
            Self::Key => Self::Hash,
            Self::Hash => Self::Key,
        }
    }

    fn of(self, row: &Doomed) -> &str {
        match self {
            Self::Key => &row.key,
            Self::Hash => &row.hash,
        }
    }
}
