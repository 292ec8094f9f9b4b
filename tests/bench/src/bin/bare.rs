//! A Lambda that answers and does nothing else: what the road to a function costs on this machine.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let answer = json!({ "statusCode": 200, "body": "{}" });
    let answer = &answer;
    lambda_runtime::run(service_fn(
        move |_: LambdaEvent<Value>| async move { Ok::<_, Error>(answer.clone()) },
    ))
    .await
}
