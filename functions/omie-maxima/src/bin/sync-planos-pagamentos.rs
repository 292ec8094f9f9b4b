//! Keeps Máxima's payment terms in step with Omie's.

use sales::entities::PlanoPagamento;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<PlanoPagamento>).await
}
