//! Counts the orders on both sides and explains each.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::reconcile_pedidos).await
}
