//! Takes the ERP's closed service orders, opens their SS and notes them on the order.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let house = senior_sismetro::House::default();
    runtime::serve(move |edge, event, invocation| {
        senior_sismetro::ss_open(house.clone(), edge, event, invocation)
    })
    .await
}
