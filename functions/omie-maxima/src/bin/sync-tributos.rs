//! Keeps the tax figure that Máxima's prices refer to.

use sales::entities::Tributo;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Tributo>).await
}
