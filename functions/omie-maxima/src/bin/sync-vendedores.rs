//! Keeps Máxima's sellers in step with Omie's.

use sales::entities::Vendedor;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Vendedor>).await
}
