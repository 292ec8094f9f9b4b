//! Logs: one JSON line per event on standard output, where CloudWatch picks it up.

use tracing_subscriber::EnvFilter;

/// Starts logging with `filter`; a filter that cannot be read falls back to `info` and says so.
pub(crate) fn start(filter: &str) {
    let (parsed, complaint) = match EnvFilter::try_new(filter) {
        Ok(parsed) => (parsed, None),
        Err(error) => (EnvFilter::new("info"), Some(error)),
    };
    // A second start in one process (tests) keeps the first subscriber.
    let started = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(true)
        .without_time()
        .with_env_filter(parsed)
        .try_init();
    if let (Ok(()), Some(error)) = (started, complaint) {
        tracing::warn!(%error, "PONTE_LOG cannot be read; logging at info");
    }
}
