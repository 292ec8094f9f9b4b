//! Keeps Máxima's sections in step with Omie's families.

use sales::entities::Secao;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Secao>).await
}
