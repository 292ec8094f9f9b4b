//! Map: one walk per item, several at a time.

use std::sync::Arc;

use serde_json::Value;
use tokio::task::JoinSet;

use super::{Failure, Interpreter, Lambdas, Machine, Trail};

impl<L: Lambdas> Interpreter<L> {
    /// Walks `each` once per (input, context), starting them in order and at most `concurrency` at a time (zero:
    /// all at once). The first failure ends the others, like in AWS: a Lambda already invoked runs to its end.
    pub(super) async fn iterate(
        &self,
        each: &Arc<Machine>,
        inputs: Vec<(Value, Value)>,
        concurrency: usize,
        trails: Vec<Trail>,
    ) -> Result<Value, Failure> {
        let mut results = vec![Value::Null; inputs.len()];
        let limit = if concurrency == 0 { inputs.len() } else { concurrency };
        let mut waiting = inputs.into_iter().zip(trails).enumerate();
        let mut walks = JoinSet::new();
        loop {
            while walks.len() < limit
                && let Some((index, ((input, context), trail))) = waiting.next()
            {
                let walk = self.clone().walk(Arc::clone(each), input, context, trail);
                walks.spawn(async move { (index, walk.await) });
            }
            match walks.join_next().await {
                None => return Ok(Value::Array(results)),
                Some(Ok((index, result))) => results[index] = result?,
                Some(Err(broken)) => return Err(Failure::runtime(broken.to_string())),
            }
        }
    }
}
