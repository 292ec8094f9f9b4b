//! What a simulated Máxima may be told to do differently.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use super::RuleSet;

/// The login a simulated Máxima accepts unless told otherwise.
pub const LOGIN: &str = "login+simulado/==";
/// The password a simulated Máxima accepts unless told otherwise.
pub const PASSWORD: &str = "senha+maxima/simulada==";

/// What a string in a DELETE body names (`contracts/maxima.md` §3.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeleteBy {
    /// The row's key.
    #[default]
    Key,
    /// The row's `Hash`.
    Hash,
}

/// Options of the Máxima simulator; they may change while it runs.
///
/// As JSON in `/_sim/options`: the same names, durations in milliseconds, members left out stay as they are.
#[expect(clippy::struct_excessive_bools, reason = "switches of the contract's checklist, each on its own")]
#[derive(Clone, PartialEq, Eq)]
pub struct MaximaOptions {
    /// The accepted login.
    pub login: String,
    /// The accepted password.
    pub password: String,
    /// How long a request takes, virtual time. Default 50 ms.
    pub latency: Duration,
    /// How long a token is accepted. Default 12 h.
    pub token_life: Duration,
    /// What every token begins with.
    pub token_name: String,
    /// Whether the login's dates carry an offset. Default yes.
    pub offset_in_dates: bool,
    /// How strictly rows are checked.
    pub rules: RuleSet,
    /// POST of a key that exists replaces the row instead of being refused.
    pub upsert_post: bool,
    /// PUT of a key that does not exist inserts the row instead of being refused.
    pub upsert_put: bool,
    /// Refuses with HTTP 200 and `error` instead of HTTP 400.
    pub refuse_with_200: bool,
    /// What a string in a DELETE body names.
    pub delete_by: DeleteBy,
    /// Takes a critique that is no JSON, names no order or states its enums as numbers, and shows the order as on
    /// its way for ever, instead of refusing it (§7.3.1).
    pub broken_critique_in_transit: bool,
    /// Lists orders and new customers with member names in capitals and numbers as text.
    pub odd_rows: bool,
    /// Lists these orders with a `tipopedido` that is no number: what such a row holds is no order that can be read.
    pub damaged_rows: BTreeSet<u64>,
}

impl Default for MaximaOptions {
    fn default() -> Self {
        Self {
            login: LOGIN.to_owned(),
            password: PASSWORD.to_owned(),
            latency: Duration::from_millis(50),
            token_life: Duration::from_hours(12),
            token_name: "simulado".to_owned(),
            offset_in_dates: true,
            rules: RuleSet::default(),
            upsert_post: false,
            upsert_put: false,
            refuse_with_200: false,
            delete_by: DeleteBy::default(),
            broken_critique_in_transit: false,
            odd_rows: false,
            damaged_rows: BTreeSet::new(),
        }
    }
}

/// Without the credentials.
impl fmt::Debug for MaximaOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MaximaOptions")
            .field("latency", &self.latency)
            .field("token_life", &self.token_life)
            .field("rules", &self.rules)
            .field("delete_by", &self.delete_by)
            .finish_non_exhaustive()
    }
}

/// The members of a change over HTTP.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    latency: Option<u64>,
    token_life: Option<u64>,
    offset_in_dates: Option<bool>,
    rules: Option<RuleSet>,
    upsert_post: Option<bool>,
    upsert_put: Option<bool>,
    refuse_with_200: Option<bool>,
    delete_by: Option<DeleteBy>,
    broken_critique_in_transit: Option<bool>,
    odd_rows: Option<bool>,
}

impl Change {
    pub(super) fn apply(self, options: &mut MaximaOptions) {
        options.latency = self.latency.map_or(options.latency, Duration::from_millis);
        options.token_life = self.token_life.map_or(options.token_life, Duration::from_millis);
        options.offset_in_dates = self.offset_in_dates.unwrap_or(options.offset_in_dates);
        options.rules = self.rules.unwrap_or(options.rules);
        options.upsert_post = self.upsert_post.unwrap_or(options.upsert_post);
        options.upsert_put = self.upsert_put.unwrap_or(options.upsert_put);
        options.refuse_with_200 = self.refuse_with_200.unwrap_or(options.refuse_with_200);
        options.delete_by = self.delete_by.unwrap_or(options.delete_by);
        options.broken_critique_in_transit =
            self.broken_critique_in_transit.unwrap_or(options.broken_critique_in_transit);
        options.odd_rows = self.odd_rows.unwrap_or(options.odd_rows);
    }
}
