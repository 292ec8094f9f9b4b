//! Takes Omie's notices: checked, stored, answered.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::omie_webhook).await
}
