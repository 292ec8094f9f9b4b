//! The client: one account, its two lanes and its requests. What is asked is in `open` and `read`.

use std::time::Duration;

use bytes::Bytes;
use clock::Clock;
use http::{HeaderValue, Method, Request, Uri, header};
use jiff::tz::TimeZone;
use partner_http::{Fault, Lane, LanePolicy, Limits, PartnerHttp, Schedule, Within};

use crate::account::Account;
use crate::host;
use crate::options::SismetroOptions;
use crate::situation::{Situation, situation};
use crate::ss::Ss;

/// Sismetro as one account sees it. All accounts of a tenant may share one [`PartnerHttp`] made with [`limits`]: each
/// unit has its own lanes.
///
/// Reads end in [`CallError`](partner_http::CallError)s of the partner `sismetro`; an opening in an
/// [`OpenFailure`](crate::OpenFailure), which says whether it may be tried again.
#[derive(Debug)]
pub struct Sismetro {
    pub(crate) http: PartnerHttp,
    pub(crate) options: SismetroOptions,
    pub(crate) clock: Clock,
    pub(crate) zone: TimeZone,
    account: Account,
}

pub(crate) const PARTNER: &str = "sismetro";

/// The waits before a read is repeated (`contracts/sismetro.md` §4).
const WAITS: [Duration; 3] =
    [Duration::from_millis(4_400), Duration::from_millis(8_800), Duration::from_secs(13)];

/// The limits of Sismetro as a whole, for [`PartnerHttp::new`]: a read is tried four times, and an answer is at most
/// 8 MiB long.
pub fn limits() -> Limits {
    let schedule =
        Schedule { unavailable: WAITS.to_vec(), rate_limited: WAITS.to_vec(), ..Schedule::default() };
    Limits { total_per_minute: 600, body_bytes: 8 * 1024 * 1024, schedule }
}

impl Sismetro {
    /// A client of `account`. `options` and `account` were checked by whoever loaded them; what is wrong with them
    /// all the same fails the calls, and the key leaves for no other host.
    pub fn new(http: PartnerHttp, options: SismetroOptions, account: Account, clock: Clock) -> Self {
        http.hide(&account.key);
        let zone = options.zone();
        Self { http, options, clock, zone, account }
    }

    /// Number of the unit this client speaks for.
    pub fn unit(&self) -> &str {
        &self.account.unit
    }

    /// The knobs this client was made with.
    pub fn options(&self) -> &SismetroOptions {
        &self.options
    }

    /// Where `ss` stands, in the words of this client's knobs.
    pub fn outcome(&self, ss: &Ss) -> Situation {
        situation(ss, &self.options)
    }

    pub(crate) fn lane(&self, method: &str) -> Lane {
        Lane { credential: self.account.unit.clone(), method: method.to_owned() }
    }

    /// A request to `url` with the account's headers, given up after `within`.
    pub(crate) fn request(
        &self,
        verb: Method,
        url: &str,
        body: Bytes,
        within: Duration,
    ) -> Result<Request<Bytes>, Fault> {
        let bad = |text: &str| Fault::Misconfigured { text: text.to_owned() };
        let uri: Uri = url.parse().map_err(|_| bad("endereço do Sismetro inválido"))?;
        if !host::is_allowed(&uri) {
            return Err(bad("o endereço não é do Sismetro: a chave não é enviada a outros"));
        }
        let unit = HeaderValue::try_from(self.account.unit.as_str())
            .map_err(|_| bad("a unidade do Sismetro não cabe num cabeçalho"))?;
        let mut key = HeaderValue::try_from(self.account.key.expose())
            .map_err(|_| bad("a chave do Sismetro não cabe num cabeçalho"))?;
        key.set_sensitive(true);
        let request = Request::builder()
            .method(verb)
            .uri(uri)
            .header("unit", unit)
            .header("key", key)
            .header(header::ACCEPT, "application/json")
            .extension(Within(within));
        request.body(body).map_err(|_| bad("endereço do Sismetro inválido"))
    }
}

/// A lane that refusals do not close: what is wrong with one order is nothing to the others.
pub(crate) fn policy(per_minute: u32, concurrency: usize) -> LanePolicy {
    LanePolicy {
        per_minute,
        burst: 1,
        concurrency,
        redundancy: None,
        failures_allowed: u32::MAX,
        misuse_allowed: None,
    }
}
