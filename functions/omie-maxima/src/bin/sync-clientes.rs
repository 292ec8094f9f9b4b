//! Keeps Máxima's customers in step with Omie's.

use sales::entities::Cliente;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Cliente>).await
}
