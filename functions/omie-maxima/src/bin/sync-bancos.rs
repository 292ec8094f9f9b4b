//! Keeps Máxima's banks in step with Omie's.

use sales::entities::Banco;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Banco>).await
}
