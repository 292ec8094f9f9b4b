//! Brings new and changed customers from Máxima into Omie.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::import_clientes).await
}
