//! Items of one partition in the order of their sort keys, over as many answers as it takes.

use aws_sdk_dynamodb::types::AttributeValue;
use engine::StateError;

use crate::expiry::CURRENT;
use crate::failure::failed;
use crate::keys::{Address, PK, SK};
use crate::{Item, Store};

/// What to read of a partition. Items that have expired are never among it.
pub(crate) struct Range<'a> {
    /// Which sort keys.
    pub(crate) reach: Reach<'a>,
    /// How many items at most.
    pub(crate) limit: usize,
    /// An expression that items must satisfy besides.
    pub(crate) filter: Option<&'static str>,
    /// The attributes that are wanted; none for all.
    pub(crate) only: Option<&'static str>,
}

impl<'a> Range<'a> {
    /// Whole items, whatever is in them.
    pub(crate) fn of(reach: Reach<'a>, limit: usize) -> Self {
        Self { reach, limit, filter: None, only: None }
    }
}

/// Which sort keys of a partition.
pub(crate) enum Reach<'a> {
    /// Those that start with this one's.
    Within(Address<'a>),
    /// The same, the last first.
    Back(Address<'a>),
    /// Those that come after this one's, which need not exist.
    After(Address<'a>),
    /// Those that come before this one's, which need not exist.
    Before(Address<'a>),
}

impl Store {
    /// The items in the order of their sort keys, or against it; fewer than the limit when there are no more.
    pub(crate) async fn query(
        &self,
        operation: &'static str,
        range: Range<'_>,
    ) -> Result<Vec<Item>, StateError> {
        let is_forward = !matches!(range.reach, Reach::Back(_));
        let (keys, from) = match range.reach {
            Reach::Within(from) | Reach::Back(from) => {
                (format!("{PK} = :pk AND begins_with({SK}, :sk)"), from)
            }
            Reach::After(from) => (format!("{PK} = :pk AND {SK} > :sk"), from),
            Reach::Before(from) => (format!("{PK} = :pk AND {SK} < :sk"), from),
        };
        let filter = range.filter.map_or(CURRENT.to_owned(), |filter| format!("{filter} AND {CURRENT}"));
        let mut values = self.expiry_values();
        values.insert(":pk".to_owned(), AttributeValue::S(from.pk()));
        values.insert(":sk".to_owned(), AttributeValue::S(from.sk()));
        let mut found = Vec::new();
        let mut next = None;
        while found.len() < range.limit {
            // The service cuts before it filters, so this only keeps a short list from reading a long one.
            let at_most = i32::try_from(range.limit - found.len()).unwrap_or(i32::MAX);
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .scan_index_forward(is_forward)
                .key_condition_expression(&keys)
                .filter_expression(&filter)
                .set_projection_expression(range.only.map(str::to_owned))
                .set_expression_attribute_names(Some(Self::expiry_names()))
                .set_expression_attribute_values(Some(values.clone()))
                .set_exclusive_start_key(next.take())
                .limit(at_most);
            let answer = query.send().await.map_err(|error| failed(operation, error))?;
            found.extend(answer.items.unwrap_or_default());
            next = answer.last_evaluated_key;
            if next.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
