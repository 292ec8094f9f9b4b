//! Parcels to the target, in its batch size; a refused batch is halved until the bad row stands alone.

use std::ops::Range;

use partner_http::CallError;

use crate::entity::{Delivery, Target, WriteError};

/// Rows that travel together, in whichever direction.
pub(crate) trait Parcel {
    /// Sends some of the rows, all or none as far as the partner can.
    async fn send(&self, some: Range<usize>) -> Result<(), WriteError>;
}

/// Rows to be created or changed.
pub(crate) struct Writing<'a, T, Row> {
    pub(crate) target: &'a T,
    pub(crate) rows: &'a [Delivery<'a, Row>],
}

impl<Row: Sync, T: Target<Row>> Parcel for Writing<'_, T, Row> {
    async fn send(&self, some: Range<usize>) -> Result<(), WriteError> {
        self.target.write(&self.rows[some]).await
    }
}

/// What became of the rows, by their index.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    pub(crate) accepted: Vec<usize>,
    /// With the partner's text.
    pub(crate) refused: Vec<(usize, String)>,
    /// Why delivery stopped early; rows in neither list were not settled.
    pub(crate) stopped: Option<CallError>,
}

/// Sends all `rows`, or as many as can be before a call fails.
pub(crate) async fn deliver(parcel: &impl Parcel, rows: usize, batch: usize) -> Delivered {
    let mut delivered = Delivered::default();
    let mut todo: Vec<Range<usize>> = batches(rows, batch).rev().collect();
    while let Some(range) = todo.pop() {
        match parcel.send(range.clone()).await {
            Ok(()) => delivered.accepted.extend(range),
            Err(WriteError::Refused(text)) if range.len() == 1 => {
                delivered.refused.push((range.start, text));
            }
            Err(WriteError::Refused(_)) => {
                let middle = range.start + range.len() / 2;
                todo.push(middle..range.end);
                todo.push(range.start..middle);
            }
            Err(WriteError::Call(call)) => {
                delivered.stopped = Some(call);
                break;
            }
        }
    }
    delivered
}

fn batches(rows: usize, size: usize) -> impl DoubleEndedIterator<Item = Range<usize>> {
    let size = size.max(1);
    (0..rows.div_ceil(size)).map(move |batch| batch * size..rows.min((batch + 1) * size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_cover_all_rows_once() {
        assert_eq!(batches(7, 3).collect::<Vec<_>>(), [0..3, 3..6, 6..7]);
        assert_eq!(batches(6, 3).collect::<Vec<_>>(), [0..3, 3..6]);
        assert_eq!(batches(0, 3).count(), 0);
        assert_eq!(batches(2, 0).count(), 2, "a size of zero is one");
    }
}
