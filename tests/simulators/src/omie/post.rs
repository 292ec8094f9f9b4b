//! Posts the events to the webhook as Omie does (`contracts/omie.md` §9): one after the other, 7 s of patience,
//! three attempts, then a queue of its own that is tried again every ten minutes.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use clock::{later, until};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::webhook::{Delivery, Endpoint};
use super::{OmieSim, State};

const PATIENCE: Duration = Duration::from_secs(7);
const LAST_PATIENCE: Duration = Duration::from_secs(20);
/// Waits before the second and the third attempt.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
const SWEEP: Duration = Duration::from_mins(10);
/// How long an event that nobody takes is kept.
const KEPT: Duration = Duration::from_hours(5 * 24);

/// Posts the account's events until it is dropped. `post` sends a body to a URL and says whether the answer was
/// a 2xx; [`post_http`] is one. Before anything else the registered URL is pinged; one that does not answer the
/// ping is forgotten.
pub async fn deliver<P, F>(sim: &OmieSim, post: P)
where
    P: Fn(String, Bytes) -> F,
    F: Future<Output = bool>,
{
    let mut dead = VecDeque::new();
    let mut sweep: Option<Timestamp> = None;
    loop {
        match sim.next_step() {
            Step::Ping(url) => {
                let answered = attempts(sim, &post, &url, &Bytes::from_static(b"{\"ping\":\"omie\"}")).await;
                sim.pinged(url, answered);
            }
            Step::Post(url, delivery) => {
                if attempts(sim, &post, &url, &delivery.body).await {
                    sim.deliveries().ack(&delivery.message_id);
                } else {
                    sweep = sweep.or(Some(later(sim.now(), SWEEP)));
                    dead.push_back(delivery);
                }
            }
            Step::Nothing => wait(sim, sweep).await,
        }
        if sweep.is_some_and(|at| at <= sim.now()) {
            revive(sim, &post, &mut dead).await;
            sweep = (!dead.is_empty()).then(|| later(sim.now(), SWEEP));
        }
    }
}

/// Posts to a URL of this machine, `http://host:port/path`, and says whether the answer was a 2xx. A machine
/// without internet needs no more, and a simulator no TLS.
pub async fn post_http(url: String, body: Bytes) -> bool {
    exchange(&url, &[], &body).await.is_ok_and(|status| (200..300).contains(&status))
}

/// Posts JSON and reads the status of the answer.
pub(crate) async fn exchange(url: &str, headers: &[(String, String)], body: &[u8]) -> io::Result<u16> {
    let wrong = || io::Error::new(io::ErrorKind::InvalidInput, "only http://host:port/path is posted to");
    let rest = url.strip_prefix("http://").ok_or_else(wrong)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let mut stream = TcpStream::connect(address).await?;
    let lines = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]);
    let headers: String = lines.collect();
    let head = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         {headers}connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    // The status line comes first, and the connection is not needed again.
    while !answer.contains(&b'\n') && stream.read_buf(&mut answer).await? > 0 {}
    let status = String::from_utf8_lossy(&answer);
    status.split_whitespace().nth(1).and_then(|status| status.parse().ok()).ok_or_else(wrong)
}

async fn attempts<P, F>(sim: &OmieSim, post: &P, url: &str, body: &Bytes) -> bool
where
    P: Fn(String, Bytes) -> F,
    F: Future<Output = bool>,
{
    for pause in PAUSES.into_iter().map(Some).chain([None]) {
        if attempt(sim, post, url, body, PATIENCE).await {
            return true;
        }
        if let Some(pause) = pause {
            sim.0.clock.sleep(pause).await;
        }
    }
    false
}

async fn attempt<P, F>(sim: &OmieSim, post: &P, url: &str, body: &Bytes, patience: Duration) -> bool
where
    P: Fn(String, Bytes) -> F,
    F: Future<Output = bool>,
{
    tokio::select! {
        taken = post(url.to_owned(), body.clone()) => taken,
        () = sim.0.clock.sleep(patience) => false,
    }
}

/// One more attempt for each event nobody took; what is older than five days is lost.
async fn revive<P, F>(sim: &OmieSim, post: &P, dead: &mut VecDeque<Delivery>)
where
    P: Fn(String, Bytes) -> F,
    F: Future<Output = bool>,
{
    let Some(url) = sim.webhook() else { return };
    for delivery in std::mem::take(dead) {
        if attempt(sim, post, &url, &delivery.body, LAST_PATIENCE).await {
            sim.deliveries().ack(&delivery.message_id);
        } else if until(delivery.at, sim.now()) < KEPT {
            dead.push_back(delivery);
        }
    }
}

/// Until there is something new or the other queue's turn has come.
async fn wait(sim: &OmieSim, sweep: Option<Timestamp>) {
    let turn = async {
        match sweep {
            Some(at) => sim.0.clock.sleep_until(at).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = sim.0.news.notified() => {}
        () = turn => {}
    }
}

/// What there is to do.
enum Step {
    Ping(String),
    Post(String, Delivery),
    Nothing,
}

impl OmieSim {
    fn next_step(&self) -> Step {
        let endpoint = self.state().desk.mailbox.endpoint.clone();
        match endpoint {
            Endpoint::New(url) => Step::Ping(url),
            Endpoint::Known(url) => match self.deliveries().take_next() {
                Some(delivery) => Step::Post(url, delivery),
                None => Step::Nothing,
            },
            Endpoint::None | Endpoint::Refused(_) => Step::Nothing,
        }
    }

    fn pinged(&self, url: String, answered: bool) {
        let mut state = self.state();
        let State { options, desk, .. } = &mut *state;
        // Another URL may have been registered meanwhile.
        if desk.mailbox.endpoint == Endpoint::New(url.clone()) {
            desk.mailbox.endpoint = if answered { Endpoint::Known(url) } else { Endpoint::Refused(url) };
            options.webhooks = answered;
        }
    }
}
