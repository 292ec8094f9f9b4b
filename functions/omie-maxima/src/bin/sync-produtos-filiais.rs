//! Keeps Máxima's products per branch in step with its products.

use sales::entities::ProdutoFilial;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<ProdutoFilial>).await
}
