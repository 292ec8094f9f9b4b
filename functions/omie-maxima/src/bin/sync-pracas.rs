//! Keeps Máxima's praças in step with the regions.

use sales::entities::Praca;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Praca>).await
}
