//! Info: change stamps that many records carry (`contracts/omie.md §8.8`).

use jiff::civil::{Date, DateTime, Time};
use serde::Deserialize;

use crate::formats;

/// When a record was included and last changed, in the local time of the account. The items of a price table
/// write `Item` behind each name (`contracts/omie.md §8.16`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Info {
    /// Day of inclusion.
    #[serde(rename = "dInc", alias = "dIncItem", default, deserialize_with = "formats::date")]
    pub data_inc: Option<Date>,
    /// Time of inclusion.
    #[serde(rename = "hInc", alias = "hIncItem", default, deserialize_with = "formats::time")]
    pub hora_inc: Option<Time>,
    /// Day of the last change.
    #[serde(rename = "dAlt", alias = "dAltItem", default, deserialize_with = "formats::date")]
    pub data_alt: Option<Date>,
    /// Time of the last change.
    #[serde(rename = "hAlt", alias = "hAltItem", default, deserialize_with = "formats::time")]
    pub hora_alt: Option<Time>,
    /// Included through the API.
    #[serde(rename = "cImpAPI", alias = "cImpAPIItem", default, deserialize_with = "formats::sn")]
    pub imp_api: Option<bool>,
}

/// The moment of an event. One without its time counts from the start of its day, so that it is never taken for later
/// than it was.
pub(crate) fn stamp(day: Option<Date>, time: Option<Time>) -> Option<DateTime> {
    Some(day?.to_datetime(time.unwrap_or(Time::midnight())))
}
