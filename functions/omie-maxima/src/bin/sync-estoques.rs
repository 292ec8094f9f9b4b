//! Keeps Máxima's stock in step with Omie's.

use sales::entities::Estoque;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Estoque>).await
}
