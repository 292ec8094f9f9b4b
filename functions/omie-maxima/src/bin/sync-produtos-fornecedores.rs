//! Keeps which supplier Omie's products have, for the products.

use sales::entities::ProdutoFornecedor;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<ProdutoFornecedor>).await
}
