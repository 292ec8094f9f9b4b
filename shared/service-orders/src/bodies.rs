//! Bodies too long for the record that names them lie beside it.

use std::time::Duration;

use clock::Clock;
use engine::{Documents, Expected, StateError};
use serde_json::json;

use crate::content::Payload;

/// The kind of the documents; the id is the SHA-256 of the body.
const KIND: &str = "so-corpo";
/// A body up to this length, as JSON, lies in the record.
const SHORT: usize = 96 * 1024;

/// Which record a body belongs to. Each has its own copy, and forgets it in its own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A delivery (flow §2).
    Delivery,
    /// An order whose SS is not open yet: as long as a person may take over it.
    Order,
}

impl Owner {
    fn days(self) -> u32 {
        match self {
            Self::Delivery => 90,
            Self::Order => crate::record::KEPT_DAYS,
        }
    }

    fn id(self, digest: &str) -> String {
        match self {
            Self::Delivery => format!("entrega-{digest}/"),
            Self::Order => format!("{digest}/"),
        }
    }
}

/// The body as it goes into a record: itself when it is short, none when it was stored beside under `digest`.
pub(crate) async fn keep(
    state: &impl Documents,
    clock: &Clock,
    owner: Owner,
    digest: &str,
    body: &str,
) -> Result<Option<String>, StateError> {
    let is_short = body.len() <= SHORT && json!(body).to_string().len() <= SHORT;
    if is_short {
        return Ok(Some(body.to_owned()));
    }
    let expires = Some(clock::later(clock.now(), Duration::from_hours(24).saturating_mul(owner.days())));
    // In parts: escaped, a body can be six times as long, and an item of the table takes 400 KiB.
    let parts = parts(body);
    let count = parts.len();
    for (n, part) in parts.into_iter().enumerate() {
        let id = format!("{}{n:03}", owner.id(digest));
        state.put(KIND, &id, &json!({ "count": count, "part": part }), Expected::Any, expires).await?;
    }
    Ok(None)
}

/// The body that was kept under `digest`; none when it is not there, or not whole.
pub(crate) async fn fetch(
    state: &impl Documents,
    owner: Owner,
    digest: &str,
) -> Result<Option<String>, StateError> {
    let stored = state.list(KIND, &owner.id(digest), 1_000).await?;
    let count = stored.first().and_then(|(_, document)| document.body["count"].as_u64());
    if count.is_none_or(|count| count != stored.len() as u64) {
        return Ok(None);
    }
    let parts = stored.iter().map(|(_, document)| document.body["part"].as_str());
    Ok(parts.collect::<Option<String>>())
}

/// What of an order is relayed, from wherever it lies; none when it is no longer there.
pub(crate) async fn of(state: &impl Documents, payload: &Payload) -> Result<Option<String>, StateError> {
    match (&payload.body, &payload.beside) {
        (Some(body), _) => Ok(Some(body.clone())),
        (None, Some(beside)) => fetch(state, Owner::Order, beside).await,
        (None, None) => Ok(None),
    }
}

fn parts(body: &str) -> Vec<&str> {
    const PART: usize = 32 * 1024;
    let mut parts = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let mut end = rest.len().min(PART);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (part, left) = rest.split_at(end);
        parts.push(part);
        rest = left;
    }
    parts
}

#[cfg(test)]
mod tests {
    use engine::Memory;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_long_body_comes_back_byte_for_byte() {
        let clock = Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant"));
        let state = Memory::new(clock.clone());
        let body = format!("\"{}\"", "\\u0001é\"".repeat(20_000));

        let order = Owner::Order;
        assert_eq!(keep(&state, &clock, order, "d", &body).await.expect("kept"), None);

        assert_eq!(fetch(&state, order, "d").await.expect("read"), Some(body));
        assert_eq!(fetch(&state, order, "e").await.expect("read"), None);
        assert_eq!(keep(&state, &clock, order, "s", "{}").await.expect("kept").as_deref(), Some("{}"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_delivery_forgets_its_body_long_before_the_order_that_still_needs_it() {
        let clock = Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant"));
        let state = Memory::new(clock.clone());
        let body = "x".repeat(200_000);
        for owner in [Owner::Order, Owner::Delivery] {
            keep(&state, &clock, owner, "d", &body).await.expect("kept");
        }

        clock.sleep(Duration::from_hours(91 * 24)).await;

        assert_eq!(fetch(&state, Owner::Delivery, "d").await.expect("read"), None);
        assert_eq!(fetch(&state, Owner::Order, "d").await.expect("read"), Some(body));
    }
}
