//! Up to where a job has read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ports::{Document, Documents, Expected, StateError};

/// Document kind; the id is the job's name.
const KIND: &str = "watermark";

/// Up to where a job has read, and from what. Written only once a whole reading has been delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watermark {
    v: u32,
    /// When the last successful reading began: the next window starts here, less the source's overlap.
    pub from: Timestamp,
    /// When the last complete reading of everything began.
    pub full: Option<Timestamp>,
    /// Rows in use at the end of that reading.
    #[serde(default)]
    pub known: u64,
    /// The same per entity.
    #[serde(default)]
    pub(crate) of: BTreeMap<String, u64>,
    /// What the maps depended on then ([`Ask::mark`](crate::Ask)).
    #[serde(default)]
    pub mark: String,
}

impl Watermark {
    const VERSION: u32 = 1;

    /// After a reading that began at `started`.
    pub(crate) fn after_full(started: Timestamp, of: BTreeMap<String, u64>, mark: String) -> Self {
        let known = of.values().sum();
        Self { v: Self::VERSION, from: started, full: Some(started), known, of, mark }
    }

    /// Rows of this entity that are in use; of one it knows nothing about, it knows all.
    pub(crate) fn known_of(&self, entity: &str) -> u64 {
        self.of.get(entity).copied().unwrap_or(self.known)
    }

    /// After a reading of changes that began at `started`.
    pub(crate) fn moved_to(&self, started: Timestamp) -> Self {
        Self { from: started, ..self.clone() }
    }
}

/// The watermark of `job`; none before its first success and after a [release](crate::release).
pub async fn watermark(state: &impl Documents, job: &str) -> Result<Option<Watermark>, StateError> {
    Ok(open(state, job).await?.1)
}

/// The same, with the version of what is stored: none when nothing is.
pub(crate) async fn open(
    state: &impl Documents,
    job: &str,
) -> Result<(Option<u64>, Option<Watermark>), StateError> {
    let Some(Document { version, body }) = state.get(KIND, job).await? else { return Ok((None, None)) };
    // One of another format is none: everything is read again.
    let watermark = serde_json::from_value(body).ok();
    Ok((Some(version), watermark.filter(|watermark: &Watermark| watermark.v == Watermark::VERSION)))
}

/// A conflict when it is not the one of that version any more: records were released since, and what was read
/// before does not count.
pub(crate) async fn save(
    state: &impl Documents,
    job: &str,
    watermark: &Watermark,
    version: Option<u64>,
) -> Result<(), StateError> {
    let body = serde_json::to_value(watermark).expect("a watermark is JSON by its type");
    let expected = version.map_or(Expected::Absent, Expected::Version);
    state.put(KIND, job, &body, expected, None).await?;
    Ok(())
}

/// Leaves a document that is no watermark, so that the sweep that is under way now cannot save its own.
pub(crate) async fn forget(state: &impl Documents, job: &str) -> Result<(), StateError> {
    state.put(KIND, job, &json!({ "v": 0 }), Expected::Any, None).await?;
    Ok(())
}
