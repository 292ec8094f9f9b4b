//! All items of one partition whose sort key starts with a prefix, over as many answers as it takes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use engine::StateError;

use crate::failure::failed;
use crate::keys::{Address, PK, SK};
use crate::{Item, Store};

/// What to read of a partition.
pub(crate) struct Range<'a> {
    /// Its partition, and the prefix of its sort keys.
    pub(crate) from: Address<'a>,
    /// How many items at most.
    pub(crate) limit: usize,
    /// An expression that items must satisfy, with its names and values.
    pub(crate) filter: Option<(&'a str, HashMap<String, String>, Item)>,
}

impl Store {
    /// The items in the order of their sort keys.
    pub(crate) async fn query(
        &self,
        operation: &'static str,
        range: Range<'_>,
    ) -> Result<Vec<Item>, StateError> {
        let mut found = Vec::new();
        let mut from = None;
        while found.len() < range.limit {
            // The service cuts before it filters, so this only keeps a short list from reading a long one.
            let at_most = i32::try_from(range.limit - found.len()).unwrap_or(i32::MAX);
            let mut query = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression(format!("{PK} = :pk AND begins_with({SK}, :sk)"))
                .expression_attribute_values(":pk", AttributeValue::S(range.from.pk()))
                .expression_attribute_values(":sk", AttributeValue::S(range.from.sk()))
                .set_exclusive_start_key(from.take())
                .limit(at_most);
            if let Some((filter, names, values)) = &range.filter {
                query = query.filter_expression(*filter);
                for (name, attribute) in names {
                    query = query.expression_attribute_names(name, attribute);
                }
                for (name, value) in values {
                    query = query.expression_attribute_values(name, value.clone());
                }
            }
            let answer = query.send().await.map_err(|error| failed(operation, error))?;
            found.extend(answer.items.unwrap_or_default());
            from = answer.last_evaluated_key;
            if from.is_none() {
                break;
            }
        }
        Ok(found)
    }
}
