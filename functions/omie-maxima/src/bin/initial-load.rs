//! Opens, closes and finishes the initial load for its state machine.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::initial_load).await
}
