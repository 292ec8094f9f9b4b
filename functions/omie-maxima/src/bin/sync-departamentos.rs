//! Keeps Máxima's departments in step with Omie's families.

use sales::entities::Departamento;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    runtime::serve(omie_maxima::sync::<Departamento>).await
}
