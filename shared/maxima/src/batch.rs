//! How many records travel together: at most 1 000 and 10 MB (`contracts/maxima.md` §1).

use std::ops::Range;

use bytes::Bytes;

pub(crate) const LIMITS: Limits = Limits { records: 1_000, bytes: 10_000_000 };

/// What one request may carry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

/// One request: the records it carries, by position, and its body, a JSON array.
#[derive(Debug, PartialEq)]
pub(crate) struct Batch {
    pub(crate) range: Range<usize>,
    pub(crate) body: Bytes,
}

/// Packs JSON values into arrays, in order. A record larger than the limit travels alone: the cloud's
/// refusal names it, and nothing else is held up.
pub(crate) fn pack(records: &[String], limits: Limits) -> Vec<Batch> {
    let mut batches = Vec::new();
    let (mut start, mut size) = (0, BRACKETS);
    for (at, record) in records.iter().enumerate() {
        let full = at - start == limits.records || size + record.len() + 1 > limits.bytes;
        if full && at > start {
            batches.push(batch(records, start..at));
            (start, size) = (at, BRACKETS);
        }
        size += record.len() + 1;
    }
    if start < records.len() {
        batches.push(batch(records, start..records.len()));
    }
    batches
}

const BRACKETS: usize = 2;

fn batch(records: &[String], range: Range<usize>) -> Batch {
    let body = format!("[{}]", records[range.clone()].join(",")).into();
    Batch { range, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(sizes: &[usize], limits: Limits) -> Vec<Range<usize>> {
        let records: Vec<String> = sizes.iter().map(|size| "1".repeat(*size)).collect();
        let batches = pack(&records, limits);
        for batch in &batches {
            assert!(batch.body.len() <= limits.bytes || batch.range.len() == 1, "{batch:?}");
        }
        batches.into_iter().map(|batch| batch.range).collect()
    }

    #[test]
    fn nothing_makes_no_request() {
        assert_eq!(ranges(&[], LIMITS), vec![]);
    }

    #[test]
    fn a_batch_ends_at_its_number_of_records() {
        let limits = Limits { records: 2, bytes: 100 };

        assert_eq!(ranges(&[1; 5], limits), vec![0..2, 2..4, 4..5]);
    }

    #[test]
    fn a_batch_ends_at_its_bytes() {
        let limits = Limits { records: 100, bytes: 10 };

        assert_eq!(ranges(&[3, 3, 3, 1], limits), vec![0..2, 2..4]);
    }

    #[test]
    fn a_record_that_is_too_large_travels_alone() {
        let limits = Limits { records: 100, bytes: 10 };

        assert_eq!(ranges(&[1, 20, 1], limits), vec![0..1, 1..2, 2..3]);
    }

    #[test]
    fn a_body_is_a_json_array() {
        let batches = pack(&["1".to_owned(), "2".to_owned()], LIMITS);

        assert_eq!(batches, vec![Batch { range: 0..2, body: "[1,2]".into() }]);
    }
}
