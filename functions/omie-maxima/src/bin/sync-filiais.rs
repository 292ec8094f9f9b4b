//! Keeps Máxima's branches in step with Omie's companies.

use sales::entities::Filial;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Filial>).await
}
