//! Posts what waits in an [`Outbox`] to the registered URL.

use std::time::Duration;

use bytes::Bytes;

use super::outbox::{Next, Outbox};
use crate::omie::exchange;

/// How long an answer is waited for; nobody says how long the partners wait (`contracts/senior-x.md` §7.2).
const PATIENCE: Duration = Duration::from_secs(10);

/// One request to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The registered URL and the path behind it.
    pub url: String,
    /// All headers but the content type, which is JSON.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

/// Posts what waits until it is dropped, one call after the other. `post` says whether the answer was a 2xx;
/// [`post_with_headers`] is one.
pub async fn push<P, F>(outbox: &Outbox, post: P)
where
    P: Fn(Posted) -> F,
    F: Future<Output = bool>,
{
    loop {
        match outbox.next() {
            Next::Post(url, push) => {
                let posted = Posted { url, headers: push.headers, body: push.body };
                let taken = tokio::select! {
                    taken = post(posted) => taken,
                    () = outbox.clock().sleep(PATIENCE) => false,
                };
                if taken {
                    outbox.ack(&push.id);
                } else {
                    outbox.failed(&push.id);
                }
            }
            Next::At(due) => tokio::select! {
                () = outbox.clock().sleep_until(due) => {}
                () = outbox.news() => {}
            },
            Next::Nothing => outbox.news().await,
        }
    }
}

/// Posts to a URL of this machine, `http://host:port/path`, and says whether the answer was a 2xx.
pub async fn post_with_headers(posted: Posted) -> bool {
    let Posted { url, headers, body } = posted;
    exchange(&url, &headers, &body).await.is_ok_and(|status| (200..300).contains(&status))
}
