//! A partner that refuses our credentials is left alone for a while, by all orders (flow §8.1).

use std::time::Duration;

use clock::Clock;
use engine::{Documents, Expected, StateError};
use jiff::Timestamp;
use serde_json::json;

/// The kind of the documents; the id is the partner, or `sismetro/<account>`.
const KIND: &str = "so-breaker";
/// For so long.
const OPEN: Duration = Duration::from_mins(10);

/// How long it is still to be left alone; none: it may be asked.
pub(crate) async fn left(state: &impl Documents, clock: &Clock, id: &str) -> Option<Duration> {
    // A store that does not answer is no reason to think that the credentials are wrong.
    let document = state.get(KIND, id).await.ok().flatten()?;
    let until: Timestamp = document.body["until"].as_str()?.parse().ok()?;
    Some(clock::until(clock.now(), until)).filter(|left| !left.is_zero())
}

/// Who is left alone at the moment, as `senior` or `sismetro/<account>`, and until when.
pub async fn resting(state: &impl Documents, now: Timestamp) -> Result<Vec<(String, Timestamp)>, StateError> {
    let found = state.list(KIND, "", 200).await?;
    let rest = |(id, document): (String, engine::Document)| {
        let until = document.body["until"].as_str()?.parse::<Timestamp>().ok()?;
        (until > now).then_some((id, until))
    };
    Ok(found.into_iter().filter_map(rest).collect())
}

/// It has refused our credentials.
pub(crate) async fn trip(state: &impl Documents, clock: &Clock, id: &str) {
    let until = clock::later(clock.now(), OPEN);
    if let Err(error) = state.put(KIND, id, &json!({ "until": until }), Expected::Any, Some(until)).await {
        tracing::warn!(
            error = partner_http::story(&error),
            id,
            "a refusal of credentials was not remembered"
        );
    }
    tracing::error!(id, "credentials refused");
}

/// A person says that it is right now.
pub(crate) async fn reset(state: &impl Documents, id: &str) {
    if let Err(error) = state.delete(KIND, id, Expected::Any).await {
        tracing::debug!(error = partner_http::story(&error), id, "a breaker was not reset");
    }
}
