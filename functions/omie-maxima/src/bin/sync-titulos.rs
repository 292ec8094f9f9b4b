//! Keeps Máxima's receivables in step with Omie's.

use sales::entities::Titulo;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Titulo>).await
}
