//! Keeps Máxima's prices in step with Omie's price tables.

use sales::entities::Preco;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Preco>).await
}
