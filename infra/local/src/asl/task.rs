//! Task: one Lambda invocation; and the repetition that Task and Map share.

use std::time::Duration;

use serde_json::{Value, json};

use super::machine::{Kind, Work};
use super::payload::Payload;
use super::run::bounded;
use super::{Failure, Interpreter, Lambdas, Trail};

impl<L: Lambdas> Interpreter<L> {
    /// Attempts a Task or a Map until it succeeds or its retriers are used up. Each retrier counts for itself,
    /// from zero at every entry into the state.
    pub(super) async fn persist(
        &self,
        kind: &Kind,
        work: &Work,
        input: &Value,
        context: &Value,
        trail: &Trail,
    ) -> Result<Value, Failure> {
        let mut done = vec![0; work.retry.len()];
        loop {
            let failure = match self.attempt(kind, input, context, trail).await.and_then(bounded) {
                Ok(result) => return shaped(work.selector.as_ref(), result, context),
                Err(failure) => failure,
            };
            let retrier = work.retry.iter().position(|retrier| failure.is_one_of(&retrier.errors));
            let Some((at, wait)) = retrier.and_then(|at| Some((at, work.retry[at].wait(done[at])?))) else {
                return Err(failure);
            };
            done[at] += 1;
            self.clock.sleep(wait).await;
        }
    }

    async fn attempt(
        &self,
        kind: &Kind,
        input: &Value,
        context: &Value,
        trail: &Trail,
    ) -> Result<Value, Failure> {
        match kind {
            Kind::Task { parameters, timeout, .. } => {
                let parameters = parameters.fill(input, context)?;
                let limit = timeout.unwrap_or(Duration::from_secs(99_999_999));
                tokio::select! {
                    result = self.invoke(&parameters) => result,
                    () = self.platform.sleep(limit) => Err(Failure::new("States.Timeout", "")),
                }
            }
            Kind::Map { items, selector, concurrency, each, .. } => {
                let items = items.get(input, context)?;
                let items = items.as_array().ok_or_else(|| Failure::runtime("ItemsPath is not a list"))?;
                let trails = trail.split(items.len());
                let inputs = items.iter().enumerate().map(|(index, item)| {
                    let mut context = context.clone();
                    context["Map"] = json!({ "Item": { "Index": index, "Value": item } });
                    let filled =
                        selector.as_ref().map(|payload| payload.fill(input, &context)).transpose()?;
                    Ok((filled.unwrap_or_else(|| item.clone()), context))
                });
                self.iterate(each, inputs.collect::<Result<_, Failure>>()?, *concurrency, trails).await
            }
            _ => Err(Failure::runtime("this state has no work")),
        }
    }

    /// The optimised integration: the function's answer is under `Payload`.
    async fn invoke(&self, parameters: &Value) -> Result<Value, Failure> {
        let name = parameters["FunctionName"].as_str();
        let name = name.ok_or_else(|| Failure::runtime("Parameters without FunctionName"))?;
        let payload = parameters.get("Payload").cloned().unwrap_or_else(|| json!({}));
        let answer = self.lambdas.invoke(name, payload).await?;
        Ok(json!({ "ExecutedVersion": "$LATEST", "Payload": answer, "StatusCode": 200 }))
    }
}

fn shaped(selector: Option<&Payload>, result: Value, context: &Value) -> Result<Value, Failure> {
    match selector {
        None => Ok(result),
        Some(payload) => payload.fill(&result, context),
    }
}
