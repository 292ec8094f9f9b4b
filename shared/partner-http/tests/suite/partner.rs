//! A partner that does what a test tells it, on paused time, and remembers when it was asked.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clock::{Clock, until};
use jiff::Timestamp;
use partner_http::{
    CallError, Effect, Exchange, Fault, Lane, LanePolicy, Limits, Lost, Outgoing, PartnerHttp, Transport,
};

/// What the partner answers: text that [`classify`] understands, or no answer.
pub(crate) type Answer = Result<&'static str, Lost>;

type Answers = Box<dyn Fn(usize, &str) -> Answer + Send + Sync>;

/// A partner whose answers come from a function of the request's number, counted from 0, and its text.
pub(crate) struct Partner {
    clock: Clock,
    takes: Duration,
    answer: Answers,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    requests: Vec<(Duration, String)>,
    in_flight: usize,
    most_in_flight: usize,
}

/// A partner and its client.
pub(crate) struct Tenant {
    pub(crate) clock: Clock,
    pub(crate) partner: Arc<Partner>,
    pub(crate) http: PartnerHttp,
}

impl Tenant {
    /// A partner that answers at once.
    pub(crate) fn answering(answer: impl Fn(usize, &str) -> Answer + Send + Sync + 'static) -> Self {
        Self::answering_after(Duration::ZERO, answer)
    }

    /// A partner that gives these answers and then no other.
    pub(crate) fn scripted<const N: usize>(answers: [Answer; N]) -> Self {
        Self::answering(move |n, _| *answers.get(n).expect("the script has an answer"))
    }

    /// A partner whose answers take their time.
    pub(crate) fn answering_after(
        takes: Duration,
        answer: impl Fn(usize, &str) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let (answer, seen) = (Box::new(answer), Mutex::default());
        let partner = Arc::new(Partner { clock: clock.clone(), takes, answer, seen });
        let transport = Transport::in_process(partner.clone());
        let rng = fastrand::Rng::with_seed(7);
        let http = PartnerHttp::new("omie", transport, clock.clone(), rng, Limits::default());
        Self { clock, partner, http }
    }

    /// Sends and waits for the end.
    pub(crate) async fn send(&self, out: Outgoing) -> Result<Bytes, CallError> {
        self.http.send(out, classify).await
    }

    /// Allows waits until `second`.
    pub(crate) fn until_second(&self, second: i64) {
        self.http.set_deadline(Some(Timestamp::from_second(second).expect("a valid second")));
    }

    /// Sends at most once, by `second` at the latest.
    pub(crate) async fn send_once(&self, out: Outgoing, second: i64) -> Result<Bytes, CallError> {
        let leave_by = Timestamp::from_second(second).expect("a valid second");
        self.http.send_once(out, leave_by, classify).await
    }

    pub(crate) async fn pass(&self, seconds: u64) {
        self.clock.sleep(Duration::from_secs(seconds)).await;
    }
}

impl Partner {
    /// When each request came.
    pub(crate) fn times(&self) -> Vec<Duration> {
        self.seen.lock().expect("no test panics here").requests.iter().map(|(at, _)| *at).collect()
    }

    /// The second in which each request came.
    pub(crate) fn seconds(&self) -> Vec<u64> {
        self.times().iter().map(Duration::as_secs).collect()
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.seen.lock().expect("no test panics here").most_in_flight
    }
}

impl Exchange for Partner {
    fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(async move {
            let text = String::from_utf8_lossy(request.body()).into_owned();
            let number = {
                let mut seen = self.seen.lock().expect("no test panics here");
                seen.requests.push((until(Timestamp::UNIX_EPOCH, self.clock.now()), text.clone()));
                seen.in_flight += 1;
                seen.most_in_flight = seen.most_in_flight.max(seen.in_flight);
                seen.requests.len() - 1
            };
            self.clock.sleep(self.takes).await;
            self.seen.lock().expect("no test panics here").in_flight -= 1;
            let body = (self.answer)(number, &text)?;
            let status = if body == "ok" { 200 } else { 500 };
            let mut answer = http::Response::builder().status(status);
            if let Some((_, seconds)) = body.split_once(" after ") {
                answer = answer.header("retry-after", seconds);
            }
            Ok(answer.body(Bytes::from_static(body.as_bytes())).expect("a response"))
        })
    }
}

/// The fault table of this partner.
pub(crate) fn classify(_status: u16, body: &[u8]) -> Result<(), Fault> {
    let body = String::from_utf8_lossy(body);
    Err(match body.split_once(' ').unwrap_or((&body, "")) {
        ("ok", _) => return Ok(()),
        ("empty", _) => Fault::Empty,
        ("busy", _) => Fault::Busy,
        ("redundant", _) => Fault::Redundant,
        ("rate", _) => Fault::RateLimited,
        ("expired", _) => Fault::Expired,
        ("unclear", _) => Fault::Unclear,
        ("blocked", seconds) => Fault::Blocked { seconds: seconds.parse().expect("seconds") },
        ("refused", text) => Fault::Refused { text: text.to_owned() },
        _ => Fault::Unavailable,
    })
}

/// A lane with no limit that a test does not ask for.
pub(crate) fn open_policy() -> LanePolicy {
    LanePolicy {
        per_minute: 60_000,
        burst: 1_000,
        concurrency: 1_000,
        redundancy: None,
        failures_allowed: 1_000,
        misuse_allowed: None,
    }
}

/// A request without a redundancy rule.
pub(crate) fn request(method: &str, effect: Effect, text: &str) -> Outgoing {
    Outgoing {
        lane: Lane { credential: "c0ffee".to_owned(), method: method.to_owned() },
        policy: open_policy(),
        effect,
        request: http::Request::post("http://partner.test/")
            .body(Bytes::from(text.to_owned()))
            .expect("a request"),
        repeat_key: Some(text.as_bytes().to_vec()),
    }
}

/// A listing of a partner with the redundancy rule.
pub(crate) fn listing(page: &str) -> Outgoing {
    let mut out = request("ListarClientes", Effect::Read, page);
    out.policy.redundancy = Some(Duration::from_secs(61));
    out
}
