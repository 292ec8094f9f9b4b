//! Info: change stamps that many records carry (`contracts/omie.md §8.8`).

use jiff::civil::{Date, Time};
use serde::Deserialize;

use crate::formats;

/// When a record was included and last changed, in the local time of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Info {
    /// Day of inclusion.
    #[serde(rename = "dInc", default, deserialize_with = "formats::date")]
    pub data_inc: Option<Date>,
    /// Time of inclusion.
    #[serde(rename = "hInc", default, deserialize_with = "formats::time")]
    pub hora_inc: Option<Time>,
    /// Day of the last change.
    #[serde(rename = "dAlt", default, deserialize_with = "formats::date")]
    pub data_alt: Option<Date>,
    /// Time of the last change.
    #[serde(rename = "hAlt", default, deserialize_with = "formats::time")]
    pub hora_alt: Option<Time>,
    /// Included through the API.
    #[serde(rename = "cImpAPI", default, deserialize_with = "formats::sn")]
    pub imp_api: Option<bool>,
}
