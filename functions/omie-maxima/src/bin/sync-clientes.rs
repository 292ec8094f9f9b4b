//! Keeps Máxima's customers, suppliers and carriers in step with Omie's one register.

use sales::Cadastros;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Cadastros>).await
}
