//! The one seam to the network: reqwest, or a partner inside this process.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header;
use reqwest::redirect;

use crate::story;

/// How requests travel. Cheap to clone.
#[derive(Clone)]
pub struct Transport(Kind);

#[derive(Clone)]
enum Kind {
    Reqwest(reqwest::Client),
    InProcess(Arc<dyn Exchange>),
}

/// A partner inside this process: simulators and tests.
pub trait Exchange: Send + Sync {
    /// Answers one request, or loses it.
    fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, Lost>> + Send + '_>>;
}

/// How an answer failed to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The request never reached the partner.
    NotSent,
    /// The request may have arrived; the answer did not come, or not whole.
    Unclear,
    /// The answer is longer than we are willing to hold.
    TooLarge,
}

/// Network time limits, in machine time even where the clock is scaled: they watch the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands (`contracts/omie.md` §1: 10 s).
    pub connect: Duration,
    /// Silence between two pieces of an answer (`contracts/omie.md` §1: at least 60 s).
    pub read: Duration,
    /// The whole exchange (`contracts/maxima.md` §1: the vendor's client waits 5 min).
    pub whole: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(10), read: seconds(75), whole: seconds(300) }
    }
}

/// Put into the extensions of a request: its own limit for the whole exchange instead of [`Timeouts::whole`], in
/// machine time. A partner in the process keeps its own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within(pub Duration);

/// The network client could not be made, for example because the machine has no certificates.
#[derive(Debug, thiserror::Error)]
#[error("no network client could be made")]
pub struct NoTransport(#[source] reqwest::Error);

/// An exchange without an answer, and the transport's own words about it where it has some.
pub(crate) struct Failed {
    pub(crate) lost: Lost,
    pub(crate) cause: Option<String>,
}

impl Transport {
    /// The network, with rustls on ring. Redirects are not followed and proxies of the environment are not
    /// used: bodies carry credentials and go where the configuration says, or nowhere.
    pub fn reqwest(timeouts: Timeouts) -> Result<Self, NoTransport> {
        // Fails only when a provider is installed already, which is what we want.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(timeouts.connect)
            .read_timeout(timeouts.read)
            .timeout(timeouts.whole)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            // A connection that slept through a frozen Lambda is dead, and finding out costs a lost answer.
            .pool_idle_timeout(Duration::from_secs(10))
            .no_proxy()
            .build()
            .map_err(NoTransport)?;
        Ok(Self(Kind::Reqwest(client)))
    }

    /// A partner inside this process.
    pub fn in_process(partner: Arc<dyn Exchange>) -> Self {
        Self(Kind::InProcess(partner))
    }

    /// One request and its answer of at most `limit` bytes.
    pub(crate) async fn exchange(
        &self,
        request: http::Request<Bytes>,
        limit: usize,
    ) -> Result<http::Response<Bytes>, Failed> {
        match &self.0 {
            Kind::Reqwest(client) => over_network(client, request, limit).await,
            Kind::InProcess(partner) => match partner.exchange(request).await {
                Ok(answer) if answer.body().len() > limit => Err(Lost::TooLarge.into()),
                Ok(answer) => Ok(answer),
                Err(lost) => Err(lost.into()),
            },
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Reqwest(_) => "Transport(network)",
            Kind::InProcess(_) => "Transport(in process)",
        })
    }
}

impl From<Lost> for Failed {
    fn from(lost: Lost) -> Self {
        Self { lost, cause: None }
    }
}

impl From<reqwest::Error> for Failed {
    fn from(error: reqwest::Error) -> Self {
        // Only a connection that never stood proves that nothing was sent.
        let lost = if error.is_connect() || error.is_builder() { Lost::NotSent } else { Lost::Unclear };
        // The URL may carry keys of records; the lane says enough.
        Self { lost, cause: Some(story(&error.without_url())) }
    }
}

async fn over_network(
    client: &reqwest::Client,
    request: http::Request<Bytes>,
    limit: usize,
) -> Result<http::Response<Bytes>, Failed> {
    let within = request.extensions().get::<Within>().map(|within| within.0);
    let mut request = reqwest::Request::try_from(request)?;
    if within.is_some() {
        *request.timeout_mut() = within;
    }
    let mut answer = client.execute(request).await?;
    let status = answer.status();
    let retry_after = answer.headers().get(header::RETRY_AFTER).cloned();
    let mut body = BytesMut::new();
    while let Some(piece) = answer.chunk().await? {
        if body.len() + piece.len() > limit {
            return Err(Lost::TooLarge.into());
        }
        body.extend_from_slice(&piece);
    }
    let mut whole = http::Response::new(body.freeze());
    *whole.status_mut() = status;
    if let Some(value) = retry_after {
        whole.headers_mut().insert(header::RETRY_AFTER, value);
    }
    Ok(whole)
}
