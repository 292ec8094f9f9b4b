//! Trigger → run → report.

use std::pin::Pin;
use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;
use tracing::Instrument;

use crate::config::Config;
use crate::edge::{Edge, Invocation};
use crate::failure::Failure;
use crate::telemetry;

/// Runs `handle` for every invocation of this Lambda, until the platform ends the process.
///
/// The edge is built at the first invocation and kept. A configuration that cannot be used fails each
/// invocation with `FixConfig` and the whole list of problems, where the person who started it sees it,
/// instead of ending the process before anybody can read why.
pub async fn serve<I, O, H, F>(handle: H) -> Result<(), Error>
where
    I: DeserializeOwned,
    O: Serialize,
    H: Fn(Arc<Edge>, I, Invocation) -> F,
    F: Future<Output = Result<O, Failure>>,
{
    let config = Config::from_env();
    telemetry::start(config.as_ref().map_or("info", |config| &config.log));
    let edge = OnceCell::new();
    let (config, edge, handle) = (&config, &edge, &handle);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let config = config.as_ref().map_err(|error| Failure::fix_config(error.to_string()))?;
        let edge = edge.get_or_init(|| async { Arc::new(Edge::build(config.clone()).await) }).await;
        let invocation = Invocation::of(&event.context, edge.clock());
        let span = tracing::info_span!(
            "invocation",
            tenant = config.tenant,
            function = event.context.env_config.function_name,
            request_id = event.context.request_id,
        );
        report(answer(edge, event.payload, invocation, handle).instrument(span).await)
    }))
    .await
}

async fn answer<I, O, H, F>(
    edge: &Arc<Edge>,
    payload: Value,
    invocation: Invocation,
    handle: &H,
) -> Result<O, Failure>
where
    I: DeserializeOwned,
    H: Fn(Arc<Edge>, I, Invocation) -> F,
    F: Future<Output = Result<O, Failure>>,
{
    let input = serde_json::from_value(payload)
        .map_err(|error| Failure::bug(format!("the event is not one this function knows: {error}")))?;
    // Boxed, so that the types of a whole run do not nest into those of the platform's client.
    let work: Pin<Box<dyn Future<Output = _>>> = Box::pin(handle(Arc::clone(edge), input, invocation));
    work.await
}

/// The one log line of a failed invocation.
fn report<O>(result: Result<O, Failure>) -> Result<O, Failure> {
    if let Err(failure) = &result {
        tracing::error!(error_type = failure.error_type, message = failure.message, "invocation failed");
    }
    result
}
