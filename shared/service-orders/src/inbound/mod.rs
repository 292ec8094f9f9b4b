//! The two doors (flow §10): who comes in is checked, what comes is stored without secrets and answered. No partner is
//! asked meanwhile. The order of checks: size, authentication, JSON, schema, tenant, store.

mod auth;
mod senior;
mod sismetro;
mod trial;

pub(crate) use auth::is_senior;
pub(crate) use senior::{Reading, arrival, named, read, understood};
pub use senior::{senior, senior_unready, told};
pub(crate) use sismetro::route;
pub use sismetro::{sismetro, sismetro_unready};
pub use trial::{TRIAL, trial};

use serde_json::{Value, json};

/// Why a delivery is in quarantine that came while there were no settings.
const UNREADY: &str = "not_configured";
/// Seconds after which whoever calls should come again while the integration is not filled in.
const LATER: u32 = 60;

/// The largest body that is taken, in bytes.
pub const LARGEST: usize = 256 * 1024;

/// A request as the gateway hands it on.
#[derive(Clone, Copy)]
pub struct Inbound<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The path without stage and query.
    pub path: &'a str,
    /// Names in any case.
    pub headers: &'a [(String, String)],
    /// The raw bytes: a signature is about them.
    pub body: &'a [u8],
}

impl std::fmt::Debug for Inbound<'_> {
    /// Neither headers nor path nor body: all of them may hold a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbound")
            .field("method", &self.method)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON, or empty.
    pub body: String,
    /// Seconds for `Retry-After`.
    pub retry_after: Option<u32>,
    /// Whether there is work now.
    pub wake: bool,
    /// What happened, for the metric: `stored`, `duplicate`, `unauthenticated`, …
    pub kind: &'static str,
}

impl Answer {
    fn new(status: u16, kind: &'static str, body: &Value) -> Self {
        Self { status, body: body.to_string(), retry_after: None, wake: false, kind }
    }

    fn empty(status: u16, kind: &'static str) -> Self {
        Self { status, body: String::new(), retry_after: None, wake: false, kind }
    }

    /// We could not store it: 503, and again in half a minute.
    fn unstored(body: Option<Value>) -> Self {
        let body = body.map_or_else(String::new, |body| body.to_string());
        Self { status: 503, body, retry_after: Some(30), wake: false, kind: "unstored" }
    }

    /// The integration is not filled in: 503, and again in a minute.
    pub fn not_ready() -> Self {
        Self { status: 503, body: String::new(), retry_after: Some(LATER), wake: false, kind: "not_ready" }
    }

    /// Size and method, the same at both doors.
    fn refused_at_once(inbound: &Inbound<'_>) -> Option<Self> {
        if !inbound.method.eq_ignore_ascii_case("POST") {
            return Some(Self::empty(405, "wrong_method"));
        }
        (inbound.body.len() > LARGEST).then(|| Self::empty(413, "too_large"))
    }
}

fn quarantined() -> Value {
    json!({"accepted": false, "quarantined": true})
}
