//! Takes what Sismetro says of an SS, and releases or cancels the order in the ERP.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let house = senior_sismetro::House::default();
    runtime::serve(move |edge, event, invocation| {
        senior_sismetro::ss_callback(house.clone(), edge, event, invocation)
    })
    .await
}
