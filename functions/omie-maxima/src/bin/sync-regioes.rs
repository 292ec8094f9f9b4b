//! Keeps Máxima's regions in step with Omie's price tables.

use sales::entities::Regiao;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Regiao>).await
}
