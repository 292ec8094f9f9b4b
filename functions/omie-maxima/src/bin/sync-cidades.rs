//! Keeps Máxima's cities in step with Omie's.

use sales::entities::Cidade;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Cidade>).await
}
