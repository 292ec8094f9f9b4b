//! Keeps Máxima's products in step with Omie's.

use sales::entities::Produto;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Produto>).await
}
