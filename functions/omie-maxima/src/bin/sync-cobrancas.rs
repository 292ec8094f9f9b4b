//! Keeps Máxima's payment means in step with Omie's.

use sales::entities::Cobranca;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Cobranca>).await
}
