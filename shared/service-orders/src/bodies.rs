//! Bodies too long for the record that names them lie beside it.

use clock::Clock;
use engine::{Documents, Expected, StateError};
use serde_json::json;

use crate::record::REMEMBERED;

/// The kind of the documents; the id is the SHA-256 of the body.
const KIND: &str = "so-corpo";
/// A body up to this length, as JSON, lies in the record.
const SHORT: usize = 96 * 1024;

/// The body as it goes into a record: itself when it is short, none when it was stored beside under `digest`.
pub(crate) async fn keep(
    state: &impl Documents,
    clock: &Clock,
    digest: &str,
    body: &str,
) -> Result<Option<String>, StateError> {
    let is_short = body.len() <= SHORT && json!(body).to_string().len() <= SHORT;
    if is_short {
        return Ok(Some(body.to_owned()));
    }
    let expires = Some(clock::later(clock.now(), REMEMBERED));
    // In parts: escaped, a body can be six times as long, and an item of the table takes 400 KiB.
    let parts = parts(body);
    let count = parts.len();
    for (n, part) in parts.into_iter().enumerate() {
        let id = format!("{digest}/{n:03}");
        state.put(KIND, &id, &json!({ "count": count, "part": part }), Expected::Any, expires).await?;
    }
    Ok(None)
}

/// The body that was kept under `digest`; none when it is not there, or not whole.
pub(crate) async fn fetch(state: &impl Documents, digest: &str) -> Result<Option<String>, StateError> {
    let stored = state.list(KIND, &format!("{digest}/"), 1_000).await?;
    let count = stored.first().and_then(|(_, document)| document.body["count"].as_u64());
    if count.is_none_or(|count| count != stored.len() as u64) {
        return Ok(None);
    }
    let parts = stored.iter().map(|(_, document)| document.body["part"].as_str());
    Ok(parts.collect::<Option<String>>())
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

        assert_eq!(keep(&state, &clock, "d", &body).await.expect("kept"), None);

        assert_eq!(fetch(&state, "d").await.expect("read"), Some(body));
        assert_eq!(fetch(&state, "e").await.expect("read"), None);
        assert_eq!(keep(&state, &clock, "s", "{}").await.expect("kept").as_deref(), Some("{}"));
    }
}
