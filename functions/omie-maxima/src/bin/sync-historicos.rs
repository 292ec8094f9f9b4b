//! Keeps Máxima's order history in step with Omie's orders.

use sales::entities::Historico;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Historico>).await
}
