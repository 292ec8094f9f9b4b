//! Keeps Máxima's lines of business in step with Omie's.

use sales::entities::Atividade;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Atividade>).await
}
