//! What writing costs: one unit per item and kilobyte begun. It is counted from what is sent, so that it means the
//! same with every implementation of the service, also with one that reports no capacity.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::Item;

/// Bytes per write unit.
const UNIT: usize = 1_024;

/// Write units since they were last asked for. Clones share the count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Units(Arc<AtomicU64>);

impl Units {
    pub(crate) fn add(&self, units: u64) {
        self.0.fetch_add(units, Ordering::Relaxed);
    }

    pub(crate) fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// The units of writing `item`, by DynamoDB's rule for its size: names and values in UTF-8.
pub(crate) fn units_of(item: &Item) -> u64 {
    bytes_of(item).div_ceil(UNIT).max(1) as u64
}

/// The size of `item` as DynamoDB sees it.
pub(crate) fn bytes_of(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + size(value)).sum()
}

fn size(value: &AttributeValue) -> usize {
    use AttributeValue::{B, Bool, L, M, N, Null, S};
    match value {
        S(text) => text.len(),
        N(number) => number_size(number),
        B(bytes) => bytes.as_ref().len(),
        Bool(_) | Null(_) => 1,
        L(values) => 3 + values.iter().map(|value| 1 + size(value)).sum::<usize>(),
        M(members) => 3 + members.iter().map(|(name, value)| name.len() + 1 + size(value)).sum::<usize>(),
        // Sets, which we never write.
        _ => 0,
    }
}

/// One byte, one for a sign, and half a byte per significant digit.
fn number_size(number: &str) -> usize {
    let unsigned = number.trim_start_matches('-');
    let sign = usize::from(unsigned.len() < number.len());
    let significant = unsigned.trim_matches('0').bytes().filter(u8::is_ascii_digit).count();
    1 + sign + significant.div_ceil(2)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::documents::number;

    fn of_bytes(bytes: usize) -> Item {
        let name = "body".to_owned();
        let text = "x".repeat(bytes - name.len());
        HashMap::from([(name, AttributeValue::S(text))])
    }

    #[test]
    fn every_kilobyte_begun_is_a_unit() {
        assert_eq!(units_of(&Item::new()), 1);
        assert_eq!(units_of(&of_bytes(1_024)), 1);
        assert_eq!(units_of(&of_bytes(1_025)), 2);
        assert_eq!(units_of(&of_bytes(2_049)), 3);
    }

    #[test]
    fn text_counts_its_bytes_and_not_its_letters() {
        assert_eq!(size(&AttributeValue::S("São".to_owned())), 4);
    }

    #[test]
    fn a_number_counts_its_significant_digits() {
        for (value, bytes) in [(0, 1), (1, 2), (42, 2), (100, 2), (1_010, 3), (12_345, 4), (-42, 3)] {
            assert_eq!(size(&number(value)), bytes, "{value}");
        }
    }

    #[test]
    fn what_is_nested_counts_its_brackets() {
        let nested = AttributeValue::M(HashMap::from([("sure".to_owned(), AttributeValue::Bool(true))]));

        assert_eq!(size(&nested), 3 + 4 + 1 + 1);
        assert_eq!(size(&AttributeValue::L(vec![nested])), 3 + 1 + 9);
    }
}
