//! A Sismetro that answers what a test tells it, on paused time, and remembers what it was asked.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clock::{Clock, until};
use http::{Request, Response};
use jiff::Timestamp;
use partner_http::{Exchange, Lost, PartnerHttp, Transport, Within};
use sismetro::{Account, Sismetro, SismetroOptions, limits};

/// What comes back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// Status and body.
    Http(u16, &'static str),
    /// The same, with a wait that is asked for.
    Wait(u16, &'static str),
    Lost(Lost),
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Duration,
    /// `POST https://…`.
    pub(crate) line: String,
    /// `name: value` in their order.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Bytes,
    pub(crate) within: Option<Duration>,
}

type Answers = Box<dyn Fn(usize) -> Answer + Send + Sync>;

pub(crate) struct Partner {
    clock: Clock,
    takes: Duration,
    answer: Answers,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    seen: Vec<Seen>,
    in_flight: usize,
    most_in_flight: usize,
}

pub(crate) struct Tenant {
    pub(crate) clock: Clock,
    pub(crate) partner: Arc<Partner>,
    pub(crate) http: PartnerHttp,
    pub(crate) sismetro: Sismetro,
}

pub(crate) const KEY: &str = "canary-0123456789abcdef";

impl Tenant {
    /// The same answer each time.
    pub(crate) fn answering(answer: Answer) -> Self {
        Self::new(SismetroOptions::default(), Duration::ZERO, move |_| answer)
    }

    /// These answers and then no other.
    pub(crate) fn scripted<const N: usize>(answers: [Answer; N]) -> Self {
        let answer = move |n: usize| *answers.get(n).expect("the script has an answer");
        Self::new(SismetroOptions::default(), Duration::ZERO, answer)
    }

    pub(crate) fn new(
        options: SismetroOptions,
        takes: Duration,
        answer: impl Fn(usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let clock = Clock::paused(Timestamp::UNIX_EPOCH);
        let answer = Box::new(answer);
        let partner = Arc::new(Partner { clock: clock.clone(), takes, answer, state: Mutex::default() });
        let transport = Transport::in_process(partner.clone());
        let rng = fastrand::Rng::with_seed(7);
        let http = PartnerHttp::new("sismetro", transport, clock.clone(), rng, limits());
        let account = Account { unit: "417".to_owned(), key: KEY.into() };
        let sismetro = Sismetro::new(http.clone(), options, account, clock.clone());
        Self { clock, partner, http, sismetro }
    }
}

impl Partner {
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    pub(crate) fn times(&self) -> Vec<f64> {
        self.state().seen.iter().map(|seen| seen.at.as_secs_f64()).collect()
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.state().most_in_flight
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with the state")
    }

    fn note(&self, request: &Request<Bytes>) -> usize {
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())));
        let seen = Seen {
            at: until(Timestamp::UNIX_EPOCH, self.clock.now()),
            line: format!("{} {}", request.method(), request.uri()),
            headers: headers.collect(),
            body: request.body().clone(),
            within: request.extensions().get::<Within>().map(|within| within.0),
        };
        let mut state = self.state();
        state.seen.push(seen);
        state.in_flight += 1;
        state.most_in_flight = state.most_in_flight.max(state.in_flight);
        state.seen.len() - 1
    }
}

impl Exchange for Partner {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(async move {
            let number = self.note(&request);
            self.clock.sleep(self.takes).await;
            self.state().in_flight -= 1;
            let (status, body, wait) = match (self.answer)(number) {
                Answer::Http(status, body) => (status, body, None),
                Answer::Wait(status, seconds) => (status, "", Some(seconds)),
                Answer::Lost(lost) => return Err(lost),
            };
            let mut answer = Response::builder().status(status);
            if let Some(wait) = wait {
                answer = answer.header("retry-after", wait);
            }
            Ok(answer.body(Bytes::from_static(body.as_bytes())).expect("a response"))
        })
    }
}
