//! Brings sellers' orders from Máxima into Omie, exactly once.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::import_pedidos).await
}
