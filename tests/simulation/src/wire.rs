//! The partners as one invocation reaches them, and a log of everything that was said.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use partner_http::{Exchange, Lost, Transport};
use simulators::{AnswerLost, Faults};

use crate::chaos::{Life, Shared, State};
use crate::harm::{Harm, Place, Side};

/// A request and what its sender saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exchanged {
    pub(crate) at: Timestamp,
    pub(crate) place: Place,
    pub(crate) name: String,
    /// The integration code it is about, or nothing.
    pub(crate) key: String,
    /// The same for the same question.
    pub(crate) digest: u64,
    pub(crate) seen: Seen,
    /// When the answer came.
    pub(crate) until: Option<Timestamp>,
    /// Whose limit counts it, where that is not everybody's.
    pub(crate) lane: String,
    /// The seconds that the answer asks to wait.
    pub(crate) retry_after: Option<u64>,
    /// Which invocation asked.
    pub(crate) by: u64,
    /// The answer as it came, of what is looked at again when all is over ([`Partner::keeps`]).
    pub(crate) answer: Option<Bytes>,
}

/// What the sender of a request saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Nothing: it gave up, or is gone, or the answer was lost.
    Nothing,
    /// An answer that says nothing about what was done: HTML, half a body, a server's trouble, unknown words.
    Unclear,
    /// Words that nobody knows.
    Words,
    /// Done, or found.
    Done,
    /// Not there.
    NotFound,
    /// It is there already.
    Duplicate,
    /// Not now: limits, blocks, credentials.
    NotNow,
    /// A refusal.
    Refused,
}

/// A simulator behind its boundaries.
pub(crate) trait Partner: Send + Sync + 'static {
    const PLACE: Place;

    fn faults(&self) -> &Faults;

    fn handle(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, AnswerLost>> + Send;

    /// What a request asks.
    fn read(request: &Request<Bytes>, at: Timestamp) -> Exchanged;

    /// What an answer says, read apart from the client's own reading.
    fn meaning(name: &str, answer: &Response<Bytes>) -> Seen;

    /// Whether a secret is in the request where it must not be.
    fn leaks(name: &str, request: &Request<Bytes>) -> bool;

    /// A secret that the sender of the request knows.
    fn quoted(request: &Request<Bytes>) -> String;

    /// What `harm` is to this partner.
    fn fault(harm: Harm, name: &str, secret: &str) -> Option<simulators::Fault>;

    /// How long the sender waits for the answer.
    fn patience(_: &Request<Bytes>) -> Option<Duration> {
        None
    }

    /// An answer that nobody knows, in the words of this partner.
    fn words(secret: &str) -> Response<Bytes> {
        Response::new(Bytes::copy_from_slice(secret.as_bytes()))
    }

    /// Whether the answers to this are looked at again when all is over.
    fn keeps(_: &str) -> bool {
        false
    }

    /// What of an answer must be stored nowhere.
    fn issued(_: &str, _: &Response<Bytes>) -> Vec<String> {
        Vec::new()
    }
}

/// Which invocation a transport works for: one that outlives an invocation works for the next.
pub(crate) struct Seat(Mutex<Arc<Life>>);

impl Seat {
    pub(crate) fn new(life: Arc<Life>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(life)))
    }

    pub(crate) fn take(&self, life: Arc<Life>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = life;
    }

    fn life(&self) -> Arc<Life> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Wire<P> {
    partner: P,
    shared: Arc<Shared>,
    seat: Arc<Seat>,
}

/// The transport to `partner` of the invocation that has the seat.
pub(crate) fn transport(partner: impl Partner, shared: Arc<Shared>, seat: Arc<Seat>) -> Transport {
    Transport::in_process(Arc::new(Wire { partner, shared, seat }))
}

impl<P: Partner> Exchange for Wire<P> {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(self.exchanged(request))
    }
}

impl<P: Partner> Wire<P> {
    async fn exchanged(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let life = self.seat.life();
        let mut asked = P::read(&request, self.shared.now());
        asked.by = life.number;
        let name = asked.name.clone();
        if P::leaks(&name, &request) {
            self.shared.state().leaks.push(format!("a secret in a message to {name}"));
        }
        let harm = self.shared.cross(&life, P::PLACE, &name, Side::Before).await;
        if harm == Some(Harm::NotSent) {
            return Err(Lost::NotSent);
        }
        let entry = {
            let mut state = self.shared.state();
            state.trace.note(asked.at, format_args!("   {name} {} {:x}", asked.key, asked.digest));
            state.log.push(asked);
            state.log.len() - 1
        };
        let mistake = self.shared.state().mistake;
        let request = match mistake {
            Some(mistake) => mistake.said(&name, request),
            None => request,
        };
        let secret = P::quoted(&request);
        if harm == Some(Harm::Words) {
            return Ok(self.seen(entry, P::words(&secret)));
        }
        if let Some(fault) = harm.and_then(|harm| P::fault(harm, &name, &secret)) {
            self.partner.faults().next(&name, fault, 1);
        }
        let answer = self.answered(request).await;
        match self.shared.cross(&life, P::PLACE, &name, Side::After).await {
            Some(Harm::AnswerLost) => return Err(Lost::Unclear),
            Some(Harm::Words) => return Ok(self.seen(entry, P::words(&secret))),
            _ => {}
        }
        match answer {
            Ok(answer) => Ok(self.seen(entry, answer)),
            Err(AnswerLost) => Err(Lost::Unclear),
        }
    }

    async fn answered(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        let Some(patience) = P::patience(&request) else { return self.partner.handle(request).await };
        tokio::select! {
            biased;
            answer = self.partner.handle(request) => answer,
            () = self.shared.clock.sleep(patience) => Err(AnswerLost),
        }
    }

    fn seen(&self, entry: usize, answer: Response<Bytes>) -> Response<Bytes> {
        let now = self.shared.now();
        let mut state = self.shared.state();
        let said = &mut state.log[entry];
        let seen = P::meaning(&said.name, &answer);
        said.seen = seen;
        said.until = Some(now);
        said.answer = P::keeps(&said.name).then(|| answer.body().clone());
        let asked = answer.headers().get(http::header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        said.retry_after = asked.and_then(|seconds| seconds.parse().ok());
        let issued = P::issued(&said.name, &answer);
        state.hidden.extend(issued);
        state.trace.note(now, format_args!("   = {seen:?} {}", answer.status().as_u16()));
        let State { log, mistake, first, .. } = &mut *state;
        match mistake {
            Some(mistake) => mistake.heard(&log[entry].name, answer, first),
            None => answer,
        }
    }
}

/// The text of a member, from its first mention on.
pub(crate) fn value_of<'a>(text: &'a str, member: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(member)?;
    rest.split_once('"').map(|(value, _)| value)
}

pub(crate) fn text(body: &Bytes) -> &str {
    std::str::from_utf8(body).unwrap_or_default()
}
