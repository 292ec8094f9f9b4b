//! What Máxima has shown to a turn, that turn acts on.

use std::time::Duration;

use e2e::Job;
use engine::{Budget, Harm, Moment};
use sales::orders::Orders;

use crate::orders::{created, includes, place, selling};

/// Calls to the table of a turn that is shown one order; the last of the loop find nothing to strike.
const CALLS: usize = 30;

/// An order that waited is due in the minute in which its seller calls it off: what the turn was told, it may fail to
/// write down, but not forget.
#[tokio::test(start_paused = true)]
async fn an_order_that_was_shown_as_called_off_is_not_sent_whichever_call_to_the_table_fails() {
    for (call, moment) in (1..CALLS).flat_map(|call| [(call, Moment::Before), (call, Moment::After)]) {
        let world = selling().await;
        world.decide(|settings| settings.pedidos.categoria_omie = None).await;
        let id = place(&world, |_| {});
        world.turn(Job::Orders).await;
        world.decide(|settings| settings.pedidos.categoria_omie = Some("1.01.03".to_owned())).await;
        world.clock.sleep(Duration::from_mins(45)).await;
        world.partners.maxima.seller().cancel_order(id).expect("it was not imported");
        let tenant = world.process().await;
        let orders = Orders { tenant: &tenant, state: &world.state, clock: &world.clock };

        world.faults.strike(call, moment, Harm::Fail);
        let imported = Box::pin(orders.import(Budget::unlimited())).await;

        assert_eq!(includes(&world, id), [], "call {call}, {moment:?}: {imported:?}");
        world.faults.spare();
        world.live(30).await;
        assert_eq!(created(&world, id), 0, "call {call}, {moment:?}");
    }
}
