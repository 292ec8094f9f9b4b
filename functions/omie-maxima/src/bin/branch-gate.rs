//! The gate of the initial load: goes on only when every selected branch is in Máxima.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::branch_gate).await
}
