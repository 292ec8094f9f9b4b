//! Tells sellers what became of their orders, and does what notices ask for.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::status_pedidos).await
}
