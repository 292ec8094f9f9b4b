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
    /// The partner's own id of what it is about, or nothing.
    pub(crate) id: String,
    /// The same for the same question.
    pub(crate) digest: u64,
    pub(crate) seen: Seen,
    /// When the answer came.
    pub(crate) until: Option<Timestamp>,
    /// Whose limit counts it, where that is not everybody's.
    pub(crate) lane: String,
    /// The seconds that the answer asks to wait.
    pub(crate) retry_after: Option<u64>,
    /// The answer is a block.
    pub(crate) is_block: bool,
    /// Which invocation asked.
    pub(crate) by: u64,
    /// Its place among all that crossed a boundary: when it left, and when its answer came.
    pub(crate) left: usize,
    pub(crate) heard: Option<usize>,
    /// The answer as it came, of what is looked at again when all is over ([`Partner::keeps`]).
    pub(crate) answer: Option<Bytes>,
}

impl Exchanged {
    /// A request that nobody has answered yet.
    pub(crate) fn new(place: Place, name: &str, key: String, digest: u64, at: Timestamp) -> Self {
        Self {
            at,
            place,
            name: name.to_owned(),
            key,
            id: String::new(),
            digest,
            seen: Seen::Nothing,
            until: None,
            lane: String::new(),
            retry_after: None,
            is_block: false,
            by: 0,
            left: 0,
            heard: None,
            answer: None,
        }
    }
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

    /// Whether it asks for all that has changed of late.
    fn is_window(_: &Request<Bytes>) -> bool {
        false
    }

    /// A secret in the request, for the partner to quote; none where its sender said one when it logged in.
    fn quoted(request: &Request<Bytes>) -> Option<String>;

    /// What `harm` is to this partner.
    fn fault(harm: Harm, name: &str, secret: &str) -> Option<simulators::Fault>;

    /// How long the sender waits for the answer.
    fn patience(_: &Request<Bytes>) -> Option<Duration> {
        None
    }

    /// What arrives instead of an answer, in the words of this partner; none where `harm` is something else. `answer` is
    /// the one that was given, where one was.
    fn instead(_: Harm, _: &Exchanged, _: Option<&Response<Bytes>>, _: &str) -> Option<Response<Bytes>> {
        None
    }

    /// Whether the answers to this are looked at again when all is over.
    fn keeps(_: &str) -> bool {
        false
    }

    /// The seconds that an answer asks to wait, and whether it is a block.
    fn waits(answer: &Response<Bytes>) -> (Option<u64>, bool) {
        (retry_after(answer), false)
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
    /// The secret that was said last: its sender knows it, and no other for sure.
    secret: Mutex<String>,
}

/// The transport to `partner` of the invocation that has the seat.
pub(crate) fn transport(partner: impl Partner, shared: Arc<Shared>, seat: Arc<Seat>) -> Transport {
    Transport::in_process(Arc::new(Wire { partner, shared, seat, secret: Mutex::default() }))
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
    /// A secret that the sender knows: the one it says, or else the last that it said.
    fn known(&self, said: Option<String>) -> String {
        let mut known = self.secret.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(said) = said {
            *known = said;
        }
        known.clone()
    }

    async fn exchanged(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let life = self.seat.life();
        let mut asked = P::read(&request, self.shared.now());
        asked.by = life.number;
        let name = asked.name.clone();
        if P::leaks(&name, &request) {
            self.shared.state().leaks.push(format!("a secret in a message to {name}"));
        }
        if self.shared.state().is_deaf && P::is_window(&request) {
            return Err(Lost::NotSent);
        }
        let harm = self.shared.cross(&life, P::PLACE, &name, Side::Before).await;
        if harm == Some(Harm::NotSent) {
            return Err(Lost::NotSent);
        }
        let entry = {
            let mut state = self.shared.state();
            state.trace.note(asked.at, format_args!("   {name} {} {:x}", asked.key, asked.digest));
            asked.left = state.crossings;
            state.log.push(asked);
            state.log.len() - 1
        };
        let mistake = self.shared.state().mistake;
        let request = match mistake {
            Some(mistake) => mistake.said(&name, request),
            None => request,
        };
        let secret = self.known(P::quoted(&request));
        if let Some(instead) = self.instead(harm, entry, None, &secret) {
            return Ok(self.seen(entry, instead));
        }
        if let Some(fault) = harm.and_then(|harm| P::fault(harm, &name, &secret)) {
            self.partner.faults().next(&name, fault, 1);
        }
        let answer = self.answered(request).await;
        let harm = self.shared.cross(&life, P::PLACE, &name, Side::After).await;
        if harm == Some(Harm::AnswerLost) {
            return Err(Lost::Unclear);
        }
        if let Some(instead) = self.instead(harm, entry, answer.as_ref().ok(), &secret) {
            return Ok(self.seen(entry, instead));
        }
        match answer {
            Ok(answer) => Ok(self.seen(entry, answer)),
            Err(AnswerLost) => Err(Lost::Unclear),
        }
    }

    fn instead(
        &self,
        harm: Option<Harm>,
        entry: usize,
        answer: Option<&Response<Bytes>>,
        secret: &str,
    ) -> Option<Response<Bytes>> {
        let state = self.shared.state();
        harm.and_then(|harm| P::instead(harm, &state.log[entry], answer, secret))
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
        let heard = state.crossings;
        let said = &mut state.log[entry];
        let seen = P::meaning(&said.name, &answer);
        said.seen = seen;
        said.until = Some(now);
        said.heard = Some(heard);
        (said.retry_after, said.is_block) = P::waits(&answer);
        said.answer = P::keeps(&said.name).then(|| answer.body().clone());
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

/// The seconds of `Retry-After`.
pub(crate) fn retry_after(answer: &Response<Bytes>) -> Option<u64> {
    answer.headers().get(http::header::RETRY_AFTER)?.to_str().ok()?.parse().ok()
}

/// The text of a member, from its first mention on.
pub(crate) fn value_of<'a>(text: &'a str, member: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(member)?;
    rest.split_once('"').map(|(value, _)| value)
}

pub(crate) fn text(body: &Bytes) -> &str {
    std::str::from_utf8(body).unwrap_or_default()
}
